"""Who may print what of a case, and that it was printed."""

from __future__ import annotations

import pytest

from handlers import case_routes, case_secrecy, office_profile
from handlers.access import Actor, NotFoundError
from handlers.case_printing import Paper, WrittenReport, paper, print_file, read_report
from handlers.case_secrecy import MASKED
from storage import audit
from tests.case_office import Office
from tests.scenarios import Desk


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def printed(office: Office, actor: Actor, number: str, nth: int) -> WrittenReport:
    with office.desk.office.database.reader() as conn:
        return read_report(conn, office.desk.office, actor, number, nth)


def test_a_report_is_read_by_its_number_within_the_case(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "internal", office.rina)
    office.did(case_routes.hand_up, office.rina, number, "Mohon arahan.")
    found = printed(office, office.manager, number, 1)
    assert (found.report.number, found.report.body) == (f"{number}/LAP-1", "Mohon arahan.")
    assert found.addressee
    assert (found.author.name, found.addressee.name, found.author.agency) == ("Rina", "Manajer", "own")
    assert found.study
    for actor, nth in ((office.rina, 0), (office.rina, 2), (office.other_team, 1)):
        with pytest.raises(NotFoundError):
            printed(office, actor, number, nth)


def test_each_printing_of_a_file_is_in_its_history(office: Office) -> None:
    number = office.studied(office.reported())
    version = office.desk.case(number).version
    for actor in (office.rina, office.inspector):
        whole, on = print_file(office.desk.office, actor, number)
        assert (whole.history[-1].kind, whole.history[-1].officer_id, on.by) == ("printed", actor.id, actor.name)
    case = office.desk.case(number)
    assert case.version == version  # a colleague's open page is not out of date for it
    assert office.whole(case)


def test_a_file_is_printed_only_for_whom_the_case_exists(office: Office) -> None:
    number = office.reported()
    office.did(case_secrecy.confide, office.manager, number, "manager", "diminta pelapor")
    whole, _ = print_file(office.desk.office, office.manager, number)
    [filed] = whole.file.reporters
    assert filed.reporter
    assert filed.reporter.name == MASKED
    with office.desk.office.database.reader() as conn:
        before = len(audit.history(conn, whole.file.case.id))
    for actor in (office.rina, office.head, office.inspector, office.team):
        with pytest.raises(NotFoundError):
            print_file(office.desk.office, actor, number)
    with office.desk.office.database.reader() as conn:
        assert len(audit.history(conn, whole.file.case.id)) == before


def test_a_team_prints_what_lies_with_it_without_the_history(office: Office) -> None:
    number = office.routed(office.studied(office.reported()), "technical_team", office.team)
    whole, _ = print_file(office.desk.office, office.team, number)
    assert whole.history == []


def test_the_paper_has_what_the_office_says_of_itself(office: Office) -> None:
    desk = office.desk.office

    def on() -> Paper:
        with desk.database.reader() as conn:
            return paper(conn, desk, office.rina)

    assert (on().letterhead, on().at, on().by) == ((), desk.clock(), "Rina")
    texts = {"address": "Jalan Contoh 1,\nPurwakarta", "phone": "(0264) 000000\njam kerja", "website": "w" * 100}
    office_profile.keep(desk, office.head, texts, 0)
    assert on().letterhead == ("Jalan Contoh 1, Purwakarta", "(0264) 000000")
