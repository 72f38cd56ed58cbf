"""Learns from example sentences at start-up: no training step, no weights file, one pass of counting.

Complement naive Bayes (Rennie et al., 2003, “Tackling the poor assumptions of naive Bayes text classifiers”) over word
stems, pairs of neighbours and letter groups. It stands beside the cues: they say why, it covers what nobody thought of.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from knowledge.language import Word

_SMOOTHING = 0.6
_SHARPNESS = 40.0  # set by cross-validation on the example files: turns margins into something like probabilities


def features(words: Sequence[Word]) -> Counter[str]:
    """Stems, neighbouring stems and groups of four letters."""
    stems = [word.stem for word in words if not word.stem.isdigit()]
    found = [*stems, *(f"{a} {b}" for a, b in zip(["^", *stems], [*stems, "$"], strict=True))]
    for word in stems:
        found += _letter_groups(word)
    return Counter(found)


@lru_cache(maxsize=8192)
def _letter_groups(word: str) -> tuple[str, ...]:
    return tuple(f"#{word[i : i + 4]}" for i in range(len(word) - 3)) if len(word) > 4 else ()


class Examples:
    """Sentences with their meanings, counted."""

    def __init__(self, rows: Iterable[tuple[str, Sequence[Word]]], evenness: float = 0.0) -> None:
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        documents: Counter[str] = Counter()
        total = 0
        for meaning, words in rows:
            found = features(words)
            documents.update(found.keys())
            total += 1
            length = math.hypot(*found.values())
            mine = counts[meaning]
            for feature, n in found.items():
                mine[feature] += n / length
        self.meanings = sorted(counts)
        if evenness:
            _even_out(counts, evenness)
        self._weights = _Weights([counts[meaning] for meaning in self.meanings])
        self._idf = {f: math.log((1 + total) / (1 + n)) for f, n in documents.items()}

    def read(self, words: Sequence[Word]) -> dict[str, float]:
        """A share of certainty by meaning, in all 1; empty when no feature is known."""
        found = {f: n * self._idf[f] for f, n in features(words).items() if f in self._idf}
        if not found:
            return {}
        length = math.hypot(*found.values())
        values = [value / length for value in self._weights.add_up(found)]
        top = max(values)
        shares = [math.exp((value - top) * _SHARPNESS) for value in values]
        whole = sum(shares)
        return {meaning: share / whole for meaning, share in zip(self.meanings, shares, strict=True)}


class _Weights:
    """For each feature how much it speaks for each meaning: how rare it is in all the others, normalised.

    For most meanings a feature is as rare in the others as in all; for the few that have it, what it gains is kept.
    """

    def __init__(self, counts: Sequence[Mapping[str, float]]) -> None:
        everything: dict[str, float] = defaultdict(float)
        for counted in counts:
            for feature, value in counted.items():
                everything[feature] += value
        whole = sum(everything.values())
        self._common = {feature: math.log(value + _SMOOTHING) for feature, value in everything.items()}
        sums = [0.0] * len(counts)
        gains: dict[str, list[tuple[int, float]]] = defaultdict(list)  # feature to (meaning, gain)
        for index, mine in enumerate(counts):
            for feature, value in mine.items():
                gain = self._common[feature] - math.log(everything[feature] - value + _SMOOTHING)
                gains[feature].append((index, gain))
                sums[index] += gain
        self._gains = {feature: tuple(pairs) for feature, pairs in gains.items()}
        self._rest = [math.log(whole - sum(mine.values()) + _SMOOTHING * len(everything)) for mine in counts]
        common = sum(self._common.values())
        self._norms = [
            rest + (gained - common) / len(everything) for rest, gained in zip(self._rest, sums, strict=True)
        ]

    def add_up(self, found: Mapping[str, float]) -> list[float]:
        """What known features, each so many times, say for each meaning."""
        times = sum(found.values())
        common = sum(n * self._common[feature] for feature, n in found.items())
        gained = [0.0] * len(self._rest)
        for feature, n in found.items():
            for index, gain in self._gains[feature]:
                gained[index] += n * gain
        return [
            (times * rest - common + gain) / norm
            for rest, gain, norm in zip(self._rest, gained, self._norms, strict=True)
        ]


def _even_out(counts: Mapping[str, dict[str, float]], evenness: float) -> None:
    """Brings the masses of the meanings together (1: all equal): one with many examples must not win by number."""
    masses = {meaning: sum(counted.values()) for meaning, counted in counts.items()}
    mean = sum(masses.values()) / (len(masses) or 1)
    for meaning, counted in counts.items():
        scale = (mean / masses[meaning]) ** evenness
        for feature in counted:
            counted[feature] *= scale


def load_examples(name: str) -> list[tuple[str, str]]:
    """The rows of `content/examples/NAME.tsv`: meaning, sentence."""
    text = (files("knowledge") / "content" / "examples" / f"{name}.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t", 1) for line in text.splitlines() if "\t" in line and not line.startswith("#"))
    return [(meaning, sentence) for meaning, sentence in rows]
