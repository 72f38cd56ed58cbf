"""Tables of people: officers and their agencies, and the parties to a case with their sealed contacts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from storage.columns import Document, Id, Moment, one_of
from storage.models.base import IdentifiedRow, Row

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
    password_hash: str | None = None  # argon2id; None: cannot sign in yet
    password_temporary: bool = False  # given by somebody else: the first thing asked for is another one
    totp_sealed: str | None = None  # the secret of the second factor, where the officer wants one
    active: bool = True


class Session(Row, table=True):
    """An officer signed in on one browser. Kept by the hash of its cookie: who reads the table cannot use it."""

    __tablename__ = "sessions"

    token_hash: str = Field(primary_key=True, max_length=64)
    officer_id: int = Field(foreign_key="officers.id", sa_type=Id, index=True)
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    device: str = ""  # browser and system, as far as it says so


class SignInFailure(Row, table=True):
    """Wrong passwords in a row, for one user name or one network."""

    __tablename__ = "sign_in_failures"

    key: str = Field(primary_key=True, max_length=64)  # a keyed hash
    count: int
    last_at: datetime = Field(sa_type=Moment)


class OfficerTelegram(Row, table=True):
    """The Telegram chat that is an officer's own. The chat is sealed, and found by its keyed hash."""

    __tablename__ = "officer_telegrams"

    officer_id: int = Field(primary_key=True, foreign_key="officers.id", sa_type=Id)
    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id)  # what they are told: no citizen's
    chat_sealed: str
    chat_hash: str = Field(max_length=64, unique=True)
    linked_at: datetime = Field(sa_type=Moment)


class TelegramCode(Row, table=True):
    """The one code with which an officer may link a chat, kept by its hash until it was used or is too old."""

    __tablename__ = "telegram_codes"

    officer_id: int = Field(primary_key=True, foreign_key="officers.id", sa_type=Id)
    code_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime = Field(sa_type=Moment)


class OfficeEvent(IdentifiedRow, table=True):
    """What was done to accounts, officers' chats, profile, holidays, saved replies and knowledge: only added to."""

    __tablename__ = "office_events"

    at: datetime = Field(sa_type=Moment, index=True)
    officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)  # None: the command line
    kind: str
    subject: str = ""
    about: str | None = Field(default=None, index=True)  # the one thing whose history it belongs to: `answer:12`
    before: dict[str, Any] | None = Field(default=None, sa_type=Document)
    after: dict[str, Any] | None = Field(default=None, sa_type=Document)


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
