"""What the pages of the console are made of: the office they show, and routes that say who may walk them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.console.feed import Feed
from bot.writer import Writer
from handlers.access import NotFoundError
from handlers.office import Office
from handlers.permissions import Action

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
    changed: Callable[[Sequence[int]], None]
    """Conversations in which an officer did something: their answers go out, other pages and the citizen's are told."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the console. `bot.console.guard` makes it a handler that asks who is there first.

    needs: the action that the officer's role must allow; None: whoever is signed in; "open": anybody.
    """

    method: str
    path: str
    handler: Handler
    needs: Action | str | None

    @property
    def changes(self) -> bool:
        """It changes something, so it has to come from our own page, with that session's token."""
        return self.method != "GET"


def id_in(request: web.Request, name: str = "id") -> int:
    """An id in the address. Raises NotFoundError for a number that no id can be."""
    number = number_in(request.match_info[name])
    if number is None:
        raise NotFoundError(name)
    return number


def number_in(text: str) -> int | None:
    """A number that a database can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) < 2**63 else None


def form_text(fields: Any, name: str, longest: int = 200) -> str:
    """One field of a form: without NUL and half a surrogate, trimmed and cut to `longest` characters."""
    value = fields.get(name, "")
    text = value if isinstance(value, str) else ""
    text = text.replace("\x00", "").encode("utf-8", "ignore").decode().replace("\r\n", "\n").strip()
    return text[:longest]
