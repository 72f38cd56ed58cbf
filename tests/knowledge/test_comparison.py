"""Two versions of a text side by side: nothing is lost, and what differs stands out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.comparison import Piece, Skipped, compared

TEXTS = st.lists(st.text("ab 1.", max_size=8), max_size=12).map("\n".join)


def test_words_that_differ_stand_out() -> None:
    assert compared("1. Rp22.000 saja", "1. Rp25.000 saja") == [
        (Piece("same", "1. "), Piece("out", "Rp22.000"), Piece("in", "Rp25.000"), Piece("same", " saja"))
    ]


def test_lines_come_and_go() -> None:
    assert compared("a\nz\nb", "a\nz\nb\nc") == [Skipped(2), (Piece("same", "b"),), (Piece("in", "c"),)]
    assert compared("a", "") == [(Piece("out", "a"),)]
    assert compared("", "a") == [(Piece("in", "a"),)]
    assert compared("", "") == []


@given(TEXTS, TEXTS)
def test_what_goes_and_what_comes_are_the_two_texts(before: str, after: str) -> None:
    shown = compared(before, after)
    skipped = sum(line.lines for line in shown if isinstance(line, Skipped))
    lines = [line for line in shown if not isinstance(line, Skipped)]
    for gone, text in (("in", before), ("out", after)):
        kept = [line for line in lines if not all(piece.kind == gone for piece in line) or not line]
        said = ["".join(piece.text for piece in line if piece.kind != gone) for line in kept]
        of_text = text.split("\n") if text else []
        assert len(said) + skipped == len(of_text) or "" in of_text
        assert all(line in of_text for line in said)


@given(TEXTS)
def test_what_is_equal_is_not_shown(text: str) -> None:
    assert all(isinstance(line, Skipped) or all(p.kind == "same" for p in line) for line in compared(text, text))
