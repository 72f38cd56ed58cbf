"""Tasks about sending: what only a person can settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.models import Task, table
from storage.statements import columns, values

tasks = table(Task)


@dataclass(frozen=True, slots=True)
class TaskRow:
    id: int
    kind: str  # telephone, undelivered, unconfirmed
    conversation_id: int
    outbox_id: int | None
    reason: str
    created_at: datetime
    state: str = "open"


def add(tx: Connection, rows: Sequence[TaskRow]) -> None:
    if rows:
        tx.execute(insert(tasks), [values(row) for row in rows])


def settle(tx: Connection, conversation_id: int, id_: int) -> bool:
    """It is done. Returns whether there was such a task, still open, in this conversation."""
    found = tasks.c.id == id_, tasks.c.conversation_id == conversation_id, tasks.c.state == "open"
    return tx.execute(update(tasks).where(*found).values(state="done")).rowcount > 0


def settle_telephone(tx: Connection, conversation_id: int) -> None:
    """Nobody has to telephone any more: the citizen has written, and what was to be said goes out."""
    calls = tasks.c.conversation_id == conversation_id, tasks.c.kind == "telephone", tasks.c.state == "open"
    tx.execute(update(tasks).where(*calls).values(state="done"))


def open_tasks(conn: Connection) -> list[TaskRow]:
    """What is to be done, oldest first."""
    query = select(*columns(tasks, TaskRow)).where(tasks.c.state == "open").order_by(tasks.c.created_at, tasks.c.id)
    return [TaskRow(*row) for row in conn.execute(query)]


def of_conversation(conn: Connection, conversation_id: int) -> list[TaskRow]:
    """What is to be done for one citizen, oldest first."""
    query = select(*columns(tasks, TaskRow)).where(tasks.c.conversation_id == conversation_id, tasks.c.state == "open")
    return [TaskRow(*row) for row in conn.execute(query.order_by(tasks.c.created_at))]
