"""How SQLite is connected to: a write-ahead log, commits that are on the disk, and a writer that waits at its start."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

PATIENCE = 10  # seconds that a writer waits for another one
CONNECT_ARGS = {"timeout": PATIENCE}


def set_up(engine: Engine) -> None:
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)


def foreign_keys(conn: Connection, state: str) -> None:
    """Past SQLAlchemy, which would begin a transaction first, and inside one this PRAGMA does nothing."""
    driver: Any = conn.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={state}")


def first_orphan(conn: Connection) -> str | None:
    """A table with rows that refer to nothing."""
    broken = conn.exec_driver_sql("PRAGMA foreign_key_check").first()
    return str(broken[0]) if broken else None


def _set_up_connection(driver: Any, _record: object) -> None:
    driver.isolation_level = None  # the driver begins nothing by itself, so that `_begin` can
    # 12 MB of pages a connection: with a million messages the default of two no longer holds what a batch touches.
    # A server moves the log into the file beside its commits (`checkpoint`); by itself SQLite does so at 80 MB of log.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-12000",
        "wal_autocheckpoint=20000",
    ):
        driver.execute(f"PRAGMA {pragma}")


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")
