"""Laws age: the instruments that standards cite as their legal basis, and what is known of each.

An instrument is known by its kind, number and year, however it is printed: `PP No. 5 Tahun 2021` and `Peraturan
Pemerintah Nomor 5 Tahun 2021` are one. What nobody has checked has no status, and nothing is said about it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

from knowledge.standards import normalised

Status = Literal["in_force", "amended", "revoked", "unchecked"]
STATUSES: tuple[Status, ...] = get_args(Status)

_KINDS = (
    r"Undang-Undang|Peraturan|Perppu|Perpu|Keputusan|Instruksi|Surat\s+Edaran"
    r"|UU|PP|Perpres|Permen\w*|Perka|Perda|Perbup"
)
_CITED = re.compile(
    rf"\b(?P<kind>(?:{_KINDS})\b(?:(?!\b(?:tentang|Nomor|No)\b)[^;:\n]){{0,120}}?)\s*\b(?:Nomor|No)\b\.?\s*"
    r"(?P<number>[\w./-]*\w)\s+Tahun\s+(?P<year>\d{4})\b",
    re.IGNORECASE,
)
_SAME_KIND: Mapping[str, str] = {
    "uu": "undang undang",
    "pp": "peraturan pemerintah",
    "perppu": "peraturan pemerintah pengganti undang undang",
    "perpu": "peraturan pemerintah pengganti undang undang",
    "perpres": "peraturan presiden",
    "peraturan bkpm": "peraturan badan koordinasi penanaman modal",
    "peraturan kepala bkpm": "peraturan badan koordinasi penanaman modal",
    "perka bkpm": "peraturan badan koordinasi penanaman modal",
}


class Citation(NamedTuple):
    key: str  # `peraturan pemerintah 5 2021`
    name: str  # as printed, up to the year


@dataclass(frozen=True, slots=True)
class Law:
    """What the office knows of an instrument."""

    key: str
    name: str
    status: Status
    by: str = ""  # what amended or revoked it
    checked_on: date | None = None  # None: the office has not confirmed it
    source: str = ""
    note: str = ""  # among officers


Laws = Mapping[str, Law]
"""By key; what nobody has looked at is absent."""


def cited(text: str) -> list[Citation]:
    """The instruments that a legal basis names, each once: not those that only stand in the title of another."""
    found: dict[str, Citation] = {}
    for part in _parts(text):
        match = _CITED.search(part)
        if match and not re.search(r"\btentang\b", part[: match.start()], re.IGNORECASE):
            name = " ".join(match.group().split())
            found.setdefault(key_of(match), Citation(key_of(match), name))
    return list(found.values())


def key_of(match: re.Match[str]) -> str:
    kind = normalised(match["kind"])
    return f"{_SAME_KIND.get(kind, kind)} {normalised(match['number'])} {match['year']}"


def revoked(lines: Iterable[str], laws: Laws) -> list[Law]:
    """Of the instruments that these lines name, those that are known to be revoked."""
    known = [laws[key] for line in lines for key in _cited_in(line) if key in laws]
    return list(dict.fromkeys(law for law in known if law.status == "revoked"))


@lru_cache(maxsize=512)
def _cited_in(line: str) -> tuple[str, ...]:
    """What a line of a legal basis cites: most standards print the same lines."""
    return tuple(citation.key for citation in cited(line))


@lru_cache(maxsize=1)
def shipped_laws() -> Laws:
    """What is known to start with (`content/laws.toml`): to be confirmed by the office."""
    text = (files("knowledge") / "content" / "laws.toml").read_text(encoding="utf-8")
    return {law.key: law for law in map(_shipped, tomllib.loads(text)["laws"])}


def _shipped(entry: Mapping[str, str]) -> Law:
    [citation] = cited(entry["name"])
    status = next(each for each in STATUSES if each == entry["status"])
    return Law(citation.key, citation.name, status, entry.get("by", ""), source=entry.get("source", ""))


def _parts(text: str) -> Iterator[str]:
    """One instrument an item: items stand on lines of their own, or are parted by semicolons."""
    for line in text.split("\n"):
        yield from line.split(";")
