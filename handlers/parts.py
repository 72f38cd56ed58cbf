"""Cuts one thought into messages that fit a channel, between lines; inside an item only if it alone is too long."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from handlers.messages import Channel, Line

LIMITS: Mapping[Channel, int] = {"whatsapp": 1600, "telegram": 4096, "web": 12_000}
"""Characters in one message, as the providers count them (Twilio: body; Telegram: text after parsing)."""

_MARKUP = 4  # characters that a channel's markup may add to a line, and its line break
_NUMBERING = 12  # `(10/12)` on a line of its own
_ZERO_WIDTH_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_BREAK = re.compile(r"(?<=[.;,:!?])\s|\s")


def cut(lines: Sequence[Line], limit: int) -> list[tuple[Line, ...]]:
    """The lines as messages of at most `limit` characters, numbered `(1/3)` when there are several."""
    if _length(lines) <= limit:
        return [tuple(lines)]
    room = limit - _NUMBERING
    parts: list[list[Line]] = [[]]
    for line in (piece for whole in lines for piece in _pieces(whole, room)):
        if parts[-1] and _length([*parts[-1], line]) > room:
            parts.append([])
        parts[-1].append(line)
    trimmed = [part for part in (_without_blank_ends(part) for part in parts) if part]
    return [(Line(f"({n}/{len(trimmed)})", "source"), *part) for n, part in enumerate(trimmed, 1)]


def _length(lines: Sequence[Line]) -> int:
    return sum(len(line.text) + _MARKUP for line in lines)


def _pieces(line: Line, room: int) -> list[Line]:
    """A line that is too long by itself, cut at a blank, best after punctuation."""
    text, pieces = line.text, list[Line]()
    while len(text) + _MARKUP > room:
        head = text[: room - _MARKUP]
        breaks = [match.start() for match in _BREAK.finditer(head) if match.start() > len(head) // 2]
        at = breaks[-1] if breaks else _whole_character(text, len(head))
        pieces.append(Line(text[:at].rstrip(), line.style))
        text = text[at:].lstrip()
    return [*pieces, Line(text, line.style)]


def _whole_character(text: str, at: int) -> int:
    """A place at or before `at` that tears no emoji, flag or accented letter apart."""
    while at > 1 and (_joins(text[at]) or text[at - 1] == _ZERO_WIDTH_JOINER or _inside_flag(text, at)):
        at -= 1
    return at


def _joins(character: str) -> bool:
    """Marks, variation selectors, skin tones, tags and the joiner belong to the character before them."""
    code = ord(character)
    marks = unicodedata.category(character).startswith("M") or character == _ZERO_WIDTH_JOINER
    return marks or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F


def _inside_flag(text: str, at: int) -> bool:
    """Flags are pairs of letters: whether a cut at `at` would part one."""
    before = len(text[:at]) - len(text[:at].rstrip(_FLAG_LETTERS))
    return text[at] in _FLAG_LETTERS and before % 2 == 1


def _without_blank_ends(lines: list[Line]) -> list[Line]:
    while lines and not lines[0].text:
        lines = lines[1:]
    while lines and not lines[-1].text:
        lines = lines[:-1]
    return lines
