"""Which standard a message means, and how sure that is.

Exact codes first. Then other names (`content/aliases.toml`), then the words of the titles, weighed by how rare they are
among all titles. A score is between 0 and 1: how much of the title was said, and how much of what was said the title
explains.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from knowledge.cues import load
from knowledge.items import ItemIndex
from knowledge.language import Word, filler_words, fold, stem
from knowledge.questions import component_cues, filler
from knowledge.standards import ServiceStandard, normalised

SURE = 0.62  # answer
UNSURE = 0.34  # ask; below: it is another matter
_ALIAS = 0.97
_GENERIC_WEIGHT = 0.25
_SYNONYM_WEIGHT = 0.9
_UNEXPLAINED_WEIGHT = 0.8
_EXPLAINED_WEIGHT = 0.5  # `kantor`, `biaya`: said of every permit, and in some titles too

_CODE = re.compile(
    r"(?:(?<![\w.,/-])|(?<=kbli)|(?<=KBLI)|(?<=\d{5},)|(?<=\d{5}/))"
    r"(?:[0-9OoIlSBZ]{5}|[0-9](?: [0-9]){4})(?![\w-]|[./]\d|,\d(?!\d{4}\b))"
)
_LOOKS_LIKE = str.maketrans("OoIlSBZ", "0011582")
_NOT_A_CODE_BEFORE = re.compile(r"(rp\.?|pos|rupiah|(?<!kbli )(?:nomor|no\.?)|hp|wa)\s*$", re.IGNORECASE)
_NOT_A_CODE_AFTER = re.compile(r"\s*(rupiah|ribu|rb|juta|perak)", re.IGNORECASE)


class Published(NamedTuple):
    """A standard as one edition has it."""

    standard: ServiceStandard
    edition: str  # its title
    effective_on: date | None = None


def key(published: Published) -> str:
    """A short name of a standard for buttons, whose payload holds 64 bytes: its code, twelve digits of its identity."""
    digest = hashlib.sha256(published.standard.identity.encode()).hexdigest()[:12]
    return f"{published.standard.kbli or 'x'}-{digest}"


@dataclass(frozen=True, slots=True)
class Candidate:
    published: Published
    score: float
    said: float = 0.0  # the weight of the words of its name that were said


@dataclass(frozen=True, slots=True)
class Code:
    """A five-digit KBLI code in a message. `exact`: written in digits; else letters were read as digits (`29l02`)."""

    digits: str
    written: str
    exact: bool


def find_codes(text: str) -> list[Code]:
    """KBLI codes in a message, also spaced out or with letters like digits; amounts and telephone numbers are none."""
    found: dict[str, Code] = {}
    for match in _CODE.finditer(text):
        written = match.group()
        digits = written.replace(" ", "").translate(_LOOKS_LIKE)
        if sum(c.isdigit() for c in written) < 3:
            continue
        if _NOT_A_CODE_BEFORE.search(text[: match.start()]) or _NOT_A_CODE_AFTER.match(text[match.end() :]):
            continue
        found.setdefault(digits, Code(digits, written, written.replace(" ", "").isdigit()))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Match:
    """The ranking of one message, and which of its words name a business."""

    candidates: tuple[Candidate, ...]
    positions: frozenset[int] = field(default=frozenset())  # words that belong to the best candidate's name
    topics: tuple[str, ...] = ()  # words that nothing here explains: perhaps another business


class Catalogue:
    """All current standards, ready to be searched. Built anew when the knowledge changes."""

    def __init__(self, published: Iterable[Published]) -> None:
        self.published = list(published)
        self.by_identity = {p.standard.identity: p for p in self.published}
        self.by_key = {key(p): p for p in self.published}
        self.by_code: dict[str, list[Published]] = {}
        self._names: list[Mapping[str, float]] = []
        self._postings: dict[str, dict[int, float]] = {}
        self._items: dict[str, ItemIndex] = {}
        for index, entry in enumerate(self.published):
            if entry.standard.kbli:
                self.by_code.setdefault(entry.standard.kbli, []).append(entry)
            for word, weight in _name_words(entry.standard.title).items():
                self._postings.setdefault(word, {})[index] = weight
        self._title_words = {word for p in self.published for word in normalised(p.standard.title).split()}
        self._explained = {stem(w) for w in component_cues().words | filler_words() if w}
        self._mass = [0.0] * len(self.published)
        for word, postings in self._postings.items():
            for index, weight in postings.items():
                if weight in (1.0, _GENERIC_WEIGHT):
                    self._mass[index] += weight * self._weight(word)
        self._aliases = [
            (tuple(stem(word) for word in fold(alias).split()), entry)
            for code, aliases in load("aliases")["standards"].items()
            for alias in aliases
            for entry in self.by_code.get(code, ())
        ]

    @property
    def words(self) -> set[str]:
        """Plain words of all titles and other names."""
        others = {w for group in load("aliases")["words"].values() for w in str(group).split()}
        aliases = {w for group in load("aliases")["standards"].values() for alias in group for w in alias.split()}
        return self._title_words | others | aliases | set(load("aliases")["words"])

    def items(self, published: Published) -> ItemIndex:
        """The items of one standard, indexed when first asked for."""
        identity = published.standard.identity
        if identity not in self._items:
            if len(self._items) > 64:
                self._items.clear()
            self._items[identity] = ItemIndex(published.standard.components)
        return self._items[identity]

    def match(self, words: Sequence[Word], limit: int = 10) -> Match:
        """The standards that a message may mean, best first."""
        alias = self._match_alias(words)
        if alias:
            return alias
        scores: dict[int, float] = {}
        named: dict[int, set[int]] = {}
        unexplained: dict[int, float] = {}
        for position, word in enumerate(words):
            if word.plain.isdigit():
                continue
            postings = self._postings.get(word.stem, {})
            if word.stem in component_cues().owners and word.plain not in self._title_words:
                postings = {}  # `biayanya` is no `Pembiayaan`
            rarity = self._weight(word.stem)
            if not postings and word.stem not in self._explained:
                unexplained[position] = _UNEXPLAINED_WEIGHT * rarity
            for index, weight in postings.items():
                taken = named.setdefault(index, set())
                if not any(words[p].stem == word.stem for p in taken):
                    scores[index] = scores.get(index, 0.0) + weight * rarity
                taken.add(position)
        topics = tuple(words[p].raw for p in unexplained)
        loose = sum(unexplained.values())
        ranked = []
        for index, said in scores.items():
            coverage = min(1.0, said / (self._mass[index] or 1.0))
            others = sum(
                self._rarity(words[p].stem) * 0.5
                for p in range(len(words))
                if p not in named[index]
                and words[p].stem in self._postings
                and words[p].stem not in self._explained
                and words[p].stem not in _generic()
            )
            focus = said / (said + loose + others)
            ranked.append((coverage**0.7 * focus**0.3, index, said))
        ranked.sort(key=lambda pair: (-pair[0], self.published[pair[1]].standard.number))
        candidates = tuple(Candidate(self.published[i], round(score, 3), said) for score, i, said in ranked[:limit])
        positions = frozenset(named[ranked[0][1]]) if ranked else frozenset[int]()
        return Match(candidates, positions, topics)

    def _match_alias(self, words: Sequence[Word]) -> Match | None:
        stems = [word.stem for word in words]
        for alias, entry in self._aliases:
            for start in range(len(stems) - len(alias) + 1):
                if tuple(stems[start : start + len(alias)]) == alias:
                    same = self.by_code.get(entry.standard.kbli or "", [entry])
                    positions = frozenset(range(start, start + len(alias)))
                    return Match(tuple(Candidate(e, _ALIAS) for e in same), positions)
        return None

    def _weight(self, word: str) -> float:
        return self._rarity(word) * (_EXPLAINED_WEIGHT if word in filler() else 1.0)

    def _rarity(self, word: str) -> float:
        return math.log(1 + (len(self.published) + 1) / (1 + len(self._postings.get(word, ()))))


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(stem(word) for word in str(load("aliases")["generic"]["words"]).split())


@lru_cache(maxsize=1)
def _synonyms() -> Mapping[str, tuple[str, ...]]:
    return {
        stem(word): tuple(stem(other) for other in str(others).split())
        for word, others in load("aliases")["words"].items()
    }


def _name_words(title: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for word in normalised(title).split():
        base = stem(word)
        generic = base in _generic()
        weights[base] = _GENERIC_WEIGHT if generic else 1.0
        for other in _synonyms().get(base, ()):
            weights.setdefault(other, _GENERIC_WEIGHT * 0.9 if generic else _SYNONYM_WEIGHT)
    return weights
