"""Which example questions are most alike a message."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.alike import Alike

ANSWERED = ["berapa lama izin terbit", "berapa lama proses izin", "syarat izin apa saja"]
OTHERS = ["berapa lama izin berlaku", "izin berlaku sampai kapan", "siapa boleh urus izin"]
ALIKE = Alike([*((text.split(), True) for text in ANSWERED), *((text.split(), False) for text in OTHERS)])


@pytest.mark.parametrize("text", ANSWERED)
def test_what_is_answered_leans_to_that(text: str) -> None:
    assert ALIKE.lean(text.split()) < -0.2


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_not_answered_leans_to_that(text: str) -> None:
    assert ALIKE.lean(text.split()) > 0.2


def test_the_rarer_word_decides() -> None:
    assert ALIKE.lean(["lama", "izin", "berlaku"]) > 0 > ALIKE.lean(["lama", "izin", "terbit"])


def test_nothing_is_alike_to_what_nobody_said() -> None:
    assert ALIKE.lean(["xyzzy"]) == ALIKE.lean(()) == 0.0
    assert Alike(()).lean(["izin"]) == 0.0


def test_a_word_that_nobody_said_makes_less_sure() -> None:
    alone, beside = ALIKE.lean(["syarat"]), ALIKE.lean(["syarat", "xyzzy", "plugh"])
    assert alone < beside < 0


@given(st.lists(st.sampled_from(["izin", "lama", "berlaku", "syarat", "siapa", "xyzzy"])))
def test_it_stays_between_the_two(stems: list[str]) -> None:
    assert -1.0 <= ALIKE.lean(stems) <= 1.0
    assert ALIKE.lean(stems) == pytest.approx(ALIKE.lean([*reversed(stems), *stems])), "order and number do not count"


def test_it_is_found_among_thousands_that_share_words() -> None:
    """Whatever is asked: of three words that hundreds share, of one rare one, or of one that is in many."""
    words = [f"kata{number}" for number in range(60)]
    many = [([a, b, c, "panjang", f"lain{n}"], True) for n, (a, b, c) in enumerate(itertools.combinations(words, 3))]
    alike = Alike([*many[:9_000], (words[:3], False), (["langka", "panjang"], False), (words[59:], False)])
    for asked in (words[:3], ["langka"], words[59:]):
        assert alike.lean(asked) > 0.5
    assert alike.lean(many[4_321][0]) < -0.5
