/** Brings what is on the page up to what the server sent, and leaves alone what has not changed: focus, scroll, words. */

export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

/** Items of a list, by `data-id`. Those loaded later (`data-extra`) stay below. */
export function syncList(body, html) {
  const fresh = parse(html);
  const before = body.querySelector("ul.lines");
  const after = fresh.querySelector("ul.lines");
  const ids = new Set([...after.children].map((item) => item.dataset.id));
  const extras = [...before.children].filter((item) => "extra" in item.dataset && !ids.has(item.dataset.id));
  const focused = document.activeElement?.closest(".line")?.dataset.id;
  keyed(before, after, (item) => item.dataset.id, (item) => !extras.includes(item));
  Object.assign(before.dataset, after.dataset);
  replaceOrDrop(body, fresh, ".empty");
  if (!extras.length) replaceOrDrop(body, fresh, ".list__more");
  if (focused && !before.contains(document.activeElement)) {
    before.querySelector(`[data-id="${focused}"] a`)?.focus({ preventScroll: true });
  }
}

/** The next page of the list goes below. */
export function appendList(body, html) {
  const fresh = parse(html);
  const lines = body.querySelector("ul.lines");
  const known = new Set([...lines.children].map((item) => item.dataset.id));
  for (const item of fresh.querySelectorAll("ul.lines > li")) {
    if (known.has(item.dataset.id)) continue;
    item.dataset.extra = "";
    lines.append(item);
  }
  replaceOrDrop(body, fresh, ".list__more");
}

/** A thread that is open already. Returns whether something was added at its end. */
export function syncThread(opened, html) {
  const fresh = parse(html);
  const [section, now] = [opened.querySelector(".thread"), fresh.querySelector(".thread")];
  const writing = section.querySelector(".composer[data-id]");
  if (Boolean(writing) !== Boolean(now.querySelector(".composer[data-id]"))) {
    opened.replaceChildren(...fresh.childNodes);
    return true;
  }
  Object.assign(section.dataset, now.dataset);
  for (const part of ["head", "state"]) replacePart(section, now, part);
  syncSide(opened.querySelector(".side"), fresh.querySelector(".side"));
  if (writing) section.querySelector("textarea").placeholder = now.querySelector("textarea").placeholder;
  const [entries, wanted] = [section.querySelector(".entries"), now.querySelector(".entries")];
  const [known, fetched] = [saidIn(entries), saidIn(wanted)];
  const first = Number(fetched[0]?.dataset.position ?? 0);
  const last = known.at(-1);
  if (!known.length) replaceOrDrop(section.querySelector(".log"), now.querySelector(".log"), ".empty");
  if (last && Number(last.dataset.position) < first) {
    // more has come than one answer holds: what was shown before would stand beside a gap
    entries.replaceChildren(...wanted.children);
    replaceOrDrop(section.querySelector(".log"), now.querySelector(".log"), ".log__more", true);
    return true;
  }
  const headings = new Map(daysIn(wanted).map((heading) => [heading.dataset.key, heading]));
  for (const heading of headings.values()) heading.remove();
  keyed(entries, wanted, (item) => item.dataset.key, (item) => isSaid(item) && Number(item.dataset.position) >= first);
  setDays(entries, headings);
  dropArrived(entries);
  return last?.dataset.key !== saidIn(entries).at(-1)?.dataset.key;
}

/** Older messages go above, and what is read stays where it is on the screen. */
export function prependEntries(log, html) {
  const fresh = parse(html);
  const entries = log.querySelector(".entries");
  const known = new Set([...entries.children].map((item) => item.dataset.key));
  const height = log.scrollHeight;
  const fetched = fresh.querySelector(".entries");
  const headings = new Map(daysIn(fetched).map((heading) => [heading.dataset.key, heading]));
  entries.prepend(...saidIn(fetched).filter((item) => !known.has(item.dataset.key)));
  setDays(entries, headings);
  replaceOrDrop(log, fresh.querySelector(".log"), ".log__more", true);
  log.scrollTop += log.scrollHeight - height;
}

/** A note that was being sent and is in the thread now, heard of before the answer to its request came. */
function dropArrived(entries) {
  for (const pending of entries.querySelectorAll(":scope > .entry--pending.entry--note:not(.entry--failed)")) {
    const later = saidIn(entries).filter((item) => Number(item.dataset.position) > Number(pending.dataset.after));
    if (!later.some((item) => item.matches(".entry--note") && words(item) === words(pending))) continue;
    pending.dataset.arrived = "";
    pending.remove();
  }
}

const words = (item) => item.querySelector(".entry__words").textContent.replace(/\s+/g, " ").trim();

/** What was said or done; neither the heading of a day nor what is still being sent. */
const isSaid = (item) => Boolean(item.dataset.key) && !item.matches(".day");
const saidIn = (entries) => [...entries.children].filter(isSaid);
const daysIn = (entries) => [...entries.querySelectorAll(":scope > .day")];

/** Each day's heading before its first entry; those that stand rightly are not touched. */
function setDays(entries, fetched) {
  const there = new Map(daysIn(entries).map((heading) => [heading.dataset.key, heading]));
  let day;
  for (const item of saidIn(entries)) {
    const key = `day-${item.dataset.day}`;
    if (key === day) continue;
    day = key;
    const heading = there.get(key) ?? fetched.get(key);
    there.delete(key);
    if (heading && heading.nextElementSibling !== item) entries.insertBefore(heading, item);
  }
  for (const heading of there.values()) heading.remove();
}

function syncSide(before, after) {
  replacePart(before, after, "side");
  for (const part of ["queue", "open", "mute"]) {
    const old = before.querySelector(`[data-part="${part}"]`);
    const now = after.querySelector(`[data-part="${part}"]`);
    if (old?.contains(document.activeElement) || old?.querySelector("details[open]")) continue; // somebody is writing in it
    if (old && now) old.replaceWith(now);
    else if (old) old.remove();
    else if (now) before.append(now);
  }
}

function replacePart(before, after, name) {
  const old = before.querySelector(`[data-part="${name}"]`);
  const now = after.querySelector(`[data-part="${name}"]`);
  if (!old || !now || old.isEqualNode(now)) return;
  const had = document.activeElement && old.contains(document.activeElement);
  old.replaceWith(now);
  if (had) (now.querySelector("[data-act] button") ?? now.querySelector("button, a"))?.focus({ preventScroll: true });
}

function replaceOrDrop(before, after, selector, first = false) {
  const old = before.querySelector(`:scope > ${selector}`);
  const now = after.querySelector(`:scope > ${selector}`);
  if (old && now) old.replaceWith(now);
  else if (old) old.remove();
  else if (now && first) before.prepend(now);
  else if (now) before.append(now);
}

/** `before` becomes `after`, item by item; only what `ours` says is ever removed. */
function keyed(before, after, key, ours) {
  const old = new Map([...before.children].map((item) => [key(item), item]));
  const from = (item) => {
    while (item && !ours(item)) item = item.nextElementSibling;
    return item ?? null;
  };
  let place = from(before.firstElementChild);
  for (const wanted of [...after.children]) {
    const found = old.get(key(wanted));
    old.delete(key(wanted));
    const item = found?.isEqualNode(wanted) ? found : wanted;
    if (found && item !== found) {
      if (place === found) place = from(found.nextElementSibling);
      found.remove();
    }
    if (item === place) place = from(place.nextElementSibling);
    else before.insertBefore(item, place);
  }
  for (const item of old.values()) if (ours(item) && item.isConnected) item.remove();
}
