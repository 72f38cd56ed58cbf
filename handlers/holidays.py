"""The office's calendar, kept by officers: what they enter goes before what PASTI came with.

Due dates are counted with a change at once; a case that is filed keeps the due date that its reporter was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection

from handlers import library
from handlers.access import Actor, NotFoundError, require
from handlers.office import Office
from knowledge.calendar import shipped_calendar
from storage import calendar, office_events, versions
from storage.models import CalendarDay
from storage.office_events import OfficeEventRow

KINDS: Mapping[str, str] = {"public": "Libur nasional", "government": "Cuti bersama", "working": "Tetap masuk kerja"}
FIRST, LAST = 2000, 2099  # years
_SHIPPED_KINDS = {"holiday": "public", "collective_leave": "government", "working": "working"}
_SATURDAY = 5
_LONGEST = {"name": 80, "source": 120, "note": 300}


class HolidayProblemError(ValueError):
    """What was filled in cannot be kept; `problems` says why, by field, in Indonesian."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Entry:
    """A day as it is filled in."""

    day: str = ""  # 2026-12-25
    name: str = ""
    kind: str = "public"
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A day of the calendar as it counts now."""

    day: date
    name: str
    kind: str
    source: str = ""
    note: str = ""
    kept: bool = False  # entered by an officer; else PASTI came with it
    estimated: bool = False  # by the moon

    @property
    def entry(self) -> Entry:
        return Entry(self.day.isoformat(), self.name, self.kind, self.source, self.note)


@dataclass(frozen=True, slots=True)
class Year:
    number: int
    days: tuple[Listed, ...]
    settled: bool  # holidays and collective leave are all there


def year(conn: Connection, number: int) -> Year:
    """The special days of a year, in order."""
    days = tuple(listed for day, listed in sorted(_listed(conn).items()) if day.year == number)
    return Year(number, days, number in library.working_days(conn).complete_years)


def keep(office: Office, actor: Actor, entry: Entry, was: date | None = None) -> date:
    """Enters a day, or changes the one of `was`. Raises NotAllowedError, NotFoundError, HolidayProblemError."""
    require(actor, "holidays.keep")
    day, problems = _checked(entry)
    with office.database.transaction(alone=versions.CALENDAR) as tx:
        known = _listed(tx)
        if was is not None and was not in known:
            raise NotFoundError(was)
        if day is not None and day != was and day in known:
            problems["day"] = f"Tanggal ini sudah ada di daftar: {known[day].name}. Ubah yang itu saja."
        if problems or day is None:
            raise HolidayProblemError(problems)
        before = known[was] if was is not None else None
        if before is not None and before.day != day:
            _take_out(tx, before)
        kept = CalendarDay(day=day, name=entry.name, kind=entry.kind, source=entry.source, note=entry.note)
        calendar.put(tx, [kept])
        _note(tx, office, actor, "holiday_changed" if before else "holiday_added", before, entry)
    return day


def remove(office: Office, actor: Actor, day: date) -> Listed | None:
    """Takes a day out; what PASTI came with becomes a working day. Returns what stands there now.

    Raises NotAllowedError, NotFoundError.
    """
    require(actor, "holidays.keep")
    with office.database.transaction(alone=versions.CALENDAR) as tx:
        before = _listed(tx).get(day)
        if before is None:
            raise NotFoundError(day)
        _take_out(tx, before)
        _note(tx, office, actor, "holiday_removed", before, None)
        return _listed(tx).get(day)


def _take_out(tx: Connection, before: Listed) -> None:
    """An officer's entry is deleted. What PASTI came with is undone instead; on a weekend that would change nothing."""
    if before.kept:
        calendar.remove(tx, before.day)
    elif before.day.weekday() < _SATURDAY:
        calendar.put(tx, [CalendarDay(day=before.day, name=f"Bukan libur: {before.name}", kind="working")])


def _listed(conn: Connection) -> dict[date, Listed]:
    shipped = {
        day: Listed(day, special.name, _SHIPPED_KINDS[special.kind], estimated=special.estimated)
        for day, special in shipped_calendar().days.items()
    }
    kept = {
        row.day: Listed(row.day, row.name, row.kind, row.source, row.note, kept=True) for row in calendar.days(conn)
    }
    return {**shipped, **kept}


def _checked(entry: Entry) -> tuple[date | None, dict[str, str]]:
    problems = {}
    try:
        day = date.fromisoformat(entry.day)
    except ValueError:
        day = None
        problems["day"] = "Isi tanggalnya, misalnya 2026-12-25."
    if day is not None and not FIRST <= day.year <= LAST:
        problems["day"] = f"Tahunnya di antara {FIRST} dan {LAST}."
    if not entry.name:
        problems["name"] = "Isi nama harinya."
    if entry.kind not in KINDS:
        problems["kind"] = "Pilih jenisnya."
    for field, longest in _LONGEST.items():
        if len(getattr(entry, field)) > longest:
            problems[field] = f"Paling banyak {longest} huruf."
    return day, problems


def _note(tx: Connection, office: Office, actor: Actor, kind: str, before: Listed | None, after: Entry | None) -> None:
    subject = after.day if after else before.entry.day if before else ""
    said = asdict(before.entry) if before else None
    event = OfficeEventRow(
        office.new_id(), office.clock(), actor.id, kind, subject, said, asdict(after) if after else None
    )
    office_events.add(tx, event)
