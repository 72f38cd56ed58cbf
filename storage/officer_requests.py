"""Citizens' wishes for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from storage.models import OfficerRequest, table
from storage.statements import values

officer_requests = table(OfficerRequest)


@dataclass(frozen=True, slots=True)
class OfficerRequestRow:
    id: int
    conversation_id: int
    asked_at: datetime
    reason: str
    details: str = ""  # the number of an application, what was asked
    state: str = "open"


def add(tx: Connection, rows: Sequence[OfficerRequestRow]) -> None:
    if rows:
        tx.execute(insert(officer_requests), [values(row) for row in rows])
