"""An old register of complaints, row by row: which column is what, and what a row says as an entry of ours. PURE.

Nothing is guessed and nothing left out silently: a row that cannot be read whole is refused with every reason it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from stdnum.id import nik as nik_rules

from handlers.case_entry import Entry
from handlers.case_events import LONGEST
from handlers.case_rules import Stage
from handlers.contacts import is_phone
from handlers.old_values import (
    Cell,
    UnreadableError,
    day_of,
    hour_of,
    hour_within,
    is_suggestion,
    is_yes,
    key_of,
    stage_of,
    text_of,
    way_of,
)
from knowledge.calendar import jakarta_day

Field = Literal[
    "received_at", "hour", "way", "name", "phone", "email", "address", "nik", "service", "what", "happened_on",
    "received_on", "suggestion", "confidential", "stage", "answer", "answered_on", "old_number",
]  # fmt: skip
Value = TypeVar("Value")

JAKARTA = ZoneInfo("Asia/Jakarta")
HEADINGS: Mapping[Field, str] = {
    "old_number": "Nomor lama",
    "received_at": "Tanggal masuk",
    "hour": "Jam",
    "way": "Jalur/Media",
    "name": "Nama",
    "phone": "Telepon/No HP",
    "email": "Email",
    "address": "Alamat",
    "nik": "NIK",
    "service": "Layanan",
    "what": "Isi/Uraian",
    "happened_on": "Tanggal kejadian",
    "received_on": "Tanggal layanan diterima",
    "suggestion": "Jenis (pengaduan/saran)",
    "confidential": "Rahasia",
    "stage": "Status/Tahap",
    "answer": "Jawaban",
    "answered_on": "Tanggal jawaban",
}
"""As the template has them; `_SYNONYMS` are understood as well."""

_SYNONYMS: Mapping[Field, str] = {
    "old_number": "nomor pengaduan, nomor register, nomor registrasi, nomor agenda, nomor laporan, nomor tiket",
    "received_at": "tanggal pengaduan, tanggal laporan, tanggal terima, tanggal diterima, tanggal, tanggal lapor",
    "hour": "waktu, jam masuk, pukul",
    "way": "media, jalur, melalui, sarana, saluran, sumber, kanal, via, cara penyampaian, media pengaduan",
    "name": "nama lengkap",
    "phone": "telepon, hp, nomor hp, nomor telepon, nomor wa, kontak, nomor kontak, whatsapp, nomor whatsapp",
    "email": "alamat email",
    "address": "alamat rumah, alamat lengkap, domisili",
    "nik": "nomor ktp, nomor nik, ktp",
    "service": "jenis layanan, jenis izin, layanan atau tempat, izin, perizinan, jenis perizinan, unit layanan",
    "what": "isi, uraian, isi pengaduan, isi laporan, uraian pengaduan, keluhan, pengaduan, materi, isi aduan, aduan",
    "happened_on": "waktu kejadian, kejadian",
    "received_on": "tanggal terima layanan, tanggal izin terbit, layanan diterima, tanggal terbit",
    "suggestion": "jenis, jenis laporan, jenis pengaduan, kategori",
    "confidential": "sifat, kerahasiaan, dirahasiakan",
    "stage": "status, tahap, status pengaduan, status penanganan, progres",
    "answer": "tindak lanjut, tanggapan, penyelesaian, hasil, respon, isi jawaban",
    "answered_on": "tanggal selesai, tanggal tindak lanjut, tanggal tanggapan, tanggal penyelesaian, tanggal respon",
}
_SAME_WORDS = {
    "tgl": "tanggal",
    "no": "nomor",
    "telp": "telepon",
    "tlp": "telepon",
    "telpon": "telepon",
    "handphone": "hp",
}
_ADDED_WORDS = {"pelapor", "pemohon", "pengadu", "warga"}  # `Nama pelapor` is `Nama`
_LONGEST_FIELD = 500  # characters of anything but what happened and what was answered


@dataclass(frozen=True, slots=True)
class OldReport:
    """A row of the old register, as it is to be entered here."""

    row: int  # as the spreadsheet counts it
    entry: Entry
    stage: Stage = "received"
    answer: str = ""
    answered_on: date | None = None
    old_number: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is not entered, and why: one sentence for each cell."""

    row: int
    problems: tuple[str, ...]


class HeadingsError(ValueError):
    """No row of headings, or one that says two things; its text says what to do."""


# ---------------------------------------------------------------- headings


def columns_of(headings: Sequence[Cell]) -> dict[Field, int]:
    """Which column is what, by place; what is not understood is absent. Raises HeadingsError for two of a kind."""
    found: dict[Field, int] = {}
    for place, heading in enumerate(headings):
        field = _field(text_of(heading))
        if field is None:
            continue
        if field in found:
            raise HeadingsError(
                f"Columns {letter(found[field])} and {letter(place)} could both be {HEADINGS[field]!r}: rename one."
            )
        found[field] = place
    return found


def lacking(columns: Mapping[Field, int]) -> list[str]:
    """The headings without which nothing can be entered."""
    needed: tuple[Field, ...] = ("received_at", "way", "what")
    return [HEADINGS[field] for field in needed if field not in columns]


def letter(place: int) -> str:
    """`A` for the first column, `AB` for the 28th."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _field(heading: str) -> Field | None:
    """The whole of it, else without what stands in brackets, else the first alternative that is understood."""
    plain = heading.partition("(")[0]
    return next((_FIELDS[key] for key in map(_key, (heading, plain, *plain.split("/"))) if key in _FIELDS), None)


def _key(heading: str) -> str:
    """Its words in any order."""
    words = {_SAME_WORDS.get(word, word) for word in key_of(heading).split()}
    return " ".join(sorted(words - _ADDED_WORDS or words))


_FIELDS: Mapping[str, Field] = {
    _key(words): field
    for field in HEADINGS
    for words in (HEADINGS[field], HEADINGS[field].partition("(")[0], *_SYNONYMS[field].split(", "))
}


# ---------------------------------------------------------------- rows


def read_row(row: int, cells: Sequence[Cell], columns: Mapping[Field, int], now: datetime) -> OldReport | Unreadable:
    """now: aware; nothing of a register happens after it."""
    reading = _Reading(cells, columns)
    day, hour = reading.value("received_at", day_of), reading.value("hour", hour_of)
    way = reading.value("way", way_of)
    what = reading.text("what", LONGEST * 5)
    needed: tuple[Field, ...] = ("received_at", "way", "what")
    for field in needed:
        if not text_of(reading.cell(field)):
            reading.wrong(field, "is empty; without it a report cannot be entered")
    answered_on = reading.value("answered_on", day_of)
    answer = reading.text("answer", LONGEST * 5)
    stage = reading.value("stage", stage_of) or ("answered" if answered_on else "received")
    if stage in ("answered", "closed") and answered_on is None:
        reading.wrong("answered_on", "is empty, but the report was answered or closed: write the day")
    entry = Entry(
        way=way or "",
        received_at=datetime.combine(
            day or date(2000, 1, 1), hour or hour_within(reading.cell("received_at")), JAKARTA
        ),
        what=what,
        service=reading.text("service"),
        name=reading.text("name"),
        phone=reading.phone(),
        email=reading.email(),
        address=reading.text("address"),
        nik=reading.nik(),
        happened_on=reading.value("happened_on", day_of),
        received_on=reading.value("received_on", day_of),
        suggestion=bool(reading.value("suggestion", is_suggestion)),
        confidential=bool(reading.value("confidential", is_yes)),
    )
    reading.in_order(entry, answered_on, now)
    if reading.problems:
        return Unreadable(row, tuple(dict.fromkeys(reading.problems)))
    return OldReport(row, entry, stage, answer, answered_on, reading.text("old_number"))


class _Reading:
    """The cells of one row, and what is wrong with them."""

    def __init__(self, cells: Sequence[Cell], columns: Mapping[Field, int]) -> None:
        self._cells = cells
        self._columns = columns
        self.problems: list[str] = []

    def cell(self, field: Field) -> Cell:
        place = self._columns.get(field)
        return self._cells[place] if place is not None and place < len(self._cells) else None

    def wrong(self, field: Field, why: str) -> None:
        place = self._columns.get(field)
        where = f"column {letter(place)} ({HEADINGS[field]})" if place is not None else HEADINGS[field]
        self.problems.append(f"{where}: {why}.")

    def value(self, field: Field, read: Callable[[Cell], Value]) -> Value | None:
        try:
            return read(self.cell(field))
        except UnreadableError as error:
            self.wrong(field, str(error))
            return None

    def text(self, field: Field, longest: int = _LONGEST_FIELD) -> str:
        """What happened, and what was answered, keep their lines."""
        text = text_of(self.cell(field))
        text = " ".join(text.split()) if longest == _LONGEST_FIELD else text
        if len(text) > longest:
            self.wrong(field, f"has {len(text)} characters, at most {longest} are taken: shorten it")
        return text

    def phone(self) -> str:
        """Excel drops the 0 of a number that was typed without a mark before it."""
        text = self.text("phone")
        bare = isinstance(self.cell("phone"), int | float) and text.isdecimal()
        text = f"0{text}" if bare and text.startswith("8") else f"+{text}" if bare and text.startswith("62") else text
        if text and not is_phone(text):
            self.wrong("phone", "is no number that can be called: correct it, or empty the cell")
        return text

    def email(self) -> str:
        text = self.text("email")
        if text and ("@" not in text.strip("@") or " " in text):
            self.wrong("email", "is no address: correct it, or empty the cell")
        return text

    def nik(self) -> str:
        text = self.text("nik")
        digits = "".join(c for c in text if c.isdigit())
        if isinstance(self.cell("nik"), int | float) and len(digits) > 15:
            self.wrong("nik", "is kept as a number, of which Excel forgets the last digit: write it anew, as text")
        elif text and not nik_rules.is_valid(digits):
            self.wrong("nik", "is not the number of an identity card: correct it, or empty the cell")
        return text

    def in_order(self, entry: Entry, answered_on: date | None, now: datetime) -> None:
        """What cannot have happened: before it happened, or after today."""
        day = jakarta_day(entry.received_at)
        if entry.received_at > now:
            self.wrong("received_at", "has not come yet; is the day written first?")
        if entry.happened_on and entry.happened_on > day:
            self.wrong("happened_on", "is after the report came in")
        if entry.received_on and entry.received_on > day:
            self.wrong("received_on", "is after the report came in")
        if answered_on and not day <= answered_on <= jakarta_day(now):
            self.wrong("answered_on", "is before the report came in, or after today")


def read_register(
    rows: Iterable[tuple[int, Sequence[Cell]]], columns: Mapping[Field, int], now: datetime
) -> list[OldReport | Unreadable]:
    """Every row that has something in it; an old number that two rows of one year share is refused the second time."""
    found: list[OldReport | Unreadable] = []
    seen: dict[tuple[str, int], OldReport] = {}
    for row, cells in rows:
        if not any(text_of(cell) for cell in cells):
            continue
        read = read_row(row, cells, columns, now)
        if isinstance(read, OldReport) and read.old_number:
            year = jakarta_day(read.entry.received_at).year
            first = seen.setdefault((key_of(read.old_number), year), read)
            if first is not read and first.entry != read.entry:
                why = f"{HEADINGS['old_number']}: row {first.row} has the same number, but says something else."
                read = Unreadable(row, (why,))
        found.append(read)
    return found
