"""The knowledge that answers are taken from, what the office says of itself, and the calendar of working days.

Each is read from the database, and built anew when its version has changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from knowledge.base import KnowledgeBase
from knowledge.calendar import DayKind, SpecialDay, WorkingDays, shipped_calendar
from knowledge.profile import Profile, Statement
from knowledge.search import Published
from knowledge.standards import Finding, ServiceStandard
from storage import calendar as calendar_days
from storage import profile, standards, versions
from storage.standards import EditionRow, StandardRow


class Library:
    """One per process. Whoever publishes bumps the version; the next batch of messages sees it."""

    def __init__(self) -> None:
        self._known: tuple[int, KnowledgeBase] | None = None  # with the version of what the office says of itself
        self._calendar: tuple[int, WorkingDays] | None = None

    def current(self, conn: Connection) -> KnowledgeBase:
        return self.read(conn)[0]

    def read(self, conn: Connection) -> tuple[KnowledgeBase, WorkingDays]:
        """The knowledge, with what the office says of itself, and the calendar of working days, as they are now."""
        now = versions.every(conn)
        version, said = now.get(versions.KNOWLEDGE, 0), now.get(versions.PROFILE, 0)
        known = self._known
        if known is None or known[1].version != version:
            known = said, KnowledgeBase(in_force(conn), version).with_profile(office_profile(conn))
        elif known[0] != said:
            known = said, known[1].with_profile(office_profile(conn))
        self._known = known
        changed = now.get(versions.CALENDAR, 0)
        calendar = self._calendar
        if calendar is None or calendar[0] != changed:
            calendar = self._calendar = changed, working_days(conn)
        return known[1], calendar[1]


def office_profile(conn: Connection) -> Profile:
    """What the office says of itself."""
    return {row.key: Statement(row.text, row.updated_at) for row in profile.statements(conn)}


_DAY_KINDS: Mapping[str, DayKind] = {"public": "holiday", "government": "collective_leave", "working": "working"}


def working_days(conn: Connection) -> WorkingDays:
    """The shipped calendar with what officers have corrected. A year whose collective leave they entered is settled."""
    days = calendar_days.days(conn)
    changed = {day.day: SpecialDay(_DAY_KINDS[day.kind], day.name) for day in days}
    settled = {day.day.year for day in days if day.kind == "government"}
    return shipped_calendar().with_changes(changed, settled) if changed else shipped_calendar()


def in_force(conn: Connection) -> list[Published]:
    """Every standard in force, by number."""
    return [published(row, edition) for row, edition in standards.current(conn)]


def published(row: StandardRow, edition: EditionRow) -> Published:
    """A row as the standard that it keeps."""
    standard = ServiceStandard(
        number=row.number,
        title=row.title,
        kbli=row.kbli,
        risk=row.risk,
        product=row.product,
        components={int(component): text for component, text in row.components.items()},
        findings=tuple(Finding(**finding) for finding in row.findings),
    )
    return Published(standard, edition.title, edition.effective_on)
