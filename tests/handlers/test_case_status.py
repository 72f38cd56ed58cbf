"""Where a report stands: for the account that filed it, and from elsewhere by number and access code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handlers.case_numbers import make_number
from tests.scenarios import FIRST_COMPLAINT, RUDE, Citizen, Desk, Heard, Story

SECOND_COMPLAINT = make_number("complaint", 2026, 2)
QUEUE = Story("antrian tiga jam baru dipanggil", "loket 3")


@pytest.fixture
def owner(desk: Desk) -> Citizen:
    return desk.citizen("6281234500011")


PERSONAL = ("Yayat", "81234500011", "marah", "loket")
STATUS = ("status", "cek status laporan saya", "gimana laporan saya?", "sampai mana pengaduan saya min")
WRITTEN = (
    "adu-2026-00001-6",
    "ADU 2026 00001 6",
    "adu2026000016",
    "gmn kabar ADU-2026-00001-6 ya?",
    "no ADU/2026/00001/6",
)


@pytest.mark.parametrize(
    "said", ["status", "cek status laporan saya", "gimana laporan saya?", "sampai mana pengaduan saya min"]
)
def test_the_account_that_filed_it_sees_its_status(desk: Desk, owner: Citizen, said: str) -> None:
    owner.reports(RUDE)
    desk.clock.advance(days=2)
    text = owner.says(said).text
    for part in (
        FIRST_COMPLAINT,
        "Diterima",
        "Senin, 9 November 2026",
        "Jumat, 27 November 2026",
        "12 hari kerja lagi",
    ):
        assert part in text


def test_several_own_cases_are_listed_to_choose_from(owner: Citizen) -> None:
    owner.reports(RUDE)
    owner.reports(QUEUE)
    listed = owner.says("status")
    assert listed.mode == "choosing"
    line = next(line for line in listed.text.split("\n") if FIRST_COMPLAINT in line)
    assert FIRST_COMPLAINT in owner.says(line[0]).text


@pytest.mark.parametrize(
    "written",
    [
        "adu-2026-00001-6",
        "ADU 2026 00001 6",
        "adu2026000016",
        "gmn kabar ADU-2026-00001-6 ya min?",
        "no saya ADU/2026/00001/6",
    ],
)
def test_a_number_is_recognised_however_it_is_typed(owner: Citizen, written: str) -> None:
    assert owner.reports(RUDE).number == FIRST_COMPLAINT
    text = owner.says(written).text
    assert f"Pengaduan {FIRST_COMPLAINT}" in text
    assert "Diterima" in text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ADU-2026-00001-7", "salah ketik"),
        ("cek ADU-2026-00010-6 dong", "salah ketik"),
        (make_number("complaint", 2026, 42), "tidak ditemukan"),
    ],
)
def test_a_mistyped_number_is_called_that(owner: Citizen, written: str, said: str) -> None:
    owner.reports(RUDE)
    assert said in owner.says(written).text


def without_dash(code: str) -> str:
    return code.replace("-", "")


def shows_nothing(heard: Heard) -> bool:
    return not any(part in heard.text for part in (*PERSONAL, "Diterima", "27 November"))


@pytest.mark.parametrize("typed", ["{}", "kode akses: {}", "ini kodenya {}"])
@pytest.mark.parametrize("style", [str, str.lower, without_dash], ids=["as given", "lower case", "without dash"])
def test_from_elsewhere_the_number_asks_for_the_access_code(
    desk: Desk, owner: Citizen, typed: str, style: Callable[[str], str]
) -> None:
    code = owner.reports(RUDE).code
    stranger = desk.citizen("42", "telegram")
    asked = stranger.says(FIRST_COMPLAINT)
    assert (asked.asks, shows_nothing(asked)) == ("access_code", True)
    shown = stranger.says(typed.format(style(code)))
    assert "Diterima" in shown.text
    assert not any(part in shown.text for part in PERSONAL)
    assert shows_nothing(stranger.says("status"))  # once is not for ever


def test_number_and_code_in_one_message(desk: Desk, owner: Citizen) -> None:
    code = owner.reports(RUDE).code
    stranger = desk.citizen("visitor-1", "web")
    assert "Diterima" in stranger.says(f"{FIRST_COMPLAINT} kode akses {code}").text


def test_the_code_of_another_case_does_not_open_it(desk: Desk, owner: Citizen) -> None:
    owner.reports(RUDE)
    other = desk.citizen("6281234500022").reports(QUEUE)
    heard = desk.citizen("42", "telegram").says(f"{FIRST_COMPLAINT} {other.code}")
    assert shows_nothing(heard)


def test_wrong_codes_slow_down_then_lock_that_path_for_an_hour(desk: Desk, owner: Citizen) -> None:
    code = owner.reports(RUDE).code
    other = desk.citizen("6281234500022").reports(QUEUE)
    thief = desk.citizen("42", "telegram")
    blocked = []
    for wait in (0, 0, 0, 11, 31):
        desk.clock.advance(seconds=wait)
        heard = thief.says(f"{FIRST_COMPLAINT} AAAA-AAAA")
        assert shows_nothing(heard)
        blocked.append("baru bisa dicoba lagi" in heard.text)
    assert blocked == [False] * 5
    for accomplice in (thief, desk.citizen("43", "web")):
        heard = accomplice.says(f"{FIRST_COMPLAINT} {code}")  # even the right one
        assert "baru bisa dicoba lagi" in heard.text
        assert shows_nothing(heard)
    assert "Diterima" in owner.says(FIRST_COMPLAINT).text  # never the owner's account
    assert "Diterima" in thief.says(f"{SECOND_COMPLAINT} {other.code}").text  # nor another number
    desk.clock.advance(minutes=59)
    assert shows_nothing(thief.says(f"{FIRST_COMPLAINT} {code}"))
    desk.clock.advance(minutes=2)
    assert "Diterima" in thief.says(f"{FIRST_COMPLAINT} {code}").text


def test_a_wrong_code_does_not_put_an_officers_page_out_of_date(desk: Desk, owner: Citizen) -> None:
    owner.reports(RUDE)
    before = desk.case(FIRST_COMPLAINT).version
    desk.citizen("42", "telegram").says(f"{FIRST_COMPLAINT} AAAA-AAAA")
    after = desk.case(FIRST_COMPLAINT)
    assert (after.version, after.code_failures) == (before, 1)


def test_wrong_codes_slow_down_after_the_third(desk: Desk, owner: Citizen) -> None:
    code = owner.reports(RUDE).code
    thief = desk.citizen("42", "telegram")
    for _ in range(3):
        thief.says(f"{FIRST_COMPLAINT} AAAA-AAAA")
    assert shows_nothing(thief.says(f"{FIRST_COMPLAINT} {code}"))
    desk.clock.advance(seconds=10)
    assert "Diterima" in thief.says(f"{FIRST_COMPLAINT} {code}").text


def test_guesses_of_many_accounts_are_counted_together(desk: Desk, owner: Citizen) -> None:
    code = owner.reports(RUDE).code
    for user in range(5):
        desk.citizen(f"thief-{user}", "web").says(f"{FIRST_COMPLAINT} AAAA-AAA{user}")
        desk.clock.advance(seconds=31)
    assert shows_nothing(desk.citizen("42", "telegram").says(f"{FIRST_COMPLAINT} {code}"))


def test_many_codes_in_one_message_are_many_guesses(desk: Desk, owner: Citizen) -> None:
    code = owner.reports(RUDE).code
    guesses = " ".join(f"AAAA-{n:04}" for n in range(500))
    assert shows_nothing(desk.citizen("42", "telegram").says(f"{FIRST_COMPLAINT} {guesses} {code}"))


def test_the_code_is_asked_for_until_it_comes_and_can_be_given_up(desk: Desk, owner: Citizen) -> None:
    owner.reports(RUDE)
    stranger = desk.citizen("42", "telegram")
    stranger.says(FIRST_COMPLAINT)
    assert "Gratis" in stranger.says("berapa biaya KBLI 29102?").text
    assert stranger.says(FIRST_COMPLAINT).asks == "access_code"
    assert stranger.says("batal").asks is None
    assert stranger.reports(QUEUE).number == SECOND_COMPLAINT  # a report of one's own is not mistaken for a code


def test_cases_are_found_also_when_the_state_of_the_talk_is_lost(desk: Desk, owner: Citizen) -> None:
    """A state that no version can read starts over; what was filed stands in the register."""
    owner.reports(RUDE)
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql("""UPDATE conversations SET state = '{"version": 99}'""")
    assert FIRST_COMPLAINT in owner.says("status").text
