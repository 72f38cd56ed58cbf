"""How PostgreSQL is connected to: what a connection begins with, and which of its errors say what.

A writer runs in READ COMMITTED and locks the rows that it decides upon; a reader has one snapshot for all its queries.
Nothing waits for ever: neither for a row, nor for an answer, nor for a machine that no longer answers.
"""

from __future__ import annotations

import math
import time
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

PATIENCE = 10  # seconds that a statement may take, and that it waits for a row that another process has locked
MIGRATIONS = 0x5041535449_01  # the key of an advisory lock; "PASTI" in its first bytes, as of all that are ours

CONNECT_ARGS = {
    "connect_timeout": 5,  # seconds for each address
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds: a machine that no longer answers is given up then
    "application_name": "pasti",
}
IDLE = 0.05  # seconds unused from which on a connection may have died unseen; under load, to ask took a twelfth
POOL = {
    "pool_size": 5,  # the writer, and pages that are read side by side
    "max_overflow": 5,
    "pool_timeout": 5,  # seconds; then all are busy, and that is said
}
READER = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

# Two processes that waited for each other, or wrote what the other had just changed: done again, it works.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_CONFLICTS = frozenset({"40001", "40P01"})
# Besides the loss of the connection (class 08, 57P…): no room (53…), a row locked too long, a statement too slow,
# a failover that left this connection with a server that may only read, a disk that cannot be read or written; and a
# database that has no tables of PASTI yet.
_AWAY = ("08", "53", "57", "58", "55P03", "25006", "42P01")

_USED = "used"  # when, as a connection's own entry of the pool notes


def set_up(engine: Engine) -> None:
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ask_whether_alive)


def is_conflict(error: DBAPIError) -> bool:
    return _sqlstate(error) in _CONFLICTS


def is_away(error: DBAPIError) -> bool:
    """Without a state an operational error never reached the server, or the server never answered."""
    state = _sqlstate(error)
    if error.connection_invalidated or (state is None and isinstance(error, OperationalError)):
        return True
    return state is not None and state.startswith(_AWAY)


def without_details(error: DBAPIError) -> None:
    """PostgreSQL quotes the row that it refuses, which may hold personal data: only its first line stays."""
    assert error.orig
    for each in (error, error.orig):
        each.args = (str(each.args[0]).partition("\n")[0], *each.args[1:]) if each.args else ()


def lock_for_migration(tx: Connection) -> None:
    """One process at a time changes tables, and takes its time; the others wait for it."""
    tx.execute(text("SET LOCAL statement_timeout = 0"))
    tx.execute(text("SET LOCAL lock_timeout = 0"))
    tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATIONS})


def be_alone(tx: Connection, name: str) -> None:
    """Waits until no other transaction has this name; nobody else gets it before the commit."""
    tx.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name)::bigint + (1::bigint << 40))"), {"name": name})


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _note_use(_driver: Any, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _ask_whether_alive(driver: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A connection that died while nobody used it is replaced before it is used, and so are all others of the pool."""
    if time.monotonic() - record.info.get(_USED, math.inf) < IDLE:
        return
    try:
        driver.autocommit = True
        driver.execute("SELECT 1")
        driver.autocommit = False
    except driver.Error as error:
        raise InvalidatePoolError from error


def _set_up_connection(driver: Any, _record: object) -> None:
    """By SET, because a pooler in between may refuse options when connecting."""
    before = driver.autocommit
    driver.autocommit = True
    driver.execute(
        f"SET statement_timeout = '{PATIENCE}s'; SET lock_timeout = '{PATIENCE}s'; "
        f"SET idle_in_transaction_session_timeout = '{6 * PATIENCE}s'; SET TIME ZONE 'UTC'"
    )
    driver.autocommit = before
