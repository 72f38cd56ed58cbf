"""The office's own statements, kept by officers: hours, address, how to register for OSS."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage import versions
from storage.models import ProfileText, table
from storage.statements import read, upsert

office_profile = table(ProfileText)


def put(tx: Connection, key: str, text: str, at: datetime) -> None:
    insert = upsert(tx.dialect.name, office_profile).values(key=key, text=text, updated_at=at)
    tx.execute(insert.on_conflict_do_update(index_elements=["key"], set_={"text": text, "updated_at": at}))
    versions.bump(tx, versions.PROFILE)


def remove(tx: Connection, key: str) -> None:
    tx.execute(delete(office_profile).where(office_profile.c.key == key))
    versions.bump(tx, versions.PROFILE)


def statements(conn: Connection) -> list[ProfileText]:
    """All that the office says of itself, with when it was last changed."""
    return read(conn, ProfileText, select(office_profile).order_by(office_profile.c.key))


def texts(conn: Connection) -> dict[str, str]:
    return {row.key: row.text for row in conn.execute(select(office_profile.c.key, office_profile.c.text))}
