"""The inbox: each message of a citizen is claimed once and decided once, also when the provider sends it twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, exists, func, select, update

from storage.conversations import AddressKey, conversations
from storage.many_rows import write_many
from storage.models import Inbox, table
from storage.statements import columns, upsert

inbox = table(Inbox)


@dataclass(slots=True)
class InboxRow:
    id: int
    channel: str
    external_id: str  # the provider's id; the same twice is the same message
    conversation_id: int
    position: int  # within the conversation
    received_at: datetime
    kind: str
    text: str = ""
    payload: str | None = None
    attachments: Sequence[Mapping[str, Any]] = ()  # {"kind", "name"}
    decide_at: datetime | None = None  # wait until then for more of the same thought
    decided_at: datetime | None = None
    failed: bool = False
    provider_ref: str | None = None  # what the provider calls it within the chat: edits name it


def claim(tx: Connection, rows: Sequence[InboxRow]) -> set[tuple[str, str]]:
    """Keep these messages, and tell which (channel, external_id) are new. Of two alike in `rows` the first is kept."""
    kept = rows
    if write_many(tx, _claim(tx.dialect.name), rows, InboxRow.__slots__) < len(rows):
        ids = set(tx.scalars(select(inbox.c.id).where(inbox.c.id.in_([row.id for row in rows]))))
        kept = [row for row in rows if row.id in ids]
    return {(row.channel, row.external_id) for row in kept}


def ids_of(tx: Connection, channel: str, external_ids: Collection[str]) -> dict[str, int]:
    """The ids of messages by what their provider calls them."""
    if not external_ids:
        return {}
    query = select(inbox.c.external_id, inbox.c.id).where(
        inbox.c.channel == channel, inbox.c.external_id.in_(external_ids)
    )
    return {row.external_id: row.id for row in tx.execute(query)}


def mark_decided(tx: Connection, ids: Collection[int], at: datetime) -> None:
    tx.execute(_MARK, {"ids": ids, "at": at, "has_failed": False})


def mark_failed(tx: Connection, ids: Collection[int], at: datetime) -> None:
    """Decided too, in that nobody decides them again."""
    tx.execute(_MARK, {"ids": ids, "at": at, "has_failed": True})


def undecided(tx: Connection, conversation_ids: Collection[int]) -> list[InboxRow]:
    """All that these conversations still have to decide, due or not, in order."""
    return [InboxRow(*row) for row in tx.execute(_UNDECIDED, {"conversation_ids": conversation_ids})]


def newest_by_ref(tx: Connection, conversation_id: int, ref: str, but: int) -> InboxRow | None:
    """The latest wording of a message that its provider calls so, other than the row `but`."""
    row = tx.execute(_BY_REF, {"of": conversation_id, "ref": ref, "but": but}).first()
    return InboxRow(*row) if row else None


def amend(tx: Connection, id_: int, text: str) -> None:
    """Another wording of a message that still waits."""
    tx.execute(update(inbox).where(inbox.c.id == id_).values(text=text))


def any_undecided(conn: Connection) -> bool:
    return bool(conn.scalar(select(exists().where(inbox.c.decided_at.is_(None)))))


def due(tx: Connection, now: datetime, limit: int = 100) -> list[AddressKey]:
    """Whose messages have waited long enough after the last of them: one without `decide_at` is due at once."""
    waited = select(inbox.c.conversation_id).where(inbox.c.decided_at.is_(None)).group_by(inbox.c.conversation_id)
    last = func.max(func.coalesce(inbox.c.decide_at, inbox.c.received_at))
    query = (
        select(conversations.c.channel, conversations.c.address)
        .where(conversations.c.id.in_(waited.having(last <= now)))
        .order_by(conversations.c.channel, conversations.c.address)
        .limit(limit)
    )
    return [(channel, address) for channel, address in tx.execute(query)]


def put_off(tx: Connection, of: AddressKey, until: datetime) -> None:
    """What a conversation has still to decide waits until then."""
    channel, address = of
    its = select(conversations.c.id).where(conversations.c.channel == channel, conversations.c.address == address)
    undecided = inbox.c.conversation_id.in_(its), inbox.c.decided_at.is_(None)
    tx.execute(update(inbox).where(*undecided).values(decide_at=until))


def next_due(conn: Connection) -> datetime | None:
    """When the next thought's patience ends; None: no message waits."""
    at: datetime | None = conn.scalar(select(func.min(inbox.c.decide_at)).where(inbox.c.decided_at.is_(None)))
    return at


@cache
def _claim(dialect: str) -> Insert:
    return upsert(dialect, inbox).on_conflict_do_nothing(index_elements=["channel", "external_id"])


_MARK = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(decided_at=bindparam("at"), failed=bindparam("has_failed"))
)
_UNDECIDED = (
    select(*columns(inbox, InboxRow))
    .where(inbox.c.conversation_id.in_(bindparam("conversation_ids", expanding=True)), inbox.c.decided_at.is_(None))
    .order_by(inbox.c.conversation_id, inbox.c.position)
)
_BY_REF = (
    select(*columns(inbox, InboxRow))
    .where(
        inbox.c.conversation_id == bindparam("of"),
        inbox.c.provider_ref == bindparam("ref"),
        inbox.c.id != bindparam("but"),
    )
    .order_by(inbox.c.position.desc())
    .limit(1)
)
