"""The office's working days: Monday to Friday, without national holidays and *cuti bersama* (collective leave).

The days are data: `content/holidays.toml`, seeded from the package `holidays` (Indonesia, categories public and
government) and open to officers, whose corrections come on top. The government sets collective leave by joint decree
(SKB 3 Menteri) year by year and amends it in mid-year, so a year without that data is *incomplete*: counting through it
still gives a day, always together with a finding that names the year. To seed the file again from a newer package:

    python -m knowledge.calendar 2024 2028 > knowledge/content/holidays.toml
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.dates import say_date
from knowledge.standards import Finding

JAKARTA = ZoneInfo("Asia/Jakarta")

DayKind = Literal["holiday", "collective_leave", "working"]

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """What is known of one day; `working` makes a weekend or a holiday a working day."""

    kind: DayKind
    name: str = ""
    estimated: bool = False  # by the moon: the decree or the sighting may move it by a day


@dataclass(frozen=True, slots=True)
class DueDate:
    """The day something is due at the latest, and the doubts about it, each of which a person should settle."""

    day: date
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """days: every special day. complete_years: the years whose holidays and collective leave are all among them."""

    days: Mapping[date, SpecialDay]
    complete_years: frozenset[int]

    def with_changes(self, days: Mapping[date, SpecialDay], complete_years: Iterable[int] = ()) -> WorkingDays:
        """The same calendar with what officers have corrected; their word on a day replaces what was known of it."""
        return WorkingDays({**self.days, **days}, self.complete_years | frozenset(complete_years))

    def is_working(self, day: date) -> bool:
        special = self.days.get(day)
        if special is None:
            return day.weekday() < _SATURDAY
        return special.kind == "working"

    def add_working_days(self, start: date, count: int) -> DueDate:
        """The `count`-th working day after `start` (count >= 0; 0 is `start` itself).

        Day 1 is the next working day, whatever `start` is and whatever the hour was: what comes in at night or on a
        Sunday counts from that very day (component 6, point 4: *hari kerja sejak diterimanya pengaduan*).
        """
        if count < 0:
            raise ValueError(f"count must not be negative: {count}")
        day, left = start, count
        while left:
            day += _DAY
            left -= self.is_working(day)
        return DueDate(day, self.doubts(start, day))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and including `end`; negative when `end` lies before."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + _DAY * ahead) for ahead in range(1, (end - start).days + 1))

    def working_days_left(self, today: date, due: date) -> int:
        """0 on the last day; below 0 when overdue, by as many working days as have begun since."""
        return self.working_days_between(today, due)

    def doubts(self, start: date, end: date) -> tuple[Finding, ...]:
        """What makes a count over the days after `start`, up to `end`, less than certain."""
        counted = range((start + _DAY).year, end.year + 1) if start < end else range(0)
        incomplete = [year for year in counted if year not in self.complete_years]
        estimated = [
            day
            for day in sorted(self.days)
            if start < day <= end and self.days[day].estimated and day.year not in incomplete
        ]
        return (*map(_incomplete, incomplete), *(_estimated(day, self.days[day]) for day in estimated))


def _incomplete(year: int) -> Finding:
    message = f"Hari libur dan cuti bersama tahun {year} belum lengkap; tanggal yang dihitung masih dapat berubah."
    return Finding("calendar_year_incomplete", f"{message} Lengkapi kalender sesuai SKB 3 Menteri.", excerpt=str(year))


def _estimated(day: date, special: SpecialDay) -> Finding:
    message = f"{special.name} pada {say_date(day)} masih perkiraan. Pastikan dengan SKB 3 Menteri."
    return Finding("holiday_estimated", message, excerpt=day.isoformat())


def jakarta_day(at: datetime) -> date:
    """The calendar day of an aware instant where the office is."""
    if at.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return at.astimezone(JAKARTA).date()


@lru_cache(maxsize=1)
def shipped_calendar() -> WorkingDays:
    """The calendar of `content/holidays.toml`."""
    return read_calendar((files("knowledge") / "content" / "holidays.toml").read_text(encoding="utf-8"))


def read_calendar(text: str) -> WorkingDays:
    """A calendar out of its TOML; raises ValueError naming what does not fit."""
    source = tomllib.loads(text)
    days: dict[date, SpecialDay] = {}
    kinds: tuple[DayKind, ...] = ("holiday", "collective_leave", "working")
    for kind in kinds:
        for written, name in source.get(kind, {}).items():
            days[date.fromisoformat(written)] = SpecialDay(kind, name)
    for day in source.get("estimated", []):
        if day not in days:
            raise ValueError(f"estimated, but not a special day: {day}")
        days[day] = SpecialDay(days[day].kind, days[day].name, estimated=True)
    unknown = set(source) - {*kinds, "estimated", "complete_years"}
    if unknown:
        raise ValueError(f"unknown keys in the calendar: {', '.join(sorted(unknown))}")
    return WorkingDays(days, frozenset(source.get("complete_years", [])))


def seeded_calendar(years: Iterable[int]) -> WorkingDays:
    """What the package `holidays` knows. A year without any collective leave is not complete.

    The package is slow to import (125 ms, 17 MB), and a due date must not move because a dependency was updated: so it
    is asked when the file is made, not when the office counts.
    """
    from holidays.countries.indonesia import Indonesia  # noqa: PLC0415

    wanted = tuple(years)
    days: dict[date, SpecialDay] = {}
    categories: tuple[tuple[str, DayKind], ...] = (("government", "collective_leave"), ("public", "holiday"))
    for category, kind in categories:
        for day, label in Indonesia(categories=category, years=wanted, language="id", expand=False).items():
            name = label.removesuffix(" (perkiraan)")
            days[day] = SpecialDay(kind, name, estimated=name != label)
    return WorkingDays(days, frozenset(day.year for day in days if days[day].kind == "collective_leave"))


def write_calendar(calendar: WorkingDays) -> str:
    """The TOML that `read_calendar` reads."""
    lines = [
        "# Days on which the office does not follow the rule `Monday to Friday`. Made from the package `holidays`;",
        "# correct it by hand after a new SKB 3 Menteri, or let officers correct it in the console.",
        f"complete_years = {sorted(calendar.complete_years)} # holidays and collective leave are all here",
        "estimated = [",
        *(f"  {day.isoformat()}," for day in sorted(calendar.days) if calendar.days[day].estimated),
        "]",
    ]
    for kind in ("holiday", "collective_leave", "working"):
        lines += ["", f"[{kind}]"]
        chosen = ((day, special) for day, special in sorted(calendar.days.items()) if special.kind == kind)
        lines += [f'{day.isoformat()} = "{special.name}"' for day, special in chosen]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    first, last = (int(argument) for argument in sys.argv[1:])
    sys.stdout.write(write_calendar(seeded_calendar(range(first, last + 1))))
