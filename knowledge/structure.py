"""What a piece of a scan is by itself: the head of the table, a part's row, or the row of a component.

Labels on plain lines may be broken over several lines, with or without their number, a colon, or the text of the right
column beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from knowledge import labels
from knowledge.headings import without_marks
from knowledge.markup import plain, untagged
from knowledge.outline import LOOKALIKES
from knowledge.scan import Piece


@dataclass(frozen=True, slots=True)
class Head:
    """NO, KOMPONEN, URAIAN with the row of column numbers below it; or a page number."""

    length: int  # in pieces
    of_table: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    letter: str  # A: service delivery, B: manufacturing
    length: int


@dataclass(frozen=True, slots=True)
class Row:
    """The beginning of a component: its number, its label as printed, and what stands beside it."""

    number: int | None
    label: str
    body: str
    component: labels.Label | None
    length: int


_NUMBER = re.compile(r"(?:[A-Z]\.?\s*)?(?P<number>\d{1,2}|(?=[lIO|]?\d|[lI|]$)[\dlIO|]{1,2})\s*[.)]?")
_LINE = re.compile(r"(?:(?P<number>\d{1,2}|[lI|]\d|\d[lIO|])[.)]?(?:\s+|$))?(?P<words>.*)", re.DOTALL)
_BESIDE = re.compile(r"\s*:\s*|\s{2,}")
_COLUMN_NUMBERS = re.compile(r"\(?1\)?\s+\(?2\)?\s+\(?3\)?")
_FURNITURE = re.compile(
    r"[-–—]\s*\d{1,4}\s*[-–—]|(?:halaman|hal\.?|page)\s+\d{1,4}(?:\s*(?:dari|of|/)\s*\d{1,4})?", re.IGNORECASE
)
_GLANCE = 300  # characters


class Structure:
    """The pieces of a scan with what each is by itself, told once and kept."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self._known: dict[int, Head | Part | Row | None] = {}

    def at(self, index: int) -> Head | Part | Row | None:
        """What begins at a piece; None for text that goes on, for headings, and past the end."""
        if index not in self._known:
            inside = index < len(self.pieces)
            self._known[index] = self._head(index) or self._part(index) or self._row(index) if inside else None
        return self._known[index]

    def first_component(self, index: int) -> int | None:
        """The component whose row comes next, past heads and parts; 0 for part A, None when text goes on instead."""
        while isinstance(found := self.at(index), Head | Part):
            if isinstance(found, Part) and found.letter == "A":
                return 0
            index += found.length
        return found.component.component if found and found.component else None

    @cached_property
    def cells(self) -> list[tuple[str, ...]]:
        """The words of the cells of each piece; of long ones only the beginning, enough to tell what they are."""
        return [tuple(plain(cell[:_GLANCE]) for cell in piece.cells) for piece in self.pieces]

    @cached_property
    def words(self) -> list[str]:
        """The same for each piece as a whole."""
        return [" ".join(filter(None, cells)) for cells in self.cells]

    def _head(self, index: int) -> Head | None:
        """A head row or line, or one with each word on a line of its own; page numbers before it belong to it."""
        words = self.words[index]
        following = " ".join(self.words[index + 1 : index + 2])
        if _FURNITURE.fullmatch(words) or (words.isdigit() and labels.is_head(tuple(following.split()))):
            return Head(1, of_table=False)
        length = 3 if labels.key(words) in (("no",), ("nomor",)) else 1
        if not labels.is_head(tuple(" ".join(self.words[index : index + length]).split())):
            return None
        numbers = " ".join(self.words[index + length : index + length + 1])
        return Head(length + 1 if _COLUMN_NUMBERS.fullmatch(numbers) else length)

    def _part(self, index: int) -> Part | None:
        letter, length = labels.part_of(self.words[index]), 1
        if letter is None and re.fullmatch(r"[AB]\.?", self.words[index]) and index + 1 < len(self.words):
            letter, length = labels.part_of(self.words[index + 1]), 2
        if letter is None or self._row(index):
            return None
        for more in self.words[index + length : index + length + 3]:
            if "meliputi" in self.words[index + length - 1].lower() or not labels.ends_part(more):
                break
            length += 1
        return Part(letter, length)

    def _row(self, index: int) -> Row | None:
        cells = self.pieces[index].cells
        return _row_of_cells(cells, self.cells[index]) if len(cells) > 1 else self._row_of_lines(index)

    def _row_of_lines(self, index: int) -> Row | None:
        """A label on one line or several; the longest name that can be read counts."""
        number, words = _parted(self._line(index) or "")
        length = 1
        if number and not words:  # the number stands alone on its line
            words, length = self._line(index + 1) or "", 2
        if not words or not labels.may_begin_label(re.split(r"[\s/:,]", words, maxsplit=1)[0]):
            return None
        label, bodies = "", list[str]()
        best: Row | None = None
        while True:
            part, body = _beside(words)
            if label and not labels.continues_label(label, part):
                part = labels.rest_of_label(label, words) if number else ""
                body = words[len(part) :].strip()
                if not part:
                    return best
            label = f"{label} {part}".strip()
            bodies += [body] if body else []
            if name := labels.component_of_line(label):
                best = Row(number, label, "\n".join(bodies), name, length)
            following = self._line(index + length)
            if following is None or not labels.begins_label(label):
                run_on = _run_on(words) if number and not best and label == part else None
                return Row(number, *run_on, length) if run_on else best
            words, length = following, length + 1

    def _line(self, index: int) -> str | None:
        """A line outside of tables without marks, its runs of blanks kept: they part the columns of plain text."""
        if index >= len(self.pieces) or len(self.pieces[index].cells) > 1:
            return None
        return without_marks(untagged(self.pieces[index].cells[0]))


def _row_of_cells(cells: tuple[str, ...], words: tuple[str, ...]) -> Row | None:
    beside = [cell for cell, text in zip(cells[2:], words[2:], strict=True) if text not in ("", ":")]
    found = _NUMBER.fullmatch(words[0])
    if not words[0] or found:
        number, label = _read_number(found["number"]) if found else None, words[1]
        name = labels.component_of(label, number)
        if not name and label and not beside and ":" in label:  # label and text in one cell
            label, text = _beside(plain(cells[1]))
            return Row(number, label, text, name, 1) if (name := labels.component_of(label, number)) else None
        return Row(number, label, " ".join(beside), name, 1) if name or (number and beside) else None
    number, label = _parted(words[0])
    name = labels.component_of(label, number) if len(words[0]) <= 80 else None
    body = " ".join(([] if words[1] in ("", ":") else [cells[1]]) + beside)
    if name or (number and words[1].startswith(":")):
        return Row(number, label, body, name, 1)
    return None


def _run_on(words: str) -> tuple[str, str, labels.Label] | None:
    """Label, text and component of a line where nothing but the name itself parts the label from its text."""
    tokens = words.split()
    for n in range(min(len(tokens) - 1, 8), 0, -1):
        label = " ".join(tokens[:n])
        name = labels.component_of_line(label)
        if name and name.exact and labels.key(tokens[n - 1]) and (not tokens[n][0].islower() or n > 2):
            return label, words.split(None, n)[n], name
    return None


def _parted(line: str) -> tuple[int | None, str]:
    found = _LINE.fullmatch(line)
    return (_read_number(found["number"]), found["words"].strip()) if found and found["number"] else (None, line)


def _beside(words: str) -> tuple[str, str]:
    """The left column and the right one of a line of plain text."""
    found = _BESIDE.search(words)
    return (words[: found.start()], words[found.end() :]) if found else (words, "")


def _read_number(printed: str) -> int:
    return int(printed.translate(LOOKALIKES))
