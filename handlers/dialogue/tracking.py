"""How far something is. PASTI does not see applications: it says so, takes the number, and offers an officer."""

from __future__ import annotations

import re

from handlers.dialogue import officer, texts
from handlers.dialogue.effects import CallOfficer, Effect, Say
from handlers.dialogue.state import State
from knowledge.base import KnowledgeBase

_NUMBER = re.compile(r"(?<!\w)(?:[A-Za-z]{1,5}[-/. ]?)?\d[\dA-Za-z./-]{3,24}(?!\w)")


def application_number(text: str) -> str | None:
    """What looks like the number of an application or a NIB: a token of at least four digits."""
    found = next((m.group() for m in _NUMBER.finditer(text) if sum(c.isdigit() for c in m.group()) >= 4), None)
    return found.strip(" .-/") if found else None


def track(text: str, state: State, knowledge: KnowledgeBase) -> tuple[State, tuple[Effect, ...]]:
    """Says honestly that applications cannot be seen, and takes the number for an officer."""
    number = application_number(text)
    if number is None:
        after = state.settled(asks="application_number", mode="filling", standard=state.standard)
        return after, (Say(texts.application_status(), (texts.OFFICER, texts.MENU)),)
    lines = (*texts.application_noted(number), *officer.contact_lines(state, knowledge))
    after = state.settled(standard=state.standard)
    return after, (Say(lines, (texts.MENU,)), CallOfficer("application_status", number))
