"""New databases for tests: each kind is made once, then copied. In SQLite, or as `tests.postgresql` says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storage.database import Database, sqlite_path
from tests import postgresql

NOW = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)  # a Monday, 10.30 in Purwakarta

_made: dict[str, bytes] = {}  # files of SQLite by their kind


def fresh_database(folder: Path) -> Database:
    """An empty, migrated database, of SQLite at `pasti.db` in this folder; the caller closes it."""
    return Database.open(copy_of("migrated", migrate, folder))


def copy_of(kind: str, make: Callable[[str], None], folder: Path) -> str:
    """The address of a new database that is as `make` makes it at the address that it is given."""
    if postgresql.ON_POSTGRESQL:
        return postgresql.new_database(kind, make)
    if kind not in _made:
        with TemporaryDirectory() as temporary:
            path = Path(temporary) / "pasti.db"
            make(str(path))
            _made[kind] = path.read_bytes()
    path = folder / "pasti.db"
    path.write_bytes(_made[kind])
    return str(path)


def address(database: Database) -> str:
    """As commands and DATABASE_URL take it: with its password."""
    return database.engine.url.render_as_string(hide_password=False)


def document(value: object) -> Any:
    """A JSON column that was read by plain SQL: SQLite gives its text."""
    return json.loads(value) if isinstance(value, str) else value


@contextmanager
def away(database: Database, table: str | None = None) -> Iterator[None]:
    """Meanwhile it cannot be used: PostgreSQL lets nobody in, and the file of SQLite is elsewhere.

    table: it is enough that SQLite lacks this one, for there are others at work, who have the file open.
    """
    if not database.is_sqlite:
        with postgresql.closed(str(database.engine.url.database)):
            yield
    elif table:
        _execute(database, f"ALTER TABLE {table} RENAME TO gone")
        try:
            yield
        finally:
            _execute(database, f"ALTER TABLE gone RENAME TO {table}")
    else:
        path = sqlite_path(database.url)
        assert path
        database.close()  # which moves its log into its file
        elsewhere = path.rename(path.with_name("elsewhere.db"))
        path.mkdir()
        try:
            yield
        finally:
            path.rmdir()
            elsewhere.rename(path)


def _execute(database: Database, statement: str) -> None:
    with database.transaction() as tx:
        tx.exec_driver_sql(statement)


def migrate(url: str) -> None:
    database = Database.open(url)
    database.migrate()
    database.close()
