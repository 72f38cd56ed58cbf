"""What stands in the cells of an old register, kept by hand for years: days, hours, ways in, stages, yes and no.

PURE. Every reader returns the value, None for an empty cell, or raises UnreadableError, which says in English what the
operator should write instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from handlers.case_rules import Stage
from handlers.ways_in import WAYS
from knowledge.date_words import MONTHS

Cell = str | int | float | bool | datetime | date | time | timedelta | None

EARLIEST = date(2000, 1, 1)  # no case number has an earlier year
_EXCEL_BEGINS = date(1899, 12, 30)  # its day 0: https://support.microsoft.com/office/datevalue-function
_NOTHING = {"", "-", "--", "—", "–", "n/a", "na", "nihil", "tidak ada", "tdk ada", "kosong", "?"}


class UnreadableError(ValueError):
    """A cell that cannot be read; its text says what to write."""


def text_of(cell: Cell) -> str:
    """A cell as it is read; empty for what people write when there is nothing."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime | date | time | timedelta):
        return str(cell)
    text = "" if cell is None else str(cell)
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text.replace("\r\n", "\n")).strip()
    return "" if text.casefold() in _NOTHING else text


def key_of(text: str) -> str:
    """The words alone, in small letters: how two writings of one thing are compared."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


# ---------------------------------------------------------------- days and hours

_MONTH_NAMES = {name.casefold(): n for n, name in enumerate(MONTHS, 1)}
_MONTH_NAMES |= {name.casefold()[:3]: n for n, name in enumerate(MONTHS, 1)}
_MONTH_NAMES |= {"agt": 8, "agst": 8, "ags": 8, "sept": 9, "nop": 11, "nopember": 11, "pebruari": 2, "peb": 2}
_BY_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ](\d{1,2}:\d{2}(?::\d{2})?))?")
_BY_NAME = re.compile(r"(?:[a-z']+\s*,\s*)?(\d{1,2})[\s\-]+([a-z]+)\.?[\s\-]+(\d{4}|\d{2})")
_HOUR = re.compile(r"(?:pukul |jam |pkl\.? )?(\d{1,2})(?:[.:](\d{2}))?(?:[.:]\d{2})?\s*(?:wib)?")
_WRITE_DAY = "write a day such as 3/2/2026 (day first) or 3 Februari 2026"


def day_of(cell: Cell) -> date | None:
    """`3/2/2026` is the third of February. Raises UnreadableError."""
    if isinstance(cell, datetime):
        return _possible(cell.date())
    if isinstance(cell, date):
        return _possible(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not 0 < cell < 100_000:
            raise UnreadableError(_WRITE_DAY)
        return _possible(_EXCEL_BEGINS + timedelta(days=int(cell)))
    text = text_of(cell).casefold()
    return _possible(_day_in_words(text)) if text else None


def _day_in_words(text: str) -> date:
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _BY_NUMBERS.fullmatch(text):
            return date(_year(found[3]), int(found[2]), int(found[1]))
        if (found := _BY_NAME.fullmatch(text)) and found[2] in _MONTH_NAMES:
            return date(_year(found[3]), _MONTH_NAMES[found[2]], int(found[1]))
    except ValueError:
        raise UnreadableError(f"there is no such day; {_WRITE_DAY}") from None
    raise UnreadableError(_WRITE_DAY)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _possible(day: date) -> date:
    if not EARLIEST <= day < date(2100, 1, 1):
        raise UnreadableError(f"the year is {day.year}; {_WRITE_DAY}")
    return day


def hour_of(cell: Cell) -> time | None:
    """`09.30`, `9:30 WIB`, an hour of Excel's. Raises UnreadableError."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta):
        cell = cell / timedelta(days=1)
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60)
        return time(min(minutes // 60, 23), minutes % 60)
    text = text_of(cell).casefold()
    if not text:
        return None
    found = _HOUR.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise UnreadableError("write an hour such as 09.30")
    return time(int(found[1]), int(found[2] or 0))


def hour_within(cell: Cell) -> time:
    """Of a cell with a day: the hour that stands beside it, else midnight."""
    if isinstance(cell, datetime):
        return cell.time()
    found = _ISO.fullmatch(text_of(cell).casefold())
    return (hour_of(found[4]) if found else None) or time(0)


# ---------------------------------------------------------------- one of a few words

_WAY_WORDS: Mapping[str, str] = {
    "complaint_officer": "petugas pengaduan, datang langsung, langsung, tatap muka, kantor",
    "mpp_counter": "loket, loket mpp, mpp, mpp bale madukara, loket pengaduan, mal pelayanan publik",
    "letter": "surat, pos, via surat, surat resmi",
    "phone": "telepon, telp, tlp, telpon, tlpn, telfon, hotline, call center",
    "sms": "sms, pesan singkat",
    "whatsapp": "whatsapp, wa, whats app, whatsap, chat wa",
    "email": "email, e mail, surel, imel",
    "twitter": "twitter, x, x twitter, tweet",
    "instagram": "instagram, ig, dm ig, dm instagram",
    "web_dpmptsp": "web, website, situs, web dpmptsp, website dpmptsp, dpmptsp purwakartakab go id",
    "web_mpp": "web mpp, website mpp, mpp purwakartakab go id",
    "form": "formulir, form, formulir pengaduan, google form",
    "box": "kotak, kotak saran, kotak pengaduan, kotak aduan",
}
_WAYS: Mapping[str, str] = {
    **{word: way for way, words in _WAY_WORDS.items() for word in words.split(", ")},
    **{key_of(name): way for way, name in WAYS.items()},
    **{key_of(way): way for way in WAYS},
}
_STAGE_WORDS: Mapping[Stage, str] = {
    "received": "diterima, baru, masuk, terima, belum diproses, belum ditindaklanjuti, open",
    "under_review": "ditelaah, telaah, diverifikasi, verifikasi, diperiksa",
    "in_progress": "ditindaklanjuti, tindak lanjut, diproses, proses, dalam proses, sedang diproses, on progress",
    "waiting_for_reporter": "menunggu pelapor, menunggu, menunggu keterangan, pending",
    "answered": "dijawab, sudah dijawab, ditanggapi, sudah ditanggapi, direspon",
    "closed": "selesai, ditutup, tutup, tuntas, closed, sudah selesai, done, clear",
    "withdrawn": "dicabut, dibatalkan, batal, dicabut pelapor",
    "noted": "dicatat, dicatat sebagai saran",
}
_STAGES: Mapping[str, Stage] = {word: stage for stage, words in _STAGE_WORDS.items() for word in words.split(", ")}
_SUGGESTIONS = {"saran", "masukan", "saran masukan", "usul", "usulan", "kritik", "kritik saran", "kritik dan saran"}
_COMPLAINTS = {"pengaduan", "aduan", "keluhan", "komplain", "laporan", "lapor"}
_YES = {"ya", "y", "iya", "rahasia", "dirahasiakan", "1", "true", "benar", "x", "yes"}
_NO = {"tidak", "tdk", "t", "n", "no", "0", "false", "biasa", "bukan", "terbuka", "tidak rahasia"}


def way_of(cell: Cell) -> str | None:
    """A key of WAYS. Raises UnreadableError."""
    text = text_of(cell)
    if not text:
        return None
    found = _WAYS.get(key_of(text))
    if found is None:
        raise UnreadableError(f"write one of {', '.join(WAYS.values())}")
    return found


def stage_of(cell: Cell) -> Stage | None:
    """How far it was. Raises UnreadableError."""
    text = text_of(cell)
    if not text:
        return None
    found = _STAGES.get(key_of(text))
    if found is None:
        raise UnreadableError(
            "write Diterima, Ditelaah, Ditindaklanjuti, Menunggu pelapor, Dijawab, Selesai or Dicabut"
        )
    return found


def is_suggestion(cell: Cell) -> bool:
    """Whether it was meant as one; an empty cell is a complaint, if it has what a complaint takes."""
    key = key_of(text_of(cell))
    if key and key not in _SUGGESTIONS | _COMPLAINTS:
        raise UnreadableError("write pengaduan or saran")
    return key in _SUGGESTIONS


def is_yes(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    key = key_of(text_of(cell))
    if key and key not in _YES | _NO:
        raise UnreadableError("write ya or tidak")
    return key in _YES
