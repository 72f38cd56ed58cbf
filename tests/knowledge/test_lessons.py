"""The example sentences that PASTI learns from."""

from __future__ import annotations

import pytest

from knowledge.businesses import usual_names
from knowledge.intents import INTENTS
from knowledge.lessons import UNSTATED, lessons, load_examples
from knowledge.standards import COMPONENTS

NAMES = ["components", "intents", "unstated"]


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_sentences_are_many_and_say_what_they_mean(name: str) -> None:
    rows = load_examples(name)
    assert len(rows) > 100
    known = set(INTENTS) if name == "intents" else {UNSTATED, *map(str, COMPONENTS)}
    assert {part for meaning, _ in rows for part in meaning.split(",")} <= known
    assert all(sentence.strip() for _, sentence in rows)


@pytest.mark.parametrize("name", NAMES)
def test_no_shipped_sentence_has_two_meanings(name: str) -> None:
    meanings: dict[str, set[str]] = {}
    for meaning, sentence in load_examples(name):
        meanings.setdefault(" ".join(sentence.lower().split()), set()).add(meaning)
    assert {sentence: sorted(found) for sentence, found in meanings.items() if len(found) > 1} == {}


def test_questions_and_names_are_inquiries_and_count_for_little() -> None:
    light = [lesson for lesson in lessons("intents") if lesson.weight != 1.0]
    assert len(light) == len(load_examples("components")) + len(list(usual_names()))
    assert {(lesson.meaning, lesson.weight) for lesson in light} == {("inquiry", 0.3)}


def test_a_question_about_two_components_teaches_neither() -> None:
    assert {lesson.meaning for lesson in lessons("components")} == {UNSTATED, *map(str, COMPONENTS)}
