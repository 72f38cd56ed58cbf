/** What the script itself says. Everything else is in the page. */

export const STATES = {
  connecting: "Menyambung…",
  open: "Tersambung",
  lost: "Menyambung kembali…",
  parked: "Dibuka di tab lain",
};

export const FATES = {
  sending: "mengirim…",
  waiting: "menunggu sambungan…",
  paused: "menunggu giliran…",
  sent: "terkirim",
  refused: "tidak terkirim",
};

export const LOST = "Sambungan terputus. Pesan tersimpan di halaman ini dan dikirim begitu tersambung.";
export const EMPTIED = "Percakapan sebelumnya sudah ditutup karena lama tidak ada pesan. Ini percakapan baru.";
export const CANNOT_LEAVE = "Belum berhasil karena sambungan terputus. Mohon coba lagi, atau tutup peramban ini.";

const number = new Intl.NumberFormat("id-ID");

/** How much of the longest message is left, once it matters. */
export function room(used, longest) {
  if (used > longest) return `Kelebihan ${number.format(used - longest)} huruf; paling panjang ${number.format(longest)} huruf.`;
  // In steps, so that a screen reader does not count every letter aloud.
  return used > longest * 0.9 ? `Sisa sekitar ${number.format(Math.ceil((longest - used) / 50) * 50)} huruf.` : "";
}
