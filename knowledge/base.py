"""The knowledge of the office, ready to answer: standards, language and what all standards agree on.

Built from what is published, in well under a second; replaced as a whole when the knowledge changes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any
from zlib import crc32

from knowledge.businesses import activity_words, short_words
from knowledge.examples import Examples, load_examples
from knowledge.intents import intent_cues, whole_words
from knowledge.items import item_words
from knowledge.kbli import KbliList
from knowledge.kept import Kept
from knowledge.language import Language, Word, filler_words, words_of_any_question
from knowledge.phrases import Phrases
from knowledge.profile import Profile, profile_words
from knowledge.questions import component_cues
from knowledge.search import Catalogue, Published
from knowledge.unstated import Unstated, unstated_cues, without_names

OFFICE_WIDE = frozenset({6, 8, 9, 10, 11, 12, 13, 14})
"""Components about the office rather than about one permit: asked without naming a standard."""

_UNSTATED = "0"  # the component of questions that no standard answers
_FEWER = 3  # of the questions are examples of an inquiry, which has more of them than other intents


class KnowledgeBase:
    def __init__(self, published: Iterable[Published], version: int = 0, official: KbliList | None = None) -> None:
        self.version = version
        self.official = official or {}  # the list of business codes, where one was imported
        self.profile: Profile = {}  # what the office says of itself
        self.kept = Kept()  # what officers keep beside the standards
        self.catalogue = Catalogue(published, self.official)
        named = self.catalogue.words
        vocabulary = named | self.catalogue.described | short_words() | activity_words() | _shipped_words()
        vocabulary |= profile_words()
        if self.catalogue.published:
            vocabulary |= self.catalogue.items(self.catalogue.published[0]).words
        self._vocabulary, self._telling = vocabulary, component_cues().words | named
        self.language = Language(self._vocabulary, self._telling)
        self.phrases = Phrases((), self.language)
        self.component_examples, self.intent_examples, self.unstated = _examples()
        self.agreed_on = lru_cache(maxsize=None)(self._agreed_on)
        self.memory: dict[object, Any] = {}  # what was read with it, for whoever reads; it ends with this knowledge

    def with_profile(self, profile: Profile) -> KnowledgeBase:
        """The same knowledge with other statements of the office. No reading depends on them, so memory is shared."""
        other = copy.copy(self)
        other.profile = profile
        return other

    def with_kept(self, kept: Kept) -> KnowledgeBase:
        """The same standards with other phrases, answers and laws. Readings depend on the phrases."""
        other = copy.copy(self)
        other.kept = kept
        other.memory = {}
        if not kept.words <= self._vocabulary:
            other.language = Language(self._vocabulary | kept.words, self._telling)
        known = (p for p in kept.phrases if p.identity in self.catalogue.by_identity or p.answer in kept.answers)
        other.phrases = Phrases(known, other.language)
        return other

    @cached_property
    def agreed(self) -> dict[int, Published]:
        """For each office-wide component that all standards state in the same words, one of them."""
        found = {number: self.agreed_on(number) for number in OFFICE_WIDE}
        return {number: entry for number, entry in found.items() if entry is not None}

    def _agreed_on(self, number: int) -> Published | None:
        """One of the standards when all of them state this component in the same words."""
        entries = self.catalogue.published
        texts = {entry.standard.components.get(number) for entry in entries}
        return entries[0] if len(texts) == 1 and None not in texts else None


@lru_cache(maxsize=1)
def _shipped_words() -> frozenset[str]:
    """The words that matter whatever is published."""
    cues = component_cues().words | intent_cues().words | unstated_cues().words
    return frozenset(cues | filler_words() | words_of_any_question() | whole_words() | item_words())


@lru_cache(maxsize=1)
def _examples() -> tuple[Examples, Examples, Unstated]:
    """The example questions by component, the example messages by intent, and what no standard states.

    They are read with the shipped words alone, so that a publication need not read them again.
    """
    language = Language(_shipped_words(), component_cues().words)

    def read(name: str) -> Iterator[tuple[str, tuple[Word, ...], str]]:
        return ((meaning, language.read(text), text) for meaning, text in load_examples(name))

    questions = list(read("components"))
    of_any = [(component, without_names(words, text)) for component, words, text in questions]
    stated = (words for component, words in of_any if component != _UNSTATED)
    others = (words for component, words in of_any if component == _UNSTATED)
    more = (without_names(words, text) for _, words, text in read("unstated"))
    inquiries = (("inquiry", words) for _, words, text in questions if crc32(text.encode()) % _FEWER == 0)
    return (
        Examples(((component, words) for component, words in of_any if "," not in component)),
        Examples(chain(((intent, words) for intent, words, _ in read("intents")), inquiries), evenness=0.5),
        Unstated(stated, chain(others, more)),
    )
