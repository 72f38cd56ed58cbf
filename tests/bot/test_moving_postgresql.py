"""PostgreSQL dies without a word and comes back at another address: nothing is lost, and PASTI finds it by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from tests.bot.serving import serving_whatsapp
from tests.postgresql import OwnServer, folder, own_server
from tests.test_kills import said

SPOOLED = 20.0  # seconds; a provider waits for 15
BACK = 60.0  # seconds until what waited is answered


@dataclass
class Moving:
    """The name under which a server is known leads to where it is, as that of a machine does."""

    server: OwnServer
    name: Path

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.name}"

    def start_at(self, place: Path) -> None:
        self.server.start(place)
        self.name.unlink()
        self.name.symlink_to(place)


@pytest.fixture
def moving() -> Iterator[Moving]:
    server = own_server(folder() / f"moving-{uuid4().hex[:8]}")
    with TemporaryDirectory(prefix="pasti-") as names:
        moving = Moving(server, Path(names, "pg"))
        moving.name.symlink_to(server.data)
        yield moving
        server.stop()


async def test_it_dies_and_is_found_where_it_comes_back(moving: Moving, tmp_path: Path) -> None:
    async with serving_whatsapp(tmp_path, DATABASE_URL=moving.url) as (served, twilio):
        citizen = twilio.citizen("+6281200000001", "Asep")
        citizen.text("biaya 29102")
        assert "Gratis" in said(await citizen.reads(BACK))
        await asyncio.to_thread(moving.server.stop)
        citizen.text("lama 29102")
        async with asyncio.timeout(SPOOLED):
            while not list((tmp_path / "data").glob("spool*/*.json")):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        elsewhere = moving.server.data / "elsewhere"
        elsewhere.mkdir(mode=0o777)
        elsewhere.chmod(0o777)
        await asyncio.to_thread(moving.start_at, elsewhere)
        assert "7 hari kerja" in said(await citizen.reads(BACK))
        citizen.text("jumlah petugas 29102")
        assert "30 Orang" in said(await citizen.reads(BACK))
        async with asyncio.timeout(BACK):
            while "line to the other processes is back" not in (log := served.log.read_text()):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
    assert 'event="database is away" why=' in log
    assert "database is back" in log
    assert "Traceback" not in log
