"""Moves an office into another database: from SQLite to PostgreSQL when it outgrew a file, or back.

All is read from one snapshot of the source and written in chunks, each its own commit, so that a copy that was cut off
goes on where it was. Until every table was compared, row by row, a mark stands in the target: nothing serves from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, func, insert, inspect, select, text, update

from storage.database import HEAD, Database, DatabaseUnavailableError
from storage.models import Version, metadata, table

MARK = "copying"  # the version by which a target is known that is not all there yet
CHUNK = 2000  # rows in a commit

versions = table(Version)
_TABLES = [each for each in metadata.sorted_tables if each is not versions]  # what is referred to goes first


class CopyError(RuntimeError):
    """Nothing can be copied between these two, or something was not copied. The message is for the operator."""


def copy(source: Database, target: Database, told: Callable[[str, int], None]) -> int:
    """How many rows there are now. told: hears of each table, with its rows. Raises CopyError.

    The caller sees to it that nobody writes to the source meanwhile.
    """
    with source.reader() as conn:
        _patient(conn)
        _check_source(conn)
        target.migrate()
        _begin(target)
        rows = 0
        for each in _TABLES:
            _fill(conn, target, each)
            _refer(conn, target, each)
            copied = _compared(conn, target, each)
            told(each.name, copied)
            rows += copied
        return rows + _end(conn, target)


def refuse_unfinished(database: Database) -> None:
    """Raises DatabaseUnavailableError for the target of a copy that was not finished."""
    with database.reader() as conn:
        if _is_marked(conn):
            raise DatabaseUnavailableError(
                f"{database.url} is not all there: a copy into it was cut off. Give `pasti database copy` again."
            )


def _patient(conn: Connection) -> None:
    """For this transaction alone: to read a whole table takes longer than anything that a citizen waits for."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL statement_timeout = 0"))
        conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _check_source(conn: Connection) -> None:
    revision = None
    if inspect(conn).has_table("alembic_version"):
        revision = conn.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is None:
        raise CopyError("There is no office of PASTI to be copied.")
    if revision != HEAD:
        raise CopyError(f"Its tables are those of migration {revision}, not {HEAD}: start this version on it once.")
    if _is_marked(conn):
        raise CopyError("It is itself a copy that was not finished.")


def _is_marked(conn: Connection) -> bool:
    return conn.scalar(select(versions.c.value).where(versions.c.name == MARK)) is not None


def _begin(target: Database) -> None:
    with target.transaction() as tx:
        if _is_marked(tx):
            return
        if full := [
            each.name for each in [versions, *_TABLES] if tx.execute(select(1).select_from(each).limit(1)).all()
        ]:
            raise CopyError(f"{target.url} is not empty: there are rows in {', '.join(full)}. Nothing was copied.")
        tx.execute(insert(versions).values(name=MARK, value=1))


def _fill(conn: Connection, target: Database, rows: Table) -> None:
    """What is not there yet. A reference within the table waits, since it may lead to a later row."""
    later = {column.name for column in _own_references(rows)}
    with target.reader() as there:
        _patient(there)
        done = there.scalar(select(func.count()).select_from(rows)) or 0
    found = _stream(conn, rows, done)
    while chunk := list(islice(found, CHUNK)):
        with target.transaction() as tx:
            tx.execute(insert(rows), [{**row, **dict.fromkeys(later)} for row in chunk])


def _refer(conn: Connection, target: Database, rows: Table) -> None:
    for column in _own_references(rows):
        query = select(rows.c.id.label("row_id"), column.label("other")).where(column.is_not(None)).order_by(rows.c.id)
        found = conn.execute(query).mappings().all()
        refer = update(rows).where(rows.c.id == bindparam("row_id")).values({column.name: bindparam("other")})
        for at in range(0, len(found), CHUNK):
            with target.transaction() as tx:
                tx.execute(refer, [dict(row) for row in found[at : at + CHUNK]])


def _own_references(rows: Table) -> list[Any]:
    return [key.parent for key in rows.foreign_keys if key.column.table is rows]


def _compared(conn: Connection, target: Database, rows: Table) -> int:
    """How many rows the table has, the same on both sides."""
    with target.reader() as there:
        _patient(there)
        copied, original = _digest(there, rows), _digest(conn, rows)
    if copied != original:
        raise CopyError(
            f"{rows.name} is not the same in {target.url}: {copied[0]} rows of {original[0]}, or others. If the source "
            "was changed since the copy was begun, empty the target and begin again."
        )
    return original[0]


def _digest(conn: Connection, rows: Table) -> tuple[int, int]:
    """How many rows, and a sum over them that knows no order: the two databases sort text each in its own way."""
    count = total = 0
    for row in _stream(conn, rows, 0):
        written = json.dumps(list(row.values()), sort_keys=True, default=str).encode()
        total += int.from_bytes(hashlib.blake2b(written, digest_size=16).digest())
        count += 1
    return count, total % (1 << 128)


def _stream(conn: Connection, rows: Table, start: int) -> Iterator[dict[str, Any]]:
    """All rows from this one on, in an order that is always the same in one database."""
    query = select(rows).order_by(*rows.primary_key.columns).offset(start)
    with conn.execution_options(stream_results=True).execute(query) as result:
        for partition in result.partitions(CHUNK):
            yield from map(_portable, partition)


def _portable(row: Row[Any]) -> dict[str, Any]:
    return {name: _without_nul(value) for name, value in row._mapping.items()}


def _without_nul(value: Any) -> Any:
    """PostgreSQL keeps no NUL in text. Nothing takes one in; what an older program kept goes over without it."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(each) for name, each in value.items()}
    return value


def _end(conn: Connection, target: Database) -> int:
    """The versions go last, in the place of the mark."""
    known: Sequence[Any] = conn.execute(select(versions)).mappings().all()
    with target.transaction() as tx:
        tx.execute(delete(versions))
        if known:
            tx.execute(insert(versions), [dict(row) for row in known])
    return len(known)
