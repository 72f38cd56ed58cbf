"""Duplicates become one case, and a completed suggestion a complaint."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers import case_answers, case_file, case_merging, case_routes, case_secrecy, case_work, handover
from handlers.access import NotFoundError, access_case
from handlers.case_answers import Missing
from handlers.case_completing import Completed
from handlers.case_entry import Entry, Registered, register_elsewhere
from handlers.case_numbers import make_number
from handlers.cases import decide_late
from storage import case_desk, conversations
from tests.case_office import CLASSIFIED, Office
from tests.scenarios import FIRST_COMPLAINT, FIRST_SUGGESTION, MONDAY, RUDE, Citizen, Desk, Story

SECOND = make_number("complaint", 2026, 2)
BRIBE = Story("saya dimintai 200 ribu padahal katanya gratis")


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def missing(office: Office, number: str) -> str:
    found = office.does(case_answers.close, office.rina, number)
    assert isinstance(found, Missing), found
    return found.sentence


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


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Completed(name="Yayat Hidayat", phone="bukan telepon"), "Nomor telepon ini tidak terbaca"),
        (Completed(name="Yayat Hidayat", email="x"), "Alamat email ini tidak terbaca"),
        (Completed(name="Yayat Hidayat", nik="abc"), "NIK terdiri atas 16 angka"),
    ],
)
def test_a_contact_that_nobody_can_use_makes_no_complaint(office: Office, given: Completed, said: str) -> None:
    number = office.reported(replace(RUDE, name="lewati"))
    assert said in office.refused(case_merging.convert, office.rina, number, given, "menelepon")


# ---------------------------------------------------------------- whose eyes


def both_reported(office: Office, second: Story) -> Citizen:
    """The first by the office's citizen, the second by another one, who is returned."""
    office.reported()
    other = office.desk.citizen("6281234500099")
    other.reports(replace(second, name="Asep Sunandar", contact="081234500099"))
    return other


def test_a_case_leaves_the_desk_of_whom_the_other_accuses(office: Office) -> None:
    both_reported(office, BRIBE)
    office.routed(office.studied(FIRST_COMPLAINT), "internal", office.dewi)
    office.did(case_secrecy.name_accused, office.manager, SECOND, [office.rina.id, office.dewi.id], "disebut")
    office.did(case_merging.merge, office.manager, SECOND, FIRST_COMPLAINT, "sama")
    case = office.desk.case(FIRST_COMPLAINT)
    assert (case.officer_id, office.holder(FIRST_COMPLAINT), case.route, case.stage) == (
        None, None, None, "under_review",
    )  # fmt: skip
    assert office.whole(case)
    office.did(case_work.take, office.manager, FIRST_COMPLAINT)


def test_the_conversation_of_a_merged_report_is_hidden_from_whom_the_other_accuses(office: Office) -> None:
    both_reported(office, BRIBE)
    conversation = office.desk.case(FIRST_COMPLAINT).conversation_id
    assert conversation is not None
    handover.take_over(office.desk.office, office.rina, conversation)
    office.did(case_secrecy.name_accused, office.manager, SECOND, [office.rina.id], "disebut")
    office.did(case_merging.merge, office.manager, SECOND, FIRST_COMPLAINT, "sama")
    with office.desk.office.database.reader() as conn:
        row = conversations.by_id(conn, conversation)
    assert row is not None
    assert (row.officer_id, row.visible_to) == (None, "manager")


def test_a_secret_report_without_its_accused_is_not_opened_by_what_was_said_of_the_other(office: Office) -> None:
    both_reported(office, BRIBE)
    office.did(case_secrecy.name_accused, office.manager, FIRST_COMPLAINT, [], "tidak ada")
    office.did(case_work.assign, office.manager, FIRST_COMPLAINT, office.rina.id)
    office.did(case_merging.merge, office.manager, SECOND, FIRST_COMPLAINT, "sama")
    case = office.desk.case(FIRST_COMPLAINT)
    assert (case.visible_to, case.accused_named_at, case.officer_id) == ("manager", None, None)
    with office.desk.office.database.reader() as conn, pytest.raises(NotFoundError):
        access_case(conn, office.desk.office, office.rina, SECOND, "cases.read")


def test_two_cases_are_not_merged_into_one_that_nobody_could_see(office: Office) -> None:
    """The manager of today was an officer when the one was filed that accuses them; the other is for managers alone."""
    both_reported(office, BRIBE)
    office.did(case_secrecy.name_accused, office.manager, SECOND, [], "tidak ada")
    office.did(case_work.assign, office.manager, SECOND, office.head.id)
    with office.desk.office.database.transaction() as tx:
        case_desk.set_accused(tx, office.desk.case(FIRST_COMPLAINT).id, {office.manager.id})
    said = office.refused(case_merging.merge, office.head, SECOND, FIRST_COMPLAINT, "sama")
    assert "Pejabat Pengelola Pengaduan" in said


# ---------------------------------------------------------------- the answer


def test_nothing_is_merged_into_a_closed_case(office: Office) -> None:
    both_reported(office, RUDE)
    office.answered(office.studied(FIRST_COMPLAINT))
    office.arrives()
    office.did(case_answers.reporter_says, office.rina, FIRST_COMPLAINT, solved=True, words="selesai")
    office.did(case_routes.report_result, office.rina, FIRST_COMPLAINT, "Laporan.")
    office.did(case_answers.close, office.rina, FIRST_COMPLAINT)
    assert "sudah ditutup" in office.refused(case_merging.merge, office.rina, SECOND, FIRST_COMPLAINT, "sama")


def test_who_joins_an_answered_case_gets_its_answer_which_then_has_to_arrive(office: Office) -> None:
    other = both_reported(office, RUDE)
    office.answered(office.studied(FIRST_COMPLAINT), "Loket sudah ditambah.")
    office.arrives()
    office.did(case_answers.reporter_says, office.rina, FIRST_COMPLAINT, solved=True, words="selesai")
    office.did(case_routes.report_result, office.rina, FIRST_COMPLAINT, "Laporan.")
    due = office.desk.case(SECOND).due_on
    office.did(case_merging.merge, office.rina, SECOND, FIRST_COMPLAINT, "sama")
    assert "Loket sudah ditambah." in office.told()[-1]
    case = office.desk.case(FIRST_COMPLAINT)
    assert (case.delivered_on, case.answer_arrived_on, case.solved, case.due_on) == (None, None, None, due)
    assert f"sampai kepada pelapor {SECOND}" in missing(office, FIRST_COMPLAINT)
    office.arrives()
    assert office.desk.case(FIRST_COMPLAINT).delivered_on is not None
    assert other.presses(f"unsolved:{FIRST_COMPLAINT}").number == FIRST_COMPLAINT
    assert office.desk.case(FIRST_COMPLAINT).stage == "under_review"


def test_everybody_who_complained_has_to_be_reached(office: Office) -> None:
    office.reported()
    letter = by_letter(office)
    office.did(case_merging.merge, office.rina, letter, FIRST_COMPLAINT, "sama")
    office.answered(office.studied(FIRST_COMPLAINT))
    office.arrives()
    assert office.desk.case(FIRST_COMPLAINT).delivered_on is None
    assert f"sampai kepada pelapor {letter}" in missing(office, FIRST_COMPLAINT)
    attempt = case_answers.record_attempt
    office.did(attempt, office.rina, FIRST_COMPLAINT, "in_person", reached=True, words="bertemu pelapor pertama")
    assert office.desk.case(FIRST_COMPLAINT).delivered_on is None
    stranger = make_number("complaint", 2026, 77)
    said = office.refused(attempt, office.rina, FIRST_COMPLAINT, "letter", reached=True, words="x", to=stranger)
    assert stranger in said
    office.did(attempt, office.rina, FIRST_COMPLAINT, "letter", reached=True, words="tanda terima ada", to=letter)
    assert office.desk.case(FIRST_COMPLAINT).delivered_on is not None


def test_two_reports_of_one_chat_are_answered_once(office: Office) -> None:
    first, second = office.reported(), office.reported(Story("antrean loket tiga jam tanpa penjelasan"))
    office.did(case_merging.merge, office.rina, second, first, "sama")
    before = len(office.told())
    office.answered(office.studied(first))
    assert len([said for said in office.told()[before:] if said.startswith("Jawaban")]) == 1
    office.arrives()
    assert office.desk.case(first).delivered_on is not None


def by_letter(office: Office) -> str:
    entry = Entry(
        way="letter", received_at=office.desk.clock(), what="antrean loket tiga jam", service="Loket MPP",
        name="Asep Sunandar", address="Jalan Ganda Negara 25, Purwakarta", happened_on=MONDAY.date(),
        received_on=MONDAY.date(),
    )  # fmt: skip
    entered = register_elsewhere(office.desk.office, office.rina, entry)
    assert isinstance(entered, Registered), entered
    return entered.number


def test_everybody_who_reported_is_shown_and_masked_alike(office: Office) -> None:
    both_reported(office, RUDE)
    office.did(case_merging.merge, office.rina, SECOND, FIRST_COMPLAINT, "sama")

    def shown() -> list[tuple[str, str | None]]:
        with office.desk.office.database.reader() as conn:
            file = case_file.read_file(conn, office.desk.office, office.manager, SECOND)
        return [(each.number, each.reporter.name if each.reporter else None) for each in file.reporters]

    assert shown() == [(FIRST_COMPLAINT, "Yayat Hidayat"), (SECOND, "Asep Sunandar")]
    office.did(case_secrecy.confide, office.manager, FIRST_COMPLAINT, "manager", "diminta")
    assert shown() == [(FIRST_COMPLAINT, case_secrecy.MASKED), (SECOND, case_secrecy.MASKED)]
    seen = case_secrecy.unmask(office.desk.office, office.manager, SECOND, "perlu menghubungi")
    assert isinstance(seen, case_secrecy.Unmasked)
    assert [each.reporter.name for each in seen.reporters if each.reporter] == ["Yayat Hidayat", "Asep Sunandar"]
    assert seen.reporters[1].reporter
    assert seen.reporters[1].reporter.phone == "6281234500099"


# ---------------------------------------------------------------- what was decided


def test_what_was_refused_as_late_stays_a_suggestion(office: Office) -> None:
    late = replace(RUDE, happened_on="9 Oktober 2026", received_on="sudah, 9 Oktober")
    number = office.reported(late)
    office.did(decide_late, office.rina, number, accepted=False, reason="arsip sudah dimusnahkan")
    assert "diputuskan tetap saran" in office.refused(
        case_merging.convert, office.rina, number, Completed(name="Yayat Hidayat"), "menelepon"
    )
