"""Learns from example sentences at start-up: no training step, no weights file, one pass of counting.

Complement naive Bayes (Rennie et al., 2003, “Tackling the poor assumptions of naive Bayes text classifiers”) over word stems,
pairs of neighbours and letter groups. It stands beside the cues: they say why, it covers what nobody thought of.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from knowledge.language import Word

_SMOOTHING = 0.6
_SHARPNESS = 40.0  # set by cross-validation on the example files: turns margins into something like probabilities


def features(words: Sequence[Word]) -> Counter[str]:
    """Stems, neighbouring stems and groups of four letters."""
    stems = [word.stem for word in words if not word.stem.isdigit() or len(word.stem) <= 2]
    found: Counter[str] = Counter(stems)
    found.update(f"{a} {b}" for a, b in zip(["^", *stems], [*stems, "$"], strict=True))
    for word in stems:
        found.update(f"#{word[i : i + 4]}" for i in range(max(0, len(word) - 3)) if len(word) > 4)
    return found


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
            length = math.sqrt(sum(n * n for n in found.values())) or 1.0
            for feature, n in found.items():
                counts[meaning][feature] += n / length
        self.meanings = sorted(counts)
        _even_out(counts, evenness)
        self._weights = _weights([counts[meaning] for meaning in self.meanings])
        self._idf = {f: math.log((1 + total) / (1 + n)) for f, n in documents.items()}

    def read(self, words: Sequence[Word]) -> dict[str, float]:
        """A share of certainty by meaning, in all 1; empty when no feature is known."""
        raw = self._raw(words)
        if not raw:
            return {}
        top = max(raw.values())
        shares = {meaning: math.exp((value - top) * _SHARPNESS) for meaning, value in raw.items()}
        whole = sum(shares.values())
        return {meaning: share / whole for meaning, share in shares.items()}

    def _raw(self, words: Sequence[Word]) -> dict[str, float]:
        found = {f: n * self._idf[f] for f, n in features(words).items() if f in self._idf}
        if not found:
            return {}
        length = math.sqrt(sum(n * n for n in found.values()))
        totals = [0.0] * len(self.meanings)
        for feature, n in found.items():
            for index, weight in enumerate(self._weights[feature]):
                totals[index] += n * weight
        return {meaning: total / length for meaning, total in zip(self.meanings, totals, strict=True)}


def _weights(counts: Sequence[Mapping[str, float]]) -> dict[str, array[float]]:
    """For each feature how much it speaks for each meaning: how rare it is in all the others, normalised."""
    everything: dict[str, float] = defaultdict(float)
    for counted in counts:
        for feature, value in counted.items():
            everything[feature] += value
    whole = sum(everything.values())
    weights = {feature: array("f", bytes(4 * len(counts))) for feature in everything}
    for index, mine in enumerate(counts):
        rest = whole - sum(mine.values()) + _SMOOTHING * len(everything)
        norm = 0.0
        for feature, total in everything.items():
            weight = math.log((total - mine.get(feature, 0.0) + _SMOOTHING) / rest)
            weights[feature][index] = -weight
            norm += abs(weight) / len(everything)
        for feature in everything:
            weights[feature][index] /= norm
    return weights


def _even_out(counts: Mapping[str, dict[str, float]], evenness: float) -> None:
    """Brings the masses of the meanings together (1: all equal), so that one with many examples does not win by number."""
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
