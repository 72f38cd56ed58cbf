/**
 * The form for a report from elsewhere: one press, one case; a date only where there is one; and its receipt printed.
 * What was typed off stays in this tab until it is registered, also through a new sign-in.
 */

import { renew } from "./api.js";
import { keep, kept } from "./drafts.js";

const DRAFT = "laporan-baru";
const form = document.getElementById("entry");
const received = document.getElementById("received_on");
let renewing = false;
let renewed = false;

document.querySelector("[data-print]")?.addEventListener("click", () => print());

if (form) {
  form.addEventListener("submit", (event) => {
    if (renewed) return void setTimeout(() => busy(true)); // after the button that was pressed was read
    event.preventDefault();
    if (!renewing) submit(event.submitter);
  });
  window.addEventListener("pageshow", () => busy(false));
  form.addEventListener("change", date);
  received.addEventListener("input", () => {
    if (received.value) form.elements.received.value = "sudah";
  });
  for (const event of ["input", "change"]) form.addEventListener(event, remember);
  document.querySelector(".entry__cancel").addEventListener("click", () => keep(DRAFT, ""));
  document.querySelector("[data-clear]").addEventListener("click", () => {
    keep(DRAFT, "");
    location.reload();
  });
  if ("blank" in form.dataset && kept(DRAFT)) putBack(JSON.parse(kept(DRAFT)));
  date();
  document.querySelector("[aria-invalid] input, [aria-invalid]")?.focus();
} else keep(DRAFT, ""); // it is registered

/** Sent with the token of the session as it is now. Where there is none, this goes to sign in and comes back. */
async function submit(submitter) {
  renewing = true;
  try {
    await renew();
    form.elements.csrf.value = document.body.dataset.csrf;
  } catch (error) {
    if (error.status === 401) return;
    if (error.reload) return void refuse(error.message);
    // nobody answers: the browser says so, and what was typed is here when one comes back
  } finally {
    renewing = false;
  }
  renewed = true;
  form.requestSubmit(submitter);
  renewed = false;
}

function refuse(sentence) {
  const place = document.querySelector("[data-refused]");
  place.textContent = sentence;
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}

function remember() {
  const { csrf, ...typed } = Object.fromEntries(new FormData(form));
  keep(DRAFT, JSON.stringify(typed));
}

function putBack(typed) {
  for (const field of form.elements) {
    if (!field.name || field.name === "csrf") continue;
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = typed[field.name] === field.value;
    else if (field.name in typed) field.value = typed[field.name];
  }
  document.querySelector("[data-restored]").hidden = false;
}

function busy(yes) {
  for (const button of document.querySelectorAll("[name=aksi]")) button.disabled = yes;
}

/** Whoever has received nothing has no date for it. */
function date() {
  received.hidden = form.elements.received.value !== "sudah" && !received.value;
}
