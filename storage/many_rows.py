"""One statement for many rows, past what SQLAlchemy does for each row and column: that cost more than the writing.

A statement is compiled once for a database. The driver gets its SQL and the rows as tuples, each value converted by
the type of its column as always. Errors are SQLAlchemy's, and quote no row.

What no row says anything in is NULL in the statement itself: the driver takes longer over a None than over a text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update, null
from sqlalchemy.sql.compiler import SQLCompiler


def write_many(
    tx: Connection, statement: Insert | Update, rows: Sequence[Any], names: Sequence[str], by: Sequence[str] = ()
) -> int:
    """Executes a statement for each row; returns how many rows were written.

    Args:
        rows: objects with an attribute for each column.
        names: the columns to set.
        by: the parameters by which an UPDATE finds its row.
    """
    if not rows:
        return 0
    wanted = (*names, *by)
    columns = dict(zip(wanted, zip(*map(attrgetter(*wanted), rows), strict=True), strict=True))
    empty = tuple(name for name in names if columns[name].count(None) == len(rows))
    compiled = _compiled(statement, tx.dialect, tuple(names), empty)
    parameters = [
        map(convert, columns[name]) if convert is not None else columns[name] for name, convert in compiled.parameters
    ]
    return tx.exec_driver_sql(compiled.sql, list(zip(*parameters, strict=True))).rowcount


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    parameters: Sequence[tuple[str, Callable[[Any], Any] | None]]  # in their order, with what converts them


@lru_cache(maxsize=256)
def _compiled(
    statement: Insert | Update, dialect: Dialect, names: tuple[str, ...], empty: tuple[str, ...]
) -> _Compiled:
    given = [name for name in names if name not in empty]
    compiled = statement.values(dict.fromkeys(empty, null())).compile(dialect=dialect, column_keys=given)
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup  # both dialects count their parameters
    types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup}
    return _Compiled(compiled.string, [(name, types[name].bind_processor(dialect)) for name in compiled.positiontup])
