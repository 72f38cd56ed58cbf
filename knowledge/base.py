"""The knowledge of the office, ready to answer: standards, language and what all standards agree on.

Built from what is published, in well under a second; replaced as a whole when the knowledge changes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from knowledge.businesses import activity_words, businesses_in, short_words
from knowledge.kbli import KbliList
from knowledge.kept import Kept
from knowledge.language import Language, right_words
from knowledge.learnt import Learnt, load_learnt
from knowledge.lessons import shipped_words
from knowledge.phrases import Phrases
from knowledge.profile import Profile, profile_words
from knowledge.questions import component_cues
from knowledge.search import Catalogue, Published
from knowledge.unstated import Unstated, load_unstated

OFFICE_WIDE = frozenset({6, 8, 9, 10, 11, 12, 13, 14})
"""Components about the office rather than about one permit: asked without naming a standard."""


class KnowledgeBase:
    def __init__(self, published: Iterable[Published], version: int = 0, official: KbliList | None = None) -> None:
        self.version = version
        self.official = official or {}  # the list of business codes, where one was imported
        self.profile: Profile = {}  # what the office says of itself
        self.kept = Kept()  # what officers keep beside the standards
        self.catalogue = Catalogue(published, self.official)
        named = self.catalogue.words
        vocabulary = named | self.catalogue.described | short_words() | activity_words() | shipped_words()
        vocabulary |= profile_words()
        if self.catalogue.published:
            vocabulary |= self.catalogue.items(self.catalogue.published[0]).words
        self._vocabulary, self._telling = vocabulary, component_cues().words | named
        self.language = Language(self._vocabulary, self._telling)
        self.phrases = Phrases((), self.language)
        self.learnt_components, self.learnt_intents, self.unstated = _learnt()
        self.agreed_on = lru_cache(maxsize=None)(self._agreed_on)
        agreed = {number: self._agreed_on(number) for number in OFFICE_WIDE}
        # For each office-wide component that all standards state in the same words, one of them.
        self.agreed = {number: entry for number, entry in agreed.items() if entry is not None}
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

    def _agreed_on(self, number: int) -> Published | None:
        """One of the standards when all of them state this component in the same words."""
        entries = self.catalogue.published
        texts = {entry.standard.components.get(number) for entry in entries}
        return entries[0] if len(texts) == 1 and None not in texts else None


@lru_cache(maxsize=1)
def _learnt() -> tuple[Learnt, Learnt, Unstated]:
    """What examples teach of components and of intents, and what no standard states. No publication changes it."""
    right_words()  # these tables are read now, so that no message waits for them
    businesses_in("-")
    return load_learnt("components"), load_learnt("intents"), load_unstated()
