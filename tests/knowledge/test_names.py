from __future__ import annotations

import pytest

from knowledge.names import find_name, read_name_answer, usable_name

USABLE = "Yayat|asep|Hj. Nurhayati|PT Sinar Desa Mandiri|cv jaya|Koperasi Sauyunan|R. Hendro|Bu Tuti|Ai|Zxqwert"
NOBODY = (
    "| |-|...|Hamba Allah|hamba ALLAH|anonim|Anonymous|NN|N.N.|nn|xxx|warga|Warga Plered|masyarakat|saya|Pak|bapak|PT"
    "|123|tanpa nama|rahasia|tidak mau disebut|gak usah|seseorang|🙏"
)


@pytest.mark.parametrize("name", USABLE.split("|"))
def test_a_person_or_a_body_is_a_usable_name(name: str) -> None:
    assert usable_name(name)


@pytest.mark.parametrize("name", [None, *NOBODY.split("|")])
def test_nobody_is_not_a_usable_name(name: str | None) -> None:
    assert not usable_name(name)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("asep", "asep"),
        ("Wulandari Kusumaningrum", "Wulandari Kusumaningrum"),
        ("zulhelmi", "zulhelmi"),
        ("nama saya Opik", "Opik"),
        ("pak darto", "pak darto"),
        ("PT Gemilang Tirta", "PT Gemilang Tirta"),
        ("Tarkim, dari Bojong", "Tarkim"),
        ("H. Maman.", "H. Maman"),
    ],
)
def test_an_answer_to_the_question_for_a_name(answer: str, name: str) -> None:
    found = read_name_answer(answer)
    assert found is not None
    assert found.raw == name


@pytest.mark.parametrize(
    "answer", ["anonim aja", "rahasia", "hamba allah", "gak mau", "buat apa", "loket 3", "nanti saja", "-", "", "08123"]
)
def test_no_answer_is_no_name(answer: str) -> None:
    assert read_name_answer(answer) is None


def test_a_body_says_that_it_is_one_and_a_person_comes_first() -> None:
    body = find_name("kami dari PT Cipta Karsa keberatan")
    assert body is not None
    assert body.body
    person = find_name("Saya Budi dari PT Cipta Karsa keberatan")
    assert person is not None
    assert (person.raw, person.body) == ("Budi", False)
