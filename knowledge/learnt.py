"""What example sentences teach, as weights: which intent a message has, which component it asks for.

`make learn` (`knowledge/learning.py`) makes `content/learnt/` of `content/examples/`. What was learnt stands beside the
cues: they say why, it covers what nobody thought of.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from knowledge.language import Word

_PHRASE = 12  # words that may be said again as they are


def features(stems: Sequence[str]) -> list[str]:
    """Stems, neighbouring stems and groups of four letters, each once."""
    pairs = [f"{a} {b}" for a, b in zip(("^", *stems), (*stems, "$"), strict=True)]
    return list(dict.fromkeys([*pairs, *(part for stem in stems for part in _parts(stem))]))


def telling_stems(words: Iterable[Word]) -> tuple[str, ...]:
    """Of all words but numbers."""
    return tuple([word.stem for word in words if not word.stem.isdigit()])


def _parts(stem: str) -> tuple[str, ...]:
    """A stem and its groups of letters."""
    return (stem, *(f"#{stem[i : i + 4]}" for i in range(len(stem) - 3))) if len(stem) > 4 else (stem,)


class Learnt:
    """Weights of features for each meaning (multinomial logistic regression over TF-IDF)."""

    def __init__(self, lines: Iterable[str]) -> None:
        """The lines of a learnt file, as `learning.lines_of` makes them."""
        _, *rest = lines
        rows = iter(line.split("\t") for line in rest)
        self.lessons = next(rows)[1]  # the fingerprint of what it was learnt from
        self.meanings = next(rows)[1:]
        self._start = [float(each) for each in next(rows)[1:]]
        self._rows: dict[str, array[float]] = {}
        self._pairs: dict[str, dict[str, array[float]]] = {}
        for feature, rarity, *weights in rows:
            row = array("f", bytes(4 * (len(self.meanings) + 1)))
            row[0] = float(rarity) ** 2
            for each in weights:
                place, _, weight = each.partition(":")
                row[int(place) + 1] = int(weight)
            first, blank, second = feature.partition(" ")
            if blank:
                self._pairs.setdefault(first, {})[second] = row
            else:
                self._rows[feature] = row
        self._word = lru_cache(maxsize=2048)(self._word_row)
        self._shares = lru_cache(maxsize=1024)(self._read)  # much is asked in the same words of different businesses

    def read(self, words: Sequence[Word]) -> Mapping[str, float]:
        """A share of certainty by meaning, in all 1; empty when no feature is known."""
        stems = telling_stems(words)
        return self._shares(stems) if len(stems) <= _PHRASE else self._read(stems)

    def _read(self, stems: tuple[str, ...]) -> Mapping[str, float]:
        rows = []
        for first, second in zip(("^", *stems), (*stems, "$"), strict=True):
            known = self._pairs.get(first)
            if known and second in known:
                rows.append(known[second])
        said: list[str] = []
        for stem in stems:
            parts, row = self._word(stem)
            if parts:
                said += parts
                rows.append(row)
        if not rows:
            return {}
        if len(set(said)) < len(said):  # what is said again counts once
            rows = [row for row in map(self._row, features(stems)) if row is not None]
        rarity, *columns = zip(*rows, strict=True)
        length = math.sqrt(sum(rarity))
        values = [start + sum(column) / length for start, column in zip(self._start, columns, strict=True)]
        top = max(values)
        shares = [math.exp(value - top) for value in values]
        whole = sum(shares)
        return {meaning: share / whole for meaning, share in zip(self.meanings, shares, strict=True)}

    def _row(self, feature: str) -> array[float] | None:
        first, blank, second = feature.partition(" ")
        return self._pairs.get(first, {}).get(second) if blank else self._rows.get(feature)

    def _word_row(self, stem: str) -> tuple[tuple[str, ...], array[float]]:
        """The known features of a stem alone, and what they say together."""
        known = [part for part in dict.fromkeys(_parts(stem)) if part in self._rows]
        return tuple(known), array("f", map(sum, zip(*(self._rows[part] for part in known), strict=True)))


def load_learnt(name: str) -> Learnt:
    """What `content/learnt/NAME.tsv` keeps."""
    text = (files("knowledge") / "content" / "learnt" / f"{name}.tsv").read_text(encoding="utf-8")
    return Learnt(text.splitlines())
