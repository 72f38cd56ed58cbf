"""The chain over a case's history: each event is hashed together with the hash of the one before.

A trigger refuses changes through SQL; whoever gets around it (with the file in hand) cannot mend the chain without
rewriting every later event of that case.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from sqlalchemy import Connection, select

from storage.models import CaseEvent, table
from storage.statements import read

case_events = table(CaseEvent)

HASHED = ("case_id", "sequence", "actor", "officer_id", "kind", "before", "after", "note", "previous_hash")


def event_hash(event: CaseEvent) -> str:
    """SHA-256 over the event and its predecessor's hash, 64 hexadecimal digits."""
    facts = {name: getattr(event, name) for name in HASHED} | {"at": event.at.astimezone(UTC).isoformat()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def history(conn: Connection, case_id: int) -> list[CaseEvent]:
    """All that was done to a case, oldest first."""
    query = select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.sequence)
    return read(conn, CaseEvent, query)


def first_break(conn: Connection, case_id: int) -> int | None:
    """The sequence number where a case's history no longer follows from what stands before; None: it is whole."""
    previous = ""
    for expected, event in enumerate(history(conn, case_id), 1):
        if (event.sequence, event.previous_hash, event.hash) != (expected, previous, event_hash(event)):
            return expected
        previous = event.hash
    return None
