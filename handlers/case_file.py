"""All of a case for a page, as one officer may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.access import Actor, access_case, standing
from handlers.case_answers import missing
from handlers.case_routes import Holding, holding
from handlers.case_secrecy import Filed, reporters
from handlers.office import Office
from handlers.permissions import ACTIONS, Action
from knowledge.calendar import jakarta_day
from storage import audit, case_desk, case_lists, cases
from storage.case_lists import CaseLine
from storage.models import Answer, Approval, Case, CaseEvent, DeliveryAttempt, Evidence, Report, Step, StudySheet


@dataclass(frozen=True, slots=True)
class CaseFile:
    case: Case
    numbers: Sequence[str]  # all that lead to it
    reporters: Sequence[Filed]  # masked where it is confidential; who filed the case itself first
    evidence: Sequence[Evidence]
    study: StudySheet | None
    steps: Sequence[Step]
    holding: Holding | None
    reports: Sequence[Report]
    approvals: Sequence[Approval]
    answers: Sequence[Answer]
    attempts: Sequence[DeliveryAttempt]
    similar: Sequence[CaseLine]
    missing: Sequence[str]  # what closing still asks for
    days_left: int | None  # working days
    may: frozenset[Action]  # what this officer may do to it


def read_file(conn: Connection, office: Office, actor: Actor, number: str) -> CaseFile:
    """Raises NotFoundError."""
    case = access_case(conn, office, actor, number, "cases.read")
    who = standing(conn, office, actor)
    calendar, today = office.library.read(conn)[1], jakarta_day(office.clock())
    given = not who.reader.acts_for.isdisjoint({case.officer_id, case_desk.holder_of(conn, case.id)})
    return CaseFile(
        case=case,
        numbers=cases.numbers(conn, case.id),
        reporters=reporters(conn, office, case),
        evidence=cases.evidence_of(conn, case.id),
        study=case_desk.study_of(conn, case.id),
        steps=case_desk.steps_of(conn, case.id),
        holding=holding(conn, case.id),
        reports=case_desk.reports_of(conn, case.id),
        approvals=case_desk.approvals_of(conn, case.id),
        answers=case_desk.answers_of(conn, case.id),
        attempts=case_desk.attempts_of(conn, case.id),
        similar=case_lists.similar(conn, who.reader, case),
        missing=missing(conn, case, calendar, today),
        days_left=calendar.working_days_left(today, case.due_on) if case.due_on else None,
        may=frozenset(each for each in ACTIONS if each.startswith("cases.") and who.may(each, case, given)),
    )


def read_history(conn: Connection, office: Office, actor: Actor, number: str) -> list[CaseEvent]:
    """All that was done to it: who, when, what, before and after. Raises NotFoundError, NotAllowedError."""
    return audit.history(conn, access_case(conn, office, actor, number, "cases.history").id)
