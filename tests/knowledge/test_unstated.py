"""What no standard states: told by cues and by example questions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from knowledge.items import ItemIndex
from knowledge.language import Language, Word
from knowledge.questions import Asked
from knowledge.unstated import BY_EXAMPLE, Example, Unstated, as_compared, beside_asks, telling, unstated_cues

LANGUAGE = Language(
    {
        "berapa",
        "biaya",
        "sewa",
        "kios",
        "izin",
        "syarat",
        "gratis",
        "purwakarta",
        "wifi",
        "pagar",
        "modal",
        "jam",
        "buka",
    }
)
STATED = ("izin ini gratis", "apa izin benar gratis", "syarat izin", "ada wifi gratis")
OTHERS = ("berapa biaya sewa kios", "sewa kios purwakarta", "izin sewa")


def words(text: str) -> tuple[Word, ...]:
    return LANGUAGE.read(text)


UNSTATED = Unstated(
    [Example(as_compared(words(text)), stated) for rows, stated in ((STATED, True), (OTHERS, False)) for text in rows]
)


def doubt(text: str, asks: Sequence[Asked] = (), index: ItemIndex | None = None) -> float:
    said = telling(words(text))
    return UNSTATED.doubt(said, beside_asks(said, asks), index)


@pytest.mark.parametrize("text", ["gratis", "apa izin gratis", "ada wifi gratis"])
def test_what_standards_are_asked_for_is_not_doubted(text: str) -> None:
    assert doubt(text) < 0


@pytest.mark.parametrize("text", ["sewa kios", "izin sewa kios"])
def test_what_they_are_not_asked_for_is(text: str) -> None:
    assert doubt(text) > 0


def test_nothing_but_what_is_asked_for_is_no_reason_to_doubt() -> None:
    assert doubt("berapa biaya") > 0
    assert doubt("berapa biaya", [Asked(4, 9.0)]) < 0
    assert doubt("berapa biaya sewa", [Asked(4, 9.0)]) > 0


@pytest.mark.parametrize("text", ["", "xyzzy", "29102"])
def test_what_nobody_said_is_not_doubted(text: str) -> None:
    assert doubt(text) < 0


def test_a_known_word_that_no_such_question_holds_adds_to_it_unless_the_standard_says_it() -> None:
    said = "gratis pagar"
    says_it = ItemIndex({1: "1. Memiliki pagar"})
    assert doubt("gratis xyzzy") < doubt(said)
    assert doubt(said, index=says_it) < doubt(said)


def test_the_name_of_the_regency_says_nothing() -> None:
    assert doubt("izin gratis purwakarta") == doubt("izin gratis")


def test_common_kinds_have_cues() -> None:
    assert "hours" in unstated_cues().find(Language(unstated_cues().words).read("jam buka kantornya"))


ASKED = [Asked(4, 9.0)]


def kind(text: str, asks: Sequence[Asked] = ()) -> str | None:
    return UNSTATED.kind(words(text), frozenset(), words(text), asks, None)


def test_a_cue_says_what_kind_it_is() -> None:
    assert kind("jam buka") == "hours"
    assert kind("izin sewa", ASKED) == BY_EXAMPLE


def test_a_cue_is_not_believed_where_the_examples_contradict_it() -> None:
    assert kind("modal", ASKED) == "money"
    assert kind("izin benar gratis modal", ASKED) is None
    assert kind("izin benar gratis modal") == "money"  # nothing else was heard


def test_what_only_names_the_business_is_no_cue() -> None:
    said = words("modal")
    assert UNSTATED.kind(said, frozenset({0}), [], ASKED, None) is None


def test_where_nothing_is_said_nothing_is_declined() -> None:
    assert kind("") is None
    assert kind("apa") is None
