/** The page of a case: every form is sent in the background, and what else is being written stays as it is. */

import { get, leave, post } from "./api.js";
import { listen } from "./keys.js";
import { follow } from "./stream.js";
import { parse } from "./sync.js";

const TEXTUAL = "textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select";
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
  last = last.then(() => send(form, fields, seen)); // one after the other: nothing that was pressed is dropped
});

/** What was pressed while another event was on its way is of the version that this made. */
async function send(form, fields, seen) {
  busy = true;
  if (seen !== main) fields.set("versi", main.dataset.version);
  say(form, "");
  try {
    const answer = await post(form.action, fields);
    forget(form);
    if (answer.startsWith("/")) await moveTo(answer);
    else replace(answer);
    announce("Tersimpan.");
    lead();
  } catch (error) {
    form.removeAttribute("aria-busy"); // it may be mended and pressed again
    const now = form.isConnected ? form : formNamed(nameOf(form));
    say(now, error.message);
    if (error.status === 409) await refresh();
  } finally {
    form.removeAttribute("aria-busy");
    busy = false;
  }
}

document.addEventListener("click", (event) => {
  const use = event.target.closest("[data-use]");
  const copy = event.target.closest("[data-copy]");
  if (use) take(use);
  else if (copy) {
    navigator.clipboard?.writeText(copy.dataset.copy);
    announce("Nomor disalin.");
  }
});

addEventListener("beforeunload", (event) => {
  if (drafts().length) event.preventDefault();
});

/** A suggestion goes into the sheet as a line of its own. */
function take(button) {
  const field = document.getElementById(button.dataset.use);
  const lines = field.value.split("\n").filter((line) => line.trim());
  if (!lines.includes(button.dataset.text)) field.value = [...lines, button.dataset.text].join("\n");
  button.textContent = "Dipakai";
  announce("Ditambahkan ke lembar telaah. Jangan lupa disimpan.");
}

/** After an event the case may go by another number. */
async function moveTo(path) {
  if (path !== location.pathname) history.replaceState(null, "", path);
  replace(await get(path));
}

/** Somebody else may have changed it. */
async function refresh() {
  try {
    const html = await get(location.pathname, { background: true });
    if (parse(html).querySelector("#main")?.dataset.version !== main.dataset.version) replace(html);
  } catch (error) {
    if (error.status === 404) leaveForList();
  }
}

/** The page as it is now, with what was being written, what was open, and where one was. */
function replace(html) {
  const fresh = parse(html).querySelector("#main");
  if (!fresh) return;
  const kept = drafts();
  const open = [...main.querySelectorAll("details")].map((each) => [each.id, each.open]);
  const focused = document.activeElement?.id;
  const refusals = [...main.querySelectorAll("form[data-do] [data-refused]:not([hidden])")].map((each) => [
    nameOf(each.closest("form")),
    each.textContent,
  ]);
  main.replaceWith(fresh);
  main = fresh;
  for (const [id, was] of open) {
    const details = id && document.getElementById(id);
    if (details && was) details.open = true;
  }
  for (const { form, name, value } of kept) {
    const field = formNamed(form)?.querySelector(`[name="${name}"]`);
    if (field) field.value = value;
  }
  for (const [form, sentence] of refusals) say(formNamed(form), sentence);
  if (focused && focused !== "main") document.getElementById(focused)?.focus({ preventScroll: true });
}

/** What was written and not sent yet. */
function drafts() {
  return [...main.querySelectorAll("form[data-do]")].flatMap((form) =>
    [...form.querySelectorAll(TEXTUAL)]
      .filter((field) => changed(field))
      .map((field) => ({ form: nameOf(form), name: field.name, value: field.value })),
  );
}

function changed(field) {
  if (!field.options) return field.value !== field.defaultValue;
  const [first] = [...field.options].filter((option) => option.defaultSelected);
  return field.value !== (first ?? field.options[0])?.value;
}

/** What was sent is no draft any more. */
function forget(form) {
  const now = form.isConnected ? form : formNamed(nameOf(form));
  form.reset();
  now?.reset();
  const folded = (now ?? form).closest("details.more");
  if (folded) folded.open = false;
}

const nameOf = (form) => `${form.dataset.do}/${form.querySelector("[name=bukti]")?.value ?? ""}`;
const formNamed = (name) => [...main.querySelectorAll("form[data-do]")].find((form) => nameOf(form) === name);

function say(form, sentence) {
  const place = form?.querySelector("[data-refused]");
  if (!place) return;
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

function leaveForList() {
  location.assign("/petugas/kasus");
}

listen({
  a: () => document.querySelector('form[data-do="ambil"] button')?.click(),
  t: () => document.getElementById("inti")?.focus(),
  u: () => document.getElementById("jawaban")?.focus(),
  "?": () => document.getElementById("help")?.showModal(),
});

const lookAgain = () => document.visibilityState === "visible" && !busy && refresh();
document.addEventListener("visibilitychange", lookAgain);
setInterval(lookAgain, EVERY); // for whoever hears no live line, and for cases without a conversation
if (main.dataset.live === "yes") {
  follow({
    changed: (ids) => !busy && ids.map(String).includes(main.dataset.conversation) && refresh(),
    gone: () => {},
    opened: () => !busy && refresh(),
    state: () => {},
    signedOut: leave,
  });
}
