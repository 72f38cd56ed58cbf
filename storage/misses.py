"""Inquiries that were not answered, for officers to resolve.

Whoever reads them says whose eyes it is for: what was said in confidence is for its audience alone (SPEC 2.4).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from storage.conversations import conversations
from storage.inbox_view import Reader, visible
from storage.many_rows import write_many
from storage.models import Miss, table

misses = table(Miss)


@dataclass(frozen=True, slots=True)
class MissRow:
    id: int
    conversation_id: int
    asked_at: datetime
    text: str
    reason: str  # unknown_standard, not_stated, not_understood, thumbs_down, …
    inbox_id: int | None = None
    standard_identity: str | None = None
    component: int | None = None
    state: str = "open"


@dataclass(frozen=True, slots=True)
class Seen:
    """A miss as officers see it."""

    id: int
    conversation_id: int
    asked_at: datetime
    text: str
    reason: str
    standard_identity: str | None
    component: int | None
    resolution: dict[str, Any] | None
    resolution_id: int | None
    visible_to: str | None  # of its conversation


def add(tx: Connection, rows: Sequence[MissRow]) -> None:
    write_many(tx, _ADD, rows, MissRow.__slots__)


def unresolved(conn: Connection, reader: Reader, limit: int) -> list[Seen]:
    """Those that this reader may know of, the newest first."""
    query = _seen(reader).where(misses.c.state == "open").order_by(misses.c.asked_at.desc(), misses.c.id.desc())
    return [Seen(*row) for row in conn.execute(query.limit(limit))]


def count_unresolved(conn: Connection, reader: Reader) -> int:
    query = select(func.count()).select_from(misses.join(conversations, conversations.c.id == misses.c.conversation_id))
    return conn.scalar(query.where(visible(reader), misses.c.state == "open")) or 0


def resolved(conn: Connection, reader: Reader, limit: int) -> list[Seen]:
    """Those that somebody has settled, the latest settled first."""
    query = _seen(reader).where(misses.c.resolution_id.is_not(None))
    query = query.order_by(misses.c.resolution_id.desc(), misses.c.id.desc())
    return [Seen(*row) for row in conn.execute(query.limit(limit))]


def of_resolution(conn: Connection, reader: Reader, resolution_id: int) -> list[Seen]:
    query = _seen(reader).where(misses.c.resolution_id == resolution_id).order_by(misses.c.id.desc())
    return [Seen(*row) for row in conn.execute(query)]


def settle(tx: Connection, ids: Collection[int], resolution_id: int, resolution: dict[str, Any]) -> None:
    facts = {"state": "resolved", "resolution": resolution, "resolution_id": resolution_id}
    tx.execute(update(misses).where(misses.c.id.in_(sorted(ids))).values(facts))


def reopen(tx: Connection, resolution_id: int) -> None:
    """All that were resolved together, whoever may see them."""
    facts = {"state": "open", "resolution": None, "resolution_id": None}
    tx.execute(update(misses).where(misses.c.resolution_id == resolution_id).values(facts))


def _seen(reader: Reader) -> Select[Any]:
    own = [misses.c[name] for name in Seen.__slots__ if name != "visible_to"]
    joined = misses.join(conversations, conversations.c.id == misses.c.conversation_id)
    return select(*own, conversations.c.visible_to).select_from(joined).where(visible(reader))


_ADD = insert(misses)
