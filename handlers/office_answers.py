"""Answers of the office to what no standard states: told as its own statement, never as a standard's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from handlers.access import Actor, NotFoundError, require
from handlers.office import Office
from storage import office_events, phrases, versions
from storage.models import OfficeAnswer
from storage.office_events import OfficeEventRow

LONGEST = 1500  # characters: with its heading and source it is still one message
LONGEST_TITLE = 80


class AnswerProblemError(ValueError):
    """What was filled in cannot be kept; `problems` says why, by field, in Indonesian."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


def add(tx: Connection, office: Office, actor: Actor, title: str, text: str) -> OfficeAnswer:
    """A new answer; citizens get it once a phrase leads to it. Raises NotAllowedError, AnswerProblemError."""
    require(actor, "knowledge.keep")
    title, text = cleaned(title, text)
    answer = OfficeAnswer(id=office.new_id(), title=title, text=text, officer_id=actor.id, updated_at=office.clock())
    phrases.add_answer(tx, answer)
    _note(tx, office, actor, "answer_added", None, answer)
    return answer


def change(office: Office, actor: Actor, id_: int, title: str, text: str) -> None:
    """Raises NotAllowedError, NotFoundError, AnswerProblemError."""
    require(actor, "knowledge.keep")
    title, text = cleaned(title, text)
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        before = _found(tx, id_)
        if (before.title, before.text, before.removed_at) == (title, text, None):
            return
        after = _changed(before, office, actor, title=title, text=text, removed_at=None)
        phrases.save_answer(tx, after)
        _note(tx, office, actor, "answer_changed", before, after)


def remove(office: Office, actor: Actor, id_: int, *, undo: bool = False) -> None:
    """Takes an answer out: its phrases mean nothing until it is back. Raises NotAllowedError, NotFoundError."""
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        take_out(tx, office, actor, id_, undo=undo)


def take_out(tx: Connection, office: Office, actor: Actor, id_: int, *, undo: bool = False) -> None:
    """The same within a transaction."""
    before = _found(tx, id_)
    if (before.removed_at is None) != undo:
        after = _changed(before, office, actor, removed_at=None if undo else office.clock())
        phrases.save_answer(tx, after)
        _note(tx, office, actor, "answer_restored" if undo else "answer_removed", before, after)


def _found(tx: Connection, id_: int) -> OfficeAnswer:
    answer = phrases.answer_by_id(tx, id_)
    if answer is None:
        raise NotFoundError(id_)
    return answer


def _changed(before: OfficeAnswer, office: Office, actor: Actor, **facts: Any) -> OfficeAnswer:
    return OfficeAnswer(**{**before.model_dump(), **facts, "officer_id": actor.id, "updated_at": office.clock()})


def cleaned(title: str, text: str) -> tuple[str, str]:
    """Title and text as they would be kept. Raises AnswerProblemError."""
    title = " ".join(title.split())
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    problems = {}
    if not title or len(title) > LONGEST_TITLE:
        problems["title"] = f"Isi judulnya, paling banyak {LONGEST_TITLE} huruf."
    if not text or len(text) > LONGEST:
        problems["text"] = f"Isi jawabannya, paling banyak {LONGEST} huruf."
    if problems:
        raise AnswerProblemError(problems)
    return title, text


def _note(
    tx: Connection, office: Office, actor: Actor, kind: str, before: OfficeAnswer | None, after: OfficeAnswer
) -> None:
    versions.bump(tx, versions.KEPT)
    said = {"text": before.text} if before and before.removed_at is None else None
    now = {"text": after.text} if after.removed_at is None else None
    event = OfficeEventRow(
        office.new_id(), office.clock(), actor.id, kind, after.title, said, now, f"answer:{after.id}"
    )
    office_events.add(tx, event)
