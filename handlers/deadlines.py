"""Reminders of what is due, and who hears of what is overdue (SPEC 4.6).

At 7 and 3 working days left and on the last day, whoever handles the case is told; overdue, each working day one level
above hears of it, up to the top. Who is away is stood in for by their deputy. At most one reminder a day and case, in
office hours. What was missed (the server was off) is made up for by the most urgent one. Only a *delivered* answer ends
it: no automatic reply, no waiting for the reporter, no reopening moves the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection

from handlers.access import Actor, standing
from handlers.dialogue import officer_texts
from handlers.dialogue.officer_texts import DueCase
from handlers.library import office_profile
from handlers.office import Office
from handlers.officer_notices import console_of, notify, present
from handlers.permissions import audiences
from knowledge.calendar import WorkingDays, jakarta_day
from knowledge.office_hours import Hours, hours_of
from storage import case_desk, case_lists, officers, reminders
from storage.models import Case, Officer, Reminder

Kind = Literal["seven_days", "three_days", "last_day", "overdue"]
_LEVELS: tuple[tuple[int, Kind], ...] = ((-1, "overdue"), (0, "last_day"), (3, "three_days"), (7, "seven_days"))
AHEAD = 7  # working days before it is due that somebody hears of it first


@dataclass(frozen=True, slots=True)
class Watched:
    """A complaint without a delivered answer, and who hears of it: whoever handles it, then their superiors."""

    case_id: int
    due_on: date
    line: tuple[int, ...]  # officers by level; empty: nobody may be told


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder that was made."""

    kind: Kind
    day: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder to be made."""

    case_id: int
    officer_id: int
    kind: Kind
    level: int
    day: date
    due_on: date


def due_reminders(
    cases: Iterable[Watched],
    now: datetime,
    calendar: WorkingDays,
    hours: Hours,
    already: Mapping[int, Collection[Reminded]],
) -> list[Due]:
    """What is to be told now. Pure.

    Args:
        already: by case, the reminders that were made.
    """
    if not hours.is_open(now, calendar):
        return []
    today = jakarta_day(now)
    found = (_due(case, today, calendar, already.get(case.case_id, ())) for case in cases)
    return [each for each in found if each is not None]


def _due(case: Watched, today: date, calendar: WorkingDays, already: Collection[Reminded]) -> Due | None:
    left = calendar.working_days_left(today, case.due_on)
    if case.due_on < today:
        left = min(left, -1)  # overdue on a day that is no working day, too
    kind = next((kind for at_most, kind in _LEVELS if left <= at_most), None)
    if kind is None or not case.line or any(each.day == today for each in already):
        return None
    before = [each.kind for each in already if each.due_on == case.due_on]
    if kind != "overdue":
        return None if kind in before else Due(case.case_id, case.line[0], kind, 0, today, case.due_on)
    level = min(before.count("overdue") + 1, len(case.line) - 1)
    return Due(case.case_id, case.line[level], kind, level, today, case.due_on)


def line_of(
    first: int,
    staff: Mapping[int, Officer],
    accused: Collection[int],
    today: date,
    may_read: Callable[[Officer], bool] = lambda _: True,
) -> tuple[int, ...]:
    """Who hears of a case: its officer and the superiors above, each stood in for when away; never whom it accuses.

    Args:
        may_read: whether somebody, or who stands in for them, may know of the case at all.
    """
    line: list[int] = []
    met: set[int] = set()
    at: int | None = first
    while at is not None and at not in met and (officer := staff.get(at)) is not None:
        met.add(at)
        told = present(officer, staff, today)
        works = told.active and told.role != "outside_superior"
        if works and told.id not in accused and told.id not in line and may_read(officer):
            line.append(told.id)
        at = officer.superior_id
    return tuple(line)


def remind(office: Office) -> list[Due]:
    """Makes the reminders that are due now; asked again on the same day it makes none twice.

    Whoever linked their Telegram gets one message there, of all that a round has for them.
    """
    now = office.clock()
    with office.database.reader() as conn:
        due, _ = _found(conn, office, now)
    if not due:
        return []
    with office.database.transaction(alone="reminders") as tx:
        due, of = _found(tx, office, now)  # again, under the lock: another process may have been first
        rows = [
            Reminder(
                id=office.new_id(),
                case_id=each.case_id,
                officer_id=each.officer_id,
                kind=each.kind,
                level=each.level,
                day=each.day,
                due_on=each.due_on,
                at=now,
            )
            for each in due
        ]
        reminders.add(tx, rows)
        _tell(tx, office, due, of)
    return due


def _tell(tx: Connection, office: Office, due: Sequence[Due], of: Mapping[int, Case]) -> None:
    """Officer by officer in one order: their conversations are locked."""
    calendar, today = office.library.read(tx)[1], jakarta_day(office.clock())
    by_officer: dict[int, list[DueCase]] = defaultdict(list)
    for each in due:
        case = of[each.case_id]
        by_officer[each.officer_id].append(DueCase(case.number, case.stage, case.route, each.due_on))
    for officer_id, theirs in sorted(by_officer.items()):
        notify(tx, office, officer_id, officer_texts.reminder(theirs, today, calendar, console_of(office)))


def unseen(conn: Connection, office: Office, actor: Actor) -> int:
    """How many an officer has not read yet."""
    if not reminders.has_unseen(conn, actor.id):
        return 0
    return reminders.count_unseen(conn, standing(conn, office, actor).reader)


def seen(office: Office, officer_id: int, reminder_id: int) -> None:
    """An officer has read what they were told; of nobody else's reminder."""
    with office.database.transaction() as tx:
        reminders.seen(tx, officer_id, reminder_id, office.clock())


def all_seen(office: Office, actor: Actor, newest: int) -> None:
    """All that the officer's page showed, and nothing that came later.

    Args:
        newest: the last reminder on it.
    """
    with office.database.transaction() as tx:
        shown = [each.id for each in reminders.unseen(tx, standing(tx, office, actor).reader) if each.id <= newest]
        for reminder_id in shown:
            reminders.seen(tx, actor.id, reminder_id, office.clock())


def _found(conn: Connection, office: Office, now: datetime) -> tuple[list[Due], Mapping[int, Case]]:
    """What is due, and the cases by their ids."""
    calendar = office.library.read(conn)[1]
    statement = office_profile(conn).get("hours")
    hours = hours_of(statement.text if statement else None)
    if not hours.is_open(now, calendar):
        return [], {}
    today = jakarta_day(now)
    waiting = case_lists.unanswered(conn, calendar.add_working_days(today, AHEAD).day)
    if not waiting:
        return [], {}
    staff = {officer.id: officer for officer in officers.everyone(conn)}
    already: dict[int, list[Reminded]] = defaultdict(list)
    for row in reminders.of_cases(conn, [case.id for case in waiting]):
        already[row.case_id].append(Reminded(row.kind, row.day, row.due_on))  # type: ignore[arg-type]
    watched = [_watched(conn, case, staff, today) for case in waiting]
    return due_reminders(watched, now, calendar, hours, already), {case.id: case for case in waiting}


def _watched(conn: Connection, case: Case, staff: Mapping[int, Officer], today: date) -> Watched:
    assert case.due_on is not None
    accused = case_desk.accused_in(conn, case.id)
    givers = _givers(case, staff.values(), accused)
    first = case_desk.holder_of(conn, case.id) or case.officer_id
    given = {first, case.officer_id} if case.accused_named_at else set()

    def may_read(officer: Officer) -> bool:
        return case.visible_to is None or case.visible_to in audiences(officer.role) or officer.id in given

    line = line_of(first, staff, accused, today, may_read) if first else ()
    # Whoever could give it to somebody else hears of it too: its officer may have left, or have no superior.
    above = [each for giver in givers for each in line_of(giver, staff, accused, today, may_read)]
    return Watched(case.id, case.due_on, tuple(dict.fromkeys((*line, *above))))


_READERS: Mapping[str | None, tuple[str, ...]] = {
    None: ("complaint_manager", "head"),
    "manager": ("complaint_manager", "head"),
    "head": ("head",),
    "inspectorate": ("inspector",),
}


def _givers(case: Case, staff: Iterable[Officer], accused: Collection[int]) -> list[int]:
    """Who would give it to somebody, the nearest first: one of each role."""
    people = sorted(staff, key=lambda officer: officer.id)
    found = (
        next((o.id for o in people if o.role == role and o.active and o.id not in accused), None)
        for role in _READERS[case.visible_to]
    )
    return [id_ for id_ in found if id_ is not None]
