"""Officers decide on reports that came after the 30 days. One public function is one event and one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from handlers.access import Actor, access_case
from handlers.case_completing import Completed, complete, keep, why_unreadable
from handlers.case_events import Done, Refused, change, in_the_way, renumbered
from handlers.case_numbers import make_number
from handlers.case_rules import answer_due
from handlers.dialogue import case_texts
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import cases
from storage.models import Case

NOTHING = Completed()


def decide_late(
    office: Office,
    actor: Actor,
    number: str,
    version: int,
    *,
    accepted: bool,
    reason: str,
    given: Completed = NOTHING,
) -> Done | Refused:
    """Decides on a report that came after the 30 days (component 6, point 3: it *may* be treated as a suggestion).

    Accepted, it is a complaint with a number of its own, due 14 working days from its first receipt; refused, it stays
    a suggestion. The citizen is told either way. Without identity and subject nothing is accepted (point 5b).

    Args:
        given: what of these was supplied meanwhile.
    """
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.decide_late")
        if not reason.strip():
            return Refused("Alasan keputusan harus diisi.")
        if refused := in_the_way(case, version, reason):
            return refused
        if not case.late or case.late_decision is not None or case.stage not in ("received", "noted"):
            return Refused(f"Laporan {case.number} tidak menunggu keputusan keterlambatan.")
        decision: dict[str, Any] = {
            "late_decision": "accepted" if accepted else "refused",
            "late_decided_by": actor.id,
            "late_decided_at": office.clock(),
            "late_decision_reason": reason.strip(),
        }
        if accepted:
            if refused := why_unreadable(given):
                return refused
            found = complete(tx, office, case, given)
            if found.judged.lacks:
                return Refused(f"Belum dapat diterima sebagai pengaduan. {found.judged.reason} Lengkapi dulu.")
            return _accept(tx, office, case, actor, reason.strip(), decision | keep(tx, office, case, found))
        lines = case_texts.late_refused(case.number, reason.strip())
        return change(tx, office, case, actor, "late_refused", decision, note=reason.strip(), lines=lines)


def _accept(tx: Connection, office: Office, case: Case, actor: Actor, reason: str, decision: dict[str, Any]) -> Done:
    due = answer_due(jakarta_day(case.received_at), office.library.read(tx)[1])
    year = jakarta_day(case.received_at).year
    columns = {
        **decision,
        "kind": "complaint",
        "stage": "received",
        "clock_started_at": case.received_at,
        "due_on": due.day,
    }
    number = make_number("complaint", year, cases.next_number(tx, "complaint", year))
    lines = case_texts.late_accepted(number, case.number, due)
    return renumbered(tx, office, case, actor, "late_accepted", columns, number, note=reason, lines=lines)
