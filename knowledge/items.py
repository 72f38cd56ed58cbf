"""The items of a standard, found by their words and by other words for the same things (`content/components.toml`)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from knowledge.cues import load
from knowledge.language import fold, stem
from knowledge.outline import Item, outline, split_marker
from knowledge.standards import normalised

_WORD = re.compile(r"[a-z0-9]+")
_QUOTED = 4  # words of an item, for it to be known by them
_KEPT = 64  # words of questions that one standard remembers where it has them


@dataclass(frozen=True, slots=True)
class Place:
    """An item's place in a standard."""

    component: int
    path: tuple[int, ...]  # positions from the top of the component's outline
    item: Item


class ItemIndex:
    """The items of one standard, found by their words.

    It is put together from the indices of its components, which standards mostly share; the outline of a component is
    only read where one of its items is meant. So an index costs little.
    """

    def __init__(self, components: Mapping[int, str]) -> None:
        self._components = components
        self._parts: list[tuple[int, int, _Said]] = []  # component, its first place, its words
        self._found: dict[str, _Found] = {}
        start = 0
        for number, text in components.items():
            lines, said = _read(text)
            self._parts.append((number, start, said))
            start += lines
        self._total = start

    @property
    def places(self) -> list[Place]:
        """Every line of the standard, in order."""
        return [place for number in self._components for place in self.places_of(number)]

    def place(self, index: int) -> Place:
        """The place with this index into `places`."""
        number, start, *_ = next(part for part in reversed(self._parts) if part[1] <= index)
        return self.places_of(number)[index - start]

    def places_of(self, component: int) -> Sequence[Place]:
        """Every line of a component, in order."""
        return _outlined(component, self._components[component])[1]

    def outline(self, component: int) -> tuple[Item, ...]:
        """The items of a component in their levels."""
        return _outlined(component, self._components[component])[0]

    @property
    def words(self) -> set[str]:
        """Plain words of all items."""
        return {word for place in self.places for word in _WORD.findall(fold(place.item.text))}

    def has_item_with(self, stems: Collection[str]) -> bool:
        """Whether one item holds all of these words."""
        found = [self._look_up(word).where.values() for word in stems]
        having = [{start + i for start, items in where for i, _ in items} for where in found]
        return bool(having) and bool(set.intersection(*having))

    def stems_of(self, place: int) -> set[str]:
        return set(_indexed(self.place(place).item.text))

    def states(self, word_stem: str) -> bool:
        """Whether the standard itself uses the word, not only people for something in it."""
        return any(weight == 1.0 for _, items in self._look_up(word_stem).where.values() for _, weight in items)

    def quoted(self, text: str) -> Place | None:
        """The longest item that stands in a message word for word; of a few words at least."""
        said = f" {normalised(text)} "
        found = [
            (len(words), number, line)
            for number, component in self._components.items()
            for line, words in _quotable(component)
            if words in said
        ]
        if not found:
            return None
        _, number, line = max(found, key=lambda each: each[0])
        return self.places_of(number)[line]

    def find(self, stems: Iterable[str], component: int | None = None) -> dict[int, float]:
        """Score by index into `places`: the rarity of the words that an item shares with the question."""
        scores: dict[int, float] = {}
        for word in dict.fromkeys(stems):
            found = self._look_up(word)
            for number in found.where if component is None else found.where.keys() & {component}:
                start, items = found.where[number]
                for item, weight in items:
                    scores[start + item] = scores.get(start + item, 0.0) + weight * found.rarity
        return scores

    def best(self, stems: Iterable[str], owned: Mapping[str, Collection[int]]) -> dict[int, float]:
        """The score of the best item of each component that has one; an owned word counts for its own alone."""
        scores: dict[int, dict[int, float]] = {}
        words = dict.fromkeys(stems)
        for word in [*(word for word in words if word not in owned), *(word for word in words if word in owned)]:
            found = self._look_up(word)
            for number in found.where.keys() & owned[word] if word in owned else found.where:
                mine = scores.setdefault(number, {})
                for item, weight in found.where[number][1]:
                    mine[item] = mine.get(item, 0.0) + weight * found.rarity
        return {number: max(mine.values()) for number, mine in scores.items()}

    def _look_up(self, word: str) -> _Found:
        found = self._found.get(word)
        if found is None:
            where = {number: (start, said[word]) for number, start, said in self._parts if word in said}
            holding = sum([len(items) for _, items in where.values()])
            found = _Found(math.log((self._total + 1) / holding) if holding else 0.0, where)
            if len(self._found) < _KEPT:
                self._found[word] = found
        return found


_Said = Mapping[str, Sequence[tuple[int, float]]]  # the words of a component: the lines that have them, their weights


class _Found(NamedTuple):
    """A word in the items of a standard."""

    rarity: float
    where: Mapping[int, tuple[int, Sequence[tuple[int, float]]]]  # by component its first place, items and weights


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[int, _Said]:
    """How many lines a component has, one for each item, and its words. Standards share most components."""
    said: dict[str, list[tuple[int, float]]] = {}
    lines = text.split("\n")
    for index, line in enumerate(lines):
        for word, weight in _indexed(split_marker(line)[1]).items():
            said.setdefault(word, []).append((index, weight))
    return len(lines), said


@lru_cache(maxsize=1024)
def _quotable(text: str) -> tuple[tuple[int, str], ...]:
    """The lines of a component that are long enough to be known by their words alone."""
    lines = [normalised(split_marker(line)[1]) for line in text.split("\n")]
    return tuple((place, f" {line} ") for place, line in enumerate(lines) if line.count(" ") >= _QUOTED - 1)


@lru_cache(maxsize=256)
def _outlined(number: int, text: str) -> tuple[tuple[Item, ...], tuple[Place, ...]]:
    """A component's items in their levels, and all of them in order: one for each line."""
    roots = outline(text)
    return roots, tuple(Place(number, path, item) for path, item in _walk(roots, ()))


def _walk(items: Sequence[Item], above: tuple[int, ...]) -> list[tuple[tuple[int, ...], Item]]:
    found: list[tuple[tuple[int, ...], Item]] = []
    for index, item in enumerate(items):
        path = (*above, index)
        found.append((path, item))
        found += _walk(item.items, path)
    return found


@lru_cache(maxsize=2048)
def _indexed(text: str) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for word in _WORD.findall(fold(text)):
        weights[stem(word)] = 1.0
        for other in _other_words().get(stem(word), ()):
            weights.setdefault(other, 0.8)
    return weights


@lru_cache(maxsize=1)
def _other_words() -> Mapping[str, tuple[str, ...]]:
    source = load("components")["items"]
    found: dict[str, tuple[str, ...]] = {}
    for named, others in source.items():
        for word in named.split():
            found[stem(word)] = tuple(stem(other) for other in str(others).split())
    return found


def item_words() -> set[str]:
    """Plain words that people use for things which items name."""
    source = load("components")["items"]
    return {word for named, others in source.items() for word in [*named.split(), *str(others).split()]}
