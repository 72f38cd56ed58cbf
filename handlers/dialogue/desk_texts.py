"""What citizens hear of the officers' work on their case, unasked. Same voice as `texts`: warm, short, plain."""

from __future__ import annotations

from datetime import date

from handlers.case_rules import Stage
from handlers.dialogue.texts import Lines, plain
from handlers.messages import Button, Line
from knowledge.dates import say_date

ENDED = {"closed": "ditutup", "withdrawn": "dicabut pelapor"}
_WITH: dict[str | None, str] = {
    "internal": " di DPMPTSP",
    "technical_team": " bersama tim teknis",
    "agency": " bersama perangkat daerah terkait",
    "apip": " bersama Inspektorat (APIP)",
}
_MOVED: dict[Stage, str] = {
    "received": "Laporan {number} sudah kami terima.",
    "under_review": "Laporan {number} sedang ditelaah petugas.",
    "in_progress": "Laporan {number} sekarang ditindaklanjuti{with_whom}. Hasilnya kami sampaikan di sini.",
    "waiting_for_reporter": "Laporan {number} menunggu keterangan dari Bapak/Ibu.",
    "answered": "Laporan {number} sudah dijawab.",
    "closed": "Laporan {number} sudah selesai dan kami tutup. Terima kasih sudah melapor, Bapak/Ibu.",
    "withdrawn": "Laporan {number} sudah dicabut.",
    "noted": "Terima kasih, Bapak/Ibu. Saran {number} sudah dicatat petugas sebagai bahan perbaikan layanan.",
}


def moved(number: str, stage: Stage, route: str | None) -> Lines:
    return plain(_MOVED[stage].format(number=number, with_whom=_WITH.get(route, "")))


def question(number: str, words: str) -> Lines:
    return (
        Line(f"Petugas perlu keterangan untuk laporan {number}", "strong"),
        *plain(*words.splitlines(), "Balas dengan: tambah, lalu keterangannya. Foto juga boleh."),
    )


def answer(number: str, words: str, *, complaint: bool) -> Lines:
    """The result, in the officer's words, and whether it is solved."""
    lines = (Line(f"Jawaban untuk laporan {number}", "strong"), *plain(*words.splitlines()))
    if not complaint:
        return lines
    return lines + plain(
        "",
        "Apakah masalahnya sudah selesai? Tulis “sudah selesai”, atau “belum selesai” kalau belum "
        "(paling lambat 10 hari kerja sejak jawaban ini).",
    )


def solved_or_not(number: str) -> tuple[Button, ...]:
    """What is asked under an answer, to be pressed where a channel shows buttons."""
    return (Button("Sudah selesai", f"solved:{number}"), Button("Belum selesai", f"unsolved:{number}"))


def closed(number: str, reopen_until: date | None) -> Lines:
    """reopen_until: the last day on which it may still be reopened; None: that is over."""
    lines = moved(number, "closed", None)
    if reopen_until is None:
        return lines
    return lines + plain(f"Kalau ternyata belum selesai, tulis “belum selesai” sampai {say_date(reopen_until)}.")


def reopened(number: str) -> Lines:
    return plain(f"Laporan {number} kami buka kembali dan ditelaah lagi. Tenggat jawabannya tetap yang semula.")


def merged(number: str, into: str) -> Lines:
    return plain(
        f"Laporan {number} sama dengan laporan {into}, jadi keduanya kami tangani bersama.",
        f"Nomor {number} tetap berlaku dan menunjukkan perkembangan yang sama.",
    )


def became_complaint(number: str, before: str, due: date) -> Lines:
    return plain(
        f"Saran {before} sekarang kami tangani sebagai pengaduan dengan nomor {number}. Nomor lama tetap berlaku.",
        f"Dijawab paling lambat {say_date(due)}.",
    )
