"""PostgreSQL answers slowly: citizens wait longer, nothing is lost or done twice, and `/health` says how it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import URL, make_url, text

from storage.database import Database
from tests import postgresql
from tests.bot.serving import PUBLIC_URL, twilio_settings
from tests.peers.twilio import TwilioPeer
from tests.storage.fresh import migrate
from tests.test_kills import Killable, said

PATIENCE = 60.0  # seconds
CITIZENS = 5
QUESTION, ANSWER = "biaya 29102", "Gratis"


class SlowLine:
    """A line to a server; what the server says arrives so many seconds later."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self.delay = 0.0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """The address that leads through it."""
        lines: list[asyncio.Task[object]] = []

        def begin(asked: asyncio.StreamReader, told: asyncio.StreamWriter) -> None:
            lines.append(asyncio.create_task(self._through(asked, told)))

        async with await asyncio.start_server(begin, "127.0.0.1", 0) as entry:
            port = entry.sockets[0].getsockname()[1]
            yield self._server.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    async def _through(self, asked: asyncio.StreamReader, told: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_unix_connection(f"{self._server.query['host']}/.s.PGSQL.5432")
        await asyncio.gather(self._pass_on(asked, questions, late=False), self._pass_on(answers, told, late=True))

    async def _pass_on(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter, *, late: bool) -> None:
        with closing(drain):
            while some := await source.read(1 << 16):
                if late:
                    await asyncio.sleep(self.delay)
                drain.write(some)


async def lacking(program: Killable) -> list[str]:
    """What `/health` says is not there."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{program.port}/health") as answer:
        told = await answer.json()
        assert answer.status == (503 if "lacks" in told else 200)
        return list(told.get("lacks", ()))


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(folder: Path, database: str) -> AsyncIterator[tuple[Killable, TwilioPeer]]:
    """It has answered already."""
    async with TwilioPeer() as twilio:
        program = Killable(folder, {"DATABASE_URL": database, **twilio_settings(twilio)})
        await program.start()
        try:
            twilio.reroute(PUBLIC_URL, f"http://127.0.0.1:{program.port}")
            first = twilio.citizen("+6281200000000", "Asep")
            first.text(QUESTION)
            assert ANSWER in said(await first.reads(PATIENCE))
            yield program, twilio
        finally:
            await program.stop()


@pytest.mark.parametrize(("delay", "lacks"), [(0.3, []), (1.5, ["database"])])
async def test_nothing_is_lost_or_done_twice(delay: float, lacks: list[str], tmp_path: Path) -> None:
    url = postgresql.new_database("migrated", migrate)
    line = SlowLine(make_url(url))
    async with line.open() as slow, running(tmp_path, slow) as (program, twilio):
        assert await lacking(program) == []
        citizens = [twilio.citizen(f"+62812000001{n:02d}", "Asep") for n in range(CITIZENS)]
        line.delay = delay
        for citizen in citizens:
            citizen.text(QUESTION)
        assert await lacking(program) == lacks
        await until(lambda: not twilio.webhooks.under_way)
        assert not len(twilio.lost)  # each was acknowledged in time
        line.delay = 0.0
        for citizen in citizens:
            assert ANSWER in said(await citizen.reads(PATIENCE))
        await until(lambda: not list((tmp_path / "data").glob("spool*/*.json")))
        assert await lacking(program) == []
    with closing(Database.open(url)) as database, database.reader() as conn:
        rows = [conn.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("inbox", "outbox")]
    assert rows == [1 + CITIZENS, 1 + CITIZENS]
