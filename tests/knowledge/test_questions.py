"""What is asked of a standard: which components, and which of their items."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.items import Place
from knowledge.questions import Asked, asked
from knowledge.standards import COMPONENTS
from tests.offices import desk_at


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with desk_at(tmp_path_factory.mktemp("questions")) as desk:
        yield desk.knowledge()


def ask(knowledge: KnowledgeBase, text: str) -> list[Asked]:
    words = knowledge.language.read(text)
    return asked(
        words, knowledge.catalogue.items(knowledge.catalogue.published[0]), knowledge.learnt_components.read(words)
    )


def quoted(found: Asked) -> list[str]:
    return [f"{place.item.marker} {place.item.text}" for place in found.items]


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("biaya dan lama prosesnya", [3, 4]),
        ("syarat, biaya, sama berapa hari jadinya", [1, 3, 4]),
        ("berapa lama pengaduan ditanggapi", [6]),
        ("evaluasi survei kepuasan berapa kali setahun", [14]),
        ("petugas harus lulusan apa", [9]),
        ("halo apa kabar", []),
        ("mantap", []),
        ("", []),
    ],
)
def test_the_components_that_a_message_asks_for(knowledge: KnowledgeBase, text: str, components: list[int]) -> None:
    assert sorted(found.component for found in ask(knowledge, text)) == components


@pytest.mark.parametrize(
    ("text", "component", "items"),
    [
        ("ada mushola ga", 8, ["23. Mushola;"]),
        ("bisa menyusui di situ ga", 8, ["21. Ruang laktasi;"]),
        ("email pengaduan apa", 6, ["g. Email: pengaduanptsp139@gmail.com"]),
        ("motto pelayanannya apa", 12, ["4. Motto Pelayanan: PASTI (Pelayanan Sepenuh Hati) dan KSATRIA"]),
    ],
)
def test_the_item_that_is_meant(knowledge: KnowledgeBase, text: str, component: int, items: list[str]) -> None:
    [found] = ask(knowledge, text)
    assert found.component == component
    assert len(found.items) == len(items)
    assert all(got.startswith(wanted) for got, wanted in zip(quoted(found), items, strict=True))


@pytest.mark.parametrize("text", ["sarana dan prasarananya apa saja", "apa saja persyaratannya", "fasilitas"])
def test_a_component_as_a_whole_has_no_single_items(knowledge: KnowledgeBase, text: str) -> None:
    [found] = ask(knowledge, text)
    assert found.items == ()


def test_words_that_only_name_the_business_are_no_evidence(knowledge: KnowledgeBase) -> None:
    words = knowledge.language.read("kendaraan operasional")
    index = knowledge.catalogue.items(knowledge.catalogue.published[0])
    assert asked(words, index, {}, frozenset(range(len(words)))) == []


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["biaya", "syarat", "mushola", "lama", "dan", ",", "pengaduan", "?", "xyz"]), max_size=8)
)
def test_answers_are_distinct_components_with_items_of_their_own(knowledge: KnowledgeBase, words: list[str]) -> None:
    found = ask(knowledge, " ".join(words))
    numbers = [one.component for one in found]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) <= set(COMPONENTS)
    for one in found:
        places: list[Place] = list(one.items)
        assert {place.component for place in places} <= {one.component}
        assert [place.path for place in places] == sorted(place.path for place in places)
