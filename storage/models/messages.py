"""Tables of the conversations: what came in, what goes out, and what was left for an officer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from storage.columns import Document, Id, Moment, one_of, partial_index
from storage.models.base import IdentifiedRow, Row

SENDERS = ("bot", "officer", "system")
SEND_STATES = ("queued", "sending", "sent", "delivered", "read", "failed", "unknown", "held")
TEMPLATE_PURPOSES = ("case_update", "answer_ready", "officer_reply", "survey")
UNREACHABLE = ("blocked", "opted_out", "not_on_whatsapp", "gone")
WORK_STATES = ("open", "resolved")
REQUEST_STATES = ("open", "done")
TASK_KINDS = ("telephone", "undelivered", "unconfirmed")
MEDIA_STATES = ("wanted", "kept", "refused", "failed")
AUDIENCES = ("manager", "head", "inspectorate")  # who alone may see what is confidential
HANDOVER_EVENTS = (
    "note", "called", "left", "taken", "given_back", "quiet", "muted", "unmuted", "settled", "confided", "released",
)  # fmt: skip


class Conversation(IdentifiedRow, table=True):
    """One citizen on one channel, and the state of the dialogue with them.

    With `for_officer_id` it is no citizen's: it carries what an officer is told on their own Telegram, and its address
    names no chat (`officer_telegrams` has it, sealed).
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "address"),
        one_of("visible_to", AUDIENCES),
        one_of("unreachable", UNREACHABLE),
        partial_index(
            "ix_conversations_waiting", "waiting_for_officer_since", where="waiting_for_officer_since IS NOT NULL"
        ),
        partial_index("ix_conversations_taken", "officer_id", where="officer_id IS NOT NULL"),
    )

    channel: str
    address: str  # the user of that channel
    state: dict[str, Any] = Field(sa_type=Document)
    position: int = 0  # the last one used by a message, in or out
    version: int = 0
    name: str | None = None
    phone_sealed: str | None = None
    visible_to: str | None = None  # None: every officer
    last_inbound_at: datetime | None = Field(default=None, sa_type=Moment)
    waiting_for_officer_since: datetime | None = Field(default=None, sa_type=Moment)
    unreachable: str | None = None  # why nothing can be sent, until they write again
    window_closed_at: datetime | None = Field(default=None, sa_type=Moment)  # found closed; None once they write
    officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)  # answers; the bot is silent
    officer_active_at: datetime | None = Field(default=None, sa_type=Moment)  # when the officer last took it or wrote
    muted_until: datetime | None = Field(default=None, sa_type=Moment)
    for_officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)
    updated_at: datetime = Field(sa_type=Moment, index=True)


class Inbox(IdentifiedRow, table=True):
    """A message of a citizen, claimed once by the provider's id, decided once."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        UniqueConstraint("conversation_id", "position"),
        partial_index("ix_inbox_undecided", "conversation_id", "decide_at", where="decided_at IS NULL"),
        CheckConstraint("NOT failed OR decided_at IS NOT NULL", name="failed"),
    )

    channel: str
    external_id: str
    provider_ref: str | None = None  # what the provider calls the message within the chat: edits name it
    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id)
    position: int
    received_at: datetime = Field(sa_type=Moment)
    kind: str
    text: str = ""
    payload: str | None = None
    attachments: list[dict[str, Any]] = Field(sa_type=Document)
    decide_at: datetime | None = Field(default=None, sa_type=Moment)  # not before, unless more comes
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    failed: bool = False  # deciding raised: the citizen got an apology and an officer


class Outbox(IdentifiedRow, table=True):
    """A message to a citizen: written in the transaction that decided it, sent later."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "position"),
        one_of("sender", SENDERS),
        one_of("state", SEND_STATES),
        one_of("purpose", TEMPLATE_PURPOSES),
        partial_index("ix_outbox_due", "state", "due_at", where="state IN ('queued', 'sending', 'unknown')"),
        partial_index("ix_outbox_unsent", "conversation_id", "position", where="state IN ('queued', 'sending')"),
        partial_index("ix_outbox_held", "conversation_id", where="state = 'held'"),
        partial_index("ix_outbox_replaces", "replaces", where="replaces IS NOT NULL"),
        partial_index("ix_outbox_provider_id", "provider_id", where="provider_id IS NOT NULL"),
        partial_index(
            "uq_outbox_reply_key", "conversation_id", "reply_key", where="reply_key IS NOT NULL", unique=True
        ),
    )

    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id)
    position: int
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id", sa_type=Id)
    lines: list[list[str]] = Field(sa_type=Document)  # [[style, text], …]
    buttons: list[list[str]] = Field(sa_type=Document)  # [[title, payload], …]
    file: dict[str, Any] | None = Field(default=None, sa_type=Document)  # sha256, name, content_type, size, picture
    sender: str
    officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)  # who wrote it
    reply_key: str | None = Field(default=None, max_length=64)  # of the page that posted it: twice is once
    state: str
    purpose: str | None = None  # which template may ask for it once WhatsApp's window has closed
    template: bool = False  # this is that template, and not the message
    replaces: int | None = Field(default=None, foreign_key="outbox.id", sa_type=Id)  # refused outside the window
    repeated: bool = False  # sent a second time, marked, because nobody knows whether the first arrived
    attempts: int = 0
    due_at: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    provider_id: str | None = None
    error: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)


class HandoverEvent(IdentifiedRow, table=True):
    """What officers did in a conversation, and their internal notes. Nothing here has a way to the citizen."""

    __tablename__ = "handover_events"
    __table_args__ = (UniqueConstraint("conversation_id", "position"), one_of("kind", HANDOVER_EVENTS))

    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id)
    position: int  # among the messages of the conversation
    at: datetime = Field(sa_type=Moment)
    officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)  # None: it came by itself
    kind: str
    text: str = ""  # of a note its words, of a muting its reason


class ReadMark(Row, table=True):
    """How far an officer has read a conversation."""

    __tablename__ = "read_marks"

    officer_id: int = Field(primary_key=True, foreign_key="officers.id", sa_type=Id)
    conversation_id: int = Field(primary_key=True, foreign_key="conversations.id", sa_type=Id)
    position: int


class SavedReply(IdentifiedRow, table=True):
    """A text that officers send often, called by its shortcut."""

    __tablename__ = "saved_replies"

    shortcut: str = Field(unique=True)  # what is typed after the slash
    text: str
    officer_id: int | None = Field(default=None, foreign_key="officers.id", sa_type=Id)  # who wrote it last
    updated_at: datetime = Field(sa_type=Moment)


class Miss(IdentifiedRow, table=True):
    """An inquiry that was not answered, or was thumbed down: for an officer to resolve."""

    __tablename__ = "misses"
    __table_args__ = (
        one_of("state", WORK_STATES),
        CheckConstraint("component BETWEEN 1 AND 14", name="component"),
        partial_index("ix_misses_open", "asked_at", where="state = 'open'"),
        partial_index("ix_misses_resolution", "resolution_id", where="resolution_id IS NOT NULL"),
    )

    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id, index=True)
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id", sa_type=Id)
    asked_at: datetime = Field(sa_type=Moment)
    text: str
    reason: str  # unknown_standard, not_stated, not_understood, thumbs_down, …
    standard_identity: str | None = None
    component: int | None = None
    state: str = "open"
    resolution: dict[str, Any] | None = Field(default=None, sa_type=Document)  # what was done about it
    resolution_id: int | None = Field(default=None, sa_type=Id)  # the same for all that were resolved together


class OfficerRequest(IdentifiedRow, table=True):
    """A citizen's wish for a person."""

    __tablename__ = "officer_requests"
    __table_args__ = (
        one_of("state", REQUEST_STATES),
        partial_index("ix_officer_requests_open", "asked_at", where="state = 'open'"),
    )

    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id, index=True)
    asked_at: datetime = Field(sa_type=Moment)
    reason: str
    details: str = ""  # the number of an application, what was asked
    state: str = "open"


class Task(IdentifiedRow, table=True):
    """Something about sending that only a person can settle."""

    __tablename__ = "tasks"
    __table_args__ = (
        one_of("kind", TASK_KINDS),
        one_of("state", REQUEST_STATES),
        partial_index("ix_tasks_open", "created_at", where="state = 'open'"),
    )

    kind: str  # telephone: the window is closed; undelivered: refused for good; unconfirmed: sent or not, who knows
    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id, index=True)
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id", sa_type=Id)
    reason: str
    created_at: datetime = Field(sa_type=Moment)
    state: str = "open"


class Media(IdentifiedRow, table=True):
    """A file that came with a message: fetched from the provider in the background, kept by the hash of its content."""

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("inbox_id", "place"),
        one_of("state", MEDIA_STATES),
        partial_index("ix_media_wanted", "due_at", where="state = 'wanted'"),
    )

    inbox_id: int = Field(foreign_key="inbox.id", sa_type=Id)
    place: int  # among the attachments of its message, from 0
    conversation_id: int = Field(foreign_key="conversations.id", sa_type=Id, index=True)
    channel: str
    kind: str  # photo, document, voice, video, …
    source: str  # where the provider keeps it: an address, a file id
    name: str = ""  # as the sender called it, made harmless
    content_type: str = ""  # as the provider called it; once kept, as its bytes say
    size: int | None = None  # bytes, as kept
    sha256: str | None = Field(default=None, max_length=64, index=True)
    picture: bool = False  # an image that was decoded: the only kind that is ever shown inline
    state: str = "wanted"
    error: str | None = None
    attempts: int = 0
    due_at: datetime = Field(sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)


class ContentTemplate(Row, table=True):
    """A message template that was made at Twilio, and the id it has there."""

    __tablename__ = "content_templates"

    name: str = Field(primary_key=True)
    sid: str
    digest: str  # of what was pushed: another content gets another template
    status: str = ""  # of WhatsApp's approval, as Twilio says it
    updated_at: datetime = Field(sa_type=Moment)
