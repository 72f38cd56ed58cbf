"""The Telegram chats that are officers' own, and the codes with which they link them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select

from storage.models import OfficerTelegram, TelegramCode, table
from storage.officers import officers
from storage.statements import read, upsert

officer_telegrams = table(OfficerTelegram)
codes = table(TelegramCode)


def of_officer(conn: Connection, officer_id: int) -> OfficerTelegram | None:
    query = select(officer_telegrams).where(officer_telegrams.c.officer_id == officer_id)
    return next(iter(read(conn, OfficerTelegram, query)), None)


def of_chat(conn: Connection, chat_hash: str) -> OfficerTelegram | None:
    query = select(officer_telegrams).where(officer_telegrams.c.chat_hash == chat_hash)
    return next(iter(read(conn, OfficerTelegram, query)), None)


def link(tx: Connection, row: OfficerTelegram) -> None:
    """The caller has ended what the officer, or the chat, was linked to before."""
    tx.execute(insert(officer_telegrams).values(row.model_dump()))


def unlink(tx: Connection, officer_id: int) -> None:
    tx.execute(delete(officer_telegrams).where(officer_telegrams.c.officer_id == officer_id))


def put_code(tx: Connection, code: TelegramCode) -> None:
    """Instead of the one that the officer had before."""
    made = upsert(tx.dialect.name, codes).values(code.model_dump())
    new = {"code_hash": made.excluded.code_hash, "expires_at": made.excluded.expires_at}
    tx.execute(made.on_conflict_do_update(index_elements=["officer_id"], set_=new))


def code_of(tx: Connection, code_hash: str, now: datetime) -> int | None:
    """The active officer whose code it is, as long as it is good; nobody else uses it until the commit."""
    theirs = and_(officers.c.id == codes.c.officer_id, officers.c.active)
    good = (codes.c.code_hash == code_hash) & (codes.c.expires_at > now)
    return tx.scalar(select(codes.c.officer_id).join(officers, theirs).where(good).with_for_update(of=codes))


def drop_code(tx: Connection, officer_id: int) -> None:
    tx.execute(delete(codes).where(codes.c.officer_id == officer_id))
