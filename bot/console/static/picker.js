/** A small list over the composer: saved replies, or a quote from a standard. Arrows move, Enter takes, Esc closes. */

import { get } from "./api.js";

let saved; // kept for a minute, so that `/` answers at once
let savedAt = 0;

export async function savedReplies() {
  if (!saved || performance.now() - savedAt > 60_000) {
    saved = JSON.parse(await get("/petugas/balasan-tersimpan.json"));
    savedAt = performance.now();
  }
  return saved;
}

/** Opens over `form`. `take(item)` gets what was chosen; it may return another set of choices, or nothing. */
export class Picker {
  #form;
  #box;
  #input;
  #list;
  #find;
  #take;
  #items = [];
  #at = 0;
  #asked = 0;
  #isClosed = false;

  constructor(form, { label, find, take, closed }) {
    this.#form = form;
    this.#find = find;
    this.#take = take;
    this.closed = closed;
    this.#box = document.createElement("div");
    this.#box.className = "picker";
    this.#input = document.createElement("input");
    Object.assign(this.#input, { type: "text", placeholder: label, autocomplete: "off" });
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-label": label,
      "aria-expanded": "true",
      "aria-controls": "picker-list",
      "aria-autocomplete": "list",
    })) {
      this.#input.setAttribute(name, value);
    }
    this.#list = document.createElement("ul");
    this.#list.id = "picker-list";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", label);
    this.#box.append(this.#input, this.#list);
    this.#input.addEventListener("input", () => this.#show());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("focusout", (event) => {
      if (!this.#box.contains(event.relatedTarget)) this.close(false);
    });
    this.#list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.#choose(Number(item.dataset.at));
    });
    form.append(this.#box);
    this.#input.focus();
    this.#show();
  }

  close(back = true) {
    if (this.#isClosed) return;
    this.#isClosed = true; // taking the box away takes the focus out of it, which closes it
    this.#box.remove();
    this.closed(back);
  }

  async #show() {
    const asked = ++this.#asked;
    let found;
    try {
      found = await this.#find(this.#input.value.trim());
    } catch (error) {
      if (asked === this.#asked) this.#say(error.message);
      return;
    }
    if (asked !== this.#asked) return;
    this.#items = found.items;
    this.#at = 0;
    this.#draw(found.none);
  }

  #draw(none) {
    this.#box.querySelector("p")?.remove();
    this.#list.replaceChildren(
      ...this.#items.map((item, at) => {
        const line = document.createElement("li");
        Object.assign(line, { id: `picker-${at}` });
        line.dataset.at = at;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", String(at === this.#at));
        const title = document.createElement("b");
        title.textContent = item.title;
        const more = document.createElement("small");
        more.textContent = item.more ?? "";
        line.append(title, more);
        return line;
      }),
    );
    if (!this.#items.length) this.#say(none);
    this.#point();
  }

  #say(words) {
    this.#list.replaceChildren();
    const line = this.#box.querySelector("p") ?? document.createElement("p");
    line.textContent = words;
    line.setAttribute("role", "status");
    this.#box.append(line);
  }

  #point() {
    for (const [at, line] of [...this.#list.children].entries()) line.setAttribute("aria-selected", String(at === this.#at));
    this.#list.children[this.#at]?.scrollIntoView({ block: "nearest" });
    if (this.#items.length) this.#input.setAttribute("aria-activedescendant", `picker-${this.#at}`);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#items.length) {
      this.#at = (this.#at + step + this.#items.length) % this.#items.length;
      this.#point();
    } else if (event.key === "Enter") this.#choose(this.#at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(at) {
    const item = this.#items[at];
    if (!item) return;
    const next = this.#take(item);
    if (!next) {
      this.close();
      return;
    }
    this.#find = next.find;
    this.#input.value = "";
    this.#input.placeholder = next.label;
    this.#input.focus();
    this.#show();
  }
}
