"""What the pages of the console are made of: the office they show, and routes that say who may walk them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiohttp import web
from sqlalchemy import Connection

from bot.console.feed import Feed
from bot.writer import Writer
from handlers.office import Office
from handlers.permissions import Action

Needs = Action | Literal["open"] | None
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Console:
    """The parts of the program that its pages work with."""

    office: Office
    writer: Writer
    feed: Feed
    secret: str
    secure_cookies: bool
    data_dir: Path
    public_url: str | None
    asks_by_template: Callable[[Connection], bool]
    """Whether there is a template that asks for an answer once WhatsApp's window has closed."""
    telegram: Callable[[], str | None]
    """What the bot is called on Telegram, empty while that is not known yet; None where the office has none there."""
    changed: Callable[[Sequence[int]], None]
    """Conversations in which an officer did something: their answers go out, other pages and the citizen's are told."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the console. `bot.console.guard` makes it a handler that asks who is there first.

    needs: the action that the officer's role must allow; None: whoever is signed in; "open": anybody.
    takes_files: the handler reads what is posted by itself, piece by piece; of all others the guard reads it.
    leaves_a_trace: though only read, it is recorded who did, so no other site may have it opened.
    """

    method: str
    path: str
    handler: Handler
    needs: Needs
    takes_files: bool = False
    leaves_a_trace: bool = False

    @property
    def changes(self) -> bool:
        """It changes something, so it has to come from our own page, with that session's token."""
        return self.method != "GET"
