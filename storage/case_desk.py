"""The officers' work on cases as rows: who holds them, what is accused, studied, reported, approved and answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from storage.cases import cases, evidence
from storage.conversations import conversations
from storage.models import (
    Accused,
    Answer,
    Approval,
    Case,
    DeliveryAttempt,
    Officer,
    Report,
    Step,
    StudySheet,
    table,
)
from storage.outbox import outbox
from storage.statements import locked, read, upsert

accused = table(Accused)
answers = table(Answer)
approvals = table(Approval)
attempts = table(DeliveryAttempt)
officers = table(Officer)
reports = table(Report)
steps = table(Step)
study_sheets = table(StudySheet)


# ---------------------------------------------------------------- who is accused


def accused_in(conn: Connection, case_id: int) -> frozenset[int]:
    return frozenset(conn.scalars(select(accused.c.officer_id).where(accused.c.case_id == case_id)))


def set_accused(tx: Connection, case_id: int, officer_ids: Collection[int]) -> None:
    """These and nobody else."""
    tx.execute(delete(accused).where(accused.c.case_id == case_id))
    if officer_ids:
        tx.execute(insert(accused), [{"case_id": case_id, "officer_id": id_} for id_ in sorted(officer_ids)])


def is_accused_in_conversation(conn: Connection, officer_id: int, conversation_id: int) -> bool:
    """Whether a case that was filed in a conversation accuses this officer."""
    query = select(accused.c.case_id).join(cases, cases.c.id == accused.c.case_id)
    query = query.where(accused.c.officer_id == officer_id, cases.c.conversation_id == conversation_id)
    return conn.scalar(query.limit(1)) is not None


# ---------------------------------------------------------------- who holds it


def holder_of(conn: Connection, case_id: int) -> int | None:
    """On whose desk a case lies on its way up a route."""
    return conn.scalar(select(steps.c.officer_id).where(steps.c.case_id == case_id, steps.c.ended_at.is_(None)))


def of_officer(tx: Connection, officer_id: int) -> list[Case]:
    """Cases that are not over and that an officer is in charge of, or has on their desk; locked where `tx` writes."""
    held = cases.c.id.in_(select(steps.c.case_id).where(steps.c.officer_id == officer_id, steps.c.ended_at.is_(None)))
    query = select(cases).where(or_(cases.c.officer_id == officer_id, held), cases.c.merged_into.is_(None))
    going_on = query.where(cases.c.stage.not_in(("closed", "withdrawn"))).order_by(cases.c.id)
    return read(tx, Case, locked(tx, going_on))


def add_step(tx: Connection, step: Step) -> None:
    tx.execute(insert(steps).values(step.model_dump()))


def end_step(tx: Connection, step_id: int, at: datetime, outcome: str, note: str) -> None:
    tx.execute(update(steps).where(steps.c.id == step_id).values(ended_at=at, outcome=outcome, note=note))


def steps_of(conn: Connection, case_id: int) -> list[Step]:
    """From the first holder on."""
    return read(conn, Step, select(steps).where(steps.c.case_id == case_id).order_by(steps.c.sequence))


# ---------------------------------------------------------------- study, reports, approvals


def study_of(conn: Connection, case_id: int) -> StudySheet | None:
    return next(iter(read(conn, StudySheet, select(study_sheets).where(study_sheets.c.case_id == case_id))), None)


def keep_study(tx: Connection, sheet: StudySheet) -> None:
    facts = sheet.model_dump()
    row = upsert(tx.dialect.name, study_sheets).values(facts)
    tx.execute(row.on_conflict_do_update(index_elements=["case_id"], set_=facts))


def add_report(tx: Connection, report: Report) -> None:
    tx.execute(insert(reports).values(report.model_dump()))


def reports_of(conn: Connection, case_id: int) -> list[Report]:
    query = select(reports).where(reports.c.case_id == case_id).order_by(reports.c.filed_at, reports.c.id)
    return read(conn, Report, query)


def add_approval(tx: Connection, approval: Approval) -> None:
    tx.execute(insert(approvals).values(approval.model_dump()))


def approvals_of(conn: Connection, case_id: int) -> list[Approval]:
    query = select(approvals).where(approvals.c.case_id == case_id).order_by(approvals.c.approved_at, approvals.c.id)
    return read(conn, Approval, query)


# ---------------------------------------------------------------- evidence


def write_down(tx: Connection, evidence_id: int, transcript: str, officer_id: int) -> None:
    """What a voice note says, in an officer's words."""
    row = update(evidence).where(evidence.c.id == evidence_id)
    tx.execute(row.values(transcript=transcript, transcribed_by=officer_id))


# ---------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class Sending:
    """How far a row of the outbox has come, be it that row or one that took its place."""

    conversation_id: int
    channel: str
    state: str
    at: datetime


def add_answer(tx: Connection, answer: Answer) -> None:
    tx.execute(insert(answers).values(answer.model_dump()))


def send_also(tx: Connection, answer: Answer, outbox_ids: Sequence[int]) -> None:
    """More rows of the outbox carry an answer: somebody joined those whom it is for."""
    row = update(answers).where(answers.c.id == answer.id)
    tx.execute(row.values(outbox_ids=[*answer.outbox_ids, *outbox_ids]))


def answers_of(conn: Connection, case_id: int) -> list[Answer]:
    return read(conn, Answer, select(answers).where(answers.c.case_id == case_id).order_by(answers.c.at, answers.c.id))


def add_attempt(tx: Connection, attempt: DeliveryAttempt) -> None:
    tx.execute(insert(attempts).values(attempt.model_dump()))


def attempts_of(conn: Connection, case_id: int) -> list[DeliveryAttempt]:
    query = select(attempts).where(attempts.c.case_id == case_id).order_by(attempts.c.at, attempts.c.id)
    return read(conn, DeliveryAttempt, query)


def sendings(conn: Connection, outbox_ids: Collection[int]) -> list[Sending]:
    """Of each row what became of it; where WhatsApp's window was closed, of the row that was written in its place."""
    found = []
    for id_ in outbox_ids:
        last = id_
        while (later := conn.scalar(select(outbox.c.id).where(outbox.c.replaces == last))) is not None:
            last = later
        at = func.coalesce(outbox.c.sent_at, outbox.c.created_at, type_=outbox.c.created_at.type)
        query = select(conversations.c.id, conversations.c.channel, outbox.c.state, at).join(
            conversations, conversations.c.id == outbox.c.conversation_id
        )
        found += [Sending(*row) for row in conn.execute(query.where(outbox.c.id == last))]
    return found
