"""Learns from example sentences at start-up: no training step, no weights file, one pass of counting.

Complement naive Bayes (Rennie et al., 2003, “Tackling the poor assumptions of naive Bayes text classifiers”) over word stems,
pairs of neighbours and letter groups. It stands beside the cues: they say why, it covers what nobody thought of.
"""

from __future__ import annotations

import math
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
        self._weights: dict[str, dict[str, float]] = {}
        everything: dict[str, float] = defaultdict(float)
        for counted in counts.values():
            for feature, value in counted.items():
                everything[feature] += value
        whole = sum(everything.values())
        size = len(everything)
        for meaning in self.meanings:
            mine = counts[meaning]
            rest = whole - sum(mine.values()) + _SMOOTHING * size
            weights = {f: math.log((everything[f] - mine.get(f, 0.0) + _SMOOTHING) / rest) for f in everything}
            norm = sum(abs(w) for w in weights.values()) / size
            self._weights[meaning] = {f: -w / norm for f, w in weights.items()}
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
        return {m: sum(n * self._weights[m][f] for f, n in found.items()) / length for m in self.meanings}


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
