"""The official list of business codes (KBLI), where the office has imported one: a code's title and what it covers.

The list itself (BPS, 2,600 pages of descriptions) is not shipped. It only helps to find a standard, and to say what a
code is that no standard is there for; no answer quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

MOST_NAMES = 40  # of one code
_LONGEST_NAME = 4  # words
_CODE, _GROUP = re.compile(r"\d{5}"), re.compile(r"[A-Z]|\d{1,4}")
_EXCLUDES = re.compile(r"\b(?:tidak|bukan)\s+(?:ter)?(?:masuk|cakup|mencakup|meliputi)\b", re.IGNORECASE)
_EXAMPLES = re.compile(r"\b(?:seperti|antara lain|misalnya|contohnya|mencakup|meliputi)\b\W*")
_END = re.compile(r"[.;()]")
_BETWEEN = re.compile(r"\s*[,/]\s*|\s+(?:dan|atau|serta)\s+")
_REST = re.compile(r"\b(?:lainnya|lain-lain|lain|sebagainya|sejenisnya|sejenis|dsb|dll|dan|atau|usaha|kegiatan)\b\.?")


class OfficialCode(NamedTuple):
    code: str  # five digits
    title: str
    description: str = ""


KbliList = Mapping[str, OfficialCode]


class KbliError(ValueError):
    """The file is no list of codes; the message says where and why, for the operator."""


@dataclass(frozen=True, slots=True)
class ReadList:
    codes: list[OfficialCode]
    groups: int  # rows of sections and groups, which no permit is given for: passed over


def read_list(text: str) -> ReadList:
    """Lines of code, title and description, between tabs; a heading may stand above. Raises KbliError."""
    codes: dict[str, OfficialCode] = {}
    groups = 0
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        cells = [" ".join(cell.strip().strip('"').split()) for cell in line.split("\t")]
        if not any(cells):
            continue
        code, title, description = (*cells, "", "")[:3]
        if _GROUP.fullmatch(code):
            groups += 1
        elif _CODE.fullmatch(code) and title:
            if code in codes:
                raise KbliError(f"line {number}: code {code} is there twice.")
            codes[code] = OfficialCode(code, title, description)
        elif codes or groups or code[:1].isdigit():
            wrong = "has no title" if _CODE.fullmatch(code) else "does not begin with a code of five digits"
            raise KbliError(f"line {number} {wrong}. Wanted: code, title and description, with tabs between.")
    if not codes:
        raise KbliError("there is no line with a code of five digits, a tab and a title.")
    return ReadList(list(codes.values()), groups)


def names_of(official: OfficialCode) -> tuple[str, ...]:
    """What the list calls it: its title, then what the description gives as examples, but not what it excludes."""
    covered = _EXCLUDES.split(official.description)[0]
    found = [official.title.lower(), *_examples(covered.lower())]
    return tuple(dict.fromkeys(found))[:MOST_NAMES]


def _examples(text: str) -> Iterator[str]:
    for listed in _EXAMPLES.split(text)[1:]:
        for part in _BETWEEN.split(_END.split(listed)[0]):
            name = " ".join(_REST.sub(" ", part).split())
            if name and len(name.split()) <= _LONGEST_NAME:
                yield name
