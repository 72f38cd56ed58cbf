"""From the pieces of a scan to its standards: which heading, which component, which text belongs together.

A page may end anywhere, so nothing is told from one piece alone: a heading is followed by the head of a table or by
rows of components that begin anew; everything else is the rest of the component that is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge import headings, labels
from knowledge.cells import joined
from knowledge.markup import Border, Fragment, plain
from knowledge.scan import Piece
from knowledge.standards import COMPONENTS
from knowledge.structure import Head, Part, Row, Structure


@dataclass(slots=True)
class Section:
    """One component as it was scanned: its label, and its text page by page, each page as lines of markup."""

    number: int | None
    label: str
    component: labels.Label | None
    pages: list[list[str]]

    @property
    def fragments(self) -> list[Fragment]:
        borders = [Border.START] + [Border.PAGE] * (len(self.pages) - 1)
        return [Fragment(border, "\n".join(page)) for border, page in zip(borders, self.pages, strict=True)]


@dataclass(slots=True)
class Draft:
    """One standard as it was scanned."""

    heading: str
    sections: list[Section] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)
    heads: list[str] = field(default_factory=list)  # the words of table heads and labels, for the search for OCR doubts
    stray: list[str] = field(default_factory=list)  # text between or after the tables, kept out of the components

    @property
    def components(self) -> list[int]:
        """The components found so far, in the order of the scan."""
        return [section.component.component for section in self.sections if section.component]


@dataclass(frozen=True, slots=True)
class Reading:
    drafts: list[Draft]
    loose_end: str | None  # what stands at the very end and has nothing below it: a heading, a table's head, half a row


_LONGEST_LABEL = 80  # characters
_LOOKAHEAD = 8  # lines between a heading's first line and its table
_CLOSING = (
    *("Ditetapkan di", "Diundangkan di", "Salinan sesuai", "LAMPIRAN "),
    *("BUPATI ", "Pj. BUPATI ", "WAKIL BUPATI ", "SEKRETARIS DAERAH"),
)


def read_sections(pieces: list[Piece]) -> Reading:
    """All standards of a scan, in order."""
    reader = _Reader(pieces)
    index = 0
    while index < len(pieces):
        index += reader.take(index)
    return Reading([draft for draft in reader.drafts if draft.sections], reader.loose_end or _half_row(pieces))


def _half_row(pieces: list[Piece]) -> str | None:
    """The last row if it has fewer cells than any other."""
    lengths = [len(piece.cells) for piece in pieces if piece.is_row]
    last = pieces[-1] if pieces else None
    if not last or not last.is_row or len(lengths) < 6 or lengths[-1] >= min(lengths[:-1]):
        return None
    return " ".join(map(plain, last.cells))


class _Reader:
    def __init__(self, pieces: list[Piece]) -> None:
        self.structure = Structure(pieces)
        self.pieces = pieces
        self.drafts: list[Draft] = []
        self.loose_end: str | None = None
        self._preamble: list[str] = []  # the last lines before the first standard
        self._paged = False  # a table head stands between here and the last text
        self._part_a = False  # part A was headed since the last component
        self._closed = False  # the table has ended
        self._in_rows = False  # the open component began in a row of cells, not on a line

    @property
    def _draft(self) -> Draft | None:
        return self.drafts[-1] if self.drafts else None

    @property
    def _section(self) -> Section | None:
        return self._draft.sections[-1] if self._draft and self._draft.sections else None

    @property
    def _known(self) -> list[int]:
        return self._draft.components if self._draft else []

    def take(self, index: int) -> int:
        """Take in what begins at a piece; how many pieces that was."""
        found = self.structure.at(index)
        match found:
            case Head():
                self._paged = True
                if found.of_table and len(self._known) < len(COMPONENTS):
                    self.loose_end = self.structure.words[index]
                if self._draft:
                    self._draft.heads += self.structure.words[index : index + found.length]
                return found.length
            case Part():
                self.loose_end = self.structure.words[index]
                self._part_a = self._part_a or found.letter == "A"
                if self._draft:
                    self._draft.parts.add(found.letter)
                return found.length
            case Row():
                if self._take_row(found, self.pieces[index]):
                    self.loose_end = None
                    return found.length
        heading = self._heading(index)
        if heading:
            self._begin(heading[0])
            self.loose_end = heading[0]
            return heading[1]
        self.loose_end = self._heading_at_end(index)
        self._go_on(index)
        return 1

    def _begin(self, heading: str) -> None:
        self.drafts.append(Draft(heading))
        self._paged = self._part_a = self._closed = False
        self._preamble = []

    def _take_row(self, row: Row, piece: Piece) -> bool:
        """Begin a component, or go on with it on a new page; False when the words are only text of the open one."""
        component, section = row.component and row.component.component, self._section
        known = self._known
        if not piece.is_row and not component:
            return False
        if (
            section
            and row.number is None
            and (section.pages == [[""]] or labels.continues_label(section.label, row.label))
        ):
            return False  # the rest of a label that was broken over rows, or text that begins like its label
        if section and component and component in known:
            current = section.component and section.component.component
            if component == current and (piece.is_row or self._paged):
                self._append(row.body)
                return True
            anew = self._part_a or (component == 1 and len(known) > 6 and (piece.is_row or self._paged))
            if not anew and not piece.is_row:
                return False
            if anew:
                self._begin("")
        if not self._draft:
            if not component:
                return False
            self._begin(" ".join(self._preamble))
        assert self._draft
        self._draft.heads.append(row.label)
        self._draft.sections.append(Section(row.number, row.label, row.component, [[row.body]]))
        self._paged = self._part_a = self._closed = False
        self._in_rows = len(piece.cells) > 1
        return True

    def _go_on(self, index: int) -> None:
        """The piece is text that goes on with the open component, or stands outside of all."""
        piece, words, section, draft = self.pieces[index], self.structure.words[index], self._section, self._draft
        if not draft or not section:
            if piece.after_blank:
                self._preamble = []
            self._preamble.append(headings.without_marks(words))
            return
        if self._extends_label(index, section):
            return
        if len(piece.cells) > 1:
            self._closed = False
            filled = zip(piece.cells, self.structure.cells[index], strict=True)
            self._append(" ".join(cell for cell, text in filled if text))
        elif self._stands_outside(piece, words):
            self._closed = True
            draft.stray += [plain(piece.cells[0])] if words else []
        elif self._paged:
            self._closed = False
            self._append(piece.cells[0])
        else:
            section.pages[-1] += ["", piece.cells[0]] if piece.after_blank else [piece.cells[0]]

    def _extends_label(self, index: int, section: Section) -> bool:
        """A label broken over rows or lines goes on in the column of labels, or anywhere before its text has begun."""
        words = self.structure.cells[index]
        column = 0 if words[0] else 1
        more, empty = words[column] if column < len(words) else "", section.pages == [[""]]
        if len(more) > _LONGEST_LABEL or not (column or empty) or not labels.continues_label(section.label, more):
            return False
        section.label += f" {more}"
        section.component = labels.component_of(section.label, section.number)
        self._append(" ".join(self.pieces[index].cells[column + 1 :]).strip())
        return True

    def _append(self, markup: str) -> None:
        assert self._section
        if markup:
            self._section.pages.append([markup])
            self._paged = False

    def _stands_outside(self, piece: Piece, words: str) -> bool:
        """Is a line no part of the table: a signature, the next annex, a note between tables?"""
        if self._paged:
            return False
        if self._closed or words.startswith(_CLOSING):
            return True
        capitals = words.isupper() and words[0].isalpha() and sum(len(word) > 3 for word in words.split()) > 1
        return piece.after_blank and (self._in_rows or capitals) and not words[:1].islower()

    def _heading(self, index: int) -> tuple[str, int] | None:
        """The heading that begins at a piece and how many pieces it takes; None when the piece is none."""
        first = self._heading_line(index)
        if first is None:
            return None
        text, following = self._wrapped(index, first)
        if following is None:
            return None
        follow = self.structure.at(following)
        if follow is None:
            return None
        component = self.structure.first_component(following)
        if not self._is_heading(index, text, component, isinstance(follow, Head)):
            return None
        return text, following - index

    def _heading_at_end(self, index: int) -> str | None:
        """The line, if nothing but a table's head follows it and it looks like the heading of the next standard."""
        near_end = index + 2 * _LOOKAHEAD > len(self.pieces)
        text = self._heading_line(index) if self._draft and near_end else None
        if text is None:
            return None
        whole, following = self._wrapped(index, text)
        if following is None:
            return None
        while isinstance(follow := self.structure.at(following), Head | Part):
            following += follow.length
        if following < len(self.pieces):
            return None
        marked = headings.has_marks(self.pieces[index].cells[0]) and self.pieces[index].after_blank
        number = headings.read_heading(whole).number
        return whole if (headings.is_telling(whole) and number is not None) or marked else None

    def _heading_line(self, index: int) -> str | None:
        """The words of a piece that may begin a heading."""
        words = self.structure.cells[index]
        if any(words[2:]):
            return None
        text = headings.without_marks(self.structure.words[index])
        found = headings.numbered(text)
        if found and (found[2] or headings.is_telling(text)):
            return text
        first = not self.drafts and headings.has_marks(self.pieces[index].cells[0])
        return text if first or headings.is_telling(text) else None

    def _wrapped(self, index: int, text: str) -> tuple[str, int | None]:
        """The whole heading, and the piece where the table begins; None when a later line begins the heading."""
        joins = True
        for following in range(index + 1, index + 2 + _LOOKAHEAD):
            if following >= len(self.pieces) or self.structure.at(following):
                return text, following
            line = headings.without_marks(self.structure.words[following])
            if len(self.pieces[following].cells) > 1 or _begins_heading(line):
                return text, None
            parted = self.pieces[following].after_blank and not (headings.is_open(text) or headings.goes_on(line))
            joins = joins and not parted
            text = joined(text, line) if joins and line else text
        return text, None

    def _is_heading(self, index: int, text: str, component: int | None, head_follows: bool) -> bool:
        """Weigh what speaks for a heading; before the first standard, the table below it is enough."""
        if component is None:
            return False
        draft = self._draft
        if not draft or not draft.sections:
            return True
        piece, number = self.pieces[index], headings.read_heading(text).number
        anew = component == 0 or component in draft.components
        last = headings.read_heading(draft.heading).number
        score = (
            3 * anew
            + 2 * headings.is_telling(text)
            + 2 * headings.has_marks(piece.cells[0])
            + piece.after_blank
            + head_follows
            + (number is not None and last is not None and number == last + 1)
            - 2 * text.endswith((";", ",", ":", "."))
        )
        return score >= 4


def _begins_heading(line: str) -> bool:
    found = headings.numbered(line)
    return found is not None and found[2]
