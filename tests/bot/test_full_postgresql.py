"""The disk of PostgreSQL is full: nothing is lost, the log says why, and all is taken in once there is room again."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
import pytest

from storage import versions
from tests.bot.serving import Served, serving_whatsapp
from tests.peers.twilio_citizen import Citizen
from tests.postgresql import OwnServer, folder, own_server
from tests.test_kills import said

MEGABYTES = 200  # PostgreSQL begins with 60
PATIENCE = 60.0  # seconds until something has happened in another process
QUESTION = "biaya 29102"


@pytest.fixture
def server() -> Iterator[OwnServer]:
    """On a disk of its own, which is small."""
    data = folder() / f"full-{uuid4().hex[:8]}"
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(data)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        server = own_server(data)
        yield server
        server.stop()
    finally:
        subprocess.run(["umount", "--lazy", str(data)], check=True)


def fill(server: OwnServer) -> None:
    with (server.data / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(1 << 20))


def write_journal(server: OwnServer) -> None:
    """Until there is no room for more of it."""
    with psycopg.connect(server.url, autocommit=True) as conn:
        while True:
            conn.execute("SELECT pg_logical_emit_message(true, '', repeat('x', 1000000))")


def make_room(server: OwnServer) -> None:
    (server.data / "ballast").unlink()


def spooled(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "data").glob("spool*/*.json"))


def probes(server: OwnServer) -> int:
    """How often it was looked whether the database is back."""
    with psycopg.connect(server.url) as conn:
        row = conn.execute("SELECT value FROM versions WHERE name = %s", (versions.PROBE,)).fetchone()
    return row[0] if row else 0


async def health(served: Served) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{served.url}health") as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)


async def test_without_room_for_its_rows(server: OwnServer, tmp_path: Path) -> None:
    async with serving_whatsapp(tmp_path, DATABASE_URL=server.url) as (served, twilio):
        fill(server)
        citizens: list[Citizen] = []
        while not spooled(tmp_path):
            citizens.append(twilio.citizen(f"+6281200000{len(citizens):03d}", "Asep"))
            citizens[-1].text(QUESTION)
            await asyncio.sleep(0.05)
        while "lacks" not in (told := await health(served)):  # noqa: ASYNC110 - once the first message has tried
            await asyncio.sleep(0.05)
        assert told["lacks"] == ["messages"]
        await until(lambda: probes(server) > 3)
        log = served.log.read_text()
        assert re.findall("database is (away|back)", log) == ["away"]
        assert "No space left on device" in log
        make_room(server)
        for citizen in citizens:
            assert "Gratis" in said(await citizen.reads(PATIENCE))
        assert (await health(served))["status"] == "ok"
    log = served.log.read_text()
    assert re.findall("database is (away|back)", log) == ["away", "back"]
    assert not spooled(tmp_path)
    assert "Traceback" not in log


async def test_without_room_for_its_journal_it_stops_and_is_started_again(server: OwnServer, tmp_path: Path) -> None:
    """Then PostgreSQL ends itself, and does not come up before there is room."""
    async with serving_whatsapp(tmp_path, DATABASE_URL=server.url) as (served, twilio):
        citizen = twilio.citizen("+6281200000000", "Asep")
        citizen.text("biaya 29102")
        assert "Gratis" in said(await citizen.reads(PATIENCE))
        fill(server)
        with pytest.raises(psycopg.OperationalError):
            write_journal(server)
        citizen.text("lama 29102")
        await until(lambda: spooled(tmp_path) and not (server.data / "postmaster.pid").exists())
        make_room(server)
        await asyncio.to_thread(server.start)
        assert "7 hari kerja" in said(await citizen.reads(PATIENCE))
        await until(lambda: not spooled(tmp_path))
    log = served.log.read_text()
    assert re.findall("database is (away|back)", log) == ["away", "back"]
    assert "Traceback" not in log
