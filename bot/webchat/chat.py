"""What the web chat needs from the rest of the program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.live import Live
from bot.webchat.limits import DEFAULT_LIMITS, Limits
from handlers.messages import Address, Button, Inbound, Line, Outbound

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


@dataclass(frozen=True, slots=True)
class WebChat:
    """The callables behind the page. The composition root makes one; the tests have an in-memory one."""

    take: Callable[[Inbound], Awaitable[None]]  # returns after the message is durably kept and decided
    thread: Callable[[Address, int], Awaitable[Sequence[Bubble]]]  # bubbles past the given position, ascending
    greeting: Callable[[], Outbound]  # what a visitor sees before the first message; kept nowhere
    live: Live
    secret: str  # signs the visitor's cookie
    secure_cookies: bool  # true wherever the page is served over https
    now: Callable[[], datetime]  # aware UTC
    limits: Limits = DEFAULT_LIMITS
    ping_seconds: float = 15  # how often a quiet stream shows that it is alive
