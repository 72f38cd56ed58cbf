"""Citizens' wishes for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.many_rows import write_many
from storage.models import OfficerRequest, table
from storage.statements import columns

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
    write_many(tx, _ADD, rows, OfficerRequestRow.__slots__)


def of_conversation(conn: Connection, conversation_id: int) -> list[OfficerRequestRow]:
    """The open wishes of a citizen, oldest first."""
    query = select(*columns(officer_requests, OfficerRequestRow)).where(
        officer_requests.c.conversation_id == conversation_id, officer_requests.c.state == "open"
    )
    return [OfficerRequestRow(*row) for row in conn.execute(query.order_by(officer_requests.c.asked_at))]


_ADD = insert(officer_requests)
