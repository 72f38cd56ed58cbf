"""What PostgreSQL does otherwise than SQLite: its tables, its locks, its words."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, nullcontext, suppress
from itertools import chain

import psycopg
import pytest
from alembic import command
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import notices, outbox, postgresql_engine
from storage.conversations import load_or_create
from storage.database import Database, DatabaseConflictError, DatabaseUnavailableError, alembic_config
from storage.models import metadata
from storage.notices import Line
from storage.outbox import OutboxRow
from tests import postgresql
from tests.storage.fresh import NOW, migrate
from tests.storage.schemas import schema

SOON = 10.0  # seconds


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(Database.open(postgresql.new_database("migrated", migrate))) as database:
        yield database


def test_migrations_make_what_the_models_say(database: Database) -> None:
    with database.schema_change() as tx:
        command.check(alembic_config(tx))
    declared = Database.open(postgresql.new_database("declared", declare))
    with closing(declared), declared.reader() as conn, database.reader() as migrated:
        assert schema(migrated) == schema(conn)


def declare(url: str) -> None:
    with closing(Database.open(url)) as database, database.transaction() as tx:
        metadata.create_all(tx)


@pytest.mark.parametrize(
    "statement", ["UPDATE case_events SET note = 'x'", "DELETE FROM case_events", "TRUNCATE case_events"]
)
def test_a_history_is_only_added_to(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as tx:
        tx.execute(text(statement))


def test_a_reader_sees_one_state_and_writes_nothing(database: Database) -> None:
    with database.reader() as conn:
        assert conn.scalar(text("SELECT count(*) FROM counters")) == 0
        with database.transaction() as tx:
            tx.execute(text("INSERT INTO counters VALUES ('ADU-2026', 1)"))
        assert conn.scalar(text("SELECT count(*) FROM counters")) == 0
    with pytest.raises(DatabaseUnavailableError, match="read-only"), database.reader() as conn:
        conn.execute(text("DELETE FROM counters"))


def test_a_database_without_tables_is_not_available() -> None:
    database = Database.open(postgresql.new_database("empty", lambda _url: None))
    missing = pytest.raises(DatabaseUnavailableError, match="does not exist")
    with closing(database), missing, database.reader() as conn:
        conn.execute(text("SELECT count(*) FROM outbox"))


def test_an_error_quotes_no_row(database: Database) -> None:
    insert = text("INSERT INTO counters VALUES (:name, 1)")
    with pytest.raises(IntegrityError) as caught, database.transaction() as tx:
        tx.execute(insert, [{"name": "081200001111"}, {"name": "081200001111"}])
    assert "081200001111" not in f"{caught.value} {caught.value.orig}"


def test_of_two_that_wait_for_each_other_one_is_told_so(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("INSERT INTO counters VALUES ('a', 0), ('b', 0)"))
    both, told = threading.Barrier(2), list[type[Exception]]()

    def take(first: str, second: str) -> None:
        try:
            with database.transaction() as tx:
                tx.execute(text("UPDATE counters SET value = value + 1 WHERE name = :name"), {"name": first})
                both.wait(10)
                tx.execute(text("UPDATE counters SET value = value + 1 WHERE name = :name"), {"name": second})
        except DatabaseConflictError as error:
            told.append(type(error))

    in_threads(lambda: take("a", "b"), lambda: take("b", "a"))
    assert told == [DatabaseConflictError]
    with database.reader() as conn:
        assert list(conn.scalars(text("SELECT value FROM counters"))) == [1, 1]


def test_a_line_that_was_closed_is_not_opened_by_whoever_comes_late(database: Database) -> None:
    line = Line(database, process=1)
    line.close()
    with pytest.raises(DatabaseUnavailableError, match="is closed"):
        line.connect()


def test_whoever_waits_on_a_line_that_is_closed_is_told(database: Database) -> None:
    """Else the thread, and with it the program that wants to stop, would wait for ever."""
    line, told, waits = Line(database, process=1), list[str](), threading.Event()
    line.connect()

    def wait() -> None:
        waits.set()
        try:
            line.count()
        except DatabaseUnavailableError as error:
            told.append(str(error))

    with database.schema_change() as tx:
        tx.execute(text("LOCK TABLE pg_database IN ACCESS EXCLUSIVE MODE"))  # which `count` reads
        waiting = threading.Thread(target=wait, daemon=True)
        waiting.start()
        waits.wait(SOON)
        until_blocked(tx)
        line.close()
        with ExitStack() as others:  # who get its number, and never have anything to say
            for end in chain.from_iterable(os.pipe() for _ in range(50)):
                others.callback(os.close, end)
            waiting.join(SOON)
            assert not waiting.is_alive()
    assert [words.partition(" to ")[0] for words in told] == ["The line"]


def until_blocked(tx: Connection) -> None:
    """Until somebody waits for what this transaction holds."""
    until = time.monotonic() + SOON
    while not tx.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
        assert time.monotonic() < until


def test_a_long_queue_is_read_in_its_order_though_nothing_is_known_of_it(database: Database) -> None:
    """Before PostgreSQL has counted what waits it takes it for nothing, and would sort it, or join it with itself."""
    count = 3_000
    with database.transaction() as tx:
        tx.execute(text("ANALYZE outbox"))
        keys = [("whatsapp", f"+62812{n:08d}") for n in range(count)]
        ids = iter(range(1, count + 1))
        rows = load_or_create(tx, keys, NOW, lambda: next(ids)).values()
        outbox.add(tx, [OutboxRow(10_000 + row.id, row.id, 1, NOW, NOW, [["plain", "Baik."]]) for row in rows])
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
    with database.reader() as conn:
        assert len(outbox.due_recipients(conn, "whatsapp", NOW, 500)) == 500
        query, values = asked[-1]
        plan = "\n".join(conn.exec_driver_sql(f"EXPLAIN {query}", values).scalars())
    assert "Index Scan using ix_outbox_due" in plan
    assert not any(word in plan for word in ("Sort", "Join", "Bitmap", "Seq Scan"))


def in_threads(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_row_that_is_locked_too_long_is_a_database_that_is_away(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("INSERT INTO counters VALUES ('a', 0)"))
    change = text("UPDATE counters SET value = 1")
    impatient = text("SELECT set_config('lock_timeout', '10ms', true); UPDATE counters SET value = 1")
    with database.transaction() as holder:
        holder.execute(change)
        with pytest.raises(DatabaseUnavailableError, match="lock timeout"), database.transaction() as tx:
            tx.execute(impatient)


@pytest.mark.parametrize("state", ["53100", "53200", "53300", "57P01", "57P03", "58030", "25006"])
def test_a_server_without_room_or_on_its_way_down_is_away(database: Database, state: str) -> None:
    refuse = text(f"DO $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '{state}'; END $$")
    with pytest.raises(DatabaseUnavailableError, match="no space left on device"), database.transaction() as tx:
        tx.execute(refuse)


def test_after_its_connections_were_cut_it_is_back_by_itself(database: Database) -> None:
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")
    with pytest.raises(DatabaseUnavailableError), database.transaction() as tx:
        tx.execute(cut)
    with database.transaction() as tx:
        tx.execute(text("INSERT INTO counters VALUES ('a', 0)"))


@pytest.mark.parametrize(("idle", "notices"), [(0.0, False), (60.0, True)])
def test_a_connection_that_died_unused_is_replaced_before_it_is_used_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, idle: float, notices: bool
) -> None:
    monkeypatch.setattr(postgresql_engine, "IDLE", idle)
    with database.reader() as first, database.reader() as second:
        mine, other = (conn.scalar(text("SELECT pg_backend_pid()")) for conn in (first, second))
    with psycopg.connect(database.engine.url.set(drivername="postgresql").render_as_string(False)) as admin:
        for pid in (mine, other):
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with pytest.raises(DatabaseUnavailableError) if notices else nullcontext(), database.transaction() as tx:
        tx.execute(text("INSERT INTO counters VALUES ('a', 0)"))


def test_a_connection_that_was_asked_still_undoes_what_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_engine, "IDLE", 0.0)
    for _ in range(2):  # the second time it is asked first
        with suppress(IntegrityError), database.transaction() as tx:
            tx.execute(text("INSERT INTO counters VALUES ('b', 0)"))
            tx.execute(text("INSERT INTO counters VALUES ('b', 0)"))
    with database.reader() as conn:
        assert conn.scalar(text("SELECT count(*) FROM counters")) == 0


def test_where_all_connections_are_busy_that_is_said_and_passes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = {"pool_size": 1, "max_overflow": 1, "pool_timeout": 0.01}
    monkeypatch.setattr(postgresql_engine, "POOL", {**postgresql_engine.POOL, **impatient})
    with closing(Database.open(database.engine.url.render_as_string(hide_password=False))) as small:
        busy = pytest.raises(DatabaseUnavailableError, match="All connections to the database")
        with small.reader(), small.reader(), busy, small.reader():
            pass
        with small.reader(), small.reader():
            pass


def test_one_recipient_is_taken_by_one_process(database: Database) -> None:
    with database.transaction() as first:
        assert outbox.lock_recipients(first, [1, 2]) == [1, 2]
        with database.transaction() as second:
            assert outbox.lock_recipients(second, [2, 3]) == [3]
    with database.transaction() as later:
        assert outbox.lock_recipients(later, [2]) == [2]


def test_processes_differ_in_number_hear_each_other_and_one_has_the_clock(database: Database) -> None:
    first, second = Line(database, 7), Line(database, 7)
    first.connect()
    second.connect()
    assert (first.process, first.serving, second.process, second.serving) == (7, 1, 8, 2)
    first.count()
    assert first.serving == 2
    assert (first.take_clock(), second.take_clock()) == (True, False)
    with database.transaction() as tx:
        notices.tell(tx, first.process, range(1, 1001))
    heard: set[int] = set()
    while len(heard) < 1000:
        heard |= second.heard(5)
    assert heard == set(range(1, 1001))
    assert first.heard(0.01) == set()  # nobody hears what they said themselves
    first.close()
    assert any(second.take_clock() for _ in range(1000))
    second.count()
    assert second.serving == 1
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_locks%' "
        "AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    with database.transaction() as tx:
        tx.execute(cut)
    with pytest.raises(DatabaseUnavailableError, match="line to the database"):
        second.heard(5)
    assert not second.leads
