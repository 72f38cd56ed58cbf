"""The chain over a case's history: each event is hashed together with the hash of the one before.

A trigger refuses changes through SQL; whoever gets around it (with the file in hand) cannot mend the chain without
rewriting every later event of that case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import Connection, select

from storage.models import Case, CaseEvent, table
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
    found = _break(history(conn, case_id))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Checked:
    """A case whose history was checked."""

    number: str
    events: int
    broken_at: int | None = None  # the first event that does not follow from those before
    why: str = ""


def checked(conn: Connection) -> Iterator[Checked]:
    """Every case, oldest first. The case's own row knows its last event, so that none can be cut off at the end.

    What no chain can show is that a whole case is gone; that its number is missing shows it.
    """
    rows = table(Case)
    query = select(rows.c.id, rows.c.number, rows.c.history_hash).order_by(rows.c.received_at, rows.c.id)
    for case_id, number, last in conn.execute(query).all():
        events = history(conn, case_id)
        found = _break(events)
        if found is None and (events[-1].hash if events else None) != last:
            found = len(events) + 1, "is missing"
        yield Checked(number, len(events), *(found or ()))


def _break(events: Sequence[CaseEvent]) -> tuple[int, str] | None:
    previous = ""
    for expected, event in enumerate(events, 1):
        if event.sequence != expected:
            return expected, "is missing"
        if event.previous_hash != previous:
            return expected, "does not follow from the one before"
        if event.hash != event_hash(event):
            return expected, "is not what was written"
        previous = event.hash
    return None
