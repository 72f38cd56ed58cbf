"""Editions and their standards as rows. Which of them is current is decided in `handlers.editions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, insert, select, true, update

from storage.models import Edition, Standard, table
from storage.models.knowledge import CURRENT
from storage.statements import columns, values

editions = table(Edition)
standards = table(Standard)


@dataclass(frozen=True, slots=True)
class EditionRow:
    id: int
    sequence: int  # order of import, from 1
    title: str
    effective_on: date | None
    whole: bool  # it names every standard there is
    imported_at: datetime
    source_name: str
    source_sha256: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A standard without its texts: enough to settle what replaces what."""

    id: int
    edition_id: int
    identity: str
    number: int
    digest: str
    status: str = CURRENT
    ended_by: int | None = None  # the edition that replaced or withdrew it


@dataclass(frozen=True, slots=True)
class StandardRow:
    id: int
    edition_id: int
    identity: str
    number: int
    title: str
    kbli: str | None
    risk: str | None
    product: str | None
    components: Mapping[str, str]  # {"1": text, … "14": text}
    findings: Sequence[Mapping[str, Any]]
    digest: str
    status: str
    ended_by: int | None


def publish(
    tx: Connection, edition: EditionRow, added: Sequence[StandardRow], ended: Mapping[int, tuple[str, int | None]]
) -> None:
    """Write an edition with its standards, and what it ended: id of the standard to (status, ending edition)."""
    tx.execute(insert(editions).values(values(edition)))
    if ended:  # before the new ones: an identity is current once
        tx.execute(_END, [{"row_id": id_, "status": status, "ended_by": by} for id_, (status, by) in ended.items()])
    tx.execute(insert(standards), [values(row) for row in added])


def any_edition(conn: Connection) -> bool:
    return bool(conn.scalar(select(exists().select_from(editions))))


def all_editions(conn: Connection) -> list[EditionRow]:
    """In order of import."""
    query = select(*columns(editions, EditionRow)).order_by(editions.c.sequence)
    return [EditionRow(*row) for row in conn.execute(query)]


def all_entries(conn: Connection) -> list[EntryRow]:
    return [EntryRow(*row) for row in conn.execute(select(*columns(standards, EntryRow)))]


def current(conn: Connection) -> Iterator[tuple[StandardRow, EditionRow]]:
    """Each standard that is in force, with the one edition that it comes from. One at a time: a regulation is long."""
    return _each_with_edition(conn, standards.c.status == CURRENT)


def history(conn: Connection, identity: str) -> list[tuple[StandardRow, EditionRow]]:
    """Every edition of one standard, the current one included."""
    return _with_edition(conn, standards.c.identity == identity)


def of_code(conn: Connection, kbli: str | None) -> list[tuple[StandardRow, EditionRow]]:
    """Those in force of one KBLI code; None: those without."""
    return _with_edition(conn, (standards.c.status == CURRENT) & (standards.c.kbli.is_not_distinct_from(kbli)))


def current_of(conn: Connection, identity: str) -> tuple[StandardRow, EditionRow] | None:
    """What is in force of one standard."""
    found = _with_edition(conn, (standards.c.identity == identity) & (standards.c.status == CURRENT))
    return next(iter(found), None)


def row_of(conn: Connection, id_: int) -> tuple[StandardRow, EditionRow] | None:
    """One standard of one edition."""
    return next(iter(_with_edition(conn, standards.c.id == id_)), None)


def everything(conn: Connection) -> list[tuple[StandardRow, EditionRow]]:
    """All standards of all editions."""
    return _with_edition(conn, true())


def _with_edition(conn: Connection, condition: ColumnElement[bool]) -> list[tuple[StandardRow, EditionRow]]:
    return list(_each_with_edition(conn, condition))


def _each_with_edition(conn: Connection, condition: ColumnElement[bool]) -> Iterator[tuple[StandardRow, EditionRow]]:
    of_edition = {edition.id: edition for edition in all_editions(conn)}
    query = select(*columns(standards, StandardRow)).where(condition).order_by(standards.c.number, standards.c.id)
    for row in conn.execute(query.execution_options(yield_per=100)):
        found = StandardRow(*row)
        yield found, of_edition[found.edition_id]


_END = (
    update(standards)
    .where(standards.c.id == bindparam("row_id"))
    .values(status=bindparam("status"), ended_by=bindparam("ended_by"))
)
