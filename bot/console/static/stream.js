/** The live line. One tab holds it for all of this browser and passes on what it hears. */

const SILENCE = 40_000; // milliseconds; the server shows every 15 s that it is there
const PAUSE = 3_000; // before trying again where the browser has given up

/** `on` has changed(ids), gone(ids), opened(), state(name) and signedOut(). */
export function follow(on) {
  const deliver = ({ name, ids }) => {
    if (name === "changed") on.changed(ids);
    else if (name === "gone") on.gone(ids);
    else if (name === "opened") on.opened();
    else if (name === "signed-out") on.signedOut();
    if (name !== "who") on.state(name === "lost" ? "lost" : "open");
  };
  if (!navigator.locks || !window.BroadcastChannel) {
    new Line(deliver).open();
    return;
  }
  const channel = new BroadcastChannel("pasti-petugas");
  let silence;
  const listen = (message) => {
    clearTimeout(silence);
    silence = setTimeout(() => on.state("lost"), SILENCE);
    deliver(message);
  };
  channel.addEventListener("message", ({ data }) => listen(data));
  channel.postMessage({ name: "who" });
  navigator.locks.request("pasti-aliran", () => {
    clearTimeout(silence);
    const line = new Line((message) => {
      channel.postMessage(message);
      deliver(message);
    });
    channel.addEventListener("message", ({ data }) => data.name === "who" && line.show());
    listenNoMore();
    line.open();
    return new Promise(() => {}); // held until the tab is closed; then another one takes it
  });

  function listenNoMore() {
    silence = undefined;
  }
}

class Line {
  #deliver;
  #source;
  #timer;
  #state = "lost";

  constructor(deliver) {
    this.#deliver = deliver;
  }

  open() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource("/petugas/aliran");
    this.#source = source;
    this.#expect();
    source.addEventListener("open", () => this.#heard("opened"));
    source.addEventListener("ping", () => this.#heard("ping"));
    source.addEventListener("changed", (event) => this.#heard("changed", JSON.parse(event.data)));
    source.addEventListener("gone", (event) => this.#heard("gone", JSON.parse(event.data)));
    source.addEventListener("signed-out", () => {
      clearTimeout(this.#timer);
      source.close();
      this.#deliver({ name: "signed-out" });
    });
    source.addEventListener("error", () => {
      this.#state = "lost";
      this.#deliver({ name: "lost" });
      if (source.readyState === EventSource.CLOSED) this.#again(PAUSE);
    });
  }

  /** Tell a tab that has just come how the line is. */
  show() {
    this.#deliver({ name: this.#state === "lost" ? "lost" : "ping" });
  }

  #heard(name, ids) {
    this.#state = "open";
    this.#expect();
    this.#deliver({ name, ids });
  }

  #expect() {
    this.#again(SILENCE);
  }

  #again(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), pause);
  }
}
