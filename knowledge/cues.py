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
from functools import cache
from importlib.resources import files
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
        for cue in cues:
            if cue.weight >= STRENGTH["strong"] and len(cue.slots) == 1:
                for word in cue.slots[0]:
                    self.owners.setdefault(word, set()).add(cue.meaning)

    def find(self, words: Sequence[Word]) -> dict[str, Evidence]:
        """Evidence by meaning; a meaning without any cue is absent."""
        stems = [word.stem for word in words]
        said = frozenset(stems)
        found: dict[int, _Found] = {}
        for value in said:
            if value not in self._by_anchor:
                continue
            place = stems.index(value)
            alone, others = self._by_anchor[value]
            for order, meaning, weight in alone:
                found[order] = (place, order, meaning, weight, frozenset((place,)))
            for cue, needed in others:
                for slot in needed:
                    if said.isdisjoint(slot):
                        break
                else:
                    if (positions := _match(cue, stems, said)) is not None:
                        found[cue.order] = (_begins(cue, stems, said), cue.order, cue.meaning, cue.weight, positions)
        if not found:
            return {}
        matches: dict[str, list[tuple[float, frozenset[int]]]] = {}
        # in the order in which they begin to be said: of cues as strong as each other the first is the best one
        for _, _, meaning, weight, positions in sorted(found.values()):
            matches.setdefault(meaning, []).append((weight, positions))
        return {meaning: _weigh(found, words) for meaning, found in matches.items()}


_Found = tuple[int, int, str, float, frozenset[int]]  # where it begins; the cue's order, meaning, weight; its words


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


def _begins(cue: Cue, stems: Sequence[str], said: frozenset[str]) -> int:
    first = cue.phrases[0][0] & said
    return min([stems.index(word) for word in first])


def _weigh(matches: Sequence[tuple[float, frozenset[int]]], words: Sequence[Word]) -> Evidence:
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
    clauses = {words[i].clause for i in positions}
    for weight, found in matches:
        if weight < 0 and (not clauses or clauses & {words[i].clause for i in found}):
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


def _match(cue: Cue, stems: Sequence[str], said: frozenset[str]) -> frozenset[int] | None:
    positions: list[int] = []
    for phrase in cue.phrases:
        start = _find_phrase(phrase, stems, said)
        if start is None:
            return None
        positions += range(start, start + len(phrase))
    return frozenset(positions)


def _find_phrase(phrase: _Phrase, stems: Sequence[str], said: frozenset[str]) -> int | None:
    """Where a phrase begins in a message."""
    for first in phrase[0]:
        if first in said:
            if len(phrase) == 1:
                return stems.index(first)
            for start in range(len(stems) - len(phrase) + 1):
                if stems[start] == first and all(stems[start + i] in slot for i, slot in enumerate(phrase)):
                    return start
    return None
