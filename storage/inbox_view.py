"""What the officers' inbox lists: conversations under a filter, found by a search, with their last words.

Every query here takes the reader's audiences and leaves out what is confidential for others (SPEC 2.4): there is no way
to ask for a conversation, or to count it, without saying who asks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Connection, Select, String, Table, and_, cast, func, or_, select, text

from storage.case_desk import accused
from storage.cases import case_numbers, cases
from storage.conversations import conversations
from storage.handover import handover_events, read_marks
from storage.inbox import inbox
from storage.officers import officers
from storage.outbox import outbox
from storage.parties import parties

SHORTEST = 3  # characters from which words of messages are searched: fewer are in all of them
_STYLES = ("plain", "strong", "quote", "source", "menu")
Filter = Literal["waiting", "mine", "bot", "all"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose eyes a list is for."""

    officer_id: int
    audiences: frozenset[str]  # the confidential ones that they belong to
    reads: bool = True  # what is not confidential


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be listed."""

    filter: Filter = "all"
    channel: str | None = None
    search: str = ""
    phone_hash: str | None = None  # of what was searched for, where it may be a telephone number
    before: tuple[datetime, int] | None = None  # the last of the page before: its time and id


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation as a line of the list."""

    id: int
    channel: str
    address: str
    name: str | None
    updated_at: datetime
    position: int
    waiting_since: datetime | None
    officer_id: int | None
    officer_name: str | None
    visible_to: str | None
    muted_until: datetime | None
    said_at: datetime | None = None
    said_by: str = ""  # citizen, bot, officer, system
    words: str = ""  # the beginning of the last message
    attachments: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    unread: int = 0


def listed(conn: Connection, reader: Reader, wanted: Wanted, limit: int = 50) -> list[Listed]:
    """The conversations, the newest first; under `waiting` those that have waited longest."""
    query = _LINES.where(visible(reader), *_conditions(reader, wanted)).limit(limit)
    if wanted.filter == "waiting":
        query = query.order_by(conversations.c.waiting_for_officer_since, conversations.c.id)
    else:
        query = query.order_by(conversations.c.updated_at.desc(), conversations.c.id.desc())
    return _with_words(conn, reader, [Listed(*row) for row in conn.execute(query)])


def counts(conn: Connection, reader: Reader) -> dict[str, int]:
    """How many conversations wait, and how many this officer holds."""
    waiting = select(func.count()).select_from(conversations).where(visible(reader), _WAITING, _FREE)
    mine = select(func.count()).select_from(conversations).where(visible(reader), _held_by(reader.officer_id))
    return {"waiting": conn.scalar(waiting) or 0, "mine": conn.scalar(mine) or 0}


def visible_ids(conn: Connection, reader: Reader, ids: Collection[int]) -> list[int]:
    """Those of these conversations that the reader may know of."""
    return list(conn.scalars(select(conversations.c.id).where(conversations.c.id.in_(ids), visible(reader))))


def newest_ids(conn: Connection, reader: Reader, limit: int) -> list[int]:
    """The conversations that somebody wrote in last."""
    query = select(conversations.c.id).where(visible(reader)).order_by(conversations.c.updated_at.desc()).limit(limit)
    return list(conn.scalars(query))


def visible(reader: Reader) -> ColumnElement[bool]:
    """The condition under which a conversation exists for a reader. Whom a case in it accuses never sees it.

    What officers are told on their own Telegram is nobody's conversation.
    """
    theirs = conversations.c.visible_to.in_(sorted(reader.audiences))
    accusing = select(cases.c.conversation_id).join(accused, accused.c.case_id == cases.c.id)
    accusing = accusing.where(accused.c.officer_id == reader.officer_id, cases.c.conversation_id.is_not(None))
    open_ones = or_(conversations.c.visible_to.is_(None), theirs) if reader.reads else theirs
    return and_(open_ones, conversations.c.for_officer_id.is_(None), conversations.c.id.not_in(accusing))


def _held_by(officer_id: int) -> ColumnElement[bool]:
    return and_(_HELD, conversations.c.officer_id == officer_id)


def _conditions(reader: Reader, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    match wanted.filter:
        case "waiting":
            found += [_WAITING, _FREE]
        case "mine":
            found.append(_held_by(reader.officer_id))
        case "bot":
            found += [conversations.c.officer_id.is_(None), conversations.c.waiting_for_officer_since.is_(None)]
    if wanted.channel:
        found.append(conversations.c.channel == wanted.channel)
    if wanted.search:
        found.append(_found(wanted.search, wanted.phone_hash))
    if wanted.before:
        at, id_ = wanted.before
        order = conversations.c.waiting_for_officer_since if wanted.filter == "waiting" else conversations.c.updated_at
        later = order > at if wanted.filter == "waiting" else order < at
        tie = conversations.c.id > id_ if wanted.filter == "waiting" else conversations.c.id < id_
        found.append(or_(later, and_(order == at, tie)))
    return found


def _found(search: str, phone_hash: str | None) -> ColumnElement[bool]:
    """By name, number, case number, or words of a message or a note."""
    digits = "".join(c for c in search if c.isdigit()).removeprefix("0")
    by = [
        conversations.c.name.icontains(search, autoescape=True),
        conversations.c.id.in_(
            select(cases.c.conversation_id)
            .join(case_numbers, case_numbers.c.case_id == cases.c.id)
            .where(case_numbers.c.number.istartswith(search, autoescape=True))
        ),
        conversations.c.id.in_(
            select(parties.c.conversation_id).where(parties.c.name.icontains(search, autoescape=True))
        ),
    ]
    if len(search) >= SHORTEST:
        by.append(conversations.c.id.in_(_ids(inbox, inbox.c.text, search)))
        by.append(conversations.c.id.in_(_ids(handover_events, handover_events.c.text, search)))
        if not any(search.lower() in style for style in _STYLES):  # they stand in every row of the outbox
            by.append(conversations.c.id.in_(_ids(outbox, cast(outbox.c.lines, String), search)))
    if len(digits) >= 5:
        by.append(and_(conversations.c.channel == "whatsapp", conversations.c.address.contains(digits)))
    if phone_hash:
        by.append(conversations.c.id.in_(select(parties.c.conversation_id).where(parties.c.phone_hash == phone_hash)))
    return or_(*by)


def _ids(messages: Table, words: ColumnElement[str], search: str) -> Select[Any]:
    return select(messages.c.conversation_id).where(words.icontains(search, autoescape=True))


def _with_words(conn: Connection, reader: Reader, lines: list[Listed]) -> list[Listed]:
    ids = [line.id for line in lines]
    if not ids:
        return []
    last_in = _last(conn, inbox, ids, inbox.c.received_at, inbox.c.text, inbox.c.attachments)
    last_out = _last(conn, outbox, ids, outbox.c.created_at, outbox.c.lines, outbox.c.sender)
    busy = [line.id for line in lines if line.waiting_since or line.officer_id]
    unread = _unread(conn, reader.officer_id, busy) if busy else {}
    return [_line(line, last_in.get(line.id), last_out.get(line.id), unread.get(line.id, 0)) for line in lines]


def _line(line: Listed, said: Sequence[Any] | None, answered: Sequence[Any] | None, unread: int) -> Listed:
    if said and (answered is None or said[0] > answered[0]):
        _, at, words, attachments = said
        return replace(line, said_at=at, said_by="citizen", words=words[:200], attachments=attachments, unread=unread)
    if answered:
        _, at, lines, sender = answered
        words = " ".join(words for _, words in lines if words)[:200]
        return replace(line, said_at=at, said_by=sender, words=words, unread=unread)
    return replace(line, unread=unread)


def _last(conn: Connection, messages: Table, ids: list[int], *columns: Column[Any]) -> dict[int, Sequence[Any]]:
    """The last message of each conversation: its position and these columns."""
    newest = (
        select(messages.c.conversation_id, func.max(messages.c.position).label("position"))
        .where(messages.c.conversation_id.in_(ids))
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    query = select(messages.c.conversation_id, messages.c.position, *columns).join(
        newest,
        and_(newest.c.conversation_id == messages.c.conversation_id, newest.c.position == messages.c.position),
    )
    return {row[0]: tuple(row[1:]) for row in conn.execute(query)}


def _unread(conn: Connection, officer_id: int, ids: list[int]) -> dict[int, int]:
    mark = and_(read_marks.c.conversation_id == inbox.c.conversation_id, read_marks.c.officer_id == officer_id)
    query = (
        select(inbox.c.conversation_id, func.count())
        .select_from(inbox.outerjoin(read_marks, mark))
        .where(inbox.c.conversation_id.in_(ids), inbox.c.position > func.coalesce(read_marks.c.position, 0))
        .group_by(inbox.c.conversation_id)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


# Word for word the conditions of the partial indexes: SQLite uses one only for a query that repeats its condition.
_WAITING: ColumnElement[bool] = text("waiting_for_officer_since IS NOT NULL")  # type: ignore[assignment]
_HELD: ColumnElement[bool] = text("officer_id IS NOT NULL")  # type: ignore[assignment]
_FREE = conversations.c.officer_id.is_(None)
_LINES: Select[Any] = select(
    conversations.c.id,
    conversations.c.channel,
    conversations.c.address,
    conversations.c.name,
    conversations.c.updated_at,
    conversations.c.position,
    conversations.c.waiting_for_officer_since,
    conversations.c.officer_id,
    officers.c.name,
    conversations.c.visible_to,
    conversations.c.muted_until,
).select_from(conversations.outerjoin(officers, officers.c.id == conversations.c.officer_id))
