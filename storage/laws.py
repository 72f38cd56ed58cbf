"""What the office knows of the instruments that standards cite."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.models import LawStatus, table
from storage.statements import read, upsert

statuses = table(LawStatus)


def everything(conn: Connection) -> list[LawStatus]:
    return read(conn, LawStatus, select(statuses).order_by(statuses.c.key))


def put(tx: Connection, status: LawStatus) -> None:
    facts = status.model_dump()
    insert = upsert(tx.dialect.name, statuses).values(facts)
    tx.execute(insert.on_conflict_do_update(index_elements=["key"], set_=facts))
