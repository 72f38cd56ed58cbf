"""Completes a recorded suggestion: what made it no complaint may still be said, and then it becomes one."""

from __future__ import annotations

from dataclasses import replace

from handlers.case_rules import answer_due, classify, usable_subject
from handlers.dialogue import case_texts, tracking
from handlers.dialogue.case_view import CaseView
from handlers.dialogue.complaint import Moment, Outcome, confide
from handlers.dialogue.effects import CureCase, Effect, Say
from handlers.dialogue.form import Form, listen
from handlers.dialogue.state import State
from handlers.dialogue.subject import happening, service_in
from knowledge.entities import find_entities
from knowledge.names import read_name_answer, usable_name

_QUESTION_SCORE = 9.0
_FEW_WORDS = 8
_HAPPENED = 3.0  # of the cues of a complaint


def complete(moment: Moment, state: State) -> Outcome | None:
    """The suggestion of `state.cure`, completed by this message; None when the message is about something else."""
    case = tracking.own_case(str(state.cure.get("number")), moment.cases)
    if case is None:
        return None
    said_who = find_entities(moment.inbound.text).name is not None
    if moment.reading.intent in ("human", "help", "cancel") and not said_who:
        return None
    if _is_another_complaint(moment, state, said_who=said_who):
        return None
    return _completed(moment, state, case)


def _is_another_complaint(moment: Moment, state: State, *, said_who: bool) -> bool:
    """Who only says who they are, and who served them, tells of nothing that happened."""
    reading = moment.reading
    if reading.intent != "complaint" or "what" in state.cure.get("lacks", ()) or len(reading.words) <= _FEW_WORDS:
        return False
    return not said_who or reading.cues.get("complaint", 0.0) >= _HAPPENED


def _completed(moment: Moment, state: State, case: CaseView) -> Outcome | None:
    """A suggestion that lacked something, and a message that supplies it; None when it does not."""
    before = Form.from_dict(state.cure["form"])
    lacking = set(state.cure.get("lacks", ()))
    after = _supplied(before, lacking, moment)
    if replace(after, skipped=before.skipped) == before:
        return None
    judged = classify(after.report(bool(moment.account)), moment.today)
    due = answer_due(moment.today, moment.cases.calendar) if judged.kind == "complaint" else None
    cure = {} if judged.kind == "complaint" else {**state.cure, "form": after.as_dict(), "lacks": list(judged.lacks)}
    effects: tuple[Effect, ...] = (*confide(after, moment.inbound.text), CureCase(case.id, after, judged, due))
    if not state.noticed:
        effects = (*effects, Say(case_texts.privacy()))
    return state.settled(standard=state.standard, cure=cure, noticed=True), effects


def _supplied(before: Form, lacking: set[str], moment: Moment) -> Form:
    """The form with what a message supplies of what it lacked, and nothing else of it changed."""
    text = moment.inbound.text
    heard = listen(replace(before, skipped=()), text, moment.today)
    after = replace(
        before, skipped=(), name=heard.name, phone=heard.phone, email=heard.email, nik=heard.nik,
        confidential=heard.confidential,
    )  # fmt: skip
    if "name" in lacking and after.name == before.name and len(text.split()) <= 5 and _plain_answer(moment):
        found = read_name_answer(text)
        after = replace(after, name=found.raw) if found and usable_name(found.raw) else after
    if "service" in lacking and not after.service:
        after = replace(after, service=service_in(text))
    if "what" in lacking and not usable_subject(after.what) and (what := happening(text)):
        after = replace(after, what=what, happened_on=heard.happened_on, nothing_received=heard.nothing_received)
    return after


def _plain_answer(moment: Moment) -> bool:
    """A message that is neither a question nor a greeting, thanks or command."""
    return (
        "?" not in moment.inbound.text
        and moment.reading.intent in ("inquiry", "complaint", "suggestion", "status")
        and not (moment.reading.asks and moment.reading.asks[0].score >= _QUESTION_SCORE)
    )
