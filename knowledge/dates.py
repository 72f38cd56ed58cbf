"""Days told in Indonesian words: `kmrn`, `3 minggu yg lalu`, `senin kemarin`, `tgl 5`, `5/11/2026`, `bulan kamari`.

Telling a day is often vague. Each find therefore has an earliest, a latest and a likely day; the thirty days for
complaining count from the latest, because a doubt is never held against a citizen. How long something has lasted
(`sudah 3 minggu`) is read as so many days ago. A promise (`7 hari kerja`, `katanya 3 hari`) is no day, nor are an hour,
a price or a code.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge.date_rules import DIGITS, RULES, Precision, Telling
from knowledge.date_words import MONTHS, WEEKDAYS, Piece, pieces

_DENIED = frozenset({"bukan", "bkn", "sanes", "lain"})  # `bukan kemarin, tapi hari Senin` tells one day


@dataclass(frozen=True, slots=True)
class DateFound:
    """One telling of a day; earliest <= likely <= latest, and latest is not after today unless all of it is."""

    start: int  # where it stands in the message
    end: int
    words: str  # as written
    earliest: date
    latest: date
    likely: date
    precision: Precision
    future: bool  # it has not come yet

    def days_ago(self, today: date) -> int:
        return (today - self.likely).days


@dataclass(frozen=True, slots=True)
class ImpossibleDate:
    """A day that no calendar has, as `31/02`."""

    start: int
    end: int
    words: str


def understand_dates(text: str, today: date) -> list[DateFound]:
    """Every day that is told in the message, in its order. `today` is the day in Jakarta. Never raises."""
    return [found for found in _scan(text, today) if isinstance(found, DateFound)]


def impossible_dates(text: str, today: date) -> list[ImpossibleDate]:
    """What is written like a day but cannot be one: to be asked about."""
    return [found for found in _scan(text, today) if isinstance(found, ImpossibleDate)]


def say_date(day: date) -> str:
    """`Kamis, 5 November 2026`"""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def say_found(found: DateFound) -> str:
    """The day in full, or between which days it lies."""
    if found.earliest == found.latest:
        return say_date(found.likely)
    if found.precision == "about":
        return f"sekitar {say_date(found.likely)}"
    return f"antara {say_date(found.earliest)} dan {say_date(found.latest)}"


# ---------------------------------------------------------------- from a message to its tellings


@lru_cache(maxsize=4)  # one decision asks several times
def _scan(text: str, today: date) -> Sequence[DateFound | ImpossibleDate]:
    words = pieces(text)
    line = " ".join(piece.word for piece in words)
    starts = _starts(words)
    taken = bytearray(len(line))
    found: list[DateFound | ImpossibleDate] = []
    said = {DIGITS if piece.word[0].isdecimal() else piece.word for piece in words}
    for pattern, read, needed in RULES:
        if needed.isdisjoint(said):
            continue
        for match in pattern.finditer(line):
            first, last = match.span("told")
            if any(taken[first:last]):
                continue
            opening = bisect_right(starts, first) - 1
            start, end = words[opening].start, words[bisect_right(starts, last - 1) - 1].end
            try:
                telling = read(match, today)
            except (ValueError, OverflowError):
                found.append(ImpossibleDate(start, end, text[start:end]))
            else:
                if telling is None:
                    continue
                if not (opening and words[opening - 1].word in _DENIED):
                    found.append(_settle(telling, today, start, end, text[start:end]))
            taken[first:last] = b"1" * (last - first)
    return sorted(found, key=lambda each: each.start)


def _starts(words: list[Piece]) -> list[int]:
    places, place = [], 0
    for piece in words:
        places.append(place)
        place += len(piece.word) + 1
    return places


def _settle(telling: Telling, today: date, start: int, end: int, words: str) -> DateFound:
    """What has begun but is not over ends today: nothing is reported before it happens."""
    latest = today if telling.earliest <= today < telling.latest else telling.latest
    likely = min(telling.likely, latest)
    return DateFound(
        start, end, words, telling.earliest, latest, likely, telling.precision, future=telling.earliest > today
    )
