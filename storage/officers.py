"""Officers and the agencies they belong to."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from storage.models import Agency, Officer, table
from storage.statements import read

agencies = table(Agency)
officers = table(Officer)


def add_agency(tx: Connection, agency: Agency) -> None:
    tx.execute(insert(agencies).values(agency.model_dump()))


def add(tx: Connection, officer: Officer) -> None:
    tx.execute(insert(officers).values(officer.model_dump()))


def by_username(conn: Connection, username: str) -> Officer | None:
    return next(iter(read(conn, Officer, select(officers).where(officers.c.username == username))), None)


def everyone(conn: Connection) -> list[Officer]:
    """Those who left included, by name."""
    return read(conn, Officer, select(officers).order_by(officers.c.name, officers.c.id))
