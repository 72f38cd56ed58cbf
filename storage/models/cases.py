"""Tables of the register: cases, their numbers, history and evidence, and the officers' work on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from storage.columns import Document, Id, Moment, one_of, partial_index
from storage.models.base import IdentifiedRow, Row
from storage.models.messages import AUDIENCES

COMPLAINT, SUGGESTION = CASE_KINDS = ("complaint", "suggestion")
STAGES = (
    "received",
    "under_review",
    "in_progress",
    "waiting_for_reporter",
    "answered",
    "closed",
    "withdrawn",
    "noted",
)
ROUTES = ("internal", "technical_team", "agency", "apip")
LATE_DECISIONS = ("accepted", "refused")
ACTORS = ("citizen", "officer", "system")
STEP_OUTCOMES = ("handed_up", "sent_back", "decided")
REPORT_KINDS = ("step", "result", "closing")
DELIVERY_OUTCOMES = ("delivered", "failed")
REMINDERS = ("seven_days", "three_days", "last_day", "overdue")


class Case(IdentifiedRow, table=True):
    """A complaint or a suggestion, as it stands now. How it came to stand so is in its events."""

    __tablename__ = "cases"
    __table_args__ = (
        one_of("kind", CASE_KINDS),
        one_of("stage", STAGES),
        one_of("route", ROUTES),
        one_of("late_decision", LATE_DECISIONS),
        one_of("visible_to", AUDIENCES),
        CheckConstraint("component BETWEEN 1 AND 14", name="component"),
        CheckConstraint("kind <> 'complaint' OR clock_started_at IS NOT NULL", name="clock"),
        CheckConstraint("late_decision IS NULL OR late", name="late"),
        CheckConstraint("merged_into <> id", name="merged_into"),
        Index("ix_cases_stage_due_on", "stage", "due_on"),
        partial_index("ix_cases_unmerged", "received_at", where="merged_into IS NULL"),
    )

    number: str = Field(unique=True)  # the one it goes by now; `case_numbers` has all of them
    kind: str
    stage: str = "received"
    version: int = 1
    conversation_id: int | None = Field(default=None, foreign_key="conversations.id", sa_type=Id, index=True)
    channel: str  # one of the ways in of component 6, or ours beside them
    reporter_id: int | None = Field(default=None, foreign_key="parties.id", sa_type=Id, index=True)

    received_at: datetime = Field(sa_type=Moment)  # the provider's time of the confirming message
    clock_started_at: datetime | None = Field(default=None, sa_type=Moment)  # the 14 working days run from its day
    due_on: date | None = None
    subject: str = ""  # what happened, in the citizen's words
    service: str | None = None  # which service or place
    standard_identity: str | None = Field(default=None, index=True)
    component: int | None = None  # of that standard, complained about
    happened_on: date | None = None
    received_on: date | None = None  # the day the service was received: the 30 calendar days run from it
    kind_reason: str = ""  # why it is a complaint or a suggestion, as the citizen was told
    meant_as_suggestion: bool = False  # stays one, whatever is supplied later
    third_party: bool = False  # about somebody else, or another agency's: no test of 30 days
    competent_agency: str | None = None  # as far as is known

    late: bool = False
    late_decision: str | None = None
    late_decided_by: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    late_decided_at: datetime | None = Field(default=None, sa_type=Moment)
    late_decision_reason: str | None = None

    confidential: bool = False  # identity is shown masked
    visible_to: str | None = None  # None: every officer but the accused
    accused_named_at: datetime | None = Field(default=None, sa_type=Moment)  # it was said whom it accuses, or nobody
    access_code_hash: str | None = None
    code_failures: int = 0
    code_locked_until: datetime | None = Field(default=None, sa_type=Moment)

    sector: str | None = None  # classification by sector or service
    problem: str | None = None  # classification by problem: a component, or another
    core_problem: str | None = None
    route: str | None = None
    officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id, index=True)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    delivered_on: date | None = None  # an answer first reached everybody who reported it: it meets the 14 days
    answer_arrived_on: date | None = None  # the newest answer did: the reporter's ten days run from it
    solved: bool | None = None  # what the citizen said of the answer
    reopened_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    merged_into: int | None = Field(default=None, foreign_key="cases.id", sa_type=Id, index=True)
    updated_at: datetime = Field(sa_type=Moment)
    history_hash: str | None = Field(default=None, max_length=64)  # of its last event: no history ends too early


class Counter(Row, table=True):
    """The last number given in a series, `ADU-2026`. A row and no sequence: a rollback gives the number back."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True)
    value: int


class CaseNumber(Row, table=True):
    """Every number that leads to a case: the suggestion's and the complaint's it became, and those of merged cases."""

    __tablename__ = "case_numbers"

    number: str = Field(primary_key=True)
    case_id: int = Field(foreign_key="cases.id", sa_type=Id, index=True)
    given_at: datetime = Field(sa_type=Moment)


class CaseEvent(IdentifiedRow, table=True):
    """Something that was done to a case. Only added (a trigger refuses the rest), each hashed over the one before."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("case_id", "sequence"), one_of("actor", ACTORS))

    case_id: int = Field(foreign_key="cases.id", sa_type=Id)
    sequence: int  # 1, 2, … within the case
    at: datetime = Field(sa_type=Moment)
    actor: str
    officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    kind: str
    before: dict[str, Any] | None = Field(default=None, sa_type=Document)
    after: dict[str, Any] | None = Field(default=None, sa_type=Document)
    note: str = ""
    previous_hash: str = Field(max_length=64)  # empty before the first
    hash: str = Field(max_length=64)


class Evidence(IdentifiedRow, table=True):
    """What a citizen handed in, kept as sent; for a voice note, what an officer wrote down of it."""

    __tablename__ = "evidence"

    case_id: int = Field(foreign_key="cases.id", sa_type=Id, index=True)
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id", sa_type=Id, index=True)
    media_id: int | None = Field(default=None, foreign_key="media.id", sa_type=Id, index=True)
    kind: str
    name: str = ""
    transcript: str | None = None
    transcribed_by: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    added_at: datetime = Field(sa_type=Moment)


class Accused(Row, table=True):
    """An officer whom a case accuses, and who therefore never sees it."""

    __tablename__ = "case_accused"

    case_id: int = Field(primary_key=True, foreign_key="cases.id", sa_type=Id)
    officer_id: int = Field(primary_key=True, foreign_key="officers.id", sa_type=Id, index=True)


class StudySheet(Row, table=True):
    """The study (telaah) of component 6: what bears on the case, what went before, the plan, what was found."""

    __tablename__ = "study_sheets"

    case_id: int = Field(primary_key=True, foreign_key="cases.id", sa_type=Id)
    basis: list[dict[str, Any]] = Field(sa_type=Document)  # standards, procedures, regulations
    earlier: list[dict[str, Any]] = Field(sa_type=Document)  # earlier documents and similar cases
    plan: list[dict[str, Any]] = Field(sa_type=Document)  # clarify, confirm, inspect, investigate
    findings: str = ""
    found_with: str = ""  # alone, or with which agencies or the inspectorate
    updated_by: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    updated_at: datetime = Field(sa_type=Moment)


class Step(IdentifiedRow, table=True):
    """One holder of a case on its way up the levels of a route, and how it left their desk."""

    __tablename__ = "case_steps"
    __table_args__ = (
        UniqueConstraint("case_id", "sequence"),
        one_of("route", ROUTES),
        one_of("outcome", STEP_OUTCOMES),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended"),
        partial_index("ix_case_steps_open", "officer_id", where="ended_at IS NULL"),
    )

    case_id: int = Field(foreign_key="cases.id", sa_type=Id)
    sequence: int
    route: str
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id, index=True)
    given_by: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    given_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    outcome: str | None = None
    note: str = ""


class Report(IdentifiedRow, table=True):
    """A written report: of a step up, of the result to the direct superior, of the closing."""

    __tablename__ = "case_reports"
    __table_args__ = (one_of("kind", REPORT_KINDS),)

    case_id: int = Field(foreign_key="cases.id", sa_type=Id, index=True)
    step_id: int | None = Field(default=None, foreign_key="case_steps.id", sa_type=Id)
    number: str = Field(unique=True)
    kind: str
    author_id: int = Field(foreign_key="officers.id", sa_type=Id)
    addressee_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    body: str
    filed_at: datetime = Field(sa_type=Moment)


class Approval(IdentifiedRow, table=True):
    """What lets a case go to the inspectorate: the approval of a head, or the provision that requires it."""

    __tablename__ = "case_approvals"
    __table_args__ = (CheckConstraint("approver_id IS NOT NULL OR provision IS NOT NULL", name="ground"),)

    case_id: int = Field(foreign_key="cases.id", sa_type=Id, index=True)
    approver_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    provision: str | None = None
    why_not_settled: str  # why neither of the other routes could settle it
    approved_at: datetime = Field(sa_type=Moment)


class DeliveryAttempt(IdentifiedRow, table=True):
    """An attempt to give the result to the reporter outside the outbox: in person, by letter, by telephone."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (one_of("outcome", DELIVERY_OUTCOMES),)

    case_id: int = Field(foreign_key="cases.id", sa_type=Id, index=True)
    reported_as: int = Field(foreign_key="cases.id", sa_type=Id)  # the same, or the duplicate whose reporter was tried
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)
    means: str
    outcome: str
    note: str = ""
    at: datetime = Field(sa_type=Moment)


class Answer(IdentifiedRow, table=True):
    """A result that was told to the reporter, and the rows of the outbox that carry it."""

    __tablename__ = "case_answers"

    case_id: int = Field(foreign_key="cases.id", sa_type=Id, index=True)
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)
    body: str
    outbox_ids: list[int] = Field(sa_type=Document)  # empty when there is no conversation: it is brought otherwise
    at: datetime = Field(sa_type=Moment)


class Reminder(IdentifiedRow, table=True):
    """What the clock told an officer of a case: at most one a day and case."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("case_id", "day"),
        one_of("kind", REMINDERS),
        partial_index("ix_reminders_unseen", "officer_id", where="seen_at IS NULL"),
    )

    case_id: int = Field(foreign_key="cases.id", sa_type=Id)
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)  # who was told
    kind: str
    level: int = 0  # how far above whoever handles the case; 0: them, or who stands in for them
    day: date  # in Jakarta
    due_on: date  # the day that it was about
    at: datetime = Field(sa_type=Moment)
    seen_at: datetime | None = Field(default=None, sa_type=Moment)
