"""The official list of business codes: what of a file is read, what is refused, and what a code is called by it."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.kbli import MOST_NAMES, KbliError, OfficialCode, names_of, read_list
from knowledge.search import Published
from knowledge.standards import ServiceStandard

HEADING = "Kode\tJudul\tUraian"
WEAVING = OfficialCode(
    "13912",
    "Industri Kain Rajutan Contoh",
    "Kelompok ini mencakup pembuatan kain rajut, seperti jala wedang, kain selubung dan sejenisnya. Tidak termasuk "
    "pembuatan karung goni, seperti karung beras.",
)


def test_a_list_is_read_with_its_heading_and_without_its_groups() -> None:
    lines = ("C\tIndustri Pengolahan", "10\tMakanan", '10710\t"Industri Roti"\tRoti  tawar', "", "10799\tLain", "")
    read = read_list("\ufeff" + "\r\n".join((HEADING, *lines)))
    assert read.codes == [OfficialCode("10710", "Industri Roti", "Roti tawar"), OfficialCode("10799", "Lain")]
    assert read.groups == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no line with a code"),
        (HEADING, "no line with a code"),
        ("10710 Industri Roti", "line 1 does not begin with a code"),
        ("10710\tRoti\n10710\tKue", "line 2: code 10710 is there twice"),
        ("10710\tRoti\n10720\t", "line 2 has no title"),
        ("10710\tRoti\nabc\tKue", "line 2 does not begin with a code"),
        ("107100\tRoti", "line 1 does not begin with a code"),
    ],
)
def test_a_faulty_list_says_where(text: str, said: str) -> None:
    with pytest.raises(KbliError, match=said):
        read_list(text)


def test_examples_are_names_and_what_is_excluded_is_none() -> None:
    names = names_of(WEAVING)
    assert names[0] == "industri kain rajutan contoh"
    assert {"jala wedang", "kain selubung"} <= set(names)
    assert not [name for name in names if "karung" in name or "sejenis" in name]
    many = ", ".join(f"barang {n}" for n in range(200))
    assert len(names_of(OfficialCode("1", "x", f"seperti {many}"))) == MOST_NAMES


def test_a_standard_is_found_by_what_only_the_list_calls_it() -> None:
    standards = [
        ServiceStandard(number, title, code, "Rendah", "NIB", {4: "Gratis"}, ())
        for number, title, code in (
            (1, "Industri Kain Rajutan Contoh", "13912"),
            (2, "Industri Karung Contoh", "13923"),
            (3, "Industri Roti Contoh", "10710"),
        )
    ]
    published = [Published(each, "Edisi Contoh", None) for each in standards]
    with_list = KnowledgeBase(published, 1, {WEAVING.code: WEAVING})

    def first(knowledge: KnowledgeBase, text: str) -> str | None:
        found = knowledge.catalogue.match(knowledge.language.read(text), text).candidates
        return found[0].published.standard.kbli if found else None

    assert first(KnowledgeBase(published, 1), "biaya izin jala wedang") is None
    assert first(with_list, "biaya izin jala wedang") == "13912"
    assert first(with_list, "biaya izin karung") == "13923"


def test_what_a_description_lists_comes_after_what_a_business_is_called() -> None:
    standards = [
        ServiceStandard(number, title, code, "Rendah", "NIB", {4: "Gratis"}, ())
        for number, title, code in (
            (1, "Industri Kain Rajutan Contoh", "13912"),
            (2, "Industri Kelambu Contoh", "13923"),
        )
    ]
    listed = OfficialCode(
        "13912", "Industri Kain Rajutan Contoh", "Kelompok ini mencakup usaha seperti kelambu contoh."
    )
    knowledge = KnowledgeBase([Published(each, "Edisi Contoh", None) for each in standards], 1, {"13912": listed})
    found = knowledge.catalogue.match(knowledge.language.read("syarat kelambu")).candidates
    assert [each.published.standard.kbli for each in found][:2] == ["13923", "13912"]
    assert found[0].score > found[1].score
