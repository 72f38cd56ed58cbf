"""One decision: the state, what was read, and what was loaded for it become a new state and effects. Pure.

Order: a press or a numbered choice; then what is open; then the intent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.dialogue import inquiry, officer, texts, tracking
from handlers.dialogue.effects import Effect, RecordMiss, Report, Say
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import Reading, understand
from handlers.messages import Button, Inbound, Outbound
from knowledge.base import KnowledgeBase
from knowledge.search import Candidate

_MENU = (
    Choice("Tanya syarat, biaya, lama proses", "how-to-ask"),
    Choice("Cara menyampaikan pengaduan", "ask:6"),
    Choice("Berbicara dengan petugas", "officer"),
)
_KINDS = {"voice": "pesan suara", "photo": "foto", "video": "video", "document": "dokumen", "location": "lokasi"}


@dataclass(frozen=True, slots=True)
class Context:
    """All that a decision may need, loaded before it."""

    knowledge: KnowledgeBase
    now: datetime  # aware


@dataclass(frozen=True, slots=True)
class Turn:
    state: State
    effects: tuple[Effect, ...]
    report: Report


_Outcome = tuple[State, tuple[Effect, ...], tuple[int, ...]]  # state, effects, components answered


def greeting() -> Outbound:
    """What a citizen sees before the first word, where a channel can show it."""
    return Outbound(texts.greeting(), _menu_buttons())


def step(inbound: Inbound, state: State, context: Context) -> Turn:
    """Decides one thought of a citizen."""
    reading = understand(inbound.text, inbound.payload, context.knowledge, state)
    after, effects, components = _decide(inbound, reading, state, context.knowledge)
    report = Report(reading.intent, components, _ranking(reading, context.knowledge))
    return Turn(after, effects, report)


def _decide(inbound: Inbound, reading: Reading, state: State, knowledge: KnowledgeBase) -> _Outcome:
    if reading.choice:
        return _chosen(reading.choice.payload, reading, state, knowledge)
    if not inbound.text.strip():
        return _without_text(inbound, state)
    if state.asks == "application_number" and reading.intent in ("status", "inquiry") and not reading.asks:
        return (*tracking.track(reading.text, state, knowledge), ())
    match reading.intent:
        case "greeting":
            return _say(state, texts.greeting(), _menu_buttons())
        case "thanks":
            return _say(state, texts.thanks())
        case "goodbye":
            return _say(state, texts.goodbye())
        case "help":
            return _menu(state)
        case "cancel":
            open_now = state.mode not in ("idle", "waiting", "officer")
            return _say(state, texts.cancelled() if open_now else texts.nothing_to_cancel(), (texts.MENU,))
        case "human":
            return (*officer.call(state, knowledge, "asked", reading.text), ())
        case "abuse":
            return _say(state, texts.calm(), (*_menu_buttons(), texts.OFFICER))
        case "out_of_scope":
            return _say(state, texts.out_of_scope(), (texts.MENU,))
        case "status":
            return (*tracking.track(reading.text, state, knowledge), ())
        case "inquiry" | "complaint" | "suggestion":
            answer = inquiry.inquire(reading, state, knowledge)
            return answer.state, answer.effects, answer.components


def _chosen(payload: str, reading: Reading, state: State, knowledge: KnowledgeBase) -> _Outcome:
    """A pressed button or a chosen line of a menu."""
    verb, _, value = payload.partition(":")
    match verb:
        case "menu":
            return _menu(state)
        case "officer":
            return (*officer.call(state, knowledge, "asked"), ())
        case "how-to-ask":
            return _say(state, texts.how_to_ask(), (texts.MENU,))
        case "thumbs-down":
            component = state.components[0] if state.components else None
            miss = RecordMiss(state.question, "thumbs_down", state.standard, component)
            kept = state.settled()
            return kept, (Say(texts.thumbs_down(), (texts.OFFICER, texts.MENU)), miss), ()
        case "standard" if value in knowledge.catalogue.by_identity:
            return _standard_chosen(value, state, knowledge)
        case "ask" if value.isdigit() and int(value) in texts.SHORT_NAMES:
            return _component_chosen(int(value), reading, state, knowledge)
    return _menu(state)


def _standard_chosen(identity: str, state: State, knowledge: KnowledgeBase) -> _Outcome:
    """The question that was waiting is answered for the standard that was chosen."""
    published = knowledge.catalogue.by_identity[identity]
    question = replace(
        understand(state.question, None, knowledge, replace(state, standard=identity, choices=())), codes=()
    )
    answer = inquiry.about(published, question, replace(state, standard=identity), knowledge)
    return answer.state, answer.effects, answer.components


def _component_chosen(number: int, reading: Reading, state: State, knowledge: KnowledgeBase) -> _Outcome:
    published = knowledge.catalogue.by_identity.get(state.standard or "") or knowledge.agreed.get(number)
    if published is None:
        after = replace(state, mode="choosing", asks="standard", components=(number,), question="")
        return after, (Say(texts.ask_for_standard([number]), (texts.MENU,)),), ()
    answer = inquiry.answer_component(published, [number], state, knowledge)
    return answer.state, answer.effects, answer.components


def _menu(state: State) -> _Outcome:
    after = state.settled(choices=_MENU)
    return after, (Say(texts.menu([c.title for c in _MENU]), _menu_buttons()),), ()


def _menu_buttons() -> tuple[Button, ...]:
    return (Button("Tanya layanan", "how-to-ask"), Button("Cara mengadu", "ask:6"), texts.OFFICER)


def _say(state: State, lines: texts.Lines, buttons: Sequence[Button] = ()) -> _Outcome:
    choices = tuple(Choice(b.title, b.payload) for b in buttons)
    return state.settled(choices=choices), (Say(lines, tuple(buttons)),), ()


def _without_text(inbound: Inbound, state: State) -> _Outcome:
    kind = next((_KINDS.get(a.kind, "kiriman itu") for a in inbound.attachments), "kiriman itu")
    return _say(state, texts.unsupported(kind), (texts.MENU,))


def _ranking(reading: Reading, knowledge: KnowledgeBase) -> tuple[tuple[int, str | None, str, float], ...]:
    """The standards as they were ranked, at most ten: exact codes first."""
    exact = [Candidate(e, 1.0) for code in reading.codes for e in knowledge.catalogue.by_code.get(code.digits, ())]
    taken = {c.published.standard.identity for c in exact}
    ranked = [*exact, *(c for c in reading.match.candidates if c.published.standard.identity not in taken)]
    return tuple(
        (c.published.standard.number, c.published.standard.kbli, c.published.standard.title, c.score)
        for c in ranked[:10]
    )
