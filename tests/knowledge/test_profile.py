"""Which of the office's topics a message asks for."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.profile import asked_topics, topics

LANGUAGE = KnowledgeBase([]).language


@pytest.mark.parametrize(
    ("message", "keys"),
    [
        ("bukanya jam brp", ["hours"]),
        ("kantor buka sabtu ga", ["hours"]),
        ("muka jam sabaraha kantorna", ["hours"]),
        ("poe minggu muka teu", ["hours"]),
        ("jam istirahat loket", ["hours"]),
        ("dimana alamatnya", ["address"]),
        ("kantorna palih mana", ["address"]),
        ("alamat kantor sama jam bukanya", ["address", "hours"]),
        ("mpp buka jam berapa", ["mpp"]),
        ("mall pelayanan publik dimana ya", ["mpp"]),
        ("nomer tlp kantor", ["phone"]),
        ("wa kantor brp", ["phone"]),
        ("email kantor apa", ["email"]),
        ("alamat web resminya apa", ["website"]),
        ("ig dpmptsp apa ya", ["social_media"]),
        ("cara daftar oss gmn", ["oss_help"]),
        ("kumaha carana daptar oss", ["oss_help"]),
        ("lupa password oss", ["oss_help"]),
        ("cara ambil nomor antrian", ["queue"]),
        ("ada layanan apa saja di kantor", ["services"]),
    ],
)
def test_topics_are_asked_for_in_plain_words(message: str, keys: list[str]) -> None:
    assert [topic.key for topic in asked_topics(LANGUAGE.read(message))] == keys


@pytest.mark.parametrize(
    "message",
    [
        "berapa biayanya",
        "kapan saya bisa buka usaha",
        "mau buka warung hari minggu boleh?",
        "kantor pajak buka jam berapa",
        "dukcapil sabtu buka ga",
        "alfamart buka jam brp",
        "nomor pengaduan berapa",
        "alamat untuk kirim surat pengaduan",
        "alamat usaha saya pindah",
        "syarat bikin nib apa saja",
        "izin saya jadinya jam berapa",
    ],
)
def test_other_places_and_other_matters_are_no_topic(message: str) -> None:
    assert asked_topics(LANGUAGE.read(message)) == ()


def test_every_topic_explains_itself_to_officers() -> None:
    assert list(topics())[:2] == ["hours", "address"]
    for key, topic in topics().items():
        assert topic.key == key
        assert topic.label
        assert topic.help.endswith(".")
        assert topic.example
