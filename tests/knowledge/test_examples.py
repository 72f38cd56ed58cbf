"""Learning from example sentences."""

from __future__ import annotations

import math

import pytest

from knowledge.examples import Examples, features, load_examples
from knowledge.intents import INTENTS
from knowledge.language import Language, Word
from knowledge.standards import COMPONENTS

LANGUAGE = Language({"kucing", "anjing", "makan", "ikan", "tulang", "tidur", "lari"})


def words(text: str) -> tuple[Word, ...]:
    return LANGUAGE.read(text)


ROWS = [("cat", "kucing makan ikan"), ("cat", "kucing tidur"), ("dog", "anjing makan tulang"), ("dog", "anjing lari")]
PETS = Examples((meaning, words(text)) for meaning, text in ROWS)


def test_what_was_seen_is_recognised() -> None:
    for meaning, text in ROWS:
        shares = PETS.read(words(text))
        assert max(shares, key=lambda m: shares[m]) == meaning


def test_the_shares_make_one() -> None:
    assert math.isclose(sum(PETS.read(words("kucing makan tulang")).values()), 1.0)


def test_what_nobody_said_says_nothing() -> None:
    assert PETS.read(words("xyzzy")) == {}
    assert PETS.read(()) == {}


def test_what_speaks_for_both_is_not_certain() -> None:
    shares = PETS.read(words("makan"))
    assert max(shares.values()) < 0.9


def test_the_order_of_neighbours_counts_and_numbers_do_not() -> None:
    assert features(words("kucing makan")) != features(words("makan kucing"))
    assert features(words("kucing 29102")) == features(words("kucing 7"))
    assert not [feature for feature in features(words("081809898222 29102")) if any(c.isdigit() for c in feature)]


@pytest.mark.parametrize("name", ["components", "intents"])
def test_the_shipped_sentences_are_many_and_say_what_they_mean(name: str) -> None:
    rows = load_examples(name)
    assert len(rows) > 100
    known = {str(number) for number in COMPONENTS} if name == "components" else set(INTENTS)
    unknown = {part for meaning, _ in rows for part in meaning.split(",")} - known
    assert unknown <= {"", "0", "none", "-"}
    assert all(sentence.strip() for _, sentence in rows)


@pytest.mark.parametrize("name", ["components", "intents"])
def test_no_shipped_sentence_has_two_meanings(name: str) -> None:
    meanings: dict[str, set[str]] = {}
    for meaning, sentence in load_examples(name):
        meanings.setdefault(" ".join(sentence.lower().split()), set()).add(meaning)
    assert {sentence: sorted(found) for sentence, found in meanings.items() if len(found) > 1} == {}
