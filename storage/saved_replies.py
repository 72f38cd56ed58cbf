"""Texts that officers send often, each called by its shortcut."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from storage.models import SavedReply, table
from storage.statements import read

saved_replies = table(SavedReply)


def everything(conn: Connection) -> list[SavedReply]:
    """All of them, by shortcut."""
    return read(conn, SavedReply, select(saved_replies).order_by(saved_replies.c.shortcut))


def by_id(conn: Connection, id_: int) -> SavedReply | None:
    return next(iter(read(conn, SavedReply, select(saved_replies).where(saved_replies.c.id == id_))), None)


def by_shortcut(conn: Connection, shortcut: str) -> SavedReply | None:
    return next(iter(read(conn, SavedReply, select(saved_replies).where(saved_replies.c.shortcut == shortcut))), None)


def add(tx: Connection, reply: SavedReply) -> None:
    tx.execute(insert(saved_replies).values(reply.model_dump()))


def save(tx: Connection, reply: SavedReply) -> None:
    tx.execute(update(saved_replies).where(saved_replies.c.id == reply.id).values(reply.model_dump(exclude={"id"})))


def remove(tx: Connection, id_: int) -> None:
    tx.execute(delete(saved_replies).where(saved_replies.c.id == id_))
