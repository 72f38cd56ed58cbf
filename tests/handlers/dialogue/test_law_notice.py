"""A legal basis that was revoked is quoted with a word about it, and with nothing more than that word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.quotes import quoted
from knowledge.search import key
from tests.offices import Desk, desk_at, said


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        yield desk


def test_the_quote_stays_and_says_what_was_revoked_before_its_source(desk: Desk) -> None:
    told = said(desk.say("dasar hukum 29102 apa aja")).split("\n")
    notice = told.index("Catatan kantor tentang dasar hukum ini:")
    assert (
        "2. Peraturan Pemerintah Nomor 5 Tahun 2021 tentang Penyelenggaraan Perizinan Berusaha Berbasis Risiko;" in told
    )
    assert (
        "- Peraturan Pemerintah Nomor 5 Tahun 2021 sudah dicabut dengan Peraturan Pemerintah Nomor 28 Tahun 2025."
        in told
    )
    assert "Standar pelayanan ini belum diganti. Mohon dipastikan lagi ke petugas, Bapak/Ibu." in told
    assert told[-1].startswith("Sumber: Standar Pelayanan No. 61")
    assert notice < len(told) - 1
    assert not any(word in "\n".join(told[notice:]).lower() for word in ("biaya", "gratis", "batal", "tidak berlaku"))


def test_what_was_not_checked_gets_no_word(desk: Desk) -> None:
    told = said(desk.say("dasar hukum 29102 yang nomor 6"))
    assert "Peraturan Menteri Perindustrian Nomor 9 Tahun 2021" in told
    assert "dicabut" not in told


def test_other_components_get_no_word(desk: Desk) -> None:
    assert "dicabut" not in said(desk.say("biaya 29102 berapa"))
    assert "Catatan kantor" not in said(desk.say("persyaratan 29102"))


def test_an_officer_quotes_it_with_the_same_word(desk: Desk) -> None:
    knowledge = desk.knowledge()
    name = key(knowledge.catalogue.published[0])
    basis, fee = quoted(knowledge, name, 7), quoted(knowledge, name, 4)
    assert basis
    assert fee
    assert "Catatan kantor tentang dasar hukum ini:" in [line.text for line in basis[0]]
    assert "Catatan kantor tentang dasar hukum ini:" not in [line.text for line in fee[0]]
