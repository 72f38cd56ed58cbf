"""Two processes on one PostgreSQL do the same thing at the same moment: neither trips over the other.

Where it has to be the very moment, one of them is held in the middle until the other waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from datetime import time as hour
from itertools import count
from typing import TypeVar

import pytest
from sqlalchemy import Connection, text

from handlers import (
    accounts,
    attempts,
    deadlines,
    drafts,
    golden,
    holidays,
    office_profile,
    phrasing,
    saved_replies,
    signing_in,
)
from handlers.access import Actor
from handlers.case_entry import Entry, register_elsewhere
from handlers.office import Office
from handlers.phrasing import Wanted
from handlers.shipped import publish_shipped
from handlers.signing_in import NewSession
from handlers.trial import Outcome
from knowledge.calendar import JAKARTA
from knowledge.search import key
from storage import cases, sessions
from storage.database import Database
from storage.sealed import Sealer
from tests import postgresql
from tests.bot.reminded import SEVENTH, filed, stopped
from tests.offices import Clock
from tests.staff import hired
from tests.storage.fresh import NOW, migrate

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


def until_they_wait(office: Office, pool: ThreadPoolExecutor, *works: Callable[[], T]) -> list[Future[T]]:
    """Begins these, and returns when each waits for a lock that somebody else has, or is done."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    begun = [pool.submit(work) for work in works]
    deadline = time.monotonic() + PATIENCE
    while True:
        with office.database.reader() as conn:
            if conn.scalar(waiting) >= sum(not each.done() for each in begun):
                return begun
        assert time.monotonic() < deadline, "one neither waits nor ends"


def test_who_begins_while_another_comes_in_is_counted(office: Office, pool: ThreadPoolExecutor) -> None:
    keys = sorted(attempts.begin(office, "budi", NETWORK).counted)
    with office.database.transaction() as tx:
        sessions.lock_failures(tx, keys[:1])
        [second] = until_they_wait(office, pool, lambda: attempts.begin(office, "budi", NETWORK))
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


def test_cases_of_both_kinds_are_filed_in_any_order(office: Office, pool: ThreadPoolExecutor) -> None:
    def filed(tx: Connection, *kinds: str) -> list[int]:
        return [cases.next_number(tx, kind, NOW.year) for kind in kinds]

    def filed_elsewhere() -> list[int]:
        with office.database.transaction() as tx:
            return filed(tx, "suggestion", "complaint")

    with office.database.transaction() as tx:
        first = filed(tx, "complaint")
        [second] = until_they_wait(office, pool, filed_elsewhere)
        first += filed(tx, "suggestion")
    assert (first, second.result()) == ([1, 1], [2, 2])


# ------------------------------------------------------------ what only one of two can do


def outcome(work: Callable[[], object]) -> str:
    try:
        return type(work()).__name__
    except Exception as error:
        return type(error).__name__


def a_name(office: Office, _: Actor) -> object:
    return accounts.add_officer(office, username="budi", name="Budi", role="officer")


def the_first_admin(office: Office, _: Actor) -> object:
    return accounts.first_admin(office)


def a_shortcut(office: Office, head: Actor) -> object:
    return saved_replies.keep(office, head, None, "jam-buka", "Kami buka pukul 08.00.")


def a_draft(office: Office, head: Actor) -> None:
    with office.database.reader() as conn:
        name = key(office.library.current(conn).catalogue.published[0])
    drafts.save(office, head, name, 0, components={4: f"Rp{office.new_id()}"})


def the_profile(office: Office, head: Actor) -> object:
    return office_profile.keep(office, head, {"address": f"Jalan Contoh {office.new_id()}"}, 0)


def a_golden_question(office: Office, head: Actor) -> object:
    return golden.keep(office, head, "berapa biayanya", Outcome("none"))


def a_phrase(office: Office, head: Actor) -> object:
    with office.database.reader() as conn:
        identity = office.library.current(conn).catalogue.published[0].standard.identity
    return phrasing.add(office, head, Wanted("mobil desa baru", identity))


def a_holiday(office: Office, head: Actor) -> object:
    return holidays.keep(office, head, holidays.Entry("2026-11-13", "Cuti Bersama Contoh", "government"))


def a_letter(office: Office, head: Actor) -> object:
    letter = Entry("letter", NOW, "Antrean loket tiga jam", "loket MPP", "Yayat Hidayat", address="Jalan Contoh 5")
    return register_elsewhere(office, head, letter)


@pytest.mark.parametrize(
    ("work", "table", "outcomes"),
    [
        (a_name, "officers", ["AccountError", "str"]),
        (the_first_admin, "officers", ["NoneType", "str"]),
        (a_shortcut, "saved_replies", ["ReplyProblemError", "int"]),
        (a_draft, "standard_drafts", ["DraftChangedError", "NoneType"]),
        (the_profile, "office_profile", ["ChangedMeanwhileError", "tuple"]),
        (a_golden_question, "golden_questions", ["GoldenProblemError", "int"]),
        (a_phrase, "phrases", ["PhraseProblemError", "int"]),
        (a_holiday, "calendar_days", ["HolidayProblemError", "date"]),
        (a_letter, "parties", ["AlreadyThere", "Registered"]),
    ],
)
def test_of_two_who_do_it_at_once_the_second_is_told(
    office: Office, pool: ThreadPoolExecutor, work: Callable[[Office, Actor], object], table: str, outcomes: list[str]
) -> None:
    publish_shipped(office)
    head = Actor(1, "Rina", "head", "rina") if work is the_first_admin else hired(office, "head")

    def done() -> str:
        return outcome(lambda: work(office, head))

    with office.database.transaction() as tx:
        tx.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))  # it can be read, and nobody gets further than that
        both = until_they_wait(office, pool, done, done)
    assert sorted(each.result() for each in both) == outcomes


def test_two_that_make_an_office_at_once_publish_the_shipped_standards_once(
    office: Office, pool: ThreadPoolExecutor
) -> None:
    with office.database.transaction() as tx:
        tx.execute(text("LOCK TABLE editions IN SHARE MODE"))
        both = until_they_wait(office, pool, lambda: publish_shipped(office), lambda: publish_shipped(office))
    assert [each.result() for each in both] == [None, None]
    with office.database.reader() as conn:
        assert conn.scalar(text("SELECT count(*) FROM editions")) == 1


def test_two_clocks_remind_once(office: Office, pool: ThreadPoolExecutor) -> None:
    """As for a moment after one of them was cut off and does not know it yet."""
    clock = stopped(office)
    publish_shipped(office)
    hired(office, "head")
    filed(office)
    clock.now = datetime.combine(SEVENTH, hour(9), JAKARTA)
    with office.database.transaction() as tx:
        tx.execute(text("LOCK TABLE reminders IN SHARE MODE"))
        both = until_they_wait(office, pool, lambda: deadlines.remind(office), lambda: deadlines.remind(office))
    assert sorted(len(each.result()) for each in both) == [0, 1]
