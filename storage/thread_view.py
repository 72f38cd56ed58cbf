"""What the console shows of one conversation: its messages in and out, with their files, and what officers did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from storage import media
from storage.handover import handover_events
from storage.inbox import inbox
from storage.media import MediaRow
from storage.officers import officers
from storage.outbox import outbox


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that stands in a thread."""

    position: int
    at: datetime
    by: str  # citizen, bot, officer, system; `event` for what officers did, `note` for what they wrote to each other
    id: int
    lines: Sequence[Sequence[str]] = ()  # [[style, text], …]
    buttons: Sequence[Sequence[str]] = ()  # [[title, payload], …]
    text: str = ""  # of a citizen's message, a note, an event
    kind: str = ""  # of a citizen's message or an event
    attachments: Sequence[Mapping[str, Any]] = ()
    files: Sequence[MediaRow] = ()
    file: Mapping[str, Any] | None = None  # that an officer sent
    state: str | None = None  # of sending
    error: str | None = None
    template: bool = False
    officer: str | None = None
    failed: bool = False  # the bot could not decide it


@dataclass(frozen=True, slots=True)
class Thread:
    entries: list[Entry] = field(default_factory=list)
    more: bool = False  # there are older ones


def thread(
    conn: Connection, conversation_id: int, *, since: int = 0, before: int | None = None, limit: int = 60
) -> Thread:
    """The newest entries from position `since` on and below `before`, oldest first."""
    found = _inbound(conn, conversation_id, since, before, limit + 1)
    found += _outbound(conn, conversation_id, since, before, limit + 1)
    found += _events(conn, conversation_id, since, before, limit + 1)
    found.sort(key=lambda entry: entry.position)
    return Thread(found[-limit:], len(found) > limit)


def _within(table: Any, conversation_id: int, since: int, before: int | None) -> Any:
    conditions = [table.c.conversation_id == conversation_id, table.c.position >= since]
    if before is not None:
        conditions.append(table.c.position < before)
    return and_(*conditions)


def _inbound(conn: Connection, of: int, since: int, before: int | None, limit: int) -> list[Entry]:
    columns = (
        inbox.c.position, inbox.c.received_at, inbox.c.id, inbox.c.text, inbox.c.kind, inbox.c.attachments,
        inbox.c.failed,
    )  # fmt: skip
    query = select(*columns).where(_within(inbox, of, since, before)).order_by(inbox.c.position.desc()).limit(limit)
    rows = conn.execute(query).all()
    with_files = [row.id for row in rows if row.attachments]
    files: defaultdict[int, list[MediaRow]] = defaultdict(list)
    for kept in media.of_messages(conn, with_files) if with_files else ():
        files[kept.inbox_id].append(kept)
    return [
        Entry(
            row.position,
            row.received_at,
            "citizen",
            row.id,
            text=row.text,
            kind=row.kind,
            attachments=row.attachments,
            files=tuple(files[row.id]),
            failed=row.failed,
        )
        for row in rows
    ]


def _outbound(conn: Connection, of: int, since: int, before: int | None, limit: int) -> list[Entry]:
    columns = (
        outbox.c.position, outbox.c.created_at, outbox.c.sender, outbox.c.id, outbox.c.lines, outbox.c.buttons,
        outbox.c.file, outbox.c.state, outbox.c.error, outbox.c.template, officers.c.name,
    )  # fmt: skip
    query = select(*columns).select_from(outbox.outerjoin(officers, officers.c.id == outbox.c.officer_id))
    query = query.where(_within(outbox, of, since, before)).order_by(outbox.c.position.desc()).limit(limit)
    return [
        Entry(
            row.position,
            row.created_at,
            row.sender,
            row.id,
            lines=row.lines,
            buttons=row.buttons,
            file=row.file,
            state=row.state,
            error=row.error,
            template=row.template,
            officer=row.name,
        )
        for row in conn.execute(query)
    ]


def _events(conn: Connection, of: int, since: int, before: int | None, limit: int) -> list[Entry]:
    events = handover_events
    columns = (events.c.position, events.c.at, events.c.id, events.c.kind, events.c.text, officers.c.name)
    query = select(*columns).select_from(events.outerjoin(officers, officers.c.id == events.c.officer_id))
    query = query.where(_within(events, of, since, before)).order_by(events.c.position.desc()).limit(limit)
    return [
        Entry(
            row.position,
            row.at,
            "note" if row.kind == "note" else "event",
            row.id,
            text=row.text,
            kind=row.kind,
            officer=row.name,
        )
        for row in conn.execute(query)
    ]
