"""Cutting one thought into messages: whatever the lines are, nothing is lost, nothing is too long, nothing is torn."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from handlers.messages import Channel, Line, Style
from handlers.parts import CAPTIONS, LIMITS, cut, with_file

Part = tuple[Line, ...]

# each one picture to the reader, of several code points
EMOJI = (
    "👍🏽",
    "👨\u200d👩\u200d👧\u200d👦",
    "🇮🇩",
    "❤\ufe0f",
    "e\u0301",
    "1\ufe0f\u20e3",
    "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
)
LINKS = (
    "https://dpmptsp.contoh.id/layanan/izin-usaha?kode=29102&lewat=wa",
    "www.contoh.id/a_b",
    "pengaduan.ptsp-139@contoh.co.id",
    "0812-3456-7890",
    "+62 812 3456 7890",
    "(0264) 200-1234",
)
word = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40) | st.sampled_from(EMOJI)
text = st.lists(word, max_size=120).map(" ".join)
body: st.SearchStrategy[Style] = st.sampled_from(["plain", "strong", "quote", "source"])
lines = st.lists(st.builds(Line, text, body), min_size=1, max_size=40)
short = st.lists(st.builds(Line, st.text("ab. ", max_size=150).map("a".__add__), body), min_size=1, max_size=40)
limits = st.sampled_from([300, 400, *LIMITS.values()])
NUMBER = re.compile(r"\((\d+)/(\d+)\)")


def shown(part: Part) -> str:
    return "\n".join(line.text for line in part)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def most(part: Part) -> int:
    """The most that these lines can take with a channel's markup."""
    return units(shown(part)) + 1 + sum(3 + sum(c in "*_~`>" for c in line.text) for line in part)


def bodies(parts: list[Part]) -> list[Part]:
    """The parts without their numbers."""
    return parts if len(parts) == 1 else [part[1:] for part in parts]


def words_of(parts: list[Part]) -> list[str]:
    return [w for part in bodies(parts) for line in part for w in line.text.split()]


@settings(max_examples=40)
@given(lines, limits)
@example([Line("x" * 270 + " " + "y" * 270)], 300)
@example([Line("")], 300)
@example([Line("a" * 290 + " ")], 300)
def test_every_word_arrives_whole_and_in_order(whole: list[Line], limit: int) -> None:
    assert words_of(cut(whole, limit)) == [w for line in whole for w in line.text.split()]


@settings(max_examples=40)
@given(lines, limits)
@example([Line("😀" * 900)], 1600)
@example([Line("*_" * 700)], 1600)
def test_no_message_is_longer_than_the_channel_allows(whole: list[Line], limit: int) -> None:
    for part in cut(whole, limit):
        assert most(part) <= limit


@settings(max_examples=40)
@given(lines, limits)
def test_an_item_is_torn_only_if_it_is_too_long_by_itself(whole: list[Line], limit: int) -> None:
    got = [line for part in bodies(cut(whole, limit)) for line in part]
    for line in whole:
        if line.text.strip() and most((line,)) <= limit - 16:
            assert line in got


@settings(max_examples=40)
@given(lines, limits)
def test_several_messages_are_numbered_and_begin_with_words(whole: list[Line], limit: int) -> None:
    parts = cut(whole, limit)
    if len(parts) == 1:
        assert list(parts[0]) == whole
        return
    for position, part in enumerate(parts, 1):
        found = NUMBER.fullmatch(part[0].text)
        assert found
        assert (int(found[1]), int(found[2])) == (position, len(parts))
        assert part[1].text.strip()
        assert part[-1].text.strip()


@given(short, st.sampled_from([300, 400, 600]))
def test_a_heading_stays_with_what_it_heads_and_a_source_with_its_quote(whole: list[Line], limit: int) -> None:
    parts = bodies(cut(whole, limit))
    for part, following in pairwise(parts):
        if part[-1].style == "strong":
            heads = [*takewhile(lambda line: line.style == "strong", reversed(part))]
            item = next((n for n, line in enumerate(following, 1) if line.style != "strong"), len(following))
            assert most((*heads, *following[:item])) > limit - 16
        if all(line.style == "source" for line in following) and part[-1].style != "source":
            alone = len(part) == 1 or part[-2].style == "strong"
            assert alone or most((part[-1], *following)) > limit - 16


def test_a_heading_is_not_left_behind() -> None:
    whole = [Line("a" * 250), Line("Biaya", "strong"), Line(""), Line("b" * 100, "quote")]
    assert bodies(cut(whole, 300)) == [(whole[0],), tuple(whole[1:])]


def test_a_heading_is_not_left_behind_by_an_item_that_is_too_long() -> None:
    first = bodies(cut([Line("Prosedur", "strong"), Line("kata " * 200, "quote")], 300))[0]
    assert [line.style for line in first] == ["strong", "quote"]
    assert len(shown(first)) > 200


def test_a_source_keeps_company() -> None:
    whole = [Line("a" * 130, "quote"), Line("b" * 125, "quote"), Line(""), Line("Sumber: x", "source")]
    assert bodies(cut(whole, 279)) == [(whole[0],), tuple(whole[1:])]


@given(st.lists(st.text("ab", min_size=1, max_size=60), max_size=12), st.integers(1, 6))
def test_a_menu_is_whole_and_in_the_last_message(texts: list[str], choices: int) -> None:
    menu = (Line("", "menu"), *(Line(f"{n}. Pilihan", "menu") for n in range(choices)))
    parts = bodies(cut([*map(Line, texts), *menu], 200))
    assert parts[-1][-choices:] == menu[1:]
    assert all(line.style != "menu" for part in parts[:-1] for line in part)


@given(st.sampled_from(EMOJI), st.integers(200, 900))
def test_a_row_of_emoji_is_not_cut_inside_one(emoji: str, times: int) -> None:
    for part in bodies(cut([Line(emoji * times)], 300)):
        assert shown(part).replace(emoji, "") == "", "an emoji was torn"


@given(st.sampled_from(LINKS), st.integers(1, 320), st.sampled_from(["x", "xx ", "Ya. ", "kata, ", "😀"]))
def test_a_link_is_not_cut(link: str, before: int, filler: str) -> None:
    lead = (filler * before)[:before]
    assume(not lead[-1].isalnum() or link.startswith(("http", "(")))
    parts = bodies(cut([Line(f"{lead}{link} {filler * 200}")], 300))
    assert any(link in shown(part) for part in parts)


def test_a_link_that_no_message_holds_is_cut() -> None:
    link = "https://contoh.id/" + "a" * 900
    assert "".join(shown(part) for part in bodies(cut([Line(link)], 300))) == link


def test_a_sentence_is_a_better_border_than_a_word() -> None:
    first, *_ = bodies(cut([Line("Satu kalimat yang panjang sekali. " * 12)], 300))
    assert shown(first).endswith("sekali.")


def test_styles_are_kept() -> None:
    styles = [line.style for part in cut([Line("a " * 400, "quote"), Line("b", "source")], 500) for line in part]
    assert set(styles[1:]) == {"quote", "source"}


def test_a_word_without_end_is_cut_all_the_same() -> None:
    parts = cut([Line("z" * 5_000)], 1_600)
    assert "".join(shown(part) for part in bodies(parts)) == "z" * 5_000
    assert all(len(shown(part)) <= 1_600 for part in parts)


@pytest.mark.parametrize("mark", ["\u0301", "\u200d", "\ufe0f"])
def test_a_letter_without_end_is_cut_all_the_same(mark: str) -> None:
    parts = bodies(cut([Line("a" + mark * 1_000)], 300))
    assert len(parts) < 6
    assert "".join(map(shown, parts)) == "a" + mark * 1_000


def test_empty_lines_do_not_make_messages() -> None:
    assert cut([Line("a"), *[Line("")] * 500], 300) == [(Line("a"),)]
    assert bodies(cut([Line("a"), *[Line("")] * 500, Line("b")], 300)) == [(Line("a"),), (Line("b"),)]
    assert cut([Line("")] * 500, 300) == []


# ---------------------------------------------------------------- beside a file


@pytest.mark.parametrize("channel", list(LIMITS))
@pytest.mark.parametrize("picture", [True, False])
@settings(max_examples=20)
@given(said=lines)
def test_no_word_beside_a_file_is_lost(channel: Channel, picture: bool, said: list[Line]) -> None:
    before, beside = with_file(said, channel, picture=picture)
    assert words_of(before) + [w for line in beside for w in line.text.split()] == words_of([tuple(said)])
    assert not (before and beside), "all of it stands in one place"
    assert not beside or most(beside) <= CAPTIONS[channel]
    assert all(most(part) <= LIMITS[channel] for part in before)


def test_words_go_beside_a_file_where_they_are_shown() -> None:
    said = (Line("Ini suratnya, Pak."),)
    assert with_file(said, "telegram", picture=False) == ([], said)
    assert with_file(said, "whatsapp", picture=True) == ([], said)
    assert with_file(said, "whatsapp", picture=False) == ([said], ())
    assert with_file(said, "web", picture=False) == ([], said)
    assert with_file((Line(" "),), "telegram", picture=True) == ([], ())
    long = (Line("Panjang sekali. " * 80),)
    assert with_file(long, "telegram", picture=True) == (cut(long, LIMITS["telegram"]), ())
