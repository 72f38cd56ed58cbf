"""Conversations: loaded under lock in key order, decided elsewhere, saved in one statement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, select, update

from storage.many_rows import write_many
from storage.models import Conversation, table
from storage.statements import columns, locked, upsert

conversations = table(Conversation)

AddressKey = tuple[str, str]  # channel, user


@dataclass(slots=True)
class ConversationRow:
    """Loaded under lock, changed in place, saved."""

    id: int
    channel: str
    address: str
    updated_at: datetime
    state: Mapping[str, Any]  # {} before the first decision
    position: int = 0  # the last one used by a message, in or out
    version: int = 0
    name: str | None = None
    phone_sealed: str | None = None
    visible_to: str | None = None
    last_inbound_at: datetime | None = None
    waiting_for_officer_since: datetime | None = None
    unreachable: str | None = None  # why nothing can be sent: blocked, opted_out, not_on_whatsapp, gone
    window_closed_at: datetime | None = None  # WhatsApp's window was found closed; None once they write
    officer_id: int | None = None  # who answers: the bot is silent
    officer_active_at: datetime | None = None  # when the officer last took it or wrote
    muted_until: datetime | None = None
    for_officer_id: int | None = None  # it is no citizen's: an officer is told something there


def load_or_create(
    tx: Connection, addresses: Collection[AddressKey], now: datetime, new_id: Callable[[], int]
) -> dict[AddressKey, ConversationRow]:
    """The conversations of these addresses, new ones included, locked and in key order.

    The order is what keeps two processes from waiting for each other. SQLite has one writer and leaves FOR UPDATE out.
    """
    wanted = sorted(set(addresses))
    found = _load(tx, wanted)
    if missing := [key for key in wanted if key not in found]:
        rows = [ConversationRow(new_id(), channel, address, now, {}) for channel, address in missing]
        if write_many(tx, _create(tx.dialect.name), rows, ConversationRow.__slots__) == len(rows):
            found |= {(row.channel, row.address): row for row in rows}
        else:
            found |= _load(tx, missing)  # on PostgreSQL another process was first with one of them
    return {key: found[key] for key in wanted}


def by_id(tx: Connection, id_: int) -> ConversationRow | None:
    """One conversation, locked where `tx` writes."""
    query = select(*columns(conversations, ConversationRow)).where(conversations.c.id == id_)
    row = tx.execute(locked(tx, query)).first()
    return ConversationRow(*row) if row else None


def addresses(conn: Connection, ids: Collection[int]) -> list[tuple[int, str, str]]:
    """Id, channel and address of these conversations."""
    query = select(conversations.c.id, conversations.c.channel, conversations.c.address)
    return [(row.id, row.channel, row.address) for row in conn.execute(query.where(conversations.c.id.in_(ids)))]


def changed_since(conn: Connection, since: datetime) -> dict[int, int]:
    """The versions of the conversations that something was done in since then, by id."""
    query = select(conversations.c.id, conversations.c.version).where(conversations.c.updated_at >= since)
    return {row.id: row.version for row in conn.execute(query)}


def save(tx: Connection, rows: Sequence[ConversationRow]) -> None:
    """Write back everything but id and address."""
    write_many(tx, _SAVE, rows, _CHANGING, by=["id"])


def _load(tx: Connection, keys: Sequence[AddressKey]) -> dict[AddressKey, ConversationRow]:
    # One query per channel: SQLite reads the whole index for `(channel, address) IN (…)`, but not for this.
    found = {}
    for channel, group in groupby(keys, key=itemgetter(0)):
        for row in tx.execute(_LOAD, {"of_channel": channel, "addresses": [address for _, address in group]}):
            conversation = ConversationRow(*row)
            found[conversation.channel, conversation.address] = conversation
    return found


@cache
def _create(dialect: str) -> Insert:
    return upsert(dialect, conversations).on_conflict_do_nothing(index_elements=["channel", "address"])


_LOAD = (
    select(*columns(conversations, ConversationRow))
    .where(
        conversations.c.channel == bindparam("of_channel"),
        conversations.c.address.in_(bindparam("addresses", expanding=True)),
    )
    .order_by(conversations.c.address)
    .with_for_update()
)
# Only these: SQLAlchemy sets whatever it is given, and for a set id SQLite searches every table that refers to it.
_CHANGING = tuple(name for name in ConversationRow.__slots__ if name not in ("id", "channel", "address"))
_SAVE = update(conversations).where(conversations.c.id == bindparam("id"))
