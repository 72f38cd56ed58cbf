"""List items: reads the levels of a component back from the markers that were printed (`A.`, `1.`, `a.`, `1)`).

The printed marker gives the level, not the HTML around it: in a scan `<ol>` restarts at each page, and items stand in
`<p>`. A kind of marker that is already open leads back to its level, a new kind opens a level below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Fit = Literal["next", "start", "gap", "back", "late"]

MARKER = re.compile(
    r"""(?P<marker>
        \((?:\d{1,3}|[A-Za-z]|[ivx]{2,5})\)            # (1) (a) (iv)
      | (?:\d{1,2}\.){2,3}                              # 1.2.
      | (?:\d{1,3}|(?=[lIOoSBZ]{0,2}\d)[\dlIOoSBZ]{2,3}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})[.)]  # 1. l2. a. iv. A) 1)
      | [-–—•●▪■·◦○‣✓*]
    )(?:[ ]+|$)""",
    re.VERBOSE,
)
GLUED = re.compile(r"(?P<marker>\d{1,2}[.)])(?=[A-Z][a-z])")  # `1.Skala`, the blank lost in the scan

LOOKALIKES = str.maketrans("lI|OoSBZ", "11100582")  # letters that a scanner reads where a digit was printed
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a component with what is listed under it. A paragraph without a marker has the marker ""."""

    marker: str
    text: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a marker stands: its kind, its ordinal, its depth (0 is the top), and how it follows the open lists.

    `next` is the successor of an open list, `start` begins one, `gap` leaves numbers out, `back` repeats or goes back,
    `late` begins a list with another number than the first.
    """

    kind: str
    ordinal: int
    depth: int
    fit: Fit
    previous: int = 0  # the ordinal before it in the same list, 0 if none
    literal: bool = True  # False: the marker was read as another character than the one printed (`l.` as 1.)


class Levels:
    """The lists that are open while the lines of a component are read from top to bottom."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    def place(self, marker: str, after_colon: bool) -> Place:
        """The most plausible place of a marker; `after_colon`: the line before announces a list."""
        places = [self._place(*reading, after_colon) for reading in readings(marker)]
        order: tuple[Fit, ...] = ("next", "start", "gap", "back", "late")
        return min(places, key=lambda place: (order.index(place.fit), not place.literal))

    def enter(self, place: Place) -> None:
        self._open[place.depth :] = [(place.kind, place.ordinal)]

    def head(self) -> Place:
        """The place of an unmarked line that heads a list (`Persyaratan Khusus:`)."""
        kinds = [kind for kind, _ in self._open]
        return Place("", 0, kinds.index("") if "" in kinds else max(len(kinds) - 1, 0), "start")

    def _place(self, kind: str, ordinal: int, literal: bool, after_colon: bool) -> Place:
        same = [depth for depth, (open_kind, _) in enumerate(self._open) if open_kind == kind]
        for depth in reversed(same):
            if kind == "bullet" or ordinal == self._open[depth][1] + 1:
                return Place(kind, ordinal, depth, "next", ordinal - 1, literal)
        if ordinal == 1:
            depth = same[-1] if same and not after_colon else len(self._open)
            return Place(kind, ordinal, depth, "start", 0, literal)
        for depth in reversed(same):
            if ordinal > self._open[depth][1]:
                return Place(kind, ordinal, depth, "gap", self._open[depth][1], literal)
        if same:
            return Place(kind, ordinal, same[-1], "back", self._open[same[-1]][1], literal)
        return Place(kind, ordinal, len(self._open), "late", 0, literal)


def split_marker(line: str) -> tuple[str, str]:
    """`1. Skala usaha` -> (`1.`, `Skala usaha`); a line without a marker -> (``, line)."""
    found = MARKER.match(line) or GLUED.match(line)
    return (found["marker"], line[found.end() :]) if found else ("", line)


@lru_cache(maxsize=4096)
def readings(marker: str) -> tuple[tuple[str, int, bool], ...]:
    """What a marker may be: (kind, ordinal, as printed), the literal reading first. `i.` is a letter or a Roman one."""
    core, brackets = marker.strip("().") or marker, re.sub(r"[^().]", "", marker)
    if not core.isalnum() and "." not in core:
        return (("bullet", 1, True),)
    if "." in core:
        return (("decimal" + "." * core.count("."), int(core.rsplit(".", 1)[1]), True),)
    if core.isdigit():
        return (("number" + brackets, int(core), True),)
    found: list[tuple[str, int, bool]] = []
    case = "upper" if core.isupper() else "lower"
    if len(core) == 1:
        found.append((case + brackets, ord(core.lower()) - ord("a") + 1, True))
    if set(core.lower()) <= _ROMAN.keys():
        found.append((case + "-roman" + brackets, _roman(core.lower()), True))
    as_digits = core.translate(LOOKALIKES)
    if as_digits.isdigit():
        found.append(("number" + brackets, int(as_digits), False))
    return tuple(found) or ((case + brackets, 0, True),)


def _roman(core: str) -> int:
    values = [_ROMAN[letter] for letter in core]
    return sum(-v if any(later > v for later in values[i + 1 :]) else v for i, v in enumerate(values))


@dataclass(slots=True)
class _Node:
    marker: str
    text: str
    items: list[_Node] = field(default_factory=list)

    def frozen(self) -> Item:
        return Item(self.marker, self.text, tuple(item.frozen() for item in self.items))


def placed_lines(text: str) -> Iterator[tuple[str, str, Place | None]]:
    """Each line of a component as (marker, text, place); the place of a plain paragraph is None."""
    lines, levels = text.split("\n"), Levels()
    for index, line in enumerate(lines):
        marker, rest = split_marker(line)
        place = None
        if marker:
            place = levels.place(marker, after_colon=index > 0 and lines[index - 1].endswith(":"))
        elif line.endswith(":") and index + 1 < len(lines) and _starts_list(lines[index + 1]):
            place = levels.head()
        if place:
            levels.enter(place)
        yield marker, rest, place


def outline(component_text: str) -> tuple[Item, ...]:
    """The items of a component in their levels. Walking them in order gives every line of the text once, in order."""
    top: list[_Node] = []
    path: list[_Node] = []  # the last item of each open level
    for marker, text, place in placed_lines(component_text):
        node = _Node(marker, text)
        depth = place.depth if place else max(len(path) - 1, 0)
        (path[depth - 1].items if depth else top).append(node)
        path[depth:] = [node]
    return tuple(node.frozen() for node in top)


def _starts_list(line: str) -> bool:
    marker, _ = split_marker(line)
    return any(ordinal == 1 for _, ordinal, _ in readings(marker)) if marker else False
