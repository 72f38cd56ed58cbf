"""The answer, its arrival, the closing gate, and the citizen's ten days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers import case_answers, case_routes, case_work, window
from handlers.case_answers import Missing
from storage import case_desk, case_lists, outbox
from tests.case_office import CLASSIFIED, Office
from tests.scenarios import RUDE, Desk, Story
from tests.storage.fresh import document

SLOW = Story("antrean loket tiga jam tanpa penjelasan")


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def missing(office: Office, number: str) -> str:
    found = office.does(case_answers.close, office.rina, number)
    assert isinstance(found, Missing), found
    return found.sentence


def test_the_gate_lists_all_that_is_missing_and_then_less(office: Office) -> None:
    number = office.reported()
    office.did(case_work.take, office.rina, number)
    lacking = ("bidang", "jenis masalah", "inti masalah", "sampai kepada pelapor", "laporan tertulis", "jawaban")
    assert [word for word in lacking if word not in missing(office, number)] == []
    office.studied(number)
    said = missing(office, number)
    assert "bidang" not in said
    assert "laporan tertulis" in said
    office.answered(number)
    office.did(case_routes.report_result, office.rina, number, "Laporan.")
    office.arrives()
    assert missing(office, number).endswith(
        "tanggapan pelapor bahwa sudah selesai, atau lewat masanya (Senin, 23 November 2026)."
    )
    office.desk.clock.advance(days=14)
    assert "lewat masanya" in missing(office, number)  # the last day is still the citizen's
    office.desk.clock.advance(days=1)
    office.did(case_answers.close, office.rina, number)
    assert "sudah selesai dan kami tutup" in office.told()[-1]
    assert "belum selesai" not in office.told()[-1]


def test_the_answer_asks_whether_it_is_solved_and_a_no_reopens_it_with_the_same_due_date(office: Office) -> None:
    number = office.answered(office.studied(office.reported()))
    assert "Petugas sudah ditegur" in office.told()[-1]
    assert "belum selesai" in office.told()[-1]
    office.arrives()
    due = office.desk.case(number).due_on
    office.desk.clock.advance(days=2)
    assert office.citizen.says("belum selesai pak").number == number
    case = office.desk.case(number)
    assert (case.stage, case.delivered_on, case.due_on) == ("under_review", None, due)


def test_solved_or_not_may_be_pressed_under_the_answer(office: Office) -> None:
    first, second = office.studied(office.reported()), office.studied(office.reported(SLOW))
    office.answered(first)
    assert buttons(office) == ["Sudah selesai", "Belum selesai"]
    office.answered(second)
    office.arrives()
    office.citizen.says("lapor petugas marah lagi")  # whatever else is being written
    assert office.citizen.presses(f"solved:{first}").number == first
    assert office.citizen.presses(f"unsolved:{second}").number == second
    assert (office.desk.case(first).solved, office.desk.case(first).stage) == (True, "answered")
    assert (office.desk.case(second).solved, office.desk.case(second).stage) == (False, "under_review")
    again = office.citizen.presses(f"unsolved:{second}")  # pressed twice: it is under review already
    assert office.desk.case(second).stage == "under_review"
    assert "ditelaah" in again.text


def test_a_stranger_presses_nothing(office: Office) -> None:
    number = office.answered(office.studied(office.reported()))
    office.desk.citizen("6281234500099").presses(f"unsolved:{number}")
    assert office.desk.case(number).stage == "answered"


def buttons(office: Office) -> list[str]:
    """Of the newest message."""
    with office.desk.office.database.reader() as conn:
        found = conn.exec_driver_sql("SELECT buttons FROM outbox ORDER BY id DESC LIMIT 1").scalar_one()
    return [title for title, _ in document(found)]


def test_an_answer_to_a_long_silent_whatsapp_counts_once_the_held_one_arrives(office: Office) -> None:
    number = office.studied(office.reported())
    office.answered(number)
    with office.desk.office.database.transaction() as tx:
        newest = tx.exec_driver_sql("SELECT max(id) FROM outbox").scalar_one()
        [row] = outbox.by_ids(tx, [newest])
        outbox.change(tx, newest, state="failed")
        window.refused_outside(tx, office.desk.office, row, "63016")
    assert case_answers.note_deliveries(office.desk.office) == []
    with office.desk.office.database.transaction() as tx:
        held = outbox.outbox.c.replaces == newest
        tx.execute(outbox.outbox.update().where(held).values(state="sent", sent_at=office.desk.clock()))
    assert case_answers.note_deliveries(office.desk.office) == [], "sent is not delivered on WhatsApp"
    with office.desk.office.database.transaction() as tx:
        tx.execute(outbox.outbox.update().where(held).values(state="delivered"))
    assert case_answers.note_deliveries(office.desk.office) == [number]
    assert case_answers.note_deliveries(office.desk.office) == []
    assert office.desk.case(number).delivered_on == date(2026, 11, 9)
    assert office.desk.events(number)[-1] == "delivered"


def test_three_attempts_on_two_days_by_two_means_count_as_delivered(office: Office) -> None:
    number = office.answered(office.studied(office.reported()))
    attempt = case_answers.record_attempt
    office.did(attempt, office.rina, number, "phone", reached=False, words="tidak diangkat")
    office.desk.clock.advance(days=1)
    office.did(attempt, office.rina, number, "phone", reached=False, words="tidak diangkat")
    assert office.desk.case(number).delivered_on is None
    office.did(attempt, office.rina, number, "letter", reached=False, words="kembali")
    assert office.desk.case(number).delivered_on == date(2026, 11, 10)


def test_a_long_answer_goes_in_parts_that_must_all_arrive(office: Office) -> None:
    number = office.studied(office.reported())
    office.answered(number, "\n".join(f"Butir {n}: sudah diperbaiki oleh petugas loket." for n in range(80)))
    with office.desk.office.database.transaction() as tx:
        [answer] = case_desk.answers_of(tx, office.desk.case(number).id)
        assert len(answer.outbox_ids) > 1
        first = outbox.outbox.c.id == answer.outbox_ids[0]
        tx.execute(outbox.outbox.update().where(first).values(state="delivered"))
    assert case_answers.note_deliveries(office.desk.office) == []
    office.arrives()
    assert office.desk.case(number).delivered_on is not None


def test_the_citizen_hears_of_every_stage(office: Office) -> None:
    number = office.reported()
    office.did(case_work.classify, office.rina, number, CLASSIFIED)
    assert office.told() == [f"Laporan {number} sedang ditelaah petugas."]
    office.did(case_work.ask_reporter, office.rina, number, "Siapa petugasnya?")
    assert "Siapa petugasnya?" in office.told()[-1]
    assert office.citizen.says("tambah: yang berbaju biru").number == number
    assert office.desk.case(number).stage == "under_review"
    office.studied(number)
    office.routed(number, "internal", office.rina)
    assert "ditindaklanjuti di DPMPTSP" in office.told()[-1]
    assert len(office.told()) == 3
    assert "Sedang ditindaklanjuti" in office.citizen.says("status").text


def test_a_suggestion_is_noted_and_may_be_answered(office: Office) -> None:
    number = office.reported(replace(RUDE, name="lewati"))
    office.did(case_work.note_suggestion, office.rina, number, "dibahas Senin")
    assert "sudah dicatat petugas" in office.told()[-1]
    office.did(case_answers.answer, office.rina, number, "Terima kasih, sudah kami bahas.")
    assert "belum selesai" not in office.told()[-1]
    assert "Saran tidak ditutup" in office.refused(case_answers.close, office.rina, number)


def test_what_the_reporter_says_elsewhere_is_recorded(office: Office) -> None:
    number = office.answered(office.studied(office.reported()))
    office.arrives()
    says = case_answers.reporter_says
    office.did(says, office.rina, number, solved=False, words="menelepon: belum")
    assert office.desk.case(number).stage == "under_review"
    office.answered(number)
    office.arrives()
    office.desk.clock.advance(days=30)
    assert "sudah lewat" in office.refused(says, office.rina, number, solved=False, words="menelepon lagi")
    with office.desk.office.database.reader() as conn:
        assert case_lists.undelivered(conn) == []


def test_the_ten_days_run_from_the_newest_answer_and_the_first_meets_the_fourteen(office: Office) -> None:
    number = office.answered(office.studied(office.reported()))
    office.arrives()
    office.desk.clock.advance(days=9)
    office.answered(number, "Lebih jelasnya: pemohon dipanggil lewat nomor antrean.")
    case = office.desk.case(number)
    assert (case.delivered_on, case.answer_arrived_on) == (date(2026, 11, 9), None)
    assert "sampai kepada pelapor" in missing(office, number)
    office.arrives()
    case = office.desk.case(number)
    assert (case.delivered_on, case.answer_arrived_on) == (date(2026, 11, 9), date(2026, 11, 18))
    assert "2 Desember 2026" in missing(office, number)
    office.desk.clock.advance(days=13)  # ten working days after the first answer are over, after the second not
    assert office.citizen.says("belum selesai").number == number
    assert office.desk.case(number).stage == "under_review"


def test_a_report_from_before_it_was_reopened_does_not_close_it(office: Office) -> None:
    number = office.answered(office.studied(office.reported()))
    office.did(case_routes.report_result, office.rina, number, "Laporan.")
    office.arrives()
    office.desk.clock.advance(hours=1)
    office.citizen.says("belum selesai")
    office.answered(number, "Sekarang benar-benar selesai.")
    office.arrives()
    assert "laporan tertulis" in missing(office, number)
    office.did(case_routes.report_result, office.rina, number, "Laporan kedua.")
    assert "laporan tertulis" not in missing(office, number)


def test_what_whatsapp_could_not_bring_is_no_attempt(office: Office) -> None:
    number = office.answered(office.studied(office.reported()))
    with office.desk.office.database.transaction() as tx:
        tx.execute(outbox.outbox.update().values(state="failed", sent_at=office.desk.clock()))
    office.desk.clock.advance(days=1)
    attempt = case_answers.record_attempt
    for _ in range(2):
        office.did(attempt, office.rina, number, "phone", reached=False, words="tidak diangkat")
    assert office.desk.case(number).delivered_on is None
    office.desk.clock.advance(days=1)
    office.did(attempt, office.rina, number, "email", reached=True, words="dikirim")
    assert office.desk.case(number).delivered_on == date(2026, 11, 11)
