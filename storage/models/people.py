"""Tables of people: officers and their agencies, and the parties to a case with their sealed contacts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from storage.columns import Id, Moment, one_of
from storage.models.base import IdentifiedRow

AGENCY_KINDS = ("own", "other", "inspectorate")
ROLES = ("officer", "complaint_manager", "technical_team", "inspector", "head", "admin", "outside_superior")


class Agency(IdentifiedRow, table=True):
    """The office itself, a technical or other agency, or the inspectorate (APIP)."""

    __tablename__ = "agencies"
    __table_args__ = (one_of("kind", AGENCY_KINDS),)

    name: str = Field(unique=True)
    kind: str


class Officer(IdentifiedRow, table=True):
    """A person who works on cases. `outside_superior` stands above the head and does not sign in."""

    __tablename__ = "officers"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("superior_id <> id", name="superior"),
        CheckConstraint("deputy_id <> id", name="deputy"),
        CheckConstraint("deputy_from <= deputy_until", name="deputy_period"),
    )

    name: str
    username: str = Field(unique=True)
    role: str
    agency_id: int | None = Field(default=None, foreign_key="agencies.id", sa_type=Id)
    position: str = ""
    superior_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    deputy_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)  # Plh., in the days below
    deputy_from: date | None = None
    deputy_until: date | None = None  # the last day, included
    password_hash: str | None = None  # None: cannot sign in yet
    active: bool = True


class Party(IdentifiedRow, table=True):
    """A reporter. The name is plain; contacts and NIK are sealed, and found by their keyed hash."""

    __tablename__ = "parties"

    name: str
    conversation_id: int | None = Field(default=None, foreign_key="conversations.id", sa_type=Id, index=True)
    phone_sealed: str | None = None
    phone_hash: str | None = Field(default=None, max_length=64, index=True)
    email_sealed: str | None = None
    email_hash: str | None = Field(default=None, max_length=64, index=True)
    address_sealed: str | None = None
    address_hash: str | None = Field(default=None, max_length=64, index=True)
    nik_sealed: str | None = None
    nik_hash: str | None = Field(default=None, max_length=64, index=True)
    updated_at: datetime = Field(sa_type=Moment)
