"""For whose eyes a case is, as one condition of SQL: every list, count, search and single look asks it (SPEC 2.4).

There is no way to ask for a case without saying who asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from storage.case_desk import accused, officers, steps
from storage.cases import cases
from storage.models import Case
from storage.statements import locked, read


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Whose eyes a list of cases is for."""

    officer_id: int
    acts_for: frozenset[int]  # officers whose deputy they are today, and themselves
    audiences: frozenset[str]  # the confidential ones that they belong to
    reads: bool  # everything that is not confidential
    agencies: frozenset[int] = frozenset()  # whose colleagues' cases they may read: of a technical team, their own


def visible_cases(reader: CaseReader) -> ColumnElement[bool]:
    """The condition under which a case exists for a reader.

    Whom a case accuses never sees it. What is confidential is for its audience, and, once it was said whom it accuses,
    for the one officer who was given it. What is not is for all who read the register; a technical team reads what was
    routed to its agency.
    """
    accusing = select(accused.c.case_id).where(accused.c.officer_id == reader.officer_id)
    mine = sorted(reader.acts_for)
    passed = select(steps.c.case_id).where(steps.c.officer_id.in_(mine))  # read once, not once a case
    given = or_(cases.c.officer_id.in_(mine), cases.c.id.in_(passed.where(steps.c.ended_at.is_(None))))
    confidential = or_(
        cases.c.visible_to.in_(sorted(reader.audiences)), and_(cases.c.accused_named_at.is_not(None), given)
    )
    colleagues = select(officers.c.id).where(officers.c.agency_id.in_(sorted(reader.agencies)))
    routed = cases.c.id.in_(select(steps.c.case_id).where(steps.c.officer_id.in_(colleagues)))
    ordinary = [given, cases.c.id.in_(passed)]
    if reader.agencies:
        ordinary.append(routed)
    open_ones = and_(cases.c.visible_to.is_(None), *(() if reader.reads else (or_(*ordinary),)))
    return and_(cases.c.id.not_in(accusing), or_(open_ones, and_(cases.c.visible_to.is_not(None), confidential)))


def find(conn: Connection, reader: CaseReader, case_id: int) -> Case | None:
    """A case, locked where `conn` writes, if it exists for this reader."""
    query = select(cases).where(cases.c.id == case_id, visible_cases(reader))
    return next(iter(read(conn, Case, locked(conn, query))), None)
