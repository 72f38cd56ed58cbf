"""What officers are told on their own Telegram. It may be read by whoever stands beside them: of a case its number, its
stage and its day, and nothing of a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from handlers.dialogue.status_texts import days_left
from handlers.dialogue.texts import Lines, plain
from handlers.messages import Line
from knowledge.calendar import WorkingDays
from knowledge.dates import say_date

AT_MOST = 10  # cases in one message; the rest is counted
STAGES: Mapping[str, str] = {
    "received": "baru diterima",
    "under_review": "sedang ditelaah",
    "in_progress": "sedang ditindaklanjuti",
    "waiting_for_reporter": "menunggu keterangan pelapor",
    "answered": "sudah dijawab",
    "closed": "ditutup",
    "withdrawn": "dicabut pelapor",
    "noted": "sudah dicatat",
}
ROUTES: Mapping[str | None, str] = {
    None: "",
    "internal": ", jalur internal",
    "technical_team": ", jalur tim teknis",
    "agency": ", jalur perangkat daerah",
    "apip": ", jalur APIP",
}
Handing = Literal["assigned", "routed", "handed_up", "sent_back", "recalled", "decided", "reported", "apip_approved"]
_HANDED: Mapping[Handing, str] = {
    "assigned": "Laporan {number} diserahkan kepada Bapak/Ibu.",
    "routed": "Laporan {number} diteruskan kepada Bapak/Ibu.",
    "handed_up": "Laporan {number} dinaikkan kepada Bapak/Ibu.",
    "sent_back": "Laporan {number} dikembalikan kepada Bapak/Ibu.",
    "recalled": "Laporan {number} ditarik kembali dari jalurnya.",
    "decided": "Laporan {number} sudah diputuskan. Pelapor menunggu jawaban dari Bapak/Ibu.",
    "reported": "Hasil laporan {number} dilaporkan kepada Bapak/Ibu.",
    "apip_approved": "Laporan {number} boleh diteruskan ke Inspektorat (APIP).",
}


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case as a reminder tells of it."""

    number: str
    stage: str
    route: str | None
    due_on: date


def linked() -> Lines:
    return plain(
        "Terima kasih, Bapak/Ibu. Telegram ini sudah terhubung dengan akun petugas PASTI, dan pengingat laporan akan "
        "masuk ke sini. Kirim /putus kalau tidak ingin lagi."
    )


def unlinked() -> Lines:
    return plain(
        "Baik, Bapak/Ibu. Telegram ini tidak lagi terhubung dengan akun petugas, jadi pengingat tidak masuk ke sini."
    )


def code_is_old() -> Lines:
    return plain("Kode petugas itu sudah tidak berlaku. Buat yang baru di konsol, pada Akun saya.")


def reminder(cases: Sequence[DueCase], today: date, calendar: WorkingDays, console: str | None) -> Lines:
    """What is due, the most urgent first, in one message.

    Args:
        console: the address of the console, where it is reachable from outside.
    """
    urgent = sorted(cases, key=lambda case: (case.due_on, case.number))
    lines = plain(*(f"• {_standing(case, today, calendar)}" for case in urgent[:AT_MOST]))
    if len(urgent) == 1:
        lines = plain(_standing(urgent[0], today, calendar))
    if len(urgent) > AT_MOST:
        lines += plain(f"… dan {len(urgent) - AT_MOST} laporan lagi.")
    heading = "Pengingat laporan" if len(urgent) == 1 else f"Pengingat: {len(urgent)} laporan"
    path = f"kasus/{urgent[0].number}" if len(urgent) == 1 else "pengingat"
    return (Line(heading, "strong"), *lines, *_link(console, path))


def given(
    how: Handing, number: str, due_on: date | None, today: date, calendar: WorkingDays, console: str | None
) -> Lines:
    """A case lies on their desk now, or something was done to it that they have to know."""
    lines = plain(_HANDED[how].format(number=number))
    if due_on is not None:
        lines += plain(f"Tenggat jawaban: {say_date(due_on)} ({days_left(today, due_on, calendar)}).")
    return (*lines, *_link(console, f"kasus/{number}"))


def _standing(case: DueCase, today: date, calendar: WorkingDays) -> str:
    left = days_left(today, case.due_on, calendar)
    return f"{case.number}: {left} (tenggat {say_date(case.due_on)}), {STAGES[case.stage]}{ROUTES[case.route]}."


def _link(console: str | None, path: str) -> Lines:
    return plain(f"{console}/{path}") if console else ()
