from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.entities import Entities, find_entities, mask_nik

_TABLE = Path(__file__).with_name("messages_with_names.tsv").read_text(encoding="utf-8").splitlines()[1:]
MESSAGES = [tuple(line.replace("\\n", "\n").split("\t")) for line in _TABLE]


@pytest.mark.parametrize(("text", "name", "phone", "nik", "email"), MESSAGES)
def test_who_speaks_and_how_to_reach_them(text: str, name: str, phone: str, nik: str, email: str) -> None:
    found = find_entities(text)
    said = tuple(each.raw if each else "" for each in (found.name, found.phone, found.nik, found.email))
    assert said == (name, phone, nik, email)


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("0857-1122-3344", "+6285711223344"),
        ("08157001234", "+628157001234"),
        ("+62 812 3344 5566", "+6281233445566"),
        ("62812 3344 5566", "+6281233445566"),
        ("(0264) 201234", "+62264201234"),
        ("0264-8224711", "+622648224711"),
        ("O812-3344-5566", "+6281233445566"),
        ("+65 6123 4567", "+6561234567"),
    ],
)
def test_a_phone_is_kept_as_written_and_dialled_as_e164(written: str, e164: str) -> None:
    phone = find_entities(f"hubungi {written} ya").phone
    assert phone is not None
    assert (phone.raw, phone.e164) == (written, e164)


def test_a_number_without_its_zero_is_a_phone_where_one_is_announced() -> None:
    phone = find_entities("no hp saya 812 3344 5566").phone
    assert phone is not None
    assert phone.e164 == "+6281233445566"
    assert find_entities("bayar 81233445566").phone is None


@pytest.mark.parametrize("text", ["0812 3344 5566 200 ribu", "0812 3344 5566 200rb", "081233445566 2 minggu lalu"])
def test_what_follows_a_phone_stays_out_of_it(text: str) -> None:
    phone = find_entities(text).phone
    assert phone is not None
    assert phone.e164 == "+6281233445566"


def test_the_speakers_own_phone_comes_before_another() -> None:
    phone = find_entities("kantor cabang 0264 201234, hp saya 081233445566").phone
    assert phone is not None
    assert phone.raw == "081233445566"


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("nik 3214014507900003", True),  # a woman: 40 is added to the day of birth
        ("nik 3214-0114-0590-0003", True),
        ("nik 3214019913900003", False),  # no such day
        ("nik 9914014507900003", False),  # no such province
        ("nik 321401450790000", False),  # a digit short
        ("ktp saya 32140145079000031", False),
    ],
)
def test_a_nik_is_checked(text: str, valid: bool) -> None:
    nik = find_entities(text).nik
    assert nik is not None
    assert nik.valid is valid
    assert nik.digits.isdecimal()


def test_a_nik_is_masked() -> None:
    assert mask_nik("3214014507900003") == "3214********0003"
    assert mask_nik("1234") == "****"


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("dimintai 200rb", [200_000]),
        ("Rp 500.000 dan Rp1.250.000", [500_000, 1_250_000]),
        ("50rebu, 1,5 juta, 2jt", [50_000, 1_500_000, 2_000_000]),
        ("rp. 75000", [75_000]),
        ("jam 8 antri 4x di loket 3 sama 2 orang", []),
        ("kbli 29102 permohonan 0220001234567", []),
    ],
)
def test_amounts_of_money(text: str, rupiah: list[int]) -> None:
    assert [amount.rupiah for amount in find_entities(text).amounts] == rupiah


@pytest.mark.parametrize(
    ("text", "kbli", "references"),
    [
        ("kbli 29102 dan 56303", ["29102", "56303"], []),
        ("berkas 29102", ["29102"], []),
        ("nomor berkas saya, no 00451", [], ["00451"]),
        ("no reg 2024-11-0457", [], ["2024-11-0457"]),
        ("20241108-0031", [], ["20241108-0031"]),
        ("laporan TKT-8841 dan ADU-2026-00042-X", [], ["TKT-8841", "ADU-2026-00042-X"]),
        ("NIB 9120001234567", [], ["9120001234567"]),
        ("permohonan 0220001234567", [], ["0220001234567"]),
        ("kode pos 41115", [], []),
    ],
)
def test_codes_and_references(text: str, kbli: list[str], references: list[str]) -> None:
    found = find_entities(text)
    assert ([each.raw for each in found.kbli], [each.raw for each in found.references]) == (kbli, references)


def _everything(found: Entities) -> list[tuple[str, int, int]]:
    single = [each for each in (found.name, found.phone, found.nik, found.email) if each]
    return [(each.raw, each.start, each.end) for each in (*single, *found.amounts, *found.kbli, *found.references)]


WORDS = st.lists(st.sampled_from(sorted({word for text, *_ in MESSAGES for word in text.split()})), max_size=15)


@given(st.one_of(st.text(), WORDS.map(" ".join)))
@example("AA-0-AAA")  # the end of a reference is nobody's name
def test_everything_found_stands_in_the_message_and_nothing_twice(text: str) -> None:
    found = _everything(find_entities(text))
    for raw, start, end in found:
        assert text[start:end] == raw != ""
    ordered = sorted(found, key=lambda each: each[1])
    assert all(left[2] <= right[1] for left, right in pairwise(ordered))


@given(
    st.from_regex(r"8[1-9][0-9]{8,9}", fullmatch=True),
    st.sampled_from(["0{}", "+62{}", "62{}"]),
    st.sampled_from(" -."),
)
def test_a_mobile_number_is_found_however_it_is_grouped(digits: str, form: str, separator: str) -> None:
    whole = form.format(digits)
    grouped = separator.join((whole[:-8], whole[-8:-4], whole[-4:]))
    for written in (whole, grouped):
        phone = find_entities(f"hp saya {written}, mau lapor").phone
        assert phone is not None
        assert (phone.raw, phone.e164) == (written, f"+62{digits}")


def test_a_long_message_takes_no_long_time() -> None:
    text = "Saya Yayat, 081298765432, 3214014507900003 a@example.com dimintai 200rb di loket 3 oleh Budi. " * 1000
    assert find_entities(text).name is not None
