/** Requests of the page: with its session's token, and an error that says what the office said. */

export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence || "Server tidak dapat dihubungi. Periksa sambungan, lalu coba lagi.");
    this.status = status; // 0: nothing was heard
  }
}

export const get = (url, signal) => ask(url, { signal });

/** `fields` is FormData, or names and values. */
export function post(url, fields = {}, signal = undefined) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  return ask(url, { method: "POST", body, signal, headers: { "X-CSRF-Token": document.body.dataset.csrf } });
}

async function ask(url, options) {
  let answer;
  let text;
  try {
    answer = await fetch(url, { ...options, headers: { "X-Requested-With": "pasti", ...options.headers } });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0);
  }
  if (answer.status === 401) leave();
  if (!answer.ok) throw new Refused(answer.status, text.length < 400 && !text.startsWith("<") ? text : "");
  return text;
}

/** The session has ended: sign in, and come back here. */
export function leave() {
  location.assign(`/petugas/masuk?lanjut=${encodeURIComponent(location.pathname)}`);
}
