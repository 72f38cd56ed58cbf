"""What a decision took a message for, told to those who watch: the JSON lines, the evaluation, the console."""

from __future__ import annotations

from handlers.dialogue.complaint import Moment
from handlers.dialogue.effects import Report
from handlers.dialogue.form import Form, listen
from handlers.dialogue.kept_answer import told
from handlers.dialogue.office_facts import is_told
from handlers.dialogue.state import State
from handlers.dialogue.understand import Reading
from knowledge.base import KnowledgeBase
from knowledge.calendar import jakarta_day
from knowledge.intents import Intent
from knowledge.search import Candidate

_MISHEARD = ("complaint", "suggestion", "status", "human")  # answered as a question after all


def report(moment: Moment, before: State, after: State, components: tuple[int, ...]) -> Report:
    """components: those that were answered."""
    intent = _intent(moment.reading, before, after, moment.knowledge, components)
    return Report(intent, components, _ranking(moment.reading, moment.knowledge), _slots(moment, before, after))


def _intent(
    reading: Reading, before: State, after: State, knowledge: KnowledgeBase, components: tuple[int, ...]
) -> Intent:
    """What the message was taken for: an answer within a form belongs to the report, an answered question is one."""
    if components:
        return "inquiry" if reading.intent in _MISHEARD else reading.intent
    if after.mode == "choosing" and after.asks == "standard":  # `bukan yang itu`: something is asked for all the same
        return "inquiry"
    if before.form and reading.intent not in ("cancel", "human", "help"):
        return "suggestion" if before.form.get("suggestion") else "complaint"
    return "inquiry" if is_told(reading, knowledge) or told(reading, knowledge) else reading.intent


def _slots(moment: Moment, before: State, after: State) -> dict[str, object]:
    """The slots of the open form; of a form that was just recorded, what it held."""
    open_form = after.form or before.form
    if open_form:
        return Form.from_dict(open_form).slots()
    if moment.reading.intent in ("complaint", "suggestion"):
        return listen(Form(), moment.inbound.text, jakarta_day(moment.inbound.received_at)).slots()
    return {}


def _ranking(reading: Reading, knowledge: KnowledgeBase) -> tuple[tuple[int, str | None, str, float], ...]:
    """The standards as they were ranked, at most ten: exact codes first."""
    ranked = reading.match.candidates
    if reading.codes:
        exact = [Candidate(e, 1.0) for code in reading.codes for e in knowledge.catalogue.by_code.get(code.digits, ())]
        taken = {c.published.standard.identity for c in exact}
        ranked = (*exact, *(c for c in ranked if c.published.standard.identity not in taken))
    named = [(c.published.standard, c.score) for c in ranked[:10]]
    return tuple([(standard.number, standard.kbli, standard.title, score) for standard, score in named])
