"""The officers' lists of cases: work to be done, and the register, filtered, searched and paged.

Every query takes the reader and leaves out what is not for their eyes. Duplicates stand under the case they became
part of. Of a confidential case the reporter's name is neither shown nor searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, text

from storage.case_desk import officers, steps
from storage.case_sight import CaseReader, visible_cases
from storage.cases import case_numbers, cases
from storage.conversations import conversations
from storage.inbox_view import Reader, visible
from storage.models import Case
from storage.parties import parties
from storage.statements import columns, read
from storage.tasks import TaskRow, tasks

Work = Literal["all", "open", "mine", "unassigned", "overdue", "approval", "late", "suggestions", "answered"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be listed."""

    work: Work = "all"
    today: date | None = None  # for `overdue`
    kind: str | None = None
    stages: Sequence[str] = ()
    route: str | None = None
    channel: str | None = None
    service: str | None = None
    component: int | None = None
    received_from: datetime | None = None
    received_before: datetime | None = None
    search: str = ""
    contact_hashes: Sequence[str] = ()  # of what was searched for, where it may be a phone, an email or a NIK
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a line of a list."""

    id: int
    number: str
    kind: str
    stage: str
    version: int
    channel: str
    subject: str
    service: str | None
    sector: str | None
    problem: str | None
    route: str | None
    received_at: datetime
    due_on: date | None
    delivered_on: date | None
    late: bool
    late_decision: str | None
    confidential: bool
    visible_to: str | None
    officer_name: str | None
    reporter: str | None  # None: masked


def listed(conn: Connection, reader: CaseReader, wanted: Wanted, *, page: int = 1, limit: int = 50) -> list[CaseLine]:
    """What is due first comes first; what has no due date, by its receipt."""
    due_first = (cases.c.due_on.is_(None), cases.c.due_on, cases.c.received_at, cases.c.id)
    order = (cases.c.received_at.desc(), cases.c.id.desc()) if wanted.newest_first else due_first
    page_of = _among(select(cases.c.id), wanted).where(*_conditions(reader, wanted)).order_by(*order)
    ids = page_of.limit(limit).offset((page - 1) * limit)  # so that thousands of ids are sorted, and not as many rows
    return [CaseLine(*row) for row in conn.execute(_LINES.where(cases.c.id.in_(ids)).order_by(*order))]


def count(conn: Connection, reader: CaseReader, wanted: Wanted) -> int:
    query = _among(select(func.count()), wanted).where(*_conditions(reader, wanted))
    return conn.scalar(query) or 0


def counts(conn: Connection, reader: CaseReader, today: date) -> dict[Work, int]:
    """How much lies in each list. They are counted together: the register is gone through once."""
    lists: tuple[Work, ...] = ("open", "mine", "unassigned", "overdue", "approval", "late", "suggestions", "answered")
    each = [func.sum(case((and_(*_work(reader, Wanted(work, today))), 1), else_=0)) for work in lists]
    found = conn.execute(select(*each).where(visible_cases(reader), _UNMERGED, ~_OVER)).one()
    return {work: number or 0 for work, number in zip(lists, found, strict=True)}


def services(conn: Connection, reader: CaseReader, limit: int = 100) -> list[str]:
    """The services that the reader's cases are about, those named most often first."""
    query = select(cases.c.service).where(visible_cases(reader), _UNMERGED, cases.c.service.is_not(None))
    query = query.group_by(cases.c.service).order_by(func.count().desc(), cases.c.service).limit(limit)
    return list(conn.scalars(query))


def similar(conn: Connection, reader: CaseReader, to: Case, limit: int = 5) -> list[CaseLine]:
    """Other cases about the same standard, or the same service, the newest first (component 6 point 6c)."""
    same = [cases.c.standard_identity == to.standard_identity] if to.standard_identity else []
    same += [func.lower(cases.c.service) == to.service.lower()] if to.service else []
    if not same:
        return []
    query = _LINES.where(visible_cases(reader), _UNMERGED, cases.c.id != to.id, or_(*same))
    return [CaseLine(*row) for row in conn.execute(query.order_by(cases.c.received_at.desc()).limit(limit))]


def undelivered(conn: Connection) -> list[Case]:
    """Answered cases of which nobody knows yet that the newest answer arrived. For the clock only: it has no reader."""
    query = select(cases).where(cases.c.stage == "answered", cases.c.answer_arrived_on.is_(None), _UNMERGED)
    return read(conn, Case, query)


def unanswered(conn: Connection, due_until: date) -> list[Case]:
    """Complaints without a delivered answer that are due by then. For the clock only: it has no reader."""
    open_ones = cases.c.stage.in_(("received", "under_review", "in_progress", "waiting_for_reporter", "answered"))
    query = select(cases).where(open_ones, cases.c.due_on <= due_until, cases.c.delivered_on.is_(None), _UNMERGED)
    return read(conn, Case, query.order_by(cases.c.due_on, cases.c.id))


def to_telephone(conn: Connection, reader: Reader) -> list[TaskRow]:
    """Citizens whom no message reaches, the longest waiting first."""
    query = select(*columns(tasks, TaskRow)).join(conversations, conversations.c.id == tasks.c.conversation_id)
    query = query.where(tasks.c.state == "open", tasks.c.kind == "telephone", visible(reader))
    return [TaskRow(*row) for row in conn.execute(query.order_by(tasks.c.created_at, tasks.c.id))]


def _among(query: Select[Any], wanted: Wanted) -> Select[Any]:
    """Cases, with who reported them where that is searched."""
    searched = cases.outerjoin(parties, parties.c.id == cases.c.reporter_id)
    return query.select_from(searched if wanted.search.strip() else cases)


def _conditions(reader: CaseReader, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [visible_cases(reader), _UNMERGED, *_work(reader, wanted)]
    exact = (
        (cases.c.kind, wanted.kind),
        (cases.c.route, wanted.route),
        (cases.c.channel, wanted.channel),
        (cases.c.service, wanted.service),
        (cases.c.component, wanted.component),
    )
    found += [column == value for column, value in exact if value is not None]
    if wanted.stages:
        found.append(cases.c.stage.in_(wanted.stages))
    if wanted.received_from:
        found.append(cases.c.received_at >= wanted.received_from)
    if wanted.received_before:
        found.append(cases.c.received_at < wanted.received_before)
    if wanted.search.strip():
        found.append(_found(wanted.search.strip(), wanted.contact_hashes))
    return found


def _work(reader: CaseReader, wanted: Wanted) -> list[ColumnElement[bool]]:
    mine = sorted(reader.acts_for)
    held = cases.c.id.in_(select(steps.c.case_id).where(steps.c.ended_at.is_(None), steps.c.officer_id.in_(mine)))
    match wanted.work:
        case "all":
            return []
        case "open":
            return [_UNSETTLED, cases.c.kind == "complaint"]
        case "mine":
            return [_UNSETTLED, or_(cases.c.officer_id.in_(mine), held)]
        case "unassigned":
            return [_OPEN, cases.c.officer_id.is_(None), cases.c.kind == "complaint"]
        case "overdue":
            late = or_(_OPEN, cases.c.stage == "answered")
            return [late, cases.c.delivered_on.is_(None), cases.c.due_on < wanted.today]
        case "approval":
            return [_OPEN, held]
        case "late":
            undecided = and_(cases.c.late, cases.c.late_decision.is_(None))
            return [undecided, cases.c.stage.in_(("received", "noted"))]
        case "suggestions":
            return [cases.c.kind == "suggestion", cases.c.stage.in_(("received", "noted"))]
        case "answered":
            return [cases.c.stage == "answered", cases.c.kind == "complaint"]


def _found(search: str, contact_hashes: Sequence[str]) -> ColumnElement[bool]:
    """By any of its numbers, words of what happened, the service, or who reported it where that is not masked."""
    by: list[ColumnElement[bool]] = [
        cases.c.id.in_(
            select(case_numbers.c.case_id).where(case_numbers.c.number.istartswith(search, autoescape=True))
        ),
        cases.c.subject.icontains(search, autoescape=True),
        cases.c.service.icontains(search, autoescape=True),
        cases.c.core_problem.icontains(search, autoescape=True),
        and_(~cases.c.confidential, parties.c.name.icontains(search, autoescape=True)),
    ]
    if contact_hashes:
        hashes = (parties.c.phone_hash, parties.c.email_hash, parties.c.nik_hash)
        by.append(and_(~cases.c.confidential, or_(*(column.in_(contact_hashes) for column in hashes))))
    return or_(*by)


_UNMERGED: ColumnElement[bool] = text("merged_into IS NULL")  # type: ignore[assignment]  # as in the partial index
_OPEN = cases.c.stage.in_(("received", "under_review", "in_progress", "waiting_for_reporter"))
_UNREACHED = and_(cases.c.stage == "answered", cases.c.kind == "complaint", cases.c.answer_arrived_on.is_(None))
_UNSETTLED = or_(_OPEN, _UNREACHED)  # still work: it has no answer, or that has not arrived
_OVER = cases.c.stage.in_(("closed", "withdrawn"))  # in no list of work
_LINES: Select[Any] = select(
    *(cases.c[name] for name in CaseLine.__slots__ if name in cases.c),
    officers.c.name,
    case((cases.c.confidential, None), else_=parties.c.name),
).select_from(
    cases.outerjoin(officers, officers.c.id == cases.c.officer_id).outerjoin(
        parties, parties.c.id == cases.c.reporter_id
    )
)
