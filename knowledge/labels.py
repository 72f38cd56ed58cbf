"""What the left columns of the table say: its head, its two parts, and which of the fourteen components a label names.

Numbers restart in part B and rows come in any order, so a component is found by its name; its number only decides
between names that are both near. Scanners damage names (`Biaya / Tarip`), so near names count, within limits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from knowledge.standards import COMPONENTS, normalised

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    component: int
    exact: bool  # False: only near the name


_STOP = frozenset({"dan", "atau", "serta", "yang", "lanjutan", "sambungan"})
_AS_LETTERS = str.maketrans("01345|", "oiease")
# Names that PermenPANRB 15/2014 and other offices' tables give to the same components.
_OTHER_NAMES = {
    1: ("Persyaratan Pelayanan", "Persyaratan Permohonan", "Syarat Pelayanan"),
    2: ("Mekanisme dan Prosedur", "Prosedur Pelayanan", "Sistem dan Prosedur"),
    3: ("Jangka Waktu", "Jangka Waktu Pelayanan", "Waktu Penyelesaian", "Jangka Waktu Penyelesaian Pelayanan"),
    4: ("Tarif/Biaya", "Biaya Pelayanan", "Biaya/Tarif Pelayanan", "Biaya/Tarif Retribusi"),
    5: ("Produk Pelayanan", "Produk Jasa Pelayanan", "Produk Spesifikasi Jenis Pelayanan"),
    6: (
        "Penanganan Pengaduan",
        "Pengelolaan Pengaduan",
        "Pengaduan, Saran dan Masukan",
        "Pengelolaan Pengaduan, Saran dan Masukan",
        "Penanganan Pengaduan, Saran, Masukan dan Apresiasi",
    ),
    8: ("Sarana dan Prasarana", "Sarana dan Fasilitas", "Prasarana dan Fasilitas"),
    12: ("Jaminan Layanan",),
    13: ("Jaminan Keamanan dan Keselamatan", "Jaminan Keamanan dan Keselamatan Layanan"),
    14: ("Evaluasi Kinerja", "Evaluasi Kinerja Pelayanan"),
}
_SHORT_NAMES = {2: "Prosedur", 4: "Biaya", 5: "Produk"}  # names in a cell of their own only: too common in sentences


@lru_cache(maxsize=65536)
def key(text: str) -> Words:
    """The words of a label that tell it from others; what scanners mix up (0 and o, rn and m) made the same."""
    tokens = re.findall(r"[a-z0-9|]+", normalised(text.replace("|", "l")))
    words = (token.translate(_AS_LETTERS).replace("rn", "m") for token in tokens if not token.isdigit())
    return tuple(word for word in words if word not in _STOP)


_NAMES: dict[Words, int] = {
    key(name): component
    for component, title in COMPONENTS.items()
    for name in (title, *_OTHER_NAMES.get(component, ()))
}
_CELL_NAMES: dict[Words, int] = _NAMES | {key(name): component for component, name in _SHORT_NAMES.items()}
_OFFICIAL = frozenset(map(key, COMPONENTS.values()))
_FIRST_WORDS = frozenset(words[0] for words in _NAMES)
_BEGINNINGS = frozenset(words[:n] for words in _NAMES for n in range(1, len(words)))
_HEAD_COLUMNS = ("komponen", "uraian")
_PARTS = {("proses", "penyampaian", "pelayanan"): "A", ("proses", "pengelolaan", "pelayanan"): "B"}
_PART_NAME = re.compile(r"\bproses\b.*\((?:service\s+delivery|(manufacturing))\)", re.IGNORECASE)
_LONGEST_PART = 160  # characters
_PART_TAIL = frozenset(key("di internal organisasi manufacturing meliputi service delivery pelayanan"))


@lru_cache(maxsize=8192)
def component_of(label: str, number: int | None = None) -> Label | None:
    """The component that a label cell names, None when no name is near enough. `number` stands before it, if any."""
    words = key(label)
    if not words:
        return None
    if words in _CELL_NAMES:
        return Label(_CELL_NAMES[words], exact=True)
    found = _near(words, _CELL_NAMES) or _beginning(words, number) or _with_more(words, number)
    return Label(found, exact=False) if found else None


@lru_cache(maxsize=8192)
def component_of_line(label: str) -> Label | None:
    """The same for words on a line of their own, where sentences stand too: the full name, written as a title."""
    words = key(label)
    if not words or len(words) > 8 or not _is_title(label) or label.rstrip().endswith((";", ",", ".")):
        return None
    if words in _NAMES:
        return Label(_NAMES[words], exact=True)
    found = _near(words, _NAMES)
    return Label(found, exact=False) if found else None


@lru_cache(maxsize=65536)
def begins_label(text: str) -> bool:
    """Are these the first words of some name, with more to come (`Jangka Waktu`, `Jaminan`)?"""
    words = key(text)
    return (
        bool(words) and _is_title(text) and (words in _BEGINNINGS or any(_alike(words, names) for names in _BEGINNINGS))
    )


def may_begin_label(word: str) -> bool:
    """Is this near the first word of some name? Cheap, asked of every line."""
    words = key(word)
    return bool(words) and (words[0] in _FIRST_WORDS or any(_alike(words[:1], (first,)) for first in _FIRST_WORDS))


@lru_cache(maxsize=65536)
def continues_label(label: str, more: str) -> bool:
    """Does `more` go on with a label that was broken over lines or pages?"""
    words = key(f"{label} {more}")
    if not key(more) or not key(label):
        return False
    longer = [names for names in _NAMES if len(names) >= len(words) and names[0][0] == words[0][0]]
    return any(words == names[: len(words)] for names in longer) or any(
        _alike(words, names[: len(words)]) for names in longer
    )


def rest_of_label(label: str, line: str) -> str:
    """The first words of a line that go on with a label broken beside its text (`Penyelesaian permohonan secara …`)."""
    if key(label) in _OFFICIAL:
        return ""
    words = line.split(" ")
    for n in range(min(len(words) - 1, 6), 0, -1):
        first = " ".join(words[:n])
        capitals = all(word[0].isupper() for word in words[:n] if word and key(word))
        if capitals and key(words[n - 1]) and continues_label(label, first):
            return first
    return ""


def is_head(cells: tuple[str, ...]) -> bool:
    """The head of the table: NO, KOMPONEN, URAIAN, in some spelling."""
    words = [word for cell in cells for word in key(cell)]
    if not 2 <= len(words) <= 9 or sum(map(len, cells)) > 90:
        return False
    named = [any(fuzz.ratio(word, column) >= 75 for word in words) for column in _HEAD_COLUMNS]
    return all(named) or (named[0] and len(words) == 2 and words[0] in ("no", "nomor"))


def part_of(text: str) -> str | None:
    """`A` or `B` for the row that heads a part of the table (service delivery, manufacturing), else None."""
    if len(text) > _LONGEST_PART:
        return None
    if named := _PART_NAME.search(text):
        return "B" if named[1] else "A"
    title = re.sub(r"^(?:[A-Z]|[IVX]+|\d)[.)]?\s+", "", text)
    words = key(title)
    if not title[:1].isupper() or not _PART_TAIL.issuperset(words[3:]):
        return None
    return next((letter for name, letter in _PARTS.items() if _alike(words[:3], name)), None)


def ends_part(text: str) -> bool:
    """Is this the rest of such a row, broken over lines?"""
    words = key(text)
    return bool(words) and _PART_TAIL.issuperset(words)


def _near(words: Words, known: dict[Words, int]) -> int | None:
    """The one component with a name that is alike word by word, or alike with its blanks lost."""
    found = {component for names, component in known.items() if _alike(words, names)}
    if not found:
        squashed = "".join(words)
        found = {component for names, component in _NAMES.items() if fuzz.ratio(squashed, "".join(names)) >= 93}
    return found.pop() if len(found) == 1 else None


def _beginning(words: Words, number: int | None) -> int | None:
    """The component whose name begins so; of several, the one with that number."""
    found = {
        component
        for names, component in _NAMES.items()
        if words == names[: len(words)] or _alike(words, names[: len(words)])
    }
    if len(numbered := found & _numbers(number)) == 1:
        return numbered.pop()
    return found.pop() if len(found) == 1 and len("".join(words)) >= 5 else None


def _with_more(words: Words, number: int | None) -> int | None:
    """The component whose name stands first, with more behind it (`Persyaratan Izin`); one word needs its number."""
    found = {component for names, component in _NAMES.items() if words[: len(names)] == names and len(names) > 1}
    if (component := _NAMES.get(words[:1])) in _numbers(number):
        return component
    return found.pop() if len(found) == 1 else None


def _numbers(number: int | None) -> set[int]:
    """The components that a number may mean: numbers begin anew in part B, with component 7."""
    return {number, number + 6} if number else set()


def _alike(words: Words, names: Words) -> bool:
    return len(words) == len(names) and all(
        word == name or OSA.distance(word, name, score_cutoff=allowed) <= allowed
        for word, name in zip(words, names, strict=True)
        for allowed in [max(1, len(name) // 4)]
    )


def _is_title(text: str) -> bool:
    """Are most of the longer words capitalised? A digit before letters is a capital that the scanner misread."""
    words = re.findall(r"\d?[^\W\d_][\w|]*", text)
    words = [word for word in words if len(word) > 4] or words
    capitals = [not word[0].islower() for word in words]
    return bool(words) and capitals[0] and sum(capitals) * 2 > len(words)
