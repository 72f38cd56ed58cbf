"""The outbox: what a decision says is written beside it, in the same transaction, and sent afterwards.

A row goes queued > sending > sent > delivered > read, and never back, except from `sending` to `queued` when the
provider did not take it. `held` waits for the citizen to write again, `unknown` was cut off while it was being sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, insert, or_, select, text, update

from storage.conversations import conversations
from storage.many_rows import write_many
from storage.models import Outbox, table
from storage.statements import locked

outbox = table(Outbox)

RANK: Mapping[str, int] = {"held": 0, "queued": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4}


@dataclass(slots=True)
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
    purpose: str | None = None  # the template that may ask for it once WhatsApp's window has closed
    template: bool = False  # it is that template
    replaces: int | None = None
    repeated: bool = False
    officer_id: int | None = None  # who wrote it, where an officer did
    file: Mapping[str, Any] | None = None  # sha256, name, content_type, size, picture: goes with the lines
    reply_key: str | None = None  # of the page that posted it


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that is not settled yet, with its way of sending."""

    id: int
    conversation_id: int
    position: int
    created_at: datetime
    due_at: datetime
    lines: Sequence[Sequence[str]]
    buttons: Sequence[Sequence[str]]
    inbox_id: int | None
    sender: str
    state: str
    purpose: str | None
    template: bool
    repeated: bool
    officer_id: int | None
    file: Mapping[str, Any] | None
    attempts: int
    lease_until: datetime | None
    provider_id: str | None
    error: str | None
    channel: str
    address: str
    unreachable: str | None
    last_inbound_at: datetime | None
    window_closed_at: datetime | None
    for_officer_id: int | None  # it goes to an officer's own chat, and the address is none


def add(tx: Connection, rows: Sequence[OutboxRow]) -> None:
    write_many(tx, _ADD, rows, OutboxRow.__slots__)


def unsent(tx: Connection, conversation_ids: Collection[int]) -> list[Waiting]:
    """All that these conversations have still to send, in order."""
    return [Waiting(*row) for row in tx.execute(_UNSENT, {"conversation_ids": conversation_ids})]


def lock_recipients(tx: Connection, conversation_ids: Collection[int]) -> list[int]:
    """Those of these conversations that no other process is just taking something from. Nobody waits for another.

    Not the rows are locked: of a recipient whose first row is another's, the second must not be taken either.
    """
    if tx.dialect.name == "sqlite":
        return list(conversation_ids)
    taken = text("SELECT id FROM unnest(CAST(:ids AS bigint[])) AS id WHERE pg_try_advisory_xact_lock(id)")
    return list(tx.scalars(taken, {"ids": list(conversation_ids)}))


def lose_leases(tx: Connection, ids: Collection[int], now: datetime, due_at: datetime, error: str) -> None:
    """What was being sent when its process died; not what another process has settled meanwhile."""
    over = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < now)
    lost = update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == "sending", over)
    tx.execute(lost.values(state="unknown", error=error, due_at=due_at, lease_until=None))


def lease(tx: Connection, ids: Collection[int], until: datetime) -> None:
    tx.execute(_LEASE, {"ids": ids, "until": until})


def mark_sent(tx: Connection, taken: Sequence[tuple[int, str]], at: datetime) -> None:
    """The provider took these (id, its own id). What is delivered or has failed meanwhile stays so."""
    if taken:
        tx.execute(_MARK_SENT, [{"row_id": id_, "provider": provider_id, "at": at} for id_, provider_id in taken])


def change(tx: Connection, id_: int, **changes: Any) -> None:
    """Any other change of one row; it is no longer leased."""
    tx.execute(update(outbox).where(outbox.c.id == id_).values({"lease_until": None, **changes}))


def put_off(tx: Connection, conversation_id: int, until: datetime) -> None:
    """What a conversation has still to be sent waits until then."""
    rows = outbox.c.conversation_id == conversation_id, outbox.c.state == "queued"
    tx.execute(update(outbox).where(*rows).values(due_at=until))


def release_held(tx: Connection, conversation_id: int, at: datetime) -> int:
    """What was held for a citizen may go; returns how many rows."""
    rows = outbox.c.conversation_id == conversation_id
    return tx.execute(update(outbox).where(rows, _HELD).values(state="queued", due_at=at)).rowcount


def expired(conn: Connection, now: datetime, *, every: bool) -> list[tuple[int, str]]:
    """Ids and channels of what was being sent when its process died: its lease is over.

    every: all leases, whether their time is up or not.
    """
    over = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < now)
    query = (
        select(outbox.c.id, conversations.c.channel)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(_UNSETTLED, outbox.c.state == "sending", *(() if every else (over,)))
    )
    return [(id_, channel) for id_, channel in conn.execute(query)]


def due_recipients(conn: Connection, channel: str, now: datetime, limit: int) -> list[tuple[int, str]]:
    """A channel's conversations whose next message may go now, and that channel; those that waited longest first.

    PostgreSQL may still believe that next to nothing waits. What comes before is looked up for each row, for as
    `NOT EXISTS` it is joined, and all that waits is read for each: a second for a queue of ten thousand. And rows are
    read in their order until there are enough, for whoever sorts reads all of them first.
    """
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET LOCAL enable_sort = off")
    before = outbox.alias("before")
    held_up_by = (
        select(before.c.position)
        .where(
            before.c.conversation_id == outbox.c.conversation_id,
            before.c.position < outbox.c.position,
            text("before.state IN ('queued', 'sending')"),
        )
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(outbox.c.conversation_id)
        .where(
            _UNSETTLED,
            outbox.c.state == "queued",
            outbox.c.due_at <= now,
            held_up_by.is_(None),
            _its_channel == channel,
        )
        .order_by(outbox.c.due_at)
        .limit(limit)
    )
    return [(conversation_id, channel) for conversation_id in conn.scalars(query)]


def doubtful(conn: Connection, channel: str, now: datetime, limit: int) -> list[Waiting]:
    """What of a channel may or may not have been sent, and is due to be looked at."""
    query = _WAITING.where(_UNSETTLED, outbox.c.state == "unknown", outbox.c.due_at <= now, _its_channel == channel)
    query = query.order_by(outbox.c.due_at).limit(limit)
    return [Waiting(*row) for row in conn.execute(query)]


def provider_ids(conn: Connection, conversation_id: int, since: datetime) -> frozenset[str]:
    """The providers' ids of what a conversation was sent since then."""
    query = select(outbox.c.provider_id).where(
        outbox.c.conversation_id == conversation_id, outbox.c.sent_at >= since, outbox.c.provider_id.is_not(None)
    )
    return frozenset(conn.scalars(query))


def by_provider_ids(tx: Connection, provider_ids: Collection[str]) -> list[Waiting]:
    return _locked(tx, _WAITING.where(outbox.c.provider_id.in_(provider_ids)))


def by_ids(tx: Connection, ids: Collection[int]) -> list[Waiting]:
    return _locked(tx, _WAITING.where(outbox.c.id.in_(ids)))


def _locked(tx: Connection, query: Select[Any]) -> list[Waiting]:
    return [Waiting(*row) for row in tx.execute(locked(tx, query.order_by(outbox.c.id), of=outbox))]


def has_reply(conn: Connection, conversation_id: int, key: str) -> bool:
    """Whether a reply that was posted under this key is written already."""
    there = select(outbox.c.id).where(outbox.c.conversation_id == conversation_id, outbox.c.reply_key == key)
    return conn.scalar(there) is not None


def file_of(conn: Connection, conversation_id: int, id_: int) -> Mapping[str, Any] | None:
    """The file that goes with a row of this conversation."""
    query = select(outbox.c.file).where(outbox.c.id == id_, outbox.c.conversation_id == conversation_id)
    return conn.scalar(query)


# Word for word the conditions of the partial indexes: SQLite uses one only for a query that repeats its condition.
_UNSETTLED = text("outbox.state IN ('queued', 'sending', 'unknown')")
_SENDABLE = text("outbox.state IN ('queued', 'sending')")
_HELD = text("outbox.state = 'held'")
# A subquery and no join: by a join SQLite begins with all conversations of the channel, and reads the whole outbox.
_RECIPIENT = conversations.alias("recipient")
_its_channel = (
    select(_RECIPIENT.c.channel).where(_RECIPIENT.c.id == outbox.c.conversation_id).correlate(outbox).scalar_subquery()
)
_OF_OUTBOX = [name for name in Waiting.__slots__ if name in outbox.c]
_OF_CONVERSATION = [name for name in Waiting.__slots__ if name not in outbox.c]
_ADD = insert(outbox).values(attempts=text("0"))
_LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="sending", lease_until=bindparam("until"))
)
_MARK_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(
        state=case((_UNSETTLED, "sent"), else_=outbox.c.state),
        provider_id=func.coalesce(outbox.c.provider_id, bindparam("provider")),
        sent_at=case((_UNSETTLED, bindparam("at", None, outbox.c.sent_at.type)), else_=outbox.c.sent_at),
        lease_until=None,
    )
)
_WAITING = select(
    *(outbox.c[name] for name in _OF_OUTBOX), *(conversations.c[name] for name in _OF_CONVERSATION)
).join_from(outbox, conversations, conversations.c.id == outbox.c.conversation_id)
_UNSENT = _WAITING.where(
    outbox.c.conversation_id.in_(bindparam("conversation_ids", expanding=True)), _SENDABLE
).order_by(outbox.c.conversation_id, outbox.c.position)
