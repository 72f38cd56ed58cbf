"""The chain over a case's history: each event is hashed together with the hash of the one before.

A trigger refuses changes through SQL; whoever gets around it (with the file in hand) cannot mend the chain without
rewriting every later event of that case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.models import Accused, Answer, Case, CaseEvent, CaseNumber, Counter, Report, StudySheet, table
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
    """Every case, oldest first: whether its history is whole, and the register says the same.

    The case's own row knows its last event, so that none can be cut off at the end. That a whole case is gone no chain
    can show; `missing_numbers` does.
    """
    rows = table(Case)
    for case_id, number in conn.execute(select(rows.c.id, rows.c.number).order_by(rows.c.received_at, rows.c.id)).all():
        try:
            yield _checked(conn, case_id)
        except ValueError:  # something of it is no JSON, or no time
            yield Checked(number, *_unreadable(conn, case_id))


def _checked(conn: Connection, case_id: int) -> Checked:
    rows = table(Case)
    [case] = read(conn, Case, select(rows).where(rows.c.id == case_id))
    events = history(conn, case_id)
    found = _break(events)
    if found is None and (events[-1].hash if events else None) != case.history_hash:
        found = len(events) + 1, "is missing"
    found = found or _otherwise(case, events) or _other_papers(conn, events)
    return Checked(case.number, len(events), *(found or ()))


def _unreadable(conn: Connection, case_id: int) -> tuple[int, int, str]:
    """How many events there are, and the first that cannot be read; where all can, it is the case's own row."""
    of_case = case_events.c.case_id == case_id
    sequences = conn.scalars(select(case_events.c.sequence).where(of_case).order_by(case_events.c.sequence)).all()
    for sequence in sequences:
        try:
            read(conn, CaseEvent, select(case_events).where(of_case, case_events.c.sequence == sequence))
        except ValueError:
            return len(sequences), sequence, "cannot be read"
    return len(sequences), len(sequences), "belongs to a case that cannot be read"


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


def _other_papers(conn: Connection, events: Sequence[CaseEvent]) -> tuple[int, str] | None:
    """The event whose answer, report, study sheet or accused are kept otherwise than it told."""
    told = {event.sequence: event.after or {} for event in events}
    last = {name: sequence for sequence, after in told.items() for name in ("sheet", "accused") if name in after}
    case_id = events[0].case_id if events else 0
    for event, body in zip((e for e in events if e.kind == "answered"), _bodies(conn, case_id), strict=False):
        if event.note != body:
            return event.sequence, "does not say what was answered"
    written = _reports(conn, case_id)
    for sequence, after in told.items():
        if "report_hash" in after and text_hash(written.get(after["report"], "")) != after["report_hash"]:
            return sequence, "does not say what was reported"
    if "accused" in last and _accused(conn, case_id) != set(told[last["accused"]]["accused"]):
        return last["accused"], "does not say whom it accuses"
    if "sheet" in last and not _same_sheet(conn, case_id, told[last["sheet"]]["sheet"]):
        return last["sheet"], "does not say what was studied"
    return None


def _bodies(conn: Connection, case_id: int) -> list[str]:
    answers = table(Answer)
    query = select(answers.c.body).where(answers.c.case_id == case_id)
    return list(conn.scalars(query.order_by(answers.c.at, answers.c.id)))


def _reports(conn: Connection, case_id: int) -> dict[str, str]:
    reports = table(Report)
    query = select(reports.c.number, reports.c.body).where(reports.c.case_id == case_id)
    return {row.number: row.body for row in conn.execute(query)}


def _accused(conn: Connection, case_id: int) -> set[str]:
    accused = table(Accused)
    return {str(id_) for id_ in conn.scalars(select(accused.c.officer_id).where(accused.c.case_id == case_id))}


def _same_sheet(conn: Connection, case_id: int, told: Mapping[str, Any]) -> bool:
    sheets = table(StudySheet)
    for row in read(conn, StudySheet, select(sheets).where(sheets.c.case_id == case_id)):
        lists = all(
            [item["text"] for item in getattr(row, name)] == [text.strip() for text in told[name] if text.strip()]
            for name in ("basis", "earlier", "plan")
        )
        return lists and (row.findings, row.found_with) == (told["findings"].strip(), told["found_with"].strip())
    return False


def text_hash(text: str) -> str:
    """Of a written report, as its event keeps it: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


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
