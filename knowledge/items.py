"""The items of a standard, found by their words and by other words for the same things (`content/components.toml`)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.cues import load
from knowledge.language import fold, stem
from knowledge.outline import Item, outline

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """An item's place in a standard."""

    component: int
    path: tuple[int, ...]  # positions from the top of the component's outline
    item: Item


class ItemIndex:
    """The items of one standard, found by their words."""

    def __init__(self, components: Mapping[int, str]) -> None:
        self.outlines: dict[int, tuple[Item, ...]] = {}
        self.places: list[Place] = []
        self._postings: dict[str, dict[int, float]] = {}
        for number, text in components.items():
            self.outlines[number], entries = _read(text)
            for path, item, weights in entries:
                for word, weight in weights.items():
                    self._postings.setdefault(word, {})[len(self.places)] = weight
                self.places.append(Place(number, path, item))

    @property
    def words(self) -> set[str]:
        """Plain words of all items."""
        return {word for place in self.places for word in _WORD.findall(fold(place.item.text))}

    def has_item_with(self, stems: Collection[str]) -> bool:
        """Whether one item holds all of these words."""
        postings = [set(self._postings.get(word, ())) for word in stems]
        return bool(postings) and bool(set.intersection(*postings))

    def stems_of(self, place: int) -> set[str]:
        return {word for word, postings in self._postings.items() if place in postings}

    def states(self, word_stem: str) -> bool:
        """Whether the standard itself uses the word, not only people for something in it."""
        return 1.0 in self._postings.get(word_stem, {}).values()

    def find(self, stems: Sequence[str], component: int | None = None) -> dict[int, float]:
        """Score by index into `places`: the rarity of the words that an item shares with the question."""
        total = len(self.places) + 1
        scores: dict[int, float] = {}
        for word in dict.fromkeys(stems):
            postings = self._postings.get(word, {})
            for index, weight in postings.items():
                if component is None or self.places[index].component == component:
                    scores[index] = scores.get(index, 0.0) + weight * math.log(total / len(postings))
        return scores


_Entry = tuple[tuple[int, ...], Item, Mapping[str, float]]  # path, item, its words with their weights


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[tuple[Item, ...], tuple[_Entry, ...]]:
    """A component's outline and its items with their words. Standards share most of their components word for word."""
    items = outline(text)
    return items, tuple((path, item, _indexed(item.text)) for path, item in _walk(items, ()))


def _walk(items: Sequence[Item], above: tuple[int, ...]) -> list[tuple[tuple[int, ...], Item]]:
    found: list[tuple[tuple[int, ...], Item]] = []
    for index, item in enumerate(items):
        path = (*above, index)
        found.append((path, item))
        found += _walk(item.items, path)
    return found


def _indexed(text: str) -> dict[str, float]:
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
