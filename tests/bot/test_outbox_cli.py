"""`pasti outbox …`: what waits and what went wrong, without a word or an address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.outbox_cli import outbox_app
from handlers.parcels import Outcome, Refused, Sent, Uncertain
from handlers.sending import exchange
from storage.models.messages import SEND_STATES
from storage.outbox_report import reported
from tests.offices import Desk, desk_at

PHONE, CHAT = "+6281210002000", "7100020003"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """One answer that waits, one that Telegram took, one that it refused, and one of which nobody knows."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    with desk_at(tmp_path) as desk:
        desk.say("biaya 29102", user=PHONE)
        outcomes: list[Outcome] = [Sent(f"{CHAT}:17"), Refused("403", "blocked"), Uncertain("TimeoutError")]
        for place, outcome in enumerate(outcomes):
            asked = desk.say("lama 29102", user=f"{CHAT}{place}", channel="telegram")
            assert asked.recipient
            [parcel] = exchange(desk.office, recipients=[asked.recipient]).parcels
            exchange(desk.office, results=[(parcel, outcome)])
            desk.clock.now += timedelta(minutes=1)
        yield desk


def pasti(url: str, *words: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(outbox_app, [*words, "--database", url])
    assert result.exit_code == exit_code, result.output
    return result


def test_the_newest_stand_first_with_their_states(desk: Desk) -> None:
    rows = json.loads(pasti(desk.url, "list", "--json").stdout)
    assert [(row["channel"], row["state"], row["error"], row["provider_id"]) for row in rows] == [
        ("telegram", "unknown", "TimeoutError", None),
        ("telegram", "failed", "403", None),
        ("telegram", "sent", None, "17"),
        ("whatsapp", "queued", None, None),
    ]
    waiting = rows[-1]
    assert (waiting["position"], waiting["sender"], waiting["attempts"], waiting["repeated"]) == (2, "bot", 0, False)
    assert waiting["created_at"] == "2026-11-09T10:30:00+07:00"
    assert waiting["sent_at"] is None


def test_one_state_may_be_asked_for(desk: Desk) -> None:
    for state in SEND_STATES:
        rows = json.loads(pasti(desk.url, "list", "--json", "--state", state).stdout)
        assert [row["state"] for row in rows] == [state] * (state in {"unknown", "failed", "sent", "queued"})
    said = pasti(desk.url, "list", "--state", "lost", exit_code=1)
    assert said.stderr == f"'lost' is not a state of sending. There are {', '.join(SEND_STATES)}.\n"
    assert len(json.loads(pasti(desk.url, "list", "--json", "--limit", "2").stdout)) == 2


def test_the_table_has_what_an_operator_looks_for(desk: Desk) -> None:
    listed = pasti(desk.url, "list").stdout
    lines = [line.split() for line in listed.splitlines()]
    assert lines[0][:5] == ["Id", "Conversation", "Channel", "Position", "State"]
    assert [line[4] for line in lines[1:5]] == ["unknown", "failed", "sent", "queued"]
    assert lines[-1] == ["4", "messages."]
    assert "The newest 2 messages; more by --limit." in pasti(desk.url, "list", "--limit", "2").stdout


def test_what_sets_a_message_apart_is_said(desk: Desk) -> None:
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql(
            "UPDATE outbox SET template = TRUE, purpose = 'answer_ready', replaces = (SELECT min(id) FROM outbox), "
            "repeated = TRUE WHERE state = 'failed'"
        )
        [first] = tx.exec_driver_sql("SELECT min(id) FROM outbox").one()
    [line] = [line for line in pasti(desk.url, "list").stdout.splitlines() if "403" in line]
    assert line.rstrip().endswith(f"template answer_ready, replaces {first}, repeated")


def test_open_tasks(desk: Desk) -> None:
    [task] = json.loads(pasti(desk.url, "tasks", "--json").stdout)
    assert (task["kind"], task["state"]) == ("undelivered", "open")
    with desk.office.database.reader() as conn:
        assert [task["outbox_id"]] == [row.id for row in reported(conn, "failed", 10)]
    listed = pasti(desk.url, "tasks").stdout
    assert "undelivered" in listed
    assert listed.endswith("1 open tasks.\n")


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("tasks",), ("tasks", "--json")])
def test_nothing_of_a_citizen_is_shown(desk: Desk, words: tuple[str, ...]) -> None:
    shown = pasti(desk.url, *words).stdout
    assert [personal for personal in (PHONE, PHONE.lstrip("+"), CHAT, "29102", "kerja") if personal in shown] == []


def test_a_missing_database_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "There is no database at pasti.db." in pasti("pasti.db", "list", exit_code=1).stderr
    assert list(tmp_path.iterdir()) == []
