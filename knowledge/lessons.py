"""The example sentences of `content/examples/`, as they are read: what is learnt from, and what it is compared with.

They are read with the shipped words alone, so that nothing of it depends on what is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from knowledge.businesses import usual_names
from knowledge.intents import intent_cues, whole_words
from knowledge.items import item_words
from knowledge.language import Language, Word, filler_words, words_of_any_question
from knowledge.questions import component_cues
from knowledge.unstated import Example, as_compared, unstated_cues, without_names

Subject = Literal["intents", "components"]
SUBJECTS: tuple[Subject, ...] = ("intents", "components")
UNSTATED = "0"  # the component of questions that no standard answers
_INQUIRY = 0.3  # what a question about a component counts as an example of an inquiry: there are very many


class Lesson(NamedTuple):
    meaning: str
    words: tuple[Word, ...]
    weight: float = 1.0


def load_examples(name: str) -> list[tuple[str, str]]:
    """The rows of `content/examples/NAME.tsv`: meaning, sentence."""
    text = (files("knowledge") / "content" / "examples" / f"{name}.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t", 1) for line in text.splitlines() if "\t" in line and not line.startswith("#"))
    return [(meaning, sentence) for meaning, sentence in rows]


def lessons(subject: Subject) -> Iterator[Lesson]:
    """What teaches which intent a message has, or which component it asks for."""
    if subject == "components":
        for meaning, words in of_any_business("components"):
            if "," not in meaning:
                yield Lesson(meaning, words)
        return
    for meaning, text in load_examples("intents"):
        yield Lesson(meaning, _language().read(text))
    for _, text in load_examples("components"):
        yield Lesson("inquiry", _language().read(text), _INQUIRY)
    for name in usual_names():  # by itself it is a question; or `warung kopi` would be known from complaints only
        yield Lesson("inquiry", _language().read(name), _INQUIRY)


def compared() -> Iterator[Example]:
    """Questions that a message is compared with: those that standards answer, and those that none does."""
    for name in ("components", "unstated"):
        for meaning, words in of_any_business(name):
            yield Example(as_compared(words), name == "components" and meaning != UNSTATED)


def of_any_business(name: str) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """Meaning and words of questions, without the names of businesses."""
    for meaning, text in load_examples(name):
        yield meaning, tuple(without_names(_language().read(text), text))


@lru_cache(maxsize=1)
def shipped_words() -> frozenset[str]:
    """The words that matter whatever is published."""
    cues = component_cues().words | intent_cues().words | unstated_cues().words
    return frozenset(cues | filler_words() | words_of_any_question() | whole_words() | item_words())


@lru_cache(maxsize=1)
def _language() -> Language:
    return Language(shipped_words(), component_cues().words)
