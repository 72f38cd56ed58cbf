"""Two real `pasti run` on one PostgreSQL: what is done in one is known in the other, and the clock is never lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from handlers import accounts
from handlers.inbound import receive
from handlers.library import Library
from handlers.messages import Address, Inbound
from handlers.office import Office
from handlers.sending import exchange
from handlers.shipped import publish_shipped
from knowledge.calendar import jakarta_day
from knowledge.dates import say_date
from knowledge.search import key
from storage.conversations import conversations
from storage.database import Database
from storage.outbox import outbox
from storage.sealed import Sealer
from tests import postgresql
from tests.bot.console.visitors import PASSWORD, Visitor
from tests.bot.serving import Served, serving, serving_whatsapp
from tests.staff import hired
from tests.storage.fresh import migrate

KNOWLEDGE, PROFILE, HOLIDAYS = "/petugas/pengetahuan", "/petugas/pengaturan/profil", "/petugas/pengaturan/libur"
SECRET = "a secret that both processes share, as they must"
KNOWN = 2.0  # seconds until the other answers by what was changed
SEEN = 1.0  # seconds until the other's console shows it
TAKEN_OVER = 15.0  # seconds until somebody has the clock again


@dataclass
class Pair:
    first: Served  # has the clock
    second: Served
    office: Office  # the same, seen from here


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    url = postgresql.new_database("migrated", migrate)
    settings = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "PUBLIC_URL": "http://127.0.0.1"}
    with ExitStack() as stack:
        served: list[Served] = []
        for name in ("first", "second"):
            folder = tmp_path / name
            folder.mkdir()
            served.append(stack.enter_context(serving(folder, **settings)))
        database = stack.enter_context(closing(Database.open(url)))
        yield Pair(served[0], served[1], Office(database, Sealer(SECRET)))


def browser(served: Served) -> Visitor:
    return Visitor(served.url.rstrip("/"), aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))


@dataclass
class Citizen:
    """In the web chat of one process."""

    visitor: Visitor

    async def says(self, words: str) -> None:
        said = await self.visitor.http.post(
            f"{self.visitor.url}/chat/messages", json={"id": str(uuid4()), "text": words}
        )
        assert said.status == 200, await said.text()

    async def page(self) -> str:
        return (await self.visitor.get("/")).text


@pytest_asyncio.fixture
async def citizen(pair: Pair) -> AsyncIterator[Citizen]:
    """Of the second process."""
    visitor = browser(pair.second)
    await visitor.get("/")
    yield Citizen(visitor)
    await visitor.http.close()


@pytest_asyncio.fixture
async def head(pair: Pair) -> AsyncIterator[Visitor]:
    """Signed in at the first process."""
    accounts.add_officer(pair.office, username="rina", name="Rina", role="head", password=PASSWORD)
    visitor = browser(pair.first)
    assert (await visitor.enter("rina")).status == 303
    yield visitor
    await visitor.http.close()


def a_working_day(office: Office) -> date:
    """In some days; none that is a holiday already."""
    with office.database.reader() as conn:
        calendar = Library().read(conn)[1]
    return next(day for n in range(7, 60) if calendar.is_working(day := jakarta_day(office.clock()) + timedelta(n)))


async def test_what_is_changed_in_one_is_answered_by_in_the_other(pair: Pair, citizen: Citizen, head: Visitor) -> None:
    day = a_working_day(pair.office)
    holiday = {"day": str(day), "name": "Cuti Bersama Contoh", "kind": "government"}
    with pair.office.database.reader() as conn:
        standard = f"{KNOWLEDGE}/standar/{key(Library().current(conn).catalogue.published[0])}"
    publish = {"versi": "1", "alasan": "lengkapi", "berlaku": str(jakarta_day(pair.office.clock()))}
    changes: Sequence[tuple[str, str, Sequence[tuple[str, dict[str, str]]]]] = (
        ("jam buka kantor", "10.15", [(PROFILE, {"hours": "Senin–Jumat 10.15–15.30", "versi": "0"})]),
        (f"tanggal {say_date(day)} buka ga", "Cuti Bersama Contoh", [(HOLIDAYS, holiday)]),
        (
            "biaya 29102",
            "Tanpa pungutan",
            [
                (f"{standard}/komponen/4", {"versi": "0", "isi": "Gratis\nTanpa pungutan apa pun"}),
                (f"{standard}/terbitkan", {"tindakan": "terbitkan", **publish}),
            ],
        ),
    )
    for question, answer, forms in changes:
        await citizen.says(question)
        assert answer not in await citizen.page()
        for path, fields in forms:
            kept = await head.post(path, **{"tindakan": "simpan", **fields})
            assert kept.status == 303, kept.notice
        since = time.monotonic()
        await citizen.says(question)
        assert answer in await citizen.page()
        assert time.monotonic() - since < KNOWN


async def test_the_console_of_one_shows_what_the_other_did(pair: Pair, citizen: Citizen, head: Visitor) -> None:
    async with head.http.get(f"{head.url}/petugas/aliran") as stream:
        told = named(stream)
        await anext(told)  # that it is open
        for words in ("halo", "biaya 29102", "saya mau bicara dengan petugas"):
            await citizen.says(words)
            async with asyncio.timeout(SEEN):
                assert await anext(told) == "changed"


async def test_a_web_chat_of_one_shows_what_was_said_in_the_other(pair: Pair, citizen: Citizen) -> None:
    """The same citizen in two windows that a proxy gave to two processes."""
    there = Citizen(Visitor(pair.first.url.rstrip("/"), citizen.visitor.http))
    await citizen.says("halo")
    async with citizen.visitor.http.get(f"{citizen.visitor.url}/chat/stream") as stream:
        await shown(stream, "PASTI")  # what was there
        await there.says("biaya 29102")
        await shown(stream, "Gratis")


async def shown(stream: aiohttp.ClientResponse, words: str) -> None:
    async with asyncio.timeout(SEEN):
        while words not in (line := (await stream.content.readline()).decode()):
            assert line, f"the line ended without {words}"


async def named(stream: aiohttp.ClientResponse) -> AsyncIterator[str]:
    """The events of a line, by name."""
    async for line in stream.content:
        name, _, value = line.decode().strip().partition(": ")
        if name == "event":
            yield value


async def test_when_the_one_with_the_clock_is_killed_the_other_has_it(pair: Pair, citizen: Citizen) -> None:
    """A conversation that its officer has left alone is given back by the clock."""
    rina = hired(pair.office, "officer")
    await citizen.says("halo")
    await given_back(pair.office, rina.id)
    pair.first.process.kill()
    pair.first.process.wait()
    since = time.monotonic()
    await given_back(pair.office, rina.id)
    assert time.monotonic() - since < TAKEN_OVER


async def given_back(office: Office, officer_id: int) -> None:
    """An officer took the conversation long ago; returns when the clock has seen that."""
    long_ago = office.clock() - timedelta(days=2)
    held = {"officer_id": officer_id, "officer_active_at": long_ago, "last_inbound_at": long_ago}
    with office.database.transaction() as tx:
        tx.execute(update(conversations).values(held))
    async with asyncio.timeout(4 * TAKEN_OVER):
        while True:
            with office.database.reader() as conn:
                if conn.scalar(select(conversations.c.officer_id)) is None:
                    return
            await asyncio.sleep(0.1)


async def test_what_another_process_is_sending_is_left_to_it(tmp_path: Path) -> None:
    """Its connection was cut just now, so whoever starts sees nobody; but it lives, and may be sending."""
    url = postgresql.new_database("migrated", migrate)
    with closing(Database.open(url)) as database:
        office = Office(database, Sealer(SECRET))
        publish_shipped(office)
        address = Address("whatsapp", "+6281200000001")
        [decision] = receive(office, [Inbound(address, "SM1", office.clock(), "biaya 29102")])
        assert exchange(office, recipients=[decision.conversation]).parcels
        async with serving_whatsapp(tmp_path, DATABASE_URL=url, SECRET_KEY=SECRET) as (_, twilio):
            citizen = twilio.citizen("+6281200000002", "Asep")
            citizen.text("lama 29102")
            await citizen.reads(KNOWN + TAKEN_OVER)
            with database.reader() as conn:
                found = conn.execute(select(outbox.c.state).where(outbox.c.conversation_id == decision.conversation))
                assert found.scalars().all() == ["sending"]
