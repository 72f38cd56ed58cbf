/** The web chat: ties the thread, the outbox, the stream and the composer together. */

import { Composer } from "./composer.js";
import { Outbox, post, uuid } from "./outbox.js";
import { Stream } from "./stream.js";
import * as texts from "./texts.js";
import { Thread } from "./thread.js";

const FRESH = "pasti.fresh"; // set across the reload into a new conversation
const $ = (id) => document.getElementById(id);
const title = document.title;
const tabs = new BroadcastChannel("pasti");
const life = new AbortController(); // until this page's conversation ends
let unseen = 0;

const thread = new Thread({ log: $("log"), list: $("thread"), pending: $("pending"), down: $("down") });

const outbox = new Outbox(() => thread.last, {
  sending(message) {
    thread.mark(message.id, "sending");
    typing(true);
  },
  kept(message, answer) {
    typing(false);
    notice("");
    if (changed(answer.conversation)) return;
    thread.show(answer.bubbles);
    thread.mark(message.id, "sent");
  },
  waiting(message, reason) {
    typing(false);
    thread.mark(message.id, reason ? "paused" : "waiting");
    notice(reason ?? texts.LOST, !reason);
  },
  refused(message, error) {
    typing(false);
    thread.mark(message.id, "refused");
    notice(error);
  },
});

const stream = new Stream(() => thread.last, {
  conversation: changed,
  bubbles: (html) => count(thread.show(html)),
  state(state) {
    const { dataset, firstElementChild } = $("state");
    const before = dataset.state;
    dataset.state = state;
    firstElementChild.textContent = texts.STATES[state];
    if (state === "open" && before !== "open") outbox.drain();
  },
  ended() {
    // What is still unsent goes into a new conversation; else nothing of the old one stays on the screen.
    if (outbox.messages.length) outbox.drain();
    else end(thread.last ? "quiet" : "idle");
  },
});

const composer = new Composer($("composer"), {
  said: (text) => say({ id: uuid(), text }),
  room: (words) => notice(words),
});

function say(message) {
  thread.say(message);
  outbox.add(message);
}

function typing(on) {
  $("typing").toggleAttribute("data-on", on);
}

function notice(words, retry = false) {
  $("notice-text").textContent = words;
  $("notice").toggleAttribute("data-on", words !== "");
  $("retry").hidden = !retry;
}

/** A number in the tab's title while nobody looks. */
function count(heard) {
  if (document.visibilityState === "visible") return;
  unseen += heard.length;
  if (unseen) document.title = `(${unseen}) ${title}`;
}

function look() {
  if (document.visibilityState !== "visible") return;
  unseen = 0;
  document.title = title;
  stream.wake();
}

/** The cookie ran out and another conversation has begun: show that one, and nothing of this. */
function changed(conversation) {
  const other = conversation !== document.body.dataset.conversation;
  if (other) {
    sessionStorage.setItem(FRESH, "1");
    location.reload();
  }
  return other;
}

/** Nothing of the conversation stays: not on the screen, not in this tab's storage. */
function end(how) {
  life.abort();
  stream.close();
  outbox.clear();
  composer.clear();
  sessionStorage.removeItem(FRESH);
  $("leave-dialog").close();
  $("leave").remove();
  $("state").remove();
  $("main").replaceChildren($(how).content.cloneNode(true));
  $("main").querySelector("h2").focus();
}

async function leave() {
  $("leave-error").textContent = "";
  outbox.stop(); // an answer still to come would bring the cookie back
  try {
    const response = await post("/chat/leave", {});
    if (!response.ok) throw new Error(String(response.status));
    tabs.postMessage("left");
    end("left");
  } catch {
    $("leave-error").textContent = texts.CANNOT_LEAVE;
    outbox.drain();
  }
}

$("thread").addEventListener("click", (event) => {
  const choice = event.target.closest(".choice");
  if (!choice) return;
  say({ id: uuid(), payload: choice.dataset.payload, title: choice.textContent });
  $("log").focus({ preventScroll: true }); // the pressed button is gone; the next ones come here
});
$("retry").addEventListener("click", () => {
  stream.wake();
  outbox.drain();
});
$("leave").addEventListener("click", () => $("leave-dialog").showModal());
$("leave-cancel").addEventListener("click", () => $("leave-dialog").close());
$("leave-confirm").addEventListener("click", leave);
tabs.addEventListener("message", () => end("left"), life);
document.addEventListener("visibilitychange", look, life);
addEventListener("focus", look, life);
addEventListener("online", look, life);
addEventListener("offline", () => stream.open("lost"), life);
addEventListener("pageshow", (event) => event.persisted && location.reload());

for (const message of outbox.messages) {
  if (thread.has(message.id)) outbox.drop(message.id);
  else thread.say(message);
}
if (sessionStorage.getItem(FRESH)) {
  sessionStorage.removeItem(FRESH);
  notice(texts.EMPTIED);
}
stream.open();
outbox.drain();
