"""What Telegram and WhatsApp show of our markup is what the lines say: read back as the two read it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.formatting import telegram_html, whatsapp_text
from handlers.dialogue.quotes import component_lines
from handlers.messages import Line, Style
from handlers.parts import LIMITS, cut
from handlers.shipped import shipped_standards

JOINER = "\u2060"
STYLES: tuple[Style, ...] = ("plain", "strong", "quote", "source", "menu")
SAMPLES = (
    "*tebal* dan _miring_",
    "(*a*), _b_; ~c~ `d`",
    "***",
    "```kode\ndua baris``` ```",
    "https://contoh.id/_a_/b*c*",
    "> kutipan",
    "* butir",
    "1. Biaya",
    "- strip",
    "a < b && c > d &amp; &#42; <b>",
    "h. Twitter: dpmptsp_pwk",
)
hostile = st.text("*_~`> a1-.\n<&é)👍" + JOINER, max_size=40)
texts = hostile | st.text(max_size=40) | st.lists(st.sampled_from(SAMPLES) | hostile, max_size=3).map(" ".join)
lines = st.lists(st.builds(Line, texts, st.sampled_from(STYLES)), max_size=12)


class Telegram(HTMLParser):
    """Collects what is shown, and refuses what Telegram refuses."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.runs: list[tuple[str, str]] = []
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in {"b", "i", "blockquote"}
        assert not self.open
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.runs.append(("".join(self.open), data))

    @property
    def text(self) -> str:
        return "".join(data for _, data in self.runs)


def shown_by_whatsapp(message: str) -> str:
    """What is left when WhatsApp has taken its marks away: code blocks, then row by row."""
    pieces = message.split("```")
    while len(pieces) > 2:
        pieces[:3] = ["".join(pieces[:3])]
    return "\n".join(shown_row(row) for row in "```".join(pieces).split("\n"))


def shown_row(row: str) -> str:
    row = row.removeprefix("> ")
    if row.startswith("* "):
        return "• " + shown_row(row[2:])
    return shown_span(row, 0, len(row))


def shown_span(row: str, start: int, end: int) -> str:
    shown, at, link_end = "", start, 0
    while at < end:
        if row.startswith(("http://", "https://", "www."), at):
            link_end = max(link_end, next((n for n in range(at, end) if row[n].isspace()), end))
        close = closing(row, at, end) if row[at] in "*_~`" and at >= link_end else None
        if close is None:
            shown += row[at]
            at += 1
        else:
            shown += shown_span(row, at + 1, close)
            at = close + 1
    return shown


def closing(row: str, at: int, end: int) -> int | None:
    """Where a run that opens here is closed: word borders outside, no blank inside. A joiner keeps it from opening."""
    if (at and row[at - 1].isalnum()) or row[at + 1 : at + 2] in ("", JOINER) or row[at + 1].isspace():
        return None
    for n in range(at + 2, end):
        if row[n] == row[at] and not row[n - 1].isspace() and not row[n + 1 : n + 2].isalnum():
            return n
    return None


def said(whole: list[Line]) -> str:
    return "\n".join(line.text for line in whole)


def said_on_telegram(whole: list[Line]) -> str:
    """Without menus and the empty lines before them or at the end, counted from the end."""
    kept: list[Line] = []
    ending = True
    for line in reversed(whole):
        if line.style == "menu":
            ending = True
        elif not ending or line.text.strip():
            kept.insert(0, line)
            ending = False
    return said(kept)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(lines)
@example([Line(text, style) for text in SAMPLES for style in STYLES])
def test_telegram_shows_what_the_lines_say(whole: list[Line]) -> None:
    assert Telegram(telegram_html(whole)).text == said_on_telegram(whole)


@given(lines)
@example([Line(text, style) for text in SAMPLES for style in STYLES])
@example([Line("a ```b"), Line("c``` d")])
@example([Line("*b*", "source"), Line("~b~ _c_", "strong")])
def test_whatsapp_shows_what_the_lines_say(whole: list[Line]) -> None:
    assert shown_by_whatsapp(whatsapp_text(whole)).replace(JOINER, "") == said(whole).replace(JOINER, "")


@given(lines)
def test_nothing_but_marks_and_joiners_is_added(whole: list[Line]) -> None:
    left = iter(whatsapp_text(whole))
    assert all(any(character == written for written in left) for character in said(whole))


@given(lines, st.sampled_from([200, *LIMITS.values()]))
def test_what_is_cut_fits_with_its_markup(whole: list[Line], limit: int) -> None:
    for part in cut([*whole, *whole, *whole], limit):
        assert units(whatsapp_text(part)) <= limit
        assert units(Telegram(telegram_html(part)).text) <= limit


def test_the_reading_of_whatsapp_would_notice() -> None:
    for marked, shown in {
        "*a* _b c_ ~d~ `e`": "a b c d e",
        "(*a*) *_b_*": "(a) b",
        "a*b* * c* *d *e": "a*b* * c* *d *e",
        "***": "*",
        "> a\n* b": "a\n• b",
        "x ```a\nb``` y": "x a\nb y",
        "dpmptsp_pwk_": "dpmptsp_pwk_",
    }.items():
        assert shown_by_whatsapp(marked) == shown


@pytest.mark.parametrize(
    "text",
    ["h. Twitter: dpmptsp_pwk", "2 * 3 * 4", "a_b_c", "_satu", "https://x.id/_a_", "- a", "1. b", ">5", "` dan"],
)
def test_what_whatsapp_would_not_format_is_left_alone(text: str) -> None:
    assert whatsapp_text([Line(text)]) == text
    assert whatsapp_text([Line(text, "menu")]) == text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Line("Biaya/Tarif", "strong"), "*Biaya/Tarif*"),
        (Line("Sumber: komponen 4.", "source"), "_Sumber: komponen 4._"),
        (Line("Gratis", "quote"), "> Gratis"),
        (Line("satu\n\ndua", "quote"), "> satu\n\n> dua"),
        (Line("", "quote"), ""),
        (Line("a * b", "strong"), "a * b"),
        (Line("Biaya ", "strong"), "Biaya "),
        (Line("a_b", "source"), "a_b"),
        (Line("satu\ndua", "strong"), "satu\ndua"),
        (Line("lihat https://x.id/a", "source"), "lihat https://x.id/a"),
        (Line("_a_", "strong"), f"*_{JOINER}a_*"),
        (Line("*a* b"), f"*{JOINER}a* b"),
        (Line("> a"), f">{JOINER} a"),
        (Line("* a", "quote"), f"> *{JOINER} a"),
    ],
)
def test_each_style_on_whatsapp(line: Line, expected: str) -> None:
    assert whatsapp_text([line]) == expected


def test_each_style_on_telegram() -> None:
    whole = [
        Line("Biaya & <Tarif>", "strong"),
        Line("1. Gratis", "quote"),
        Line("2. *Ya*", "quote"),
        Line(""),
        Line("Sumber: No. 61.", "source"),
        Line("Ada lagi?"),
        Line(""),
        Line("", "menu"),
        Line("1. Biaya", "menu"),
    ]
    assert telegram_html(whole) == (
        "<b>Biaya &amp; &lt;Tarif&gt;</b>\n<blockquote>1. Gratis\n2. *Ya*</blockquote>\n\n"
        "<i>Sumber: No. 61.</i>\nAda lagi?"
    )
    assert telegram_html([]) == telegram_html([Line("", "strong"), Line("1. Biaya", "menu")]) == ""


@pytest.mark.parametrize("limit", [LIMITS["whatsapp"], LIMITS["telegram"], 400])
def test_the_shipped_standard_arrives_whole_on_each_channel(limit: int) -> None:
    for standard in shipped_standards():
        for number, text in standard.components.items():
            parts = cut([*component_lines(number, text), Line(""), Line("Sumber: Standar Pelayanan.", "source")], limit)
            bodies = [part[len(parts) > 1 :] for part in parts]
            official = " ".join(line.text for body in bodies for line in body if line.style == "quote")
            assert official.split() == text.split()
            for part in parts:
                assert units(whatsapp_text(part)) <= limit
                assert shown_by_whatsapp(whatsapp_text(part)).replace(JOINER, "") == said(list(part))
                assert Telegram(telegram_html(part)).text == said(list(part))
                assert units(said(list(part))) <= limit
