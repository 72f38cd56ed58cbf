"""Learns from example sentences at start-up: no training step, no weights file, one pass of counting.

Complement naive Bayes (Rennie et al., 2003, “Tackling the poor assumptions of naive Bayes text classifiers”) over word
stems, pairs of neighbours and letter groups. It stands beside the cues: they say why, it covers what nobody thought of.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from knowledge.language import Word

_SMOOTHING = 0.6
_PHRASE = 12  # words that may be said again as they are
_SHARPNESS = 40.0  # set by cross-validation on the example files: turns margins into something like probabilities


def features(words: Sequence[Word]) -> Counter[str]:
    """Stems, neighbouring stems and groups of four letters."""
    return Counter(_features([word.stem for word in words if not word.stem.isdigit()]))


def _features(stems: Sequence[str]) -> list[str]:
    pairs = [f"{a} {b}" for a, b in zip(["^", *stems], [*stems, "$"], strict=True)]
    return [*pairs, *(part for word in stems for part in _parts(word))]


def _parts(word: str) -> tuple[str, ...]:
    """A stem and its groups of letters."""
    return (word, *(f"#{word[i : i + 4]}" for i in range(len(word) - 3))) if len(word) > 4 else (word,)


class Examples:
    """Sentences with their meanings, counted, without the pairs of words that only one of them has."""

    def __init__(self, rows: Iterable[tuple[str, Sequence[Word]]], evenness: float = 0.0) -> None:
        heard: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        documents: Counter[str] = Counter()
        total = 0
        for meaning, words in rows:
            found = features(words)
            documents.update(found.keys())
            total += 1
            length = math.hypot(*found.values())
            mine = heard[meaning]
            for feature, n in found.items():
                mine[feature] += n / length
        # Most pairs of words stood side by side once: they take the room, and tell little.
        documents = Counter({f: n for f, n in documents.items() if " " not in f or n > 1})
        counts = {meaning: {f: n for f, n in mine.items() if f in documents} for meaning, mine in heard.items()}
        self.meanings = sorted(counts)
        if evenness:
            _even_out(counts, evenness)
        self._weights = _Weights([counts[meaning] for meaning in self.meanings])
        self._idf = {f: math.log((1 + total) / (1 + n)) for f, n in documents.items()}
        self._neighbours: dict[str, dict[str, array[float] | None]] = {}  # rows of known pairs, made when first said
        for feature in self._idf:
            first, blank, second = feature.partition(" ")
            if blank:
                self._neighbours.setdefault(first, {})[second] = None
        self._word = lru_cache(maxsize=2048)(self._word_row)
        self._shares = lru_cache(maxsize=1024)(self._read)  # much is asked in the same words of different businesses

    def read(self, words: Sequence[Word]) -> Mapping[str, float]:
        """A share of certainty by meaning, in all 1; empty when no feature is known."""
        stems = tuple([word.stem for word in words if not word.stem.isdigit()])
        return self._shares(stems) if len(stems) <= _PHRASE else self._read(stems)

    def _read(self, stems: tuple[str, ...]) -> Mapping[str, float]:
        rows = self._pair_rows(stems)
        said: list[str] = []
        for stem in stems:
            known, row = self._word(stem)
            if known:
                said += known
                rows.append(row)
        if not rows:
            return {}
        squares, *columns = zip(*rows, strict=True)
        length = math.sqrt(sum(squares))
        if len(set(stems)) < len(stems) or len(set(said)) < len(said):  # what is said again is longer than its parts
            counted = Counter(feature for feature in _features(stems) if feature in self._idf)
            length = math.hypot(*[n * self._idf[feature] for feature, n in counted.items()])
        values = [sum(column) / length for column in columns]
        top = max(values)
        shares = [math.exp((value - top) * _SHARPNESS) for value in values]
        whole = sum(shares)
        return {meaning: share / whole for meaning, share in zip(self.meanings, shares, strict=True)}

    def _pair_rows(self, stems: Sequence[str]) -> list[array[float]]:
        rows = []
        for first, second in zip(("^", *stems), (*stems, "$"), strict=True):
            known = self._neighbours.get(first)
            if known and second in known:
                row = known[second]
                if row is None:
                    row = known[second] = self._row(Counter([f"{first} {second}"]))
                rows.append(row)
        return rows

    def _word_row(self, stem: str) -> tuple[tuple[str, ...], array[float]]:
        """The known features of a stem alone, and what they say together."""
        counted = Counter(part for part in _parts(stem) if part in self._idf)
        return tuple(counted), self._row(counted)

    def _row(self, counted: Counter[str]) -> array[float]:
        """How rare known features are, squared, and what they say for each meaning, weighed by that."""
        found = {feature: n * self._idf[feature] for feature, n in counted.items()}
        return array("d", [sum([rarity * rarity for rarity in found.values()]), *self._weights.add_up(found)])


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
        common = sum([n * self._common[feature] for feature, n in found.items()])
        values = [(times * rest - common) / norm for rest, norm in zip(self._rest, self._norms, strict=True)]
        for feature, n in found.items():
            for index, gain in self._gains[feature]:
                values[index] += n * gain / self._norms[index]
        return values


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
