/** The messages on the page: puts each in its place once, and keeps the newest in view. */

import * as texts from "./texts.js";

const NEAR = 48; // pixels from the bottom that still count as being there

export class Thread {
  #log;
  #list;
  #pending;
  #down;
  #atBottom = true;
  #top = 0;

  constructor({ log, list, pending, down }) {
    this.#log = log;
    this.#list = list;
    this.#pending = pending;
    this.#down = down;
    log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    down.addEventListener("click", () => this.toBottom());
    const sizes = new ResizeObserver(() => this.#atBottom && this.toBottom());
    for (const one of [log, list]) sizes.observe(one); // a picture takes its room late
    this.toBottom();
  }

  /** The last position on the page. */
  get last() {
    const placed = this.#list.querySelectorAll("[data-position]");
    return Math.max(0, ...Array.from(placed, (bubble) => Number(bubble.dataset.position)));
  }

  has(id) {
    return this.#list.querySelector(`[data-id="${id}"][data-position]`) !== null;
  }

  /** Show rendered bubbles, from the stream or from the answer to a message. Returns those of others that are new. */
  show(html) {
    const parsed = document.createElement("template");
    parsed.innerHTML = html;
    const wasAtBottom = this.#atBottom;
    const heard = Array.from(parsed.content.children).filter((bubble) => this.#place(bubble));
    if (heard.length && wasAtBottom) this.#reveal(heard[0]);
    this.#look();
    return heard;
  }

  /** Show a message of the citizen before the server has it. */
  say({ id, text, title }) {
    const bubble = this.#pending.content.firstElementChild.cloneNode(true);
    bubble.dataset.id = id;
    bubble.querySelector(".line").textContent = title ?? text;
    bubble.classList.add("bubble--new");
    this.#list.append(bubble);
    this.toBottom();
  }

  /** How a message of the citizen fares: sending, waiting (for the line), paused (for its turn), sent or refused. */
  mark(id, state) {
    const bubble = this.#list.querySelector(`[data-id="${id}"]:not([data-position])`);
    if (!bubble) return;
    bubble.querySelector(".bubble__meta").textContent = texts.FATES[state];
    bubble.classList.toggle("bubble--waiting", state === "waiting" || state === "paused");
    bubble.classList.toggle("bubble--refused", state === "refused");
  }

  toBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#look();
  }

  /** Put one bubble in its place. False when it is here already, or is the citizen's own. */
  #place(bubble) {
    const { position, id } = bubble.dataset;
    if (this.#list.querySelector(`[data-position="${position}"]`)) return false;
    const said = id && this.#list.querySelector(`[data-id="${id}"]`);
    if (said) this.#confirm(said, bubble);
    const next = this.#after(Number(position));
    if (!said) bubble.classList.add("bubble--new");
    // A confirmed message is moved only when it must be: to move is to be read aloud again.
    if (!said || !this.#inOrder(said, next)) this.#list.insertBefore(said || bubble, next);
    return !said && !bubble.classList.contains("bubble--citizen");
  }

  /** The message that was shown early takes over what the server says of it, and stays the same element. */
  #confirm(said, bubble) {
    said.dataset.position = bubble.dataset.position;
    said.classList.remove("bubble--waiting", "bubble--refused");
    said.querySelector(".bubble__meta").replaceChildren(...bubble.querySelector(".bubble__meta").childNodes);
  }

  /** The first bubble that belongs after this position; messages not yet confirmed come last. */
  #after(position) {
    return Array.from(this.#list.children).find((bubble) => Number(bubble.dataset.position ?? Infinity) > position) ?? null;
  }

  #inOrder(bubble, next) {
    const earlier = bubble.previousElementSibling;
    const rightBefore = !earlier || Number(earlier.dataset.position ?? Infinity) < Number(bubble.dataset.position);
    return rightBefore && bubble.nextElementSibling === next;
  }

  /** A short answer: to the bottom. One longer than the window: to its beginning, where reading starts. */
  #reveal(bubble) {
    this.toBottom();
    const above = this.#log.getBoundingClientRect().top - bubble.getBoundingClientRect().top;
    if (above > 0) this.#log.scrollTop -= above + 12;
  }

  /** Only who moves up leaves the bottom: a list that grew since the last look is further down, too. */
  #scrolled() {
    if (this.#log.scrollTop < this.#top || !this.#atBottom) this.#look();
    else this.#top = this.#log.scrollTop;
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#atBottom = scrollHeight - scrollTop - clientHeight < NEAR;
    this.#down.hidden = this.#atBottom;
    this.#top = scrollTop;
  }
}
