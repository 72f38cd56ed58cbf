"""Golden questions: they are to stay answered as they are. Nothing is published while one that passed would fail.

A question is plain data: its words, and what it is to be answered with: a standard (None: what all standards state
alike) and its components, an answer of the office, or neither, when it is to be declined or asked back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.access import Actor, NotFoundError, require
from handlers.office import Office
from handlers.trial import Bot, Outcome
from storage import golden, office_events, versions
from storage.models import GoldenQuestion
from storage.office_events import OfficeEventRow

LONGEST = 300  # characters of a question


class GoldenProblemError(ValueError):
    """The question cannot be kept; the message says why, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Result:
    question: GoldenQuestion
    outcome: Outcome

    @property
    def passed(self) -> bool:
        return _right(self.question, self.outcome)


@dataclass(frozen=True, slots=True)
class Failing:
    """A question that is answered rightly now, and would not be any more."""

    question: GoldenQuestion
    outcome: Outcome  # then


def bot(office: Office, conn: Connection) -> Bot:
    """The bot as it answers now."""
    return Bot(*office.library.read(conn), office.clock())


def run(bot: Bot, questions: Iterable[GoldenQuestion]) -> list[Result]:
    return [Result(question, bot.tried(question.question).outcome) for question in questions]


def failing(before: Bot, after: Bot, questions: Sequence[GoldenQuestion]) -> list[Failing]:
    """Those that pass before and fail after."""
    passed = [result.question for result in run(before, questions) if result.passed]
    return [Failing(result.question, result.outcome) for result in run(after, passed) if not result.passed]


def keep(office: Office, actor: Actor, question: str, outcome: Outcome) -> int:
    """From now on this question is to be answered so. Raises NotAllowedError, GoldenProblemError."""
    require(actor, "knowledge.keep")
    question = " ".join(question.split())
    if not question or len(question) > LONGEST:
        raise GoldenProblemError(f"Isi pertanyaannya, paling banyak {LONGEST} huruf.")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        if any(each.question.lower() == question.lower() for each in golden.everything(tx)):
            raise GoldenProblemError("Pertanyaan ini sudah ada di daftar.")
        row = GoldenQuestion(
            id=office.new_id(),
            question=question,
            identity=outcome.identity,
            components=list(outcome.components),
            answer_id=outcome.answer,
            officer_id=actor.id,
            added_at=office.clock(),
        )
        golden.add(tx, row)
        _note(tx, office, actor, "golden_added", row)
    return row.id


def remove(office: Office, actor: Actor, id_: int, *, undo: bool = False) -> None:
    """Takes a question out; undo: puts it back. Raises NotAllowedError, NotFoundError."""
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        row = golden.by_id(tx, id_)
        if row is None:
            raise NotFoundError(id_)
        if (row.removed_at is None) == undo:
            return
        golden.set_removed(tx, id_, None if undo else office.clock())
        _note(tx, office, actor, "golden_restored" if undo else "golden_removed", row)


def _note(tx: Connection, office: Office, actor: Actor, kind: str, row: GoldenQuestion) -> None:
    event = OfficeEventRow(
        office.new_id(), office.clock(), actor.id, kind, row.question, None, None, about=f"golden:{row.id}"
    )
    office_events.add(tx, event)


def _right(question: GoldenQuestion, outcome: Outcome) -> bool:
    if question.answer_id is not None:
        return outcome.answer == question.answer_id
    if not question.components:
        return outcome.kind in ("none", "asked")
    of_standard = question.identity is None or question.identity == outcome.identity
    return of_standard and set(question.components) == set(outcome.components)
