"""Inquiries that were not answered, for officers to resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from storage.models import Miss, table
from storage.statements import values

misses = table(Miss)


@dataclass(frozen=True, slots=True)
class MissRow:
    id: int
    conversation_id: int
    asked_at: datetime
    text: str
    reason: str  # unknown_standard, not_stated, not_understood, thumbs_down, …
    inbox_id: int | None = None
    standard_identity: str | None = None
    component: int | None = None
    state: str = "open"


def add(tx: Connection, rows: Sequence[MissRow]) -> None:
    if rows:
        tx.execute(insert(misses), [values(row) for row in rows])
