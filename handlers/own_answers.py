"""Asks standards the questions made from themselves (`knowledge.own_questions`), beside the golden ones of officers.

Right is an answer from that very standard with the component that was asked for, which holds the item; or a question
back in which the standard stands, where others of its risk share its code or title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers.golden import Failing
from handlers.trial import Bot, Trial
from knowledge.own_questions import OwnQuestion, own_questions
from knowledge.search import Published, key
from knowledge.standards import ServiceStandard
from storage.models import GoldenQuestion


@dataclass(frozen=True, slots=True)
class OwnFailing:
    """A question that its own standard is not answered from, or not with what it says."""

    entry: Published
    question: OwnQuestion
    got: Trial


def failing_of(bot: Bot, entries: Iterable[Published]) -> Iterator[tuple[int, list[OwnFailing]]]:
    """For each standard, one after the other: how many questions it was asked, and those that fail."""
    for entry in entries:
        questions = list(own_questions(entry.standard))
        tried = [(question, bot.tried(question.text)) for question in questions]
        yield len(questions), [OwnFailing(entry, q, got) for q, got in tried if not _right(entry, q, got, bot)]


def newly_failing(before: Bot, after: Bot, standard: ServiceStandard) -> list[Failing]:
    """Questions of a standard that pass now and would fail after, as the golden ones of officers are told."""
    now, then = (bot.knowledge.catalogue.by_identity.get(standard.identity) for bot in (before, after))
    if now is None or then is None:
        return []
    passed = [q for q in own_questions(now.standard) if q.component in then.standard.components]
    kept = set(own_questions(then.standard))
    found = []
    for question in passed:
        if question not in kept or not _right(now, question, before.tried(question.text), before):
            continue
        got = after.tried(question.text)
        if not _right(then, question, got, after):
            found.append(Failing(_as_golden(question, standard, before.now), got.outcome))
    return found


def _right(entry: Published, question: OwnQuestion, got: Trial, bot: Bot) -> bool:
    outcome, standard = got.outcome, entry.standard
    if outcome.kind == "asked":
        return len(_alike(standard, bot)) > 1 and f"standard:{key(entry)}" in outcome.choices
    said = _collapsed(" ".join(line.text for line in got.lines))
    answered = question.component in outcome.components and outcome.identity == standard.identity
    alone = bool(question.holds) or outcome.components == (question.component,)
    return answered and alone and _collapsed(question.holds) in said


def _alike(standard: ServiceStandard, bot: Bot) -> list[Published]:
    """The standards of the same risk that share its code or its title, itself among them."""
    return [
        other
        for other in bot.knowledge.catalogue.published
        if (other.standard.kbli == standard.kbli or other.standard.title == standard.title)
        and (other.standard.risk or "") == (standard.risk or "")
    ]


def _as_golden(question: OwnQuestion, standard: ServiceStandard, asked_at: datetime) -> GoldenQuestion:
    """Never stored: a question of the standard itself, told like those that officers keep."""
    return GoldenQuestion(
        id=0,
        question=question.text,
        identity=standard.identity,
        components=[question.component],
        officer_id=0,
        added_at=asked_at,
    )


def _collapsed(text: str) -> str:
    return " ".join(text.lower().split())
