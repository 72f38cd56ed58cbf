"""What was done to accounts, officers' chats, profile, holidays, saved replies and knowledge: only added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from storage.models import OfficeEvent, table
from storage.statements import read, values

office_events = table(OfficeEvent)


@dataclass(frozen=True, slots=True)
class OfficeEventRow:
    id: int
    at: datetime
    officer_id: int | None  # None: the command line
    kind: str
    subject: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    about: str | None = None  # the one thing whose history it belongs to: `answer:12`


def add(tx: Connection, row: OfficeEventRow) -> None:
    tx.execute(insert(office_events).values(values(row)))


def newest(conn: Connection, limit: int = 100, before: int | None = None) -> list[OfficeEvent]:
    """The newest first. before: only those that are older than this one."""
    query = select(office_events).order_by(office_events.c.id.desc()).limit(limit)
    return read(conn, OfficeEvent, query if before is None else query.where(office_events.c.id < before))


def of(conn: Connection, about: str, limit: int = 100) -> list[OfficeEvent]:
    """The history of one thing, the newest first."""
    query = select(office_events).where(office_events.c.about == about).order_by(office_events.c.id.desc())
    return read(conn, OfficeEvent, query.limit(limit))
