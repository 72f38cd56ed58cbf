"""What an address or a form says, read with distrust."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from handlers.access import NotFoundError

# What aiohttp raises for a form that is none: bytes that are no text, a character set or an encoding that is none, no
# boundary, a part without a name.
UNREADABLE = (ValueError, LookupError, RuntimeError, HttpProcessingError)


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
    return clean(value)[:longest] if isinstance(value, str) else ""


def clean(text: str) -> str:
    """Text that any storage takes: without NUL and half a surrogate, its lines ended as everywhere, trimmed."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().replace("\r\n", "\n").strip()


def day_in(text: str) -> date | None:
    """A day as date fields post it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
