"""Words that mean a standard, one of its components, or an answer of the office; and these answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.models import OfficeAnswer, Phrase, table
from storage.statements import read

phrases = table(Phrase)
answers = table(OfficeAnswer)


def everything(conn: Connection, *, removed: bool = False) -> list[Phrase]:
    """All that are at work, oldest first; removed: those that were taken out too."""
    query = select(phrases).order_by(phrases.c.id)
    return read(conn, Phrase, query if removed else query.where(phrases.c.removed_at.is_(None)))


def of_standards(conn: Connection, identities: Collection[str]) -> list[Phrase]:
    """Those of some standards, also those that were taken out; oldest first."""
    return read(conn, Phrase, select(phrases).where(phrases.c.identity.in_(identities)).order_by(phrases.c.id))


def of_answer(conn: Connection, answer_id: int) -> list[Phrase]:
    """Those of an answer, also those that were taken out; oldest first."""
    return read(conn, Phrase, select(phrases).where(phrases.c.answer_id == answer_id).order_by(phrases.c.id))


def by_id(conn: Connection, id_: int) -> Phrase | None:
    return next(iter(read(conn, Phrase, select(phrases).where(phrases.c.id == id_))), None)


def add(tx: Connection, phrase: Phrase) -> None:
    tx.execute(insert(phrases).values(phrase.model_dump()))


def set_removed(tx: Connection, id_: int, at: datetime | None) -> None:
    """Taken out, or at work again."""
    tx.execute(update(phrases).where(phrases.c.id == id_).values(removed_at=at))


def every_answer(conn: Connection, *, removed: bool = False) -> list[OfficeAnswer]:
    """By title; removed: those that were taken out too."""
    query = select(answers).order_by(answers.c.title, answers.c.id)
    return read(conn, OfficeAnswer, query if removed else query.where(answers.c.removed_at.is_(None)))


def answer_by_id(conn: Connection, id_: int) -> OfficeAnswer | None:
    return next(iter(read(conn, OfficeAnswer, select(answers).where(answers.c.id == id_))), None)


def add_answer(tx: Connection, answer: OfficeAnswer) -> None:
    tx.execute(insert(answers).values(answer.model_dump()))


def save_answer(tx: Connection, answer: OfficeAnswer) -> None:
    tx.execute(update(answers).where(answers.c.id == answer.id).values(answer.model_dump(exclude={"id"})))
