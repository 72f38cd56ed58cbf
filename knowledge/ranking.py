"""Names of businesses by the words that were said of them: many names, few microseconds.

A set of names is one whole number with a bit for each, the lowest for the lightest name. Hundreds of names share a
word, so they are not looked at one by one: they are parted by the words that were said of them, and of those with the
same words the lightest fit best.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_FAINT = 0.34  # where no name reaches this, nobody will be asked about many
_FEW_NAMES = 5
_FEW = 8  # words that part the names into groups


class Name(NamedTuple):
    """The words of a name (stems) with what each counts for, and other words for these, which add nothing to it."""

    own: Mapping[str, float]
    others: Mapping[str, float] = {}


class Ranked(NamedTuple):
    """A name that a message may mean. Less is better in `score`, so that sorting puts the best first."""

    score: float
    first: int  # the first of its words that was said, as a bit
    name: int  # its place in the list of names
    said: float  # the weight of its words that were said
    coverage: float  # the share of its weight that was said
    heard: int  # its words that were said, as bits


class Heard(NamedTuple):
    """What a message says: known words, the weight of words nobody knows, and of each word that a name may lack."""

    words: Sequence[str]
    loose: float
    lacking: Sequence[tuple[int, float]]  # a word as a bit (0 for none of them), its weight


class _Word(NamedTuple):
    holders: tuple[tuple[float, int], ...]  # weight, and the names that have the word with it, as bits
    everybody: int  # all of these
    titles: int  # how many
    weight: float


_Alike = tuple[int, float, int]
"""The names of which the same words were said: the names as bits, the weight of the words, the words as bits."""


class Names:
    """All names, ready to be ranked. weights: what a word tells, by how rare it is."""

    def __init__(self, names: Sequence[Name], weights: Mapping[str, float]) -> None:
        mass = [sum([share * weights[word] for word, share in name.own.items()]) for name in names]
        self._order = sorted(range(len(names)), key=lambda index: (mass[index], index))
        self._masses = [mass[index] or 1.0 for index in self._order]
        postings: dict[str, dict[float, int]] = {}
        for place, index in enumerate(self._order):
            bit = 1 << place
            for word, share in {**names[index].others, **names[index].own}.items():
                holders = postings.setdefault(word, {})
                holders[share] = holders.get(share, 0) | bit
        self._words: dict[str, _Word] = {}
        for word, holders in postings.items():
            masks = list(holders.values())
            everybody = masks[0] if len(masks) == 1 else sum(masks)  # most are one number, of some kilobytes: kept once
            self._words[word] = _Word(tuple(holders.items()), everybody, everybody.bit_count(), weights[word])

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def ranked(self, message: Heard, limit: int) -> list[Ranked]:
        """The best names. Groups are taken by their best, until none left can be among so many."""
        bounds: list[tuple[float, float, _Alike]] = []
        for group in self._parted([self._words[word] for word in message.words]):
            holders, said, _ = group
            lightest = self._masses[(holders & -holders).bit_length() - 1]
            coverage = min(1.0, said / lightest) ** 0.7
            bounds.append((-coverage * (said / (said + message.loose)) ** 0.3, coverage, group))
        bounds.sort()
        if all(coverage < _FAINT for _, coverage, _ in bounds):
            limit = min(limit, _FEW_NAMES)
        rows: list[Ranked] = []
        for bound, coverage, group in bounds:
            if len(rows) == limit and bound > rows[-1][0]:
                break
            _, said, parts = group
            others = sum([weight for bit, weight in message.lacking if not parts & bit])
            focus = (said / (said + message.loose + others)) ** 0.3
            least = rows[-1][0] if len(rows) == limit else 0.0
            if -coverage * focus <= least:
                rows += self._best_of(group, focus, limit, least)
                rows.sort()
                del rows[limit:]
        return rows

    def _best_of(self, group: _Alike, focus: float, limit: int, least: float) -> list[Ranked]:
        """Those that are lightest, no worse than the least. All of them where the whole of them was said."""
        holders, said, heard = group
        first = heard & -heard
        rows: list[Ranked] = []
        mass, score, coverage, fewer = 0.0, 0.0, 0.0, limit
        while holders and fewer:
            low = holders & -holders
            holders ^= low
            place = low.bit_length() - 1
            if self._masses[place] != mass:
                mass = self._masses[place]
                coverage = min(1.0, said / mass)
                score = -(coverage**0.7 * focus)
                if score > least:
                    break
            rows.append(Ranked(score, first, self._order[place], said, coverage, heard))
            fewer -= said < mass
        return rows

    def _parted(self, heard: Sequence[_Word]) -> list[_Alike]:
        """The names that have any of these words, by what they have of them.

        Each frequent word may part each group in two. Rare words have few names, and these are taken one by one.
        """
        everybody = alone = 0
        for word in heard:
            everybody |= word.everybody
        if len(heard) > _FEW:
            for word in sorted(heard, key=lambda word: word.titles)[:-_FEW]:
                alone |= word.everybody
        groups: list[_Alike] = [(everybody ^ alone, 0.0, 0)] if everybody != alone else []
        for place, word in enumerate(heard):
            parted: list[_Alike] = []
            for group in groups:
                others, said, parts = group
                for share, holders in word.holders:
                    if both := others & holders:
                        parted.append((both, said + share * word.weight, parts | 1 << place))
                        others ^= both
                if others:
                    parted.append((others, said, parts))
            groups = parted
        return [*groups, *self._one_by_one(heard, alone)] if alone else groups

    def _one_by_one(self, heard: Sequence[_Word], chosen: int) -> list[_Alike]:
        """The chosen names, each with what it has of these words."""
        said: dict[int, float] = {}
        parts: dict[int, int] = {}
        for place, word in enumerate(heard):
            for share, holders in word.holders:
                for one in _bits(holders & chosen):
                    said[one] = said.get(one, 0.0) + share * word.weight
                    parts[one] = parts.get(one, 0) | 1 << place
        return [(1 << one, weight, parts[one]) for one, weight in said.items()]


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, from the lowest."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low
