"""What every channel can do for the rest of the program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from handlers import messages
from handlers.parcels import Found, Outcome, Parcel

Accept = Callable[[messages.Inbound], Awaitable[None]]
"""Takes a message in: returns once it is durably kept, and raises NotKeptError when it could not be."""


class NotKeptError(Exception):
    """A message could not be kept, neither in the database nor in the spool: it must not be acknowledged."""


class MediaRefusedError(Exception):
    """A file will never be fetched: too large, gone, or kept where we do not go. The message says why, in English."""


class MediaTooLargeError(MediaRefusedError):
    """A file is larger than the channel, or PASTI, takes: the citizen is told so."""


class MediaUnavailableError(Exception):
    """A file could not be fetched now; it may be tried again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a provider lets us send."""

    per_second: float  # messages to all
    per_chat: float  # seconds between two messages to one


class Channel(Protocol):
    """A way to citizens. Its methods raise nothing for what a provider or a network may do."""

    name: messages.Channel
    pace: Pace

    async def send(self, parcel: Parcel) -> Outcome:
        """Hand one message to the provider, once."""
        ...

    async def look_up(self, parcel: Parcel, known: frozenset[str]) -> Found:
        """Whether a parcel whose sending was cut off did arrive; `known` are provider ids of other messages."""
        ...

    def fetch(self, source: str) -> AsyncIterator[bytes]:
        """The bytes of a citizen's file. Raises MediaRefusedError or MediaUnavailableError."""
        ...
