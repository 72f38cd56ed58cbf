"""Tables of what officers keep beside the standards: drafts, phrases, answers, laws, golden questions, settings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from storage.columns import Document, Id, Moment, one_of
from storage.models.base import IdentifiedRow, Row

LAW_STATUSES = ("in_force", "amended", "revoked", "unchecked")


class StandardDraft(Row, table=True):
    """What officers are about to change in a standard. One at a time; once published it is gone."""

    __tablename__ = "standard_drafts"

    identity: str = Field(primary_key=True)
    based_on: int = Field(foreign_key="standards.id", sa_type=Id)  # the version that it began from
    title: str
    components: dict[str, str] = Field(sa_type=Document)
    findings: list[dict[str, Any]] = Field(sa_type=Document)  # those that nobody has settled
    version: int = 1
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)  # who changed it last
    updated_at: datetime = Field(sa_type=Moment)
    note: str = ""  # why, for the history
    effective_on: date | None = None  # once proposed
    proposed_by: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    proposed_at: datetime | None = Field(default=None, sa_type=Moment)
    approved_by: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)  # it waits for its day


class OfficeAnswer(IdentifiedRow, table=True):
    """An answer of the office to what no standard states, told as its own statement."""

    __tablename__ = "office_answers"

    title: str
    text: str
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)  # who wrote it last
    updated_at: datetime = Field(sa_type=Moment)
    removed_at: datetime | None = Field(default=None, sa_type=Moment)


class Phrase(IdentifiedRow, table=True):
    """Words that mean a standard, one of its components, or an answer of the office. What is taken out stays."""

    __tablename__ = "phrases"
    __table_args__ = (
        CheckConstraint("component BETWEEN 1 AND 14", name="component"),
        CheckConstraint("(identity IS NULL) <> (answer_id IS NULL)", name="target"),
    )

    text: str
    identity: str | None = Field(default=None, index=True)
    component: int | None = None
    whole_code: bool = False  # it names every standard of the same KBLI code: which is meant is asked
    answer_id: int | None = Field(default=None, foreign_key="office_answers.id", sa_type=Id)
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)
    added_at: datetime = Field(sa_type=Moment)
    removed_at: datetime | None = Field(default=None, sa_type=Moment)


class LawStatus(Row, table=True):
    """What the office knows of an instrument that standards cite, over what is shipped."""

    __tablename__ = "law_statuses"
    __table_args__ = (one_of("status", LAW_STATUSES),)

    key: str = Field(primary_key=True)
    name: str
    status: str
    by_law: str = ""  # what amended or revoked it
    checked_on: date | None = None
    source: str = ""
    note: str = ""
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)
    updated_at: datetime = Field(sa_type=Moment)


class GoldenQuestion(IdentifiedRow, table=True):
    """A question whose answer officers want to stay right: what it is to be answered with."""

    __tablename__ = "golden_questions"

    question: str
    identity: str | None = None  # None: of no single standard
    components: list[int] = Field(sa_type=Document)  # empty, without an answer: it is to be declined
    answer_id: int | None = Field(default=None, foreign_key="office_answers.id", sa_type=Id)
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id)
    added_at: datetime = Field(sa_type=Moment)
    removed_at: datetime | None = Field(default=None, sa_type=Moment)


class OfficeSetting(Row, table=True):
    """How the office wants PASTI to work, where it has said so."""

    __tablename__ = "office_settings"

    name: str = Field(primary_key=True)
    value: str
