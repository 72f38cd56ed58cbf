"""Files that came with messages: wanted when the message is claimed, fetched in the background, kept by their hash.

A row goes from `wanted` to `kept`, `refused` or `failed`, and never back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Update, bindparam, insert, select, text, update

from storage.cases import evidence
from storage.many_rows import write_many
from storage.models import Media, table
from storage.statements import columns, locked

media = table(Media)


@dataclass(frozen=True, slots=True)
class MediaRow:
    id: int
    inbox_id: int
    place: int  # among the attachments of its message, from 0
    conversation_id: int
    channel: str
    kind: str  # photo, document, voice, video, …
    source: str  # where the provider keeps it: an address, a file id
    due_at: datetime
    created_at: datetime
    name: str = ""  # as the sender called it, made harmless
    content_type: str = ""  # as the provider called it, then as found
    size: int | None = None  # bytes, as kept
    sha256: str | None = None
    picture: bool = False
    state: str = "wanted"
    error: str | None = None
    attempts: int = 0


def add(tx: Connection, rows: Sequence[MediaRow]) -> None:
    """With the message that brought them, in its transaction; what a case already has of it leads to them."""
    if rows:
        write_many(tx, _ADD, rows, MediaRow.__slots__)
        link(tx, {row.inbox_id for row in rows})


def link(tx: Connection, inbox_ids: Collection[int]) -> None:
    """Let the evidence that came with these messages lead to its files: the second photo to the second photo.

    Whichever is written last calls this: a message's files may be entered before its case or after it.
    """
    files: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for row in of_messages(tx, inbox_ids):
        files[row.inbox_id, row.kind].append(row.id)
    if not files:
        return
    used: defaultdict[tuple[int, int, str], int] = defaultdict(int)
    links = []
    for item in tx.execute(_EVIDENCE, {"inbox_ids": list(inbox_ids)}):
        nth = used[item.case_id, item.inbox_id, item.kind]
        used[item.case_id, item.inbox_id, item.kind] += 1
        of_kind = files[item.inbox_id, item.kind]
        if item.media_id is None and nth < len(of_kind):
            links.append({"evidence_id": item.id, "file": of_kind[nth]})
    if links:
        tx.execute(_LINK, links)


def due(conn: Connection, now: datetime, limit: int) -> list[MediaRow]:
    """What is wanted now, the longest waiting first; without what another process is just taking."""
    return [MediaRow(*row) for row in conn.execute(locked(conn, _DUE, skip_locked=True), {"now": now, "most": limit})]


def lease(tx: Connection, ids: Collection[int], until: datetime) -> None:
    """An attempt begins. Should nothing be heard of it, they are due again then."""
    tx.execute(_LEASE, {"ids": list(ids), "until": until})


def hurry(tx: Connection, now: datetime, fewer_than: int) -> None:
    """What was begun, fewer times than that, is due now: nobody is at it any more."""
    tx.execute(_HURRY, {"now": now, "fewer_than": fewer_than})


def wanted_by_id(tx: Connection, id_: int) -> MediaRow | None:
    """A file that is still wanted, locked."""
    row = tx.execute(_WANTED_BY_ID, {"of": id_}).first()
    return MediaRow(*row) if row else None


def keep(tx: Connection, id_: int, sha256: str, size: int, content_type: str, picture: bool) -> None:
    facts = {"sha256": sha256, "size": size, "content_type": content_type, "picture": picture}
    tx.execute(_still_wanted(id_).values(**facts, state="kept", error=None))


def retry(tx: Connection, id_: int, at: datetime, error: str) -> None:
    tx.execute(_still_wanted(id_).values(due_at=at, error=error))


def refuse(tx: Connection, id_: int, state: str, error: str) -> None:
    """It will not be fetched: `refused` for what it is, `failed` because it could not be had."""
    tx.execute(_still_wanted(id_).values(state=state, error=error))


def of_messages(conn: Connection, inbox_ids: Collection[int]) -> list[MediaRow]:
    """The files of these messages, each message's in their order."""
    return [MediaRow(*row) for row in conn.execute(_OF_MESSAGES, {"inbox_ids": list(inbox_ids)})]


def by_id(conn: Connection, id_: int) -> MediaRow | None:
    query = select(*columns(media, MediaRow)).where(media.c.id == id_)
    return next((MediaRow(*row) for row in conn.execute(query)), None)


def of_case(conn: Connection, case_id: int) -> list[MediaRow]:
    """The files among the evidence of a case, in the order they were handed in."""
    return [MediaRow(*row) for row in conn.execute(_OF_CASE, {"of": case_id})]


def given_up(conn: Connection, conversation_id: int, since: datetime, until: datetime) -> list[MediaRow]:
    """What came from a citizen in this time and will not be fetched."""
    times = {"since": since, "until": until}
    return [MediaRow(*row) for row in conn.execute(_GIVEN_UP, {"of": conversation_id, **times})]


def _still_wanted(id_: int) -> Update:
    return update(media).where(media.c.id == id_, media.c.state == "wanted")


_WANTED = text("media.state = 'wanted'")  # word for word the partial index's condition, or SQLite does not use it
_ROWS = select(*columns(media, MediaRow))
_ADD = insert(media)
_EVIDENCE = (
    select(evidence.c.id, evidence.c.case_id, evidence.c.inbox_id, evidence.c.kind, evidence.c.media_id)
    .where(evidence.c.inbox_id.in_(bindparam("inbox_ids", expanding=True)))
    .order_by(evidence.c.id)
)
_LINK = update(evidence).where(evidence.c.id == bindparam("evidence_id")).values(media_id=bindparam("file"))
_DUE = (
    _ROWS.where(_WANTED, media.c.due_at <= bindparam("now"))
    .order_by(media.c.due_at, media.c.id)
    .limit(bindparam("most"))
)
_LEASE = (
    update(media)
    .where(media.c.id.in_(bindparam("ids", expanding=True)))
    .values(due_at=bindparam("until"), attempts=media.c.attempts + 1)
)
_HURRY = (
    update(media)
    .where(_WANTED, media.c.due_at > bindparam("now"), media.c.attempts < bindparam("fewer_than"))
    .values(due_at=bindparam("now", type_=media.c.due_at.type))
)
_WANTED_BY_ID = _ROWS.where(media.c.id == bindparam("of"), _WANTED).with_for_update()
_OF_MESSAGES = _ROWS.where(media.c.inbox_id.in_(bindparam("inbox_ids", expanding=True))).order_by(
    media.c.inbox_id, media.c.place
)
_OF_CASE = (
    _ROWS.join_from(media, evidence, evidence.c.media_id == media.c.id)
    .where(evidence.c.case_id == bindparam("of"))
    .order_by(evidence.c.id)
)
_GIVEN_UP = _ROWS.where(
    media.c.conversation_id == bindparam("of"),
    media.c.state.in_(("refused", "failed")),
    media.c.created_at.between(bindparam("since"), bindparam("until")),
)
