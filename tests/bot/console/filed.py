"""Cases for the pages of the console: of every stage, way, and kind of secrecy. Everybody in them is invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from handlers.case_numbers import make_number
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import case_desk, cases, officers, parties
from storage.models import Case, Step
from storage.parties import PartyDetails


def id_of(office: Office, username: str) -> int:
    with office.database.reader() as conn:
        found = officers.by_username(conn, username)
        assert found is not None, username
        return found.id


def file(office: Office, n: int, *, reporter: PartyDetails | None = None, **facts: Any) -> str:
    """Case n of the year, a complaint by letter unless it is said otherwise. Returns its number."""
    now = office.clock()
    kind = facts.get("kind", "complaint")
    received = facts.pop("received_at", now - timedelta(days=3))
    number = make_number(kind, jakarta_day(received).year, n)
    with office.database.transaction() as tx:
        if reporter is not None:
            parties.add(tx, office.keys, reporter, now)
        common: dict[str, Any] = {
            "id": office.new_id(),
            "number": number,
            "kind": kind,
            "channel": "letter",
            "reporter_id": reporter.id if reporter else None,
            "received_at": received,
            "clock_started_at": received if kind == "complaint" else None,
            "due_on": due(now, 10) if kind == "complaint" else None,
            "subject": f"kejadian {n}",
            "updated_at": now,
        }
        cases.add(tx, Case(**common | facts))
    return number


def due(now: datetime, days: int) -> date:
    """So many calendar days from now."""
    return jakarta_day(now) + timedelta(days=days)


def hold(office: Office, number: str, officer_id: int, route: str = "internal") -> None:
    """The case is in this officer's hands."""
    with office.database.transaction() as tx:
        case_id = cases.id_of(tx, number)
        assert case_id is not None
        step = Step(
            id=office.new_id(), case_id=case_id, sequence=1, route=route, officer_id=officer_id, given_at=office.clock()
        )
        case_desk.add_step(tx, step)


def accuse(office: Office, number: str, officer_id: int) -> None:
    with office.database.transaction() as tx:
        case_id = cases.id_of(tx, number)
        assert case_id is not None
        case_desk.set_accused(tx, case_id, [officer_id])
