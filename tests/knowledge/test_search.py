"""Which standard is meant: codes first, then names; what is not among the standards is not found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.codes import find_codes, slips
from knowledge.search import SURE, UNSURE, Match
from tests.offices import desk_at

NAMING = ["roti", "kering", "basah", "biaya", "apotek", "singkong", "mobil", "desa", "29102", "kendaraan"]


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with desk_at(tmp_path_factory.mktemp("search"), "several") as desk:
        yield desk.knowledge()


def match(knowledge: KnowledgeBase, text: str) -> Match:
    return knowledge.catalogue.match(knowledge.language.read(text))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("29102", ["29102"]),
        ("biaya kbli 29102?", ["29102"]),
        ("kbli:29102.", ["29102"]),
        ("KBLI29102", ["29102"]),
        ("kbli 2 9 1 0 2 dong", ["29102"]),
        ("(29102) dan 10711", ["29102", "10711"]),
        ("29102,10711", ["29102", "10711"]),
        ("29102 atau 29102", ["29102"]),
        ("kbli no 29102", ["29102"]),
        ("kode kbli nomor 29102", ["29102"]),
        ("bayar rp 29102", []),
        ("Rp29102", []),
        ("29102 rupiah", []),
        ("25000 ribu", []),
        ("kode pos 41115", []),
        ("wa 081809898222", []),
        ("no hp 41115", []),
        ("9120304567890", []),
        ("29.102", []),
        ("pp 5/2021 dan 12345/2020", []),
        ("bisa", []),
    ],
)
def test_codes_are_found_and_other_numbers_are_not(text: str, codes: list[str]) -> None:
    assert [code.digits for code in find_codes(text)] == codes


@pytest.mark.parametrize("written", ["29l02", "29I02", "2910Z", "291O2", "Z9102"])
def test_letters_that_look_like_digits_are_read_as_such_and_told(written: str) -> None:
    [code] = find_codes(f"syarat {written} dong")
    assert (code.digits, code.written, code.exact) == ("29102", written, False)


@pytest.mark.parametrize("written", ["29q02", "kbli 2910", "kbli no 291022", "KBLI: 2x102"])
def test_what_was_meant_for_a_code_is_told_as_it_was_written(written: str) -> None:
    [code] = find_codes(f"syarat {written} dong")
    assert not code.exact
    assert "29102" in slips(code.digits)


@pytest.mark.parametrize(
    "text", ["25rb", "jam 0730", "1000m", "b1234", "kode pos 4111", "0812a", "adu-2026-00012", "kode 123456"]
)
def test_other_numbers_with_letters_are_no_codes(text: str) -> None:
    assert find_codes(text) == []


def test_one_slip_leads_back_to_the_code() -> None:
    assert {"29102"} == {
        code for code in slips("29120") & slips("2910") & slips("291102") & slips("29108") if code == "29102"
    }
    assert "29102" not in slips("29102")


@given(st.integers(0, 99_999), st.sampled_from(["kbli {}", "{}", "syarat ({})", "untuk {}, ya"]))
def test_every_code_of_five_digits_is_found(number: int, around: str) -> None:
    [code] = find_codes(around.format(f"{number:05}"))
    assert (code.digits, code.exact) == (f"{number:05}", True)


@given(st.text(alphabet="0123456789lIOoSBZ .,-/", max_size=24))
def test_a_code_has_five_digits_and_stands_in_the_message(text: str) -> None:
    for code in find_codes(text):
        assert len(code.digits) == 5
        assert code.digits.isdigit()
        assert code.written in text


def test_every_standard_is_found_by_its_own_title(knowledge: KnowledgeBase) -> None:
    for entry in knowledge.catalogue.published:
        best = match(knowledge, entry.standard.title).candidates[0]
        assert best.published.standard.title == entry.standard.title
        assert best.score >= SURE


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("berapa biaya roti kering", "Industri Roti Kering"),
        ("mau bikin roti basah syaratnya apa", "Industri Roti Basah"),
        ("pabrik kripik singkong", "Industri Keripik Singkong"),
        ("kendaraan multiguna pedesaan", "Industri Kendaraan Multiguna Pedesaan"),
        ("izin mobil desa", "Industri Kendaraan Multiguna Pedesaan"),
    ],
)
def test_a_business_is_found_as_people_call_it(knowledge: KnowledgeBase, text: str, title: str) -> None:
    best = match(knowledge, text).candidates[0]
    assert best.published.standard.title == title
    assert best.score >= SURE


@pytest.mark.parametrize(
    "text", ["biaya apotek", "syarat klinik gigi", "izin reklame", "toko bangunan", "berapa biayanya", "halo", ""]
)
def test_what_is_not_there_is_not_found(knowledge: KnowledgeBase, text: str) -> None:
    assert not [c for c in match(knowledge, text).candidates if c.score >= SURE]


def test_a_name_in_part_fits_all_that_share_it(knowledge: KnowledgeBase) -> None:
    first, second, *_ = match(knowledge, "biaya roti").candidates
    assert {c.published.standard.kbli for c in (first, second)} == {"10711", "10712"}
    assert first.score == second.score >= UNSURE


def test_standards_alike_in_title_rank_by_number_and_alike(knowledge: KnowledgeBase) -> None:
    found = match(knowledge, "keripik singkong").candidates[:3]
    assert [c.published.standard.number for c in found] == [1, 2, 3]
    assert len({c.score for c in found}) == 1


def test_words_that_nothing_explains_are_named(knowledge: KnowledgeBase) -> None:
    assert "apotek" in match(knowledge, "biaya apotek berapa").topics
    assert match(knowledge, "biaya roti kering berapa").topics == ()


@given(st.lists(st.sampled_from(NAMING), max_size=8))
def test_scores_are_shares_in_falling_order_and_few(knowledge: KnowledgeBase, words: list[str]) -> None:
    found = match(knowledge, " ".join(words))
    scores = [candidate.score for candidate in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(scores) <= 10
    assert len({id(c.published) for c in found.candidates}) == len(scores)


def test_said_with_more_of_its_name_a_business_never_ranks_lower(knowledge: KnowledgeBase) -> None:
    parts = [
        "kendaraan",
        "kendaraan multiguna",
        "industri kendaraan multiguna",
        "industri kendaraan multiguna pedesaan",
    ]
    scores = [match(knowledge, part).candidates[0].score for part in parts]
    assert scores == sorted(scores)
