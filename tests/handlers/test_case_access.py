"""Who sees a case, and who may do what to it: every event, by every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers import (
    case_answers,
    case_completing,
    case_file,
    case_merging,
    case_routes,
    case_secrecy,
    case_work,
    cases,
)
from handlers.access import Actor, NotAllowedError, NotFoundError, access_case, access_conversation, standing
from handlers.case_events import Done, Refused
from handlers.case_work import Classified
from handlers.handover import take_over
from storage import case_lists, inbox_view
from storage.case_lists import Wanted
from storage.inbox_view import Reader
from tests.case_office import CLASSIFIED, SHEET, Office
from tests.scenarios import RUDE, Desk, Story

BRIBE = Story("saya dimintai 200 ribu padahal katanya gratis")
Event = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def events(office: Office) -> dict[str, Event]:
    """Every event of a case with words that would do. The action that it asks for is in its name."""
    rina = office.rina.id
    return {
        "take": (case_work.take, (), {}),
        "assign": (case_work.assign, (rina,), {}),
        "classify": (case_work.classify, (CLASSIFIED,), {}),
        "study": (case_work.study, (SHEET,), {}),
        "ask": (case_work.ask_reporter, ("Kapan?",), {}),
        "resume": (case_work.resume, ("sudah dijawab",), {}),
        "write_down": (case_work.write_down, (1, "isi pesan suara"), {}),
        "note": (case_work.note, ("catatan",), {}),
        "note_suggestion": (case_work.note_suggestion, (), {}),
        "route": (case_routes.choose_route, ("internal", rina, "sebab"), {}),
        "hand_up": (case_routes.hand_up, ("laporan",), {}),
        "send_back": (case_routes.send_back, ("sebab",), {}),
        "recall": (case_routes.recall, ("sebab",), {}),
        "decide": (case_routes.decide, ("hasil", "laporan"), {}),
        "report": (case_routes.report_result, ("laporan",), {}),
        "approve": (case_routes.approve_apip, ("sebab",), {}),
        "cite": (case_routes.cite_provision, ("pasal", "sebab"), {}),
        "answer": (case_answers.answer, ("jawaban",), {}),
        "attempt": (case_answers.record_attempt, ("phone",), {"reached": True, "words": "ditelepon"}),
        "close": (case_answers.close, (), {}),
        "says": (case_answers.reporter_says, (), {"solved": True, "words": "katanya sudah"}),
        "late": (cases.decide_late, (), {"accepted": True, "reason": "sebab"}),
        "merge": (case_merging.merge, ("ADU-2026-00001-6", "sama"), {}),
        "convert": (case_merging.convert, (case_completing.Completed(), "lengkap"), {}),
        "accuse": (case_secrecy.name_accused, ([], "tidak ada"), {}),
        "widen": (case_secrecy.widen, ("sebab",), {}),
        "confide": (case_secrecy.confide, ("manager", "sebab"), {}),
    }


LEADING = {"assign", "recall", "accuse", "widen", "confide"}


def outcome(office: Office, actor: Actor, number: str, name: str) -> str:
    event, words, more = events(office)[name]
    try:
        office.does(event, actor, number, *words, **more)
    except NotFoundError:
        return "not found"
    except NotAllowedError:
        return "not allowed"
    return "asked"


@pytest.mark.parametrize("name", [
    "take", "assign", "classify", "study", "ask", "resume", "write_down", "note", "note_suggestion", "route", "hand_up",
    "send_back", "recall", "decide", "report", "approve", "cite", "answer", "attempt", "close", "says", "late", "merge",
    "convert", "accuse", "widen", "confide",
])  # fmt: skip
def test_every_event_by_every_role(office: Office, name: str) -> None:
    number = office.reported()
    before = office.desk.case(number)
    for actor in (office.inspector, office.admin):
        assert outcome(office, actor, number, name) == "not allowed"
    for actor in (office.team, office.other_team):
        assert outcome(office, actor, number, name) == "not found"
    if name in LEADING | {"approve"}:
        assert outcome(office, office.rina, number, name) == "not allowed"
    assert office.desk.case(number) == before
    able = office.head if name == "approve" else office.manager
    assert outcome(office, able, number, name) == "asked"


@pytest.mark.parametrize("name", ["take", "decide", "answer", "close", "accuse", "note"])
def test_what_is_confidential_or_accuses_somebody_does_not_exist_for_them(office: Office, name: str) -> None:
    number = office.reported(BRIBE)
    for actor in (office.rina, office.head, office.admin, office.inspector, office.team):
        assert outcome(office, actor, number, name) == "not found"
    office.did(case_secrecy.name_accused, office.manager, number, [office.rina.id], "disebut pelapor")
    office.did(case_secrecy.widen, office.manager, number, "perlu ditelaah")
    assert outcome(office, office.rina, number, name) == "not found"
    assert outcome(office, office.dewi, number, "note") == "asked"


def test_the_accused_sees_it_by_no_way_at_all(office: Office) -> None:
    number = office.studied(office.reported())
    conversation = office.desk.case(number).conversation_id
    assert conversation is not None
    take_over(office.desk.office, office.rina, conversation)
    office.routed(number, "internal", office.rina)
    office.did(case_secrecy.name_accused, office.manager, number, [office.rina.id], "disebut pelapor")
    case = office.desk.case(number)
    assert (case.officer_id, case.route, case.stage, case.confidential) == (None, None, "under_review", True)
    with office.desk.office.database.reader() as conn:
        for actor in office.everyone:
            reader = standing(conn, office.desk.office, actor).reader
            sees = number in [line.number for line in case_lists.listed(conn, reader, Wanted(search=number))]
            assert sees == (actor not in (office.rina, office.team, office.team_head, office.other_team))
            assert case_lists.count(conn, reader, Wanted()) == int(sees)
            talks = inbox_view.visible_ids(conn, Reader(actor.id, actor.audiences), [conversation])
            assert bool(talks) == (actor != office.rina)
        for read in (case_file.read_file, case_file.read_history):
            with pytest.raises(NotFoundError):
                read(conn, office.desk.office, office.rina, number)
        with pytest.raises(NotFoundError):
            access_conversation(conn, office.rina, conversation, "conversations.read")
    rows = office.desk.office.database
    with rows.reader() as conn:
        assert conn.exec_driver_sql("SELECT officer_id FROM conversations").scalar_one() is None


def test_about_the_manager_it_is_for_the_head_and_about_the_head_for_the_inspectorate(office: Office) -> None:
    number = office.reported(BRIBE)
    office.did(case_work.take, office.manager, number)
    assert "diri sendiri" in office.refused(
        case_secrecy.name_accused, office.manager, number, [office.manager.id], "saya"
    )
    office.did(case_secrecy.confide, office.manager, number, "head", "menyangkut saya")
    assert outcome(office, office.manager, number, "note") == "not found"
    office.did(case_secrecy.name_accused, office.head, number, [office.manager.id], "disebut")
    assert office.desk.case(number).visible_to == "head"
    office.did(case_secrecy.name_accused, office.head, number, [office.manager.id, office.rina.id], "keduanya")
    office.did(case_secrecy.confide, office.head, number, "inspectorate", "menyangkut saya juga")
    assert [outcome(office, actor, number, "note") for actor in (office.head, office.manager)] == ["not found"] * 2
    office.did(case_work.classify, office.inspector, number, Classified("Perindustrian", "Lainnya"))


def test_a_confidential_case_is_given_to_one_only_after_the_accused_were_named(office: Office) -> None:
    number = office.reported(BRIBE)
    assert "siapa yang diadukan" in office.refused(case_work.assign, office.manager, number, office.dewi.id)
    assert "siapa yang diadukan" in office.refused(case_secrecy.widen, office.manager, number, "perlu")
    office.did(case_secrecy.name_accused, office.manager, number, [], "tidak ada petugas yang disebut")
    office.did(case_work.assign, office.manager, number, office.dewi.id)
    office.did(case_work.note, office.dewi, number, "saya tangani")
    assert outcome(office, office.rina, number, "note") == "not found"


def test_the_reporter_stays_masked_and_each_look_is_recorded(office: Office) -> None:
    number = office.reported(BRIBE)
    with office.desk.office.database.reader() as conn:
        shown = case_file.read_file(conn, office.desk.office, office.manager, number).reporters[0].reporter
    assert shown is not None
    assert (shown.name, shown.phone) == (case_secrecy.MASKED, None)
    assert isinstance(case_secrecy.unmask(office.desk.office, office.manager, number, " "), Refused)
    seen = case_secrecy.unmask(office.desk.office, office.manager, number, "perlu menghubungi pelapor")
    assert isinstance(seen, case_secrecy.Unmasked)
    assert [each.reporter.name for each in seen.reporters if each.reporter] == ["Yayat Hidayat"]
    assert office.desk.events(number)[-1] == "unmasked"
    assert "perlu menghubungi" in office.desk.notes(number)[-1]
    open_case = office.desk.citizen("6281234500022").reports(RUDE).number  # of somebody whom nothing hides
    with pytest.raises(NotAllowedError):
        case_secrecy.unmask(office.desk.office, office.admin, open_case, "ingin tahu")


def test_a_deputy_sees_what_the_manager_would(office: Office) -> None:
    number = office.reported(BRIBE)
    assert outcome(office, office.dewi, number, "note") == "not found"
    office.away(office.manager, office.dewi)
    assert isinstance(office.does(case_work.note, office.dewi, number, "selaku Plh."), Done)
    office.desk.clock.advance(days=5)
    assert outcome(office, office.dewi, number, "note") == "not found"


def test_what_is_not_there_and_what_is_hidden_are_the_same(office: Office) -> None:
    number = office.reported(BRIBE)
    with office.desk.office.database.reader() as conn:
        for asked in (number, "ADU-2026-00099-1"):
            with pytest.raises(NotFoundError):
                access_case(conn, office.desk.office, office.rina, asked, "cases.approve")


# ---------------------------------------------------------------- what the citizen adds


def given_to_rina(office: Office) -> str:
    """A secret case of which it was said that it accuses nobody, and which rina works on."""
    number = office.reported(BRIBE)
    office.did(case_secrecy.name_accused, office.manager, number, [], "tidak ada petugas yang disebut")
    office.did(case_work.assign, office.manager, number, office.rina.id)
    return number


def test_a_name_that_is_added_later_has_to_be_looked_at_first(office: Office) -> None:
    number = given_to_rina(office)
    office.citizen.says("tambah: yang minta uang itu Bu Rina di loket 2, 500 ribu")
    case = office.desk.case(number)
    assert (case.visible_to, case.accused_named_at, case.officer_id) == ("manager", None, None)
    with office.desk.office.database.reader() as conn, pytest.raises(NotFoundError):
        access_case(conn, office.desk.office, office.rina, number, "cases.read")
    assert office.whole(case)


def test_what_is_harmless_leaves_it_as_the_officers_decided(office: Office) -> None:
    number = given_to_rina(office)
    office.citizen.says("tambah: waktu itu sekitar jam sepuluh pagi")
    assert office.desk.case(number).officer_id == office.rina.id
    office.did(case_secrecy.widen, office.manager, number, "tidak perlu rahasia")
    office.citizen.says("tambah: dan saya pulang jam dua belas")
    assert office.desk.case(number).visible_to is None


def test_it_is_not_confided_to_those_whom_it_accuses(office: Office) -> None:
    number = office.reported(BRIBE)
    office.did(case_secrecy.confide, office.manager, number, "head", "menyangkut saya")
    office.did(case_secrecy.name_accused, office.head, number, [office.manager.id], "disebut")
    said = office.refused(case_secrecy.confide, office.head, number, "manager", "salah")
    assert "Pejabat Pengelola Pengaduan" in said
