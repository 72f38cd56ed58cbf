/** The live connection: one EventSource, opened again when it is dead, silent or refused. */

const SILENCE = 40_000; // milliseconds; the server shows every 15 s that it is there
const PAUSE = 5_000; // before trying again where the browser has given up

export class Stream {
  #source;
  #timer;
  #after;
  #on;

  /** `after()` is the last position on the page; `on` has conversation, bubbles, state and ended. */
  constructor(after, on) {
    this.#after = after;
    this.#on = on;
  }

  open(state = "connecting") {
    this.close();
    this.#on.state(state);
    const source = new EventSource(`/chat/stream?after=${this.#after()}`);
    this.#source = source;
    this.#expect();
    source.addEventListener("open", () => this.#heard());
    source.addEventListener("ping", () => this.#heard());
    source.addEventListener("conversation", (event) => this.#on.conversation(event.data));
    source.addEventListener("message", (event) => {
      this.#heard();
      this.#on.bubbles(event.data);
    });
    source.addEventListener("ended", () => {
      this.close();
      this.#on.ended();
    });
    source.addEventListener("parked", () => {
      this.close();
      this.#on.state("parked");
    });
    source.addEventListener("error", () => {
      this.#on.state("lost");
      if (source.readyState === EventSource.CLOSED) this.#again(PAUSE);
    });
  }

  /** The page is looked at again, or the network is back: be sure that the line is up. */
  wake() {
    if (this.#source?.readyState !== EventSource.OPEN) this.open("lost");
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #heard() {
    this.#on.state("open");
    this.#expect();
  }

  #expect() {
    this.#again(SILENCE);
  }

  #again(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open("lost"), pause);
  }
}
