"""A document as values, and how it becomes a PDF: one template sets all of them, on the office's paper.

The text travels to typst as one JSON input, so that what a citizen wrote stays text there, whatever marks it has. The
time of printing is the file's own time: equal values give equal bytes. It takes some 20 ms a page: whoever has an
event loop asks for it in a thread.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.documents.printable import printable
from bot.typesetting import OFFICE_TIME, blocks, clock
from handlers.case_printing import Paper, Person
from handlers.messages import Line
from knowledge.date_words import MONTHS

if TYPE_CHECKING:
    import typst

_TEMPLATE = Path(__file__).parent / "templates" / "document.typ"

_LONG = 800  # characters of a passage: some ten lines

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """title, number: centred below the letterhead. parts: made by the functions of this module."""

    title: str
    number: str
    parts: Sequence[Node]
    subject: str = ""  # of the file, as a reader of PDF shows it
    confidential: bool = False


def to_pdf(document: Document, paper: Paper) -> bytes:
    """The document as A4 pages."""
    by = f" oleh {paper.by}" if paper.by else ""
    data = {
        "title": document.title,
        "number": document.number,
        "subject": document.subject or document.title,
        "confidential": document.confidential,
        "letterhead": list(paper.letterhead),
        "printed": f"Dicetak dari PASTI {letter_moment(paper.at)}{by}",
        "parts": list(document.parts),
    }
    inputs = {"data": json.dumps(_printable(data), ensure_ascii=False)}
    import typst  # noqa: PLC0415 - 7 MB of memory, until somebody prints

    compiler = typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=_fonts(), sys_inputs=inputs)
    pdf = compiler.compile(format="pdf", timestamp=int(paper.at.timestamp()))
    assert isinstance(pdf, bytes)
    return pdf


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Those inside typst alone: the machine's own would make the pages differ."""
    import typst  # noqa: PLC0415 - as above

    return typst.Fonts(include_system_fonts=False)


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable(each) for key, each in value.items()}
        case list() | tuple():
            return [_printable(each) for each in value]
    return value


# ---------------------------------------------------------------- parts


def heading(text: str) -> Node:
    return {"kind": "heading", "text": text}


def facts(rows: Sequence[tuple[str, str | None]]) -> Node:
    """Names and values side by side; what has no value is left out."""
    return {"kind": "facts", "rows": [[name, value.strip()] for name, value in rows if value and value.strip()]}


def prose(text: str) -> Node:
    """Paragraphs, and lists with their markers hanging; line breaks are kept."""
    found = [
        {"apart": block.apart, "items": [{"marker": i.marker, "text": i.text, "depth": i.depth} for i in block.items]}
        for block in blocks(Line(line) for line in text.splitlines())
    ]
    return {"kind": "prose", "blocks": found}


def ending(text: str) -> Node:
    """Prose before a signature. What goes along with that to the next page is short: the end of a long passage."""
    node = prose(text)
    length = sum(len(item["text"]) for block in node["blocks"][-1:] for item in block["items"])
    if length > _LONG:
        last = node["blocks"][-1]["items"].pop()
        head, tail = _parted(last["text"])
        if head:
            node["blocks"][-1]["items"].append(last | {"text": head})
        marker = " " if head and last["marker"] else last["marker"]  # it hangs on where its beginning does
        node["blocks"].append({"apart": False, "items": [last | {"marker": marker, "text": tail}]})
        node["blocks"] = [block for block in node["blocks"] if block["items"]]
    return node


def _parted(text: str) -> tuple[str, str]:
    """The last sentences of a long text apart, where it has any; else its last words."""
    if len(text) <= _LONG:
        return "", text
    start = len(text) - _LONG // 2
    at = max((text.find(mark, start) for mark in (". ", "? ", "! ")), default=-1)
    at = at + 1 if at > 0 else text.find(" ", start)
    return (text[:at], text[at:].strip()) if at > 0 else ("", text)


def note(text: str) -> Node:
    """Small print."""
    return {"kind": "note", "text": text}


Cell = str | tuple[str, str]
"""Of a table: a text, or what it is about and more of it."""


def table(headings: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> Node:
    """widths: in parts of the whole. Its heading is repeated on every page."""
    return {"kind": "table", "headings": headings, "rows": rows, "widths": widths}


def code(label: str, text: str) -> Node:
    """Something to be typed again, large and letter by letter."""
    return {"kind": "code", "label": label, "text": text}


def new_page() -> Node:
    return {"kind": "page"}


def signature(closing: str, person: Person, on: date | datetime) -> Node:
    """Place and day, position, room to sign, name; it is never parted from the sentence before it."""
    role = [person.position or person.agency, person.agency if person.position else ""]
    return {
        "kind": "signature",
        "closing": closing,
        "place": f"Purwakarta, {letter_day(on)}",
        "role": [line for line in role if line],
        "name": person.name,
    }


# ---------------------------------------------------------------- words


def letter_day(on: date | datetime) -> str:
    """`26 November 2026`, in the office's time."""
    day = on.astimezone(OFFICE_TIME).date() if isinstance(on, datetime) else on
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def letter_moment(at: datetime) -> str:
    """`26 November 2026 pukul 14.05 WIB`."""
    return f"{letter_day(at)} pukul {clock(at)} WIB"
