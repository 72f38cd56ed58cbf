"""Whether the office works on the days that a question names (`besok buka ga?`), by its calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from handlers.dialogue import texts
from knowledge.calendar import SpecialDay, WorkingDays
from knowledge.date_words import MONTHS
from knowledge.date_words import WEEKDAYS as WEEKDAY_NAMES
from knowledge.dates import DateFound, understand_dates
from knowledge.office_hours import parse_hours

_WEEK = timedelta(days=7)
_MOST = 2  # days told in one answer
_YEAR_AHEAD = 400  # days in which a named holiday is looked for
_WEEKDAYS = {
    "senin": 0, "selasa": 1, "salasa": 1, "rabu": 2, "rebo": 2, "kamis": 3, "kemis": 3, "jumat": 4, "jum'at": 4,
    "jumaah": 4, "jum": 4, "sabtu": 5, "saptu": 5, "sbtu": 5, "minggu": 6, "mgg": 6, "ahad": 6, "weekend": 5,
}  # fmt: skip
_NAMES = "|".join(_WEEKDAYS)
_WEEKDAY = re.compile(
    rf"\b({_NAMES})\b(?!\s+(?:depan|dpn|ini|lalu|kemarin|kmrn|kamari|pertama|kedua|ketiga|keempat))", re.IGNORECASE
)
_RANGE = re.compile(
    rf"\b(?:{_NAMES})\s*(?:sampai|sampe|smpe|s/?d|[-–]|hingga|ke|nepi|dugi)\s*(?:{_NAMES})\b", re.IGNORECASE
)
_PAST = re.compile(r"\b(?:kemarin|kmrn|kemaren|lalu|tadi|kamari)\b", re.IGNORECASE)
_HOLIDAYS = {
    "lebaran": "idul fitri", "idul fitri": "idul fitri", "idulfitri": "idul fitri", "natal": "natal",
    "nyepi": "nyepi", "waisak": "waisak", "imlek": "imlek", "maulid": "maulid", "idul adha": "idul adha",
    "iduladha": "idul adha", "kurban": "idul adha", "paskah": "paskah", "isra": "isra",
    "tahun baru": "tahun baru masehi", "hari buruh": "buruh", "kemerdekaan": "kemerdekaan", "agustusan": "kemerdekaan",
}  # fmt: skip
_ABOUT_HOLIDAYS = re.compile(r"\b(?:libur\w*|cuti|tanggal merah|tgl merah)\b", re.IGNORECASE)


def about(text: str, hours: str, calendar: WorkingDays, today: date) -> texts.Lines:
    """A line for each day that the message names. `hours`: the office's own words, which may name a weekend day."""
    days = list(dict.fromkeys(_days(text, calendar, today)))[:_MOST]
    if not days and _ABOUT_HOLIDAYS.search(text) and (next_off := _next_day_off(calendar, today)):
        days = [next_off]
    opened = parse_hours(hours).hours
    lines = []
    for day in days:
        special = calendar.days.get(day)
        named = opened is not None and bool(opened.days.get(day.weekday()))
        if special is None and named and not calendar.is_working(day):
            continue  # a weekend on which the office says that it opens
        lines.append(texts.office_day(day, calendar.is_working(day), special, day.year in calendar.complete_years))
    return tuple(lines)


def _days(text: str, calendar: WorkingDays, today: date) -> Iterator[date]:
    text = _RANGE.sub(" ", text)  # `senin sampai jumat` names no day
    told = [found for found in understand_dates(text, today) if found.precision == "day"]
    for found in told:
        if (day := _coming(found, today)) is not None:
            yield day
    for match in _WEEKDAY.finditer(text):
        if not any(found.start <= match.start() < found.end for found in told):
            yield today + timedelta(days=(_WEEKDAYS[match[1].lower()] - today.weekday()) % 7)
    said = text.lower()
    for word, name in _HOLIDAYS.items():
        if re.search(rf"\b{word}\b", said):
            ahead = (day for day in sorted(calendar.days) if today <= day and (day - today).days < _YEAR_AHEAD)
            yield from [day for day in ahead if _is_named(calendar.days[day], name)][:1]


def _is_named(special: SpecialDay, name: str) -> bool:
    return special.kind == "holiday" and name in special.name.lower()


def _coming(found: DateFound, today: date) -> date | None:
    """A question about opening looks ahead: `sabtu` is the next one, `17 agustus` the next time it comes."""
    if found.likely >= today:
        return found.likely
    if _PAST.search(found.words) or re.search(r"\b(?:19|20)\d\d\b", found.words):
        return None
    if any(name.lower() in found.words.lower() for name in WEEKDAY_NAMES):
        return found.likely + _WEEK if found.likely + _WEEK >= today else None
    if any(name[:3].lower() in found.words.lower() for name in MONTHS) or re.search(r"\d\s*[/-]\s*\d", found.words):
        return _next(found.likely, years=1)
    if re.search(r"\d", found.words):
        return _next(found.likely, years=0)
    return None


def _next(day: date, years: int) -> date | None:
    """The same day a year or a month later, where there is one."""
    month, year = (day.month, day.year + 1) if years else (day.month % 12 + 1, day.year + day.month // 12)
    try:
        return date(year, month, day.day)
    except ValueError:
        return None


def _next_day_off(calendar: WorkingDays, today: date) -> date | None:
    """The next holiday that is no weekend anyway."""
    ahead = (day for day in sorted(calendar.days) if day >= today and day.weekday() < 5)
    return next((day for day in ahead if not calendar.is_working(day)), None)
