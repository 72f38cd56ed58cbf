"""The chain over a case's history: each event is hashed together with the hash of the one before.

A trigger refuses changes through SQL; whoever gets around it (with the file in hand) cannot mend the chain without
rewriting every later event of that case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.models import Case, CaseEvent, CaseNumber, Counter, table
from storage.statements import read

case_events = table(CaseEvent)

_COLUMNS = frozenset(table(Case).c.keys())
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
    """Every case, oldest first: whether its history is whole, and the case stands as its history says.

    The case's own row knows its last event, so that none can be cut off at the end. That a whole case is gone no chain
    can show; `missing_numbers` does.
    """
    rows = table(Case)
    for case in read(conn, Case, select(rows).order_by(rows.c.received_at, rows.c.id)):
        events = history(conn, case.id)
        found = _break(events)
        if found is None and (events[-1].hash if events else None) != case.history_hash:
            found = len(events) + 1, "is missing"
        yield Checked(case.number, len(events), *(found or _otherwise(case, events) or ()))


def missing_numbers(conn: Connection) -> list[str]:
    """What was counted but leads to no case (`ADU-2026: 7`): numbers have no gaps, so a case is gone."""
    counters, numbers = table(Counter), table(CaseNumber)
    given = {tuple(number.rsplit("-", 2)[:2]) for number in conn.scalars(select(numbers.c.number))}
    return [
        f"{series}: {ordinal}"
        for series, last in conn.execute(select(counters.c.name, counters.c.value).order_by(counters.c.name))
        for ordinal in range(1, last + 1)
        if (series, f"{ordinal:05d}") not in given
    ]


def _otherwise(case: Case, events: Sequence[CaseEvent]) -> tuple[int, str] | None:
    """The event that last told of something that the case's own row tells otherwise."""
    told: dict[str, tuple[int, Any]] = {}
    for event in events:
        told |= {name: (event.sequence, value) for name, value in (event.after or {}).items() if name in _COLUMNS}
    for name, (sequence, value) in told.items():
        stands = getattr(case, name)
        if isinstance(stands, datetime):
            same = isinstance(value, str) and datetime.fromisoformat(value) == stands
        else:
            same = (stands.isoformat() if isinstance(stands, date) else stands) == value
        if not same:
            return sequence, f"does not say what the register does ({name})"
    return None


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
