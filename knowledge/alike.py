"""Finds which of many example questions are most alike a message, and whether those are answered.

Alike is what shares words, the rarer the more (the cosine of weights that grow with rarity). A word that no example has
makes a message less alike to all of them. Compared is only what may be: what shares several of the rare words, and the
shortest of what shares one, in which a single word counts for most.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

_RARE = 2_000  # questions: a word that more of them have finds none, but counts in those that others have found
_SHORTEST = 20  # of the questions that share one rare word
_MANY = 200  # questions that share two rare words: where there are more, those that share three are enough
_NEAREST = 30
_RARITY = 0.6  # 1: a word counts by its rarity, 0: all count the same
_CLOSENESS = 6  # how much more the closest count
_SMOOTHING = 0.02  # of what hardly is alike
_NOTHING = repeat(0.0)


class Alike:
    """Example questions by their words."""

    def __init__(self, questions: Iterable[tuple[Sequence[str], bool]]) -> None:
        """The stems of each, and whether it is answered."""
        rows = [(tuple(dict.fromkeys(stems)), answered) for stems, answered in questions]
        counts = Counter([stem for stems, _ in rows for stem in stems])
        self._strange = _square(len(rows), 1)  # of a word that none of them has
        self._squares = {stem: _square(len(rows), count) for stem, count in counts.items()}
        rows.sort(key=lambda row: -self._length(row[0]))  # the shortest last: a word counts for most in them
        self._questions = [stems for stems, _ in rows]
        self._signs = array("b", [-1 if answered else 1 for _, answered in rows])
        self._lengths = array("d", [1 / self._length(stems) for stems, _ in rows])  # divided by, to be multiplied with
        places: dict[str, array[int]] = {stem: array("I") for stem, count in counts.items() if count <= _RARE}
        for place, stems in enumerate(self._questions):
            for stem in stems:
                if stem in places:
                    places[stem].append(place)
        self._shortest = {stem: tuple(found[-_SHORTEST:]) for stem, found in places.items()}
        self._sharing = {stem: _bits(found) for stem, found in places.items() if len(found) > _SHORTEST}

    def _length(self, stems: Iterable[str]) -> float:
        squares, strange = self._squares, self._strange
        return math.sqrt(sum([squares.get(stem, strange) for stem in stems])) or 1.0

    def lean(self, stems: Sequence[str]) -> float:
        """From -1, where all that is most alike is answered, to 1, where nothing of it is; 0 where nothing is alike."""
        said = tuple(dict.fromkeys(stems))  # in their order: the same message is always read alike
        squares = {stem: self._squares[stem] for stem in said if stem in self._squares}
        near = sorted([self._likeness(squares, place) for place in self._candidates(squares)], reverse=True)[:_NEAREST]
        length = self._length(said)
        weighed = [((likeness / length) ** _CLOSENESS, self._signs[place]) for likeness, place in near]
        whole = sum([weight for weight, _ in weighed]) + _SMOOTHING
        return sum([weight * sign for weight, sign in weighed]) / whole

    def _likeness(self, squares: dict[str, float], place: int) -> tuple[float, int]:
        return sum(map(squares.get, self._questions[place], _NOTHING)) * self._lengths[place], place

    def _candidates(self, squares: dict[str, float]) -> set[int]:
        """The places of the questions that may be most alike."""
        once = twice = thrice = 0  # a bit for each question: all of them at once, in microseconds
        for stem in squares:
            if sharing := self._sharing.get(stem):
                thrice |= twice & sharing
                twice |= once & sharing
                once |= sharing
        several = thrice if thrice and twice.bit_count() > _MANY else twice
        shortest = [place for stem in squares for place in self._shortest.get(stem, ())]
        return {*_places(several), *shortest}


def _bits(places: Iterable[int]) -> int:
    """A number with these of its bits set, the lowest being 0."""
    digits = bytearray(b"0" * (max(places) + 1))
    for place in places:
        digits[place] = ord("1")
    return int(digits[::-1], 2)


def _places(bits: int) -> Iterator[int]:
    """Which bits of a number are set."""
    digits = f"{bits:b}"[::-1]  # searched in C
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def _square(questions: int, count: int) -> float:
    """The weight of a word that so many of the questions have, squared."""
    return float(math.log((questions or 1) / count) ** (2 * _RARITY))
