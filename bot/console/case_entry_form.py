"""The form that registers a report from elsewhere: what was typed, what is wrong with which field, and the entry.

What was typed is kept as it was typed, so that nobody writes a letter off twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from bot.console.fields import day_in, form_text
from bot.typesetting import OFFICE_TIME
from handlers.case_entry import Entry
from handlers.case_events import LONGEST
from handlers.contacts import unreadable
from handlers.ways_in import WAYS
from knowledge.standards import COMPONENTS

LIMITS: Mapping[str, int] = {
    "what": LONGEST * 5,
    "service": 300,
    "name": 200,
    "phone": 50,
    "email": 200,
    "address": 500,
    "nik": 40,
}
_KEPT = LONGEST * 10  # characters of a field that are shown again
_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields, word for word. A box that is ticked is `1`."""

    way: str = ""
    day: str = ""  # when it came in
    time: str = ""
    what: str = ""
    service: str = ""
    component: str = ""
    happened_on: str = ""
    received: str = ""  # belum, sudah: whether the service was received
    received_on: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    nik: str = ""
    suggestion: str = ""
    elsewhere: str = ""
    confidential: str = ""


Problems = dict[str, str]  # by field, for the officer


def blank(now: datetime) -> Typed:
    """Most reports are entered while they come in."""
    here = now.astimezone(OFFICE_TIME)
    return Typed(day=here.date().isoformat(), time=here.strftime("%H:%M"))


def typed_in(posted: Any) -> Typed:
    return Typed(**{field.name: form_text(posted, field.name, _KEPT) for field in fields(Typed)})


def read(typed: Typed, now: datetime, standards: Mapping[str, str]) -> tuple[Entry | None, Problems]:
    """The entry, or what is wrong with which field.

    Args:
        standards: identities by the names that the form offers.
    """
    problems: Problems = {
        name: f"Terlalu panjang: paling banyak {most:,} huruf.".replace(",", ".")
        for name, most in LIMITS.items()
        if len(getattr(typed, name)) > most
    }
    if typed.way not in WAYS:
        problems["way"] = "Pilih lewat jalur mana laporan ini masuk."
    if not typed.what:
        problems["what"] = "Tulis apa yang disampaikan."
    received_at = _moment(typed, now, problems)
    happened_on, received_on = _days(typed, received_at, problems)
    problems |= {
        name: words for name, words in unreadable(typed.phone, typed.email, typed.nik).items() if name not in problems
    }
    if problems or received_at is None:
        return None, problems
    entry = Entry(
        way=typed.way,
        received_at=received_at,
        what=typed.what,
        service=typed.service,
        name=typed.name,
        phone=typed.phone,
        email=typed.email,
        address=typed.address,
        nik=typed.nik,
        happened_on=happened_on,
        received_on=received_on,
        suggestion=bool(typed.suggestion),
        elsewhere=bool(typed.elsewhere),
        confidential=bool(typed.confidential),
        standard=standards.get(same(typed.service)),
        component=next((number for number in COMPONENTS if str(number) == typed.component), None),
    )
    return entry, problems


def same(name: str) -> str:
    """One spelling for a name, however it is spaced and in any case."""
    return " ".join(name.casefold().split())


def _moment(typed: Typed, now: datetime, problems: Problems) -> datetime | None:
    day = _day(typed.day)
    try:
        hour = time.fromisoformat(typed.time).replace(tzinfo=None)
    except ValueError:
        hour = None
    if day is None:
        problems["day"] = "Isi tanggal masuknya."
    if hour is None:
        problems["time"] = "Isi jam masuknya. Kalau tidak diketahui, perkirakan."
    if day is None or hour is None:
        return None
    at = datetime.combine(day, hour, OFFICE_TIME)
    if at > now:
        problems["day" if day > now.astimezone(OFFICE_TIME).date() else "time"] = "Waktu masuknya belum terjadi."
    return at


def _days(typed: Typed, received_at: datetime | None, problems: Problems) -> tuple[date | None, date | None]:
    """When it happened, and when the service was received; None: not said, and nothing received yet."""
    found = {"happened_on": _day(typed.happened_on), "received_on": _day(typed.received_on)}
    last = received_at.date() if received_at else None
    for name, day in found.items():
        if getattr(typed, name) and day is None:
            problems[name] = "Tanggalnya tidak terbaca."
        elif day and last and day > last:
            problems[name] = "Tanggal ini sesudah laporannya masuk."
    if typed.received == "sudah" and not typed.received_on:
        problems["received_on"] = "Isi tanggal layanannya diterima."
    elif typed.received == "belum" and typed.received_on:
        problems["received_on"] = "Tanggalnya terisi, padahal dipilih belum. Kosongkan, atau pilih sudah."
    elif typed.received not in ("belum", "sudah") and typed.received_on:
        problems["received"] = "Tanggalnya terisi. Pilih sudah, atau kosongkan tanggalnya."
    elif typed.received not in ("belum", "sudah") and not (typed.suggestion or typed.elsewhere):
        problems["received"] = "Pilih: sudah, atau belum menerima apa pun. Batas 30 hari dihitung dari situ."
    return found["happened_on"], found["received_on"]


def _day(text: str) -> date | None:
    day = day_in(text)
    return day if day and day.year in _YEARS else None
