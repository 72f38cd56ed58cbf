"""Official words for officers: found as they would be asked for, quoted as the bot quotes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.library import Library
from handlers.quotes import found, quoted
from handlers.shipped import shipped_standards
from knowledge.base import KnowledgeBase
from tests.offices import Desk, desk_at, publish, said, several_standards


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_at(tmp_path_factory.mktemp("quotes"), "several") as desk:
        yield desk


@pytest.fixture(scope="module")
def knowledge(desk: Desk) -> KnowledgeBase:
    return desk.knowledge()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("10711", [4]),
        ("kbli 10799", [1, 2, 3]),
        ("7", [7]),
        ("no. 61", [61]),
        ("roti", [4, 5]),
        ("biaya roti basah brp", [4]),
        ("penginap", [6]),
        ("5513", [6]),
        ("mobil desa", [61]),
        ("zzz", []),
    ],
)
def test_standards_are_found(knowledge: KnowledgeBase, text: str, numbers: list[int]) -> None:
    assert [standard.number for standard in found(knowledge, text)][: len(numbers)] == numbers
    if not numbers:
        assert found(knowledge, text) == []


def test_no_more_than_eight_are_shown_each_once(knowledge: KnowledgeBase) -> None:
    shown = found(
        knowledge, "industri keripik roti singkong 10799 10711 10712 penginapan remaja pemandian alam 1 2 3 4 5"
    )
    assert len(shown) == len({standard.key for standard in shown}) <= 8
    assert len(found(knowledge, "")) == 8


def test_only_what_a_standard_states_is_offered(knowledge: KnowledgeBase) -> None:
    [inn] = found(knowledge, "55130")
    assert (inn.title, inn.kbli) == ("Penginapan Remaja", "55130")
    assert 4 not in [number for number, _ in inn.components]
    assert (3, "Jangka Waktu Penyelesaian") in inn.components
    assert quoted(knowledge, inn.key, 4) is None


def test_a_component_is_quoted_word_for_word_with_its_source(knowledge: KnowledgeBase) -> None:
    [shipped] = found(knowledge, "29102")
    standard = knowledge.catalogue.by_code["29102"][0].standard
    for number, text in standard.components.items():
        answer = quoted(knowledge, shipped.key, number)
        assert answer is not None
        lines, source = answer
        assert lines[0].style == "strong"
        assert "\n".join(line.text for line in lines if line.style == "quote") == text
        assert source.startswith("Sumber: Standar Pelayanan No. 61, ")
        assert f"komponen {number}. " in source


def test_what_is_not_in_force_is_not_quoted(tmp_path: Path) -> None:
    with desk_at(tmp_path, "empty") as desk:
        publish(desk.office, several_standards()[:5], whole=True)
        [gone] = found(desk.knowledge(), "10711")
        publish(desk.office, several_standards()[:2], "Peraturan Bupati Contoh Nomor 8 Tahun 2027", whole=True)
        assert found(desk.knowledge(), "10711") == []
        assert quoted(desk.knowledge(), gone.key, 3) is None
    assert quoted(KnowledgeBase([]), "x-1", 3) is None


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        ("2", ["A. Persyaratan Umum:", "2. Memiliki akta.", "B. Persyaratan Khusus:", "2. Memiliki alat;"]),
        (
            "3",
            ["B. Persyaratan Khusus:", "3. Memiliki lahan.", "Yang ke-3, dihitung dari awal:", "1. Memiliki gudang;"],
        ),
        ("5", ["Yang ke-5, dihitung dari awal:", "B. Persyaratan Khusus:", "3. Memiliki lahan."]),
        ("6", ["Butir 6 tidak ada dalam daftar itu."]),
    ],
)
def test_a_number_of_lists_that_begin_anew_is_read_both_ways(tmp_path: Path, number: str, lines: list[str]) -> None:
    general = "A. Persyaratan Umum:\n1. Memiliki NIB;\n2. Memiliki akta."
    special = "B. Persyaratan Khusus:\n1. Memiliki gudang;\n2. Memiliki alat;\n3. Memiliki lahan."
    with desk_at(tmp_path, "empty") as desk:
        desk.office.library = Library()
        publish(desk.office, [replace(shipped_standards()[0], components={1: f"{general}\n{special}"})])
        text = said(desk.say(f"syarat nomor {number} 29102"))
    places = [text.find(line) for line in lines]
    assert -1 not in places
    assert places == sorted(places)
    assert text.count("Memiliki") == sum("Memiliki" in line for line in lines)


@pytest.mark.parametrize(
    "requirements",
    [
        "1. Memiliki NIB;\n2. Memiliki akta;\n4. Memiliki gudang;\n5. Memiliki lahan.",
        "1. Memiliki NIB;\n2. Memiliki:\n1) akta;\n2) gudang;\n3) lahan;\n4. Memiliki alat.",
    ],
    ids=["a number is missing", "a list within an item"],
)
def test_what_does_not_begin_anew_is_not_counted_through(tmp_path: Path, requirements: str) -> None:
    with desk_at(tmp_path, "empty") as desk:
        desk.office.library = Library()
        publish(desk.office, [replace(shipped_standards()[0], components={1: requirements})])
        assert "dihitung dari awal" not in said(desk.say("syarat nomor 4 29102"))
