"""Reporters: the name plain, contacts and NIK sealed and found by their keyed hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from storage.models import Party, table
from storage.sealed import Sealer
from storage.statements import read

parties = table(Party)

Contact = Literal["phone", "email", "address", "nik"]
CONTACTS: tuple[Contact, ...] = ("phone", "email", "address", "nik")


@dataclass(frozen=True, slots=True)
class PartyDetails:
    """A reporter in clear. Never logged."""

    id: int
    name: str
    conversation_id: int | None = None  # the account itself is a way to reach them
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    nik: str | None = None


def add(tx: Connection, keys: Sealer, party: PartyDetails, at: datetime) -> None:
    tx.execute(insert(parties).values(_sealed(keys, party, at)))


def replace(tx: Connection, keys: Sealer, party: PartyDetails, at: datetime) -> None:
    """Write all of it anew: what is None now is forgotten."""
    tx.execute(update(parties).where(parties.c.id == party.id).values(_sealed(keys, party, at)))


def get(conn: Connection, keys: Sealer, party_id: int) -> PartyDetails | None:
    """Raises SealError when the secret is not the one that it was sealed with."""
    for row in read(conn, Party, select(parties).where(parties.c.id == party_id)):
        sealed = {contact: getattr(row, f"{contact}_sealed") for contact in CONTACTS}
        clear = {contact: value and keys.open(contact, value) for contact, value in sealed.items()}
        return PartyDetails(row.id, row.name, row.conversation_id, **clear)
    return None


def find(conn: Connection, keys: Sealer, contact: Contact, value: str) -> list[int]:
    """The ids of those who gave this phone, email, address or NIK, however they wrote it; oldest first."""
    is_theirs = parties.c[f"{contact}_hash"] == keys.look_up(contact, value)
    return list(conn.scalars(select(parties.c.id).where(is_theirs).order_by(parties.c.id)))


def _sealed(keys: Sealer, party: PartyDetails, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": party.id,
        "name": party.name,
        "conversation_id": party.conversation_id,
        "updated_at": at,
    }
    for contact in CONTACTS:
        value: str | None = getattr(party, contact)
        row[f"{contact}_sealed"] = keys.seal(contact, value) if value else None
        row[f"{contact}_hash"] = keys.look_up(contact, value) if value else None
    return row
