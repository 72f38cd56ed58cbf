"""Finds which of many example questions are most alike a message, and whether those are answered.

Alike is what shares words, the rarer the more (the cosine of weights that grow with rarity). A word that no example has
makes a message less alike to all of them.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nlargest

_RARE = 2_000  # questions: a word that more of them have finds none, but counts in those that others have found
_LOOKED_AT = 60
_NEAREST = 30
_RARITY = 0.6  # 1: a word counts by its rarity, 0: all count the same
_CLOSENESS = 6  # how much more the closest count
_SMOOTHING = 0.02  # of what hardly is alike


class Alike:
    """Example questions by their words."""

    def __init__(self, questions: Iterable[tuple[Sequence[str], bool]]) -> None:
        """The stems of each, and whether it is answered."""
        rows = [(tuple(dict.fromkeys(stems)), answered) for stems, answered in questions]
        counts = Counter([stem for stems, _ in rows for stem in stems])
        self._strange = _square(len(rows), 1)  # of a word that none of them has
        self._squares = {stem: _square(len(rows), count) for stem, count in counts.items()}
        self._questions = [stems for stems, _ in rows]
        self._signs = array("b", [-1 if answered else 1 for _, answered in rows])
        self._lengths = array("d", [1 / self._length(stems) for stems, _ in rows])  # divided by, to be multiplied with
        self._places: dict[str, array[int]] = {stem: array("I") for stem, count in counts.items() if count <= _RARE}
        for place, stems in enumerate(self._questions):
            for stem in stems:
                if stem in self._places:
                    self._places[stem].append(place)

    def _length(self, stems: Iterable[str]) -> float:
        squares, strange = self._squares, self._strange
        return math.sqrt(sum([squares.get(stem, strange) for stem in stems])) or 1.0

    def lean(self, stems: Sequence[str]) -> float:
        """From -1, where all that is most alike is answered, to 1, where nothing of it is; 0 where nothing is alike."""
        said = tuple(dict.fromkeys(stems))  # in their order: the same message is always read alike
        squares = {stem: self._squares[stem] for stem in said if stem in self._squares}
        lengths = self._lengths
        shared: dict[int, float] = {}
        for stem, square in squares.items():
            for place in self._places.get(stem, ()):
                shared[place] = shared.get(place, 0.0) + square * lengths[place]
        questions, length = self._questions, self._length(said)
        found = [
            (sum([squares[stem] for stem in questions[place] if stem in squares]) * lengths[place] / length, place)
            for _, place in nlargest(_LOOKED_AT, zip(shared.values(), shared, strict=True))
        ]
        near = [(likeness**_CLOSENESS, self._signs[place]) for likeness, place in nlargest(_NEAREST, found)]
        whole = sum([weight for weight, _ in near]) + _SMOOTHING
        return sum([weight * sign for weight, sign in near]) / whole


def _square(questions: int, count: int) -> float:
    """The weight of a word that so many of the questions have, squared."""
    return float(math.log((questions or 1) / count) ** (2 * _RARITY))
