"""Answers with what the office has written on a question that no standard answers. Never told as a standard's words."""

from __future__ import annotations

from handlers.dialogue import texts
from handlers.dialogue.effects import Say
from handlers.dialogue.quotes import Answer
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import Reading
from knowledge.base import KnowledgeBase
from knowledge.phrases import OfficeAnswer
from knowledge.profile import Statement


def told(reading: Reading, knowledge: KnowledgeBase) -> OfficeAnswer | None:
    """The answer that a message asks for: it says one of its phrases, and is a question."""
    if reading.choice is not None or reading.heard is None:
        return None
    if reading.intent != "inquiry":  # a complaint may well speak of the same
        return None
    return knowledge.kept.answers.get(reading.heard.phrase.answer or 0)


def answer(reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer | None:
    """The office's own statement; None when it has written nothing on this."""
    kept = told(reading, knowledge)
    if kept is None:
        return None
    lines = texts.office_statement(kept.title, Statement(kept.text, kept.updated_at))
    buttons = (texts.OFFICER, texts.NOT_HELPFUL)
    choices = tuple(Choice(button.title, button.payload) for button in buttons)
    after = state.settled(components=(), choices=choices, question=reading.text)
    return Answer(after, (Say(lines, buttons),))
