"""The markup of scanned cells: its plain words, and its blocks with the borders between them.

A scan holds text with tags strewn in, cut where pages ended; it is no HTML document. A tree parser would repair exactly
what must be seen here, so tags only mark borders: where a block begins, and how strongly. Markers say the rest.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from enum import IntEnum

from knowledge.outline import split_marker


class Border(IntEnum):
    """What parts a block of text from the one before, from weak to strong."""

    NONE = 0
    SOFT = 1  # a line end or <br>: the sentence may go on
    BLANK = 2  # an empty line
    PARAGRAPH = 3  # <p>, <div>, a list's edge
    ITEM = 4  # <li>
    PAGE = 5  # the cell was cut by a page's end: the sentence probably goes on
    START = 6  # the cell begins


@dataclass(frozen=True, slots=True)
class Fragment:
    """The markup of a cell, or of the part of it that stood on one page."""

    border: Border  # START or PAGE
    markup: str


@dataclass(slots=True)
class Block:
    """Text between two borders. Runs of blanks are kept: they part items, too."""

    border: Border
    text: str
    listing: int = 0  # which <ol> it is an item of; 0 for none
    style: str = ""  # how a browser would show its marker: `1.`
    ordinal: int = 0


_PARAGRAPHS = (
    "p div ol ul dl dt dd h1 h2 h3 h4 h5 h6 table thead tbody tfoot caption section article center blockquote pre hr"
)
_BLANKS = "td th"
_INLINE = "b i u s em strong span font small big sup sub a del ins mark code tt label html body col colgroup img nobr"
_BORDERS = dict.fromkeys(_PARAGRAPHS.split(), Border.PARAGRAPH)
_BORDERS |= {"li": Border.ITEM, "br": Border.SOFT, "tr": Border.SOFT}
_NAMES = "|".join(sorted([*_BORDERS, *_BLANKS.split(), *_INLINE.split()], key=len, reverse=True))
TAG = re.compile(rf"<(?P<close>/?)(?P<name>{_NAMES})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(rf"{TAG.pattern}|\n\s*\n|\n", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BOLD = re.compile(r"\*\*(?=[^\s*])([^\n]+?)(?<=[^\s*])\*\*")
_RUN = re.compile(r"\s+")
_NO_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)
_TYPE = re.compile(r"\btype\s*=\s*[\"']?([1aAiI])")
_START = re.compile(r"\bstart\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE)
_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


def plain(markup: str) -> str:
    """The words of a piece of markup on one line, for telling what it is."""
    if "<" in markup:
        markup = TAG.sub(lambda tag: " " if _parts(tag["name"].lower()) else "", markup)
    return _RUN.sub(" ", _words(markup)).strip()


def untagged(markup: str) -> str:
    """The words of a line of plain text with its runs of blanks, which part its columns."""
    return decoded(TAG.sub("", markup) if "<" in markup else markup)


def decoded(text: str) -> str:
    """HTML entities as characters; only whole ones, so that `R&Dcopy` stays what it is."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text).replace("\xa0", " ").replace("\xad", "")


def blocks_of(fragment: Fragment) -> list[Block]:
    """The blocks of a cell, each with the strongest border before it; the first has the border of the cell."""
    cell, position = _Cell(fragment.border), 0
    for found in _BREAK.finditer(fragment.markup):
        cell.words.append(fragment.markup[position : found.start()])
        position = found.end()
        if not found["name"]:
            cell.part(Border.BLANK if found[0].count("\n") > 1 else Border.SOFT)
        elif _parts(name := found["name"].lower()):
            cell.tag(name, found[0], opens=not found["close"])
    cell.words.append(fragment.markup[position:])
    cell.part(Border.NONE)
    return cell.blocks


def number_items(blocks: list[Block], ordinal: int) -> int:
    """Give the items of an <ol> without printed markers those that a reader of the page would see.

    `ordinal` is the last one given on the page before, 0 for none: a list goes on over a page's end. Returns the last.
    """
    marked = {block.listing for block in blocks if split_marker(block.text)[0]}
    goes_on = blocks[0].listing if blocks and blocks[0].border is Border.PAGE and blocks[0].ordinal == 1 else 0
    last = 0
    for block in blocks:
        last = 0
        if block.listing and block.listing not in marked:
            last = block.ordinal + (ordinal if block.listing == goes_on else 0)
            block.text = f"{_shown(block.style, last)} {block.text}".strip()
    return last


class _Cell:
    """The blocks of a cell as they grow."""

    def __init__(self, border: Border) -> None:
        self.blocks: list[Block] = []
        self.words: list[str] = []
        self._first = border
        self._border = Border.NONE
        self._lists: list[tuple[int, str, int]] = []  # open lists: which (0 for <ul>), marker style, items so far
        self._item = (0, "", 0)
        self._count = 0

    def part(self, border: Border) -> None:
        """End the block that is open; the next one has at least this border."""
        text = _words("".join(self.words)).strip()
        self.words = []
        if text:
            self.blocks.append(Block(self._border if self.blocks else self._first, text, *self._item))
            self._border, self._item = Border.NONE, (0, "", 0)
        elif border is self._border is Border.SOFT:
            border = Border.BLANK
        self._border = max(self._border, border)

    def tag(self, name: str, tag: str, opens: bool) -> None:
        if name not in _BORDERS:
            self.words.append(" ")
            return
        self.part(_BORDERS[name])
        if name in ("ol", "ul") and opens:
            self._count += 1
            which = self._count if name == "ol" and not _NO_STYLE.search(tag) else 0
            start = _START.search(tag)
            self._lists.append((which, _style(tag, len(self._lists)), int(start[1]) - 1 if start else 0))
        elif name in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif name == "li" and opens and self._lists:
            which, style, items = self._lists[-1]
            self._item = self._lists[-1] = (which, style, items + 1)


def _parts(name: str) -> bool:
    return name in _BORDERS or name in ("td", "th")


def _words(text: str) -> str:
    """Text without the signs of bold print, its entities as characters."""
    return decoded(_BOLD.sub(r"\1", text) if "**" in text else text)


def _style(tag: str, depth: int) -> str:
    """How an <ol> numbers its items: by its `type`, else as the office does at that depth."""
    given = _TYPE.search(tag)
    return f"{given[1]}." if given else ("1.", "a.", "1)", "a)")[min(depth, 3)]


def _shown(style: str, ordinal: int) -> str:
    kind, stop = style[0], style[1]
    if kind in "aA":
        return chr(ord(kind) + ordinal - 1) + stop if ordinal <= 26 else ""
    if kind in "iI":
        roman = "x" * (ordinal // 10) + _UNITS[ordinal % 10]
        return (roman if kind == "i" else roman.upper()) + stop
    return f"{ordinal}{stop}"
