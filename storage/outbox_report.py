"""What waits to be sent, for whoever watches PASTI run: counts, and rows without a word or an address in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from storage.conversations import conversations
from storage.media import media
from storage.outbox import outbox
from storage.tasks import tasks

WAITING = ("queued", "sending", "unknown", "held")
UNSENT = "state IN ('queued', 'sending')"

# Spelt as the partial indexes spell them, or SQLite would read the whole table: it does not know a parameter's value.
_DUE = "state IN ('queued', 'sending', 'unknown')"
_HELD = "state = 'held'"


@dataclass(frozen=True, slots=True)
class Backlog:
    """Read from the partial indexes alone: as fast beside millions of rows that are done as beside none."""

    rows: Mapping[str, int]  # by state, of those that are not settled
    oldest: datetime | None  # when the first of the unsent was written
    tasks: int  # open ones
    media: int  # files that are still to be fetched
    oldest_media: datetime | None


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A row of the outbox as an operator may see it."""

    id: int
    conversation_id: int
    channel: str
    position: int
    state: str
    sender: str
    attempts: int
    error: str | None
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    provider_id: str | None
    purpose: str | None
    template: bool
    replaces: int | None
    repeated: bool


def backlog(conn: Connection) -> Backlog:
    count = func.count().label("count")
    due = select(outbox.c.state, count).where(text(_DUE)).group_by(outbox.c.state)
    rows = dict.fromkeys(WAITING, 0)
    rows.update((state, number) for state, number in conn.execute(due))
    rows["held"] = conn.scalar(select(count).select_from(outbox).where(text(_HELD))) or 0
    wanted = select(func.count(), func.min(media.c.created_at)).where(text("state = 'wanted'"))
    files, oldest_media = conn.execute(wanted).one()
    return Backlog(
        rows,
        conn.scalar(select(func.min(outbox.c.created_at)).where(text(UNSENT))),
        conn.scalar(select(count).select_from(tasks).where(text("state = 'open'"))) or 0,
        files,
        oldest_media,
    )


def reported(conn: Connection, state: str | None, limit: int | None) -> list[ReportedRow]:
    """The newest rows, in that state or in any, the newest first."""
    from_rows = {name: outbox.c[name] for name in ReportedRow.__slots__ if name != "channel"}
    shown = [from_rows.get(name, conversations.c.channel) for name in ReportedRow.__slots__]
    query = select(*shown).join(conversations, conversations.c.id == outbox.c.conversation_id)
    if state is not None:
        query = query.where(outbox.c.state == state)
    return [_unnamed(ReportedRow(*row)) for row in conn.execute(query.order_by(outbox.c.id.desc()).limit(limit))]


def _unnamed(row: ReportedRow) -> ReportedRow:
    """Telegram numbers the messages of each chat, so its ids are kept as `chat:number`: the chat is an address."""
    if row.provider_id is None or row.channel != "telegram":
        return row
    return replace(row, provider_id=row.provider_id.rpartition(":")[2])


def failed_since(conn: Connection, since: datetime) -> int:
    """How many that were written since then will never arrive. Reads the whole table."""
    return conn.scalar(select(func.count()).where(outbox.c.state == "failed", outbox.c.created_at >= since)) or 0
