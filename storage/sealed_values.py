"""One sealed value of a database, to try a key with."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.parties import CONTACTS, parties
from storage.sealed import Sealer, SealError


def opens(conn: Connection, keys: Sealer | None) -> bool | None:
    """Whether this key opens what was sealed last; None when nothing was ever sealed."""
    for contact in CONTACTS:
        column = parties.c[f"{contact}_sealed"]
        value = conn.scalar(select(column).where(column.is_not(None)).order_by(parties.c.id.desc()).limit(1))
        if value is not None:
            return keys is not None and _opened(keys, contact, value)
    return None


def _opened(keys: Sealer, contact: str, value: str) -> bool:
    try:
        keys.open(contact, value)
    except SealError:
        return False
    return True
