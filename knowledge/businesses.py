"""What people call a business, and what the words for doing business say of its KBLI code.

Two tables of our own: `content/businesses.tsv` (names by code) and `content/activities.toml` (`jual` points at shops,
`pabrik` at makers).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from knowledge.cues import load
from knowledge.language import fold, stem

_SHORT = 4  # letters
_USUAL = 3  # names of a business


class Activity(NamedTuple):
    """A kind of doing business."""

    codes: tuple[str, ...]  # how the codes begin that it speaks for; empty: for none in particular
    off: float  # what the score of any other is multiplied by


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    text = (files("knowledge") / "content" / "businesses.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, names = line.split("\t")
            found.setdefault(code, []).extend(name.strip() for name in names.split(","))
    return {code: tuple(dict.fromkeys(names)) for code, names in found.items()}


def other_names(kbli: str | None) -> tuple[str, ...]:
    """What people call a business, as it is shipped; the most usual first."""
    return _names().get(kbli or "", ())


def usual_names() -> Iterator[str]:
    """What every business is called most."""
    for names in _names().values():
        yield from names[:_USUAL]


def businesses_in(text: str) -> set[str]:
    """Names that a message says, of whatever code: also of one that nothing is published for."""
    said = fold(text).split()
    lengths = _lengths()
    return {
        name
        for place, word in enumerate(said)
        for length in lengths.get(word, ())
        if (name := " ".join(said[place : place + length])) in _folded_names()
    }


@lru_cache(maxsize=1)
def short_words() -> frozenset[str]:
    """Words of names that one letter more or less would make another: `lele` is no typo of `lelet`."""
    words = {word for name in _folded_names() for word in name.split()}
    return frozenset(word for word in words if len(word) <= _SHORT)


@lru_cache(maxsize=1)
def _folded_names() -> frozenset[str]:
    return frozenset(" ".join(fold(name).split()) for names in _names().values() for name in names)


@lru_cache(maxsize=1)
def _lengths() -> Mapping[str, Sequence[int]]:
    """How many words the names have that begin with a word."""
    found: dict[str, set[int]] = {}
    for name in _folded_names():
        words = name.split()
        found.setdefault(words[0], set()).add(len(words))
    return {first: tuple(lengths) for first, lengths in found.items()}


@lru_cache(maxsize=1)
def activities() -> Mapping[str, tuple[Activity, ...]]:
    """By the stem of the word; a word may be said of several."""
    found: dict[str, tuple[Activity, ...]] = {}
    for group in load("activities").values():
        activity = Activity(tuple(str(group["codes"]).split()), float(str(group["off"])))
        for word in dict.fromkeys(map(stem, str(group["words"]).split())):
            found[word] = (*found.get(word, ()), activity)
    return found


def activity_words() -> set[str]:
    """The plain words themselves."""
    return {word for group in load("activities").values() for word in str(group["words"]).split()}


def likelihood(kbli: str | None, said: Iterable[Activity]) -> float:
    """How well a code goes with the activities that were said, above 0 to 1: all that do not speak for it count."""
    share = 1.0
    for activity in said:
        if activity.codes and kbli is not None and not kbli.startswith(activity.codes):
            share *= activity.off
    return share
