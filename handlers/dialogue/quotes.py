"""Official text as a chat says it: whole, or the items that were asked for, under its heading, with its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from handlers.dialogue import texts
from handlers.dialogue.effects import Effect, Say
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import ItemRef
from handlers.messages import Button, Line
from knowledge.items import ItemIndex, Place
from knowledge.outline import Item
from knowledge.questions import Asked
from knowledge.search import Published

SHORT = 420  # characters: a component this short is quoted whole
_LONG = 2400  # characters: beyond this only the fullest list is quoted unless all is wanted
_EVERYTHING = re.compile(r"\b(semua|semuanya|lengkap|selengkapnya|seluruh|keseluruhan|sadaya|kabeh)\b", re.IGNORECASE)
ANNEX = re.compile(r"Lampiran\s+[IVXL]+(?:\s+Peraturan\s+\w+(?:\s+ini)?)?")


@dataclass(frozen=True, slots=True)
class Answer:
    state: State
    effects: tuple[Effect, ...]
    components: tuple[int, ...] = ()


def quote(
    published: Published,
    asks: Sequence[Asked],
    state: State,
    index: ItemIndex,
    text: str,
    item: ItemRef | None = None,
    keep: str | None = None,
) -> Answer:
    """The official words for all that was asked, each component under its name, with one source."""
    stated = [a for a in asks if a.component in published.standard.components]
    numbers = tuple(a.component for a in stated)
    if not stated:
        say = Say(texts.not_stated(""), (texts.OFFICER, texts.MENU))
        return Answer(state.settled(standard=published.standard.identity), (say,))
    lines: list[Line] = []
    for wanted in stated:
        lines += [*_answer_lines(wanted, published, index, text, item), Line("")]
    lines.append(texts.source(published, numbers))
    others = [n for n in (4, 3, 1, 2) if n not in numbers and n in published.standard.components]
    buttons, choices = _offered(tuple(others[:2]))
    after = state.settled(
        standard=keep or published.standard.identity, components=numbers, choices=choices, question=text
    )
    return Answer(after, (Say(tuple(lines), buttons),), numbers)


@lru_cache(maxsize=64)
def _offered(numbers: tuple[int, ...]) -> tuple[tuple[Button, ...], tuple[Choice, ...]]:
    """The buttons for other components below an answer, and what digits stand for there."""
    buttons = (*(texts.component_button(number) for number in numbers), texts.NOT_HELPFUL)
    return buttons, tuple(Choice(button.title, button.payload) for button in buttons)


def _answer_lines(
    wanted: Asked, published: Published, index: ItemIndex, text: str, item: ItemRef | None
) -> tuple[Line, ...]:
    number = wanted.component
    whole = published.standard.components[number]
    if item:
        return (texts.heading(number), *_item_meant(item, number, index))
    chosen = wanted.items
    everything = bool(_EVERYTHING.search(text))
    cut_short = not chosen and len(whole) > _LONG and not everything
    if cut_short:
        chosen = tuple(_fullest(number, index))
    if not chosen or len(whole) <= SHORT or everything:
        lines = component_lines(number, whole)
    else:
        lines = (texts.heading(number), *(Line(line, "quote") for line in _item_lines(chosen, index)))
        if cut_short:
            lines = (*lines, *texts.more_of_it())
    if number == 2 and (annex := ANNEX.search(whole)):
        lines = (*lines, Line(""), *texts.annex_missing(annex.group()))
    return lines


@lru_cache(maxsize=512)
def component_lines(number: int, text: str) -> tuple[Line, ...]:
    return (texts.heading(number), *(Line(line, "quote") for line in text.split("\n")))


def _item_meant(ref: ItemRef, number: int, index: ItemIndex) -> tuple[Line, ...]:
    """The item with this number; where lists begin anew also the one that has it if they are counted through."""
    printed_so = _referred(ref, number, index)
    counted = tuple(place for place in _counted(ref, number, index) if place not in printed_so)
    lines = [Line(line, "quote") for line in _item_lines(printed_so, index)]
    if counted:
        lines += [*texts.counted_through(ref.mark), *(Line(line, "quote") for line in _item_lines(counted, index))]
    return tuple(lines) or texts.no_such_item(ref.mark)


def _referred(ref: ItemRef, number: int, index: ItemIndex) -> tuple[Place, ...]:
    """The item with a given mark, in the section that was named."""
    fitting = [p for p in index.places_of(number) if p.item.marker.rstrip(".)").lower() == ref.mark]
    if ref.section:
        roots = index.outline(number)
        fitting = [p for p in fitting if ref.section in roots[p.path[0]].text.lower()]
    return tuple(fitting)


def _counted(ref: ItemRef, number: int, index: ItemIndex) -> tuple[Place, ...]:
    """The item that is the one meant if lists which begin anew are counted through: the ninth of four and six."""
    if ref.section or not ref.mark.isdigit() or not int(ref.mark):
        return ()
    roots = index.outline(number)
    numbered = [
        place
        for place in index.places_of(number)
        if _is_numbered(place.item) and not any(_is_numbered(above) for above in _above(roots, place.path))
    ]
    if len({place.item.marker for place in numbered}) == len(numbered):
        return ()  # one list, though a number may be missing
    return tuple(numbered[int(ref.mark) - 1 : int(ref.mark)])


def _is_numbered(item: Item) -> bool:
    return item.marker.rstrip(".)").isdigit()


def _fullest(number: int, index: ItemIndex) -> Iterable[Place]:
    """The item with the longest list of its own: of component 6, the ways to complain."""
    return sorted(index.places_of(number), key=lambda p: -len(p.item.items))[:1]


def _item_lines(chosen: Sequence[Place], index: ItemIndex) -> list[str]:
    """The chosen items in printed order, each under the short headings it stands below."""
    lines: list[str] = []
    shown: set[tuple[int, tuple[int, ...]]] = set()
    for place in sorted(chosen, key=lambda p: p.path):
        roots = index.outline(place.component)
        for depth, above in enumerate(_above(roots, place.path), 1):
            key = (place.component, place.path[:depth])
            if key not in shown and len(above.text) <= 60:
                lines.append(printed(above))
                shown.add(key)
        if (place.component, place.path) not in shown:
            lines.append(printed(place.item))
        lines += _below(place.item)
    return lines


def _below(item: Item) -> list[str]:
    return [line for child in item.items for line in (printed(child), *_below(child))]


def printed(item: Item) -> str:
    return f"{item.marker} {item.text}".strip()


def _above(roots: Sequence[Item], path: Sequence[int]) -> list[Item]:
    """The items that one stands below, the outermost first."""
    return [_at(roots, path[:depth]) for depth in range(1, len(path))]


def _at(roots: Sequence[Item], path: Sequence[int]) -> Item:
    item = roots[path[0]]
    for step in path[1:]:
        item = item.items[step]
    return item
