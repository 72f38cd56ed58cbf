"""What an address, or the form over the list of cases, asks to be listed.

What is searched for, and the words of a service, are posted: names and numbers belong in no address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from bot.console.fields import day_in, form_text, number_in
from bot.typesetting import OFFICE_TIME
from handlers.case_numbers import find_numbers
from knowledge.standards import COMPONENTS
from storage.case_lists import Wanted, Work

PATH = "/petugas/kasus"
WORDS: Mapping[Work, str] = {
    "mine": "milik-saya",
    "open": "terbuka",
    "unassigned": "belum-dipegang",
    "overdue": "lewat-waktu",
    "approval": "persetujuan",
    "late": "terlambat",
    "suggestions": "saran",
    "answered": "menunggu-tutup",
    "all": "semua",
}
KINDS = {"pengaduan": "complaint", "saran": "suggestion"}
STAGES = {
    "diterima": "received",
    "ditelaah": "under_review",
    "ditindaklanjuti": "in_progress",
    "menunggu": "waiting_for_reporter",
    "dijawab": "answered",
    "selesai": "closed",
    "dicabut": "withdrawn",
    "dicatat": "noted",
}
ROUTES = {"internal": "internal", "tim-teknis": "technical_team", "instansi-lain": "agency", "apip": "apip"}
LAST_PAGE = 100_000
_OF_WORDS: Mapping[str, Work] = {word: work for work, word in WORDS.items()}
_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Query:
    """Words as an address has them; empty: whatever it is."""

    work: Work | None = None  # None: the list that one begins with
    kind: str = ""
    stage: str = ""
    route: str = ""
    way: str = ""
    component: int | None = None
    since: date | None = None  # days of receipt, in Jakarta
    until: date | None = None
    service: str = ""
    search: str = ""
    page: int = 1

    @property
    def private(self) -> bool:
        """It holds words that belong in no address."""
        return bool(self.service or self.search)

    @property
    def filters(self) -> int:
        """How many are set, the search aside."""
        chosen = (self.kind, self.stage, self.route, self.way, self.component, self.since, self.until, self.service)
        return sum(1 for each in chosen if each)

    @property
    def list_word(self) -> str:
        return WORDS[self.work] if self.work else ""

    def address(self, work: Work | None = None, page: int = 1) -> str:
        """Of a list under these filters, without what is private."""
        listed = work or self.work
        said: dict[str, Any] = {
            "daftar": WORDS[listed] if listed else "",
            "jenis": self.kind,
            "tahap": self.stage,
            "jalur": self.route,
            "masuk": self.way,
            "komponen": self.component,
            "dari": self.since,
            "sampai": self.until,
            "hal": page if page > 1 else "",
        }
        words = urlencode({name: value for name, value in said.items() if value})
        return f"{PATH}?{words}" if words else PATH

    def wanted(self, today: date, look_up: Callable[[str, str], str]) -> Wanted:
        """For the register. look_up: the keyed hash under which a contact is found."""
        number = _number_in(self.search)
        return Wanted(
            work=self.work or "all",
            today=today,
            kind=KINDS.get(self.kind),
            stages=(STAGES[self.stage],) if self.stage else (),
            route=ROUTES.get(self.route),
            channel=self.way or None,
            service=self.service or None,
            component=self.component,
            received_from=_midnight(self.since) if self.since else None,
            received_before=_midnight(self.until + timedelta(days=1)) if self.until else None,
            search=number or self.search,
            contact_hashes=() if number else tuple(_hashes(self.search, look_up)),
        )


def in_address(words: Mapping[str, str], ways: Collection[str]) -> Query:
    """Whatever it does not understand is not asked for. ways: those by which a case may have come in."""
    return _read(lambda name: words.get(name, ""), ways)


def in_form(fields: Any, ways: Collection[str]) -> Query:
    """A search looks at all that one may see, whichever list it began in."""
    query = _read(lambda name: form_text(fields, name), ways)
    query = replace(query, service=form_text(fields, "layanan", 300), search=form_text(fields, "cari", 100))
    return replace(query, work="all") if query.search else query


def _read(said: Callable[[str], str], ways: Collection[str]) -> Query:
    def among(name: str, known: Collection[str]) -> str:
        return said(name) if said(name) in known else ""

    component, page = number_in(said("komponen")), number_in(said("hal"))
    return Query(
        work=_OF_WORDS.get(said("daftar")),
        kind=among("jenis", KINDS),
        stage=among("tahap", STAGES),
        route=among("jalur", ROUTES),
        way=among("masuk", ways),
        component=component if component in COMPONENTS else None,
        since=_day(said("dari")),
        until=_day(said("sampai")),
        page=min(max(page or 1, 1), LAST_PAGE),
    )


def _day(text: str) -> date | None:
    day = day_in(text)
    return day if day and day.year in _YEARS else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_TIME)


def _number_in(search: str) -> str | None:
    """The case number, where the search is one, however it was typed."""
    found = find_numbers(search)
    whole = len(found) == 1 and found[0].valid and found[0].end - found[0].start == len(search)
    return found[0].number if whole else None


def _hashes(search: str, look_up: Callable[[str, str], str]) -> list[str]:
    """Of what a contact may be; the shorter ones are words."""
    digits = sum(c.isdigit() for c in search)
    if "@" in search:
        return [look_up("email", search)]
    if digits >= 8 and not any(c.isalpha() for c in search):
        return [look_up("phone", search), look_up("nik", search)]
    return []
