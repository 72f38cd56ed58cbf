"""What people call a business leads to its code; what they do with the thing tells its codes apart."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.businesses import activities, likelihood, other_names
from knowledge.language import stem
from knowledge.search import SURE, Candidate, Published
from knowledge.standards import ServiceStandard
from knowledge.titles import Titles

TITLES = {
    "01442": "Pembibitan Dan Budidaya Kambing Potong",
    "10391": "Industri Tempe Kedelai",
    "10631": "Industri Penggilingan Padi Dan Penyosohan Beras",
    "31001": "Industri Furnitur Dari Kayu",
    "45407": "Reparasi dan Perawatan Sepeda Motor",
    "46311": "Perdagangan Besar Beras",
    "47241": "Perdagangan Eceran Beras",
    "47591": "Perdagangan Eceran Furnitur",
    "47640": "Perdagangan Eceran Khusus Alat Permainan Dan Mainan Anak-anak Di Toko",
    "47752": "Perdagangan Eceran Hewan Ternak",
    "47911": "Perdagangan Eceran Melalui Media Untuk Komoditi Makanan",
    "56102": "Rumah/Warung Makan",
    "56303": "Rumah Minum/Kafe",
    "61999": "Aktivitas Telekomunikasi Lainnya YTDL",
    "69202": "Aktivitas Konsultasi Pajak",
    "77291": "Aktivitas Penyewaan Dan Sewa Guna Usaha Tanpa Hak Opsi Alat Pesta",
    "95120": "Reparasi Peralatan Komunikasi",
    "96200": "Aktivitas penatu",
}


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    standards = [
        ServiceStandard(n, title, code, "Rendah", "Sertifikat Standar", {4: f": Rp {n}.000"})
        for n, (code, title) in enumerate(TITLES.items(), 1)
    ]
    return KnowledgeBase([Published(standard, "Edisi Contoh") for standard in standards])


def best(knowledge: KnowledgeBase, text: str) -> Candidate:
    return knowledge.catalogue.match(knowledge.language.read(text), text).candidates[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("saya punya heleran pare di Wanayasa", "10631"),
        ("bade muka londri", "96200"),
        ("konter pulsa depan rumah", "61999"),
        ("rumah makan sunda", "56102"),
        ("tempat ngopi anak muda", "56303"),
        ("motor mogok, mau buka bengkel", "45407"),
        ("tempat benerin hp", "95120"),
        ("tenda sama kursi buat hajatan, disewain", "77291"),
    ],
)
def test_a_business_is_found_by_what_people_call_it(knowledge: KnowledgeBase, text: str, code: str) -> None:
    assert best(knowledge, text).published.standard.kbli == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jual kambing", "47752"),
        ("ternak kambing", "01442"),
        ("grosir beras", "46311"),
        ("toko beras", "47241"),
        ("pabrik mebel", "31001"),
        ("toko mebel", "47591"),
    ],
)
def test_what_is_done_with_a_thing_tells_its_businesses_apart(knowledge: KnowledgeBase, text: str, code: str) -> None:
    found = best(knowledge, text)
    assert found.published.standard.kbli == code
    assert found.score >= SURE


@pytest.mark.parametrize("text", ["main", "jam berapa", "makan", "perkembangan"])
def test_a_word_akin_to_a_name_is_none(knowledge: KnowledgeBase, text: str) -> None:
    found = knowledge.catalogue.match(knowledge.language.read(text), text).candidates
    assert all(candidate.score < SURE for candidate in found)


def test_doing_something_else_with_a_thing_is_told_as_unexplained(knowledge: KnowledgeBase) -> None:
    match = knowledge.catalogue.match(knowledge.language.read("rental beras"))
    assert "rental" in match.topics
    assert match.candidates[0].score < best(knowledge, "toko beras").score


def test_a_title_word_for_word_is_meant_and_not_one_that_is_alike(knowledge: KnowledgeBase) -> None:
    text = "berapa biaya perdagangan eceran beras?"
    match = knowledge.catalogue.match(knowledge.language.read(text), text)
    assert match.verbatim
    assert [(c.published.standard.kbli, c.score) for c in match.candidates] == [("47241", 1.0)]


def test_the_longest_title_counts() -> None:
    titles = Titles(["instalasi listrik", "instalasi listrik gedung tinggi", "karaoke"])
    assert titles.longest(["jasa", "instalasi", "listrik", "gedung", "tinggi", "murah"]) == (
        "instalasi listrik gedung tinggi",
        1,
        5,
    )
    assert titles.longest(["instalasi", "listrik", "gedung"]) == ("instalasi listrik", 0, 2)
    assert titles.longest(["karaoke"]) is None


@pytest.mark.parametrize("before", ["di", "luar", "dalam", "masuk"])
def test_a_title_behind_a_word_of_place_is_where_something_is(before: str) -> None:
    titles = Titles(["kawasan industri", "perkebunan lada"])
    written = ["harus", before, "kawasan", "industri", "buat", "perkebunan", "lada"]
    assert titles.longest(written) == ("perkebunan lada", 5, 7)
    assert titles.places(written) == {2, 3}
    assert titles.longest(written[:4]) is None
    assert titles.places(written[5:]) == set()


def test_all_activities_count_and_none_rules_a_code_out() -> None:
    selling, online = activities()[stem("jual")][0], activities()[stem("online")][0]
    assert likelihood("47911", [selling, online]) == 1.0
    assert likelihood("47241", [selling, online]) == online.off
    assert 0 < likelihood("10391", [selling, online]) < online.off
    assert likelihood(None, [selling]) == 1.0


def test_every_line_of_names_is_a_code_and_names_told_once() -> None:
    for code in TITLES:
        names = other_names(code)
        assert len(set(names)) == len(names)
        assert all(name == name.strip().lower() and name for name in names)
    assert other_names(None) == other_names("99999") == ()


@pytest.mark.parametrize("text", ["bikin npwp badan berapa hari", "cara buat npwp di kantor pajak"])
def test_who_makes_a_paper_does_no_business_with_it(knowledge: KnowledgeBase, text: str) -> None:
    assert best(knowledge, text).score < SURE


@pytest.mark.parametrize("text", ["mau buka jasa npwp", "izin konsultan pajak"])
def test_who_makes_it_for_others_does(knowledge: KnowledgeBase, text: str) -> None:
    found = best(knowledge, text)
    assert (found.published.standard.kbli, found.score >= SURE) == ("69202", True)
