"""Officers and the agencies they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage.models import Agency, Officer, table
from storage.statements import read

agencies = table(Agency)
officers = table(Officer)


def add_agency(tx: Connection, agency: Agency) -> None:
    tx.execute(insert(agencies).values(agency.model_dump()))


def agency_named(conn: Connection, name: str) -> Agency | None:
    """Whatever the case of its letters."""
    query = select(agencies).where(func.lower(agencies.c.name) == name.lower())
    return next(iter(read(conn, Agency, query)), None)


def every_agency(conn: Connection) -> list[Agency]:
    return read(conn, Agency, select(agencies).order_by(agencies.c.name))


def add(tx: Connection, officer: Officer) -> None:
    tx.execute(insert(officers).values(officer.model_dump()))


def change(tx: Connection, id_: int, values: Mapping[str, Any]) -> None:
    tx.execute(update(officers).where(officers.c.id == id_).values(**values))


def by_username(conn: Connection, username: str) -> Officer | None:
    return next(iter(read(conn, Officer, select(officers).where(officers.c.username == username))), None)


def by_id(conn: Connection, id_: int) -> Officer | None:
    return next(iter(read(conn, Officer, select(officers).where(officers.c.id == id_))), None)


def locked(tx: Connection, id_: int) -> Officer | None:
    """Nobody else changes it until the commit."""
    query = select(officers).where(officers.c.id == id_).with_for_update()
    return next(iter(read(tx, Officer, query)), None)


def lock_active(tx: Connection, role: str) -> list[int]:
    """The ids of those who are active in a role; nobody else changes them until the commit."""
    active = (officers.c.role == role) & officers.c.active
    return list(tx.scalars(select(officers.c.id).where(active).order_by(officers.c.id).with_for_update()))


def everyone(conn: Connection) -> list[Officer]:
    """Those who left included, by name."""
    return read(conn, Officer, select(officers).order_by(officers.c.name, officers.c.id))


def stood_in_for(conn: Connection, officer_id: int, today: date) -> list[Officer]:
    """The officers whose deputy somebody is on this day."""
    period = (officers.c.deputy_from <= today) & (officers.c.deputy_until >= today)
    return read(conn, Officer, select(officers).where(officers.c.deputy_id == officer_id, period, officers.c.active))


def are_there(conn: Connection) -> bool:
    return conn.scalar(select(officers.c.id).limit(1)) is not None
