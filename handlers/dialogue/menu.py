"""The menu, and what a pressed button or a chosen line of a menu does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.dialogue import case_texts, complaint, inquiry, officer, status_texts, summing_up, texts, tracking
from handlers.dialogue.complaint import Moment
from handlers.dialogue.effects import Effect, RecordMiss, Say
from handlers.dialogue.state import Choice, State
from handlers.dialogue.understand import understand
from handlers.messages import Button
from knowledge.base import KnowledgeBase
from knowledge.search import Published

_MENU = (
    Choice("Tanya syarat, biaya, lama proses", "how-to-ask"),
    Choice("Sampaikan pengaduan atau saran", "complain"),
    Choice("Cek status laporan", "status"),
    Choice("Berbicara dengan petugas", "officer"),
)
_COMPONENT_KEYS = {str(number): number for number in texts.SHORT_NAMES}
Decided = tuple[State, tuple[Effect, ...], tuple[int, ...]]  # state, effects, components answered


def chosen(payload: str, moment: Moment, state: State) -> Decided:
    """A pressed button or a chosen line of a menu."""
    verb, _, value = payload.partition(":")
    knowledge, cases = moment.knowledge, moment.cases
    match verb:
        case "officer":
            return (*officer.call(state, knowledge, moment.queue, "asked"), ())
        case "start":
            return say(state, texts.greeting(), menu_buttons())
        case "how-to-ask":
            return say(state, texts.how_to_ask(), (texts.MENU,))
        case "cancel":
            return cancelled(state)
        case "keep":
            return say(state, status_texts.kept(value), (texts.MENU,))
        case "status":
            return (*tracking.track("status laporan", state, knowledge, cases, moment.queue), ())
        case "complain" | "confirm" | "change" | "edit":
            return _with_form(verb, value, moment, state)
        case "case" | "withdraw" | "drop" | "add" | "solved" | "unsolved" if (
            case := tracking.own_case(value, cases)
        ) is not None:
            return _with_case(verb, case.number, moment, state)
        case "thumbs-down":
            return thumbs_down(state)
        case "standard" if value in knowledge.catalogue.by_key:
            return _standard_chosen(knowledge.catalogue.by_key[value], state, knowledge)
        case "ask" if value in _COMPONENT_KEYS:
            return _component_chosen(_COMPONENT_KEYS[value], state, knowledge)
    return main_menu(state)


def _with_form(verb: str, value: str, moment: Moment, state: State) -> Decided:
    match verb:
        case "complain":
            afresh = replace(moment, inbound=moment.inbound._replace(text=""))
            return (*complaint.begin(afresh, state, suggestion=False), ())
        case "confirm" if state.mode == "confirming":
            return (*complaint.submit(state, moment), ())
        case "change" if state.form:
            return (*complaint.which_to_change(state, moment), ())
        case "edit" if state.form and value in case_texts.SLOT_NAMES:
            return (*complaint.change(value, state, moment), ())
    return main_menu(state)


def _with_case(verb: str, number: str, moment: Moment, state: State) -> Decided:
    case = tracking.own_case(number, moment.cases)
    assert case is not None
    match verb:
        case "withdraw":
            done = tracking.withdraw(number, state, moment.cases)
            return (*done, ()) if done else say(state, status_texts.not_withdrawable(number), (texts.MENU,))
        case "drop":
            return (*tracking.ask_withdrawal(case, state), ())
        case "solved" | "unsolved" if said := tracking.said_of_answer(verb, case, moment.inbound, state, moment.cases):
            return (*said, ())
        case "add":
            return (*tracking.add(case, state.question, (), state), ())
    return (*tracking.show(case, state, moment.cases, moment.today), ())


def cancelled(state: State) -> Decided:
    if state.form:
        return say(state, case_texts.nothing_recorded(), (texts.MENU,))
    open_now = state.mode not in ("idle", "waiting", "officer")
    return say(state, texts.cancelled() if open_now else texts.nothing_to_cancel(), (texts.MENU,))


def thumbs_down(state: State) -> Decided:
    component = state.components[0] if state.components else None
    miss = RecordMiss(state.question, "thumbs_down", state.standard, component)
    return state.settled(), (Say(texts.thumbs_down(), (texts.OFFICER, texts.MENU)), miss), ()


def _standard_chosen(published: Published, state: State, knowledge: KnowledgeBase) -> Decided:
    """The question that was waiting is answered for the standard that was chosen."""
    identity = published.standard.identity
    if summing_up.wants_summary(state.question):
        answer = summing_up.summary(published, state.question, state, knowledge)
        return answer.state, answer.effects, answer.components
    asked_then = understand(state.question, None, knowledge, replace(state, standard=identity, choices=()))
    question = asked_then._replace(codes=(), unstated=None if state.components else asked_then.unstated)
    answer = inquiry.about(published, question, replace(state, standard=identity), knowledge)
    return answer.state, answer.effects, answer.components


def _component_chosen(number: int, state: State, knowledge: KnowledgeBase) -> Decided:
    published = knowledge.catalogue.by_identity.get(state.standard or "") or knowledge.agreed.get(number)
    if published is None:
        after = replace(state, mode="choosing", asks="standard", components=(number,), question="")
        return after, (Say(texts.ask_for_standard([number]), (texts.MENU,)),), ()
    answer = inquiry.answer_component(published, [number], state, knowledge)
    return answer.state, answer.effects, answer.components


def main_menu(state: State) -> Decided:
    after = state.settled(choices=_MENU)
    return after, (Say(texts.menu([c.title for c in _MENU]), menu_buttons()),), ()


def menu_buttons() -> tuple[Button, ...]:
    return (Button("Tanya layanan", "how-to-ask"), Button("Lapor", "complain"), Button("Cek status", "status"))


def say(state: State, lines: texts.Lines, buttons: Sequence[Button] = ()) -> Decided:
    choices = tuple(Choice(b.title, b.payload) for b in buttons)
    return state.settled(choices=choices), (Say(lines, tuple(buttons)),), ()
