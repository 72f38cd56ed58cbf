"""When a citizen wants a person, waits for one, and has one. No reply is promised: only what is true is said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from handlers.dialogue import handover_texts, texts
from handlers.dialogue.effects import (
    AddToCase,
    CallOfficer,
    Confide,
    CureCase,
    Effect,
    GiveBack,
    LeaveQueue,
    MoveCase,
    OpenCase,
    Report,
    Say,
)
from handlers.dialogue.form import confided, raised
from handlers.dialogue.quotes import printed
from handlers.dialogue.state import State
from handlers.messages import Inbound, Line
from knowledge.base import KnowledgeBase
from knowledge.calendar import WorkingDays
from knowledge.items import ItemIndex
from knowledge.office_hours import DEFAULT, Hours
from knowledge.search import Published

_COMPLAINTS = 6
_BACK_TO_BOT = re.compile(
    r"^\W*/?(?:bot|menu|(?:kembali|balik|mau|sama)\s+(?:ke\s+)?bot(?:\s+(?:aja|saja|lagi|dong))?)\W*$",
    re.IGNORECASE,
)
_REPORTS = frozenset({"complaint", "suggestion", "status"})


@dataclass(frozen=True, slots=True)
class Queue:
    """What is to be known of the officers while a message is decided."""

    now: datetime  # aware
    waiting_since: datetime | None = None  # this citizen stands in the queue
    hours: Hours = DEFAULT
    calendar: WorkingDays = field(default_factory=lambda: WorkingDays({}, frozenset()))


def call(
    state: State, knowledge: KnowledgeBase, queue: Queue, reason: str, details: str = ""
) -> tuple[State, tuple[Effect, ...]]:
    """Puts the citizen into the queue and says how that stands; outside office hours, what other ways there are."""
    said = Say(standing(state, knowledge, queue), (texts.MENU,))
    called = (CallOfficer(reason, details),) if queue.waiting_since is None else ()
    return state.settled(), (said, *called)


def standing(state: State, knowledge: KnowledgeBase, queue: Queue, *, other_ways: bool = False) -> tuple[Line, ...]:
    """How it stands with somebody who wants a person now. other_ways: name them in office hours, too."""
    if queue.waiting_since is not None:
        return handover_texts.still_in_queue(queue.waiting_since)
    lines = handover_texts.in_queue()
    is_open = queue.hours.is_open(queue.now, queue.calendar)
    if not is_open:
        lines = handover_texts.in_queue_until_opening(queue.hours.next_opening(queue.now, queue.calendar))
    contacts = contact_lines(state, knowledge) if other_ways or not is_open else ()
    return (*lines, *handover_texts.other_ways(), *contacts) if contacts else lines


def leave_queue(state: State) -> tuple[State, tuple[Effect, ...]]:
    """`batal` while nothing else is open."""
    return state.settled(), (Say(handover_texts.left_queue(), (texts.MENU,)), LeaveQueue())


def in_conversation(
    inbound: Inbound, state: State, *, visible_to: str | None
) -> tuple[State, tuple[Effect, ...], Report]:
    """A message while an officer answers: kept for them, and the bot says nothing, unless it is called back.

    A button under an older message of the bot calls nobody back, whatever stands on it; a command does. What turns out
    to be confidential, or about those who could read it until now, is at once for its audience alone (SPEC 2.4): it
    leaves the officer and stands in their queue.
    """
    audience = raised(visible_to, confided(inbound.text))
    if audience is not None and audience != visible_to:
        said = Say(handover_texts.confided(audience), (texts.MENU,))
        effects = (said, Confide(audience), CallOfficer("confidential"))
        return afterwards(state), effects, Report("complaint")
    pressed = inbound.payload is not None and not inbound.text.startswith("/")
    if pressed or not _BACK_TO_BOT.match(inbound.text):
        return state, (), Report("human")
    form_is_open = texts.plain("", "Laporan yang tadi masih terbuka; silakan lanjutkan.") if state.form else ()
    said = Say((*handover_texts.given_back(), *form_is_open), (texts.MENU,))
    return afterwards(state), (said, GiveBack()), Report("help")


def afterwards(state: State) -> State:
    """Where the bot goes on: a report that is open stays open; an old list no longer says what a digit means."""
    return state if state.form else state.settled()


def belongs_to_report(intent: str, effects: tuple[Effect, ...], before: State, after: State) -> bool:
    """What still comes in from a citizen who is muted: a report, and what is said about one (SPEC 5.5)."""
    if any(isinstance(effect, CallOfficer) and effect.reason == "asked" for effect in effects):
        return False  # they do not stand in the queue, not even in the middle of a report
    files = any(isinstance(effect, OpenCase | CureCase | AddToCase | MoveCase) for effect in effects)
    return files or bool(before.form) or bool(after.form) or before.lookup is not None or intent in _REPORTS


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
