"""Column types that mean the same in SQLite and PostgreSQL, and the small vocabulary of constraints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ColumnElement, DateTime, Dialect, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine


class Moment(TypeDecorator[datetime]):
    """An instant: aware on the way in, aware UTC on the way out. SQLite would drop the zone and compare text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """SQLite keeps text. A batch writes the same few moments into hundreds of columns: each is spelt once."""
        return _as_sqlite_keeps_it if dialect.name == "sqlite" else super().bind_processor(dialect)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone; the database keeps aware instants only")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


@lru_cache(maxsize=1024)
def _as_sqlite_keeps_it(value: datetime | None) -> str | None:
    """As SQLAlchemy spells it: `2026-11-09 03:30:00.000000`."""
    return None if value is None else _in_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


class Id(TypeDecorator[int]):
    """A 64-bit id made by the program. SQLite spells it INTEGER, which makes it the row's own key: no second index."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Document(TypeDecorator[Any]):
    """JSON: JSONB in PostgreSQL, text in SQLite. None is SQL's NULL, not JSON's null."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        portable = JSONB(none_as_null=True) if dialect.name == "postgresql" else JSON(none_as_null=True)
        return dialect.type_descriptor(portable)


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """Only these values; NULL passes where the column allows it."""
    return CheckConstraint(_OneOf(column, values), name=column)


class _OneOf(ColumnElement[bool]):
    """SQLite makes and searches a table of its own for an `IN` of three, for each row that it writes."""

    inherit_cache = False

    def __init__(self, column: str, values: Sequence[str]) -> None:
        self.column = column
        self.values = values


@compiles(_OneOf)
def _listed(element: _OneOf, _compiler: SQLCompiler, **_: Any) -> str:
    return f"{element.column} IN ({', '.join(map(repr, element.values))})"


@compiles(_OneOf, "sqlite")
def _spelt_out(element: _OneOf, _compiler: SQLCompiler, **_: Any) -> str:
    return " OR ".join(f"{element.column} = {value!r}" for value in element.values)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the few rows that are still to be worked on, so that it stays small beside millions that are done."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
