/** Writing: replies, notes, drafts, quotes, files. What is sent is seen at once, and seen again when it could not be. */

import { get, post } from "./api.js";
import { Picker, savedReplies } from "./picker.js";

const officer = document.body.dataset.officer;
const draftKey = (id) => `pasti-draf:${officer}:${id}`;
const extras = new Map(); // by conversation: { quotes: [{ key, component, title }], file }
const unsure = new Map(); // by conversation: { text, key } of a reply whose answer was lost

const current = () => document.querySelector(".composer[data-id]");
const field = () => current()?.querySelector("textarea");
const extrasOf = (id) => extras.get(id) ?? extras.set(id, { quotes: [], file: null }).get(id);

/** `on` has sent(id) when something was written, and pending(text) which shows it before that. */
export function listen(opened, on) {
  opened.addEventListener("submit", (event) => {
    if (!event.target.matches(".composer[data-id]")) return;
    event.preventDefault();
    const asNote = event.submitter?.matches("[data-note]") || "note" in event.target.dataset;
    if (event.submitter?.matches("[data-note]") && !field().value.trim()) noteMode(!("note" in event.target.dataset));
    else send(event.target, asNote, on);
  });
  opened.addEventListener("input", (event) => {
    if (!event.target.matches(".composer textarea")) return;
    keepDraft(event.target.form.dataset.id, event.target.value);
    grow(event.target);
    hint("");
    if (event.target.value === "/" && !("note" in event.target.form.dataset)) pickSaved();
  });
  opened.addEventListener("keydown", (event) => {
    if (!event.target.matches(".composer textarea") || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const form = event.target.form;
      form.requestSubmit("note" in form.dataset ? form.querySelector("[data-note]") : form.querySelector("[data-send]"));
    } else if (event.key === "Escape") {
      noteMode(false);
      event.target.blur();
    }
  });
  opened.addEventListener("change", (event) => {
    if (!event.target.matches(".composer input[type=file]")) return;
    extrasOf(event.target.form.dataset.id).file = event.target.files[0] ?? null;
    event.target.value = "";
    showExtras();
  });
  opened.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]")?.dataset.pick;
    if (pick === "saved") pickSaved();
    else if (pick === "quote") pickQuote();
    const drop = event.target.closest("[data-drop]");
    if (drop) dropExtra(drop.dataset.drop);
  });
}

/** A thread has been opened: what was begun in it is there again. */
export function restore() {
  const form = current();
  if (!form) return;
  field().value = localStorage.getItem(draftKey(form.dataset.id)) ?? "";
  grow(field());
  showExtras();
}

export function focusReply() {
  noteMode(false);
  field()?.focus();
}

export function focusNote() {
  noteMode(true);
}

function noteMode(on) {
  const form = current();
  if (!form) return;
  form.toggleAttribute("data-note", on);
  form.classList.toggle("composer--note", on);
  form.querySelector("[data-note]").setAttribute("aria-pressed", String(on));
  hint(on ? "Catatan internal: hanya petugas yang membacanya." : "");
  const send = form.querySelector("[data-send]");
  send.disabled = !on && form.closest(".thread").dataset.mine !== "yes";
  if (on) field().focus();
}

async function send(form, asNote, on) {
  const { id } = form.dataset;
  const text = field().value.trim();
  const { quotes, file } = extrasOf(id);
  if (!text && (asNote || (!quotes.length && !file))) {
    hint(asNote ? "Catatannya masih kosong." : "Balasannya masih kosong.", true);
    return;
  }
  if (!asNote && form.closest(".thread").dataset.mine !== "yes") {
    hint("Ambil alih dahulu untuk membalas.", true);
    return;
  }
  const fields = new FormData();
  fields.set("text", text);
  const lost = unsure.get(id);
  const key = lost && lost.text === text ? lost.key : newKey();
  if (!asNote) {
    fields.set("key", key);
    for (const quote of quotes) fields.append("quote", `${quote.key}/${quote.component}`);
    if (file) fields.set("file", file);
  }
  const kept = extras.get(id);
  field().value = "";
  keepDraft(id, "");
  grow(field());
  if (!asNote) {
    extras.delete(id);
    showExtras();
  }
  noteMode(false);
  const pending = on.pending(id, [text, ...quotes.map((quote) => quote.title), file?.name].filter(Boolean).join("\n"), asNote);
  if (asNote) document.querySelector(".log")?.focus({ preventScroll: true }); // so that what is typed next is no reply
  try {
    await post(`/petugas/percakapan/${id}/${asNote ? "catatan" : "balas"}`, fields);
    unsure.delete(id);
    await on.sent(id);
  } catch (error) {
    if (error.status === 0 && !asNote) unsure.set(id, { text, key });
    const begun = extrasOf(id);
    if (!asNote && kept && !begun.quotes.length && !begun.file) extras.set(id, kept);
    putBack(id, text, asNote, error.message);
  } finally {
    pending?.remove();
  }
}

/** What could not be sent stands in its box again, or in the draft of its conversation. */
function putBack(id, text, asNote, sentence) {
  const here = current()?.dataset.id === id;
  const written = here ? field().value : (localStorage.getItem(draftKey(id)) ?? "");
  const whole = written ? `${text}\n${written}` : text;
  keepDraft(id, whole);
  if (!here) return;
  field().value = whole;
  grow(field());
  showExtras();
  if (asNote) noteMode(true);
  hint(sentence, true);
}

function keepDraft(id, text) {
  if (text.trim()) localStorage.setItem(draftKey(id), text);
  else localStorage.removeItem(draftKey(id));
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
  const name = document.querySelector(".thread__who h2")?.textContent.trim() ?? "";
  const number = document.querySelector(".cases b")?.textContent.trim() ?? "";
  return text.replaceAll("{nama}", name).replaceAll("{nomor_kasus}", number);
}

function insert(text) {
  const area = field();
  const before = area.value === "/" ? "" : area.value.slice(0, area.selectionStart);
  const after = area.value === "/" ? "" : area.value.slice(area.selectionEnd);
  area.value = `${before}${text}${after}`;
  keepDraft(area.form.dataset.id, area.value);
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
