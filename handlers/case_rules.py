"""What component 6 of the standard says about a case, as pure functions: kinds, clocks, stages, and what closing takes.

Three clocks, never mixed up: 30 *calendar* days from the service received (to complain, point 2), 14 *working* days
from the complaint received (to answer, point 4), and the service's own processing time, which is not counted here. All
days are days in Jakarta. Numbers and access codes of a case are in `case_numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from knowledge.calendar import DueDate, WorkingDays, jakarta_day
from knowledge.names import usable_name

Kind = Literal["complaint", "suggestion"]
Stage = Literal[
    "received",
    "under_review",
    "in_progress",
    "waiting_for_reporter",
    "answered",
    "closed",
    "withdrawn",
    "noted",  # suggestions only
]
Lack = Literal["name", "contact", "service", "what"]

DAYS_TO_COMPLAIN = 30  # calendar days, component 6 point 2
DAYS_TO_ANSWER = 14  # working days, component 6 point 4
DAYS_TO_REOPEN = 10  # working days after the answer: the office's own promise


# ---------------------------------------------------------------- complaint or suggestion


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a report when it is to be recorded."""

    name: str | None = None  # of a person or a body, as it was given
    reachable: bool = False  # phone, email, address or NIK given, or an account that is one (WhatsApp, Telegram)
    service: str | None = None  # which service or place
    what: str | None = None  # what happened there
    received_on: date | None = None  # the latest possible day of receiving the service; None: nothing received yet
    meant_as_suggestion: bool = False
    elsewhere: bool = False  # another agency's matter, or about third parties: no 30 days


@dataclass(frozen=True, slots=True)
class Classification:
    kind: Kind
    reason: str  # to the citizen: why it is this
    to_complain: str  # to the citizen: what would make it a complaint; empty when nothing is missing
    lacks: tuple[Lack, ...] = ()
    late: bool = False  # past the 30 days: an officer decides, with a reason, whether it becomes a complaint
    days: int | None = None  # calendar days since the service was received; None when nothing was
    last_day: date | None = None  # the 30th day


def classify(report: Report, today: date) -> Classification:
    """Complaint or suggestion, by component 6 points 2, 3 and 5b."""
    if report.meant_as_suggestion:
        return Classification("suggestion", "Laporan ini dicatat sebagai saran/masukan, sesuai maksud Bapak/Ibu.", "")
    received = None if report.elsewhere else report.received_on
    days = None if received is None else max((today - received).days, 0)
    last_day = None if received is None else received + timedelta(days=DAYS_TO_COMPLAIN)
    late = days is not None and days > DAYS_TO_COMPLAIN
    lacks = _lacks(report)
    if not lacks and not late:
        return Classification("complaint", _why_complaint(report, days), "", days=days, last_day=last_day)
    reason = " ".join(filter(None, (_why_lacking(lacks), _why_late(days) if late else "")))
    return Classification("suggestion", reason, _what_would_help(lacks, late), lacks, late, days, last_day)


def _lacks(report: Report) -> tuple[Lack, ...]:
    tests: tuple[tuple[Lack, bool], ...] = (
        ("name", usable_name(report.name)),
        ("contact", report.reachable),
        ("service", usable_subject(report.service)),
        ("what", usable_subject(report.what)),
    )
    return tuple(lack for lack, given in tests if not given)


_EMPTY = re.compile(  # all that such a text says is that somebody wants to complain, or does not know
    r"(?:\W|\d|\b(?:saya|sy|aku|abdi|mau|mo|ingin|pengen|bade|hoyong|bikin|buat|ajukan|mengajukan|lapor|laporan|laporkan"
    r"|melapor|melaporkan|ngelapor|adu|ngadu|mengadu|mengadukan|pengaduan|aduan|komplain|keluhan|kecewa|masalah|hal"
    r"|sesuatu|ini|itu|ada|banyak|min|kak|pak|bu|halo|dong|deh|ya|tidak|tdk|gak|ga|nggak|tau|tahu|lupa|rahasia|nanti|saja|aja|pokoknya|oke|ok|baik|iya|tapi|takut|bingung|sangat|sekali|banget|bgt|kesal|kesel)\b)*",
    re.IGNORECASE,
)


def usable_subject(text: str | None) -> bool:
    """Does it say anything besides that somebody wants to complain?"""
    return not _EMPTY.fullmatch(text or "")


def _why_complaint(report: Report, days: int | None) -> str:
    if report.elsewhere:
        clock = "Untuk hal yang menyangkut instansi atau pihak lain, batas 30 hari tidak dihitung."
    elif days is None:
        clock = "Karena layanannya belum Bapak/Ibu terima, batas 30 hari belum berjalan."
    else:
        clock = f"Disampaikan {days} hari setelahnya, jadi masih dalam batas 30 hari kalender."
    return f"Laporan ini dicatat sebagai pengaduan karena identitas pelapor dan pokok masalahnya lengkap. {clock}"


LACKING: Mapping[Lack, str] = {
    "name": "nama pelapor",
    "contact": "kontak yang bisa dihubungi",
    "service": "layanan atau tempat yang dimaksud",
    "what": "apa yang terjadi",
}


def _why_lacking(lacks: Sequence[Lack]) -> str:
    if not lacks:
        return ""
    return (
        f"Laporan ini dicatat sebagai saran/masukan karena belum ada {_listed(lacks)}. Menurut standar pelayanan "
        "(komponen 6 angka 5 huruf b), pengaduan tanpa identitas pelapor atau pokok masalah diperlakukan sebagai saran "
        "atau masukan."
    )


def _why_late(days: int | None) -> str:
    return (
        f"Laporan ini untuk sementara dicatat sebagai saran/masukan karena layanannya diterima {days} hari yang lalu. "
        "Menurut standar pelayanan (komponen 6 angka 2 dan 3), pengaduan disampaikan paling lambat 30 hari kalender "
        "sejak layanan diterima; yang lewat dari itu dapat diperlakukan sebagai saran/masukan."
    )


def _what_would_help(lacks: Sequence[Lack], late: bool) -> str:
    if not late:
        return f"Kirimkan {_listed(lacks)}, maka laporan ini menjadi pengaduan."
    decided = (
        "Petugas akan memutuskan apakah laporan ini tetap ditangani sebagai pengaduan; Bapak/Ibu akan diberi tahu."
    )
    return f"{decided} Lengkapi juga {_listed(lacks)} agar dapat dipertimbangkan." if lacks else decided


def _listed(lacks: Sequence[Lack]) -> str:
    words = [LACKING[lack] for lack in lacks]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} dan {words[-1]}"


# ---------------------------------------------------------------- clocks


def answer_due(received: date, calendar: WorkingDays) -> DueDate:
    """The last day for answering a complaint. received: the day in Jakarta on which it came in, whatever the hour.

    For a late one that is accepted it is the day of the first receipt, for a suggestion that became a complaint the day
    on which it was completed.
    """
    return calendar.add_working_days(received, DAYS_TO_ANSWER)


def reopen_until(answered: date, calendar: WorkingDays) -> DueDate:
    """The last day on which `belum` reopens an answered case."""
    return calendar.add_working_days(answered, DAYS_TO_REOPEN)


# ---------------------------------------------------------------- stages

_MOVES: Mapping[Kind, Mapping[Stage, frozenset[Stage]]] = {
    "complaint": {
        "received": frozenset({"under_review", "withdrawn"}),
        "under_review": frozenset({"in_progress", "waiting_for_reporter", "answered", "withdrawn"}),
        "in_progress": frozenset({"under_review", "waiting_for_reporter", "answered", "withdrawn"}),
        "waiting_for_reporter": frozenset({"under_review", "in_progress", "answered", "withdrawn"}),
        "answered": frozenset({"under_review", "closed", "withdrawn"}),  # back to review: reopened
        "closed": frozenset({"under_review"}),
        "withdrawn": frozenset(),
    },
    "suggestion": {
        "received": frozenset({"noted", "answered", "withdrawn"}),
        "noted": frozenset({"answered", "withdrawn"}),
        "answered": frozenset(),
        "withdrawn": frozenset(),
    },
}


def stages(kind: Kind) -> tuple[Stage, ...]:
    """The stages that a case of this kind can be in."""
    return tuple(_MOVES[kind])


def moves(kind: Kind, stage: Stage) -> frozenset[Stage]:
    """Where a case may go from here; none from a stage that its kind does not have."""
    return _MOVES[kind].get(stage, frozenset())


def can_move(kind: Kind, stage: Stage, to: Stage) -> bool:
    """Is this one of the allowed steps? Reopening and closing have conditions of their own besides."""
    return to in moves(kind, stage)


def can_reopen(kind: Kind, stage: Stage, answered: date | None, today: date, calendar: WorkingDays) -> bool:
    """May the citizen's `belum` take the case up again? Until ten working days after the answer, closed or not."""
    if kind != "complaint" or stage not in ("answered", "closed") or answered is None:
        return False
    return today <= reopen_until(answered, calendar).day


# ---------------------------------------------------------------- the closing gate

Outcome = Literal["queued", "sent", "delivered", "read", "failed", "undelivered", "told", "not_reached"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try at bringing the result to the citizen."""

    means: str  # whatsapp, telegram, web, email, phone, in_person, letter …
    outcome: Outcome  # `told`: an officer recorded that the citizen got it; `sent`: the provider accepted it
    at: datetime  # aware


@dataclass(frozen=True, slots=True)
class Handling:
    """What closing is decided on."""

    sector: str | None = None  # classification by field or service (component 6 point 5c.1)
    problem: str | None = None  # classification by component of the standard, or another (point 5c.2)
    core_problem: str | None = None  # inti masalah (point 6a)
    written_report: bool = False  # to the direct superior (points 7 and 8)
    arrivals: Mapping[str, date | None] = field(default_factory=dict)  # of the answer, by number of who reported it


_ARRIVED: Mapping[str, frozenset[Outcome]] = {
    "whatsapp": frozenset({"delivered", "read"}),
    "telegram": frozenset({"sent", "delivered", "read"}),
    "web": frozenset({"sent", "delivered", "read"}),
    "in_person": frozenset({"told"}),
    "phone": frozenset({"told"}),  # spoken with the citizen: told in person
    "letter": frozenset({"told", "delivered"}),
}
_BY_PROVIDER = frozenset({"whatsapp", "telegram", "web"})  # what they could not bring is no attempt of an officer's


def delivered_on(deliveries: Iterable[Delivery]) -> date | None:
    """The day on which the result counts as delivered; None while it does not. It meets the 14 days.

    It is the first arrival, or the third recorded attempt when three were made on two days by two means.
    """
    tries: list[tuple[date, str]] = []
    for delivery in sorted(deliveries, key=lambda each: each.at):
        day = jakarta_day(delivery.at)
        if delivery.outcome in _ARRIVED.get(delivery.means, frozenset()):
            return day
        if delivery.means not in _BY_PROVIDER:
            tries.append((day, delivery.means))
        if len(tries) >= 3 and len({day for day, _ in tries}) >= 2 and len({means for _, means in tries}) >= 2:
            return day
    return None


def missing_to_close(handling: Handling) -> tuple[str, ...]:
    """What the closing gate still asks for, in the officer's words; empty when the case may be closed."""
    asked = (
        (handling.sector, "klasifikasi bidang/sektor/jenis pelayanan"),
        (handling.problem, "klasifikasi jenis masalah"),
        (handling.core_problem, "rumusan inti masalah"),
        (_arrived(handling.arrivals), _unreached(handling.arrivals)),
        (handling.written_report, "laporan tertulis kepada atasan"),
    )
    return tuple(name for given, name in asked if not (given.strip() if isinstance(given, str) else given))


def _arrived(arrivals: Mapping[str, date | None]) -> bool:
    return bool(arrivals) and None not in arrivals.values()


def _unreached(arrivals: Mapping[str, date | None]) -> str:
    """The result has not arrived; of several reporters, with whom not."""
    lacking = "hasil yang sudah sampai kepada pelapor"
    return lacking if len(arrivals) < 2 else f"{lacking} {', '.join(n for n, day in arrivals.items() if day is None)}"
