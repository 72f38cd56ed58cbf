"""`pasti whatsapp templates …` against a peer that plays Twilio's Content API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from bot.channels.whatsapp_templates import every_template
from bot.whatsapp_cli import whatsapp_app
from storage import content_templates
from storage.database import Database
from tests.peers.faults import Cut, Garbage, Refusal, ServerError, Slow, TooManyRequests
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, TwilioPeer

NAMES = [template.name for template in every_template()]
ASKING = sorted(template.name for template in every_template() if template.approval)


@pytest_asyncio.fixture
async def twilio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer() as peer:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT_SID)
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", AUTH_TOKEN)
        monkeypatch.setenv("TWILIO_API_URL", peer.url)
        yield peer


async def pasti(*words: str, exit_code: int = 0) -> Result:
    """In a thread, so that the peer can answer."""
    result = await asyncio.to_thread(CliRunner().invoke, whatsapp_app, ["templates", *words])
    assert result.exit_code == exit_code, result.output
    return result


async def told(*words: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads((await pasti(*words, "--json")).stdout)}


def made(twilio: TwilioPeer) -> list[str]:
    return [content.friendly_name for content in twilio.content.templates.values()]


async def test_all_are_made_once_and_four_submitted(twilio: TwilioPeer, tmp_path: Path) -> None:
    rows = await told("push")
    assert sorted(rows) == sorted(made(twilio)) == sorted(NAMES)
    assert sorted(name for name, row in rows.items() if row["status"]) == ASKING
    for name in ASKING:
        content = twilio.content.templates[rows[name]["sid"]]
        assert (content.language, content.approval["category"], content.approval["status"]) == (
            "id", "UTILITY", "received",
        )  # fmt: skip
        assert content.approval["name"].startswith(f"{name}_")
    with closing(Database.open(f"sqlite:///{tmp_path}/pasti.db")) as database, database.reader() as conn:
        assert {name: row.sid for name, row in content_templates.every(conn).items()} == {
            name: row["sid"] for name, row in rows.items()
        }
    assert await told("push") == rows
    assert len(made(twilio)) == len(NAMES)


async def test_the_approval_is_asked_for_anew(twilio: TwilioPeer) -> None:
    rows = await told("push")
    twilio.content.approve(rows["pasti_survey"]["sid"])
    twilio.content.reject(rows["pasti_case_update"]["sid"])
    states = {name: row["status"] for name, row in (await told("list")).items() if row["status"]}
    assert states == {
        "pasti_survey": "approved",
        "pasti_case_update": "rejected",
        "pasti_answer_ready": "received",
        "pasti_officer_reply": "received",
    }
    shown = (await pasti("list")).stdout
    assert rows["pasti_survey"]["sid"] in shown
    assert "approved" in shown


async def test_what_lies_at_twilio_is_taken_by_a_new_database(twilio: TwilioPeer, tmp_path: Path) -> None:
    rows = await told("push")
    twilio.content.approve(rows["pasti_survey"]["sid"])
    (tmp_path / "pasti.db").unlink()
    again = await told("push")
    assert {name: row["sid"] for name, row in again.items()} == {name: row["sid"] for name, row in rows.items()}
    assert again["pasti_survey"]["status"] == "approved"
    assert len(made(twilio)) == len(NAMES)


async def test_what_was_deleted_there_is_made_again(twilio: TwilioPeer) -> None:
    rows = await told("push")
    del twilio.content.templates[rows["pasti_survey"]["sid"]]
    assert (await told("list"))["pasti_survey"]["status"] == "deleted"
    again = await told("push")
    assert again["pasti_survey"]["sid"] != rows["pasti_survey"]["sid"]
    assert again["pasti_survey"]["status"] == "received"


async def test_what_another_made_under_the_same_name_is_left_alone(twilio: TwilioPeer) -> None:
    other = twilio.content.add("Sesuatu yang lain", name="pasti_survey")
    assert (await told("push"))["pasti_survey"]["sid"] != other.sid


async def test_a_push_that_broke_off_goes_on_where_it_was(twilio: TwilioPeer) -> None:
    twilio.fault("content", ServerError(accepted=True), times=8)
    for _ in range(8):
        assert "did not answer" in (await pasti("push", exit_code=1)).stderr
    rows = await told("push")
    assert sorted(rows) == sorted(NAMES)
    assert len(made(twilio)) == len(NAMES)


async def test_it_waits_where_it_was_too_fast(twilio: TwilioPeer) -> None:
    twilio.fault("content", Slow(0))  # the list of what lies there
    twilio.fault("content", TooManyRequests(0), times=2)
    assert sorted(await told("push")) == sorted(made(twilio)) == sorted(NAMES)


async def test_nothing_was_pushed_yet(twilio: TwilioPeer) -> None:
    assert "pasti whatsapp templates push" in (await pasti("list")).stdout
    assert json.loads((await pasti("list", "--json")).stdout) == []


async def test_failures_are_sentences_with_what_to_do(twilio: TwilioPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    twilio.fault("content", Cut(), times=None)
    assert "Is there a network? Try again." in (await pasti("push", exit_code=1)).stderr
    twilio.clear_faults()
    twilio.fault("content", Garbage())
    assert "is not Twilio" in (await pasti("push", exit_code=1)).stderr
    twilio.fault("content", Refusal(403, "no", 20403))
    assert "error 403" in (await pasti("push", exit_code=1)).stderr
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "another")
    failed = await pasti("push", exit_code=1)
    assert "check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN" in failed.stderr
    assert "another" not in failed.output
    monkeypatch.delenv("TWILIO_AUTH_TOKEN")
    assert "Not set: TWILIO_AUTH_TOKEN." in (await pasti("push", exit_code=1)).stderr
