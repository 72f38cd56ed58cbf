"""How a telling of a day is read: patterns over the canonical words of `date_words`, the most telling first.

A pattern finds words, its reader turns them and today into a telling. A reader raises ValueError for a day that cannot
be, and gives None for what only looks like a day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from knowledge.date_words import MONTHS, WEEKDAYS

Precision = Literal["day", "week", "month", "year", "about"]

_WEEKDAY_INDEX = {**{name.lower(): index for index, name in enumerate(WEEKDAYS)}, "ahad": 6}
_MONTH_NUMBER = {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
_UNIT_DAYS = {"hari": 1, "minggu": 7, "bulan": 30, "tahun": 365}
_SIDES = {"ini": 0, "depan": 1}  # this one, the next one; anything else is the last one
_SLACK_DAYS = {"hari": 0, "minggu": 3, "bulan": 7, "tahun": 60}  # how far a rounded `3 minggu` may be off


class Telling(NamedTuple):
    earliest: date
    latest: date
    likely: date
    precision: Precision


_Reader = Callable[[re.Match[str], date], Telling | None]


def _day(day: date) -> Telling:
    return Telling(day, day, day, "day")


def _between(earliest: date, latest: date, precision: Precision, likely: date | None = None) -> Telling:
    return Telling(earliest, latest, min(max(likely or latest, earliest), latest), precision)


def _ago(days: int) -> _Reader:
    return lambda match, today: _day(today - timedelta(days=days))


def _loosely(earliest: int, likely: int, latest: int) -> _Reader:
    def read(match: re.Match[str], today: date) -> Telling:
        first, last, middle = (today - timedelta(days=days) for days in (earliest, latest, likely))
        return Telling(first, last, middle, "about")

    return read


def _full_year(written: str) -> int:
    return int(written) + 2000 if len(written) < 3 else int(written)


def _written_date(match: re.Match[str], today: date) -> Telling:
    day, month = int(match["day"]), match["month"]
    number = _MONTH_NUMBER.get(month.rstrip("?")) or int(month)
    parts = match.groupdict()
    if parts.get("year"):
        latest = date(_full_year(match["year"]), number, day)
    else:
        latest = _without_year(number, day, parts.get("side") or "", today)
    first = parts.get("first")
    return _between(latest.replace(day=int(first)), latest, "day") if first and int(first) <= day else _day(latest)


def _without_year(month: int, day: int, side: str, today: date) -> date:
    """The nearest such day; on the side that was said, if one was. 29 February is looked for in leap years."""
    near = [
        date(year, month, day) for year in range(today.year - 4, today.year + 5) if day <= monthrange(year, month)[1]
    ]
    if not near:
        raise ValueError(f"no month {month} has a day {day}")
    if "tahun lalu" in side:
        return date(today.year - 1, month, day)
    if "depan" in side:
        return min(each for each in near if each > today)
    if side:
        return max(each for each in near if each <= today)
    return min(near, key=lambda each: abs(each - today))


def _day_of_month(match: re.Match[str], today: date) -> Telling:
    """`tgl 5`: the last fifth that has come; `tgl 5 bulan lalu`: of that month."""
    day, side = int(match["day"]), match["side"] or ""
    if not 1 <= day <= 31:
        raise ValueError(f"no month has a day {day}")
    first = today.replace(day=1)
    if "bulan" in side:
        return _day(_month(first, _SIDES.get(side.split()[-1], -1)).replace(day=day))
    if "depan" in side:
        return _day(next(each for each in _same_day(first, day, 1) if each > today))
    return _day(next(each for each in _same_day(first, day, -1) if each <= today))


def _same_day(first: date, day: int, step: int) -> Iterator[date]:
    for ahead in range(4):
        month = _month(first, step * ahead)
        if day <= monthrange(month.year, month.month)[1]:
            yield month.replace(day=day)


def _month(first: date, ahead: int) -> date:
    """The first day of the month so many months on."""
    count = first.year * 12 + first.month - 1 + ahead
    return date(count // 12, count % 12 + 1, 1)


def _month_end(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _named_month(match: re.Match[str], today: date) -> Telling:
    month = match["month"].rstrip("?")
    number = _MONTH_NUMBER.get(month) or int(month)
    parts = match.groupdict()
    if parts.get("year"):
        first = date(_full_year(match["year"]), number, 1)
    else:
        first = _without_year(number, 1, parts.get("side") or "", today)
    return _part_of_month(first, parts.get("part"), today)


def _relative_month(match: re.Match[str], today: date) -> Telling:
    ahead = _SIDES.get(match["side"].split()[-1], -1)
    return _part_of_month(_month(today.replace(day=1), ahead), match["part"], today)


def _part_of_month(first: date, part: str | None, today: date) -> Telling:
    end = _month_end(first)
    thirds = {"awal": (1, 10), "pertengahan": (11, 20), "akhir": (21, end.day)}
    low, high = thirds.get(part or "", (1, end.day))
    same_day = first.replace(day=min(today.day, end.day))
    return _between(first.replace(day=low), first.replace(day=high), "month", same_day)


def _relative_week(match: re.Match[str], today: date) -> Telling:
    ahead = 7 * _SIDES.get(match["side"].split()[-1], -1)
    monday = today + timedelta(days=ahead - today.weekday())
    low, high = {"awal": (0, 2), "pertengahan": (2, 3), "akhir": (5, 6)}.get(match["part"] or "", (0, 6))
    return _between(monday + timedelta(days=low), monday + timedelta(days=high), "week", today + timedelta(days=ahead))


def _year(match: re.Match[str], today: date) -> Telling:
    side = match["side"]
    year = int(side) if side.isdigit() else today.year + _SIDES.get(side.split()[-1], -1)
    low, high = {"awal": (1, 4), "pertengahan": (5, 8), "akhir": (9, 12)}.get(match["part"] or "", (1, 12))
    same_day = date(year, today.month, min(today.day, 28))
    return _between(date(year, low, 1), _month_end(date(year, high, 1)), "year", same_day)


def _weekday(match: re.Match[str], today: date) -> Telling:
    """The last such day before today, unless a week is named; `senin ini` is this week's."""
    index = _WEEKDAY_INDEX[match["weekday"].rstrip("?")]
    side = match["side"] or ""
    monday = today - timedelta(days=today.weekday())
    if "minggu" in side:
        weeks = int(match["weeks"] or 1)
        return _day(monday + timedelta(days=index + (7 if "depan" in side else -7 * weeks)))
    if side == "ini":
        return _day(monday + timedelta(days=index))
    if side.endswith("depan"):
        return _day(today + timedelta(days=(index - today.weekday() - 1) % 7 + 1))
    return _day(today - timedelta(days=(today.weekday() - index - 1) % 7 + 1))


def _quantity(match: re.Match[str], today: date) -> Telling | None:
    """`3 minggu lalu`, `2-3 bulan`, `sebulan lebih`, `satu setengah bulan`, `beberapa hari`; None after a promise."""
    parts = match.groupdict()
    if parts.get("promise"):
        return None
    unit, slack = _UNIT_DAYS[match["unit"]], _SLACK_DAYS[match["unit"]]
    if match["count"] == "beberapa":
        return _loosely(6 * unit, 3 * unit, 2 * unit)(match, today)
    low = round(_amount(parts) * unit)
    high = max(low, int(parts["upto"] or 0) * unit)
    if parts.get("more") or parts.get("over"):
        return _loosely(low + unit, low + 1, low + 1)(match, today)
    if high == low and slack == 0:
        return _day(today - timedelta(days=low))
    return _loosely(high + slack, low, low - slack)(match, today)


def _ahead(match: re.Match[str], today: date) -> Telling:
    return _day(today + timedelta(days=round(_amount(match.groupdict()) * _UNIT_DAYS[match["unit"]])))


def _amount(parts: dict[str, str | None]) -> float:
    count = parts["count"] or ""
    if count == "setengah":
        return 0.5
    if count == "beberapa":
        return 3.0
    return float(count.replace(" ", "").replace(",", ".")) + (0.5 if parts["half"] or parts["half_after"] else 0)


_MONTH_NAME = "|".join(_MONTH_NUMBER)
_DAY_NAME = "|".join(name for name in _WEEKDAY_INDEX if name != "minggu")  # `minggu` alone is a week
_AGO = r"(?:yang )?(?:lalu|kemarin|ka tukang|ke belakang)"
_NEXT = r"(?:yang )?depan"
_YEAR = r"(?P<year>\d{4}|2\d(?! (?:orang|hari|jam|menit|kali)))"
_PRE = rf"(?:kemarin )?(?:hari )?(?:(?:(?:{_DAY_NAME})\??|minggu) (?:, )?)?(?:(?:pada )?tanggal )?"
_PART = r"(?:(?P<part>awal|pertengahan|akhir) )?"
_COUNT = (
    r"(?P<count>\d{1,3}(?: [.,] 5)?|beberapa|setengah)(?: (?:-|/|atau|sampai) (?P<upto>\d{1,3}))?(?P<half> setengah)?"
)
_QUANTITY = rf"{_COUNT} (?P<unit>hari|minggu|bulan|tahun)(?: an)?(?P<half_after> setengah)?"
_MORE = r"(?P<more> lebih(?! cepat| baik| dari))?"
_LACKS = r"(?= (?:ini |lamanya )?(?:masih )?(?:belum|tidak|tanpa|masih|nihil))"
_LASTING = r"(?:sudah|sejak|tunggu|selama|hampir|(?P<over>lebih dari)|dari)"
_FILLERS = r"(?: (?:mau|hampir|jalan|berjalan|ada|lewat|tunggu|sekitar|kira|genap|masuk|kurang|selama|sampai|\+|-))*"
_PROMISE = (
    r"janji|janjinya|dijanjikan|dijanjiin|katanya|maksimal|maks|max|lama|lambat|estimasi|dalam|waktu|standar|standarnya"
    r"|aturan|aturannya|harusnya|seharusnya|proses|prosesnya|cuma|hanya|berlaku|umur|usia|pengalaman|setiap|per|batas"
    r"|lewat|bilang|bilangnya|jadi|ke"
)
_HABITUAL = "".join(
    f"(?<!{word} )" for word in ("setiap", "layanan", "buka", "tutup", "libur", "jadwal", "kalau", "kalo")
)
# neither the second half of an expression nor the end of a range
_INSIDE = r"(?<!hari )(?<!kemarin )(?<!besok )(?<!depan )(?<!- )(?<!sampai )(?<!/ )"
_NOT_A_RANGE = rf"(?! (?:-|sampai|dan|/) (?:hari )?(?:{_DAY_NAME}|minggu))"
_TODAY = (
    r"tadi(?: (?:pagi|siang|sore))?|(?:pagi|siang|sore) tadi|(?:hari|pagi|siang|sore|malam) ini|barusan|baru saja"
    r"|ayeuna|today"
)


class Rule(NamedTuple):
    """What is told, how it is read, and the words without which the pattern cannot match: one of them must be there."""

    pattern: re.Pattern[str]
    read: _Reader
    words: frozenset[str]


def _rule(words: str, pattern: str, reader: _Reader) -> Rule:
    """A rule begins and ends at whole words; what is told is all of it, or what it calls `told`."""
    told = pattern if "(?P<told>" in pattern else f"(?P<told>{pattern})"
    return Rule(re.compile(rf"(?<!\S){told}(?!\S)"), reader, frozenset(words.split()))


DIGITS = "0"  # among the words of a rule: any number
_UNITS = "hari minggu bulan tahun"
_DAYS = " ".join(name for name in _WEEKDAY_INDEX if name != "minggu")
_DOUBTFUL_DAYS = " ".join(f"{name}?" for name in _WEEKDAY_INDEX)
_MONTHS = " ".join(_MONTH_NUMBER)
_ALL_MONTHS = " ".join(f"{name} {name}?" for name in _MONTH_NUMBER)


RULES: tuple[Rule, ...] = (
    # whole dates
    _rule(
        DIGITS, r"(?<![-/.] )(?P<year>\d{4}) ([-/.]) (?P<month>\d{1,2}) \3 (?P<day>\d{1,2})(?! [-/.] \d)", _written_date
    ),
    _rule(
        DIGITS,
        rf"(?<![-/.+] ){_PRE}(?P<day>\d{{1,2}}) ([-/.]) (?P<month>\d{{1,2}}) \3 (?P<year>\d{{4}}|\d\d)(?! [-/.] \d)",
        _written_date,
    ),
    _rule(
        _ALL_MONTHS,
        rf"(?<![-/.] ){_PRE}(?:(?P<first>\d{{1,2}}) (?:-|sampai|dan|/) )?(?P<day>\d{{1,2}}) (?:[-/.,] |bulan )?"
        rf"(?P<month>(?:{_MONTH_NAME})\??)(?: (?:[-/.,] )?{_YEAR})?(?: (?P<side>tahun lalu|{_AGO}|{_NEXT}))?",
        _written_date,
    ),
    _rule(
        "tanggal",
        rf"tanggal (?P<day>\d{{1,2}}) (?:bulan|[-/.]) (?P<month>\d{{1,2}})(?: (?:tahun )?{_YEAR})?",
        _written_date,
    ),
    _rule(
        DIGITS,
        rf"(?<!rt )(?<!rw )(?<!no )(?<!nomor )(?<!pasal )(?<!\d )(?<![-/.,] ){_PRE}"
        r"(?!(?:1 / [234]|2 / 3|3 / 4|24 / 7)(?!\S))(?P<day>\d{1,2}) / (?P<month>1[0-2]|[1-9])"
        r"(?! (?:/|rw|hari|jam|juta|persen|orang))",
        _written_date,
    ),
    _rule(
        "tanggal",
        rf"(?:kemarin )?tanggal (?P<day>\d{{1,2}})(?: (?P<side>bulan (?:{_AGO}|ini|{_NEXT})|{_AGO}|ini|{_NEXT}))?",
        _day_of_month,
    ),
    # weekdays
    _rule(
        _DAYS,
        rf"{_HABITUAL}{_INSIDE}(?:kemarin )?(?:hari )?(?P<weekday>{_DAY_NAME}){_NOT_A_RANGE}"
        r"(?: (?:pagi|siang|sore|malam))?"
        rf"(?: (?P<side>(?:(?P<weeks>\d{{1,2}}) )?minggu (?:{_AGO}|{_NEXT})|{_AGO}|tadi|ini|{_NEXT}))?",
        _weekday,
    ),
    _rule(
        "hari",
        rf"{_HABITUAL}{_INSIDE}(?:kemarin )?hari (?P<weekday>minggu|(?:{_DAY_NAME})\?){_NOT_A_RANGE}"
        rf"(?: (?P<side>(?P<weeks>(?!))?minggu {_AGO}|{_AGO}|tadi|ini|{_NEXT}))?",
        _weekday,
    ),
    _rule(_DOUBTFUL_DAYS, rf"(?P<weekday>(?:{_DAY_NAME})\?) (?P<side>(?P<weeks>(?!))?{_AGO})", _weekday),
    # quantities of time
    _rule(_UNITS, rf"(?<!\d [.,/-] ){_QUANTITY}{_MORE} {_AGO}", _quantity),
    _rule("jam menit", rf"(?<!\d [.,/-] ){_COUNT} (?:jam|menit) {_AGO}", _ago(0)),
    _rule("lagi", rf"{_QUANTITY} lagi", _ahead),
    _rule(
        _UNITS,
        rf"(?<!lewat )(?<!berlaku ){_LASTING}{_FILLERS} {_QUANTITY}(?:(?<!tahun)|{_LACKS}){_MORE}(?! (?:kerja|sekali))",
        _quantity,
    ),
    _rule(_UNITS, rf"(?:(?P<promise>{_PROMISE}) )?(?<!\d [.,/-] )(?P<told>{_QUANTITY}{_MORE}){_LACKS}", _quantity),
    # months, weeks, years
    _rule(_MONTHS, rf"{_PART}(?:bulan )?(?P<month>{_MONTH_NAME}) (?P<year>20\d\d)", _named_month),
    _rule(
        _MONTHS,
        rf"(?P<part>awal|pertengahan|akhir) (?:bulan )?(?P<month>{_MONTH_NAME})(?: (?P<side>tahun lalu|{_AGO}))?",
        _named_month,
    ),
    _rule("bulan", rf"bulan (?P<month>(?:{_MONTH_NAME})\??)(?: (?P<side>tahun lalu|{_AGO}|{_NEXT}))?", _named_month),
    _rule(_MONTHS, rf"(?P<month>{_MONTH_NAME}) (?P<side>tahun lalu|{_AGO}|{_NEXT})", _named_month),
    _rule(_MONTHS, rf"(?:sejak|dari|di|pada) (?P<told>(?P<month>{_MONTH_NAME}))", _named_month),
    _rule(
        "bulan",
        rf"(?<!\d )bulan (?P<month>1[0-2]|[1-9])(?: (?P<side>{_AGO}))?(?! (?:hari|minggu|orang|kali))",
        _named_month,
    ),
    _rule("bulan", rf"(?<!\d ){_PART}bulan (?P<side>{_AGO}|ini|{_NEXT})", _relative_month),
    _rule("minggu", rf"(?<!\d )(?<!hari ){_PART}minggu (?P<side>{_AGO}|ini|{_NEXT})", _relative_week),
    _rule("tahun", rf"(?<!\d ){_PART}tahun (?P<side>{_AGO}|ini|{_NEXT})", _year),
    _rule("tahun", rf"(?<!\d )(?:sejak |dari )?{_PART}tahun (?P<side>20\d\d)", _year),
    # days near today
    _rule("mangkukna kemarin", r"(?:kemarin )?mangkukna|lusa kemarin|kemarin (?:lusa|dulu|heula)", _ago(2)),
    _rule("kemarin2 kemarin", r"kemarin2|kemarin - kemarin", _loosely(14, 2, 1)),
    _rule("tempo", r"tempo hari", _loosely(30, 7, 2)),
    _rule("malam semalam", r"(?:tadi|kemarin) malam|malam (?:tadi|kemarin)|semalam", _ago(1)),
    _rule("kemarin", r"(?:hari )?kemarin(?: (?:pagi|siang|sore))?|(?:pagi|siang|sore) kemarin", _ago(1)),
    _rule("tadi ini barusan baru ayeuna today", rf"(?<!sampai )(?<!ka ){_INSIDE}(?:{_TODAY})", _ago(0)),
    _rule("besok", r"(?:hari )?besok", _ago(-1)),
    _rule("lusa", r"lusa", _ago(-2)),
)
