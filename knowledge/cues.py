"""Words that give a meaning away: cue files and how a message is held against them.

A cue is written in plain Indonesian: `berapa + petugas|pegawai` means that both occur, in any order; words side by side
(`hari kerja`) must stand side by side; `|` separates words that may stand in one place. All are compared by stems,
so that one cue covers `bayar`, `membayar` and `pembayaran`. Cues have a strength: decisive 20, certain 6, strong 3,
fair 2, hint 1, against -3.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from knowledge.language import Word, stem

STRENGTH: Mapping[str, float] = {
    "decisive": 20.0,
    "certain": 6.0,
    "strong": 3.0,
    "fair": 2.0,
    "hint": 1.0,
    "against": -3.0,
}

_PHRASE = 12  # words of cues that may be said again as they are
_REMEMBERED = 512  # phrases
_Slot = frozenset[str]
_Phrase = tuple[_Slot, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    meaning: str
    weight: float
    phrases: tuple[_Phrase, ...]
    order: int  # among all of its file

    @property
    def slots(self) -> list[_Slot]:
        return [slot for phrase in self.phrases for slot in phrase]


class Evidence(NamedTuple):
    """How strongly a message speaks for one meaning, and by which of its words (positions)."""

    score: float
    positions: frozenset[int]
    best: frozenset[int]  # those of its strongest cue alone
    strongest: float = 0.0  # the weight of that cue


class Cues:
    """All cues of one file, found in a message by the rarest of their words."""

    def __init__(self, source: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self.words: set[str] = set()
        self.owners: dict[str, set[str]] = {}  # stem to the meanings that it gives away all by itself
        cues: list[Cue] = []
        for meaning, groups in source.items():
            for strength, patterns in groups.items():
                if strength in STRENGTH:
                    for pattern in patterns:
                        cues.append(_cue(meaning, STRENGTH[strength], pattern, len(cues)))
                        self.words |= set(pattern.replace("|", " ").replace("+", " ").split())
        self._by_anchor = _by_anchor(cues)
        self._stems = frozenset([word for cue in cues for slot in cue.slots for word in slot])
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._heard)
        for cue in cues:
            if cue.weight >= STRENGTH["strong"] and len(cue.slots) == 1:
                for word in cue.slots[0]:
                    self.owners.setdefault(word, set()).add(cue.meaning)

    def find(self, words: Sequence[Word]) -> Mapping[str, Evidence]:
        """Evidence by meaning; a meaning without any cue is absent.

        Only words of cues count. Much is asked in the same ones of different businesses, so what they say is kept.
        """
        stems = self._stems
        heard = tuple([(place, word.stem, word.clause) for place, word in enumerate(words) if word.stem in stems])
        if not heard:
            return _NOTHING
        return self._remembered(heard) if len(heard) <= _PHRASE else self._heard(heard)

    def _heard(self, heard: _Heard) -> Mapping[str, Evidence]:
        said = {stem: place for place, stem, _ in reversed(heard)}  # where it is said first
        found: dict[int, _Found] = {}
        for value, place in said.items():
            if value not in self._by_anchor:
                continue
            alone, others = self._by_anchor[value]
            for order, meaning, weight in alone:
                found[order] = (place, order, meaning, weight, frozenset((place,)))
            for cue, needed in others:
                for slot in needed:
                    if slot.isdisjoint(said):
                        break
                else:
                    if (positions := _match(cue, heard, said)) is not None:
                        found[cue.order] = (_begins(cue, said), cue.order, cue.meaning, cue.weight, positions)
        if not found:
            return _NOTHING
        matches: dict[str, list[tuple[float, frozenset[int]]]] = {}
        # in the order in which they begin to be said: of cues as strong as each other the first is the best one
        for _, _, meaning, weight, positions in sorted(found.values()):
            matches.setdefault(meaning, []).append((weight, positions))
        clauses = {place: clause for place, _, clause in heard}
        return {meaning: _weigh(found, clauses) for meaning, found in matches.items()}


_Heard = tuple[tuple[int, str, int], ...]  # the words of a message that cues know: place, stem, clause
_Found = tuple[int, int, str, float, frozenset[int]]  # where it begins; the cue's order, meaning, weight; its words
_NOTHING: Mapping[str, Evidence] = MappingProxyType({})


class _Anchored(NamedTuple):
    """What to look for when a word is said."""

    alone: list[tuple[int, str, float]]  # cues that are no more than this word: order, meaning, weight
    others: list[tuple[Cue, tuple[_Slot, ...]]]  # cues with the rest of their slots


def _by_anchor(cues: Sequence[Cue]) -> dict[str, _Anchored]:
    """Each cue under the words of that of its slots whose words fewest cues have."""
    common = Counter(word for cue in cues for slot in cue.slots for word in slot)
    found: dict[str, _Anchored] = {}
    for cue in cues:
        anchor = min(cue.slots, key=lambda slot: max(common[word] for word in slot))
        for word in anchor:
            here = found.setdefault(word, _Anchored([], []))
            if len(cue.slots) == len(anchor) == 1:
                here.alone.append((cue.order, cue.meaning, cue.weight))
            else:
                here.others.append((cue, tuple(slot for slot in cue.slots if slot is not anchor)))
    return found


def _begins(cue: Cue, said: Mapping[str, int]) -> int:
    return min([said[word] for word in cue.phrases[0][0] if word in said])


def _weigh(matches: Sequence[tuple[float, frozenset[int]]], clause_of: Mapping[int, int]) -> Evidence:
    """All that speaks for a meaning, less what speaks against it in the same clause."""
    if len(matches) == 1 and matches[0][0] > 0:
        [(weight, only)] = matches
        return Evidence(weight, only, only, weight)
    score = strongest = 0.0
    best = frozenset[int]()
    positions: set[int] = set()
    for weight, found in matches:
        if weight > 0:
            score += weight
            positions |= found
            if weight > strongest:
                strongest, best = weight, found
    clauses = {clause_of[i] for i in positions}
    for weight, found in matches:
        if weight < 0 and (not clauses or clauses & {clause_of[i] for i in found}):
            score += weight
    return Evidence(score, frozenset(positions), best, strongest)


@cache
def load(name: str) -> Mapping[str, Mapping[str, list[str]]]:
    """The tables of `content/NAME.toml`."""
    return tomllib.loads((files("knowledge") / "content" / f"{name}.toml").read_text(encoding="utf-8"))


def _cue(meaning: str, weight: float, pattern: str, order: int) -> Cue:
    phrases = tuple(
        tuple(frozenset(stem(word) for word in slot.split("|")) for slot in phrase.split())
        for phrase in pattern.split(" + ")
    )
    return Cue(meaning, weight, phrases, order)


def _match(cue: Cue, heard: _Heard, said: Mapping[str, int]) -> frozenset[int] | None:
    positions: list[int] = []
    for phrase in cue.phrases:
        start = _find_phrase(phrase, heard, said)
        if start is None:
            return None
        positions += range(start, start + len(phrase))
    return frozenset(positions)


def _find_phrase(phrase: _Phrase, heard: _Heard, said: Mapping[str, int]) -> int | None:
    """Where a phrase first begins in a message."""
    begins = [said[word] for word in phrase[0] if word in said]
    if len(phrase) == 1 or not begins:
        return min(begins, default=None)
    words = {place: word for place, word, _ in heard}
    for start, word, _ in heard:
        if word in phrase[0] and all(words.get(start + i) in slot for i, slot in enumerate(phrase)):
            return start
    return None
