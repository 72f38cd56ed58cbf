"""Golden questions that officers keep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.models import GoldenQuestion, table
from storage.statements import read

questions = table(GoldenQuestion)


def everything(conn: Connection) -> list[GoldenQuestion]:
    """All that are asked, oldest first."""
    return read(
        conn, GoldenQuestion, select(questions).where(questions.c.removed_at.is_(None)).order_by(questions.c.id)
    )


def by_id(conn: Connection, id_: int) -> GoldenQuestion | None:
    return next(iter(read(conn, GoldenQuestion, select(questions).where(questions.c.id == id_))), None)


def add(tx: Connection, question: GoldenQuestion) -> None:
    tx.execute(insert(questions).values(question.model_dump()))


def set_removed(tx: Connection, id_: int, at: datetime | None) -> None:
    tx.execute(update(questions).where(questions.c.id == id_).values(removed_at=at))
