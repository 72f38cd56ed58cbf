"""`/health` and `/metrics` over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot import health
from bot.health import Check, add_routes, database_answers
from bot.metrics import Metrics
from storage.database import Database
from tests.storage.fresh import away, fresh_database

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = fresh_database(tmp_path)
    yield database
    database.close()


@asynccontextmanager
async def watched(checks: Mapping[str, Check]) -> AsyncIterator[Client]:
    app = web.Application()
    add_routes(app, checks, Metrics())
    async with TestClient(TestServer(app)) as client:
        yield client


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def test_ready(database: Database) -> None:
    async with watched({"intake": yes, "database": database_answers(database)}) as client:
        answer = await client.get("/health")
        assert (answer.status, (await answer.json())["status"]) == (200, "ok")
        assert answer.headers["Cache-Control"] == "no-store"
        head = await client.head("/health")
        assert (head.status, await head.read()) == (200, b"")


async def test_what_is_lacking_is_named(database: Database) -> None:
    async with watched({"intake": yes, "knowledge": no, "database": database_answers(database)}) as client:
        with away(database):
            answer = await client.get("/health")
            assert answer.status == 503
            assert await answer.json() == {"status": "not ready", "lacks": ["knowledge", "database"]}
            assert (await client.head("/health")).status == 503


async def test_a_check_that_hangs_is_lacking_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.02)
    asked = 0
    answered = asyncio.Event()

    async def late() -> bool:
        nonlocal asked
        asked += 1
        return await answered.wait()

    async with watched({"database": late}) as client:
        for _ in range(3):
            assert await (await client.get("/health")).json() == {"status": "not ready", "lacks": ["database"]}
        assert asked == 1
        answered.set()
        assert (await client.get("/health")).status == 200


async def test_the_metrics_are_prometheus_text() -> None:
    async with watched({}) as client:
        answer = await client.get("/metrics")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        names = {family.name for family in text_string_to_metric_families(await answer.text())}
        assert {"pasti_messages", "pasti_turn_seconds", "pasti_build_info"} <= names
        assert (await client.head("/metrics")).status == 200
