"""What is asked after a story: who asks and why is no part of it, but may name the business."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from handlers.dialogue.state import State
from handlers.dialogue.story import parts_that_ask, without_company
from handlers.dialogue.understand import Reading, understand
from handlers.shipped import shipped_standards
from knowledge.base import KnowledgeBase
from knowledge.search import Published

STORY = "Saya pensiunan guru, anak saya tukang bubut."
VEHICLES = next(iter(shipped_standards()))
OF_BREAD = {1: "1. Memiliki dapur.\n2. Memiliki alat produksi roti.\n3. Skala usaha mikro;"}
BREAD, BAR, LATHES = (
    replace(VEHICLES, number=number, title=title, kbli=kbli, components={**VEHICLES.components, **OF_BREAD})
    for number, title, kbli in ((2, "Industri Roti", "10710"), (3, "Bar", "56301"), (4, "Jasa Bubut", "25920"))
)
KNOWLEDGE = KnowledgeBase([Published(each, "Edisi") for each in (VEHICLES, BREAD, BAR, LATHES)])


def read(text: str) -> Reading:
    return understand(text, None, KNOWLEDGE, State())


def components(reading: Reading) -> list[int]:
    return [ask.component for ask in reading.asks]


@pytest.mark.parametrize("question", ["10710 bayar berapa?", "Industri Roti bayar ga?", "Biaya 10710 berapa ya kak?"])
def test_a_story_takes_nothing_from_what_is_asked(question: str) -> None:
    reading = read(f"{STORY} {question}")
    assert (reading.unstated, components(reading)) == (None, [4])


def test_what_no_standard_states_is_declined_after_a_story_too() -> None:
    assert read(f"{STORY} Bank mana yang kasih pinjaman buat 10710?").unstated


def test_items_are_those_of_the_business_that_the_story_names() -> None:
    """Not of the first one that is published: the question alone names none."""
    [ask] = read(f"{STORY.rstrip('.')}, mau buka industri roti. Skala usahanya harus apa ya?").asks
    assert [place.item.text for place in ask.items] == ["Skala usaha mikro;"]


def test_a_question_about_another_business_than_the_story_seems_to_name_is_declined() -> None:
    reading = read(f"{STORY} produk layanan Bar apa?")
    assert reading.unstated or reading.match.candidates[0].published.standard is BAR


@pytest.mark.parametrize(
    "purpose",
    ["buat dibacakan di musyawarah dusun", "mau saya laporkan ke bendahara koperasi", "biar saya catat di buku"],
)
@pytest.mark.parametrize("question", ["10710 bayar berapa ya?", "Biaya Industri Roti berapa kak"])
def test_what_the_answer_is_for_takes_and_adds_nothing(question: str, purpose: str) -> None:
    sentence = question if question.endswith("?") else f"{question}."
    for text in (f"{question}, {purpose}", f"{sentence} {purpose.capitalize()}", f"{purpose}, {question}"):
        reading = read(text)
        assert (reading.unstated, components(reading)) == (None, [4]), text


def test_a_purpose_that_asks_is_asked() -> None:
    assert components(read("10710 bayar berapa, untuk syaratnya apa saja?")) == [4, 1]


def test_what_no_standard_states_is_declined_whatever_it_is_for() -> None:
    assert read("Bank mana yang kasih pinjaman buat 10710? Buat dibacakan di musyawarah dusun").unstated


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Syaratnya apa?", ["Syaratnya apa?"]),
        ("Saya dari Darul. Syaratnya apa? Buat adik.", ["Syaratnya apa?", "Syaratnya apa? Buat adik."]),
        ("Buat adik, syaratnya apa?", ["syaratnya apa?", "Buat adik, syaratnya apa?"]),
        ("Syaratnya apa, buat siapa?", ["Syaratnya apa, buat siapa?"]),
        ("Syaratnya apa? Saya masih baru.", ["Syaratnya apa?", "Syaratnya apa? Saya masih baru."]),
        ("Syaratnya apa? Kalau biayanya berapa", ["Syaratnya apa? Kalau biayanya berapa"]),
        ("Syaratnya. Lalu biayanya", ["Lalu biayanya"]),
        ("", [""]),
    ],
)
def test_the_parts_of_a_message_that_may_ask(text: str, parts: list[str]) -> None:
    assert [text[slice(*part)] for part in parts_that_ask(text)] == parts


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Kami dari PT Sinar Tani Makmur ingin tahu syarat 29102", "Kami dari PT ingin tahu syarat 29102"),
        ("BUMDes Mekar Jaya tanya biaya izin bengkel", "BUMDes tanya biaya izin bengkel"),
        ("CV Roti Enak Sekali", "CV Roti Enak Sekali"),
        ("syarat Unit Simpan Pinjam Koperasi Sekunder apa", "syarat Unit Simpan Pinjam Koperasi Sekunder apa"),
        ("SYARAT PT PERORANGAN BERAPA YA PAK", "SYARAT PT PERORANGAN BERAPA YA PAK"),
        ("saya mau bikin pt perorangan", "saya mau bikin pt perorangan"),
    ],
)
def test_the_name_of_a_company_says_nothing_of_its_business(text: str, rest: str) -> None:
    assert without_company(text) == rest


@pytest.mark.parametrize("text", ["?" + "a" * 4_000 + "?", "\n" * 4_000, ", buat " * 570, "PT " * 1_300, "? " * 2_000])
def test_no_text_takes_long(text: str) -> None:
    """Four thousand letters are read at most."""
    started = time.process_time()
    assert parts_that_ask(without_company(text))
    assert time.process_time() - started < 0.1
