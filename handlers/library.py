"""The knowledge that answers are taken from, and the calendar that days are counted with.

Both are read from the database, and built anew when its version has changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from knowledge.base import KnowledgeBase
from knowledge.calendar import DayKind, SpecialDay, WorkingDays, shipped_calendar
from knowledge.search import Published
from knowledge.standards import Finding, ServiceStandard
from storage import calendar, standards, versions
from storage.standards import EditionRow, StandardRow


class Library:
    """One per process. Whoever publishes bumps the version; the next batch of messages sees it."""

    def __init__(self) -> None:
        self._base: KnowledgeBase | None = None
        self._calendar: tuple[int, WorkingDays] | None = None

    def current(self, conn: Connection) -> KnowledgeBase:
        return self.read(conn)[0]

    def read(self, conn: Connection) -> tuple[KnowledgeBase, WorkingDays]:
        """The knowledge and the calendar of working days, as they are now."""
        now = versions.every(conn)
        version = now.get(versions.KNOWLEDGE, 0)
        if self._base is None or self._base.version != version:
            self._base = KnowledgeBase(in_force(conn), version)
        changed = now.get(versions.CALENDAR, 0)
        if self._calendar is None or self._calendar[0] != changed:
            self._calendar = changed, working_days(conn)
        return self._base, self._calendar[1]


_DAY_KINDS: Mapping[str, DayKind] = {"public": "holiday", "government": "collective_leave", "working": "working"}


def working_days(conn: Connection) -> WorkingDays:
    """The shipped calendar with what officers have corrected."""
    changed = {day.day: SpecialDay(_DAY_KINDS[day.kind], day.name) for day in calendar.days(conn)}
    return shipped_calendar().with_changes(changed) if changed else shipped_calendar()


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
