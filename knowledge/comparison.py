"""Two versions of a text side by side, as a person reads them: line by line, with the words that differ. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_WORDS = re.compile(r"\s+|[^\s]+")
_AROUND = 1  # equal lines that are shown beside a difference


class Piece(NamedTuple):
    kind: Literal["same", "out", "in"]
    text: str


Line = tuple[Piece, ...]


class Skipped(NamedTuple):
    """Equal lines that are not shown."""

    lines: int


def compared(before: str, after: str) -> list[Line | Skipped]:
    """The lines of both; what is equal is shown only next to what is not."""
    old, new = _lines(before), _lines(after)
    shown: list[Line | Skipped] = []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (tag, a, b, c, d) in enumerate(blocks):
        if tag == "equal":
            shown += _around(old[a:b], first=place == 0, last=place == len(blocks) - 1)
        else:
            shown += _changed(old[a:b], new[c:d])
    return shown


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _around(lines: Sequence[str], *, first: bool, last: bool) -> list[Line | Skipped]:
    head, tail = 0 if first else _AROUND, 0 if last else _AROUND
    left = len(lines) - head - tail
    whole: list[Line | Skipped] = [(Piece("same", line),) for line in lines]
    return whole if left <= 1 else [*whole[:head], Skipped(left), *whole[len(lines) - tail :]]


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines that replace each other are compared by words; what is over is new or gone."""
    both = min(len(old), len(new))
    for before, after in zip(old[:both], new[:both], strict=True):
        yield tuple(_by_words(before, after))
    yield from ((Piece("out", line),) for line in old[both:])
    yield from ((Piece("in", line),) for line in new[both:])


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("out", "".join(old[a:b]))
        if c < d:
            yield Piece("in", "".join(new[c:d]))
