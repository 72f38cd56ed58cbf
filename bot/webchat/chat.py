"""What the web chat needs from the rest of the program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.live import Live
from bot.webchat.limits import DEFAULT_LIMITS, Limits
from handlers.messages import Address, Button, Inbound, Line, Outbound
from handlers.parcels import OutgoingFile

Author = Literal["citizen", "bot", "officer"]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of a conversation, as the page shows it."""

    position: int  # its place in the conversation, from 1, ascending
    author: Author
    lines: tuple[Line, ...]
    buttons: tuple[Button, ...]
    at: datetime  # aware UTC
    external_id: str | None  # of a citizen's message: the id that the page gave it
    file: OutgoingFile | None = None  # that an officer sent along


@dataclass(frozen=True, slots=True)
class WebChat:
    """The callables behind the page. The composition root makes one; the tests have an in-memory one."""

    take: Callable[[Inbound], Awaitable[None]]  # returns after the message is durably kept and decided
    thread: Callable[[Address, int], Awaitable[Sequence[Bubble]]]  # bubbles past the given position, ascending
    file: Callable[[Address, int], Awaitable[Mapping[str, Any] | None]]  # what was sent along at that position
    folder: Path  # DATA_DIR, where the files lie
    greeting: Callable[[], Outbound]  # what a visitor sees before the first message; kept nowhere
    live: Live
    secret: str  # signs the visitor's cookie
    secure_cookies: bool  # true wherever the page is served over https
    now: Callable[[], datetime]  # aware UTC
    limits: Limits = DEFAULT_LIMITS
    ping_seconds: float = 15  # how often a quiet stream shows that it is alive
