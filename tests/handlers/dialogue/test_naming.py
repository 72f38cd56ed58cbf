"""A message that is no more than the name of a business asks about it; one that says more is read for what it says."""

from __future__ import annotations

import pytest

from handlers.dialogue.state import State
from handlers.dialogue.understand import understand
from knowledge.base import KnowledgeBase
from knowledge.search import Published
from knowledge.standards import ServiceStandard

TITLES = {
    "41016": "Konstruksi Gedung Pendidikan",
    "45202": "Pencucian Dan Salon Mobil",
    "56210": "Jasa Boga Untuk Suatu Event Tertentu (Event Catering)",
    "61999": "Aktivitas Telekomunikasi Lainnya YTDL",
    "74201": "Aktivitas Fotografi",
    "86102": "Aktivitas Puskesmas",
    "25200": "Industri Senjata Dan Amunisi",
}


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    standards = [
        ServiceStandard(n, title, code, "Rendah", "Izin", {1: "1. KTP;", 3: "7 hari kerja", 4: "Gratis"})
        for n, (code, title) in enumerate(TITLES.items(), 1)
    ]
    return KnowledgeBase([Published(standard, "Edisi Contoh") for standard in standards])


@pytest.mark.parametrize(
    "text", ["jual pulsa", "fotografer nikahan", "katering pernikahan", "cucian mobil", "puskesmas"]
)
def test_a_bare_name_asks_about_the_business(knowledge: KnowledgeBase, text: str) -> None:
    reading = understand(text, None, knowledge, State())
    assert (reading.intent, reading.unstated) == ("inquiry", None)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("jual pulsa murah, minat wa ya", "out_of_scope"),
        ("saya mau ngadu soal petugas loket yang jutek waktu saya urus katering", "complaint"),
        ("mau bicara dengan petugas soal cucian mobil", "human"),
    ],
)
def test_what_else_is_said_still_counts(knowledge: KnowledgeBase, text: str, intent: str) -> None:
    assert understand(text, None, knowledge, State()).intent == intent


def test_a_title_word_for_word_is_nobodys_complaint(knowledge: KnowledgeBase) -> None:
    reading = understand("berapa lama industri senjata dan amunisi", None, knowledge, State())
    assert reading.intent == "inquiry"
    assert [asked.component for asked in reading.asks] == [3]
    assert "senjata" not in reading.beside
