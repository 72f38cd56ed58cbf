"""One statement for many rows, past what SQLAlchemy does for each row and column: that cost more than the writing.

A statement is compiled once for a database. The driver gets its SQL and the rows as tuples, each value converted by
the type of its column as always. Errors are SQLAlchemy's, and quote no row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Dialect, UpdateBase
from sqlalchemy.sql.compiler import SQLCompiler


def write_many(tx: Connection, statement: UpdateBase, rows: Sequence[Any], names: Sequence[str]) -> int:
    """Executes an INSERT or UPDATE of the columns `names` for each row; returns how many rows were written.

    Args:
        rows: objects with an attribute for each of the names, and for each parameter of the statement.
    """
    if not rows:
        return 0
    compiled = _compiled(statement, tx.dialect, tuple(names))
    return tx.exec_driver_sql(compiled.sql, compiled.parameters(rows)).rowcount


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    in_order: Callable[[Any], tuple[Any, ...]]  # what the SQL wants of a row
    converters: Sequence[tuple[int, Callable[[Any], Any]]]  # by place; most columns need none

    def parameters(self, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        columns: list[Iterable[Any]] = list(zip(*map(self.in_order, rows), strict=True))
        for place, convert in self.converters:
            columns[place] = map(convert, columns[place])
        return list(zip(*columns, strict=True))


@lru_cache(maxsize=64)
def _compiled(statement: UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup  # both dialects count their parameters
    types = [compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup]
    converters = [(place, type_.bind_processor(dialect)) for place, type_ in enumerate(types)]
    return _Compiled(
        compiled.string,
        attrgetter(*compiled.positiontup),
        [(place, convert) for place, convert in converters if convert is not None],
    )
