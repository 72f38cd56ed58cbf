/** The form for a report from elsewhere: one press, one case; a date only where there is one; and its receipt printed. */

const form = document.getElementById("entry");
const received = document.getElementById("received_on");

document.querySelector("[data-print]")?.addEventListener("click", () => print());

if (form) {
  form.addEventListener("submit", () => setTimeout(() => busy(true))); // after the button that was pressed was read
  window.addEventListener("pageshow", () => busy(false));
  form.addEventListener("change", date);
  received.addEventListener("input", () => {
    if (received.value) form.elements.received.value = "sudah";
  });
  date();
  document.querySelector("[aria-invalid] input, [aria-invalid]")?.focus();
}

function busy(yes) {
  for (const button of document.querySelectorAll("[name=aksi]")) button.disabled = yes;
}

/** Whoever has received nothing has no date for it. */
function date() {
  received.hidden = form.elements.received.value !== "sudah" && !received.value;
}
