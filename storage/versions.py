"""Versions of what processes keep in memory: whoever changes it bumps the version, whoever serves from it compares."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.models import Version, table
from storage.statements import upsert

KNOWLEDGE = "knowledge"
CALENDAR = "calendar"
PROFILE = "profile"
PROBE = "probe"  # nothing goes by it: it is bumped to see whether the database can be written
KEPT = "kept"  # what officers keep beside the standards: phrases, answers, laws

versions = table(Version)
_EVERY = select(versions.c.name, versions.c.value)


def get(conn: Connection, name: str) -> int:
    """0 when nothing was ever changed."""
    return conn.scalar(select(versions.c.value).where(versions.c.name == name)) or 0


def every(conn: Connection) -> dict[str, int]:
    """All versions by name, in one query; what was never changed is absent."""
    return {row.name: row.value for row in conn.execute(_EVERY)}


def bump(tx: Connection, name: str) -> int:
    insert = upsert(tx.dialect.name, versions).values(name=name, value=1)
    rise = insert.on_conflict_do_update(index_elements=["name"], set_={"value": versions.c.value + 1})
    value: int = tx.execute(rise.returning(versions.c.value)).scalar_one()
    return value
