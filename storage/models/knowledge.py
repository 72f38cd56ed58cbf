"""Tables of what the office promises: editions of the regulation, their standards, and what officers keep beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from storage.columns import Document, Id, Moment, one_of, partial_index
from storage.models.base import IdentifiedRow, Row

CURRENT, REPLACED, WITHDRAWN = STANDARD_STATES = ("current", "replaced", "withdrawn")
DAY_KINDS = ("public", "government", "working")  # `working` undoes a holiday


class Edition(IdentifiedRow, table=True):
    """One import of a regulation. Editions are ordered by effective date, else by date of import, then by sequence."""

    __tablename__ = "editions"

    sequence: int = Field(unique=True)
    title: str
    effective_on: date | None = None
    whole: bool = False  # it names every standard there is, so what it lacks is withdrawn
    imported_at: datetime = Field(sa_type=Moment)
    source_name: str
    source_sha256: str = Field(max_length=64, index=True)


class Standard(IdentifiedRow, table=True):
    """One standard of one edition. Rows are never deleted: what is not current is history."""

    __tablename__ = "standards"
    __table_args__ = (
        UniqueConstraint("edition_id", "identity"),
        one_of("status", STANDARD_STATES),
        CheckConstraint("(status = 'current') = (ended_by IS NULL)", name="ended_by"),
        partial_index("uq_standards_current_identity", "identity", where="status = 'current'", unique=True),
    )

    edition_id: int = Field(foreign_key="editions.id", sa_type=Id)
    identity: str = Field(index=True)
    number: int
    title: str
    kbli: str | None = None
    risk: str | None = None
    product: str | None = None
    components: dict[str, str] = Field(sa_type=Document)  # {"1": text, … "14": text}
    findings: list[dict[str, Any]] = Field(sa_type=Document)
    digest: str = Field(max_length=64)  # SHA-256 of the content without its number: tells unchanged from changed
    status: str = CURRENT
    ended_by: int | None = Field(default=None, foreign_key="editions.id", sa_type=Id, index=True)


class KbliCode(Row, table=True):
    """A code of the official list of business codes (KBLI, by regulation of BPS), where one was imported."""

    __tablename__ = "kbli_codes"

    code: str = Field(primary_key=True, max_length=5)
    title: str
    description: str = ""


class Version(Row, table=True):
    """A number that rises with each change of what it names, so that other processes know when to reload."""

    __tablename__ = "versions"

    name: str = Field(primary_key=True)
    value: int


class CalendarDay(Row, table=True):
    """A day that is not what its weekday says. Officers edit it; a year without rows is a warning, not a guess."""

    __tablename__ = "calendar_days"
    __table_args__ = (one_of("kind", DAY_KINDS),)

    day: date = Field(primary_key=True)
    name: str
    kind: str
    source: str = ""
    note: str = ""


class ProfileText(Row, table=True):
    """One of the office's own statements (hours, address, …), kept by officers."""

    __tablename__ = "office_profile"

    key: str = Field(primary_key=True)
    text: str
    updated_at: datetime = Field(sa_type=Moment)
