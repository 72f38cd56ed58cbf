"""What is printed of a case: one of its written reports, or all of it as one officer may see it.

A file that leaves the console on paper is recorded in the case's history: who, and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from handlers.access import Actor, NotFoundError, access_case
from handlers.case_events import record
from handlers.case_file import CaseFile, read_file, read_history
from handlers.library import office_profile
from handlers.office import Office
from storage import case_desk, officers
from storage.models import Case, CaseEvent, Report, StudySheet

_SHORT = 90  # characters: more of a topic than fits on a line of a letterhead stays off it


@dataclass(frozen=True, slots=True)
class Person:
    """As a letter names them."""

    name: str
    position: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document is printed on."""

    at: datetime  # aware: when it is printed
    letterhead: tuple[str, ...] = ()  # below the office's name: its address, and how it is reached
    by: str = ""  # who prints it


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report that was filed, with what it is about."""

    report: Report
    case: Case
    author: Person
    addressee: Person | None
    study: StudySheet | None = None
    standard: str = ""  # the name of the standard that bears on it


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A case as one reader may print it."""

    file: CaseFile  # the reporter masked, where it is confidential
    people: Mapping[int, Person]
    history: Sequence[CaseEvent] = ()  # empty where the reader's role does not open it
    standard: str = ""


def paper(conn: Connection, office: Office, actor: Actor | None) -> Paper:
    """The office's own, as its profile has been filled in."""
    said = {key: statement.text for key, statement in office_profile(conn).items()}
    address = ", ".join(line.strip(" ,") for line in said.get("address", "").splitlines() if line.strip())
    first = (said.get(key, "").partition("\n")[0].strip() for key in ("phone", "email", "website"))
    reached = " · ".join(text for text in first if text and len(text) <= _SHORT)
    return Paper(office.clock(), tuple(filter(None, (address, reached))), actor.name if actor else "")


def read_report(conn: Connection, office: Office, actor: Actor, number: str, nth: int) -> WrittenReport:
    """The nth written report of a case, from 1. Raises NotFoundError."""
    case = access_case(conn, office, actor, number, "cases.read")
    filed = case_desk.reports_of(conn, case.id)
    if not 1 <= nth <= len(filed):
        raise NotFoundError(f"{number}/LAP-{nth}")
    report, people = filed[nth - 1], _people(conn)
    return WrittenReport(
        report=report,
        case=case,
        author=people[report.author_id],
        addressee=people.get(report.addressee_id or 0),
        study=case_desk.study_of(conn, case.id),
        standard=_standard(conn, office, case),
    )


def print_file(office: Office, actor: Actor, number: str) -> tuple[WholeFile, Paper]:
    """All of a case for paper; that it was printed is recorded. Raises NotFoundError."""
    with office.database.transaction() as tx:
        file = read_file(tx, office, actor, number)
        record(tx, office, file.case, "printed", actor)
        history = read_history(tx, office, actor, number) if "cases.history" in file.may else []
        whole = WholeFile(file, _people(tx), history, _standard(tx, office, file.case))
        return whole, paper(tx, office, actor)


def _people(conn: Connection) -> dict[int, Person]:
    agencies = {agency.id: agency.name for agency in officers.every_agency(conn)}
    return {
        officer.id: Person(officer.name, officer.position, agencies.get(officer.agency_id or 0, ""))
        for officer in officers.everyone(conn)
    }


def _standard(conn: Connection, office: Office, case: Case) -> str:
    known = office.library.current(conn).catalogue.by_identity.get(case.standard_identity or "")
    return known.standard.name if known else ""
