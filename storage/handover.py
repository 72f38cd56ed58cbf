"""What officers do in conversations, and how far each of them has read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, insert, or_, select, text, update

from storage.conversations import conversations
from storage.many_rows import write_many
from storage.models import HandoverEvent, ReadMark, table
from storage.officer_requests import officer_requests
from storage.officers import officers
from storage.statements import upsert

handover_events = table(HandoverEvent)
read_marks = table(ReadMark)


@dataclass(frozen=True, slots=True)
class HandoverRow:
    id: int
    conversation_id: int
    position: int  # among the messages of the conversation
    at: datetime
    officer_id: int | None  # None: the citizen, or the clock
    kind: str  # note, called, left, taken, given_back, quiet, muted, unmuted, settled, confided, released
    text: str = ""


def add(tx: Connection, rows: Sequence[HandoverRow]) -> None:
    write_many(tx, _ADD, rows, HandoverRow.__slots__)


def settle_requests(tx: Connection, conversation_id: int) -> None:
    """Somebody answers in person: the wish for that is done."""
    open_ones = officer_requests.c.conversation_id == conversation_id, officer_requests.c.state == "open"
    tx.execute(update(officer_requests).where(*open_ones).values(state="done"))


def mark_read(tx: Connection, officer_id: int, conversation_id: int, position: int) -> None:
    """The mark only moves on."""
    mark = upsert(tx.dialect.name, read_marks).values(
        officer_id=officer_id, conversation_id=conversation_id, position=position
    )
    further = mark.on_conflict_do_update(
        index_elements=["officer_id", "conversation_id"],
        set_={"position": mark.excluded.position},
        where=read_marks.c.position < mark.excluded.position,
    )
    tx.execute(further)


def to_give_back(
    conn: Connection, since: datetime, answering: Mapping[str | None, Collection[str]], limit: int
) -> list[int]:
    """Conversations in an officer's hands in which nobody has written since then, or whose officer answers no more.

    Args:
        answering: by audience, the roles that answer citizens there; None: where nothing is confidential.
    """
    of = conversations.c
    quiet = and_(of.officer_active_at <= since, or_(of.last_inbound_at.is_(None), of.last_inbound_at <= since))
    other_work = [and_(of.visible_to == to, officers.c.role.not_in(roles)) for to, roles in answering.items()]
    query = select(of.id).join(officers, officers.c.id == of.officer_id)
    # Word for word the condition of the partial index: SQLite uses one only for a query that repeats its condition.
    held = query.where(text("officer_id IS NOT NULL"), or_(quiet, officers.c.active.is_(False), *other_work))
    return list(conn.scalars(held.order_by(of.officer_active_at).limit(limit)))


_ADD = insert(handover_events)
