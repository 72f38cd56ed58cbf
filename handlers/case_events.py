"""What every event of an officer on a case shares: it is of the version they saw, it is recorded, the citizen is told.

All functions take the transaction of the event and never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection

from handlers.access import Actor
from handlers.case_deliveries import conversations_of
from handlers.case_rules import Kind, Stage, can_move
from handlers.dialogue import desk_texts
from handlers.messages import Line
from handlers.notices import tell
from handlers.office import Office
from handlers.permissions import audiences
from storage import case_desk, cases, officers
from storage.models import Case, Officer

LONGEST = 4_000  # characters of what an officer writes
REOPENED: Mapping[str, Any] = {  # the columns of a case that is taken up again; `reopened_at` besides
    "stage": "under_review",
    "solved": False,
    "closed_at": None,
    "delivered_on": None,
    "answer_arrived_on": None,
}
DESK = ("officer", "complaint_manager", "head")  # who works in the office itself
HOLDERS: Mapping[str, tuple[str, ...]] = {  # by route, the roles that may have a case on their desk
    "internal": DESK,
    "technical_team": ("technical_team",),
    "agency": ("technical_team",),
    "apip": ("inspector",),
}


@dataclass(frozen=True, slots=True)
class Done:
    """It is written. number: by which the case goes now; version: to hand back with the next event."""

    number: str
    version: int
    told: tuple[int, ...] = ()  # conversations in which something is to be sent now


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, and why: for the officer."""

    sentence: str


CHANGED = Refused("Laporan ini sudah berubah sejak halaman dibuka. Muat ulang, lalu periksa lagi.")


def in_the_way(case: Case, version: int, *texts: str, open_only: bool = True) -> Refused | None:
    """Why nothing at all can be done: another version than the officer saw, an ended case, words that are missing."""
    if case.version != version:
        return CHANGED
    if open_only and case.stage in ("closed", "withdrawn"):
        return Refused(f"Laporan {case.number} sudah {desk_texts.ENDED[case.stage]}.")
    if any(not text.strip() for text in texts):
        return Refused("Isian yang wajib masih kosong.")
    if any(len(text) > LONGEST for text in texts):
        return Refused(f"Tulisan terlalu panjang: paling banyak {LONGEST:,} huruf.".replace(",", "."))
    return None


def change(
    tx: Connection,
    office: Office,
    case: Case,
    actor: Actor | None,
    kind: str,
    columns: Mapping[str, Any] | None = None,
    *,
    note: str = "",
    after: Mapping[str, Any] | None = None,
    lines: Sequence[Line] = (),
    told: tuple[int, ...] = (),
) -> Done:
    """One event: the columns as they are now, the history, and a word to the citizen.

    A change of stage is always told (SPEC 3.2); with `lines` in their words, else in the usual ones.

    Args:
        actor: None: the clock.
        after: what else the history should say.
        told: the conversations in which the citizen was told already; then nothing more is said.
    """
    changed = {name: value for name, value in (columns or {}).items() if getattr(case, name) != value}
    version = cases.update(tx, case.id, office.clock(), **changed)
    record(
        tx,
        office,
        case,
        kind,
        actor,
        before=as_before(case, changed),
        after={**{name: as_told(value) for name, value in changed.items()}, **(after or {})},
        note=note,
    )
    if not told and not lines and "stage" in changed:
        route = changed.get("route", case.route)
        lines = desk_texts.moved(case.number, cast(Stage, changed["stage"]), route)
    if lines and not told:
        told = conversations_of(tx, case)
        for id_ in told:
            tell(tx, office, id_, lines, purpose="case_update")
    return Done(case.number, version, told)


def renumbered(
    tx: Connection,
    office: Office,
    case: Case,
    actor: Actor,
    kind: str,
    columns: Mapping[str, Any],
    number: str,
    *,
    note: str,
    lines: Sequence[Line],
) -> Done:
    """An event with which a case goes by another number; the one before goes on leading to it."""
    cases.give_number(tx, case.id, number, office.clock())
    done = change(tx, office, case, actor, kind, {**columns, "number": number}, note=note, lines=lines)
    return replace(done, number=number)


def record(
    tx: Connection,
    office: Office,
    case: Case,
    kind: str,
    actor: Actor | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    cases.add_event(
        tx,
        id_=office.new_id(),
        case_id=case.id,
        at=office.clock(),
        actor="officer" if actor else "system",
        officer_id=actor.id if actor else None,
        kind=kind,
        before=before or None,
        after=after or None,
        note=note,
    )


def begun(case: Case) -> dict[str, Any]:
    """The first thing that is done to a complaint puts it under review."""
    return {"stage": "under_review"} if (case.kind, case.stage) == ("complaint", "received") else {}


def taken_back(tx: Connection, office: Office, case: Case, note: str = "") -> dict[str, Any]:
    """A case leaves the desk that it lies on, for the office. Returns the columns of the case that follow from it."""
    step = next((step for step in case_desk.steps_of(tx, case.id) if step.ended_at is None), None)
    if step is None:
        return {}
    case_desk.end_step(tx, step.id, office.clock(), "sent_back", note)
    return {"route": None} | ({"stage": "under_review"} if case.stage == "in_progress" else {})


def may_move(case: Case, to: Stage) -> bool:
    return can_move(cast(Kind, case.kind), cast(Stage, case.stage), to)


def why_not_given(tx: Connection, case: Case, officer: Officer | None, roles: Collection[str]) -> Refused | None:
    """Why a case cannot be laid on somebody's desk."""
    if officer is None or not officer.active or officer.role not in roles:
        return Refused("Petugas itu tidak dapat menerima laporan ini.")
    if officer.id in case_desk.accused_in(tx, case.id):
        return Refused("Petugas itu tidak dapat menerima laporan ini.")  # the accused are not told, nor are others
    outside = case.visible_to is not None and case.visible_to not in audiences(officer.role)
    if outside and case.accused_named_at is None:
        return Refused("Laporan ini rahasia: sebutkan dulu siapa yang diadukan, atau bahwa tidak ada.")
    return None


def above(tx: Connection, officer_id: int, accused: Collection[int]) -> Officer | None:
    """The direct superior; where a case accuses them, the next one above."""
    officer, met = officers.by_id(tx, officer_id), {officer_id}
    while officer is not None and officer.superior_id is not None and officer.superior_id not in met:
        officer = officers.by_id(tx, officer.superior_id)
        if officer is not None and officer.active and officer.id not in accused:
            return officer
        met.add(officer.id if officer else 0)
    return None


def as_before(case: Case, changed: Collection[str]) -> dict[str, Any]:
    """The columns that an event changes, as they were."""
    return {name: as_told(getattr(case, name)) for name in changed}


def as_told(value: Any) -> Any:
    """A value as the history keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value
