"""The outbox: what a decision says is written beside it, in the same transaction, and sent afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, update

from storage.models import Outbox, table
from storage.statements import values

outbox = table(Outbox)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: int
    conversation_id: int
    position: int  # within the conversation
    created_at: datetime
    due_at: datetime
    lines: Sequence[Sequence[str]]  # [[style, text], …]
    buttons: Sequence[Sequence[str]] = ()  # [[title, payload], …]
    inbox_id: int | None = None  # the message that this answers
    sender: str = "bot"
    state: str = "queued"


def add(tx: Connection, rows: Sequence[OutboxRow]) -> None:
    if rows:
        tx.execute(_ADD, [{"attempts": 0, **values(row)} for row in rows])


def mark_sent(tx: Connection, ids: Collection[int], at: datetime) -> None:
    """The provider took them. What is delivered or has failed meanwhile stays so: states only move forward."""
    tx.execute(_MARK_SENT, {"ids": ids, "at": at})


_ADD = insert(outbox)
_MARK_SENT = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state.in_(("queued", "sending", "unknown")))
    .values(state="sent", sent_at=bindparam("at"), lease_until=None)
)
