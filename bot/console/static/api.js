/** Requests of the page: with its session's token, and an error that says what the office said. */

export class Refused extends Error {
  constructor(status, sentence, reload = false) {
    super(sentence || "Server tidak dapat dihubungi. Periksa sambungan, lalu coba lagi.");
    this.status = status; // 0: nothing was heard
    this.reload = reload; // this page is too old to ask for anything
  }
}

const SOMEBODY_ELSE =
  "Belum terkirim: di peramban ini sekarang petugas lain yang masuk. Masuk lagi dengan akun Anda, lalu coba lagi.";

/** What nobody asked for by hand: it keeps no session awake. */
const BACKGROUND = { "X-Background": "1" };

export const get = (url, { signal, background } = {}) => ask(url, { signal, headers: background ? BACKGROUND : {} });

/** `fields` is FormData, or names and values. A page of an earlier session asks for the token of this one, once. */
export async function post(url, fields = {}, { background } = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const send = () => {
    const token = { "X-CSRF-Token": document.body.dataset.csrf };
    return ask(url, { method: "POST", body, headers: background ? { ...token, ...BACKGROUND } : token });
  };
  try {
    return await send();
  } catch (error) {
    if (!error.reload) throw error;
    await renew({ background });
    return send();
  }
}

/** The token of the session as it is now; Refused where it has become somebody else's. */
export async function renew({ background } = {}) {
  const { officer, csrf } = JSON.parse(await get("/petugas/akun/token.json", { background }));
  if (officer !== document.body.dataset.officer) throw new Refused(403, SOMEBODY_ELSE, true);
  document.body.dataset.csrf = csrf;
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
  if (!answer.ok) {
    const sentence = text.length < 400 && !text.startsWith("<") ? text : "";
    throw new Refused(answer.status, sentence, answer.headers.has("X-Reload"));
  }
  return text;
}

/** The page is going away by itself: nobody is asked whether they would rather stay. */
export let leaving = false;

export function goTo(path) {
  leaving = true;
  location.assign(path);
}

/** The session has ended: sign in, and come back here. */
export function leave() {
  goTo(`/petugas/masuk?lanjut=${encodeURIComponent(location.pathname)}`);
}
