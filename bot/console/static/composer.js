/** Writing: replies, notes, drafts, quotes, files. What is sent is seen at once, and seen again when it could not be. */

import { get, post } from "./api.js";
import { keep, kept } from "./drafts.js";
import { Picker, savedReplies } from "./picker.js";

const draftName = (id, asNote) => `${id}${asNote ? ":catatan" : ""}`;
const draftOf = (id, asNote) => kept(draftName(id, asNote));
const keepDraft = (id, asNote, text) => keep(draftName(id, asNote), text);
const extras = new Map(); // by conversation: { quotes: [{ key, component, title }], file }
const unsure = new Map(); // by conversation: { said, key } of a reply of which nobody knows whether it was taken

const current = () => document.querySelector(".composer[data-id]");
const field = () => current()?.querySelector("textarea");
const isNote = (form) => "note" in form.dataset;
const isMine = (form) => form.closest(".thread").dataset.mine === "yes";
const extrasOf = (id) => extras.get(id) ?? extras.set(id, { quotes: [], file: null }).get(id);

/** `on` has sent(id) when something was written, and pending(text) which shows it before that. */
export function listen(opened, on) {
  opened.addEventListener("submit", (event) => {
    if (!event.target.matches(".composer[data-id]")) return;
    event.preventDefault();
    const asNote = event.submitter?.matches("[data-note]") || isNote(event.target);
    if (event.submitter?.matches("[data-note]") && !field().value.trim()) write(!isNote(event.target), true);
    else send(event.target, asNote, on);
  });
  opened.addEventListener("input", (event) => {
    if (!event.target.matches(".composer textarea")) return;
    keepDraft(event.target.form.dataset.id, isNote(event.target.form), event.target.value);
    grow(event.target);
    hint("");
    if (event.target.value === "/" && !isNote(event.target.form)) pickSaved();
  });
  opened.addEventListener("keydown", (event) => {
    if (!event.target.matches(".composer textarea") || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const form = event.target.form;
      form.requestSubmit(form.querySelector(isNote(form) ? "[data-note]" : "[data-send]"));
    } else if (event.key === "Escape") {
      event.target.blur();
      if (isNote(event.target.form) && isMine(event.target.form)) write(false);
    }
  });
  opened.addEventListener("change", (event) => {
    if (!event.target.matches(".composer input[type=file]")) return;
    const { files, form, dataset } = event.target;
    const tooLarge = files[0]?.size > Number(dataset.largest); // said here: a proxy would only cut it off
    if (!tooLarge) extrasOf(form.dataset.id).file = files[0] ?? null;
    event.target.value = "";
    showExtras();
    if (tooLarge) hint(dataset.tooLarge, true);
  });
  opened.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]")?.dataset.pick;
    if (pick === "saved") pickSaved();
    else if (pick === "quote") pickQuote();
    const drop = event.target.closest("[data-drop]");
    if (drop) dropExtra(drop.dataset.drop);
  });
}

/** A thread has been opened: what was begun in it is there again, a note as a note. */
export function restore() {
  const form = current();
  if (!form) return;
  const begun = (asNote) => draftOf(form.dataset.id, asNote);
  write(!isMine(form) || (!begun(false) && Boolean(begun(true))));
  showExtras();
}

let taking = false;

/** It is being taken over: what is typed from now on is a reply, as soon as it may be sent. */
export function take() {
  taking = true;
  if (current() && isNote(current())) write(false);
}

/** Returns whether the box is for a reply now. Whoever has turned to a note meanwhile goes on with it. */
export function taken() {
  taking = false;
  const form = current();
  if (!form || (isMine(form) && isNote(form))) return false;
  settle();
  return isMine(form);
}

/** Who answers has changed: what was begun as a reply never becomes a note, nor the other way round. */
export function settle() {
  const form = current();
  if (!form) return;
  if (taking) return;
  if (!isMine(form) && !isNote(form)) write(true);
  else if (isMine(form) && isNote(form) && !field().value) write(false);
  else form.querySelector("[data-send]").disabled = !isMine(form);
}

/** What is no longer for these eyes is not kept for them. */
export function forget(id) {
  extras.delete(id);
  unsure.delete(id);
  for (const asNote of [false, true]) keepDraft(id, asNote, "");
}

export function focusReply() {
  const form = current();
  if (!form) return;
  if (isMine(form) && isNote(form)) write(false);
  field().focus();
}

export function focusNote() {
  write(true, true);
}

/** A reply or a note: each has its own draft, and the box shows the one that it will become. */
function write(asNote, focus = false) {
  const form = current();
  if (!form) return;
  form.toggleAttribute("data-note", asNote);
  form.classList.toggle("composer--note", asNote);
  form.querySelector("[data-note]").setAttribute("aria-pressed", String(asNote));
  form.querySelector("[data-send]").disabled = !isMine(form);
  hint(asNote ? "Catatan internal: hanya petugas yang membacanya." : "");
  field().value = draftOf(form.dataset.id, asNote);
  grow(field());
  if (focus) field().focus();
}

async function send(form, asNote, on) {
  const { id } = form.dataset;
  const text = field().value.trim();
  const { quotes, file } = extrasOf(id);
  if (!text && (asNote || (!quotes.length && !file))) {
    hint(asNote ? "Catatannya masih kosong." : "Balasannya masih kosong.", true);
    return;
  }
  if (!asNote && !isMine(form)) {
    hint("Ambil alih dahulu untuk membalas.", true);
    return;
  }
  keepDraft(id, isNote(form), ""); // typed as whichever it was, it is sent now
  if (!asNote) {
    extras.delete(id);
    showExtras();
  }
  write(!isMine(form));
  if (asNote) document.querySelector(".log")?.focus({ preventScroll: true }); // so that what is typed next is no reply
  await deliver({ id, text, asNote, quotes: asNote ? [] : quotes, file: asNote ? null : file }, on);
}

/** One try. The same reply tried again has the same key, so it is said once. */
async function deliver(letter, on) {
  const { id, text, asNote, quotes, file } = letter;
  const said = JSON.stringify([text, quotes, file && [file.name, file.size, file.lastModified]]);
  const key = unsure.get(id)?.said === said ? unsure.get(id).key : newKey();
  const fields = new FormData();
  fields.set("text", text);
  if (!asNote) {
    fields.set("key", key);
    for (const quote of quotes) fields.append("quote", `${quote.key}/${quote.component}`);
    if (file) fields.set("file", file);
  }
  const shown = [text, ...quotes.map((quote) => quote.title), file?.name].filter(Boolean).join("\n");
  const pending = on.pending(id, shown, asNote);
  try {
    await post(`/petugas/percakapan/${id}/${asNote ? "catatan" : "balas"}`, fields);
    unsure.delete(id);
    await on.sent(id);
    pending?.remove();
  } catch (error) {
    if (pending && "arrived" in pending.dataset) return; // only the answer was lost
    if (!asNote && (error.status === 0 || error.status >= 500)) unsure.set(id, { said, key });
    putBack(letter, error.message, pending, on);
  }
}

/** What could not be sent stands in its box again; where something else has been begun there, it waits in the thread. */
function putBack(letter, sentence, pending, on) {
  const { id, text, asNote, quotes, file } = letter;
  const newer = draftOf(id, asNote);
  const begun = extrasOf(id);
  if ((newer || begun.quotes.length || begun.file) && pending?.isConnected) {
    failed(letter, sentence, pending, on);
    return;
  }
  pending?.remove();
  keepDraft(id, asNote, newer ? `${text}\n${newer}` : text);
  if (!asNote && !begun.quotes.length && !begun.file) extras.set(id, { quotes, file });
  if (current()?.dataset.id !== id) return;
  write(asNote);
  showExtras();
  hint(sentence, true);
}

function failed(letter, sentence, pending, on) {
  pending.classList.add("entry--failed");
  const line = pending.querySelector(".entry__meta");
  const again = document.createElement("button");
  Object.assign(again, { type: "button", className: "button button--small", textContent: "Kirim lagi" });
  again.addEventListener("click", () => {
    pending.remove();
    deliver(letter, on);
  });
  line.replaceChildren(`${sentence} `, again);
}

function hint(words, isError = false) {
  const line = current()?.querySelector("[data-hint]");
  if (!line) return;
  line.textContent = words;
  line.classList.toggle("composer__hint--error", isError);
}

function grow(area) {
  area.rows = Math.min(9, Math.max(2, area.value.split("\n").length));
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function showExtras() {
  const form = current();
  if (!form) return;
  const { quotes, file } = extrasOf(form.dataset.id);
  const box = form.querySelector("[data-extras]");
  const items = quotes.map((quote, at) => [`quote-${at}`, `Kutipan: ${quote.title}`]);
  if (file) items.push(["file", `Berkas: ${file.name}`]);
  box.hidden = !items.length;
  box.replaceChildren(
    ...items.map(([name, words]) => {
      const line = document.createElement("p");
      line.className = "extra";
      const text = document.createElement("span");
      text.textContent = words;
      const drop = document.createElement("button");
      Object.assign(drop, { type: "button", textContent: "×", title: "Buang" });
      drop.setAttribute("aria-label", `Buang ${words}`);
      drop.dataset.drop = name;
      line.append(text, drop);
      return line;
    }),
  );
}

function dropExtra(name) {
  const kept = extrasOf(current().dataset.id);
  if (name === "file") kept.file = null;
  else kept.quotes.splice(Number(name.slice("quote-".length)), 1);
  showExtras();
  field().focus();
}

function pickSaved() {
  const form = current();
  new Picker(form, {
    label: "Cari balasan tersimpan",
    find: async (words) => {
      const wanted = words.replace(/^\//, "").toLowerCase();
      const all = await savedReplies();
      const items = all
        .filter((reply) => `${reply.shortcut} ${reply.text}`.toLowerCase().includes(wanted))
        .map((reply) => ({ title: `/${reply.shortcut}`, more: reply.text, reply }));
      return { items, none: all.length ? "Tidak ada yang cocok." : "Belum ada balasan tersimpan. Susun di Pengaturan." };
    },
    take: ({ reply }) => insert(filled(reply.text)),
    closed: (back) => back && field()?.focus(),
  });
}

/** `{nama}` and `{nomor_kasus}` become what this conversation knows. */
function filled(text) {
  const { citizen } = document.querySelector(".thread").dataset;
  const number = document.querySelector(".cases b")?.textContent.trim() ?? "";
  return text.replaceAll(/ ?\{nama\}/g, citizen && ` ${citizen}`).replaceAll("{nomor_kasus}", number).trim();
}

function insert(text) {
  const area = field();
  const before = area.value === "/" ? "" : area.value.slice(0, area.selectionStart);
  const after = area.value === "/" ? "" : area.value.slice(area.selectionEnd);
  area.value = `${before}${text}${after}`;
  keepDraft(area.form.dataset.id, isNote(area.form), area.value);
  grow(area);
}

function pickQuote() {
  const form = current();
  const { id } = form.dataset;
  new Picker(form, {
    label: "Cari standar: nama usaha, KBLI, atau nomor",
    find: async (words) => {
      const found = words ? JSON.parse(await get(`/petugas/kutipan.json?cari=${encodeURIComponent(words)}`)) : [];
      const items = found.map((standard) => ({
        title: `No. ${standard.number}${standard.kbli ? ` · KBLI ${standard.kbli}` : ""}`,
        more: standard.title,
        standard,
      }));
      return { items, none: words ? "Tidak ada standar yang cocok." : "Tulis nama usaha, kode KBLI, atau nomor standar." };
    },
    take: ({ standard, component }) => {
      if (component) return void addQuote(id, standard, component);
      return { label: `Komponen dari standar No. ${standard.number}`, find: componentsOf(standard) };
    },
    closed: (back) => back && field()?.focus(),
  });
}

function componentsOf(standard) {
  return async (words) => ({
    items: standard.components
      .filter(({ title }) => title.toLowerCase().includes(words.toLowerCase()))
      .map((component) => ({ title: `${component.number}. ${component.title}`, standard, component })),
    none: "Tidak ada komponen itu.",
  });
}

function addQuote(id, standard, component) {
  extrasOf(id).quotes.push({
    key: standard.key,
    component: component.number,
    title: `${component.title}, standar No. ${standard.number}`,
  });
  showExtras();
}
