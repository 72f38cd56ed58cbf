"""What a decision asks the office to do. Values only; `handlers.inbound` carries them out in one `match`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from handlers.case_rules import Classification
from handlers.dialogue.form import Audience, Form
from handlers.messages import Attachment, Button, Line
from knowledge.calendar import DueDate

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


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The citizen no longer waits for a person."""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The citizen wants the bot again, and not the officer who answers."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A confirmed report enters the register. Its number is given when it is written; the receipt follows from that."""

    form: Form
    judged: Classification
    due: DueDate | None
    oral: bool = False  # a voice note that an officer has yet to write down


@dataclass(frozen=True, slots=True)
class CureCase:
    """What a suggestion lacked was supplied: it is completed, and may become a complaint with a new number."""

    case_id: int
    form: Form
    judged: Classification
    due: DueDate | None


@dataclass(frozen=True, slots=True)
class AddToCase:
    """Something said or sent later, kept with an open case."""

    case_id: int
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveCase:
    """A step that the citizen takes: withdraw, say that it is solved, reopen."""

    case_id: int
    step: Literal["withdrawn", "solved", "reopened"]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Confide:
    """From now on the conversation is for these eyes only, if it is not for fewer already. An officer loses it."""

    audience: Audience


@dataclass(frozen=True, slots=True)
class WrongCode:
    """A wrong access code was tried on a case number."""

    case_id: int


@dataclass(frozen=True, slots=True)
class LinkTelegram:
    """From now on this chat is the officer's own: what they are told goes there."""

    officer_id: int


@dataclass(frozen=True, slots=True)
class UnlinkTelegram:
    """The officer wants to be told nothing more in this chat."""

    officer_id: int


Effect = (
    Say
    | RecordMiss
    | CallOfficer
    | LeaveQueue
    | GiveBack
    | OpenCase
    | CureCase
    | AddToCase
    | MoveCase
    | Confide
    | WrongCode
    | LinkTelegram
    | UnlinkTelegram
)


@dataclass(frozen=True, slots=True)
class Report:
    """What was understood, for those who watch: the JSON lines, the evaluation, the console."""

    intent: str
    components: tuple[int, ...] = ()
    candidates: tuple[tuple[int, str | None, str, float], ...] = ()  # number, KBLI, title, score; best first
    slots: dict[str, Any] | None = None
