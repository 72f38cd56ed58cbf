"""Words that give a meaning away: cue files and how a message is held against them.

A cue is written in plain Indonesian: `berapa + petugas|pegawai` means that both occur, in any order; words side by side
(`hari kerja`) must stand side by side; `|` separates words that may stand in one place. All are compared by stems,
so that one cue covers `bayar`, `membayar` and `pembayaran`. Cues have a strength: decisive 20, certain 6, strong 3,
fair 2, hint 1, against -3.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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


@dataclass(frozen=True, slots=True)
class Evidence:
    """How strongly a message speaks for one meaning, and by which of its words (positions)."""

    score: float
    positions: frozenset[int]
    best: frozenset[int]  # those of its strongest cue alone
    strongest: float = 0.0  # the weight of that cue


class Cues:
    """All cues of one file, found in a message by their first words."""

    def __init__(self, source: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self._by_anchor: dict[str, list[Cue]] = {}
        self.words: set[str] = set()
        self.owners: dict[str, set[str]] = {}  # stem to the meanings that it gives away all by itself
        for meaning, groups in source.items():
            for strength, patterns in groups.items():
                if strength in STRENGTH:
                    for pattern in patterns:
                        self._add(_cue(meaning, STRENGTH[strength], pattern))
                        self.words |= set(pattern.replace("|", " ").replace("+", " ").split())

    def _add(self, cue: Cue) -> None:
        if cue.weight >= STRENGTH["strong"] and len(cue.phrases) == 1 and len(cue.phrases[0]) == 1:
            for word in cue.phrases[0][0]:
                self.owners.setdefault(word, set()).add(cue.meaning)
        for anchor in cue.phrases[0][0]:
            self._by_anchor.setdefault(anchor, []).append(cue)

    def find(self, words: Sequence[Word]) -> dict[str, Evidence]:
        """Evidence by meaning; a meaning without any cue is absent."""
        stems = [word.stem for word in words]
        places: dict[str, list[int]] = {}
        for index, value in enumerate(stems):
            places.setdefault(value, []).append(index)
        matches: dict[str, list[tuple[float, frozenset[int]]]] = {}
        seen: set[int] = set()
        for value in places:
            for cue in self._by_anchor.get(value, ()):
                if id(cue) in seen:
                    continue
                positions = _match(cue, stems, places)
                if positions is not None:
                    seen.add(id(cue))
                    matches.setdefault(cue.meaning, []).append((cue.weight, positions))
        return {meaning: _weigh(found, words) for meaning, found in matches.items()}


def _weigh(matches: Sequence[tuple[float, frozenset[int]]], words: Sequence[Word]) -> Evidence:
    """All that speaks for a meaning, less what speaks against it in the same clause."""
    speaking = [match for match in matches if match[0] > 0]
    clauses = {words[i].clause for _, positions in speaking for i in positions}
    against = sum(
        weight
        for weight, positions in matches
        if weight < 0 and (not clauses or clauses & {words[i].clause for i in positions})
    )
    positions = frozenset(i for _, found in speaking for i in found)
    best = max(speaking, key=lambda match: match[0], default=(0.0, frozenset[int]()))
    return Evidence(sum(weight for weight, _ in speaking) + against, positions, best[1], best[0])


@cache
def load(name: str) -> Mapping[str, Mapping[str, list[str]]]:
    """The tables of `content/NAME.toml`."""
    return tomllib.loads((files("knowledge") / "content" / f"{name}.toml").read_text(encoding="utf-8"))


def _cue(meaning: str, weight: float, pattern: str) -> Cue:
    phrases = tuple(
        tuple(frozenset(stem(word) for word in slot.split("|")) for slot in phrase.split())
        for phrase in pattern.split(" + ")
    )
    return Cue(meaning, weight, phrases)


def _match(cue: Cue, stems: Sequence[str], places: Mapping[str, Sequence[int]]) -> frozenset[int] | None:
    positions: set[int] = set()
    for phrase in cue.phrases:
        here = _find_phrase(phrase, stems, places)
        if here is None:
            return None
        positions |= here
    return frozenset(positions)


def _find_phrase(phrase: _Phrase, stems: Sequence[str], places: Mapping[str, Sequence[int]]) -> set[int] | None:
    for first in phrase[0]:
        for start in places.get(first, ()):
            if start + len(phrase) <= len(stems) and all(
                stems[start + offset] in slot for offset, slot in enumerate(phrase)
            ):
                return set(range(start, start + len(phrase)))
    return None
