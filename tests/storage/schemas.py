"""Every table, index, constraint and trigger, as the database itself tells it: two that are alike are the same here."""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
_POSTGRESQL = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION SELECT conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' AND contype <> 'n'
UNION SELECT table_name || '.' || column_name, data_type || is_nullable FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""


def schema(conn: Connection) -> dict[str, list[str]]:
    """By name. In SQLite's words blanks, quotes and the order in a table do not count."""
    if conn.dialect.name == "postgresql":
        return {name: [told] for name, told in conn.execute(text(_POSTGRESQL))}
    rows = conn.execute(text(_SQLITE))
    return {name: sorted(re.split(r",|(?=CONSTRAINT)", re.sub(r"\s|\"", "", sql)[:-1])) for name, sql in rows}
