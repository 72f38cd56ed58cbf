"""`rangkum 29102`: the short components of one standard in its own words, and how much the long ones hold."""

from __future__ import annotations

import re

from handlers.dialogue import texts
from handlers.dialogue.effects import Say
from handlers.dialogue.inquiry import ask_for_standard, ask_which, named
from handlers.dialogue.quotes import ANNEX, SHORT, Answer, component_lines
from handlers.dialogue.state import Choice, State
from handlers.dialogue.story import ASKED_BY_A_CUE
from handlers.dialogue.understand import Reading
from handlers.messages import Line
from knowledge.base import KnowledgeBase
from knowledge.search import Published

_SUMS_UP = re.compile(r"\b(?:rangkum\w*|ringkas\w*|ikhtisar\w*|kesimpulan\w*|garis besar\w*)\b", re.IGNORECASE)
_OF_SUMS = ("rangkum", "ringkas", "ikhtisar", "kesimpulan", "garis besar")
_LONGEST_WISH = 10  # words; a longer message says something else in which the word stands
_ORDER = (3, 4, 5, 1, 2)


def sum_up(reading: Reading, state: State, knowledge: KnowledgeBase) -> Answer | None:
    """None where no summary is wanted."""
    waits = state.asks == "standard" and wants_summary(state.question)  # and the business is being named
    if not (waits or wants_summary(reading.text)) or len(reading.words) > _LONGEST_WISH:
        return None
    if reading.asks and reading.asks[0].score >= ASKED_BY_A_CUE:
        return None
    if any(not code.exact or code.digits not in knowledge.catalogue.by_code for code in reading.codes):
        return None
    entries = named(reading, knowledge)
    if len(entries) > 1:
        return ask_which(entries, reading, state)
    in_hand = knowledge.catalogue.by_identity.get(state.standard or "")
    published = entries[0] if entries else in_hand
    if published is None and waits:
        return None
    if published is None:
        return ask_for_standard(reading, state, knowledge)
    return summary(published, reading.text, state, knowledge)


def wants_summary(text: str) -> bool:
    """Also of the message that waits while a standard is being chosen."""
    return any(map(text.lower().__contains__, _OF_SUMS)) and bool(_SUMS_UP.search(text))


def summary(published: Published, text: str, state: State, knowledge: KnowledgeBase) -> Answer:
    """text: the message that asks for it."""
    components = published.standard.components
    quoted = tuple(n for n in _ORDER if n in components and len(components[n]) <= SHORT)
    longer = [n for n in _ORDER if n in components and n not in quoted]
    index = knowledge.catalogue.items(published)
    lines: list[Line] = [Line(published.standard.name, "strong")]
    for number in quoted:
        lines += component_lines(number, components[number])
        if annex := ANNEX.search(components[number]):
            lines += texts.annex_missing(annex.group())
    lines += texts.longer_components([(n, sum(not p.item.items for p in index.places_of(n))) for n in longer])
    lines += [Line(""), texts.source(published, quoted)] if quoted else []
    buttons = (*(texts.component_button(n) for n in (longer or (1, 2))[:2]), texts.NOT_HELPFUL)
    choices = tuple(Choice(button.title, button.payload) for button in buttons)
    after = state.settled(standard=published.standard.identity, components=quoted, choices=choices, question=text)
    return Answer(after, (Say(tuple(lines), buttons),), quoted)
