"""Two processes on one PostgreSQL under load: one of them is killed, connections are cut, PostgreSQL itself dies.

What holds for one process on SQLite (`test_kills`) holds for both: every acknowledged message is answered once and in
order, no case is there twice, no number is left out. `PASTI_KILLS=200` does all that more often than the suite.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select

from storage.conversations import conversations
from storage.database import Database
from storage.inbox import inbox
from storage.outbox import outbox
from tests import postgresql
from tests.bot.serving import PUBLIC_URL, twilio_settings
from tests.peers.twilio import TwilioPeer
from tests.postgresql import OwnServer, own_server
from tests.scenarios import check_register
from tests.storage.fresh import migrate
from tests.test_kills import CITIZENS, KILLS, Killable, peers, said, write

SECRET = "a secret that both processes share, as they must"
SETTLED = 150.0 + 6.0 * KILLS  # what a killed process was sending rests for a minute, and is looked up then


@pytest.fixture
def url() -> str:
    return postgresql.new_database("migrated", migrate)


@pytest.fixture
def server() -> Iterator[OwnServer]:
    server = own_server(postgresql.folder() / f"restarted-{uuid4().hex[:8]}")
    yield server
    server.stop()


async def test_killed_and_cut_off_two_processes_answer_all(url: str, tmp_path: Path) -> None:
    chance = Random(2026)
    async with under_load(url, tmp_path, chance) as (programs, twilio):
        at = [f"http://127.0.0.1:{program.port}" for program in programs]
        for turn in range(KILLS):
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            if turn % 3 == 2:
                cut_off(url)
                continue
            victim = turn % 2
            twilio.reroute(PUBLIC_URL, at[1 - victim])  # as a proxy does, which sees that it is gone
            await programs[victim].kill()
            await programs[victim].start()


async def test_while_postgresql_dies_and_comes_back_two_processes_answer_all(server: OwnServer, tmp_path: Path) -> None:
    chance = Random(2026)
    async with under_load(server.url, tmp_path, chance) as (programs, twilio):
        for turn in range(KILLS):
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            twilio.reroute(PUBLIC_URL, f"http://127.0.0.1:{programs[turn % 2].port}")  # each has what to spool
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            await asyncio.to_thread(server.start)
    assert any("database is away" in (program.folder / "log.txt").read_text() for program in programs)


@asynccontextmanager
async def under_load(url: str, tmp_path: Path, chance: Random) -> AsyncIterator[tuple[Sequence[Killable], TwilioPeer]]:
    """Two programs and citizens who write to them; when the block ends, that all of it was answered is checked."""
    async with peers() as (twilio, _):
        settings = {"DATABASE_URL": url, "SECRET_KEY": SECRET, **twilio_settings(twilio)}
        programs = [Killable(tmp_path / name, settings) for name in ("first", "second")]
        for program in programs:
            program.folder.mkdir()
            await program.start()
        twilio.reroute(PUBLIC_URL, f"http://127.0.0.1:{programs[0].port}")
        over = asyncio.Event()
        citizens: list[Any] = [twilio.citizen(f"+62812000000{n:02d}", "Asep") for n in range(CITIZENS)]
        writing = [asyncio.create_task(write(citizen, chance.random(), over)) for citizen in citizens]
        yield programs, twilio
        over.set()
        asked = await asyncio.gather(*writing)
        await everything_sent(url)
        for program in programs:
            assert await program.stop() < 5
            assert "Traceback" not in (program.folder / "log.txt").read_text()
        numbers = [f"+62812000000{n:02d}" for n in range(CITIZENS)]
        check(url, asked, {number: [said(message) for message in twilio.sent.of(number)] for number in numbers})


def cut_off(url: str) -> None:
    """All connections of this database end, as when PostgreSQL restarts."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def everything_sent(url: str) -> None:
    database = Database.open(url)
    try:
        async with asyncio.timeout(SETTLED):
            while True:
                with database.reader() as conn:
                    states = set(conn.scalars(select(outbox.c.state)))
                if states == {"sent"}:
                    return
                await asyncio.sleep(0.2)
    finally:
        database.close()


def check(url: str, asked: list[list[str]], heard: dict[str, list[str]]) -> None:
    database = Database.open(url)
    with database.reader() as conn:
        check_register(conn)
        numbers = conn.exec_driver_sql("SELECT number FROM cases ORDER BY number").scalars().all()
        assert [int(number.split("-")[2]) for number in numbers] == list(range(1, CITIZENS + 1))
        assert not conn.execute(select(inbox.c.id).where(inbox.c.decided_at.is_(None) | inbox.c.failed)).all()
        assert len(conn.execute(select(inbox.c.id)).all()) == sum(map(len, asked))
        query = select(conversations.c.address, outbox.c.lines).join(
            conversations, conversations.c.id == outbox.c.conversation_id
        )
        written: dict[str, list[str]] = {}
        for address, lines in conn.execute(query.order_by(outbox.c.conversation_id, outbox.c.position)):
            written.setdefault(address, []).append("\n".join(text for _, text in lines))
    database.close()
    for marks, (user, answers) in zip(asked, sorted(written.items()), strict=True):
        assert [mark in answer for mark, answer in zip(marks, answers, strict=True)] == [True] * len(marks)
        told = heard[user]
        assert not any(answer.startswith("(kirim ulang)") for answer in told)  # Twilio can be asked
        assert [mark in answer for mark, answer in zip(marks, told, strict=True)] == [True] * len(marks)
