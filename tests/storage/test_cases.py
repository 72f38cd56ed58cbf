from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from storage import audit, cases, conversations
from storage.database import Database
from storage.models import Case, Evidence
from tests.postgresql import about_sqlite
from tests.storage.fresh import NOW

NewId = Callable[[], int]


@pytest.fixture
def tx(database: Database, new_id: NewId) -> Iterator[Connection]:
    with database.transaction() as tx:
        conversations.load_or_create(tx, [("whatsapp", "62812")], NOW, new_id)  # id 1
        yield tx


def complaint(id_: int = 10, **changes: Any) -> Case:
    facts: dict[str, Any] = {
        "id": id_,
        "number": f"ADU-2026-{id_:05}-X",
        "kind": "complaint",
        "conversation_id": 1,
        "channel": "whatsapp",
        "received_at": NOW,
        "clock_started_at": NOW,
        "due_on": date(2026, 11, 27),
        "subject": "diminta Rp200.000 di loket",
        "updated_at": NOW,
    }
    return Case(**facts | changes)


def suggestion(id_: int = 20, **changes: Any) -> Case:
    return complaint(
        id_, kind="suggestion", number=f"SRN-2026-{id_:05}-X", clock_started_at=None, due_on=None, **changes
    )


def test_numbers_run_by_kind_and_year(tx: Connection) -> None:
    asked = [("complaint", 2026), ("complaint", 2026), ("suggestion", 2026), ("complaint", 2027), ("complaint", 2026)]
    assert [cases.next_number(tx, kind, year) for kind, year in asked] == [1, 2, 1, 1, 3]
    assert dict(tx.execute(text("SELECT name, value FROM counters")).all()) == {
        "ADU-2026": 3,
        "SRN-2026": 1,
        "ADU-2027": 1,
    }


def test_a_rollback_gives_the_number_back(database: Database) -> None:
    def take_and_fail() -> None:
        with database.transaction() as tx:
            assert cases.next_number(tx, "complaint", 2026) == 2
            raise ZeroDivisionError

    with database.transaction() as tx:
        assert cases.next_number(tx, "complaint", 2026) == 1
    with pytest.raises(ZeroDivisionError):
        take_and_fail()
    with database.transaction() as tx:
        assert cases.next_number(tx, "complaint", 2026) == 2


def test_writers_at_once_take_each_number_once(database: Database) -> None:
    def take(_: int) -> int:
        with database.transaction() as tx:
            return cases.next_number(tx, "complaint", 2026)

    with ThreadPoolExecutor(4) as writers:
        assert sorted(writers.map(take, range(20))) == list(range(1, 21))


def test_a_case_comes_back_as_it_was_entered(tx: Connection) -> None:
    case = complaint(happened_on=date(2026, 11, 5), component=4, confidential=True, visible_to="manager")
    cases.add(tx, case)
    assert cases.get(tx, 10) == case
    assert cases.get(tx, 11) is None


def test_a_cured_suggestion_is_found_by_both_its_numbers(tx: Connection) -> None:
    cases.add(tx, suggestion())
    later, number = NOW + timedelta(days=2), "ADU-2026-00001-1"
    cases.give_number(tx, 20, number, later)
    due_on = date(2026, 11, 27)
    assert cases.update(tx, 20, later, number=number, kind="complaint", clock_started_at=NOW, due_on=due_on) == 2
    by_old, by_new = (cases.get_by_number(tx, number) for number in ("SRN-2026-00020-X", "ADU-2026-00001-1"))
    assert by_old == by_new
    assert by_old is not None
    assert (by_old.number, by_old.kind, by_old.version) == ("ADU-2026-00001-1", "complaint", 2)
    assert cases.numbers(tx, 20) == ["SRN-2026-00020-X", "ADU-2026-00001-1"]


def test_a_number_is_never_given_twice(tx: Connection) -> None:
    cases.add(tx, complaint())
    with pytest.raises(IntegrityError):
        cases.add(tx, complaint(11, number="ADU-2026-00010-X"))


def test_an_unknown_number_leads_nowhere(tx: Connection) -> None:
    assert cases.get_by_number(tx, "ADU-2026-99999-1") is None


def test_the_cases_of_an_account_come_newest_first(tx: Connection) -> None:
    cases.add(tx, complaint(10))
    cases.add(tx, suggestion(20, received_at=NOW + timedelta(days=1)))
    cases.add(tx, complaint(30, conversation_id=None, channel="letter"))
    assert [case.id for case in cases.of_conversation(tx, 1)] == [20, 10]
    assert [case.id for case in cases.register(tx)] == [10, 30, 20]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "compliment"},
        {"stage": "lost"},
        {"component": 15},
        {"clock_started_at": None},  # a complaint's clock always runs
        {"late_decision": "accepted"},  # of what was not late
        {"visible_to": "everybody"},
        {"merged_into": 10},
        {"conversation_id": 404},
    ],
)
def test_the_register_refuses_what_cannot_be(tx: Connection, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        cases.add(tx, complaint(**wrong))


def test_changing_an_unknown_column_is_a_mistake(tx: Connection) -> None:
    cases.add(tx, complaint())
    with pytest.raises(Exception, match="Unconsumed column names: stge"):
        cases.update(tx, 10, NOW, stge="closed")


def history(tx: Connection) -> None:
    kept_as_text: dict[Any, Any] = {"slots": ("a", 1), 10: "x"}
    cases.add(tx, complaint())
    cases.add(tx, suggestion())
    cases.add_event(tx, id_=1, case_id=10, at=NOW, actor="citizen", kind="received", after=kept_as_text)
    cases.add_event(tx, id_=2, case_id=20, at=NOW, actor="citizen", kind="received")
    later = NOW.astimezone() + timedelta(hours=1)
    cases.add_event(
        tx, id_=3, case_id=10, at=later, actor="system", kind="stage", before={"stage": "received"}, note="dikaji"
    )


def test_a_history_is_a_chain_of_its_own_per_case(tx: Connection) -> None:
    history(tx)
    first, second = audit.history(tx, 10)
    assert (first.sequence, second.sequence) == (1, 2)
    assert (first.previous_hash, second.previous_hash) == ("", first.hash)
    assert first.after == {"slots": ["a", 1], "10": "x"}
    assert [audit.first_break(tx, case_id) for case_id in (10, 20, 30)] == [None, None, None]


@about_sqlite
@pytest.mark.parametrize("statement", ["UPDATE case_events SET note = 'x'", "DELETE FROM case_events"])
def test_a_history_is_only_added_to(tx: Connection, statement: str) -> None:
    history(tx)
    with pytest.raises(IntegrityError, match="append-only"):
        tx.execute(text(statement))


@about_sqlite
@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE case_events SET note = 'lain' WHERE id = 3", 2),
        ("UPDATE case_events SET at = '2026-11-08 00:00:00.000000' WHERE id = 1", 1),
        ("UPDATE case_events SET before = NULL WHERE id = 3", 2),
        ("DELETE FROM case_events WHERE id = 1", 1),
        ("UPDATE case_events SET sequence = sequence + 5 WHERE case_id = 10", 1),
    ],
)
def test_tampering_past_the_trigger_breaks_the_chain(tx: Connection, tampering: str, broken_at: int) -> None:
    history(tx)
    tx.execute(text("DROP TRIGGER case_events_no_update"))
    tx.execute(text("DROP TRIGGER case_events_no_delete"))
    tx.execute(text(tampering))
    assert (audit.first_break(tx, 10), audit.first_break(tx, 20)) == (broken_at, None)


def test_evidence_is_kept_in_order(tx: Connection) -> None:
    cases.add(tx, complaint())
    handed_in = [
        Evidence(id=1, case_id=10, kind="photo", name="loket.jpg", added_at=NOW),
        Evidence(id=2, case_id=10, kind="voice", transcript="saya dimintai uang", added_at=NOW),
    ]
    cases.add_evidence(tx, handed_in)
    cases.add_evidence(tx, [])
    assert cases.evidence_of(tx, 10) == handed_in
    assert cases.evidence_of(tx, 20) == []
