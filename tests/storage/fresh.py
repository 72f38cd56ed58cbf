"""New databases for tests: migrated once per process, then copied."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.database import Database

NOW = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)  # a Monday, 10.30 in Purwakarta


def fresh_database(folder: Path) -> Database:
    """An empty, migrated database at `pasti.db` in this folder; the caller closes it."""
    path = folder / "pasti.db"
    path.write_bytes(_migrated())
    return Database.open(str(path))


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pasti.db"
        database = Database.open(str(path))
        database.migrate()
        database.close()
        return path.read_bytes()
