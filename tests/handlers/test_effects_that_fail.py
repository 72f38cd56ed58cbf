"""An effect that raises costs only its own message, and nothing of it stays half done."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from handlers.inbound import Decision, receive
from storage.database import DatabaseUnavailableError
from tests.offices import Desk, desk_at, said
from tests.postgresql import ON_POSTGRESQL
from tests.storage.fresh import away

REPORT = "saya Asep Sunandar, mau lapor: kemarin di loket MPP petugas merokok"
RUDE = "saya Budi Santoso, mau lapor: kemarin di loket MPP dimintai uang petugas"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        yield desk


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, object]]]:
    with capture_logs() as logs:
        yield logs


def refuse(desk: Desk, table: str) -> None:
    """From now on this table takes nothing more."""
    refusal = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    if ON_POSTGRESQL:
        raising = "BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '23000'; END"
        execute(desk, f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {raising} $$")
        refusal = "FOR EACH ROW EXECUTE FUNCTION refuse()"
    execute(desk, f"CREATE TRIGGER refused BEFORE INSERT ON {table} {refusal}")


def execute(desk: Desk, statement: str) -> None:
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql(statement)


def confirmed(desk: Desk, report: str = REPORT) -> tuple[Decision, Decision, Decision]:
    """A batch in which the one in the middle confirms a report, and the others ask."""
    assert desk.say(report, user="b").mode == "confirming"
    batch = [
        desk.message("biaya 29102", user="a"),
        desk.message("ya", user="b"),
        desk.message("berapa lama 29102", user="c"),
    ]
    first, second, third = receive(desk.office, batch)
    return first, second, third


def test_it_costs_only_its_own_message(desk: Desk, logs: list[MutableMapping[str, object]]) -> None:
    refuse(desk, "case_events")  # the case, its reporter and its number are written by then
    fine, failed, also_fine = confirmed(desk)
    assert ("Gratis" in said(fine), "7 hari kerja" in said(also_fine)) == (True, True)
    assert (failed.failed, failed.case) == (True, None)
    assert "Maaf, ada gangguan" in said(failed)
    assert [bool(row["failed"]) for row in desk.rows("inbox")] == [False, False, True, False]
    [request] = desk.rows("officer_requests")
    assert (request["reason"], request["conversation_id"]) == ("failed", desk.rows("inbox")[2]["conversation_id"])
    assert [log["error"] for log in logs if log["event"] == "deciding failed"] == ["IntegrityError"]


def test_nothing_of_it_stays_half_done(desk: Desk) -> None:
    refuse(desk, "case_events")
    confirmed(desk)
    assert desk.rows("cases") == []
    assert desk.rows("parties") == []
    places = [(row["conversation_id"], row["position"]) for table in ("inbox", "outbox") for row in desk.rows(table)]
    assert len(set(places)) == len(places)
    execute(desk, "DROP TRIGGER refused ON case_events" if ON_POSTGRESQL else "DROP TRIGGER refused")
    again = desk.say("ya", user="b")
    assert again.case is not None, "the report still waits for its confirmation"
    assert str(again.case["number"]).startswith("ADU-2026-00001"), "no number is left out"


def test_a_bug_in_an_effect_is_no_different(desk: Desk) -> None:
    def broken(_: int) -> bytes:
        raise ZeroDivisionError

    desk.office.random = broken
    _, failed, _ = confirmed(desk)
    assert "Maaf, ada gangguan" in said(failed)


def test_what_is_confidential_stays_so(desk: Desk) -> None:
    refuse(desk, "case_events")
    confirmed(desk, RUDE)
    assert [row["visible_to"] for row in desk.rows("conversations")].count("manager") == 1


@pytest.mark.parametrize("text", ["ya", "ADU-2026-00001-6"], ids=["writing", "reading"])
def test_a_database_that_is_away_is_no_fault_of_the_message(desk: Desk, text: str) -> None:
    desk.say(REPORT, user="b")
    before = {table: desk.rows(table) for table in ("inbox", "outbox", "officer_requests")}
    with away(desk.office.database, "cases"), pytest.raises(DatabaseUnavailableError):
        receive(desk.office, [desk.message(text, user="b")])
    assert {table: desk.rows(table) for table in before} == before
