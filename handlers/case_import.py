"""The reports of an old register come into ours: by the same rules, at the stage that they had, told to nobody.

Asked again it enters none twice. A report is known by its old number and the year it came in (numbers begin anew each
year), else by its way, time, words and reporter. What has a number that is there, and says something else, is refused.
Case numbers are our own: an old one stays readable in the history, and leads nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from sqlalchemy import Connection

from handlers import register
from handlers.case_entry import judge
from handlers.case_rules import Classification, Kind, Stage, answer_due
from handlers.dialogue import case_texts
from handlers.dialogue.effects import OpenCase
from handlers.dialogue.form import Form
from handlers.messages import Line
from handlers.office import Office
from handlers.old_register import JAKARTA, OldReport
from handlers.old_values import key_of
from handlers.register import BroughtOver
from knowledge.calendar import WorkingDays, jakarta_day
from storage import cases

BATCH = 100  # rows a transaction: a second's work, for which a running PASTI waits

_KINDLY: Mapping[Stage, Stage] = {  # what such a stage is for a suggestion, which has fewer
    "under_review": "received",
    "in_progress": "received",
    "waiting_for_reporter": "received",
    "closed": "answered",
}


Outcome = Literal["added", "there", "differs"]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a row, or would become of it."""

    row: int
    outcome: Outcome
    kind: Kind
    stage: Stage
    late: bool
    confidential: bool
    number: str | None = None  # by which it goes here, or what has its old number does; None: nothing was written
    receipt: tuple[Line, ...] = ()  # with the access code, which stands nowhere else


def foresee(conn: Connection, reports: Sequence[OldReport]) -> list[Brought]:
    """What `bring_over` would do with all of them. Writes nothing."""
    known = _Known(conn)
    found: list[Brought] = []
    for each, form, judged in _judged(reports):
        outcome, number = known.outcome(each)
        found.append(_brought(each, form, judged, outcome, number))
        if outcome == "added":
            known.keep(each, "")
    return found


def bring_over(office: Office, reports: Sequence[OldReport]) -> list[Brought]:
    """Enters these, at most BATCH of them, in one transaction."""
    judged_reports = _judged(reports)  # before the lock: others wait for it
    done: list[Brought] = []
    with office.database.transaction(alone="entered by hand") as tx:
        known, calendar = _Known(tx), office.library.read(tx)[1]
        for each, form, judged in judged_reports:
            outcome, number = known.outcome(each)
            if outcome != "added":
                done.append(_brought(each, form, judged, outcome, number))
                continue
            recorded, receipt = _enter(tx, office, each, form, judged, calendar)
            known.keep(each, recorded)
            done.append(_brought(each, form, judged, "added", recorded, receipt))
    return done


def _judged(reports: Sequence[OldReport]) -> list[tuple[OldReport, Form, Classification]]:
    return [(each, *judge(each.entry)) for each in reports]


def _enter(
    tx: Connection, office: Office, old: OldReport, form: Form, judged: Classification, calendar: WorkingDays
) -> tuple[str, tuple[Line, ...]]:
    entry = old.entry
    due = answer_due(jakarta_day(entry.received_at), calendar) if judged.kind == "complaint" else None
    before = _before(old, stage_for(judged.kind, old.stage))
    recorded = register.bring_over(tx, office, OpenCase(form, judged, due), entry.way, entry.received_at, before)
    receipt = case_texts.receipt(judged.kind, recorded.number, form, judged, due, recorded.code, "")
    return recorded.number, receipt


def stage_for(kind: Kind, stage: Stage) -> Stage:
    """The stage of an old register, as one that the kind has."""
    if kind == "suggestion":
        return _KINDLY.get(stage, stage)
    return "received" if stage == "noted" else stage


def _before(old: OldReport, stage: Stage) -> BroughtOver:
    """An answer of that time counts as delivered on its day: nobody is reminded of it."""
    columns: dict[str, object] = {"stage": stage}
    told: dict[str, object] = {"stage": stage, "old_number": old.old_number or None}
    if old.answered_on and stage in ("answered", "closed"):
        answered_at = max(datetime.combine(old.answered_on, time(12), JAKARTA), old.entry.received_at)
        columns |= {"answered_at": answered_at, "delivered_on": old.answered_on, "answer_arrived_on": old.answered_on}
        columns["closed_at"] = answered_at if stage == "closed" else None
        told["delivered_on"] = old.answered_on.isoformat()
    return BroughtOver(columns, {name: value for name, value in told.items() if value}, old.answer)


def _brought(
    old: OldReport,
    form: Form,
    judged: Classification,
    outcome: Outcome,
    number: str | None = None,
    receipt: tuple[Line, ...] = (),
) -> Brought:
    stage = stage_for(judged.kind, old.stage)
    return Brought(old.row, outcome, judged.kind, stage, judged.late, form.confidential, number, receipt)


class _Known:
    """What the register has already, by old number and by what was entered; and what this run adds."""

    def __init__(self, conn: Connection) -> None:
        self._by_old_number: dict[tuple[str, int], tuple[str, _Content]] = {}
        self._by_content: dict[_Content, tuple[str, bool]] = {}  # and whether it has an old number
        for each in cases.entered_elsewhere(conn):
            content = (each.channel, each.received_at, each.subject, each.name)
            self._put(each.old_number, content, each.number)

    def outcome(self, old: OldReport) -> tuple[Outcome, str | None]:
        """What is to become of it, and the number here of what it is, or of what differs from it."""
        content = _content(old)
        if old.old_number:
            number, other = self._by_old_number.get(_numbered(old.old_number, content), (None, content))
            if number is not None:
                return ("there" if other == content else "differs"), number or None
        number, numbered = self._by_content.get(content, (None, False))
        if number is None or (old.old_number and numbered):  # one with an old number is not one that has another
            return "added", None
        if old.old_number:  # it was brought over without its number: nothing else in this file may have that
            self._by_old_number.setdefault(_numbered(old.old_number, content), (number, content))
        return "there", number or None

    def keep(self, old: OldReport, number: str) -> None:
        self._put(old.old_number, _content(old), number)

    def _put(self, old_number: str, content: _Content, number: str) -> None:
        if old_number:
            self._by_old_number[_numbered(old_number, content)] = number, content
        self._by_content[content] = number, bool(old_number)


_Content = tuple[str, datetime, str, str]
"""Way, time, words and reporter."""


def _numbered(old_number: str, content: _Content) -> tuple[str, int]:
    return key_of(old_number), jakarta_day(content[1]).year


def _content(old: OldReport) -> _Content:
    entry = old.entry
    return entry.way, entry.received_at, entry.what.strip(), entry.name.strip()
