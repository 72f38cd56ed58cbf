"""Who leaves the office, or gets another role, leaves no case behind on a desk where nobody may touch it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from handlers.access import Actor
from handlers.case_events import DESK, HOLDERS, change, taken_back
from handlers.office import Office
from handlers.officer_notices import tell_given
from storage import case_desk


def leave_cases(tx: Connection, office: Office, officer_id: int, role: str | None, by: Actor | None) -> None:
    """Takes back what the officer may not hold any more; whoever is in charge of it at the office hears of that.

    Args:
        role: which they have now; None: they left.
    """
    for case in case_desk.of_officer(tx, officer_id):
        columns: dict[str, Any] = {}
        route = case.route or "internal"
        if case_desk.holder_of(tx, case.id) == officer_id and role not in (*HOLDERS[route], "head"):
            columns |= taken_back(tx, office, case, "Petugas yang memegangnya tidak bertugas lagi.")
        if case.officer_id == officer_id and role not in (*DESK, "inspector"):
            columns["officer_id"] = None
        if not columns:
            continue
        change(tx, office, case, by, "left_desk", columns, after={"from": str(officer_id)})
        if case.officer_id not in (None, officer_id):
            tell_given(tx, office, case, case.officer_id, "sent_back", by)
