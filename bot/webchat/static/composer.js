/** Where the citizen writes: Enter sends, Shift+Enter starts a line, the box grows, a draft survives a reload. */

import { room } from "./texts.js";

const KEY = "pasti.draft";

export class Composer {
  #form;
  #text;
  #longest;
  #on;
  #words = "";

  /** `on` has said(text) and room(words): what to say about the length, "" when there is nothing to say. */
  constructor(form, on) {
    this.#form = form;
    this.#text = form.elements.text;
    this.#longest = Number(form.dataset.max);
    this.#on = on;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#text.value = sessionStorage.getItem(KEY) ?? "";
    form.querySelector("fieldset").disabled = false;
    this.#changed();
  }

  clear() {
    this.#text.value = "";
    this.#changed();
  }

  focus() {
    this.#text.focus();
  }

  #submit() {
    const text = this.#text.value.trim();
    this.focus();
    if (!text || length(text) > this.#longest) return;
    this.clear();
    this.#on.said(text);
  }

  #changed() {
    const { style, value } = this.#text;
    style.height = "auto";
    style.height = `${this.#text.scrollHeight + this.#text.offsetHeight - this.#text.clientHeight}px`;
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
    const used = length(value.trim());
    this.#text.setAttribute("aria-invalid", String(used > this.#longest));
    const words = room(used, this.#longest);
    if (words !== this.#words) this.#on.room(words);
    this.#words = words;
  }
}

/** In characters as the server counts them, not in UTF-16 units. */
function length(text) {
  return [...text].length;
}
