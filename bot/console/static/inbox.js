/** The inbox: which conversation is open, what the list shows, and that both are as new as the server. */

import { get, leave, post } from "./api.js";
import * as composer from "./composer.js";
import { listen as listenToKeys } from "./keys.js";
import { follow } from "./stream.js";
import { appendList, parse, prependEntries, syncList, syncThread } from "./sync.js";

const main = document.getElementById("main");
const opened = document.getElementById("opened");
const list = document.getElementById("list");
const search = document.getElementById("search");
const channel = document.getElementById("channel");
const state = document.getElementById("state");
const SEARCH_PAUSE = 10_000; // milliseconds
const TITLE = "Kotak masuk – PASTI";
const STATES = { connecting: "Menyambung…", open: "Tersambung", lost: "Terputus. Menyambung lagi…" };

let id = thread()?.dataset.id ?? null; // of the conversation that is open, or being opened
let filter = new URLSearchParams(document.body.dataset.filter).get("saring");
let opening = new AbortController();
let readUpTo = 0;

function thread() {
  return opened.querySelector(".thread[data-id]");
}

// ---------------------------------------------------------------- opening a conversation

async function open(wanted, { push = true } = {}) {
  opening.abort();
  opening = new AbortController();
  const { signal } = opening;
  id = wanted;
  readUpTo = 0;
  mark();
  const line = list.querySelector(`.line[data-id="${wanted}"]`);
  showLoading(line?.querySelector(".line__name")?.textContent ?? "");
  main.classList.add("inbox--opened");
  if (push) history.pushState({ id: wanted }, "", `/petugas/kotak-masuk/${wanted}?${words()}`);
  try {
    const html = await get(`/petugas/percakapan/${wanted}`, { signal });
    if (signal.aborted || wanted !== id) return; // another was chosen meanwhile
    opened.replaceChildren(...parse(html).childNodes);
    arrived();
  } catch (error) {
    if (error.name === "AbortError" || wanted !== id) return;
    if (error.status === 404 || error.status === 403) showNothing(wanted);
    else showUnheard(error.message);
  }
}

/** Never the old thread beside the new line: until it is here, only its name. */
function showLoading(name) {
  const section = document.createElement("section");
  section.className = "thread";
  section.setAttribute("aria-busy", "true");
  section.setAttribute("aria-label", "Percakapan terpilih");
  const head = document.createElement("header");
  head.className = "thread__head";
  const title = document.createElement("h2");
  title.textContent = name;
  head.append(title);
  section.append(head);
  opened.replaceChildren(section);
}

function show(template) {
  opened.replaceChildren(document.getElementById(template).content.cloneNode(true));
}

function showNothing(gone) {
  composer.forget(gone);
  show("nothing");
  id = null;
  mark();
}

function showUnheard(sentence) {
  show("unheard");
  opened.querySelector("p").textContent = sentence;
}

function arrived() {
  composer.restore();
  toEnd();
  title();
  read();
}

function close({ push = true } = {}) {
  opening.abort();
  id = null;
  show("none");
  main.classList.remove("inbox--opened");
  mark();
  if (push) history.pushState({}, "", `/petugas/kotak-masuk?${words()}`);
  title();
}

function mark() {
  for (const line of list.querySelectorAll(".line")) {
    const here = line.dataset.id === id;
    line.classList.toggle("line--opened", here);
    const link = line.querySelector("a");
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function toEnd() {
  const log = opened.querySelector(".log");
  if (log) log.scrollTop = log.scrollHeight;
}

function atEnd() {
  const log = opened.querySelector(".log");
  return !log || log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

function title() {
  const waiting = Number(list.querySelector("ul.lines").dataset.waiting);
  const name = thread()?.querySelector("h2")?.textContent.trim();
  document.title = `${waiting ? `(${waiting}) ` : ""}${name ? `${name} – ` : ""}${TITLE}`;
}

// ---------------------------------------------------------------- keeping it new

/** One request at a time; what comes in between is asked for once more. */
function coalesced(work) {
  let running = null;
  let again = false;
  return function ask() {
    again = running !== null;
    running ??= (async () => {
      try {
        do {
          again = false;
          await work();
        } while (again);
      } finally {
        running = null;
      }
    })();
    return running;
  };
}

const refreshThread = coalesced(async () => {
  const wanted = id;
  if (wanted === null || thread()?.dataset.id !== wanted) return;
  try {
    const html = await get(`/petugas/percakapan/${wanted}`, { background: true });
    if (wanted !== id || thread()?.dataset.id !== wanted) return;
    const [stay, held] = [atEnd(), thread().dataset.holder];
    if (syncThread(opened, html) && stay) toEnd();
    composer.settle();
    read();
    tellTaken(held);
  } catch (error) {
    if (wanted === id && (error.status === 404 || (error.status === 403 && !error.reload))) showNothing(wanted);
  }
});

/** Whoever has it open is told, also when the button went away under their finger. */
function tellTaken(before) {
  const { holder } = thread().dataset;
  if (holder && holder !== before) toast(`Percakapan ini sudah diambil alih ${holder}.`);
}

const refreshList = coalesced(async () => {
  try {
    const asked = wish();
    const html = await post(search.action, asked, { background: true });
    if (JSON.stringify(asked) !== JSON.stringify(wish())) return void refreshList();
    syncList(list, html);
    mark();
    counts();
    title();
  } catch (error) {
    if (error.reload) toast(error.message);
    // else the line says that it is lost, and asks again when it is back
  }
});

/** A search reads all that was ever said: while one is shown it is not repeated at every message of the office. */
let searchedAt = 0;
function somethingChanged() {
  if (search.elements.cari.value.trim() && performance.now() - searchedAt < SEARCH_PAUSE) return;
  searchedAt = performance.now();
  refreshList();
}

function wish() {
  const words = search.elements.cari.value.trim();
  return { saring: words ? "semua" : filter, kanal: channel.value, cari: words, terbuka: id ?? "" };
}

function words() {
  return `saring=${filter}${channel.value ? `&kanal=${channel.value}` : ""}`;
}

function counts() {
  const { waiting, mine } = list.querySelector("ul.lines").dataset;
  for (const [name, value] of Object.entries({ waiting, mine })) {
    const count = document.querySelector(`[data-count="${name}"]`);
    count.textContent = value;
    count.hidden = value === "0";
  }
}

async function read() {
  const section = thread();
  const position = Number(section?.dataset.position ?? 0);
  if (!section || document.visibilityState !== "visible" || position <= readUpTo) return;
  readUpTo = position;
  try {
    await post(`/petugas/percakapan/${section.dataset.id}/dibaca`, { posisi: position });
    if (list.querySelector(`.line[data-id="${section.dataset.id}"].line--unread`)) refreshList();
  } catch {
    readUpTo = 0;
  }
}

follow({
  changed(ids) {
    somethingChanged();
    if (ids.includes(id)) refreshThread();
  },
  gone(ids) {
    refreshList();
    for (const each of ids) composer.forget(each);
    if (ids.includes(id)) showNothing(id);
  },
  opened() {
    refreshList();
    if (id !== null && thread()?.dataset.id !== id && !opened.querySelector("[aria-busy]")) open(id, { push: false });
    else refreshThread();
  },
  state(name) {
    state.dataset.state = name;
    if (state.textContent !== STATES[name]) state.firstElementChild.textContent = STATES[name];
  },
  signedOut: leave,
});

// ---------------------------------------------------------------- what the officer does

async function act(form) {
  const of = form.closest("#opened") && thread()?.dataset.id;
  const button = form.querySelector("button");
  const takes = form.dataset.act === "take";
  button.disabled = true;
  if (takes) composer.take();
  try {
    await post(form.action, new FormData(form));
  } catch (error) {
    toast(error.message);
  } finally {
    button.disabled = false;
  }
  refreshList();
  const written = form.closest("details");
  if (written) {
    written.open = false; // nobody is writing in it any more, so it may be brought up to date
    opened.querySelector(".log")?.focus({ preventScroll: true });
  }
  if (of === id) await refreshThread();
  if (takes && composer.taken() && of === id) composer.focusReply();
}

function move(step) {
  const lines = [...list.querySelectorAll(".line")];
  const at = lines.findIndex((line) => line.dataset.id === id);
  const next = at === -1 ? lines[0] : lines[at + step];
  if (!next) return;
  next.scrollIntoView({ block: "nearest" });
  open(next.dataset.id);
}

function press(name) {
  opened.querySelector(`form[data-act="${name}"] button`)?.click();
}

let quiet;
function toast(sentence) {
  const box = document.getElementById("toast");
  clearTimeout(quiet);
  box.textContent = sentence;
  quiet = setTimeout(() => (box.textContent = ""), 6_000);
}

composer.listen(opened, {
  pending(of, text, asNote) {
    if (of !== thread()?.dataset.id) return null;
    const item = document.getElementById("pending").content.firstElementChild.cloneNode(true);
    item.dataset.after = thread().dataset.position;
    item.querySelector(".entry__words").textContent = text;
    if (asNote) item.classList.replace("entry--officer", "entry--note");
    opened.querySelector(".entries").append(item);
    toEnd();
    return item;
  },
  async sent(of) {
    refreshList();
    if (of !== id) return;
    await refreshThread();
    toEnd();
  },
});

opened.addEventListener("submit", (event) => {
  if (!event.target.dataset.act) return;
  event.preventDefault();
  act(event.target);
});

opened.addEventListener("click", async (event) => {
  const older = event.target.closest("[data-older]");
  const toggle = event.target.closest("[data-toggle=side]");
  if (event.target.closest("[data-again]")) open(id, { push: false });
  else if (toggle) {
    const isOpen = document.getElementById("side").classList.toggle("side--open");
    const button = opened.querySelector(".thread__info");
    button.setAttribute("aria-expanded", String(isOpen));
    (isOpen ? opened.querySelector(".side__close") : button).focus();
  } else if (event.target.closest(".thread__back") && plain(event)) {
    event.preventDefault();
    close();
  } else if (older) {
    event.preventDefault();
    const of = id;
    try {
      const html = await get(older.href);
      if (of === id) prependEntries(opened.querySelector(".log"), html);
    } catch (error) {
      toast(error.message);
    }
  }
});

list.addEventListener("click", (event) => {
  const line = event.target.closest(".line");
  if (!line || !plain(event)) return;
  event.preventDefault();
  open(line.dataset.id);
});

list.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const html = await post(search.action, { ...wish(), sesudah: event.target.dataset.after });
    appendList(list, html);
    mark();
  } catch (error) {
    toast(error.message);
  }
});

document.querySelector(".filters").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-filter]");
  if (!link || !plain(event)) return;
  event.preventDefault();
  filter = link.dataset.filter;
  for (const each of document.querySelectorAll(".filters a")) {
    if (each === link) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  search.elements.cari.value = "";
  afresh();
});

channel.addEventListener("change", afresh);
search.addEventListener("submit", (event) => {
  event.preventDefault();
  afresh();
});
let typing;
search.elements.cari.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(afresh, 150);
});
search.elements.cari.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.target.value = "";
  event.target.blur();
  afresh();
});

/** Another list: from its beginning. */
function afresh() {
  for (const line of list.querySelectorAll(".line[data-extra]")) delete line.dataset.extra;
  list.scrollTop = 0;
  history.replaceState(history.state, "", `${location.pathname}?${words()}`);
  refreshList();
}

/** A click that means this tab. */
function plain(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
}

addEventListener("popstate", () => {
  const found = location.pathname.match(/^\/petugas\/kotak-masuk\/(\d+)$/);
  if (found) open(found[1], { push: false });
  else close({ push: false });
});
document.addEventListener("visibilitychange", read);
setInterval(() => {
  if (document.visibilityState !== "visible") return;
  somethingChanged(); // times go by: how long somebody waits, how long WhatsApp's window is open
  refreshThread();
}, 60_000);

listenToKeys({
  j: () => move(1),
  k: () => move(-1),
  r: () => composer.focusReply(),
  n: () => composer.focusNote(),
  a: () => press("take"),
  e: () => press("give-back"),
  "/": () => search.elements.cari.focus(),
  "?": () => document.getElementById("help").showModal(),
  Escape: () => close(),
});

arrived();
