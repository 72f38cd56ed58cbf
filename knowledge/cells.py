"""The text of one component out of the pieces of table cells it was scanned into.

A scan holds text with tags strewn in, cut where pages ended; it is no HTML document. A tree parser would repair exactly what
must be seen here, so tags only mark borders: where a block begins, and how strongly. The printed markers say the rest.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from knowledge.outline import GLUED, MARKER, Levels, Place, split_marker


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
class _Block:
    border: Border
    text: str
    listing: int = 0  # which <ol> it is an item of; 0 for none
    style: str = ""  # how a browser would show its marker: `1.`
    ordinal: int = 0


_BORDERS = {
    "li": Border.ITEM,
    "br": Border.SOFT,
    "tr": Border.SOFT,
    **dict.fromkeys(
        ["p", "div", "ol", "ul", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "caption", "section", "article", "center", "blockquote", "pre", "hr"],
        Border.PARAGRAPH,
    ),
}
_BLANK_TAGS = {"td", "th"}
_INLINE = (
    "b i u s em strong span font small big sup sub a del ins mark code tt label html body col colgroup img nobr wbr"
)
TAG = re.compile(
    rf"</?({'|'.join(sorted({*_BORDERS, *_BLANK_TAGS, *_INLINE.split()}, key=len, reverse=True))})(?=[\s/>])[^<>]*>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(rf"{TAG.pattern}|\n\s*\n|\n", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_BLANKS = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?:[.;:!?]|;\s*(?:dan|atau|dan/atau))[\"”’')\]]*$")
_SEPARATED = re.compile(r"(?:[.;:]|[;,]\s*(?:dan|atau|dan/atau))$")
_REFERENCE = re.compile(  # a number after one of these words belongs to the sentence
    r"\b(?:nomor|no|pasal|ayat|huruf|jalan|jl|jln|rt|rw|pukul|rp|sebesar|paling lambat|selama|minimal|maksimal)\.?\s*$",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"\b(?:kec|kab|kel|no|jl|jln|jend|dr|ir|drs|hj|st|tel|telp|a\.n|s\.d|u\.p|d\.a)\.$", re.IGNORECASE
)


def plain(markup: str) -> str:
    """The words of a piece of markup on one line, for telling what it is."""
    if "<" in markup:
        markup = TAG.sub(lambda tag: "" if _is_inline(tag[1]) else " ", markup)
    return _BLANKS.sub(" ", decoded(_EMPHASIS.sub(r"\2", markup))).strip()


def decoded(text: str) -> str:
    """HTML entities as characters; only whole ones, so that `R&Dcopy` stays what it is."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text).replace("\xa0", " ").replace("\xad", "")


def joined(line: str, text: str) -> str:
    """Two parts of a sentence that a line's end parted: `Undang-` and `Undang` lost no blank between them."""
    hyphenated = len(line) > 1 and line[-1] == "-" and line[-2].isalnum() and text[0].isalpha()
    return line + ("" if hyphenated or (line.endswith("dan/") and text.startswith("atau")) else " ") + text


def component_text(fragments: Iterable[Fragment]) -> str:
    """The canonical text of a component: one item or paragraph a line, with its printed marker; "" if there is none."""
    lines, ordinal = _Lines(), 0
    for fragment in fragments:
        blocks = _blocks(fragment)
        ordinal = _number(blocks, ordinal)
        for block in blocks:
            lines.add(block)
    return "\n".join(lines.lines)


def _is_inline(tag: str | None) -> bool:
    return tag is not None and tag.lower() not in _BORDERS and tag.lower() not in _BLANK_TAGS


def _blocks(fragment: Fragment) -> list[_Block]:
    """The blocks of a cell, each with the strongest border before it. Runs of blanks are kept: they part items, too."""
    blocks: list[_Block] = []
    border, words = Border.NONE, [""]
    lists: list[tuple[int, str, int]] = []  # open lists: which (0 for <ul>), its marker style, the items so far
    item, count = (0, "", 0), 0

    def close() -> None:
        text = _EMPHASIS.sub(r"\2", decoded("".join(words))).strip()
        if text:
            blocks.append(_Block(border if blocks else fragment.border, text, *item))

    position = 0
    for found in _BREAK.finditer(fragment.markup):
        words.append(fragment.markup[position : found.start()])
        position = found.end()
        tag = (found[1] or "").lower()
        if tag in _BLANK_TAGS:
            words.append(" ")
        elif not tag and found[0].startswith("<"):  # a comment
            continue
        elif not _is_inline(tag or None):
            strength = _BORDERS[tag] if tag else Border.BLANK if found[0].count("\n") > 1 else Border.SOFT
            if "".join(words).strip():
                close()
                border, item = Border.NONE, (0, "", 0)
            elif strength is border is Border.SOFT:
                strength = Border.BLANK
            words = [""]
            border = max(border, strength)
            if tag in ("ol", "ul") and found[0][1] != "/":
                count += 1
                lists.append((count if tag == "ol" else 0, _style(found[0], len(lists)), _first(found[0]) - 1))
            elif tag in ("ol", "ul") and lists:
                lists.pop()
            elif tag == "li" and found[0][1] != "/" and lists:
                which, style, items = lists[-1]
                item = lists[-1] = (which, style, items + 1)
    words.append(fragment.markup[position:])
    close()
    return blocks


def _style(tag: str, depth: int) -> str:
    """How an <ol> numbers its items: its `type`, else what the office prints at that depth; "" for none."""
    if re.search(r"list-style(?:-type)?\s*:\s*none", tag, re.IGNORECASE):
        return ""
    given = re.search(r"\btype\s*=\s*[\"']?([1aAiI])", tag)
    return f"{given[1]}." if given else ("1.", "a.", "1)", "a)")[min(depth, 3)]


def _first(tag: str) -> int:
    given = re.search(r"\bstart\s*=\s*[\"']?(\d{1,3})", tag)
    return int(given[1]) if given else 1


def _shown(style: str, ordinal: int) -> str:
    if not style or (style[0] in "aA" and not 1 <= ordinal <= 26):
        return ""
    if style[0] in "aA":
        return chr(ord(style[0]) + ordinal - 1) + style[1]
    if style[0] in "iI":
        roman = "x" * (ordinal // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[ordinal % 10]
        return (roman if style[0] == "i" else roman.upper()) + style[1]
    return f"{ordinal}{style[1]}"


def _number(blocks: list[_Block], ordinal: int) -> int:
    """Give the items of an <ol> without printed markers those that a reader of the page would see.

    `ordinal` is the last one given on the page before, 0 for none: a list goes on over a page's end. Returns the new last one.
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


class _Lines:
    """The lines of a component as they grow, block by block."""

    __slots__ = ("_levels", "lines")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._levels = Levels()

    def add(self, block: _Block) -> None:
        text = block.text
        if not self.lines:
            text = text.lstrip(": ")
        if not text:
            return
        first = MARKER.match(text) or (GLUED.match(text) if block.border is not Border.PAGE else None)
        place = self._place(first["marker"], self._end) if first else None
        start, after = 0, 0
        if first and place and self._begins_item(place, block.border, text[first.end() :]):
            self._levels.enter(place)
            self._line(first["marker"], "")
            start = after = first.end()
        elif not self.lines or not self._goes_on(text, block.border):
            self._line("", "")
        for found in _inner_markers(text, after):
            before = text[start : found.start()]
            place = self._place(found["marker"], before.rstrip())
            if self._parts_items(place, before):
                self._extend(before)
                self._levels.enter(place)
                self._line(found["marker"], "")
                start = found.end()
        self._extend(text[start:])

    @property
    def _end(self) -> str:
        """The end of the last line, long enough to tell whether its sentence is over."""
        return self.lines[-1][-60:] if self.lines else ":"

    def _place(self, marker: str, before: str) -> Place:
        return self._levels.place(marker, after_colon=before.endswith(":"))

    def _line(self, marker: str, text: str) -> None:
        self.lines.append(f"{marker} {text}".strip())

    def _extend(self, text: str) -> None:
        text = _BLANKS.sub(" ", text).strip()
        line = self.lines[-1]
        if text:
            self.lines[-1] = joined(line, text) if line else text

    def _begins_item(self, place: Place, border: Border, rest: str) -> bool:
        """Does a marker at the beginning of a block begin an item, or is it a number that a line's end pushed there?"""
        if border is Border.ITEM or not self.lines:
            return True
        closed = _closed(self._end)
        if border in (Border.PARAGRAPH, Border.BLANK):
            return closed or place.fit in ("next", "start", "gap") or place.kind.startswith("number")
        if _REFERENCE.search(self._end):
            return False
        if place.fit == "next":
            return True
        if place.fit == "start":
            return closed or (place.kind.startswith(("number", "lower")) and rest[:1].isupper())
        return closed or (place.fit == "gap" and place.ordinal <= place.previous + 3 and rest[:1].isupper())

    def _parts_items(self, place: Place, before: str) -> bool:
        """Does a marker inside a block part two items? Only the successor does, after a stop, or the first after a colon."""
        wide = len(before) - len(before.rstrip()) > 1
        words = before.rstrip()
        if place.kind == "bullet" or _REFERENCE.search(words) or (not wide and _ABBREVIATION.search(words)):
            return False
        if place.fit == "next":
            return wide or _SEPARATED.search(words) is not None
        return place.fit == "start" and (wide or words.endswith(":"))

    def _goes_on(self, text: str, border: Border) -> bool:
        """Is an unmarked block the rest of the line before it?"""
        end = self._end
        if split_marker(end) == (end, ""):  # a marker alone on its line
            return True
        if border is Border.PAGE:
            return True
        if border is Border.SOFT:
            heads_list = text.endswith(":") and all(word[0].isupper() for word in text.split())
            return not (heads_list and _closed(end))
        return border is not Border.ITEM and not _closed(end) and (text[0].islower() or text[0] == "(")


def _inner_markers(text: str, start: int) -> Iterable[re.Match[str]]:
    """Everything after a blank inside a block that looks like a marker; the last may have its text on the next page."""
    position = start
    while (blank := text.find(" ", position)) >= 0:
        position = blank + 1
        if found := MARKER.match(text, position):
            yield found


def _closed(line: str) -> bool:
    return bool(_SENTENCE_END.search(line)) and not _ABBREVIATION.search(line)
