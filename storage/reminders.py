"""What the clock told officers of cases, and what they have read of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.case_sight import CaseReader, visible_cases
from storage.cases import cases
from storage.models import Reminder, table
from storage.statements import read

reminders = table(Reminder)


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


def seen(tx: Connection, officer_id: int, reminder_id: int, at: datetime) -> None:
    row = reminders.c.id == reminder_id, reminders.c.officer_id == officer_id
    tx.execute(update(reminders).where(*row, reminders.c.seen_at.is_(None)).values(seen_at=at))
