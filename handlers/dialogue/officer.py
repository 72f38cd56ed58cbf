"""When a citizen wants a person. The wish is recorded, the ways to reach the office quoted; no reply is promised."""

from __future__ import annotations

from handlers.dialogue import texts
from handlers.dialogue.effects import CallOfficer, Effect, Say
from handlers.dialogue.quotes import printed
from handlers.dialogue.state import State
from handlers.messages import Line
from knowledge.base import KnowledgeBase
from knowledge.items import ItemIndex
from knowledge.search import Published

_COMPLAINTS = 6


def call(state: State, knowledge: KnowledgeBase, reason: str, details: str = "") -> tuple[State, tuple[Effect, ...]]:
    """Records the wish and gives the contacts of component 6, word for word."""
    contacts = contact_lines(state, knowledge)
    opening = texts.officer_contacts() if contacts else texts.officer_without_contacts()
    say = Say((*opening, *contacts), (texts.MENU,))
    return state.settled(), (say, CallOfficer(reason, details))


def contact_lines(state: State, knowledge: KnowledgeBase) -> tuple[Line, ...]:
    """The ways to reach the office as a standard prints them, with their source; empty when none prints any."""
    published = knowledge.catalogue.by_identity.get(state.standard or "") or next(
        iter(knowledge.catalogue.published), None
    )
    if published is None or _COMPLAINTS not in published.standard.components:
        return ()
    return _contacts_of(published, knowledge.catalogue.items(published))


def _contacts_of(published: Published, index: ItemIndex) -> tuple[Line, ...]:
    roots = index.outline(_COMPLAINTS)
    fullest = max(roots, key=lambda item: len(item.items))
    items = fullest.items or roots
    quotes = tuple(Line(printed(item), "quote") for item in items)
    return (*quotes, Line(""), texts.source(published, [_COMPLAINTS]))
