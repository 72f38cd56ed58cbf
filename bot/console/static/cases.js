/** The lists of cases: keys, a search that stays out of the address, and rows that are as new as the server. */

import { get, leave, post } from "./api.js";
import { listen } from "./keys.js";
import { follow } from "./stream.js";

const form = document.getElementById("asked");
const search = document.getElementById("cari");
const help = document.getElementById("help");
const state = document.getElementById("state");
const EVERY = 30_000; // milliseconds between two looks; what came by letter is on no live line
const GATHER = 800; // milliseconds: a burst of changes is fetched at once

let asked = history.state?.asked ?? null; // the fields of a search that is shown; it stands in no address
let stale = false;
let timer;

// ---------------------------------------------------------------- searching

form.addEventListener("submit", (event) => {
  const fields = new FormData(form, event.submitter);
  if (!fields.get("cari").trim() && !fields.get("layanan")) return; // an address: the browser goes there
  event.preventDefault();
  ask(fields);
});

form.addEventListener("change", (event) => {
  if (event.target.matches("select")) form.requestSubmit();
});

async function ask(fields) {
  asked = [...fields].filter(([name]) => name !== "csrf");
  try {
    show(await post("/petugas/kasus", fields));
    const address = document.querySelector("[data-part='found']").dataset.address;
    history.replaceState({ asked }, "", address);
    state.hidden = true;
    scrollTo({ top: 0 });
  } catch (error) {
    form.submit(); // the browser says what is wrong
  }
}

/** Back from a case: the search is asked again. */
function restore() {
  if (!asked) return;
  const fields = new FormData();
  for (const [name, value] of asked) {
    fields.set(name, value);
    const field = form.elements.namedItem(name);
    if (field && name !== "daftar" && name !== "hal") field.value = value;
  }
  ask(fields);
}

/** A link to the address of the list that a search stands over leads out of the search. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!asked || link?.href !== location.href) return;
  asked = null;
  history.replaceState(null, "");
});

// ---------------------------------------------------------------- keeping it new

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement?.closest("[data-number]")?.dataset.number;
  for (const part of document.querySelectorAll("[data-part]")) {
    const now = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (now && !part.isEqualNode(now)) part.replaceWith(now);
  }
  if (focused && !document.activeElement.closest("[data-number]")) {
    document.querySelector(`[data-number="${focused}"] a`)?.focus({ preventScroll: true });
  }
}

async function refresh() {
  clearTimeout(timer);
  timer = setTimeout(refresh, EVERY);
  if (document.hidden || help.open) {
    stale = true;
    return;
  }
  stale = false;
  const before = asked;
  try {
    const html = await (asked
      ? post("/petugas/kasus", Object.fromEntries(asked), { background: true })
      : get(location.href, { background: true }));
    if (before === asked) show(html); // else another search was asked meanwhile
    state.hidden = true;
  } catch (error) {
    state.hidden = false;
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, GATHER);
}

document.addEventListener("visibilitychange", () => !document.hidden && stale && refresh());
window.addEventListener("focus", soon);
if ("live" in document.body.dataset) {
  follow({ changed: soon, gone: soon, opened() {}, state() {}, signedOut: leave });
}

// ---------------------------------------------------------------- keys

function step(by) {
  const links = [...document.querySelectorAll(".case__link")];
  const here = links.indexOf(document.activeElement);
  const to = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
  links[to]?.focus();
}

listen({
  j: () => step(1),
  k: () => step(-1),
  "/": () => search.focus(),
  "?": () => help.showModal(),
});
search.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !search.value) search.blur();
});

restore();
timer = setTimeout(refresh, EVERY);
