"""What the bot would answer to a question, and what that answer is: nothing is written, nobody is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.dialogue import kept_answer, office_facts
from handlers.dialogue.case_view import CaseContext
from handlers.dialogue.effects import Say
from handlers.dialogue.engine import READ_AT_MOST, Context, Turn, step
from handlers.dialogue.state import State
from handlers.dialogue.understand import Reading, understand
from handlers.messages import Address, Inbound, Line
from knowledge.base import OFFICE_WIDE, KnowledgeBase
from knowledge.calendar import WorkingDays
from knowledge.search import SURE

Kind = Literal["standard", "answer", "profile", "asked", "none"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question is answered with, whatever the words."""

    kind: Kind
    identity: str | None = None  # the standard answered from, or in hand; None: of all that state it alike
    components: tuple[int, ...] = ()
    answer: int | None = None  # of the office
    choices: tuple[str, ...] = ()  # the standards that were asked about


@dataclass(frozen=True, slots=True)
class Trial:
    lines: tuple[Line, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """A question that would be answered otherwise."""

    question: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Bot:
    """All that an answer depends on."""

    knowledge: KnowledgeBase
    calendar: WorkingDays
    now: datetime

    def tried(self, question: str) -> Trial:
        """As a citizen would be answered who says this first."""
        question = question[:READ_AT_MOST]
        inbound = Inbound(Address("web", "trial"), "trial", self.now, question)
        turn = step(inbound, State(), Context(self.knowledge, self.now, CaseContext(calendar=self.calendar)))
        reading = understand(question, None, self.knowledge, State())
        lines = tuple(line for effect in turn.effects if isinstance(effect, Say) for line in effect.lines)
        return Trial(lines, _outcome(turn, reading, self.knowledge))


def changes(before: Bot, after: Bot, questions: Iterable[str]) -> list[Change]:
    """Those of the questions that the two answer differently, in their order."""
    found = []
    for question in dict.fromkeys(questions):
        then, now = before.tried(question).outcome, after.tried(question).outcome
        if then != now:
            found.append(Change(question, then, now))
    return found


def _outcome(turn: Turn, reading: Reading, knowledge: KnowledgeBase) -> Outcome:
    if (kept := kept_answer.told(reading, knowledge)) is not None:
        return Outcome("answer", answer=kept.id)
    components = turn.report.components
    if components:
        named = bool(reading.codes) or any(c.score >= SURE for c in reading.match.candidates[:1])
        wide = not named and all(number in OFFICE_WIDE for number in components)
        return Outcome("standard", None if wide else turn.state.standard, components)
    if office_facts.is_told(reading, knowledge):
        return Outcome("profile")
    if turn.state.mode == "choosing":
        asked = tuple(choice.payload for choice in turn.state.choices) if turn.state.asks == "standard" else ()
        return Outcome("asked", turn.state.standard, choices=asked)
    return Outcome("none", turn.state.standard)
