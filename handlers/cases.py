"""What officers do with a case. One public function is one event and one transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.case_numbers import make_number
from handlers.case_rules import answer_due
from handlers.dialogue import case_texts
from handlers.messages import Line
from handlers.notices import tell
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import cases
from storage.models import Case


class CaseError(ValueError):
    """What an officer wanted cannot be done to this case; the message says why, in Indonesian."""


def decide_late(office: Office, officer_id: int | None, number: str, *, accepted: bool, reason: str) -> str:
    """Decides on a report that came after the 30 days (component 6, point 3: it *may* be treated as a suggestion).

    Accepted, it is a complaint with a number of its own, due 14 working days from its first receipt; refused, it stays
    a suggestion. The citizen is told either way. Returns the number that the case goes by now. Raises CaseError.
    """
    if not reason.strip():
        raise CaseError("Alasan keputusan harus diisi.")
    with office.database.transaction() as tx:
        case = cases.get_by_number(tx, number)
        if case is None:
            raise CaseError(f"Nomor {number} tidak ditemukan.")
        if not case.late or case.late_decision is not None or case.stage not in ("received", "noted"):
            raise CaseError(f"Laporan {case.number} tidak menunggu keputusan keterlambatan.")
        now = office.clock()
        cases.update(
            tx,
            case.id,
            now,
            late_decision="accepted" if accepted else "refused",
            late_decided_by=officer_id,
            late_decided_at=now,
            late_decision_reason=reason,
        )
        if accepted:
            number = _accept(tx, office, case, officer_id, reason)
        else:
            number = case.number
            _event(tx, office, case, "late_refused", officer_id, reason, {})
            _tell(tx, office, case, case_texts.late_refused(case.number, reason))
        return number


def _accept(tx: Connection, office: Office, case: Case, officer_id: int | None, reason: str) -> str:
    now = office.clock()
    due = answer_due(jakarta_day(case.received_at), office.library.read(tx)[1])
    cases.update(
        tx, case.id, now, kind="complaint", stage="received", clock_started_at=case.received_at, due_on=due.day
    )
    year = jakarta_day(case.received_at).year
    number = make_number("complaint", year, cases.next_number(tx, "complaint", year))
    cases.give_number(tx, case.id, number, now)
    after = {"number": number, "kind": "complaint", "due": due.day.isoformat()}
    _event(tx, office, case, "late_accepted", officer_id, reason, after)
    _tell(tx, office, case, case_texts.late_accepted(number, case.number, due))
    return number


def _event(
    tx: Connection, office: Office, case: Case, kind: str, officer_id: int | None, reason: str, after: dict[str, str]
) -> None:
    before = {"number": case.number, "kind": case.kind}
    cases.add_event(
        tx,
        id_=office.new_id(),
        case_id=case.id,
        at=office.clock(),
        actor="officer",
        officer_id=officer_id,
        kind=kind,
        before=before,
        after=after,
        note=reason,
    )


def _tell(tx: Connection, office: Office, case: Case, lines: tuple[Line, ...]) -> None:
    if case.conversation_id is not None:
        tell(tx, office, case.conversation_id, lines, purpose="case_update")
