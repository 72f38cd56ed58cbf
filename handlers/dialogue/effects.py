"""What a decision asks the office to do. Values only; `handlers.inbound` carries them out in one `match`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from handlers.messages import Button, Line

MissReason = Literal[
    "unknown_standard", "not_stated", "not_understood", "missing_annex", "thumbs_down", "office_profile"
]


@dataclass(frozen=True, slots=True)
class Say:
    """One thought to the citizen; cut into messages at line borders where the channel's limit demands it."""

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordMiss:
    """An inquiry that got no answer, for the officers' list."""

    text: str
    reason: MissReason
    standard: str | None = None
    component: int | None = None


@dataclass(frozen=True, slots=True)
class CallOfficer:
    """The citizen wants a person: recorded, so that nobody has to ask twice."""

    reason: str
    details: str = ""


Effect = Say | RecordMiss | CallOfficer


@dataclass(frozen=True, slots=True)
class Report:
    """What was understood, for those who watch: the JSON lines, the evaluation, the console."""

    intent: str
    components: tuple[int, ...] = ()
    candidates: tuple[tuple[int, str | None, str, float], ...] = ()  # number, KBLI, title, score; best first
    slots: dict[str, Any] | None = None
