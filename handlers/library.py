"""The knowledge that answers are taken from, what officers keep beside it, and the calendar of working days.

Each is read from the database, and built anew when its version has changed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from sqlalchemy import Connection

from knowledge.base import KnowledgeBase
from knowledge.calendar import DayKind, SpecialDay, WorkingDays, shipped_calendar
from knowledge.kbli import KbliList, OfficialCode
from knowledge.kept import Kept
from knowledge.laws import STATUSES, Law, Laws, Status, shipped_laws
from knowledge.phrases import OfficeAnswer, Phrase
from knowledge.profile import Profile, Statement
from knowledge.search import Published
from knowledge.standards import Finding, ServiceStandard
from storage import calendar as calendar_days
from storage import kbli, laws, phrases, profile, standards, versions
from storage.models import LawStatus
from storage.standards import EditionRow, StandardRow


class Library:
    """One per process. Whoever publishes bumps the version; the next batch of messages sees it."""

    def __init__(self) -> None:
        self._standards: KnowledgeBase | None = None  # alone, at its version
        self._known: tuple[tuple[int, int, int], KnowledgeBase] | None = None  # with all that is kept beside them
        self._calendar: tuple[int, WorkingDays] | None = None

    def current(self, conn: Connection) -> KnowledgeBase:
        return self.read(conn)[0]

    def read(self, conn: Connection) -> tuple[KnowledgeBase, WorkingDays]:
        """The knowledge, with what the office says of itself, and the calendar of working days, as they are now."""
        now = versions.every(conn)
        version, kept, said = (now.get(name, 0) for name in (versions.KNOWLEDGE, versions.KEPT, versions.PROFILE))
        known = self._known
        if known is None or known[0] != (version, kept, said):
            alone = self._standards
            if alone is None or alone.version != version:
                alone = self._standards = KnowledgeBase(in_force(conn), version, official_list(conn))
            ready = alone.with_kept(what_is_kept(conn))
            known = self._known = (version, kept, said), ready.with_profile(office_profile(conn))
        changed = now.get(versions.CALENDAR, 0)
        calendar = self._calendar
        if calendar is None or calendar[0] != changed:
            calendar = self._calendar = changed, working_days(conn)
        return known[1], calendar[1]


def official_list(conn: Connection) -> KbliList:
    """The list of business codes, where one was imported."""
    return {row.code: OfficialCode(row.code, row.title, row.description) for row in kbli.everything(conn)}


def office_profile(conn: Connection) -> Profile:
    """What the office says of itself."""
    return {row.key: Statement(row.text, row.updated_at) for row in profile.statements(conn)}


def what_is_kept(conn: Connection) -> Kept:
    """The phrases and answers of the office, and its register of laws over the shipped one."""
    answers = {row.id: OfficeAnswer(row.id, row.title, row.text, row.updated_at) for row in phrases.every_answer(conn)}
    kept = tuple(
        Phrase(row.id, row.text, row.identity, row.component, row.whole_code, row.answer_id)
        for row in phrases.everything(conn)
    )
    return Kept(kept, answers, known_laws(conn))


def known_laws(conn: Connection) -> Laws:
    """What is known of the instruments that standards cite: the office's word goes before what is shipped."""
    said = {row.key: _law(row) for row in laws.everything(conn)}
    return {**shipped_laws(), **said}


def _law(row: LawStatus) -> Law:
    status: Status = next((each for each in STATUSES if each == row.status), "unchecked")
    return Law(row.key, row.name, status, row.by_law, row.checked_on, row.source, row.note)


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
        # Standards of one regulation repeat each other's words: each text is kept once.
        components={int(component): sys.intern(text) for component, text in row.components.items()},
        findings=tuple(Finding(**finding) for finding in row.findings),
    )
    return Published(standard, edition.title, edition.effective_on)
