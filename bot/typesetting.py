"""How lines are set on a page, whichever page it is: passages, list items with their markers hanging, times, icons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from lucide.jinja import lucide

from handlers.messages import Line, Style

OFFICE_TIME = ZoneInfo("Asia/Jakarta")

_MARKERS = (  # the kinds of list markers that regulations print, told apart by their shape
    ("A.", re.compile(r"[A-Z]\.(?=\s)")),
    ("1.", re.compile(r"\d{1,3}\.(?=\s)")),
    ("a.", re.compile(r"[a-z]\.(?=\s)")),
    ("1)", re.compile(r"\d{1,3}\)(?=\s)")),
    ("a)", re.compile(r"[a-z]\)(?=\s)")),
    ("-", re.compile(r"[-–](?=\s)")),
    ("•", re.compile(r"•(?=\s)")),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line, its list marker apart so that the text can hang beside it."""

    marker: str  # as printed, "" without one
    text: str
    depth: int  # of the list, from 0


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines of one style: a quoted passage, a paragraph, a source."""

    style: Style
    items: tuple[Item, ...]
    apart: bool = False  # an empty line stood before it: a new paragraph

    @property
    def cites(self) -> bool:
        """Small print that names where a quote comes from, and not just small print."""
        return any(item.text.startswith("Sumber:") for item in self.items)


def blocks(lines: Iterable[Line]) -> list[Block]:
    """Group lines by style and paragraph. No character is lost but the blanks around a line and empty lines."""
    found: list[Block] = []
    apart = False
    kept = (line for line in lines if line.text.strip() or line.style != "quote")  # a quoted passage stays whole
    for (style, spoken), group in groupby(kept, key=lambda line: (line.style, bool(line.text.strip()))):
        if spoken:
            found.append(Block(style, tuple(_items(line.text.strip() for line in group)), apart))
        apart = not spoken and bool(found)
    return found


def _items(texts: Iterable[str]) -> Iterable[Item]:
    """A kind of marker that is open already goes back to its level; another kind opens a level below."""
    levels: list[str] = []
    for text in texts:
        kind, marker = _marker(text)
        if not marker:
            yield Item("", text, 0)
            continue
        if kind in levels:
            del levels[levels.index(kind) + 1 :]
        else:
            levels.append(kind)
        yield Item(marker, text[len(marker) :].lstrip(), len(levels) - 1)


def _marker(text: str) -> tuple[str, str]:
    for kind, pattern in _MARKERS:
        if found := pattern.match(text):
            return kind, found[0]
    return "", ""


def clock(at: datetime) -> str:
    """`14.05`, in the office's time."""
    return at.astimezone(OFFICE_TIME).strftime("%H.%M")


@lru_cache(maxsize=256)  # the library reads and rewrites the drawing each time
def icon(name: str, size: int = 20) -> str:
    """One of Lucide's icons as inline SVG, for the eye alone: what it means stands beside it in words."""
    return lucide(name, size=size, aria_hidden="true", focusable="false")
