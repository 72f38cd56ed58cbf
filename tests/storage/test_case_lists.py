"""The officers' lists of cases: what they hold, in which order, for whose eyes, and how fast."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from storage import case_desk, case_lists, cases, officers, parties
from storage.case_lists import Wanted, counts, listed
from storage.case_sight import CaseReader
from storage.database import Database
from storage.models import Case, Evidence, Officer, Step, table
from storage.parties import PartyDetails
from storage.sealed import Sealer
from tests.storage.fresh import NOW

TODAY = date(2026, 11, 9)
RINA, DEWI, MANAGER = 901, 902, 903
KEYS = Sealer("a secret for tests")
OFFICER = CaseReader(RINA, frozenset({RINA}), frozenset(), reads=True)
OF_MANAGER = CaseReader(MANAGER, frozenset({MANAGER}), frozenset({"manager"}), reads=True)
OUTSIDER = CaseReader(DEWI, frozenset({DEWI}), frozenset(), reads=False)


@pytest.fixture
def tx(database: Database) -> Iterator[Connection]:
    with database.transaction() as tx:
        for id_ in (RINA, DEWI, MANAGER):
            officers.add(tx, Officer(id=id_, name=f"Petugas {id_}", username=f"o{id_}", role="officer"))
        parties.add(tx, KEYS, PartyDetails(1, "Yayat Hidayat", phone="081234500011"), NOW)
        yield tx


def case(id_: int, **facts: Any) -> Case:
    common: dict[str, Any] = {
        "id": id_,
        "number": f"ADU-2026-{id_:05}-X",
        "kind": "complaint",
        "channel": "letter",
        "reporter_id": 1,
        "received_at": NOW + timedelta(minutes=id_),
        "clock_started_at": NOW,
        "due_on": TODAY + timedelta(days=id_),
        "subject": f"kejadian {id_}",
        "updated_at": NOW,
    }
    return Case(**common | facts)


def ids(tx: Connection, wanted: Wanted, reader: CaseReader = OFFICER) -> list[int]:
    assert case_lists.count(tx, reader, wanted) == len(listed(tx, reader, wanted))
    return [line.id for line in listed(tx, reader, wanted)]


def test_each_list_holds_its_own(tx: Connection) -> None:
    for each in (
        case(1, due_on=date(2026, 11, 20)),
        case(2, due_on=date(2026, 11, 12), officer_id=RINA),
        case(3, due_on=date(2026, 11, 6)),
        case(4, due_on=date(2026, 11, 6), stage="answered", answered_at=NOW),
        case(
            5, due_on=date(2026, 11, 6), stage="answered", answered_at=NOW, delivered_on=TODAY, answer_arrived_on=TODAY
        ),
        case(11, due_on=date(2026, 11, 7), stage="answered", answered_at=NOW, delivered_on=TODAY, officer_id=RINA),
        case(6, due_on=date(2026, 11, 6), stage="closed"),
        case(7, kind="suggestion", due_on=None, clock_started_at=None, late=True),
        case(8, kind="suggestion", due_on=None, clock_started_at=None, stage="noted"),
        case(9, merged_into=1),
        case(10, stage="in_progress", officer_id=DEWI, due_on=date(2026, 11, 30)),
    ):
        cases.add(tx, each)
    step = Step(id=1, case_id=10, sequence=1, route="internal", officer_id=RINA, given_at=NOW)
    case_desk.add_step(tx, step)
    assert ids(tx, Wanted("open")) == [3, 4, 11, 2, 1, 10], "an answer that has not arrived is not the end"
    assert ids(tx, Wanted("mine")) == [11, 2, 10]
    assert ids(tx, Wanted("unassigned")) == [3, 1]
    assert ids(tx, Wanted("overdue", TODAY)) == [3, 4]
    assert ids(tx, Wanted("approval")) == [10]
    assert ids(tx, Wanted("late")) == [7]
    assert ids(tx, Wanted("suggestions")) == [7, 8]
    assert ids(tx, Wanted("answered")) == [4, 5, 11]
    assert ids(tx, Wanted(newest_first=True)) == [11, 10, 8, 7, 6, 5, 4, 3, 2, 1]
    for reader in (OFFICER, OF_MANAGER, OUTSIDER):
        together = counts(tx, reader, TODAY)
        assert together == {work: case_lists.count(tx, reader, Wanted(work, TODAY)) for work in together}
    assert counts(tx, OFFICER, TODAY)["overdue"] == 2
    assert [line.id for line in listed(tx, OFFICER, Wanted(newest_first=True), page=2, limit=4)] == [6, 5, 4, 3]
    assert [each.id for each in case_lists.undelivered(tx)] == [4, 11]
    assert [each.id for each in case_lists.unanswered(tx, TODAY)] == [3, 4]


def test_it_is_found_by_number_words_and_a_reporter_who_is_not_masked(tx: Connection) -> None:
    cases.add(tx, case(1, subject="pungutan di loket", service="Izin Apotek"))
    cases.add(tx, case(2, confidential=True))
    cases.give_number(tx, 1, "ADU-2026-00077-X", NOW)
    for words, found in (("ADU-2026-00001", [1]), ("ADU-2026-00077-X", [1]), ("PUNGUTAN", [1]), ("apotek", [1])):
        assert ids(tx, Wanted(search=words)) == found
    assert ids(tx, Wanted(search="Yayat")) == [1], "a masked name finds nothing"
    assert ids(tx, Wanted(search="0812-3450-0011", contact_hashes=[KEYS.look_up("phone", "081234500011")])) == [1]
    assert ids(tx, Wanted(search="100%")) == []
    assert [line.reporter for line in listed(tx, OFFICER, Wanted())] == ["Yayat Hidayat", None]


def test_the_register_is_filtered(tx: Connection) -> None:
    cases.add(tx, case(1, component=4, service="Izin Apotek", route="internal"))
    cases.add(tx, case(2, channel="box", kind="suggestion", clock_started_at=None, due_on=None))
    for wanted, found in (
        (Wanted(kind="complaint"), [1]),
        (Wanted(channel="box"), [2]),
        (Wanted(component=4), [1]),
        (Wanted(service="Izin Apotek"), [1]),
        (Wanted(route="internal"), [1]),
        (Wanted(stages=("closed",)), []),
        (Wanted(received_from=NOW + timedelta(minutes=2)), [2]),
        (Wanted(received_before=NOW + timedelta(minutes=2)), [1]),
    ):
        assert ids(tx, wanted) == found, wanted


def test_services_are_those_of_cases_that_the_reader_sees(tx: Connection) -> None:
    for n, service in enumerate(("Izin Apotek", "Loket MPP", "Loket MPP", None), 1):
        cases.add(tx, case(n, service=service))
    cases.add(tx, case(9, service="Izin Rahasia", visible_to="manager"))
    assert case_lists.services(tx, OFFICER) == ["Loket MPP", "Izin Apotek"]
    assert case_lists.services(tx, OFFICER, limit=1) == ["Loket MPP"]
    assert case_lists.services(tx, OF_MANAGER) == ["Loket MPP", "Izin Apotek", "Izin Rahasia"]
    assert case_lists.services(tx, OUTSIDER) == []


def test_for_whose_eyes(tx: Connection) -> None:
    cases.add(tx, case(1))
    cases.add(tx, case(2, confidential=True, visible_to="manager"))
    cases.add(tx, case(3, confidential=True, visible_to="manager", officer_id=RINA, accused_named_at=NOW))
    cases.add(tx, case(4))
    case_desk.set_accused(tx, 4, [RINA, MANAGER])
    step = Step(id=1, case_id=1, sequence=1, route="agency", officer_id=DEWI, given_at=NOW)
    case_desk.add_step(tx, step)
    assert ids(tx, Wanted()) == [1, 3]
    assert ids(tx, Wanted(), OF_MANAGER) == [1, 2, 3]
    assert ids(tx, Wanted(), OUTSIDER) == [1]
    case_desk.end_step(tx, 1, NOW, "decided", "")
    assert ids(tx, Wanted(), OUTSIDER) == [1], "what they decided they may read"
    assert ids(tx, Wanted(), replace(OUTSIDER, acts_for=frozenset())) == []


def test_similar_cases_are_those_about_the_same(tx: Connection) -> None:
    one = case(1, service="Izin Apotek", standard_identity="a")
    for each in (
        one,
        case(2, service="izin apotek"),
        case(3, standard_identity="a"),
        case(4),
        case(5, visible_to="head"),
    ):
        cases.add(tx, each)
    assert [line.id for line in case_lists.similar(tx, OFFICER, one)] == [3, 2]
    assert case_lists.similar(tx, OFFICER, case(9, service=None)) == []


STAGES = ("received", "under_review", "in_progress", "answered", "closed", "closed", "closed", "withdrawn")


@pytest.mark.parametrize("analysed", [False, True])
def test_five_thousand_cases_are_listed_in_a_moment(tx: Connection, analysed: bool) -> None:
    chance = Random(26)
    many = [
        case(
            n,
            stage=chance.choice(STAGES),
            officer_id=chance.choice((RINA, DEWI, MANAGER, None)),
            due_on=TODAY + timedelta(days=chance.randrange(-300, 30)),
            visible_to=chance.choice((None, None, None, "manager")),
            subject=f"kejadian {n} " + "uraian panjang dari pelapor " * 8,
        ).model_dump()
        for n in range(1, 5_001)
    ]
    tx.execute(insert(cases.cases), many)
    tx.execute(
        insert(cases.case_numbers), [{"number": row["number"], "case_id": row["id"], "given_at": NOW} for row in many]
    )
    steps = [
        Step(id=n, case_id=n, sequence=1, route="internal", officer_id=RINA, given_at=NOW).model_dump()
        for n in range(1, 5_001, 3)
    ]
    tx.execute(insert(table(Step)), steps)
    case_desk.set_accused(tx, 7, [RINA])
    if analysed:
        tx.exec_driver_sql("ANALYZE")
    slowest = {}
    wanted = [Wanted(work, TODAY) for work in ("all", "open", "mine", "unassigned", "overdue", "approval", "answered")]
    for each in (*wanted, Wanted(search="kejadian 49"), Wanted(search="Yayat", newest_first=True)):
        took = []
        for _ in range(3):
            began = time.process_time()
            listed(tx, OFFICER, each)
            case_lists.count(tx, OFFICER, each)
            took.append(time.process_time() - began)
        slowest[each.work, each.search] = min(took)
    began = time.process_time()
    counts(tx, OFFICER, TODAY)
    slowest["all", "counts"] = time.process_time() - began
    assert {key: took for key, took in slowest.items() if took > 0.15} == {}


def test_evidence_goes_with_a_merged_case(tx: Connection) -> None:
    for n in (1, 2):
        cases.add(tx, case(n))
    cases.add_evidence(tx, [Evidence(id=5, case_id=2, kind="photo", name="loket.jpg", added_at=NOW)])
    cases.move_evidence(tx, 2, 1)
    cases.lead_to(tx, 2, 1)
    cases.update(tx, 2, NOW, merged_into=1)
    assert [row.id for row in cases.evidence_of(tx, 1)] == [5]
    assert cases.numbers(tx, 1) == ["ADU-2026-00001-X", "ADU-2026-00002-X"]
    assert [each.id for each in cases.merged_into(tx, 1)] == [2]
