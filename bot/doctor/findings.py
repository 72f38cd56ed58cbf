"""What a check found. Nothing of a citizen, and no secret, is ever part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Clock = Callable[[], datetime]
State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    area: str
    state: State
    what: str
    mend: str = ""  # how; empty where there is nothing to mend


def ok(area: str, what: str) -> Finding:
    return Finding(area, "ok", what)


def warning(area: str, what: str, mend: str) -> Finding:
    """It works, but somebody should know."""
    return Finding(area, "warning", what, mend)


def wrong(area: str, what: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(area, "wrong", what, mend)


def spoken(age: timedelta) -> str:
    """`3 minutes`, for the operator."""
    seconds = abs(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}s"
    return f"{seconds:.0f} seconds"
