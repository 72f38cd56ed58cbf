"""The words of names of businesses, and what each counts for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from knowledge.businesses import activities
from knowledge.cues import load
from knowledge.language import fold, stem
from knowledge.ranking import Name

GENERIC_WEIGHT = 0.25
_DOING_WEIGHT = 0.4  # `servis` in `servis hp`: which business it is, the thing says
_SYNONYM_WEIGHT = 0.9


@lru_cache(maxsize=1)
def generic_words() -> frozenset[str]:
    """Stems that many names have: `industri`, `toko`."""
    return frozenset(stem(word) for word in str(load("aliases")["generic"]["words"]).split())


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Stems that are said to any office, and mean a business only beside a word for doing it."""
    return frozenset(stem(word) for word in str(load("aliases")["ordinary"]["words"]).split())


@lru_cache(maxsize=1)
def papers() -> frozenset[str]:
    """Stems of papers that other offices give: a business only beside `jasa`."""
    return frozenset(stem(word) for word in str(load("aliases")["papers"]["words"]).split())


@lru_cache(maxsize=1)
def _synonyms() -> Mapping[str, tuple[str, ...]]:
    return {
        stem(word): tuple(stem(other) for other in str(others).split())
        for word, others in load("aliases")["words"].items()
    }


def synonyms_of(title: str) -> set[str]:
    """Plain words that mean the same as one in the title."""
    return {other for word in title.split() for other in str(load("aliases")["words"].get(word, "")).split()}


def title_name(title: str) -> Name:
    own: dict[str, float] = {}
    others: dict[str, float] = {}
    for word in title.split():
        base = stem(word)
        generic = base in generic_words()
        own[base] = GENERIC_WEIGHT if generic else 1.0
        for other in _synonyms().get(base, ()):
            others.setdefault(other, GENERIC_WEIGHT * 0.9 if generic else _SYNONYM_WEIGHT)
    return Name(own, {word: share for word, share in others.items() if word not in own})


@lru_cache(maxsize=8192)
def other_name(name: str) -> Name:
    stems = [stem(word) for word in fold(name).split()]
    return Name(
        {
            base: GENERIC_WEIGHT if base in generic_words() else _DOING_WEIGHT if base in activities() else 1.0
            for base in stems
        }
    )
