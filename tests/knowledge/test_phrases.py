"""Phrases of officers are heard as people write them, the longest first, and never in words that say nothing."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.kept import Kept
from knowledge.laws import shipped_laws
from knowledge.phrases import Heard, OfficeAnswer, Phrase, stems_of
from tests.storage.fresh import NOW

ANSWERS = {7: OfficeAnswer(7, "QRIS", "Bisa.", NOW), 8: OfficeAnswer(8, "Lain", "Lain.", NOW)}


def known(*texts: str) -> KnowledgeBase:
    phrases = tuple(Phrase(n, text, answer=7) for n, text in enumerate(texts, 1))
    return KnowledgeBase([]).with_kept(Kept(phrases, ANSWERS))


def heard(knowledge: KnowledgeBase, message: str) -> Heard | None:
    return knowledge.phrases.find(knowledge.language.read(message))


@pytest.mark.parametrize(
    "message",
    ["bayar pake qris", "Min, bisa bayar pakai QRIS ga ya?", "byr pake qris dong", "bayarnya pakai qrsi bisa?"],
)
def test_slang_endings_slips_and_softeners_do_not_matter(message: str) -> None:
    assert heard(known("bayar pakai qris"), message)


@pytest.mark.parametrize("message", ["", "qris", "bayar retribusi pakai qris", "qris pakai bayar", "123"])
def test_only_words_side_by_side_and_in_order_are_heard(message: str) -> None:
    assert heard(known("bayar pakai qris"), message) is None


def test_the_longest_is_heard_and_of_two_alike_the_later() -> None:
    found = heard(known("qris", "bayar pakai qris", "bayar pake qris"), "bisa bayar pakai qris?")
    assert found
    assert found.phrase.id == 3


def test_how_much_of_the_message_it_is() -> None:
    knowledge = known("heleran pare")
    whole, part = heard(knowledge, "heleran pare min"), heard(knowledge, "syarat biaya waktu sarana heleran pare")
    assert whole
    assert part
    assert (whole.whole, whole.mostly) == (True, True)
    assert (part.whole, part.mostly) == (False, False)


def test_a_phrase_of_words_that_say_nothing_is_heard_nowhere() -> None:
    knowledge = known("min tolong dong")
    assert stems_of("min tolong dong", knowledge.language) == ()
    assert heard(knowledge, "min tolong dong") is None


def test_a_phrase_for_what_is_not_there_any_more_means_nothing() -> None:
    phrases = (Phrase(1, "qris", answer=99), Phrase(2, "heleran", identity="gone"))
    knowledge = KnowledgeBase([]).with_kept(Kept(phrases, {}, shipped_laws()))
    assert heard(knowledge, "qris") is None
    assert heard(knowledge, "heleran") is None


def test_what_was_read_before_a_phrase_is_read_anew_with_it() -> None:
    alone = known()
    alone.memory["x"] = "read"
    assert alone.with_kept(Kept((Phrase(1, "qris", answer=7),), ANSWERS)).memory == {}
    assert alone.memory == {"x": "read"}
