"""What citizens do with a report that was recorded: complete it, send it again, add to it, withdraw it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from handlers.case_numbers import make_number
from storage import cases
from tests.scenarios import FIRST_COMPLAINT, FIRST_SUGGESTION, RUDE, RUDE_IN_ONE, Citizen, Desk, Story

NAMELESS = replace(RUDE, name="lewati")
SECOND_COMPLAINT = make_number("complaint", 2026, 2)
QUEUE = Story("antrian tiga jam baru dipanggil", "loket 3")


@pytest.fixture
def owner(desk: Desk) -> Citizen:
    return desk.citizen("6281234500011")


# ---------------------------------------------------------------- curing


NAMES = ("nama saya Asep Sunandar", "Asep Sunandar", "oh iya, saya Asep Sunandar pak", "a.n. Asep Sunandar")


@pytest.mark.parametrize("said", NAMES)
def test_a_name_supplied_later_makes_it_a_complaint(desk: Desk, owner: Citizen, said: str) -> None:
    assert owner.reports(NAMELESS).number == FIRST_SUGGESTION
    desk.clock.advance(days=2)
    heard = owner.says(said)
    assert heard.case == {"number": FIRST_COMPLAINT, "kind": "complaint", "due": "2026-12-01"}
    assert FIRST_SUGGESTION in heard.text
    assert FIRST_COMPLAINT in heard.text
    assert "1 Desember 2026" in heard.text
    assert desk.numbers(FIRST_SUGGESTION) == [FIRST_SUGGESTION, FIRST_COMPLAINT]
    case = desk.case(FIRST_SUGGESTION)
    assert case == desk.case(FIRST_COMPLAINT)
    assert (case.kind, case.due_on, case.clock_started_at) == ("complaint", date(2026, 12, 1), desk.clock.now)
    assert case.received_at == desk.clock.now - timedelta(days=2)
    assert desk.reporter(FIRST_COMPLAINT).name == "Asep Sunandar"
    assert desk.events(FIRST_COMPLAINT) == ["opened", "cured"]
    assert len(desk.register()) == 1


def test_both_numbers_and_the_first_code_lead_to_the_cured_case(desk: Desk, owner: Citizen) -> None:
    code = owner.reports(NAMELESS).code
    owner.says("nama saya Asep Sunandar")
    stranger = desk.citizen("42", "telegram")
    for number in (FIRST_SUGGESTION, FIRST_COMPLAINT):
        assert "Diterima" in owner.says(number).text
        assert "Diterima" in stranger.says(f"{number} {code}").text


def test_what_happened_and_where_supplied_later(desk: Desk, owner: Citizen) -> None:
    owner.says("mau lapor")
    receipt = owner.answers(RUDE, owner.says("gak tau"))
    assert receipt.number == FIRST_SUGGESTION
    heard = owner.says("petugas loket MPP marah-marah kepada saya")
    assert heard.case == {"number": FIRST_COMPLAINT, "kind": "complaint", "due": "2026-11-27"}
    assert "marah-marah" in desk.case(FIRST_COMPLAINT).subject
    assert len(desk.register()) == 1


def test_name_and_contact_supplied_one_after_the_other_on_the_web(desk: Desk) -> None:
    visitor = desk.citizen("visitor-1", "web")
    visitor.reports(replace(NAMELESS, contact="lewati"))
    assert visitor.says("nama saya Asep Sunandar").number == FIRST_SUGGESTION
    assert visitor.says("085711112222").number == FIRST_COMPLAINT
    reporter = desk.reporter(FIRST_COMPLAINT)
    assert (reporter.name, reporter.phone) == ("Asep Sunandar", "085711112222")


def test_an_inquiry_in_between_does_not_end_the_cure(desk: Desk, owner: Citizen) -> None:
    owner.reports(NAMELESS)
    assert "Gratis" in owner.says("berapa biaya KBLI 29102?").text
    assert owner.says("nama saya Asep Sunandar").number == FIRST_COMPLAINT


def test_a_late_one_without_a_name_is_completed_but_stays_for_an_officer_to_decide(desk: Desk, owner: Citizen) -> None:
    late = replace(NAMELESS, happened_on="9 Oktober 2026", received_on="sudah, 9 Oktober")
    owner.reports(late)
    heard = owner.says("nama saya Asep Sunandar")
    assert heard.case == {"number": FIRST_SUGGESTION, "kind": "suggestion", "due": None}
    case = desk.case(FIRST_SUGGESTION)
    assert (case.kind, case.late, case.clock_started_at) == ("suggestion", True, None)
    assert desk.events(FIRST_SUGGESTION) == ["opened", "completed"]
    assert "petugas" in heard.text.lower()


def test_the_notice_about_personal_data_comes_with_a_name_supplied_later(owner: Citizen) -> None:
    assert "Data pribadi" not in owner.reports(NAMELESS).text
    assert "Data pribadi" in owner.says("nama saya Asep Sunandar").text


def test_secrecy_asked_for_while_curing_is_kept(desk: Desk, owner: Citizen) -> None:
    owner.reports(NAMELESS)
    owner.says("nama saya Asep Sunandar, tolong dirahasiakan")
    case = desk.case(FIRST_COMPLAINT)
    assert (case.confidential, case.visible_to) == (True, "manager")


# ---------------------------------------------------------------- sent twice


def test_the_same_message_is_decided_once(desk: Desk, owner: Citizen) -> None:
    owner.asked("confirming", RUDE)
    yes = owner.message("ya")
    first, again = desk.take(yes), desk.take(yes)
    assert first.number == FIRST_COMPLAINT
    assert (again.duplicate, again.text, again.case) == (True, "", None)
    assert len(desk.register()) == 1


@pytest.mark.parametrize("second", ["ya", "iya kirim", "Ya, kirim"])
def test_yes_twice_makes_one_case_and_opens_no_other(desk: Desk, owner: Citizen, second: str) -> None:
    assert owner.reports(RUDE).number == FIRST_COMPLAINT
    heard = owner.says(second)
    assert (heard.case, heard.mode, len(desk.register())) == (None, "idle", 1)


def test_the_button_pressed_twice_makes_one_case(desk: Desk, owner: Citizen) -> None:
    owner.asked("confirming", RUDE)
    assert owner.presses("confirm").number == FIRST_COMPLAINT
    assert owner.presses("confirm").case is None
    assert len(desk.register()) == 1


def test_two_yeses_in_one_batch_make_one_case(desk: Desk, owner: Citizen) -> None:
    owner.asked("confirming", RUDE)
    one, two = desk.take_together([owner.message("ya"), owner.message("ya")])
    assert (one.number, two.case) == (FIRST_COMPLAINT, None)


def test_the_same_text_again_makes_one_case(desk: Desk, owner: Citizen) -> None:
    owner.answers(RUDE, owner.says(RUDE_IN_ONE))
    heard = owner.answers(RUDE, owner.says(RUDE_IN_ONE))
    assert (heard.case, len(desk.register())) == (None, 1)
    assert FIRST_COMPLAINT in heard.text


def test_the_same_text_again_before_the_yes_makes_one_case_told_once(desk: Desk, owner: Citizen) -> None:
    owner.says(RUDE_IN_ONE)
    heard = owner.answers(RUDE, owner.says(RUDE_IN_ONE))
    assert heard.number == FIRST_COMPLAINT
    assert len(desk.register()) == 1
    assert desk.case(FIRST_COMPLAINT).subject.count("marah-marah") == 1


def test_another_matter_is_another_case(desk: Desk, owner: Citizen) -> None:
    assert [owner.reports(story).number for story in (RUDE, QUEUE)] == [FIRST_COMPLAINT, SECOND_COMPLAINT]


def test_many_citizens_in_one_batch_have_numbers_without_gaps(desk: Desk) -> None:
    crowd = [desk.citizen(f"62812345{n:05}") for n in range(9)]
    for citizen in crowd:
        citizen.asked("confirming", RUDE)
    receipts = desk.take_together([citizen.message("ya") for citizen in crowd])
    assert [receipt.number for receipt in receipts] == [make_number("complaint", 2026, n) for n in range(1, 10)]
    assert len({receipt.code for receipt in receipts}) == len(crowd)


# ---------------------------------------------------------------- adding, withdrawing


@pytest.mark.parametrize(
    "said", ["tambah: saksinya Bu Entin", "tambahan, saksinya Bu Entin", "mau nambahin, saksinya Bu Entin"]
)
def test_something_is_added_to_the_open_case(desk: Desk, owner: Citizen, said: str) -> None:
    owner.reports(RUDE)
    heard = owner.says(said)
    assert heard.case == {"number": FIRST_COMPLAINT, "kind": "complaint", "due": "2026-11-27"}
    assert desk.events(FIRST_COMPLAINT) == ["opened", "added"]
    assert "saksinya Bu Entin" in desk.notes(FIRST_COMPLAINT)[1]


@pytest.mark.parametrize("caption", ["", "ini buktinya", "foto loketnya min"])
def test_a_photo_sent_afterwards_is_evidence(desk: Desk, owner: Citizen, caption: str) -> None:
    owner.reports(RUDE)
    heard = owner.says(caption, photo="loket.jpg")
    assert FIRST_COMPLAINT in heard.text
    assert desk.evidence(FIRST_COMPLAINT) == [("photo", "loket.jpg")]


def test_with_several_open_cases_it_is_asked_which(desk: Desk, owner: Citizen) -> None:
    owner.reports(RUDE)
    owner.reports(QUEUE)
    asked = owner.says("tambah: saksinya Bu Entin")
    assert asked.mode == "choosing"
    listed = [line for line in asked.text.split("\n") if FIRST_COMPLAINT in line]
    heard = owner.says(listed[0][0])
    assert heard.number == FIRST_COMPLAINT
    assert desk.events(FIRST_COMPLAINT) == ["opened", "added"]
    assert desk.events(SECOND_COMPLAINT) == ["opened"]


@pytest.mark.parametrize(
    "wish", ["cabut laporan saya", f"cabut {FIRST_COMPLAINT}", "saya mau tarik pengaduan saya", "batalkan laporan saya"]
)
@pytest.mark.parametrize("yes", ["ya", "iya yakin", "Ya, cabut", "1"])
def test_it_is_withdrawn_when_the_citizen_is_sure(desk: Desk, owner: Citizen, wish: str, yes: str) -> None:
    owner.reports(RUDE)
    assert "Yakin" in owner.says(wish).text
    heard = owner.says(yes)
    assert heard.number == FIRST_COMPLAINT
    assert desk.case(FIRST_COMPLAINT).stage == "withdrawn"
    assert desk.events(FIRST_COMPLAINT) == ["opened", "withdrawn"]
    assert "Dicabut" in owner.says(f"status {FIRST_COMPLAINT}").text


@pytest.mark.parametrize("no", ["tidak", "gak jadi", "Tidak", "2"])
def test_it_is_not_withdrawn_otherwise(desk: Desk, owner: Citizen, no: str) -> None:
    owner.reports(RUDE)
    owner.says("cabut laporan saya")
    heard = owner.says(no)
    assert heard.case is None
    assert desk.case(FIRST_COMPLAINT).stage == "received"


def test_nobody_withdraws_or_adds_from_another_account(desk: Desk, owner: Citizen) -> None:
    code = owner.reports(RUDE).code
    stranger = desk.citizen("42", "telegram")
    for said in (
        f"cabut {FIRST_COMPLAINT}",
        code,
        f"tambah {FIRST_COMPLAINT}: bohong semua",
        "cabut laporan saya",
        "ya",
    ):
        stranger.says(said)
    stranger.presses(f"withdraw:{FIRST_COMPLAINT}")
    assert desk.events(FIRST_COMPLAINT) == ["opened"]


def test_after_the_answer_it_is_solved_or_reopened_for_ten_working_days(desk: Desk, owner: Citizen) -> None:
    owner.reports(RUDE)
    with desk.office.database.transaction() as tx:
        cases.update(tx, desk.case(FIRST_COMPLAINT).id, desk.clock(), stage="answered", answered_at=desk.clock())
    assert owner.says("alhamdulillah sudah selesai").number == FIRST_COMPLAINT
    assert desk.case(FIRST_COMPLAINT).solved is True
    desk.clock.advance(days=14)  # the tenth working day
    assert owner.says("belum selesai pak").number == FIRST_COMPLAINT
    case = desk.case(FIRST_COMPLAINT)
    assert (case.stage, case.solved, case.due_on) == ("under_review", False, date(2026, 11, 27))
    with desk.office.database.transaction() as tx:
        cases.update(tx, case.id, desk.clock(), stage="closed")
    desk.clock.advance(days=1)
    assert owner.says("belum selesai pak").case is None
    assert desk.case(FIRST_COMPLAINT).stage == "closed"
