"""The office's calendar as officers keep it: the days that are not what their weekday says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, delete, select

from storage import versions
from storage.models import CalendarDay, table
from storage.statements import read, upsert

calendar_days = table(CalendarDay)


def put(tx: Connection, days: Sequence[CalendarDay]) -> None:
    """Enter days, or replace what stood there."""
    if days:
        insert = upsert(tx.dialect.name, calendar_days)
        replaced = {name: insert.excluded[name] for name in ("name", "kind", "source", "note")}
        tx.execute(
            insert.on_conflict_do_update(index_elements=["day"], set_=replaced), [day.model_dump() for day in days]
        )
        versions.bump(tx, versions.CALENDAR)


def remove(tx: Connection, day: date) -> None:
    tx.execute(delete(calendar_days).where(calendar_days.c.day == day))
    versions.bump(tx, versions.CALENDAR)


def days(conn: Connection) -> list[CalendarDay]:
    """All that is known, in order. A year without any is not a year without holidays."""
    return read(conn, CalendarDay, select(calendar_days).order_by(calendar_days.c.day))
