"""What a process tells the others on its PostgreSQL, and how often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from bot.neighbours import GATHER, OFTEN, Neighbours
from handlers.office import Office
from storage.database import Database
from storage.notices import Line
from storage.sealed import Sealer
from tests import postgresql
from tests.storage.fresh import migrate

SOON = 10.0  # seconds


@pytest.fixture
def office() -> Iterator[Office]:
    with closing(Database.open(postgresql.new_database("migrated", migrate))) as database:
        yield Office(database, Sealer("a secret of these tests"))


@pytest.fixture
def lines(office: Office) -> Iterator[tuple[Line, Line]]:
    with ExitStack() as stack:
        found = tuple(stack.enter_context(closing(Line(office.database, number))) for number in (1, 2))
        for line in found:
            line.connect()
        yield found[0], found[1]


async def test_what_follows_at_once_is_told_together_and_a_little_later(
    office: Office, lines: tuple[Line, Line]
) -> None:
    mine, other = lines
    neighbours = Neighbours(office, mine, lambda _: None)
    running = asyncio.create_task(neighbours.run())
    neighbours.tell([1])
    assert await asyncio.to_thread(other.heard, SOON) == {1}
    since = time.monotonic()
    for number in range(2, 50):
        neighbours.tell([number])
        await asyncio.sleep(0)
    assert await asyncio.to_thread(other.heard, SOON) == set(range(2, 50))
    assert time.monotonic() - since > OFTEN - 2 * GATHER
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
