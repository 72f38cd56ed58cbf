"""What goes out to a provider, and what became of it. Values only: the office makes parcels, the channels send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from handlers.messages import Address, Button, Line

Unreachable = Literal["blocked", "opted_out", "not_on_whatsapp", "gone"]
TemplatePurpose = Literal["case_update", "answer_ready", "officer_reply", "survey"]
DeliveryState = Literal["sent", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that an officer sends along, kept in its place on the disk."""

    sha256: str
    name: str  # as it was called, made harmless
    content_type: str  # as its bytes say
    size: int  # bytes
    picture: bool  # decoded, so that it may be shown

    @classmethod
    def stored(cls, fields: Mapping[str, Any]) -> OutgoingFile:
        """As the outbox has it; `dataclasses.asdict` is the way back."""
        return cls(**{name: fields[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way to one citizen, or to one officer."""

    id: int  # of the outbox's row
    conversation_id: int
    address: Address
    position: int  # within the conversation; a pressed button brings it back
    lines: tuple[Line, ...]
    buttons: tuple[Button, ...]
    sender: str  # bot, officer, system
    leased_at: datetime  # aware UTC: not sent before this moment
    template: TemplatePurpose | None = None  # it goes as this approved template, and not as a text
    repeated: bool = False  # the first try may have arrived; this one says that it is a repetition
    file: OutgoingFile | None = None  # goes with the lines, as one message (`parts.with_file`)
    to_officer: bool = False  # to an officer's own chat, which is written down nowhere


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """The provider did not take it and may next time: no connection, too many, an error of its own."""

    error: str  # a code or a kind, never a text of the message
    after: float | None = None  # seconds that the provider asks for
    throttled: bool = False  # it was too many


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never take it."""

    error: str
    unreachable: Unreachable | None = None  # nor anything else for this citizen


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """WhatsApp takes only templates from us until the citizen writes again (Twilio's 63016)."""

    error: str = "63016"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The connection broke after the request had gone: it may have been taken."""

    error: str


Outcome = Sent | Later | Refused | WindowClosed | Uncertain


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider was asked, and has no such message."""


@dataclass(frozen=True, slots=True)
class Untold:
    """The provider cannot be asked what it has sent."""


Found = Sent | Refused | WindowClosed | Absent | Untold | Later


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider reports of a message it took, in whatever order the reports come."""

    provider_id: str
    state: DeliveryState
    outbox_id: int | None = None  # where the report brings it back
    error: str | None = None
    unreachable: Unreachable | None = None
    window_closed: bool = False
