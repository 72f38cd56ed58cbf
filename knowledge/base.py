"""The knowledge of the office, ready to answer: standards, language and what all standards agree on.

Built from what is published, in well under a second; replaced as a whole when the knowledge changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

from knowledge.cues import Cues, load
from knowledge.examples import Examples, load_examples
from knowledge.intents import intent_cues, whole_words
from knowledge.language import Language, filler_words
from knowledge.questions import component_cues, item_words
from knowledge.search import Catalogue, Published

OFFICE_WIDE = frozenset({6, 8, 9, 10, 11, 12, 13, 14})
"""Components about the office rather than about one permit: asked without naming a standard."""


class KnowledgeBase:
    def __init__(self, published: Iterable[Published], version: int = 0) -> None:
        self.version = version
        self.catalogue = Catalogue(published)
        vocabulary = self.catalogue.words | filler_words() | whole_words() | item_words()
        vocabulary |= component_cues().words | intent_cues().words | unstated_cues().words
        if self.catalogue.published:
            vocabulary |= self.catalogue.items(self.catalogue.published[0]).words
        self.language = Language(vocabulary, component_cues().words | self.catalogue.words)

        self.intent_examples = Examples((m, self.language.read(t)) for m, t in load_examples("intents"))
        self.component_examples = Examples(
            (m, self.language.read(t)) for m, t in load_examples("components") if "," not in m
        )

    @cached_property
    def agreed(self) -> dict[int, Published]:
        """For each component that all standards state in the same words, one of them."""
        entries = self.catalogue.published
        found: dict[int, Published] = {}
        for number in OFFICE_WIDE:
            texts = {entry.standard.components.get(number) for entry in entries}
            if len(texts) == 1 and None not in texts:
                found[number] = entries[0]
        return found


@lru_cache(maxsize=1)
def unstated_cues() -> Cues:
    """What is often asked and stands in no standard."""
    return Cues(load("unstated"))

