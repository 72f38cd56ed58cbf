"""Answers what the office says of itself: hours, address, how to register for OSS. Never told as a standard's words.

What a standard states about the same is quoted below it, with its own source. While the office has said nothing on a
topic, `answer` has nothing to say, and the question goes the way of all others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers.dialogue import inquiry, opening_days, texts
from handlers.dialogue.effects import Effect, RecordMiss, Say
from handlers.dialogue.quotes import Answer
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import Reading
from handlers.messages import Line
from knowledge.base import KnowledgeBase
from knowledge.calendar import WorkingDays
from knowledge.profile import AskedTopic, topics
from knowledge.questions import Asked, component_cues
from knowledge.unstated import unstated_cues

_UNSTATED_TOPICS: Mapping[str, frozenset[str]] = {  # kinds of questions that no standard answers, and their topics
    "hours": frozenset({"hours", "mpp"}),
    "oss": frozenset({"oss_help"}),
    "queue": frozenset({"queue"}),
    "other_channel": frozenset({"social_media"}),
}
_MAY_BE_MISHEARD = 5.0  # how far behind the other intent a question for the office may lie
_ONE_CUE = 5.0
_STRONG = 3.0
_NEVER = frozenset({"out_of_scope", "abuse", "thanks"})
_ASKS = re.compile(
    r"\?|\b(?:berapa|brp|brapa|apa|apakah|bagaimana|gimana|gmn|kapan|mana|dimana|dmn|kumaha|sabaraha|iraha|mohon|jam|lupa"
    r"|cara\w*|link)\b|\b(?:ga|gak|tidak|nggak|ngga|teu|g|gk|tdk|enggak|belum|blm)\W*(?:ya|min|kak|pak|bu|sih|nya)?\W*$",
    re.IGNORECASE,
)
_SHORT = 3  # words that are a question without a word of asking: `no telp dpmptsp`


@dataclass(frozen=True, slots=True)
class Office:
    """What an answer needs beside the message: the knowledge with the office's statements, its calendar, the day."""

    knowledge: KnowledgeBase
    calendar: WorkingDays
    today: date


def topics_asked(reading: Reading) -> tuple[AskedTopic, ...]:
    """The topics of the profile that a message asks for, as far as nothing else in it is likelier."""
    if reading.choice is not None or reading.intent in _NEVER or not reading.office:
        return ()
    if reading.intent != "inquiry" and not _may_be_question(reading):
        return ()
    return tuple(topic for topic in reading.office if _likeliest(topic, reading))


def is_told(reading: Reading, knowledge: KnowledgeBase) -> bool:
    """Whether the office has said something on what is asked."""
    return bool(knowledge.profile) and any(topic.key in knowledge.profile for topic in topics_asked(reading))


def _may_be_question(reading: Reading) -> bool:
    """A question that sounds like a story, a farewell or a cry for help (`besok pelayanan libur ga`)."""
    asks = len(reading.words) <= _SHORT or _ASKS.search(reading.text)
    if not asks or reading.cues.get(reading.intent, 0.0) > _ONE_CUE:
        return False
    return reading.scores.get(reading.intent, 0.0) - reading.scores.get("inquiry", 0.0) < _MAY_BE_MISHEARD


def _likeliest(topic: AskedTopic, reading: Reading) -> bool:
    """Whether no component is asked for more clearly by the same words."""
    if any(topic.key in _UNSTATED_TOPICS.get(kind, ()) for kind in unstated_cues().find(reading.words)):
        return True
    rivals = [asked for asked in reading.asks if asked not in _asked_apart(reading)]
    return not rivals or rivals[0].component in topics()[topic.key].also or topic.score > rivals[0].score


def answer(reading: Reading, state: State, office: Office) -> Answer | None:
    """The office's statements on what is asked, then what a standard says; None when the office has said nothing."""
    profile = office.knowledge.profile
    asked = topics_asked(reading) if profile else ()
    told = [topic.key for topic in asked if topic.key in profile]
    if not told:
        return None
    lines: list[Line] = []
    if "hours" in told or "mpp" in told:
        hours = profile["hours"].text if "hours" in told else ""
        lines += opening_days.about(reading.text, hours, office.calendar, office.today)
    for key in told:
        lines += [*texts.office_statement(topics()[key].label, profile[key]), Line("")]
    rest = _rest(reading, told, state, office.knowledge)
    lacking = [t.key for t in asked if t.key not in profile and not (rest and rest.components and topics()[t.key].also)]
    effects: tuple[Effect, ...] = ()
    if lacking:
        lines += [*texts.office_lacks([topics()[key].label for key in lacking]), Line("")]
        effects = (RecordMiss(reading.text, "office_profile", state.standard),)
    return _joined(tuple(lines[:-1]), effects, rest, reading, state)


def _joined(
    lines: tuple[Line, ...], effects: tuple[Effect, ...], rest: Answer | None, reading: Reading, state: State
) -> Answer:
    if rest is not None:
        first = next(effect for effect in rest.effects if isinstance(effect, Say))
        others = tuple(effect for effect in rest.effects if effect is not first)
        say = replace(first, lines=(*lines, Line(""), *first.lines))
        return Answer(rest.state, (say, *others, *effects), rest.components)
    buttons = (texts.OFFICER, texts.NOT_HELPFUL)
    choices = tuple(Choice(button.title, button.payload) for button in buttons)
    after = state.settled(components=(), choices=choices, question=reading.text)
    return Answer(after, (Say(lines, buttons), *effects))


def _rest(reading: Reading, told: Sequence[str], state: State, knowledge: KnowledgeBase) -> Answer | None:
    """What a standard states about the same, or about something else that the message asks for in other words."""
    same = {number for key in told for number in topics()[key].also}
    clear = reading.unstated not in _UNSTATED_TOPICS
    apart = _asked_apart(reading)
    asks = tuple(
        asked if asked in apart else _narrowed(asked, told, state, knowledge)
        for asked in reading.asks
        if asked in apart or (clear and asked.component in same)
    )
    if not asks:
        return None
    answered = inquiry.inquire(reading._replace(asks=asks, unstated=None, topics=()), state, knowledge)
    return answered if answered.components or any(asked in apart for asked in asks) else None


def _narrowed(asked: Asked, told: Sequence[str], state: State, knowledge: KnowledgeBase) -> Asked:
    """Of a whole component only the items on what the office has told: it has answered already."""
    view = knowledge.catalogue.by_identity.get(state.standard or "") or knowledge.agreed.get(asked.component)
    words = [topics()[key].items for key in told if topics()[key].items]
    if asked.items or view is None or not words:
        return asked
    places = knowledge.catalogue.items(view).places_of(asked.component)
    meant = [p for p in places if not p.item.items and any(word in p.item.text.lower() for word in words)]
    return asked._replace(items=tuple(meant))


def _asked_apart(reading: Reading) -> tuple[Asked, ...]:
    """The components asked for by words of their own, in clauses without a word for the office."""
    taken = {reading.words[i].clause for topic in reading.office for i in topic.positions}
    found = component_cues().find(reading.words)
    apart = []
    for asked in reading.asks:
        evidence = found.get(str(asked.component))
        if evidence and evidence.strongest >= _STRONG and not taken & {reading.words[i].clause for i in evidence.best}:
            apart.append(asked)
    return tuple(apart)
