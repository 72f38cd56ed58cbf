"""Words that officers have tied to a standard, to one of its components, or to an answer of the office. Pure.

A phrase is heard where its words stand side by side in a message, read as all words are: slang, endings and slips do
not matter, nor words that say nothing (`min`, `dong`). The longest is heard; of two alike the later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from knowledge.language import Language, Word
from knowledge.questions import filler


@dataclass(frozen=True, slots=True)
class Phrase:
    id: int
    text: str
    identity: str | None = None  # of a standard; None: it means an answer of the office
    component: int | None = None
    whole_code: bool = False  # every standard of the same code: which one is asked
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class OfficeAnswer:
    """What the office says itself where no standard states it."""

    id: int
    title: str
    text: str
    updated_at: datetime


class Heard(NamedTuple):
    """A phrase in a message."""

    phrase: Phrase
    positions: frozenset[int]  # its words in the message
    telling: int  # how many words of the message say something

    @property
    def whole(self) -> bool:
        """Nothing else is said."""
        return len(self.positions) == self.telling

    @property
    def mostly(self) -> bool:
        """It is at least half of what is said."""
        return 2 * len(self.positions) >= self.telling


class Phrases:
    """All phrases, ready to be heard in messages that the same language reads."""

    def __init__(self, phrases: Iterable[Phrase], language: Language) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Phrase]]] = {}
        for phrase in phrases:
            if stems := stems_of(phrase.text, language):
                self._by_first.setdefault(stems[0], []).append((stems, phrase))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: (-len(entry[0]), -entry[1].id))

    def find(self, words: Sequence[Word]) -> Heard | None:
        if not self._by_first:
            return None
        empty = filler()
        telling = [(place, word.stem) for place, word in enumerate(words) if word.stem not in empty]
        stems = tuple([stem for _, stem in telling])
        best: tuple[int, int, Phrase, int] | None = None  # the longest, then the latest
        for start, stem in enumerate(stems):
            for phrase_stems, phrase in self._by_first.get(stem, ()):
                length = len(phrase_stems)
                if stems[start : start + length] == phrase_stems:
                    if best is None or (length, phrase.id) > (best[0], best[1]):
                        best = length, phrase.id, phrase, start
                    break
        if best is None:
            return None
        length, _, phrase, start = best
        return Heard(phrase, frozenset(place for place, _ in telling[start : start + length]), len(telling))


def stems_of(text: str, language: Language) -> tuple[str, ...]:
    """The words of a phrase that say something, as they are compared; empty: it could be said of anything."""
    empty = filler()
    return tuple(word.stem for word in language.read(text) if word.stem not in empty)
