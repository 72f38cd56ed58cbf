"""The official list of business codes, as it was imported last."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from storage.models import KbliCode, table
from storage.statements import read

codes = table(KbliCode)


def everything(conn: Connection) -> list[KbliCode]:
    return read(conn, KbliCode, select(codes).order_by(codes.c.code))


def replace_all(tx: Connection, rows: Iterable[KbliCode]) -> None:
    tx.execute(delete(codes))
    tx.execute(insert(codes), [row.model_dump() for row in rows])
