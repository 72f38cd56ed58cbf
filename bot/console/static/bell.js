/** How many reminders the officer has not read: as the page came, and every minute from then on. */

import "./drafts.js"; // on every page: what another officer began in this tab goes

const EVERY = 60_000; // milliseconds
const bell = document.getElementById("bell");
const count = bell.querySelector(".rail__count");

/** Nobody asked for it by hand: it keeps no session awake, and what fails is tried again by itself. */
async function look() {
  if (document.hidden) return;
  try {
    const headers = { "X-Requested-With": "pasti", "X-Background": "1" };
    const answer = await fetch("/petugas/pengingat/jumlah", { headers });
    if (answer.ok) show(Number(await answer.text()));
  } catch {
    // no connection: the page's own line says so where there is one
  }
}

function show(unseen) {
  count.textContent = unseen < 100 ? unseen : "99+";
  count.hidden = unseen === 0;
  bell.setAttribute("aria-label", unseen ? `Pengingat, ${unseen} belum dibaca` : "Pengingat");
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", ({ persisted }) => persisted && look()); // back to a page as it was left
