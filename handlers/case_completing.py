"""What was supplied of a report later: by telephone, at the counter, by letter. It may be what makes it a complaint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from handlers.case_events import Refused
from handlers.case_rules import Classification, Report, classify
from handlers.contacts import unreadable
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import parties
from storage.models import Case
from storage.parties import PartyDetails


@dataclass(frozen=True, slots=True)
class Completed:
    """What was supplied. Empty: as it was."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    nik: str = ""
    service: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Complete:
    """A report with what was supplied; nothing of it is written yet."""

    reporter: PartyDetails
    service: str | None
    what: str
    judged: Classification  # by identity and subject alone: whether it came too late is for an officer to decide


def complete(conn: Connection, office: Office, case: Case, given: Completed) -> Complete:
    known = parties.get(conn, office.keys, case.reporter_id) if case.reporter_id else None
    known = known or PartyDetails(office.new_id(), "", case.conversation_id)
    reporter = PartyDetails(
        id=known.id,
        name=given.name.strip() or known.name,
        conversation_id=known.conversation_id,
        phone=given.phone.strip() or known.phone,
        email=given.email.strip() or known.email,
        address=given.address.strip() or known.address,
        nik="".join(c for c in given.nik if c.isdigit()) or known.nik,
    )
    service, what = given.service.strip() or case.service, given.what.strip() or case.subject
    report = Report(reporter.name, _reachable(case, reporter), service, what)
    return Complete(reporter, service, what, classify(report, jakarta_day(office.clock())))


def why_unreadable(given: Completed) -> Refused | None:
    """A contact that nobody can use reaches nobody, so it does not make a complaint."""
    problems = unreadable(given.phone.strip(), given.email.strip(), given.nik.strip())
    return Refused(" ".join(problems.values())) if problems else None


def keep(tx: Connection, office: Office, case: Case, found: Complete) -> dict[str, Any]:
    """Writes down who reported it. Returns the columns of the case that follow from what was supplied."""
    write = parties.add if case.reporter_id is None else parties.replace
    write(tx, office.keys, found.reporter, office.clock())
    return {"reporter_id": found.reporter.id, "subject": found.what, "service": found.service}


def _reachable(case: Case, reporter: PartyDetails) -> bool:
    account = case.conversation_id is not None and case.channel in ("whatsapp", "telegram")
    return account or bool(reporter.phone or reporter.email or reporter.address or reporter.nik)
