"""The three routes of component 6 point 7, level by level: up with a written report, back, and decided.

Internal: from an officer to the head. External: a technical team or another agency, up to its own head. APIP: the
inspectorate, where neither settled it, with the recorded approval of a head or the provision that requires it. In every
route the result is also reported to the direct superior. Who is away is stood in for by their deputy, whose access
says so; whom the case accuses is left out on the way up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from handlers.access import Actor, NotAllowedError, access_case, standing
from handlers.case_events import (
    DESK,
    HOLDERS,
    Done,
    Refused,
    above,
    begun,
    change,
    in_the_way,
    may_move,
    taken_back,
    why_not_given,
)
from handlers.office import Office
from handlers.officer_notices import tell_given
from storage import case_desk, officers
from storage.audit import text_hash
from storage.models import Approval, Case, Officer, Report, Step

Route = Literal["internal", "technical_team", "agency", "apip"]
NO_SUPERIOR = Refused("Atasan langsung belum diisi. Minta admin melengkapinya pada akun petugas.")
NOT_YOURS = "Laporan ini ada di meja {name}."


def choose_route(
    office: Office, actor: Actor, number: str, version: int, route: Route, to: int, reason: str
) -> Done | Refused:
    """The study is done: the case goes one of the three ways, to its first holder.

    Args:
        to: the officer who handles it first.
    """
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.route")
        if refused := in_the_way(case, version, reason):
            return refused
        if case.kind != "complaint" or case.stage not in ("under_review", "in_progress", "waiting_for_reporter"):
            return Refused("Jalur dipilih untuk pengaduan yang sedang ditelaah.")
        if not (case.core_problem or "").strip():
            return Refused("Tulis dulu inti masalahnya pada lembar telaah.")
        if case_desk.holder_of(tx, case.id) is not None:
            return Refused("Laporan ini masih di meja seseorang pada jalurnya: dikembalikan atau diputuskan dulu.")
        if refused := why_not_given(tx, case, officers.by_id(tx, to), HOLDERS[route]):
            return refused
        since = case.reopened_at  # what was approved before was about what has been answered since
        if route == "apip" and not any(
            since is None or each.approved_at >= since for each in case_desk.approvals_of(tx, case.id)
        ):
            return Refused(
                "Jalur APIP memerlukan persetujuan Kepala DPMPTSP atau kepala perangkat daerah, "
                "atau ketentuan yang mewajibkannya, beserta alasan jalur lain tidak dapat menyelesaikannya."
            )
        _lay_on(tx, office, case, to, route, actor)
        columns: dict[str, Any] = {"route": route, "officer_id": case.officer_id or _desk_officer(actor)}
        if case.stage != "in_progress":
            columns["stage"] = "in_progress"
        done = change(tx, office, case, actor, "routed", columns, note=reason.strip(), after={"to": str(to)})
        tell_given(tx, office, case, to, "routed", actor)
        return done


def hand_up(office: Office, actor: Actor, number: str, version: int, report: str) -> Done | Refused:
    """One level up, with a written report to the superior who has it now."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.step")
        held = _held(tx, office, case, actor, version, report)
        if isinstance(held, Refused):
            return held
        step, holder = held
        superior = above(tx, step.officer_id, case_desk.accused_in(tx, case.id))
        if superior is None:
            return NO_SUPERIOR
        if superior.role == "outside_superior" or (
            step.route in ("technical_team", "agency") and superior.agency_id != holder.agency_id
        ):
            return Refused("Laporan ini sudah di tingkat pimpinan: putuskan, atau kembalikan.")
        if refused := why_not_given(tx, case, superior, (*HOLDERS[step.route], "head")):
            return refused
        filed = _file(tx, office, case, actor, "step", report, superior, step)
        case_desk.end_step(tx, step.id, office.clock(), "handed_up", report.strip())
        _lay_on(tx, office, case, superior.id, step.route, actor)
        after = {"from": str(step.officer_id), "to": str(superior.id), **filed}
        done = change(tx, office, case, actor, "handed_up", after=after, note=report.strip())
        tell_given(tx, office, case, superior.id, "handed_up", actor)
        return done


def send_back(office: Office, actor: Actor, number: str, version: int, reason: str) -> Done | Refused:
    """To whom it came from; from the first holder back to the office, which may choose another route."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.step")
        held = _held(tx, office, case, actor, version, reason)
        if isinstance(held, Refused):
            return held
        step, _ = held
        below = _below(tx, case, step)
        case_desk.end_step(tx, step.id, office.clock(), "sent_back", reason.strip())
        columns: dict[str, Any] = {}
        if below is None:
            columns["route"] = None
            if case.stage == "in_progress":
                columns["stage"] = "under_review"
        else:
            _lay_on(tx, office, case, below, step.route, actor)
        after = {"from": str(step.officer_id), "to": str(below) if below else None}
        done = change(tx, office, case, actor, "sent_back", columns, note=reason.strip(), after=after)
        if (now_with := below or case.officer_id) is not None:
            tell_given(tx, office, case, now_with, "sent_back", actor)
        return done


def recall(office: Office, actor: Actor, number: str, version: int, reason: str) -> Done | Refused:
    """The manager or the head takes a case from a desk where it cannot go on."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.assign")
        if refused := in_the_way(case, version, reason):
            return refused
        step = _open_step(tx, case.id)
        if step is None:
            return Refused("Laporan ini tidak sedang di meja siapa pun pada sebuah jalur.")
        columns = taken_back(tx, office, case, reason.strip())
        after = {"from": str(step.officer_id)}
        done = change(tx, office, case, actor, "recalled", columns, note=reason.strip(), after=after)
        for officer_id in {step.officer_id, case.officer_id or step.officer_id}:
            tell_given(tx, office, case, officer_id, "recalled", actor)
        return done


def decide(office: Office, actor: Actor, number: str, version: int, result: str, report: str) -> Done | Refused:
    """Whoever holds it settles it, and reports the result to their direct superior. Then the citizen is answered."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.step")
        held = _held(tx, office, case, actor, version, result, report)
        if isinstance(held, Refused):
            return held
        step, _ = held
        superior = above(tx, step.officer_id, case_desk.accused_in(tx, case.id))
        if superior is None:
            return NO_SUPERIOR
        filed = _file(tx, office, case, actor, "result", report, superior, step)
        case_desk.end_step(tx, step.id, office.clock(), "decided", result.strip())
        after = {"by": str(step.officer_id), **filed, "report_to": str(superior.id)}
        done = change(tx, office, case, actor, "decided", after=after, note=result.strip())
        if case.officer_id is not None:
            tell_given(tx, office, case, case.officer_id, "decided", actor)
        if superior.id != case.officer_id:
            tell_given(tx, office, case, superior.id, "reported", actor)
        return done


def report_result(office: Office, actor: Actor, number: str, version: int, body: str) -> Done | Refused:
    """The written report of what came of it, by whoever answers the citizen to their direct superior (point 8)."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.answer")
        if refused := in_the_way(case, version, body):
            return refused
        superior = above(tx, actor.id, case_desk.accused_in(tx, case.id))
        if superior is None:
            return NO_SUPERIOR
        filed = _file(tx, office, case, actor, "closing", body, superior, None)
        done = change(tx, office, case, actor, "reported", after={**filed, "report_to": str(superior.id)})
        tell_given(tx, office, case, superior.id, "reported", actor)
        return done


def approve_apip(office: Office, actor: Actor, number: str, version: int, why_not_settled: str) -> Done | Refused:
    """The head of DPMPTSP, or of the other agency that holds the case, lets it go to the inspectorate."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.step")
        if not leads(tx, office, actor):
            raise NotAllowedError("cases.approve")
        if refused := in_the_way(case, version, why_not_settled):
            return refused
        return _approved(tx, office, case, actor, why_not_settled, approver_id=actor.id)


def cite_provision(
    office: Office, actor: Actor, number: str, version: int, provision: str, why_not_settled: str
) -> Done | Refused:
    """A regulation requires the inspectorate, whoever approves: always possible, also when the head is accused."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.route")
        if refused := in_the_way(case, version, provision, why_not_settled):
            return refused
        return _approved(tx, office, case, actor, why_not_settled, provision=provision.strip())


@dataclass(frozen=True, slots=True)
class Holding:
    """On whose desk a case lies, as a page shows it."""

    officer_id: int
    name: str
    route: str


def holding(conn: Connection, case_id: int) -> Holding | None:
    step = _open_step(conn, case_id)
    officer = officers.by_id(conn, step.officer_id) if step else None
    return Holding(officer.id, officer.name, step.route) if step and officer else None


# ---------------------------------------------------------------- the small print


def _held(
    tx: Connection, office: Office, case: Case, actor: Actor, version: int, *texts: str
) -> tuple[Step, Officer] | Refused:
    """The open step and its holder, for whom the actor acts."""
    if refused := in_the_way(case, version, *texts):
        return refused
    step = _open_step(tx, case.id)
    holder = officers.by_id(tx, step.officer_id) if step else None
    if step is None or holder is None:
        return Refused("Laporan ini tidak sedang di meja siapa pun pada sebuah jalur.")
    if holder.id not in standing(tx, office, actor).reader.acts_for:
        return Refused(NOT_YOURS.format(name=holder.name))
    return step, holder


def _open_step(conn: Connection, case_id: int) -> Step | None:
    return next((step for step in case_desk.steps_of(conn, case_id) if step.ended_at is None), None)


def _below(tx: Connection, case: Case, step: Step) -> int | None:
    """Who had it on this route before they handed it up to this holder."""
    line: list[int] = []
    for each in case_desk.steps_of(tx, case.id):
        if each.outcome == "handed_up":
            line.append(each.officer_id)
        elif each.outcome == "sent_back" and line:
            line.pop()
        elif each.outcome is not None:
            line = []
    accused = case_desk.accused_in(tx, case.id)
    return line[-1] if line and line[-1] not in accused else None


def _lay_on(tx: Connection, office: Office, case: Case, officer_id: int, route: str, by: Actor) -> None:
    step = Step(
        id=office.new_id(),
        case_id=case.id,
        sequence=len(case_desk.steps_of(tx, case.id)) + 1,
        route=route,
        officer_id=officer_id,
        given_by=by.id,
        given_at=office.clock(),
    )
    case_desk.add_step(tx, step)


def _file(
    tx: Connection, office: Office, case: Case, author: Actor, kind: str, body: str, to: Officer, step: Step | None
) -> dict[str, str]:
    """Reports are numbered within their case: no gap to explain, and the number says what it is about.

    Returns what the history keeps of it.
    """
    number = f"{case.number}/LAP-{len(case_desk.reports_of(tx, case.id)) + 1}"
    report = Report(
        id=office.new_id(),
        case_id=case.id,
        step_id=step.id if step else None,
        number=number,
        kind=kind,
        author_id=author.id,
        addressee_id=to.id,
        body=body.strip(),
        filed_at=office.clock(),
    )
    case_desk.add_report(tx, report)
    return {"report": number, "report_hash": text_hash(report.body)}


def _approved(
    tx: Connection,
    office: Office,
    case: Case,
    actor: Actor,
    why: str,
    *,
    approver_id: int | None = None,
    provision: str | None = None,
) -> Done | Refused:
    if case.kind != "complaint" or not (case.stage == "in_progress" or may_move(case, "in_progress")):
        return Refused("APIP dilibatkan untuk pengaduan yang sedang ditelaah atau ditindaklanjuti.")
    approval = Approval(
        id=office.new_id(),
        case_id=case.id,
        approver_id=approver_id,
        provision=provision,
        why_not_settled=why.strip(),
        approved_at=office.clock(),
    )
    case_desk.add_approval(tx, approval)
    after = {"provision": provision} if provision else {"approved_by": str(approver_id)}
    done = change(tx, office, case, actor, "apip_approved", begun(case), note=why.strip(), after=after)
    if case.officer_id is not None:
        tell_given(tx, office, case, case.officer_id, "apip_approved", actor)
    return done


def leads(conn: Connection, office: Office, actor: Actor) -> bool:
    """Whether they are the head of DPMPTSP today, or of their agency: nobody of it stands above them."""
    if "head" in standing(conn, office, actor).roles:
        return True
    officer = officers.by_id(conn, actor.id)
    if officer is None or officer.role != "technical_team" or officer.agency_id is None:
        return False
    superior = officers.by_id(conn, officer.superior_id) if officer.superior_id else None
    return superior is None or superior.agency_id != officer.agency_id


def _desk_officer(actor: Actor) -> int | None:
    return actor.id if actor.role in DESK else None
