/** The page of a case: every form is sent in the background, and what else is being written stays as it is. */

import { get, goTo, leave, leaving, post } from "./api.js";
import {
  TEXTUAL,
  forget,
  forgetAll,
  formNamed,
  nameOf,
  putAway,
  remember,
  remembered,
  restore,
  settle,
  unsent,
  wordsOfLost,
} from "./case_drafts.js";
import { listen } from "./keys.js";
import { follow } from "./stream.js";
import { parse } from "./sync.js";

const EVERY = 30_000; // milliseconds
let main = document.getElementById("main");
let busy = false;
let last = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-do]");
  if (!form) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return; // pressed twice
  form.setAttribute("aria-busy", "true");
  const fields = new FormData(form, event.submitter);
  const seen = main;
  sayOnPage("");
  last = last.then(() => send(form, fields, seen)); // one after the other: nothing that was pressed is dropped
});

/** What was pressed while another event was on its way is of the version that its form has since then. */
async function send(form, fields, seen) {
  if (leaving) return;
  const name = nameOf(form);
  busy = true;
  if (seen !== main) fields.set("versi", (formNamed(main, name) ?? form).elements.versi.value);
  say(name, "");
  try {
    const answer = await post(form.action, fields);
    forget(main, form);
    if (leaving) return; // the page was led away meanwhile: nothing is left of it to say it on
    if (answer.startsWith("/")) await moveTo(answer);
    else replace(answer, "me");
    announce("Tersimpan.");
    lead();
  } catch (error) {
    if (leaving) return;
    form.removeAttribute("aria-busy"); // it may be mended and pressed again
    say(name, error.message);
    if (error.status === 409 || error.status === 404) await refresh();
  } finally {
    form.removeAttribute("aria-busy");
    busy = false;
  }
}

document.addEventListener("click", (event) => {
  const use = event.target.closest("[data-use]");
  const copy = event.target.closest("[data-copy]");
  const settled = event.target.closest("[data-settle]");
  const copied = event.target.closest("[data-copy-lost]");
  const away = event.target.closest("[data-put-away]");
  if (use) take(use);
  else if (settled) choose(settled);
  else if (copied) {
    navigator.clipboard?.writeText(wordsOfLost(copied));
    announce("Tulisan disalin.");
  } else if (away) {
    putAway(main, away);
    announce("Tulisan disingkirkan.");
  } else if (copy) {
    navigator.clipboard?.writeText(copy.dataset.copy);
    announce("Nomor disalin.");
  }
});

for (const event of ["input", "change"]) document.addEventListener(event, () => remember(main));

addEventListener("beforeunload", (event) => {
  if (!leaving && unsent(main).length) event.preventDefault();
});

/** Of two versions of a field. */
function choose(button) {
  const name = nameOf(button.closest("form"));
  settle(main, button);
  if (!formNamed(main, name).querySelector("[data-dispute]")) say(name, "");
}

/** A suggestion goes into the sheet as a line of its own. */
function take(button) {
  const field = document.getElementById(button.dataset.use);
  const lines = field.value.split("\n").filter((line) => line.trim());
  if (!lines.includes(button.dataset.text)) field.value = [...lines, button.dataset.text].join("\n");
  remember(main);
  button.textContent = "Dipakai";
  announce("Ditambahkan ke lembar telaah. Jangan lupa disimpan.");
}

/** After an event the case may go by another number. */
async function moveTo(path) {
  if (path !== location.pathname) history.replaceState(null, "", path);
  const html = await get(path);
  if (!leaving) replace(html, "me");
}

/** Somebody else may have changed it. */
async function refresh() {
  if (leaving) return;
  try {
    const html = await get(location.pathname, { background: true });
    if (leaving) return;
    if (parse(html).querySelector("#main")?.dataset.version !== main.dataset.version) replace(html, "colleague");
  } catch (error) {
    if (error.status === 404 || error.status === 403) vanish();
  }
}

/** The page as it is now, with what was being written, what was open, and where one was. by: whose change it shows. */
function replace(html, by) {
  const fresh = parse(html).querySelector("#main");
  if (!fresh) return;
  const drafts = unsent(main);
  const open = [...main.querySelectorAll("details")].map((each) => [each.id, each.open]);
  const focused = document.activeElement?.id;
  const writing = document.activeElement?.closest("form[data-do]");
  const refusals = [...main.querySelectorAll("form[data-do] [data-refused]:not([hidden])")].map((each) => [
    nameOf(each.closest("form")),
    each.textContent,
  ]);
  const refusal = main.querySelector("[data-refused-page]:not([hidden])")?.textContent;
  const before = main;
  main.replaceWith(fresh);
  main = fresh;
  if (main.dataset.number !== before.dataset.number) forgetAll(before); // it goes by another number from now on
  for (const [id, was] of open) {
    const details = id && document.getElementById(id);
    if (details && was) details.open = true;
  }
  putBack(drafts, by);
  if (refusal) sayOnPage(refusal);
  for (const [name, sentence] of refusals) say(name, sentence);
  if (focused && focused !== "main") document.getElementById(focused)?.focus({ preventScroll: true });
  if (writing && !formNamed(main, nameOf(writing))) main.querySelector("[data-lost] > *")?.focus(); // and it is seen
}

function putBack(drafts, by) {
  const { disputed, lost } = restore(main, drafts, by);
  if (lost) announce("Formulir yang sedang diisi sudah tidak ada. Tulisannya ada di atas.");
  else if (disputed) announce("Isian yang sedang ditulis sudah berubah. Pilih isi yang dipakai.");
}

/** Why it was not done: at its form, or on top of the page where the form has gone meanwhile. */
function say(name, sentence) {
  const form = formNamed(main, name);
  const place = form?.querySelector("[data-refused]");
  if (place) {
    place.textContent = sentence;
    place.hidden = !sentence;
  } else if (sentence) sayOnPage(`Belum terkirim. ${sentence}`);
}

function sayOnPage(sentence) {
  const place = main.querySelector("[data-refused-page]");
  place.textContent = sentence;
  place.hidden = !sentence;
}

function announce(sentence) {
  const place = main.querySelector("[data-said]");
  place.textContent = "";
  setTimeout(() => (place.textContent = sentence), 50);
}

/** To what comes next: the first field of its form that is still empty. */
function lead() {
  const section = document.getElementById(`bagian-${{ step: "route" }[main.dataset.next] ?? main.dataset.next}`);
  const form = section?.querySelector("form:not(details:not([open]) form)");
  const fields = [...(form?.querySelectorAll(TEXTUAL) ?? [])];
  const field = fields.find((each) => each.required && !each.value) ?? form?.querySelector("button[type=submit]");
  field?.focus({ preventScroll: true });
  field?.closest(".card")?.scrollIntoView({ block: "nearest" });
}

/** It is not for these eyes any more, whatever was being written. */
function vanish() {
  main.replaceChildren();
  forgetAll(main); // after it: a field that is taken away says that it has changed
  goTo("/petugas/kasus");
}

listen({
  a: () => document.querySelector('form[data-do="ambil"] button')?.click(),
  t: () => document.getElementById("inti")?.focus(),
  u: () => document.getElementById("jawaban")?.focus(),
  "?": () => document.getElementById("help")?.showModal(),
});

const lookAgain = () => document.visibilityState === "visible" && !busy && refresh();
const lookAtThese = (ids) => !busy && ids.map(String).includes(main.dataset.conversation) && refresh();
putBack(remembered(main), "colleague");
document.addEventListener("visibilitychange", lookAgain);
setInterval(lookAgain, EVERY); // for whoever hears no live line, and for cases without a conversation
if (main.dataset.live === "yes") {
  follow({
    changed: lookAtThese,
    gone: lookAtThese,
    opened: () => !busy && refresh(),
    state: () => {},
    signedOut: leave,
  });
}
