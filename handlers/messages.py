"""What goes in and out of the office, whatever the channel. Frozen values, no channel's syntax.

A text is a tuple of lines. A line is the smallest thing that is never cut in two: a list item, a heading, a sentence.
Each channel renders the style of a line in its own way, so that a standard's `*`, `_` and `<` stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Channel = Literal["whatsapp", "telegram", "web"]
Style = Literal["plain", "strong", "quote", "source", "menu"]
Event = Literal["blocked", "unblocked", "opted_out", "opted_in"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a citizen is reached. One conversation per address."""

    channel: Channel
    user: str  # WhatsApp number, Telegram chat id, web visitor id


@dataclass(frozen=True, slots=True)
class Attachment:
    kind: str  # photo, document, voice, audio, video, location, sticker, contact
    name: str = ""  # of a file; of a place or a person, what can be said of them in words
    message: str = ""  # external id of the message that carried it
    source: str = ""  # where the provider keeps the file: an address, a file id; empty where there is none
    content_type: str = ""  # as the provider says


class Inbound(NamedTuple):
    """One message of a citizen, as the channel gave it."""

    address: Address
    external_id: str  # the provider's id; the same twice is the same message
    received_at: datetime  # aware UTC, the provider's time where it gives one
    text: str = ""
    payload: str | None = None  # of a pressed button
    attachments: tuple[Attachment, ...] = ()
    name: str | None = None  # what the channel knows of the sender
    phone: str | None = None
    burst: bool = False  # more of the same thought may follow within two seconds
    provider_ref: str | None = None  # what the provider calls it within the chat, where edits name it so
    corrects: str | None = None  # the provider_ref of the message that this is an edit of
    before: str = ""  # the words that it replaces, where it corrects a message
    pressed_on: int | None = None  # the position of the message whose button was pressed
    stale: bool = False  # there have been newer buttons since
    event: Event | None = None  # not a message: whether the citizen can be written to has changed


@dataclass(frozen=True, slots=True)
class Button:
    title: str  # at most 20 characters fit everywhere
    payload: str  # at most 64 bytes (Telegram callback_data)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Outbound:
    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()

    @property
    def text(self) -> str:
        """What is said, without the menu that stands for the buttons."""
        return "\n".join(line.text for line in self.lines if line.style != "menu")
