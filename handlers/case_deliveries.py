"""To whom an answer goes, and whether it has reached them: everybody who complained of the same (SPEC 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection

from handlers.case_rules import Delivery, Outcome, delivered_on
from handlers.dialogue import desk_texts
from handlers.notices import tell
from handlers.office import Office
from storage import case_desk, cases
from storage.models import Case

_ATTEMPTS: dict[tuple[str, bool], Outcome] = {
    ("in_person", True): "told",
    ("phone", True): "told",
    ("letter", True): "told",
    ("email", True): "sent",  # nobody knows whether it was read: an attempt
}
_RANK: dict[Any, int] = {"failed": 0, "queued": 1, "sent": 2, "delivered": 3, "read": 4}


@dataclass(frozen=True, slots=True)
class Reporter:
    """Somebody to be answered: who filed the case, or a complaint that became part of it."""

    case_id: int  # of what they filed
    number: str  # by which they know it
    arrived_on: date | None  # the day on which they had the newest answer


def conversations_of(conn: Connection, case: Case) -> tuple[int, ...]:
    """Of whoever filed it, and of those whose reports became part of it; in one order, in which they are locked."""
    everyone = {case.conversation_id, *(each.conversation_id for each in cases.merged_into(conn, case.id))}
    return tuple(sorted(id_ for id_ in everyone if id_ is not None))


def send_answer(tx: Connection, office: Office, case: Case, words: str, conversations: Sequence[int]) -> list[int]:
    """Tells the result and asks whether it is solved. Returns the rows of the outbox that carry it."""
    is_complaint = case.kind == "complaint"
    lines = desk_texts.answer(case.number, words, complaint=is_complaint)
    buttons = desk_texts.solved_or_not(case.number) if is_complaint else ()
    rows = []
    for id_ in conversations:
        rows += tell(tx, office, id_, lines, buttons=buttons, purpose="answer_ready")
    return rows


def reporters_of(conn: Connection, case: Case) -> list[Reporter]:
    """Each once, who filed the case itself first. A suggestion that became part of a complaint asks for no answer."""
    filed = [case, *(each for each in cases.merged_into(conn, case.id) if each.kind == "complaint")]
    theirs: dict[int, list[Case]] = {}  # by conversation; a report without one stands for itself
    for each in filed:
        theirs.setdefault(each.conversation_id or -each.id, []).append(each)
    answers = case_desk.answers_of(conn, case.id)
    if not answers:  # of another register, which may have said when it arrived
        return [_reporter(reports[0], case.answer_arrived_on) for reports in theirs.values()]
    newest = answers[-1]
    sendings = case_desk.sendings(conn, newest.outbox_ids)
    attempts = [each for each in case_desk.attempts_of(conn, case.id) if each.at >= newest.at]
    found = []
    for reports in theirs.values():
        sent = [
            Delivery(part.channel, _outcome(part.state), part.at)
            for part in sendings
            if part.conversation_id == reports[0].conversation_id
        ]
        last = sorted(sent, key=lambda part: _RANK[part.outcome])[:1]  # it has arrived when all of its parts have
        brought = (
            Delivery(tried.means, _ATTEMPTS.get((tried.means, tried.outcome == "delivered"), "not_reached"), tried.at)
            for tried in attempts
            if tried.reported_as in {report.id for report in reports}
        )
        found.append(_reporter(reports[0], delivered_on((*last, *brought))))
    return found


def arrived_on(conn: Connection, case: Case) -> date | None:
    """The day on which everybody had the newest answer; None while somebody has not."""
    days = [reporter.arrived_on for reporter in reporters_of(conn, case)]
    return None if None in days else max(day for day in days if day is not None)


def _reporter(filed: Case, arrived: date | None) -> Reporter:
    return Reporter(filed.id, filed.number, arrived)


def _outcome(state: str) -> Outcome:
    return cast(Outcome, state) if state in _RANK else "queued"
