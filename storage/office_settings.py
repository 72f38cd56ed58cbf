"""How the office wants PASTI to work: a value by its name, where one was set."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.models import OfficeSetting, table
from storage.statements import upsert

settings = table(OfficeSetting)


def get(conn: Connection, name: str) -> str | None:
    value: str | None = conn.scalar(select(settings.c.value).where(settings.c.name == name))
    return value


def put(tx: Connection, name: str, value: str) -> None:
    insert = upsert(tx.dialect.name, settings).values(name=name, value=value)
    tx.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
