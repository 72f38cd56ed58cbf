"""Cuts one thought into messages that fit a channel, between lines; inside an item only if it alone is too long."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from handlers.messages import Channel, Line

LIMITS: Mapping[Channel, int] = {"whatsapp": 1584, "telegram": 4080, "web": 12_000}
"""UTF-16 units in one message (Twilio: 1,600, the body with its marks; Telegram: 4,096, the text after parsing), less
what `(kirim ulang)` takes when it has to be sent again."""

CAPTIONS: Mapping[Channel, int] = {"whatsapp": 1008, "telegram": 1008, "web": 12_000}
"""The same for the words beside a file: WhatsApp and Telegram take 1,024 there."""

_MARKUP = 4  # what a channel may put around a line: its break, and a mark before and behind
_MARKERS = "*_~`>"  # each may need one invisible character behind it, so that WhatsApp shows it
_INNER_BREAK = 2  # a line break inside a line: the quote mark that the next row needs
_NUMBERING = 16  # `(10/12)` on a line of its own
_CHOICES = 40  # how many lines from the end of a full message a better place to cut is looked for
_ADDENDA = ("source", "menu")  # they say little by themselves
_ZERO_WIDTH_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_SENTENCE_END = re.compile(r"(?<=[.;:!?])\s")
_BLANK = re.compile(r"\s")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\d(+])\(?\+?\d[\d\s().-]{5,30}\d"  # a telephone number, with its dashes and blanks
)


@dataclass(frozen=True, slots=True)
class _Item:
    blanks: tuple[Line, ...]  # the empty lines before it; not said where it begins a message
    line: Line
    size: int


def cut(lines: Sequence[Line], limit: int) -> list[tuple[Line, ...]]:
    """The lines as messages that stay below `limit` on every channel, numbered `(1/3)` when there are several."""
    # measured in one go, because most fit; a line takes one more than a line break inside a line
    if _size("\n".join([line.text for line in lines])) + len(lines) - 1 <= limit:
        return [tuple(lines)]
    room = limit - _NUMBERING
    parts = _parts(list(_items(lines, room)), room)
    if len(parts) == 1:
        return parts
    return [(Line(f"({n}/{len(parts)})", "source"), *part) for n, part in enumerate(parts, 1)]


def with_file(
    lines: Sequence[Line], channel: Channel, *, picture: bool
) -> tuple[list[tuple[Line, ...]], tuple[Line, ...]]:
    """The messages that go before a file, and the words that go beside it, in the same message.

    WhatsApp by Twilio shows words beside a picture only, and drops them silently beside anything else
    (twilio.com/docs/messaging/guides/accepted-mime-types, "can combine with text").
    """
    if not any(line.text.strip() for line in lines):
        return [], ()
    if channel != "whatsapp" or picture:
        beside = cut(lines, CAPTIONS[channel])
        if len(beside) == 1:
            return [], beside[0]
    return cut(lines, LIMITS[channel]), ()


def _size(text: str) -> int:
    """The most that a line can take on any channel, in UTF-16 units."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + _MARKUP + sum(map(text.count, _MARKERS)) + _INNER_BREAK * text.count("\n")


def _parts(items: Sequence[_Item], room: int) -> list[tuple[Line, ...]]:
    """The best places to cut, found from the end: no heading left behind and no menu torn, then few messages, then
    no source by itself; of equals the one that fills the earlier messages."""
    before = [*accumulate((len(item.blanks) * _MARKUP + item.size for item in items), initial=0)]
    tears = [0, *(_belong(one.line, after.line) for one, after in pairwise(items)), 0]  # whether a cut before it tears
    best: list[tuple[tuple[int, int, int], int]] = [((0, 0, 0), len(items))]  # per item: cost from here on, and the cut
    said = len(items)  # the next line that is no addendum
    for start in reversed(range(len(items))):
        said = said if items[start].line.style in _ADDENDA else start
        most = bisect_right(before, room + before[start] + len(items[start].blanks) * _MARKUP) - 1
        options = []
        for end in range(most, max(start, most - _CHOICES), -1):
            torn, count, lone = best[len(items) - end][0]
            options.append((torn + tears[end], count + 1, lone + (0 < start < end <= said)))
        least = min(options)
        best.append((least, most - options.index(least)))  # the first of equals is the fullest
    parts, start = list[tuple[Line, ...]](), 0
    while start < len(items):
        end = best[len(items) - start][1]
        first, *rest = items[start:end]
        parts.append((first.line, *(line for item in rest for line in (*item.blanks, item.line))))
        start = end
    return parts


def _belong(line: Line, after: Line) -> bool:
    return line.style == "strong" or line.style == after.style == "menu"


def _items(lines: Sequence[Line], room: int) -> Iterator[_Item]:
    blanks: tuple[Line, ...] = ()
    heading = 0  # what the headings directly above take: the piece below them has to leave room for it
    for line in lines:
        if not line.text.strip():
            blanks = (*blanks, line)
            continue
        for text, size in _pieces(line.text, room, heading + len(blanks) * _MARKUP if heading else 0):
            item = _Item(blanks, line if text is line.text else Line(text, line.style), size)
            yield item
            blanks = ()
        heading = heading + item.size if line.style == "strong" else 0


def _pieces(text: str, room: int, taken: int) -> Iterator[tuple[str, int]]:
    """A line, if it is too long by itself in pieces, and their sizes; the first leaves the room that is taken, if some
    is left then."""
    first = room - taken if taken <= room // 2 else room
    while (size := _size(text)) > room:
        at = _place(text, _fitting(text, first - _MARKUP), room)
        if piece := text[:at].rstrip():
            yield piece, _size(piece)
        text, first = text[at:].lstrip(), room
    if text:
        yield text, size


def _fitting(text: str, room: int) -> int:
    """How many characters fit."""
    for at, character in enumerate(text):
        room -= _size(character) - _MARKUP
        if room < 0:
            return max(at, 1)
    return len(text)


def _place(text: str, fits: int, room: int) -> int:
    """Where to cut: behind a sentence, or else a word, or else a whole character; in no link that fits a message."""
    links = [match.span() for match in _LINK.finditer(text) if _size(match[0]) <= room]
    head = text[: fits + 1]
    for border, least in ((_SENTENCE_END, fits // 2), (_BLANK, 0)):
        places = [match.start() for match in border.finditer(head, 1) if match.start() > least]
        if free := [at for at in places if not any(start < at < end for start, end in links)]:
            return free[-1]
    before = next((start for start, end in links if 0 < start < fits < end), fits)
    return _whole_character(text, before)


def _whole_character(text: str, at: int) -> int:
    """A place at or before `at` that tears no emoji, flag or accented letter apart, if there is one."""
    place = at
    while place and (_joins(text[place]) or text[place - 1] == _ZERO_WIDTH_JOINER or _inside_flag(text, place)):
        place -= 1
    return place or at


def _joins(character: str) -> bool:
    """Marks, variation selectors, skin tones, tags, joiners and low surrogates belong to the character before them."""
    code = ord(character)
    joined = unicodedata.category(character).startswith("M") or character in {"\u200c", _ZERO_WIDTH_JOINER}
    return joined or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F or 0xDC00 <= code <= 0xDFFF


def _inside_flag(text: str, at: int) -> bool:
    """Flags are pairs of letters: whether a cut at `at` would part one."""
    before = at - len(text[:at].rstrip(_FLAG_LETTERS))
    return text[at] in _FLAG_LETTERS and before % 2 == 1
