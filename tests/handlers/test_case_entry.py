"""What comes by letter, telephone or in the box is entered by officers, by the same rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from handlers import case_answers, case_routes
from handlers.access import NotAllowedError
from handlers.case_entry import AlreadyThere, Entry, Foreseen, Registered, foresee, register_elsewhere
from handlers.case_events import Refused
from handlers.ways_in import WAYS
from tests.case_office import Office
from tests.scenarios import FIRST_COMPLAINT, FIRST_SUGGESTION, MONDAY, Desk

LETTER = Entry(
    way="letter",
    received_at=MONDAY - timedelta(days=3),
    what="Antrean loket tiga jam tanpa penjelasan",
    service="loket MPP",
    name="Yayat Hidayat",
    address="Jalan Contoh 5",
)


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def test_there_are_thirteen_ways() -> None:
    assert len(WAYS) == 13


@pytest.mark.parametrize("way", WAYS)
def test_every_way_leads_to_the_register_with_a_receipt(office: Office, way: str) -> None:
    done = register_elsewhere(office.desk.office, office.rina, replace(LETTER, way=way))
    assert isinstance(done, Registered)
    case = office.desk.case(FIRST_COMPLAINT)
    assert (case.channel, case.due_on, case.conversation_id) == (way, date(2026, 11, 26), None)
    said = "\n".join(line.text for line in done.receipt)
    for words in (FIRST_COMPLAINT, "Yayat Hidayat", "26 November 2026", "Kode akses: "):
        assert words in said
    code = said.split("Kode akses: ")[1].split("\n")[0]
    assert "Diterima" in office.citizen.says(f"{FIRST_COMPLAINT} {code}").text


def test_the_same_rules(office: Office) -> None:
    def enter(entry: Entry) -> Registered:
        done = register_elsewhere(office.desk.office, office.rina, entry)
        assert isinstance(done, Registered)
        return done

    enter(replace(LETTER, name="Hamba Allah"))
    assert office.desk.case(FIRST_SUGGESTION).kind_reason.startswith("Laporan ini dicatat sebagai saran")
    late = enter(replace(LETTER, received_on=date(2026, 9, 1)))
    assert office.desk.case(late.number).late
    secret = enter(replace(LETTER, what="Petugas meminta 200 ribu padahal gratis"))
    assert office.desk.case(secret.number).visible_to == "manager"


def test_it_is_foreseen_as_it_will_be_judged(office: Office) -> None:
    for entry in (
        LETTER,
        replace(LETTER, name=""),
        replace(LETTER, received_on=date(2026, 9, 1)),
        replace(LETTER, suggestion=True),
        replace(LETTER, what="Petugas meminta 200 ribu padahal gratis"),
    ):
        with office.desk.office.database.reader() as conn:
            foreseen = foresee(conn, office.desk.office, entry)
        assert isinstance(foreseen, Foreseen)
        done = register_elsewhere(office.desk.office, office.rina, entry, even_so=True)
        assert isinstance(done, Registered)
        case = office.desk.case(done.number)
        assert (case.kind, case.kind_reason, case.late) == (
            foreseen.judged.kind,
            foreseen.judged.reason,
            foreseen.judged.late,
        )
        assert (case.due_on, case.confidential) == (foreseen.due and foreseen.due.day, foreseen.confidential)
    with office.desk.office.database.reader() as conn:
        assert isinstance(foresee(conn, office.desk.office, replace(LETTER, what=" ")), Refused)


def test_what_cannot_be(office: Office) -> None:
    for wrong in (
        replace(LETTER, way="merpati"),
        replace(LETTER, received_at=MONDAY + timedelta(days=1)),
        replace(LETTER, what=" "),
        replace(LETTER, happened_on=date(2026, 11, 8)),
    ):
        assert isinstance(register_elsewhere(office.desk.office, office.rina, wrong), Refused)
    for actor in (office.team, office.inspector, office.admin):
        with pytest.raises(NotAllowedError):
            register_elsewhere(office.desk.office, actor, LETTER)
    assert office.desk.register() == []


def test_the_same_letter_twice_is_one_case(office: Office) -> None:
    register_elsewhere(office.desk.office, office.rina, LETTER)
    again = register_elsewhere(office.desk.office, office.dewi, LETTER)
    assert again == AlreadyThere(FIRST_COMPLAINT)
    assert len(office.desk.register()) == 1
    assert isinstance(register_elsewhere(office.desk.office, office.dewi, LETTER, even_so=True), Registered)


def test_it_is_answered_by_letter_and_closed(office: Office) -> None:
    register_elsewhere(office.desk.office, office.rina, LETTER)
    number = office.answered(office.studied(FIRST_COMPLAINT))
    office.did(case_routes.report_result, office.rina, number, "Laporan.")
    assert "sampai kepada pelapor" in office.does(case_answers.close, office.rina, number).sentence
    office.did(case_answers.record_attempt, office.rina, number, "letter", reached=True, words="dikirim")
    office.did(case_answers.reporter_says, office.rina, number, solved=True, words="datang ke loket")
    office.did(case_answers.close, office.rina, number)
    assert office.told() == []
