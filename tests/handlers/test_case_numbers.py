from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handlers.case_numbers import (
    CodeGuard,
    find_codes,
    find_numbers,
    make_code,
    make_number,
    normalise_code,
)
from handlers.case_rules import Kind

KINDS = st.sampled_from(get_args(Kind))
YEARS, COUNTS = st.integers(2020, 2099), st.integers(1, 1_500_000)
NUMBERS = st.builds(make_number, KINDS, YEARS, COUNTS)


def valid(text: str) -> list[str]:
    return [found.number for found in find_numbers(text) if found.valid]


def test_numbers_carry_a_check_character() -> None:
    assert make_number("complaint", 2026, 42) == "ADU-2026-00042-X"
    assert make_number("complaint", 2026, 43) == "ADU-2026-00043-8"
    assert make_number("suggestion", 2026, 42) == "SRN-2026-00042-9"
    assert make_number("complaint", 2026, 123456).startswith("ADU-2026-123456-")


@pytest.mark.parametrize(("year", "number"), [(2026, 0), (2026, -1), (26, 1), (2126, 1)])
def test_what_is_no_number_is_refused(year: int, number: int) -> None:
    with pytest.raises(ValueError, match="no case number"):
        make_number("complaint", year, number)


@pytest.mark.parametrize(
    "typed",
    [
        "ADU-2026-00042-X",
        "adu-2026-00042-x",
        "ADU202600042X",
        "adu 2026 00042 x",
        "Adu 2026-00042 X",
        "ADU–2026–00042–X",
        "adu.2026.00042.x",
        "ADU - 2026 - 00042 - X",
        "ADU-2O26-OOO42-X",
        "adu-2026-ooo42-x",
        "no. ADU-2026-00042-X, sudah sampai mana ya?",
        "laporan saya ADU 2026 00042 X kemarin 2 minggu",
        "(ADU-2026-00042-X)",
        "status adu-2026-00042-x 3 hari lalu",
    ],
)
def test_a_number_is_found_however_it_is_typed(typed: str) -> None:
    [found] = find_numbers(typed)
    assert (found.number, found.status) == ("ADU-2026-00042-X", "valid")


def test_one_and_l_are_the_same_digit() -> None:
    number = make_number("suggestion", 2026, 117)
    assert valid(number.replace("1", "l")) == valid(number.replace("1", "I")) == [number]


@pytest.mark.parametrize(
    "typed",
    [
        "ADU-2026-00043-X",
        "ADU-2026-00024-X",
        "ADU-2026-0042-X",
        "ADU-2026-000042-X",
        "ADU-2O26-00042-4",
        "SRN-2026-00042-X",
        "AUD-2026-00042-X",
        "ADU-2026-0004Z-X",
        "ADU-1026-00042-X",
        "adu 2026 00042 7",
    ],
)
def test_a_mistyped_number_is_called_that(typed: str) -> None:
    [found] = find_numbers(f"status {typed} dong")
    assert found.status == "mistyped"


def test_a_number_of_another_register_is_not_ours() -> None:
    [found] = find_numbers("ADU-2024-000123")
    assert (found.number, found.status) == ("ADU-2024-000123", "foreign")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "saya mau adu petugas",
        "adu 081298765432",
        "TKT-8841",
        "20241108-0031",
        "nik 3214014507900003",
        "KBLI 29102",
        "aduan saya 2 minggu lalu",
        "PP 5/2021",
        "adu 2026",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find_numbers(text) == []


def test_several_numbers_stand_where_they_say() -> None:
    text = "ADU-2026-00042-X dan srn 2026 00042 9"
    found = find_numbers(text)
    assert [each.number for each in found] == ["ADU-2026-00042-X", "SRN-2026-00042-9"]
    assert [text[each.start : each.end] for each in found] == ["ADU-2026-00042-X", "srn 2026 00042 9"]


@given(
    NUMBERS,
    st.sampled_from(["-", "", " ", " - ", "."]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "ok ", "no:"]),
)
def test_a_number_survives_sloppy_typing(number: str, separator: str, lower: bool, letters: bool, before: str) -> None:
    typed = number.replace("-", separator)
    if letters:
        typed = typed.replace("0", "O").replace("1", "l")
    assert valid(before + (typed.lower() if lower else typed) + " ya") == [number]


@given(NUMBERS, st.data())
def test_a_wrong_character_is_caught(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, len(number) - 1).filter(lambda place: number[place] != "-"))
    wrong = data.draw(st.sampled_from("0123456789X").filter(lambda character: character != number[place]))
    assert valid(number[:place] + wrong + number[place + 1 :]) == []
    assert [found.status for found in find_numbers(number[:place] + wrong + number[place + 1 :])] == ["mistyped"]


@given(st.builds(make_number, KINDS, YEARS, st.integers(1, 99_999)), st.data())
def test_swapped_characters_are_caught(number: str, data: st.DataObject) -> None:
    places = [place for place in range(4, len(number)) if number[place] != "-"]
    one, other = sorted(data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True)))
    assume(number[one] != number[other])
    characters = list(number)
    characters[one], characters[other] = characters[other], characters[one]
    assert valid("".join(characters)) == []


@given(NUMBERS, KINDS)
def test_the_kind_is_part_of_the_check(number: str, kind: Kind) -> None:
    prefix = {"complaint": "ADU", "suggestion": "SRN"}[kind]
    assert (valid(prefix + number[3:]) == [number]) == number.startswith(prefix)


@given(st.text())
def test_any_text_is_searched_without_an_error(text: str) -> None:
    for found in find_numbers(text):
        assert found.valid <= (make_number("complaint", 2026, 1)[:3] == "ADU")
    find_codes(text)


# ---------------------------------------------------------------- access codes


def test_a_code_is_made_of_forty_bits() -> None:
    assert make_code(bytes(5)) == "0000-0000"
    assert make_code(b"\xff" * 5) == "ZZZZ-ZZZZ"
    assert make_code(b"\x01\x23\x45\x67\x89") == "04HM-ASW9"
    with pytest.raises(ValueError, match="five"):
        make_code(b"\x00" * 4)


CODES = st.binary(min_size=5, max_size=5).map(make_code)


@given(CODES, st.sampled_from(["", " ", "-", " - "]), st.booleans())
def test_a_code_survives_sloppy_typing(code: str, gap: str, lower: bool) -> None:
    typed = code.replace("-", gap).replace("0", "O").replace("1", "l")
    assert normalise_code(typed.lower() if lower else typed) == code
    assert find_codes(f" {typed} ") == [code]
    assert find_codes(f"kode akses saya: {code}") == [code]


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGU", "ABCD-EFGH-J", "abcd efg!", "terima kasih"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise_code(typed) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("kodenya AB2D-EFGH ya", ["AB2D-EFGH"]),
        ("ini ABCD-EFGH", ["ABCD-EFGH"]),
        ("kode akses abcd efgh", ["ABCD-EFGH"]),
        ("saya mau tanya dong pagi-pagi", []),
        ("hp 0812-3456-7890", []),
    ],
)
def test_codes_in_a_sentence(text: str, codes: list[str]) -> None:
    assert find_codes(text) == codes


NOW = datetime(2026, 11, 9, 3, tzinfo=UTC)


def test_wrong_codes_slow_down_and_then_lock_for_an_hour() -> None:
    guard, waits = CodeGuard(), list[float]()
    for _ in range(5):
        assert guard.may_try(NOW + timedelta(minutes=30)) or len(waits) == 5
        guard = guard.after_wrong(NOW)
        waits.append(((guard.blocked_until() or NOW) - NOW).total_seconds())
    assert waits == [0, 0, 10, 30, 3600]
    assert not guard.may_try(NOW + timedelta(minutes=59))
    assert guard.may_try(NOW + timedelta(hours=1))


def test_after_an_hour_counting_begins_again() -> None:
    guard = CodeGuard(5, NOW).after_wrong(NOW + timedelta(hours=1))
    assert (guard.wrong, guard.may_try(NOW + timedelta(hours=1))) == (1, True)
    assert CodeGuard(2, NOW).after_wrong(NOW + timedelta(minutes=1)).wrong == 3


@given(st.lists(st.integers(0, 600), max_size=30))
def test_however_often_one_tries_no_more_than_five_codes_an_hour_are_looked_at(pauses: list[int]) -> None:
    guard, now, looked_at = CodeGuard(), NOW, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        if guard.may_try(now):
            looked_at.append(now)
            guard = guard.after_wrong(now)
    for moment in looked_at:
        assert sum(moment <= other < moment + timedelta(hours=1) for other in looked_at) <= 5
