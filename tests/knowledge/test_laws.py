"""The instruments that a legal basis cites, and what is known of them to start with."""

from __future__ import annotations

import pytest

from handlers.shipped import shipped_standards
from knowledge.laws import cited, revoked, shipped_laws

PP5 = "peraturan pemerintah 5 2021"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2. Peraturan Pemerintah Nomor 5 Tahun 2021 tentang Perizinan;", PP5),
        ("PP No. 5 Tahun 2021", PP5),
        ("PP Nomor 5 Tahun 2021 tentang Perizinan", PP5),
        ("a. PERATURAN  PEMERINTAH nomor 5 tahun 2021.", PP5),
        ("Undang-Undang Nomor 11 Tahun 2020 tentang Cipta Kerja", "undang undang 11 2020"),
        (
            "Peraturan Pemerintah Pengganti Undang-Undang Nomor 2 Tahun 2022 tentang Cipta Kerja",
            "peraturan pemerintah pengganti undang undang 2 2022",
        ),
        ("Peraturan BKPM Nomor 3 Tahun 2021", "peraturan badan koordinasi penanaman modal 3 2021"),
        (
            "Peraturan Menteri Contoh/Kepala Badan Nomor 12/MK-X Tahun 2019",
            "peraturan menteri contoh kepala badan 12 mk x 2019",
        ),
    ],
)
def test_an_instrument_is_known_however_it_is_printed(text: str, key: str) -> None:
    assert [citation.key for citation in cited(text)] == [key]


def test_an_instrument_that_only_stands_in_the_title_of_another_is_not_cited() -> None:
    text = "Peraturan Pemerintah Nomor 9 Tahun 2030 tentang Perubahan atas Peraturan Pemerintah Nomor 5 Tahun 2021"
    assert [citation.name for citation in cited(text)] == ["Peraturan Pemerintah Nomor 9 Tahun 2030"]
    assert cited("Tata cara tentang Peraturan Pemerintah Nomor 5 Tahun 2021") == []


@pytest.mark.parametrize(
    "text", ["", "Gratis", "Nomor 5 Tahun 2021", "Peraturan yang berlaku", "PP 5", "Peraturan Nomor\nTahun 2021"]
)
def test_what_is_no_instrument_is_not_taken_for_one(text: str) -> None:
    assert cited(text) == []


def test_several_stand_on_one_line_and_each_counts_once() -> None:
    text = "PP Nomor 5 Tahun 2021; PP Nomor 6 Tahun 2021; PP Nomor 5 Tahun 2021"
    assert [citation.key for citation in cited(text)] == [PP5, "peraturan pemerintah 6 2021"]


def test_of_the_shipped_standard_four_are_known_to_be_revoked_and_two_were_not_checked() -> None:
    basis = shipped_standards()[0].components[7]
    assert len(cited(basis)) == 6
    assert [law.key for law in revoked(basis.split("\n"), shipped_laws())] == [
        "undang undang 11 2020",
        PP5,
        "peraturan badan koordinasi penanaman modal 3 2021",
        "peraturan badan koordinasi penanaman modal 4 2021",
    ]
    unchecked = {law.key for law in shipped_laws().values() if law.status == "unchecked"}
    assert unchecked == {"peraturan pemerintah 6 2021", "peraturan menteri perindustrian 9 2021"}
    assert all(law.checked_on is None for law in shipped_laws().values())
