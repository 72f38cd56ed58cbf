"""From the text of a scan to its pieces: rows of table cells, and lines outside of tables.

Scans come with rows as tabs, Markdown pipes or HTML tables, or as plain lines. What a piece means (a heading, a
component, the rest of a cell) is told in `sections`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A row of cells, or a line (then one cell). Markup inside is kept as it stands."""

    cells: tuple[str, ...]
    is_row: bool
    after_blank: bool  # an empty line, or the edge of a table, stands before it


_BLANKS = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_INVISIBLE = dict.fromkeys([0xFEFF, 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0], "")
_LINE_ENDS = {0x0B: "\n", 0x0C: "\n\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_CHARACTERS = {**_BLANKS, **_INVISIBLE, **_LINE_ENDS}
_UNSEEN = re.compile(r"<!doctype[^<>]*>|<!--.*?-->|<\?xml[^<>]*>", re.IGNORECASE | re.DOTALL)
_HIDDEN = ("head", "style", "script")  # elements whose content no reader of the page sees
_TABLE_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>table|thead|tbody|tfoot|tr|td|th|caption)(?=[\s/>])[^<>]*>", re.IGNORECASE
)
_TR = re.compile(r"<tr(?=[\s>]).*?(?:</tr\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_CELL_LINE = re.compile(r"(?=[^\n]*[^\s<])[^\n]*(?:\t|\|)[^\n]*\Z")
_RULE = re.compile(r"[\s|+:=_-]*[-=_]{2,}[\s|+:=_-]*|\|[\s|:-]*-[\s|:-]*\|")
_PIPE = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([\\|*_.#()\[\]+!<>~`-])")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_EDGE = re.compile(r"(?=<(?:h[1-6]|p|div|ol|ul)[\s>])|(?<=</p>)|(?<=</div>)|(?<=</h[1-6]>)", re.IGNORECASE)
_TAG_BEGUN = re.compile(r"<(?:/?(?:[A-Za-z][^<>\n]*)?)?\Z")
_OUTER_CLOSED = re.compile(r"</(?:table|tbody|body|html|ol|ul)\s*>\Z", re.IGNORECASE)
_SPAN = re.compile(r"\b(?P<what>col|row)span\s*=\s*[\"']?(?P<count>\d{1,3})", re.IGNORECASE)


def cleaned(text: str) -> str:
    """One kind of line end and of blank, nothing invisible, nothing that a reader of the page would not see."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CHARACTERS)
    if "<" not in text:
        return text
    for name in _HIDDEN:
        parts = re.split(rf"<{name}(?=[\s>])[^<>]*>", text, flags=re.IGNORECASE)
        closed = [re.split(rf"</{name}\s*>", part, maxsplit=1, flags=re.IGNORECASE) for part in parts[1:]]
        text = parts[0] + "".join(part[-1] for part in closed)
    return _UNSEEN.sub("", text)


def pieces(text: str) -> Iterator[Piece]:
    """The rows and lines of a `cleaned` text, in order."""
    position = 0
    for start, end in _tables(text):
        yield from _lines(text[position:start])
        yield from _html_rows(text[start:end])
        position = end
    yield from _lines(text[position:])


def _tables(text: str) -> Iterator[tuple[int, int]]:
    """Where HTML tables stand; a table inside a cell of a tabbed or piped row belongs to that cell."""
    depth, start = 0, -1
    if "<table" not in text.lower():
        yield from (found.span() for found in _TR.finditer(text) if not _in_cell(text, found.start()))
        return
    for tag in _TABLE_TAG.finditer(text):
        if tag["name"].lower() != "table":
            continue
        if not tag["close"]:
            start = tag.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and not _in_cell(text, start):
                yield start, tag.end()
    if depth and not _in_cell(text, start):
        yield start, len(text)


def _in_cell(text: str, position: int) -> bool:
    return _CELL_LINE.match(text, text.rfind("\n", 0, position) + 1, position) is not None


def _html_rows(table: str) -> Iterator[Piece]:
    """The rows of an HTML table; what `colspan` and `rowspan` cover are empty cells. Tables in cells stay markup."""
    depth, row, start, extra = 0, list[str](), -1, 0
    covered: dict[int, int] = {}  # column -> how many of the next rows a cell above covers
    for tag in _TABLE_TAG.finditer(table):
        name, closes = tag["name"].lower(), bool(tag["close"])
        if name == "table":
            depth += -1 if closes else 1
        if depth > 1 or (name == "table" and closes and depth):
            continue
        if start >= 0:
            row += [table[start : tag.start()].strip()] + [""] * extra
            start = -1
        if name in ("tr", "table", "caption") and row:
            yield _row(_covered(row, covered, whole=True))
            row = []
        if name in ("td", "th", "caption") and not closes:
            row = _covered(row, covered)
            spans = {span["what"].lower(): int(span["count"]) for span in _SPAN.finditer(tag[0])}
            extra, start = min(spans.get("col", 1) - 1, 20), tag.end()
            covered.update({len(row) + i: spans["row"] - 1 for i in range(extra + 1)} if "row" in spans else {})
    if start >= 0:
        row.append(table[start:].strip())
    if row:
        yield _row(row)


def _covered(row: list[str], covered: dict[int, int], whole: bool = False) -> list[str]:
    """The row with the empty cells that stand next in it; to its end with `whole`."""
    while covered.get(len(row), 0) > 0 or (whole and any(n > 0 for column, n in covered.items() if column > len(row))):
        if covered.get(len(row), 0) > 0:
            covered[len(row)] -= 1
        row.append("")
    return row


def _row(cells: list[str]) -> Piece:
    return Piece(tuple(cells), is_row=True, after_blank=False)


def _lines(text: str) -> Iterator[Piece]:
    after_blank, in_pipes = True, False
    for line in re.split(r" *\n", text):
        if not line.strip():
            after_blank, in_pipes = True, False
        elif not _RULE.fullmatch(line):
            for cells in _cells(line, in_pipes):
                yield Piece(cells, is_row=len(cells) > 1, after_blank=after_blank)
                after_blank = False
            in_pipes = "|" in line and not line.endswith("|")


def _cells(line: str, in_pipes: bool) -> Iterator[tuple[str, ...]]:
    """The row of cells that a line is, else each of its paragraphs. `in_pipes`: a piped cell was left open."""
    if "\t" in line:
        yield tuple(cell.strip() for cell in line.split("\t"))
    elif line.lstrip().startswith("|") or len(_PIPE.findall(line)) > 1:
        yield _piped(line)
    else:
        whole = line.rstrip("| ") if in_pipes else line
        for part in _EDGE.split(whole) if "<" in whole else (whole,):
            if part.strip():
                yield (_unmarked(part.strip()),)


def _piped(line: str) -> tuple[str, ...]:
    line = line.strip()
    line = line[1:] if line.startswith("|") else line
    line = line[:-1] if line.endswith("|") and not line.endswith("\\|") else line
    return tuple(_unmarked(cell.strip()) for cell in _PIPE.split(line))


def _unmarked(text: str) -> str:
    """Without Markdown's backslashes and italics."""
    text = _ITALIC.sub(r"\1", text) if "*" in text else text
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def ends_in_markup(text: str) -> bool:
    """Does the text break off inside a tag, or with a list, paragraph, row or table open that is closed elsewhere?"""
    text = text.rstrip()
    if _TAG_BEGUN.search(text, max(len(text) - 300, 0)):
        return True
    if _left_open(text, "table"):
        return True
    line_of_cells = text.rfind("\n", 0, max(text.rfind("\t"), text.rfind("\n|") + 1, 0)) + 1
    start = max(line_of_cells, text.lower().rfind("<tr"))
    before, tail = text[:start], text[start:]
    if _left_open(tail, "ol") or _left_open(tail, "ul"):
        return True
    if _OUTER_CLOSED.search(tail):
        return False
    return any(_left_open(tail, name) and not _left_open(before, name) for name in ("li", "p", "tr", "td"))


def _left_open(text: str, name: str) -> bool:
    tags = re.findall(rf"<(/?){name}(?=[\s>])", text, re.IGNORECASE)
    return tags.count("") > tags.count("/")
