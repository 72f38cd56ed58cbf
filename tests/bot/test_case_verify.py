"""`pasti case verify`: a history that somebody changed past its rules is found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from bot.case_cli import case_app
from handlers import case_routes, case_secrecy, case_work
from tests.case_office import CLASSIFIED, SHEET, Office
from tests.postgresql import ON_POSTGRESQL, about_sqlite
from tests.scenarios import FIRST_COMPLAINT, Desk, Story

UNREADABLE = "UPDATE case_events SET after = 'x'"  # PostgreSQL takes nothing that is no JSON


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A case with three events."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path)
    office = Office.at(desk)
    office.reported()
    office.did(case_work.take, office.rina, FIRST_COMPLAINT)
    office.did(case_work.note, office.rina, FIRST_COMPLAINT, "Sudah dihubungi.")
    yield office
    desk.close()


def verified(office: Office, *, exit_code: int) -> dict[str, Any]:
    said = CliRunner().invoke(case_app, ["verify", "--database", office.desk.url])
    result = CliRunner().invoke(case_app, ["verify", "--json", "--database", office.desk.url])
    assert (said.exit_code, result.exit_code) == (exit_code, exit_code), said.output + result.output
    assert (FIRST_COMPLAINT in said.output) == bool(exit_code)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def tampered(office: Office, *statements: str) -> None:
    """With the file in hand, or as the owner of the server: past triggers and references."""
    if ON_POSTGRESQL:
        with psycopg.connect(office.desk.url) as server:
            server.execute("SET session_replication_role = replica")
            for statement in statements:
                server.execute(statement.encode())
        return
    with closing(sqlite3.connect(office.desk.url)) as file:
        for change in ("update", "delete"):
            file.execute(f"DROP TRIGGER case_events_no_{change}")
        for statement in statements:
            file.execute(statement)
        file.commit()


def test_a_whole_register(office: Office) -> None:
    assert verified(office, exit_code=0) == {"cases": 1, "events": 3, "broken": [], "missing": []}


@pytest.mark.parametrize(
    ("statement", "event", "why"),
    [
        ("UPDATE case_events SET note = 'Tidak pernah dihubungi.' WHERE sequence = 3", 3, "is not what was written"),
        ("UPDATE case_events SET officer_id = NULL WHERE sequence = 2", 2, "is not what was written"),
        ("UPDATE case_events SET at = '2026-11-10 00:00:00.000000' WHERE sequence = 1", 1, "is not what was written"),
        ("DELETE FROM case_events WHERE sequence = 2", 2, "is missing"),
        ("DELETE FROM case_events WHERE sequence = 3", 3, "is missing"),
        ("DELETE FROM case_events", 1, "is missing"),
        ("UPDATE case_events SET previous_hash = hash WHERE sequence = 2", 2, "does not follow from the one before"),
    ],
)
def test_the_first_break_is_named(office: Office, statement: str, event: int, why: str) -> None:
    tampered(office, statement)
    assert verified(office, exit_code=1)["broken"] == [{"number": FIRST_COMPLAINT, "event": event, "why": why}]


@pytest.mark.parametrize(
    ("statement", "event", "name"),
    [
        ("UPDATE cases SET stage = 'closed'", 2, "stage"),
        ("UPDATE cases SET officer_id = NULL", 2, "officer_id"),
        ("UPDATE cases SET kind = 'suggestion'", 1, "kind"),
    ],
)
def test_a_case_that_stands_otherwise_than_its_history_says_is_found(
    office: Office, statement: str, event: int, name: str
) -> None:
    tampered(office, statement)
    why = f"does not say what the register does ({name})"
    assert verified(office, exit_code=1)["broken"] == [{"number": FIRST_COMPLAINT, "event": event, "why": why}]


@pytest.mark.parametrize(
    ("statement", "kind", "why"),
    [
        ("UPDATE cases SET due_on = '2027-01-01'", "opened", "does not say what the register does (due_on)"),
        ("UPDATE cases SET subject = 'lain'", "opened", "does not say what the register does (subject)"),
        ("UPDATE case_answers SET body = 'lain'", "answered", "does not say what was answered"),
        ("UPDATE case_reports SET body = 'lain'", "reported", "does not say what was reported"),
        ("DELETE FROM case_reports", "reported", "does not say what was reported"),
        ("UPDATE study_sheets SET findings = 'lain'", "studied", "does not say what was studied"),
        ("DELETE FROM case_accused", "accused_named", "does not say whom it accuses"),
        pytest.param(f"{UNREADABLE} WHERE kind = 'reported'", "reported", "cannot be read", marks=about_sqlite),
        pytest.param(
            "UPDATE case_events SET at = 'x' WHERE kind = 'answered'", "answered", "cannot be read", marks=about_sqlite
        ),
    ],
)
def test_what_is_changed_beside_the_history_is_found(office: Office, statement: str, kind: str, why: str) -> None:
    office.did(case_work.classify, office.rina, FIRST_COMPLAINT, CLASSIFIED)
    office.did(case_work.study, office.rina, FIRST_COMPLAINT, SHEET)
    office.did(case_secrecy.name_accused, office.manager, FIRST_COMPLAINT, [office.dewi.id], "disebut")
    office.answered(FIRST_COMPLAINT)
    office.did(case_routes.report_result, office.rina, FIRST_COMPLAINT, "Laporan.")
    assert verified(office, exit_code=0)["broken"] == []
    event = office.desk.events(FIRST_COMPLAINT).index(kind) + 1
    tampered(office, statement)
    assert verified(office, exit_code=1)["broken"] == [{"number": FIRST_COMPLAINT, "event": event, "why": why}]


@about_sqlite
def test_the_other_cases_are_checked_also_where_one_cannot_be_read(office: Office) -> None:
    office.reported(Story("antrean loket tiga jam tanpa penjelasan"))
    tampered(office, f"{UNREADABLE} WHERE sequence = 2")
    assert verified(office, exit_code=1)["cases"] == 2
    said = CliRunner().invoke(case_app, ["show", FIRST_COMPLAINT, "--database", office.desk.url])
    assert said.exit_code == 1
    assert "pasti case verify" in said.output
    assert said.exception is None or isinstance(said.exception, SystemExit)


def test_a_whole_case_that_is_gone_is_missed_by_its_number(office: Office) -> None:
    second = office.reported(Story("antrean loket tiga jam tanpa penjelasan"))
    tampered(
        office,
        f"DELETE FROM case_numbers WHERE number = '{second}'",
        f"DELETE FROM case_events WHERE case_id IN (SELECT id FROM cases WHERE number = '{second}')",
        f"DELETE FROM cases WHERE number = '{second}'",
    )
    said = CliRunner().invoke(case_app, ["verify", "--database", office.desk.url])
    assert said.exit_code == 1
    assert "ADU-2026: 2 is missing: it was given to a case that is not there any more." in said.output
    assert said.output.rstrip().endswith("1 cases, 3 events: 1 missing.")
