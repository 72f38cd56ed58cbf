"""What processes on one PostgreSQL tell each other, and which of them does what only one may do.

Each process that serves has one connection for this alone. On it it listens, holds its number (no two make the same
ids) and, one of them, the clock. PostgreSQL gives both back when the connection ends, however the process ended.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, DatabaseUnavailableError
from storage.ids import PROCESSES

if TYPE_CHECKING:
    import psycopg

CHANNEL = "pasti"
LEAVING = 1.0  # seconds for whoever uses the line, once it is cut; the program's end closes it else
LARGEST = 300  # ids in one notice; PostgreSQL takes 8000 bytes
_CLOCK = 0x5041535449_02  # keys of advisory locks: one number, or a class and a number within it
_PROCESS = 0x5041
_SERVING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND pid <> pg_backend_pid()"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Line:
    """The connection. Every method but `close` raises DatabaseUnavailableError when it is cut."""

    def __init__(self, database: Database, process: int) -> None:
        """process: the number to try first."""
        self._database = database
        self._connection: psycopg.Connection[Any] | None = None
        self._use = RLock()
        self._closed = False
        self.process = process
        self.serving = 1  # processes, when they were last counted; this one too
        self.leads = False  # the clock is its

    def connect(self) -> None:
        """Begins to listen, under a number that no other process has."""
        self.leads = False
        with self._named():
            if self._closed:  # meanwhile: a thread cannot be called back
                raise DatabaseUnavailableError("The line to the database is closed")
            fairy = self._database.engine.raw_connection()
            driver = fairy.driver_connection
            fairy.detach()  # it never goes back to the pool
            self._connection = cast("psycopg.Connection[Any]", driver)
            self._connection.autocommit = True
            self._connection.execute(f"LISTEN {CHANNEL}")
            while not self._try("SELECT pg_try_advisory_lock(%s, %s)", _PROCESS, self.process):
                self.process = (self.process + 1) % PROCESSES
        self.count()

    def count(self) -> None:
        """How many serve now."""
        with self._named():
            assert self._connection
            others = self._connection.execute(_SERVING, (_PROCESS,)).fetchone()
            self.serving = 1 + (others[0] if others else 0)

    def take_clock(self) -> bool:
        """Whether the clock is this process's, now or already."""
        with self._named():
            self.leads = self.leads or self._try("SELECT pg_try_advisory_lock(%s)", _CLOCK)
        return self.leads

    def heard(self, seconds: float) -> set[int]:
        """Waits for so long; the conversations that other processes changed meanwhile."""
        with self._named():
            assert self._connection
            notices = self._connection.notifies(timeout=seconds, stop_after=1)
            return {id_ for notice in notices for id_ in self._of_others(notice.payload)}

    def close(self) -> None:
        """For good, from any thread."""
        self._closed = True
        self._cut()

    def _cut(self) -> None:
        """It is cut first, and closed when nobody uses it any more.

        Who waits for an answer on a line that is closed waits for ever, and the program that wants to stop for them.
        """
        from psycopg import Error  # noqa: PLC0415 - as below

        self.leads = False
        if connection := self._connection:
            with suppress(OSError, Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        if self._use.acquire(timeout=LEAVING):
            try:
                if self._connection:
                    self._connection.close()
                    self._connection = None
            finally:
                self._use.release()

    def _try(self, query: str, *keys: int) -> bool:
        assert self._connection
        found = self._connection.execute(query, keys).fetchone()
        return found == (True,)

    def _of_others(self, payload: str) -> Iterator[int]:
        process, _, ids = payload.partition(":")
        if process != str(self.process):
            yield from map(int, filter(None, ids.split(",")))

    @contextmanager
    def _named(self) -> Iterator[None]:
        from psycopg import Error  # noqa: PLC0415 - 9 MB of memory that an office on SQLite does without

        try:
            with self._use:
                yield
        except (Error, SQLAlchemyError) as error:
            self._cut()
            raise DatabaseUnavailableError(f"The line to the database {self._database.url} was cut") from error


def serving(conn: Connection) -> int:
    """How many processes serve from this database. Of SQLite nobody knows: there the data folder's lock does."""
    if conn.dialect.name == "sqlite":
        return 0
    return int(conn.exec_driver_sql(_SERVING, (_PROCESS,)).scalar_one())


def tell(tx: Connection, process: int, ids: Collection[int]) -> None:
    """Whoever listens hears, at the commit, that these conversations have changed."""
    ordered = sorted(ids)
    for at in range(0, len(ordered), LARGEST):
        payload = f"{process}:{','.join(map(str, ordered[at : at + LARGEST]))}"
        tx.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload})
