/**
 * What is written in the forms of a case and not sent. It is put back whenever the page is made anew: after a change, a
 * reload, a new sign-in. Where the office has something else now, both are shown; where the form has gone, the words are.
 */

import { keep, kept } from "./drafts.js";

const TICKED = "input[type=checkbox], input[type=radio]";
export const TEXTUAL = "textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select";
const CLEARED = "(dikosongkan)";
let lost = []; // drafts whose form has gone

export const nameOf = (form) => `${form.dataset.do}/${form.querySelector("[name=bukti]")?.value ?? ""}`;
export const formNamed = (main, name) => [...main.querySelectorAll("form[data-do]")].find((form) => nameOf(form) === name);
const storedAs = (main) => `kasus:${main.dataset.number}`;

/** What was begun and not sent, with what the office had there when it was begun. */
export function unsent(main) {
  const begun = [...main.querySelectorAll("form[data-do]")].flatMap((form) =>
    controlsOf(form)
      .filter((control) => valueOf(control) !== initial(control))
      .map((control) => ({
        form: nameOf(form),
        version: form.elements.versi.value,
        name: control[0].name,
        label: labelOf(control),
        value: valueOf(control),
        words: wordsOf(control, valueOf(control)),
        was: initial(control),
        disputed: disputeAt(control)?.dataset.dispute,
      })),
  );
  return [...begun, ...lost];
}

/** In this tab, until it is sent. */
export function remember(main) {
  const drafts = unsent(main);
  keep(storedAs(main), drafts.length ? JSON.stringify(drafts) : "");
}

export const remembered = (main) => JSON.parse(kept(storedAs(main)) || "[]");

/** Nothing of it is for whoever sits here any more. */
export function forgetAll(main) {
  lost = [];
  keep(storedAs(main), "");
}

/** What was sent is no draft any more. */
export function forget(main, form) {
  const now = form.isConnected ? form : formNamed(main, nameOf(form));
  for (const each of new Set([form, now])) {
    each?.reset();
    each?.querySelectorAll("[data-dispute]").forEach((dispute) => dispute.remove());
  }
  const folded = (now ?? form).closest("details.more");
  if (folded) folded.open = false;
  remember(main);
}

/** Puts drafts where they were. by: whose change has made the page anew. Returns how many of them need a look. */
export function restore(main, drafts, by) {
  const isLost = (draft) => !controlOf(main, draft);
  lost = drafts.filter(isLost);
  const disputed = drafts.filter((draft) => !isLost(draft) && putBack(main, draft, by));
  showLost(main);
  remember(main);
  return { disputed: disputed.length, lost: lost.length };
}

/**
 * Returns whether the office has something else there now than when it was begun: then both are shown, and the form
 * keeps the version that was seen, so that it is refused until one of them was chosen.
 */
function putBack(main, draft, by) {
  const control = controlOf(main, draft);
  const form = control[0].form;
  const now = initial(control);
  const folded = form.closest("details.more");
  if (folded) folded.open = true;
  fill(control, draft.value, draft.words);
  if (now === draft.value || (now === draft.was && !draft.disputed)) return false;
  form.elements.versi.value = draft.version;
  const place = document.getElementById("dispute").content.cloneNode(true);
  place.firstElementChild.dataset.dispute = draft.disputed ?? by;
  place.querySelector("blockquote").textContent = wordsOf(control, now) || CLEARED;
  fieldOf(control).append(place);
  return true;
}

/** One of two versions of a field was chosen; with the last of its form, the form is of the newest version. */
export function settle(main, button) {
  const dispute = button.closest("[data-dispute]");
  const form = dispute.closest("form");
  const field = dispute.closest(".field");
  const control = controlsOf(form).find((each) => fieldOf(each) === field);
  if (button.dataset.settle === "theirs") fill(control, initial(control));
  dispute.remove();
  if (!form.querySelector("[data-dispute]")) form.elements.versi.value = main.dataset.version;
  remember(main);
  control[0].focus({ preventScroll: true });
}

function showLost(main) {
  const notices = [...new Set(lost.map((draft) => draft.form))].map((name) => {
    const notice = document.getElementById("lost").content.firstElementChild.cloneNode(true);
    notice.dataset.form = name;
    for (const draft of lost.filter((each) => each.form === name)) {
      const [label, words] = [document.createElement("dt"), document.createElement("dd")];
      label.textContent = draft.label;
      Object.assign(words, { textContent: draft.words || CLEARED, dir: "auto" });
      notice.querySelector("dl").append(label, words);
    }
    return notice;
  });
  main.querySelector("[data-lost]").replaceChildren(...notices);
}

/** What was written in a form that has gone, as text. */
export function wordsOfLost(button) {
  return [...button.closest("[data-form]").querySelectorAll("dd")].map((each) => each.textContent).join("\n\n");
}

export function putAway(main, button) {
  const { form } = button.closest("[data-form]").dataset;
  lost = lost.filter((draft) => draft.form !== form);
  showLost(main);
  remember(main);
}

// A control is what has one name in a form: one field that is written or chosen in, or several that are ticked.

function controlsOf(form) {
  const byName = new Map();
  for (const each of form.querySelectorAll(`${TEXTUAL}, ${TICKED}`)) {
    byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  }
  return [...byName.values()];
}

function controlOf(main, draft) {
  const form = formNamed(main, draft.form);
  return form && controlsOf(form).find(([first]) => first.name === draft.name);
}

const isTicked = ([first]) => first.matches(TICKED);
const valuesOf = (fields) => fields.map((each) => each.value).join("\n");
const fieldOf = ([first]) => first.closest(".field");
const disputeAt = (control) => fieldOf(control)?.querySelector("[data-dispute]");

function valueOf(control) {
  return isTicked(control) ? valuesOf(control.filter((each) => each.checked)) : control[0].value;
}

/** What it held when the office made it. */
function initial(control) {
  if (isTicked(control)) return valuesOf(control.filter((each) => each.defaultChecked));
  const [field] = control;
  if (!field.options) return field.defaultValue;
  const [chosen] = [...field.options].filter((option) => option.defaultSelected);
  return (chosen ?? field.options[0])?.value;
}

/** A value as it is read on the page. */
function wordsOf(control, value) {
  const [field] = control;
  if (isTicked(control)) return ticked(control, value).map((each) => each.labels[0].textContent).join("; ");
  if (field.options) return [...field.options].find((each) => each.value === value)?.text ?? value;
  return value;
}

function fill(control, value, words) {
  const [field] = control;
  if (isTicked(control)) {
    const chosen = ticked(control, value);
    for (const each of control) each.checked = chosen.includes(each);
    return;
  }
  if (field.options && ![...field.options].some((each) => each.value === value)) field.add(new Option(words, value));
  field.value = value;
}

const ticked = (control, value) => control.filter((each) => value.split("\n").includes(each.value));

function labelOf(control) {
  const legend = isTicked(control) && control[0].closest("fieldset")?.querySelector("legend");
  return (legend || control[0].labels[0])?.textContent ?? "";
}
