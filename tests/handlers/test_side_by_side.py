"""Two processes on one PostgreSQL do the same thing at the same moment: neither trips over the other.

Where it has to be the very moment, one of them is held in the middle until the other waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import count
from typing import TypeVar

import pytest
from sqlalchemy import text

from handlers import accounts, attempts, signing_in
from handlers.office import Office
from handlers.signing_in import NewSession
from storage import sessions
from storage.database import Database
from storage.sealed import Sealer
from tests import postgresql
from tests.offices import Clock
from tests.storage.fresh import migrate

T = TypeVar("T")
PASSWORD = "pagi hari di waduk"
NETWORK = "192.0.2.1"
PATIENCE = 10.0  # seconds until the other one waits


@pytest.fixture
def office() -> Iterator[Office]:
    with closing(Database.open(postgresql.new_database("migrated", migrate))) as database:
        yield Office(database, Sealer("a secret for tests"), Clock(), count(1000).__next__)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def until_it_waits(office: Office, pool: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
    """Begins the work, and returns when it waits for a lock that somebody else has, or is done."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    begun = pool.submit(work)
    deadline = time.monotonic() + PATIENCE
    while not begun.done():
        with office.database.reader() as conn:
            if conn.scalar(waiting):
                return begun
        assert time.monotonic() < deadline, "it neither waits nor ends"
    return begun


def test_who_begins_while_another_comes_in_is_counted(office: Office, pool: ThreadPoolExecutor) -> None:
    keys = sorted(attempts.begin(office, "budi", NETWORK).counted)
    with office.database.transaction() as tx:
        sessions.lock_failures(tx, keys[:1])
        second = until_it_waits(office, pool, lambda: attempts.begin(office, "budi", NETWORK))
        with office.database.transaction() as other:
            sessions.forget_failures(other, keys[1:])  # as who came in does
    assert sorted(second.result().counted) == keys


def test_all_who_sign_in_at_once_come_in(office: Office, pool: ThreadPoolExecutor) -> None:
    """From one network, as an office in the morning, and two of them with two devices."""
    names = [f"petugas{n}" for n in range(3)]
    for name in names:
        accounts.add_officer(office, username=name, name=name, role="officer", password=PASSWORD)
    for _ in range(5):
        assert isinstance(office.clock, Clock)
        office.clock.now += accounts.LONGEST + attempts.FORGOTTEN_AFTER  # what was there has ended, and is deleted
        found = pool.map(lambda name: signing_in.sign_in(office, name, PASSWORD, NETWORK, "Firefox"), names * 3)
        assert [type(each) for each in found] == [NewSession] * 9
    with office.database.reader() as conn:
        assert conn.scalar(text("SELECT count(*) FROM sessions")) == 9
