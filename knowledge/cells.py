"""The text of one component out of the fragments of cells it was scanned into.

The printed markers say where items begin. A number that the end of a line or page has pushed to the front is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.markup import Block, Border, Fragment, blocks_of, number_items
from knowledge.outline import GLUED, MARKER, Levels, Place, split_marker

_RUN = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?:[.;:!?]|;\s*(?:dan|atau|dan/atau))[\"”’')\]]*$")
_SEPARATED = re.compile(r"(?:[.;:]|[;,]\s*(?:dan|atau|dan/atau))$")
_REFERENCE = re.compile(  # a number after one of these words belongs to the sentence
    r"\b(?:nomor|no|pasal|ayat|huruf|jalan|jl|jln|rt|rw|pukul|rp|sebesar|paling lambat|selama|minimal|maksimal)\.?\s*$",
    re.IGNORECASE,
)
_TAIL = 60  # characters, enough to tell whether a sentence is over
_ABBREVIATION = re.compile(
    r"\b(?:kec|kab|kel|no|jl|jln|jend|dr|ir|drs|hj|st|tel|telp|a\.n|s\.d|u\.p|d\.a)\.$", re.IGNORECASE
)


def component_text(fragments: Iterable[Fragment]) -> str:
    """The canonical text of a component: one item or paragraph a line with its printed marker; "" if there is none."""
    lines, ordinal = _Lines(), 0
    for fragment in fragments:
        blocks = blocks_of(fragment)
        ordinal = number_items(blocks, ordinal)
        for block in blocks:
            lines.add(block)
    return "\n".join(lines.lines)


def joined(line: str, text: str) -> str:
    """Two parts of a sentence that a line's end parted: `Undang-` and `Undang` lost no blank between them."""
    hyphenated = len(line) > 1 and line[-1] == "-" and line[-2].isalnum() and text[0].isalpha()
    return line + ("" if hyphenated or (line.endswith("dan/") and text.startswith("atau")) else " ") + text


class _Lines:
    """The lines of a component as they grow, block by block."""

    __slots__ = ("_levels", "lines")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._levels = Levels()

    def add(self, block: Block) -> None:
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
            before = text[max(start, found.start() - _TAIL) : found.start()]
            place = self._place(found["marker"], before.rstrip())
            if self._parts_items(place, before):
                self._extend(text[start : found.start()])
                self._levels.enter(place)
                self._line(found["marker"], "")
                start = found.end()
        self._extend(text[start:])

    @property
    def _end(self) -> str:
        """The end of the last line."""
        return self.lines[-1][-_TAIL:] if self.lines else ":"

    def _place(self, marker: str, before: str) -> Place:
        return self._levels.place(marker, after_colon=before.endswith(":"))

    def _line(self, marker: str, text: str) -> None:
        self.lines.append(f"{marker} {text}".strip())

    def _extend(self, text: str) -> None:
        text = _RUN.sub(" ", text).strip()
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
        """Does a marker inside a block part two items? The successor does after a stop, the first after a colon."""
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


def _inner_markers(text: str, start: int) -> Iterator[re.Match[str]]:
    """Everything after a blank inside a block that looks like a marker; the last may have its text on the next page."""
    position = start
    while (blank := text.find(" ", position)) >= 0:
        position = blank + 1
        if found := MARKER.match(text, position):
            yield found


def _closed(line: str) -> bool:
    return bool(_SENTENCE_END.search(line)) and not _ABBREVIATION.search(line)
