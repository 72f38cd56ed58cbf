"""Duplicates become one case, and a completed suggestion a complaint."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers import case_answers, case_merging, case_secrecy, case_work
from handlers.case_merging import Completed
from handlers.case_numbers import make_number
from storage import case_desk
from tests.case_office import CLASSIFIED, Office
from tests.scenarios import FIRST_COMPLAINT, FIRST_SUGGESTION, RUDE, Desk, Story

SECOND = make_number("complaint", 2026, 2)
BRIBE = Story("saya dimintai 200 ribu padahal katanya gratis")


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def test_both_numbers_lead_to_one_case_and_both_reporters_hear(office: Office) -> None:
    other = office.desk.citizen("6281234500099")
    office.reported()
    code = other.reports(replace(RUDE, name="Asep Sunandar", contact="081234500099")).code
    office.did(case_work.classify, office.rina, FIRST_COMPLAINT, CLASSIFIED)
    merged = office.does(case_merging.merge, office.rina, SECOND, FIRST_COMPLAINT, "peristiwa yang sama")
    assert merged.number == FIRST_COMPLAINT
    assert office.desk.case(SECOND) == office.desk.case(FIRST_COMPLAINT)
    assert "ditangani bersama" in office.told()[-1] or "tangani bersama" in office.told()[-1]
    assert "Sedang ditelaah" in other.says(f"status {SECOND}").text
    assert "Sedang ditelaah" in other.says("status").text
    stranger = office.desk.citizen("42", "telegram")
    assert "kode akses" in stranger.says(SECOND).text
    assert "Sedang ditelaah" in stranger.says(f"{SECOND} {code}").text
    before = len(office.told())
    office.did(case_answers.answer, office.rina, FIRST_COMPLAINT, "Sudah ditegur.")
    assert [said.split("\n")[0] for said in office.told()[before:]] == [f"Jawaban untuk laporan {FIRST_COMPLAINT}"] * 2


def test_who_filed_a_duplicate_does_not_withdraw_the_others_case(office: Office) -> None:
    other = office.desk.citizen("6281234500099")
    office.reported()
    other.reports(replace(RUDE, name="Asep Sunandar", contact="081234500099"))
    office.does(case_merging.merge, office.rina, SECOND, FIRST_COMPLAINT, "sama")
    assert "tidak bisa dicabut" in other.says(f"cabut {SECOND}").text
    other.presses(f"withdraw:{FIRST_COMPLAINT}")
    assert office.desk.case(FIRST_COMPLAINT).stage == "received"


def test_the_stricter_secrecy_and_all_accused_hold_for_both(office: Office) -> None:
    office.reported()
    other = office.desk.citizen("6281234500099")
    other.reports(replace(BRIBE, name="Asep Sunandar", contact="081234500099"))
    office.did(case_secrecy.name_accused, office.manager, SECOND, [office.rina.id], "disebut")
    office.does(case_merging.merge, office.manager, SECOND, FIRST_COMPLAINT, "sama")
    case = office.desk.case(FIRST_COMPLAINT)
    assert (case.confidential, case.visible_to) == (True, "manager")
    with office.desk.office.database.reader() as conn:
        assert case_desk.accused_in(conn, case.id) == {office.rina.id}


def test_what_is_not_merged(office: Office) -> None:
    office.reported()
    merge = case_merging.merge
    assert "sudah menunjuk" in office.refused(merge, office.rina, FIRST_COMPLAINT, FIRST_COMPLAINT, "sama")
    office.reported(replace(Story("antrian tiga jam baru dipanggil", "loket 3"), name="lewati"))
    assert "gabungkan sebaliknya" in office.refused(merge, office.rina, FIRST_COMPLAINT, FIRST_SUGGESTION, "sama")
    office.does(merge, office.rina, FIRST_SUGGESTION, FIRST_COMPLAINT, "hal yang sama")
    assert office.desk.case(FIRST_SUGGESTION).number == FIRST_COMPLAINT


def test_a_suggestion_that_was_completed_is_a_complaint_from_that_day(office: Office) -> None:
    number = office.reported(replace(RUDE, name="lewati"))
    office.did(case_work.note_suggestion, office.rina, number)
    office.desk.clock.advance(days=2)
    assert "Masih kurang" in office.refused(case_merging.convert, office.rina, number, Completed(), "menelepon")
    done = office.did(case_merging.convert, office.rina, number, Completed(name="Yayat Hidayat"), "menelepon")
    case = office.desk.case(number)
    assert (done.number, case.number, case.kind, case.stage) == (FIRST_COMPLAINT,) * 2 + ("complaint", "received")
    assert case.due_on == date(2026, 12, 1)
    assert FIRST_COMPLAINT in office.told()[-1]
    assert office.desk.reporter(number).name == "Yayat Hidayat"
    assert "sudah pengaduan" in office.refused(case_merging.convert, office.rina, number, Completed(), "lagi")
