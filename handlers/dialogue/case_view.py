"""A case as the dialogue sees it: what may be told, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from handlers.case_rules import Kind, Stage
from knowledge.calendar import WorkingDays


@dataclass(frozen=True, slots=True)
class CaseView:
    id: int
    number: str
    kind: Kind
    stage: Stage
    received_at: datetime
    due_on: date | None
    subject: str
    late: bool
    last_step: str  # kind of the last event
    last_step_at: datetime
    answered_on: date | None = None
    joined: bool = False  # theirs was a duplicate and became part of this one: somebody else filed it


@dataclass(frozen=True, slots=True)
class Looked:
    """What a number in a message led to."""

    number: str  # as we write it, or as it was typed when it is not ours
    status: str  # valid, mistyped, foreign
    case: CaseView | None = None
    own: bool = False  # filed from this very account
    code_right: bool | None = None  # None: no access code was in the message
    blocked_until: datetime | None = None  # wrong codes: until when none is looked at


@dataclass(frozen=True, slots=True)
class CaseContext:
    """What was loaded of the register for one decision."""

    own: tuple[CaseView, ...] = ()
    looked_up: Mapping[str, Looked] = field(default_factory=dict)
    calendar: WorkingDays = field(default_factory=lambda: WorkingDays({}, frozenset()))
