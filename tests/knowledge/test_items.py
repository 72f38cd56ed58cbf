"""The items of a standard, found by their words."""

from __future__ import annotations

from knowledge.items import ItemIndex
from knowledge.language import stem
from knowledge.outline import Item

TEXTS = {
    1: "A. Umum:\n1. Memiliki akun SIINas.\n2. Memiliki denah bengkel.\nB. Khusus:\n1. Alat pemadam api.",
    3: "7 hari kerja.",
    4: "Gratis",
    8: "1. Mushola;\n2. Ruang laktasi;\n3. Kursi roda;",
}
INDEX = ItemIndex(TEXTS)


def found(*words: str, component: int | None = None) -> set[str]:
    return {INDEX.places[i].item.text for i in INDEX.find([stem(word) for word in words], component)}


def test_every_line_has_its_place_and_is_found_there() -> None:
    for index, place in enumerate(INDEX.places):
        assert INDEX.place(index) is place
        item: Item | None = None
        items = INDEX.outline(place.component)
        for step in place.path:
            item = items[step]
            items = item.items
        assert item == place.item
    assert len(INDEX.places) == sum(len(text.split("\n")) for text in TEXTS.values())


def test_a_rare_word_weighs_more_than_a_shared_one() -> None:
    assert found("laktasi") == {"Ruang laktasi;"}
    rare, shared = (max(INDEX.find([stem(word)]).values()) for word in ("laktasi", "memiliki"))
    assert rare > shared > 0


def test_the_more_of_its_words_are_said_the_better_an_item_fits() -> None:
    scores = {INDEX.places[i].item.text: score for i, score in INDEX.find([stem("denah"), stem("memiliki")]).items()}
    assert scores["Memiliki denah bengkel."] > scores["Memiliki akun SIINas."] > 0


def test_items_are_found_by_other_words_for_the_same_thing() -> None:
    assert found("solat") == {"Mushola;"}
    assert INDEX.states(stem("mushola"))
    assert not INDEX.states(stem("solat")), "people say so, the standard does not"
    assert found("apotek") == set()


def test_a_search_can_be_kept_to_one_component() -> None:
    assert found("hari", "laktasi") == {"7 hari kerja.", "Ruang laktasi;"}
    assert found("hari", "laktasi", component=8) == {"Ruang laktasi;"}


def test_words_stand_together_only_in_one_item() -> None:
    assert INDEX.has_item_with([stem("denah"), stem("bengkel")])
    assert not INDEX.has_item_with([stem("denah"), stem("laktasi")])
    assert not INDEX.has_item_with([])


def test_an_item_that_stands_in_a_message_is_known_word_for_word() -> None:
    index = ItemIndex(
        {1: "1. Memiliki gudang bahan baku;\n2. Memiliki gudang bahan baku yang terpisah.", 8: "1. CCTV;"}
    )
    longest = index.quoted("apa benar memiliki gudang bahan baku yang terpisah wajib?")
    assert longest
    assert (longest.component, longest.item.text) == (1, "Memiliki gudang bahan baku yang terpisah.")
    shorter = index.quoted("Memiliki gudang (bahan baku) perlu?")
    assert shorter
    assert shorter.item.text == "Memiliki gudang bahan baku;"
    assert index.quoted("ada CCTV di gudang bahan baku?") is None  # too short to be known by its words
    assert index.quoted("") is None
