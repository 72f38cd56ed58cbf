"""Cutting one thought into messages: whatever the lines are, nothing is lost, nothing is too long, nothing is torn."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.messages import Line
from handlers.parts import LIMITS, cut

# each one picture to the reader, of several code points
EMOJI = (
    "👍🏽",
    "👨\u200d👩\u200d👧\u200d👦",
    "🇮🇩",
    "❤\ufe0f",
    "e\u0301",
)
word = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40) | st.sampled_from(EMOJI)
text = st.lists(word, max_size=120).map(" ".join)
lines = st.lists(
    st.builds(Line, text, st.sampled_from(["plain", "strong", "quote", "source"])), min_size=1, max_size=40
)
limits = st.sampled_from([300, 400, *LIMITS.values()])
NUMBER = re.compile(r"\((\d+)/(\d+)\)")


def shown(part: tuple[Line, ...]) -> str:
    return "\n".join(line.text for line in part)


def words_of(parts: list[tuple[Line, ...]]) -> list[str]:
    """All words of the parts in order, without the numbering."""
    return [w for part in parts for line in unnumbered(part, len(parts)) for w in line.text.split()]


def unnumbered(part: tuple[Line, ...], total: int) -> tuple[Line, ...]:
    return part if total == 1 else part[1:]


@settings(max_examples=40)
@given(lines, limits)
@example([Line("x" * 270 + " " + "y" * 270)], 300)
@example([Line("")], 300)
def test_every_word_arrives_whole_and_in_order(whole: list[Line], limit: int) -> None:
    assert words_of(cut(whole, limit)) == [w for line in whole for w in line.text.split()]


@settings(max_examples=40)
@given(lines, limits)
def test_no_message_is_longer_than_the_channel_allows(whole: list[Line], limit: int) -> None:
    for part in cut(whole, limit):
        assert len(shown(part)) <= limit


@settings(max_examples=40)
@given(lines, limits)
def test_an_item_is_torn_only_if_it_is_too_long_by_itself(whole: list[Line], limit: int) -> None:
    parts = cut(whole, limit)
    got = [line for part in parts for line in unnumbered(part, len(parts))]
    for line in whole:
        if line.text.strip() and len(line.text) < limit - 20:
            assert line in got


@settings(max_examples=40)
@given(lines, limits)
def test_several_messages_are_numbered_and_begin_with_words(whole: list[Line], limit: int) -> None:
    parts = cut(whole, limit)
    if len(parts) == 1:
        assert list(parts[0]) == whole or not shown(parts[0]).strip()
        return
    for position, part in enumerate(parts, 1):
        found = NUMBER.fullmatch(part[0].text)
        assert found
        assert (int(found[1]), int(found[2])) == (position, len(parts))
        assert part[1].text.strip()
        assert part[-1].text.strip()


@given(st.sampled_from(EMOJI), st.integers(200, 900))
def test_a_row_of_emoji_is_not_cut_inside_one(emoji: str, times: int) -> None:
    parts = cut([Line(emoji * times)], 300)
    for part in parts:
        body = shown(unnumbered(part, len(parts)))
        assert body.replace(emoji, "") == "", "an emoji was torn"


def test_styles_are_kept() -> None:
    styles = [line.style for part in cut([Line("a " * 400, "quote"), Line("b", "source")], 500) for line in part]
    assert set(styles[1:]) == {"quote", "source"}


def test_a_word_without_end_is_cut_all_the_same() -> None:
    parts = cut([Line("z" * 5_000)], 1_600)
    assert "".join(shown(unnumbered(part, 4)) for part in parts) == "z" * 5_000
    assert all(len(shown(part)) <= 1_600 for part in parts)
