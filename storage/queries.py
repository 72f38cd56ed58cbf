"""Reads for pages, which want rows of several tables at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.conversations import conversations
from storage.inbox import inbox
from storage.outbox import outbox


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message of a conversation, in or out, as a page shows it."""

    id: int
    position: int
    at: datetime
    sender: str  # citizen, bot, officer, system
    lines: Sequence[Sequence[str]]  # [[style, text], …]
    buttons: Sequence[Sequence[str]] = ()  # [[title, payload], …]
    attachments: Sequence[Mapping[str, Any]] = ()
    state: str | None = None  # of sending; None for a citizen's message
    external_id: str | None = None  # of a citizen's message: what its provider calls it
    file: Mapping[str, Any] | None = None  # that an officer sent along


def thread(
    conn: Connection, channel: str, address: str, after_position: int = 0, limit: int = 200
) -> list[ThreadMessage]:
    """The newest `limit` messages of a conversation after a position, oldest first; none when nobody wrote yet."""
    conversation_id = conn.scalar(
        select(conversations.c.id).where(conversations.c.channel == channel, conversations.c.address == address)
    )
    if conversation_id is None:
        return []
    messages = _inbound(conn, conversation_id, after_position, limit)
    messages += _outbound(conn, conversation_id, after_position, limit)
    return sorted(messages, key=lambda message: message.position)[-limit:]


def _inbound(conn: Connection, conversation_id: int, after_position: int, limit: int) -> list[ThreadMessage]:
    query = (
        select(
            inbox.c.id, inbox.c.position, inbox.c.received_at, inbox.c.text, inbox.c.attachments, inbox.c.external_id
        )
        .where(inbox.c.conversation_id == conversation_id, inbox.c.position > after_position)
        .order_by(inbox.c.position.desc())
        .limit(limit)
    )
    return [
        ThreadMessage(
            id_, position, at, "citizen", [["plain", text]] if text else [], attachments=sent, external_id=external_id
        )
        for id_, position, at, text, sent, external_id in conn.execute(query)
    ]


def _outbound(conn: Connection, conversation_id: int, after_position: int, limit: int) -> list[ThreadMessage]:
    query = (
        select(
            outbox.c.id, outbox.c.position, outbox.c.created_at, outbox.c.sender, outbox.c.lines, outbox.c.buttons,
            outbox.c.state, outbox.c.file,
        )
        .where(outbox.c.conversation_id == conversation_id, outbox.c.position > after_position)
        .order_by(outbox.c.position.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        ThreadMessage(id_, position, at, sender, lines, buttons, state=state, file=file)
        for id_, position, at, sender, lines, buttons, state, file in conn.execute(query)
    ]


def sent_file(conn: Connection, channel: str, address: str, position: int) -> Mapping[str, Any] | None:
    """The file that was sent along at this place of a conversation."""
    query = (
        select(outbox.c.file)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(conversations.c.channel == channel, conversations.c.address == address, outbox.c.position == position)
    )
    return conn.scalar(query)
