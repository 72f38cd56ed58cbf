"""From lines to the markup of Telegram and of WhatsApp. What the text says stays as it is, letter for letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby

from handlers.messages import Line

_JOINER = "\u2060"  # WORD JOINER: no width, and no line is broken at it
_FENCE = "```"
_LONG_TICKS = re.compile("`{3,}")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_MARKS = {  # per marker: where WhatsApp lets it open and where it lets it close a run
    mark: (
        re.compile(rf"(?<![^\W_]){re.escape(mark)}(?=[^\s{_JOINER}])"),
        re.compile(rf"(?<=\S){re.escape(mark)}(?![^\W_])"),
    )
    for mark in "*_~`"
}


def telegram_html(lines: Sequence[Line]) -> str:
    """For parse_mode HTML. A menu is left out: Telegram's buttons show it."""
    blocks: list[str] = []
    for style, group in groupby(_without_menu(lines), key=lambda line: line.style):
        texts = [escape(line.text, quote=False) for line in group]
        match style:
            case "quote":
                blocks.append(_tagged("blockquote", "\n".join(texts)))
            case "strong":
                blocks += [_tagged("b", text) for text in texts]
            case "source":
                blocks += [_tagged("i", text) for text in texts]
            case _:
                blocks += texts
    return "\n".join(blocks)


def _without_menu(lines: Sequence[Line]) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        if line.style != "menu":
            kept.append(line)
        else:
            _drop_blanks(kept)
    _drop_blanks(kept)
    return kept


def _drop_blanks(lines: list[Line]) -> None:
    while lines and not lines[-1].text.strip():
        lines.pop()


def _tagged(tag: str, text: str) -> str:
    return f"<{tag}>{text}</{tag}>" if text.strip() else text  # nothing to show, nothing to mark


def whatsapp_text(lines: Sequence[Line]) -> str:
    """With WhatsApp's own marks. What only looks like a mark is kept from being taken for one."""
    text = "\n".join(line.text for line in lines)
    fenced = text.count(_FENCE) > 1  # the only run that reaches over line ends
    return "\n".join(_whatsapp_line(line, fenced) for line in lines)


def _whatsapp_line(line: Line, fenced: bool) -> str:
    match line.style:
        case "strong" if _comes_out(line.text, "*"):
            return f"*{_literal(line.text, fenced)}*"
        case "source" if _comes_out(line.text, "_"):
            return f"_{_literal(line.text, fenced)}_"
    mark = "> " if line.style == "quote" else ""
    rows = line.text.split("\n")
    return "\n".join(f"{mark if row.strip() else ''}{_literal(_unlisted(row), fenced)}" for row in rows)


def _comes_out(text: str, mark: str) -> bool:
    """Whether WhatsApp will show the whole text so, and without the marks. Behind a link they would be part of it."""
    edges_hold = bool(text) and text == text.strip() and not text.startswith(_JOINER)
    return edges_hold and mark not in text and "\n" not in text and not _URL.match(text.rsplit(maxsplit=1)[-1])


def _unlisted(row: str) -> str:
    """`> ` and `* ` at the start of a row would be replaced; `- ` and `1. ` show as they are."""
    return f"{row[0]}{_JOINER}{row[1:]}" if row.startswith(("> ", "* ")) else row


def _literal(row: str, fenced: bool) -> str:
    """The row with each marker that could open a run kept from it. WhatsApp knows no escape character."""
    if fenced:
        row = _LONG_TICKS.sub(lambda ticks: _JOINER.join(ticks[0]), row)
    for mark, (opening, closing) in _MARKS.items():
        if row.count(mark) > 1:
            row = _unopened(row, opening, closing)
    return row


def _unopened(row: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    last = max((found.start() for found in closing.finditer(row)), default=0)
    links = [found.span() for found in _URL.finditer(row)]  # a joiner would lead a link elsewhere

    def kept(found: re.Match[str]) -> str:
        at = found.start()
        opens = last > at + 1 and not any(start <= at < end for start, end in links)
        return found[0] + _JOINER if opens else found[0]

    return opening.sub(kept, row)
