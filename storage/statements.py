"""What the statements of this package share: rows as values, and the clause that each database spells for itself."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Executable, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.models import Row

Model = TypeVar("Model", bound=Row)


def values(row: Any) -> dict[str, Any]:
    """The columns of a slotted dataclass, as one set of parameters."""
    return {name: getattr(row, name) for name in row.__slots__}


def columns(table: Table, shape: Any) -> list[Column[Any]]:
    """The columns of a table that a slotted dataclass names, in its order: `shape(*row)` then makes the value."""
    return [table.c[name] for name in shape.__slots__]


def read(conn: Connection, model: type[Model], query: Executable) -> list[Model]:
    """The rows of a query over all columns of a model, as that model. For the colder tables: 65 µs a row."""
    return [model(**row._mapping) for row in conn.execute(query)]


def locked(conn: Connection, query: Select[Any], *, of: Table | None = None, skip_locked: bool = False) -> Select[Any]:
    """Its rows are locked until the commit where `conn` writes; readers and SQLite know no such locks. of: only its."""
    if conn.dialect.name == "sqlite" or not conn.get_execution_options().get("writes"):
        return query
    return query.with_for_update(of=of, skip_locked=skip_locked)


def upsert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say ON CONFLICT, for a connection of this dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
