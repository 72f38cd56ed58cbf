"""When the office is open: ranges of hours by weekday, as officers write them, on working days only.

Hours are written as lines that people read as they stand: `Senin–Kamis 08.00–16.00`, `Jumat 08.00–11.30, 13.00–16.30`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from knowledge.calendar import JAKARTA, WorkingDays

Range = tuple[time, time]
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
LONGEST_WAIT = 60  # days that are looked through for the next opening
_OTHER_NAMES = {"jum'at": "jumat", "jum’at": "jumat", "ahad": "minggu"}
_DASH = r"\s*(?:-|–|—|s/d|s\.d\.|sampai(?:\s+dengan)?|hingga)\s*"
_DAY = r"(?:senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|ahad)"
_DAYS = re.compile(rf"(?P<first>{_DAY})(?:{_DASH}(?P<last>{_DAY}))?", re.IGNORECASE)
_RANGE = re.compile(rf"(?P<h1>\d{{1,2}})[.:](?P<m1>\d{{2}}){_DASH}(?P<h2>\d{{1,2}})[.:](?P<m2>\d{{2}})", re.IGNORECASE)
_AROUND = re.compile(r"(?:hari|pukul|jam|wib|dan|[,;:.()]|\s)+", re.IGNORECASE)
_NEXT_DAYS = re.compile(rf"(?<=\d|p|r)\s*(?:wib)?[\s,;.)]+(?:dan\s+)?(?:hari\s+)?(?={_DAY})", re.IGNORECASE)
"""Between two statements of one line: behind an hour, `tutup` or `libur` other days are named."""
_BREAK = re.compile(r"\b(?:istirahat|ishoma|kecuali)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekday (Monday is 0) to its ranges; a weekday that is not named is closed."""

    days: Mapping[int, tuple[Range, ...]]

    def is_open(self, moment: datetime, calendar: WorkingDays) -> bool:
        """moment: aware. The last minute of a range is no longer in it."""
        there = moment.astimezone(JAKARTA)
        return any(first <= there.time() < last for first, last in self._on(there.date(), calendar))

    def next_opening(self, moment: datetime, calendar: WorkingDays) -> datetime | None:
        """When it opens next, after this moment; None: not within two months."""
        there = moment.astimezone(JAKARTA)
        for ahead in range(LONGEST_WAIT):
            day = there.date() + timedelta(days=ahead)
            for first, _ in self._on(day, calendar):
                opening = datetime.combine(day, first, JAKARTA)
                if opening > there:
                    return opening
        return None

    def _on(self, day: date, calendar: WorkingDays) -> tuple[Range, ...]:
        """A weekend on which the office says that it opens counts, a holiday does not."""
        special = calendar.days.get(day)
        if special is not None and special.kind != "working":
            return ()
        return self.days.get(day.weekday(), ())


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text says, and the lines that say nothing that is understood."""

    hours: Hours | None
    unread: tuple[str, ...] = field(default_factory=tuple)


_MORNING, _AFTERNOON = time(8), time(16)
DEFAULT = Hours(
    MappingProxyType({**dict.fromkeys(range(4), ((_MORNING, _AFTERNOON),)), 4: ((_MORNING, time(16, 30)),)})
)
"""Monday to Thursday 08.00–16.00, Friday to 16.30: what holds until the office has entered its own."""


@lru_cache(maxsize=16)
def parse_hours(text: str) -> Parsed:
    """The hours that a text states, line by line; a later line on a weekday replaces an earlier one."""
    days: dict[int, tuple[Range, ...]] = {}
    unread = []
    for line in filter(None, map(str.strip, text.splitlines())):
        stated = [_stated(part) for part in _statements(line)]
        if all(stated):
            for each in stated:
                days |= each
        else:
            unread.append(line)
    return Parsed(Hours(MappingProxyType(days)) if any(days.values()) else None, tuple(unread))


def hours_of(text: str | None) -> Hours:
    """The hours of a text; the usual ones where it states none, and for days in lines that are not understood."""
    parsed = parse_hours(text) if text else Parsed(None)
    if parsed.hours is None:
        return DEFAULT
    doubtful = {day for line in parsed.unread for day in _weekdays(line)} - parsed.hours.days.keys()
    if not doubtful:
        return parsed.hours
    return Hours({**{day: DEFAULT.days.get(day, ()) for day in doubtful}, **parsed.hours.days})


def _statements(line: str) -> list[str]:
    """`Senin 08.00–16.00, Jumat 08.00–11.30` as two."""
    return _NEXT_DAYS.split(line)


def _stated(part: str) -> dict[int, tuple[Range, ...]]:
    """The weekdays of one statement with their ranges; empty when it is not understood."""
    open_part, *breaks = _BREAK.split(part)
    if len(breaks) > 1:
        return {}
    ranges, pauses = tuple(sorted(_ranges(open_part))), tuple(sorted(_ranges(" ".join(breaks))))
    rest = "".join(_AROUND.sub("", _RANGE.sub("", _DAYS.sub("", each))) for each in (open_part, *breaks)).lower()
    closed = rest in ("tutup", "libur") and not breaks
    if closed == bool(ranges) or (rest and not closed) or bool(breaks) != bool(pauses):
        return {}
    if _overlap(ranges) or _overlap(pauses) or any(_DAYS.search(each) for each in breaks):
        return {}
    return dict.fromkeys(_weekdays(open_part), _without(ranges, pauses))


def _without(ranges: tuple[Range, ...], pauses: tuple[Range, ...]) -> tuple[Range, ...]:
    for start, end in pauses:
        pieces = ((first, min(last, start), max(first, end), last) for first, last in ranges)
        ranges = tuple((first, last) for piece in pieces for first, last in (piece[:2], piece[2:]) if first < last)
    return ranges


def _weekdays(line: str) -> Iterator[int]:
    for found in _DAYS.finditer(line):
        first = _number(found["first"])
        last = _number(found["last"]) if found["last"] else first
        yield from range(first, last + 1) if first <= last else (*range(first, 7), *range(last + 1))


def _number(name: str) -> int:
    return WEEKDAYS.index(_OTHER_NAMES.get(name.lower(), name.lower()))


def _ranges(line: str) -> Iterator[Range]:
    for found in _RANGE.finditer(line):
        hours = int(found["h1"]), int(found["m1"]), int(found["h2"]), int(found["m2"])
        if max(hours[0], hours[2]) > 23 or max(hours[1], hours[3]) > 59:
            yield time.max, time.min  # overlaps with itself: the line is not taken
            continue
        yield time(hours[0], hours[1]), time(hours[2], hours[3])


def _overlap(ranges: tuple[Range, ...]) -> bool:
    ends = [moment for each in ranges for moment in each]
    return ends != sorted(ends) or any(first == last for first, last in ranges)
