"""Levels of list items, read back from their markers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.outline import Item, outline, placed_lines, split_marker


def shape(items: tuple[Item, ...]) -> list[object]:
    """Markers only, a list after each marker that has items."""
    out: list[object] = []
    for item in items:
        out.append(item.marker or item.text)
        if item.items:
            out.append(shape(item.items))
    return out


def lines_of(items: tuple[Item, ...]) -> list[str]:
    return [
        line
        for item in items
        for line in (f"{item.marker} {item.text}" if item.marker else item.text, *lines_of(item.items))
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["A. Umum:", "1. a", "2. b", "B. Khusus:", "1. c"], ["A.", ["1.", "2."], "B.", ["1."]]),
        (
            ["1. x:", "a. y", "b. z:", "1) p", "2) q", "c. r", "2. s"],
            ["1.", ["a.", "b.", ["1)", "2)"], "c."], "2."],
        ),
        (["Evaluasi berupa:", "1. a", "2. b"], ["Evaluasi berupa:", ["1.", "2."]]),
        (
            ["Persyaratan Umum:", "1. a", "2. b", "Persyaratan Khusus:", "1. c"],
            ["Persyaratan Umum:", ["1.", "2."], "Persyaratan Khusus:", ["1."]],
        ),
        (["1. Umum:", "1. a", "2. b", "2. Khusus:", "1. c"], ["1.", ["1.", "2."], "2.", ["1."]]),
        (["h. delapan", "i. sembilan", "j. sepuluh"], ["h.", "i.", "j."]),
        (["k. sebelas", "l. dua belas", "m. tiga belas"], ["k.", "l.", "m."]),
        (["1. a", "i. b", "ii. c", "2. d"], ["1.", ["i.", "ii."], "2."]),
        (["l. a", "2. b", "3. c"], ["l.", "2.", "3."]),
        (["1. a", "catatan", "2. b"], ["1.", "catatan", "2."]),
        (["- a", "- b"], ["-", "-"]),
        (["(1) a", "(a) b", "(2) c"], ["(1)", ["(a)"], "(2)"]),
        (["Gratis"], ["Gratis"]),
    ],
)
def test_levels_follow_the_markers(lines: list[str], expected: list[object]) -> None:
    assert shape(outline("\n".join(lines))) == expected


def test_an_item_keeps_its_marker_and_text_apart() -> None:
    assert outline("4. Memiliki sistem manajemen usaha.") == (Item("4.", "Memiliki sistem manajemen usaha."),)


@pytest.mark.parametrize(
    "line",
    [
        "5 tahun di Pemerintahan",
        "30 (tiga puluh) hari",
        "Kec. Purwakarta",
        "ext.103",
        "2021. Pengajuan",
        "Rp 2.500,00",
        "dr. Sari",
    ],
)
def test_a_number_or_an_abbreviation_is_no_marker(line: str) -> None:
    assert split_marker(line) == ("", line)


_MARKERS = ["", "A.", "B.", "1.", "2.", "3.", "a.", "b.", "l.", "i.", "ii.", "1)", "2)", "(a)", "-", "12.", "l2."]


@given(
    st.lists(st.tuples(st.sampled_from(_MARKERS), st.sampled_from(["Teks", "daftar:", "x;"])), min_size=1, max_size=25)
)
def test_walking_the_outline_gives_every_line_once_and_in_order(pairs: list[tuple[str, str]]) -> None:
    lines = [f"{marker} {text}".strip() for marker, text in pairs]
    assert lines_of(outline("\n".join(lines))) == lines


def test_gaps_restarts_and_repeats_are_told_apart() -> None:
    fits = [place.fit for _, _, place in placed_lines("1. a\n2. b\n4. c\n3. d\n1. e\n2. f") if place]
    assert fits == ["start", "next", "gap", "back", "start", "next"]
