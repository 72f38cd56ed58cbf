/**
 * Messages on their way. Each stays in sessionStorage until the server has confirmed it, so a reload or a lost connection
 * loses nothing; its id makes the same message count once however often it is sent. One at a time: their order is kept.
 */

const KEY = "pasti.outbox";
const PATIENCE = 20_000; // milliseconds for one answer
const PAUSES = [1_000, 2_000, 5_000, 10_000]; // between attempts, the last one again and again

export class Outbox {
  #queue = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  #after;
  #on;
  #sending = false;
  #request;
  #timer;
  #failures = 0;

  /** `after()` is the last position on the page; `on` has sending, kept, waiting and refused. */
  constructor(after, on) {
    this.#after = after;
    this.#on = on;
  }

  get messages() {
    return [...this.#queue];
  }

  add(message) {
    this.#queue.push(message);
    this.#save();
    this.drain();
  }

  /** Forget what the server turns out to have. */
  drop(id) {
    this.#queue = this.#queue.filter((message) => message.id !== id);
    this.#save();
  }

  /** Send what is waiting, now. */
  async drain() {
    if (this.#sending) return;
    clearTimeout(this.#timer);
    this.#sending = true;
    while (this.#queue.length && (await this.#sendFirst()));
    this.#sending = false;
  }

  /** Break off what is on its way; `drain` takes it up again. */
  stop() {
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  clear() {
    this.stop();
    this.#queue = [];
    this.#save();
  }

  /** True when the first message is dealt with, for good or ill; false when it has to wait. */
  async #sendFirst() {
    const message = this.#queue[0];
    this.#request = new AbortController();
    this.#on.sending(message);
    try {
      const response = await post("/chat/messages", { ...message, after: this.#after() }, this.#request);
      if (response.ok) {
        const answer = await response.json();
        this.#failures = 0;
        this.drop(message.id);
        this.#on.kept(message, answer);
        return true;
      }
      if (response.status === 429) {
        this.#wait(message, 1_000 * Number(response.headers.get("Retry-After") ?? 5), (await response.json()).error);
        return false;
      }
      if (response.status < 500) {
        const { error } = await response.json();
        this.drop(message.id);
        this.#on.refused(message, error);
        return true;
      }
    } catch {
      // No network, no answer in time, or an answer that is not ours: all the same to try again.
    }
    if (!this.#queue.length) return false; // cleared meanwhile
    this.#wait(message, PAUSES[Math.min(this.#failures++, PAUSES.length - 1)]);
    return false;
  }

  #wait(message, pause, reason) {
    this.#timer = setTimeout(() => this.drain(), pause);
    this.#on.waiting(message, reason);
  }

  #save() {
    if (this.#queue.length) sessionStorage.setItem(KEY, JSON.stringify(this.#queue));
    else sessionStorage.removeItem(KEY);
  }
}

export async function post(url, fields, request = new AbortController()) {
  const timer = setTimeout(() => request.abort(), PATIENCE);
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
      signal: request.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** A random UUID, also on a plain http address where crypto.randomUUID is not there. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (Number(c) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(c) / 4)))).toString(16),
  );
}
