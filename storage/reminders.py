"""What the clock told officers of cases, and what they have read of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from storage.case_sight import CaseReader, visible_cases
from storage.cases import cases
from storage.models import Reminder, table
from storage.statements import read

reminders = table(Reminder)


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder, and how its case stands now."""

    id: int
    kind: str
    level: int
    due_on: date
    at: datetime
    seen_at: datetime | None
    number: str
    stage: str


def add(tx: Connection, rows: Sequence[Reminder]) -> None:
    if rows:
        tx.execute(insert(reminders), [row.model_dump() for row in rows])


def of_cases(conn: Connection, case_ids: Collection[int]) -> list[Reminder]:
    return read(conn, Reminder, select(reminders).where(reminders.c.case_id.in_(case_ids)).order_by(reminders.c.day))


def unseen(conn: Connection, reader: CaseReader) -> list[Reminder]:
    """What an officer has not read yet, the newest first; not of what is no longer for their eyes."""
    query = select(reminders).join(cases, cases.c.id == reminders.c.case_id)
    theirs = reminders.c.seen_at.is_(None), reminders.c.officer_id == reader.officer_id
    return read(conn, Reminder, query.where(*theirs, visible_cases(reader)).order_by(reminders.c.at.desc()))


def has_unseen(conn: Connection, officer_id: int) -> bool:
    """Whether there is anything at all, for their eyes or not any more: quick, for every page asks it."""
    query = select(reminders.c.id).where(reminders.c.officer_id == officer_id, reminders.c.seen_at.is_(None)).limit(1)
    return conn.scalar(query) is not None


def count_unseen(conn: Connection, reader: CaseReader) -> int:
    query = select(func.count()).select_from(_WITH_CASE).where(_told_to(reader), reminders.c.seen_at.is_(None))
    return conn.scalar(query) or 0


def told(conn: Connection, reader: CaseReader, *, seen: bool, limit: int) -> list[Told]:
    """What an officer was told and has read, or has not, the newest first; of cases that are for their eyes now."""
    state = reminders.c.seen_at.is_not(None) if seen else reminders.c.seen_at.is_(None)
    columns = [(reminders if name in reminders.c else cases).c[name] for name in Told.__slots__]
    query = select(*columns).select_from(_WITH_CASE).where(_told_to(reader), state)
    return [Told(*row) for row in conn.execute(query.order_by(reminders.c.at.desc(), reminders.c.id).limit(limit))]


def seen(tx: Connection, officer_id: int, reminder_id: int, at: datetime) -> None:
    row = reminders.c.id == reminder_id, reminders.c.officer_id == officer_id
    tx.execute(update(reminders).where(*row, reminders.c.seen_at.is_(None)).values(seen_at=at))


def _told_to(reader: CaseReader) -> ColumnElement[bool]:
    return and_(reminders.c.officer_id == reader.officer_id, visible_cases(reader))


_WITH_CASE = reminders.join(cases, cases.c.id == reminders.c.case_id)
