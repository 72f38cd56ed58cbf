/** What was begun in this tab and not sent: kept for its officer alone, through a reload and a new sign-in. */

const OURS = `pasti-draf:${document.body.dataset.officer}:`;

// What somebody else began in this tab is not for these eyes.
for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith("pasti-draf:") && !key.startsWith(OURS)) sessionStorage.removeItem(key);
}

export const kept = (name) => sessionStorage.getItem(OURS + name) ?? "";

/** Nothing but blanks is not kept. */
export function keep(name, text) {
  if (text.trim()) sessionStorage.setItem(OURS + name, text);
  else sessionStorage.removeItem(OURS + name);
}
