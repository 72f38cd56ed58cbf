from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import conversations, outbox
from storage.database import Database
from storage.many_rows import write_many
from storage.outbox import OutboxRow
from storage.statements import columns, values
from tests.storage.fresh import NOW

NewId = Callable[[], int]
TABLE = outbox.outbox


@pytest.fixture
def rows(database: Database, new_id: NewId) -> list[OutboxRow]:
    """The second says what the first leaves open."""
    with database.transaction() as tx:
        to = conversations.load_or_create(tx, [("web", "satu")], NOW, new_id)["web", "satu"].id
    plain = OutboxRow(new_id(), to, 1, NOW, NOW, [["plain", "Baik, Bapak/Ibu: 100 % 😊"]])
    file = {"name": "surat.pdf", "size": 1}
    late = NOW.astimezone() + timedelta(seconds=0.5)
    full = replace(plain, id=new_id(), position=2, due_at=late, purpose="survey", template=True, file=file)
    return [plain, full]


def kept(database: Database) -> list[tuple[Any, ...]]:
    with database.reader() as conn:
        return [tuple(row) for row in conn.execute(select(TABLE).order_by(TABLE.c.id))]


@pytest.mark.parametrize("count", [1, 2])
def test_rows_are_written_as_sqlalchemy_writes_them(database: Database, rows: list[OutboxRow], count: int) -> None:
    with database.transaction() as tx:
        tx.execute(insert(TABLE), [{"attempts": 0, **values(row)} for row in rows[:count]])
    as_always = kept(database)
    with database.transaction() as tx:
        tx.execute(TABLE.delete())
        outbox.add(tx, rows[:count])
    assert kept(database) == as_always
    with database.reader() as conn:
        order = select(*columns(TABLE, OutboxRow)).order_by(TABLE.c.id)
        assert [OutboxRow(*row) for row in conn.execute(order)] == [
            replace(row, buttons=list(row.buttons)) for row in rows[:count]
        ]


@dataclass
class Change:
    id: int
    error: str | None
    purpose: str | None


def test_an_update_empties_what_no_row_says_anything_in(database: Database, rows: list[OutboxRow]) -> None:
    statement = update(TABLE).where(TABLE.c.id == bindparam("id"))
    with database.transaction() as tx:
        outbox.add(tx, rows)
        changes = [Change(rows[0].id, "x", None), Change(rows[1].id, None, None), Change(99, None, None)]
        assert write_many(tx, statement, changes, ["error", "purpose"], by=["id"]) == 2
        assert write_many(tx, statement, [], ["error", "purpose"], by=["id"]) == 0
        told = tx.execute(select(TABLE.c.error, TABLE.c.purpose, TABLE.c.template).order_by(TABLE.c.id)).all()
    assert [tuple(row) for row in told] == [("x", None, False), (None, None, True)]


@pytest.mark.parametrize("wrong", [{"sender": "nobody"}, {"state": "lost"}, {"purpose": "spam"}])
def test_what_the_database_refuses_is_told_without_the_row(
    database: Database, rows: list[OutboxRow], wrong: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError) as caught, database.transaction() as tx:
        outbox.add(tx, [rows[0], replace(rows[1], **wrong)])
    assert isinstance(caught.value, DBAPIError)
    assert f"ck_outbox_{next(iter(wrong))}" in str(caught.value)
    assert "Bapak" not in str(caught.value)
    assert kept(database) == []
