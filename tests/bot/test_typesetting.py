"""From lines to what the page shows: no word is lost, lists hang at their level, paragraphs stand apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.typesetting import blocks
from handlers.messages import Line
from tests.bot.fake_chat import LONG_QUOTE


def test_list_markers_hang_at_the_level_of_their_kind() -> None:
    (quote,) = blocks(LONG_QUOTE)
    assert quote.style == "quote"
    assert "".join(str(item.depth) for item in quote.items) == "01111101122" + "11"
    assert (quote.items[0].marker, quote.items[0].text) == ("A.", "Persyaratan Umum:")


@pytest.mark.parametrize("text", ["7 hari kerja", "PP Nomor 5", "Rp. 10", "3.5 persen", "www.example.id", "1.", "a.b"])
def test_an_ordinary_sentence_has_no_marker(text: str) -> None:
    assert blocks([Line(text)])[0].items[0].marker == ""


@given(st.lists(st.builds(Line, st.text(), st.sampled_from(["plain", "strong", "quote", "source"]))))
def test_rendering_groups_lines_and_loses_no_word(lines: list[Line]) -> None:
    grouped = blocks(lines)
    words = [(b.style, word) for b in grouped for i in b.items for word in f"{i.marker} {i.text}".split()]
    assert words == [(line.style, word) for line in lines for word in line.text.split()]
    assert all(one.style != next_one.style or next_one.apart for one, next_one in itertools.pairwise(grouped))


def test_an_empty_line_begins_a_paragraph_but_never_parts_a_quote() -> None:
    lines = [Line(""), Line("Satu"), Line("Dua"), Line(" "), Line("Tiga"), Line("1. Kutipan", "quote")]
    lines += [Line("", "quote"), Line("a. lanjutan", "quote"), Line(""), Line("Nomor", "strong")]
    found = blocks(lines)
    assert [(block.style, block.apart) for block in found] == [
        ("plain", False),
        ("plain", True),
        ("quote", False),
        ("strong", True),
    ]
    assert [item.depth for item in found[2].items] == [0, 1]


def test_only_a_source_is_marked_as_one() -> None:
    assert [block.cites for block in blocks([Line("Sumber: Standar No. 61.", "source")])] == [True]
    assert [block.cites for block in blocks([Line("Data pribadi disimpan.", "source")])] == [False]
