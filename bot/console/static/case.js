/** The page of a case: every form is sent in the background, and what else is being written stays as it is. */

import { get, leave, post } from "./api.js";
import { listen } from "./keys.js";
import { follow } from "./stream.js";
import { parse } from "./sync.js";

const TICKED = "input[type=checkbox], input[type=radio]";
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

/** What was pressed while another event was on its way is of the version that its form has since then. */
async function send(form, fields, seen) {
  busy = true;
  if (seen !== main) fields.set("versi", (formNamed(nameOf(form)) ?? form).elements.versi.value);
  say(form, "");
  try {
    const answer = await post(form.action, fields);
    forget(form);
    if (answer.startsWith("/")) await moveTo(answer);
    else replace(answer, "me");
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
  const settled = event.target.closest("[data-settle]");
  if (use) take(use);
  else if (settled) settle(settled);
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
  replace(await get(path), "me");
}

/** Somebody else may have changed it. */
async function refresh() {
  try {
    const html = await get(location.pathname, { background: true });
    if (parse(html).querySelector("#main")?.dataset.version !== main.dataset.version) replace(html, "colleague");
  } catch (error) {
    if (error.status === 404) leaveForList();
  }
}

/** The page as it is now, with what was being written, what was open, and where one was. by: whose change it shows. */
function replace(html, by) {
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
  const disputed = kept.filter((draft) => restore(draft, by));
  if (disputed.length) announce("Isian yang sedang ditulis sudah berubah. Pilih isi yang dipakai.");
  for (const [form, sentence] of refusals) say(formNamed(form), sentence);
  if (focused && focused !== "main") document.getElementById(focused)?.focus({ preventScroll: true });
}

/** What was written or ticked and not sent yet, and what the server had there when it was begun. */
function drafts() {
  return [...main.querySelectorAll("form[data-do]")].flatMap((form) =>
    [...form.querySelectorAll(`${TEXTUAL}, ${TICKED}`)].filter(changed).map((field) => ({
      form: nameOf(form),
      version: form.elements.versi.value,
      name: field.name,
      value: field.value,
      words: field.selectedOptions?.[0]?.text,
      ticked: field.checked,
      was: initial(field),
      disputed: disputeAt(field)?.dataset.dispute,
    })),
  );
}

/**
 * Puts a draft where it was. Returns whether the server has other words there now than when it was begun: then both
 * are shown, and the form keeps the version that was seen, so that it is refused until one of them was chosen.
 */
function restore(draft, by) {
  const form = formNamed(draft.form);
  const fields = [...(form?.elements ?? [])].filter((each) => each.name === draft.name);
  const field = fields[0]?.matches(TICKED) ? fields.find((each) => each.value === draft.value) : fields[0];
  if (!field) return false;
  if (field.matches(TICKED)) {
    if (draft.ticked || field.type === "checkbox") field.checked = draft.ticked;
    return false;
  }
  const now = initial(field);
  if (field.options && ![...field.options].some((each) => each.value === draft.value)) {
    field.add(new Option(draft.words, draft.value));
  }
  field.value = draft.value;
  if (now === draft.value || (now === draft.was && !draft.disputed)) return false;
  form.elements.versi.value = draft.version;
  const place = document.getElementById("dispute").content.cloneNode(true);
  place.firstElementChild.dataset.dispute = draft.disputed ?? by;
  place.querySelector("blockquote").textContent = field.options ? wordsOf(field, now) : now || "(dikosongkan)";
  field.closest(".field").append(place);
  return true;
}

/** One of two versions of a field was chosen; with the last of its form, the form is of the newest version. */
function settle(button) {
  const dispute = button.closest("[data-dispute]");
  const form = dispute.closest("form");
  const field = dispute.closest(".field").querySelector(TEXTUAL);
  if (button.dataset.settle === "theirs") field.value = initial(field);
  dispute.remove();
  if (!form.querySelector("[data-dispute]")) {
    form.elements.versi.value = main.dataset.version;
    say(form, "");
  }
  field.focus({ preventScroll: true });
}

const disputeAt = (field) => field.closest(".field")?.querySelector("[data-dispute]");
const wordsOf = (field, value) => [...field.options].find((each) => each.value === value)?.text ?? value;
const changed = (field) => (field.matches(TICKED) ? field.checked !== field.defaultChecked : field.value !== initial(field));

/** What a field held when the server made it. */
function initial(field) {
  if (!field.options) return field.defaultValue;
  const [chosen] = [...field.options].filter((option) => option.defaultSelected);
  return (chosen ?? field.options[0])?.value;
}

/** What was sent is no draft any more. */
function forget(form) {
  const now = form.isConnected ? form : formNamed(nameOf(form));
  for (const each of new Set([form, now])) {
    each?.reset();
    each?.querySelectorAll("[data-dispute]").forEach((dispute) => dispute.remove());
  }
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
