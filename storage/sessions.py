"""Sessions of officers, and wrong passwords in a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from storage.models import Session, SignInFailure, table
from storage.statements import columns, upsert, values

sessions = table(Session)
failures = table(SignInFailure)


@dataclass(frozen=True, slots=True)
class SessionRow:
    token_hash: str
    officer_id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    device: str = ""


@dataclass(frozen=True, slots=True)
class Failures:
    """How many wrong ones in a row, and when the last was."""

    count: int
    last_at: datetime


def add(tx: Connection, row: SessionRow) -> None:
    tx.execute(insert(sessions).values(values(row)))


def by_hash(conn: Connection, token_hash: str) -> SessionRow | None:
    found = conn.execute(select(*columns(sessions, SessionRow)).where(sessions.c.token_hash == token_hash)).first()
    return SessionRow(*found) if found else None


def of_officer(conn: Connection, officer_id: int) -> list[SessionRow]:
    """The last used first."""
    query = select(*columns(sessions, SessionRow)).where(sessions.c.officer_id == officer_id)
    return [SessionRow(*row) for row in conn.execute(query.order_by(sessions.c.seen_at.desc()))]


def seen(tx: Connection, token_hash: str, now: datetime) -> None:
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def end(tx: Connection, token_hash: str, officer_id: int) -> int:
    """One session of this officer. Returns how many that were."""
    mine = (sessions.c.token_hash == token_hash) & (sessions.c.officer_id == officer_id)
    return tx.execute(delete(sessions).where(mine)).rowcount


def end_all(tx: Connection, officer_id: int, but: str | None = None) -> int:
    """All sessions of an officer but one. Returns how many that were."""
    theirs = sessions.c.officer_id == officer_id
    return tx.execute(delete(sessions).where(theirs, sessions.c.token_hash != (but or ""))).rowcount


def forget_ended(tx: Connection, now: datetime, quiet_since: datetime) -> None:
    """Those that nobody else ends just now: it never waits."""
    ended = select(sessions.c.token_hash).where(or_(sessions.c.expires_at <= now, sessions.c.seen_at <= quiet_since))
    tx.execute(delete(sessions).where(sessions.c.token_hash.in_(ended.with_for_update(skip_locked=True))))


def begin_failures(tx: Connection, keys: Iterable[str], now: datetime) -> Mapping[str, Failures]:
    """A row for each, made where there is none, and locked: nobody else counts until the commit.

    In one statement a row, or another process might delete it between the making and the locking; and in the order of
    the keys, so that no two wait for each other.
    """
    adding = upsert(tx.dialect.name, failures)
    locking = adding.on_conflict_do_update(index_elements=["key"], set_={"key": adding.excluded.key})
    query = locking.returning(failures.c.count, failures.c.last_at)
    return {key: Failures(*tx.execute(query, {"key": key, "count": 0, "last_at": now}).one()) for key in sorted(keys)}


def lock_failures(tx: Connection, keys: Iterable[str]) -> Mapping[str, Failures]:
    """Those that there are; nobody else counts until the commit."""
    query = select(failures.c.key, failures.c.count, failures.c.last_at).where(failures.c.key.in_(keys))
    found = tx.execute(query.order_by(failures.c.key).with_for_update())
    return {key: Failures(count, last_at) for key, count, last_at in found}


def keep_failures(tx: Connection, kept: Mapping[str, Failures]) -> None:
    for key, each in kept.items():
        tx.execute(update(failures).where(failures.c.key == key).values(values(each)))


def forget_failures(tx: Connection, keys: Iterable[str]) -> None:
    tx.execute(delete(failures).where(failures.c.key.in_(keys)))


def forget_failures_like(tx: Connection, beginning: str) -> None:
    theirs = select(failures.c.key).where(failures.c.key.startswith(beginning))
    forget_failures(tx, tx.scalars(theirs.order_by(failures.c.key).with_for_update()).all())


def forget_old_failures(tx: Connection, before: datetime) -> None:
    """Those that nobody counts just now: it never waits."""
    old = select(failures.c.key).where(failures.c.last_at < before).with_for_update(skip_locked=True)
    tx.execute(delete(failures).where(failures.c.key.in_(old)))
