"""The result goes to the citizen, its arrival is looked for, and the case is closed or taken up again.

Delivered is what WhatsApp calls delivered or read, what Telegram and the web chat took, what was told in person or by
letter, or three recorded attempts on two days by two means (SPEC 4.5; `case_rules.delivered_on`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import Connection

from handlers.access import Actor, access_case
from handlers.case_deliveries import arrived_on, conversations_of, reporters_of, send_answer
from handlers.case_events import REOPENED, Done, Refused, change, in_the_way, may_move
from handlers.case_rules import Handling, Kind, Stage, can_reopen, missing_to_close, reopen_until
from handlers.dialogue import desk_texts
from handlers.office import Office
from knowledge.calendar import WorkingDays, jakarta_day
from knowledge.dates import say_date
from storage import case_desk, case_lists, cases
from storage.models import Answer, Case, DeliveryAttempt

Means = Literal["in_person", "letter", "phone", "email"]


@dataclass(frozen=True, slots=True)
class Missing:
    """The closing gate: what is still asked for."""

    items: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"Belum dapat ditutup. Yang belum ada: {'; '.join(self.items)}."


def answer(office: Office, actor: Actor, number: str, version: int, words: str) -> Done | Refused:
    """Tells the result and asks whether it is solved. Without a conversation it is brought: see `record_attempt`."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.answer")
        if refused := in_the_way(case, version, words):
            return refused
        if case.stage != "answered" and not may_move(case, "answered"):
            return Refused("Laporan ini belum ditelaah: kelompokkan dulu, lalu jawab.")
        if case_desk.holder_of(tx, case.id) is not None:
            return Refused("Laporan ini masih di meja seseorang pada jalurnya: dikembalikan atau diputuskan dulu.")
        told = conversations_of(tx, case)
        rows = send_answer(tx, office, case, words.strip(), told)
        now = office.clock()
        case_desk.add_answer(
            tx,
            Answer(
                id=office.new_id(),
                case_id=case.id,
                officer_id=actor.id,
                body=words.strip(),
                outbox_ids=rows,
                at=now,
            ),
        )
        columns: dict[str, Any] = {"stage": "answered", "answered_at": now, "answer_arrived_on": None, "solved": None}
        return change(tx, office, case, actor, "answered", columns, note=words.strip(), told=told)


def record_attempt(
    office: Office, actor: Actor, number: str, version: int, means: Means, *, reached: bool, words: str, to: str = ""
) -> Done | Refused:
    """The result was brought, or it was tried: in person, by letter, by telephone, by email.

    Args:
        to: the number of whose reporter was tried, where several reported the same; empty: the case's own.
    """
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.answer")
        if refused := in_the_way(case, version, words):
            return refused
        if case.stage != "answered":
            return Refused("Tulis dulu jawabannya; lalu catat bagaimana disampaikan.")
        reporter = next((each for each in reporters_of(tx, case) if each.number == (to or case.number)), None)
        if reporter is None:
            return Refused(f"Pelapor {to} tidak ada pada laporan ini. Pilih salah satu dari daftarnya.")
        now = office.clock()
        attempt = DeliveryAttempt(
            id=office.new_id(),
            case_id=case.id,
            reported_as=reporter.case_id,
            officer_id=actor.id,
            means=means,
            outcome="delivered" if reached else "failed",
            note=words.strip(),
            at=now,
        )
        case_desk.add_attempt(tx, attempt)
        after: dict[str, Any] = {"means": means, "reached": reached}
        if reporter.number != case.number:
            after["reporter"] = reporter.number
        columns = _arrival(case, arrived_on(tx, case))
        return change(tx, office, case, actor, "attempted", columns, note=words.strip(), after=after)


def note_deliveries(office: Office) -> list[str]:
    """Answers that have arrived since: the day is kept, the first meets the 14 days. Returns their cases' numbers."""
    with office.database.reader() as conn:
        waiting = [case.id for case in case_lists.undelivered(conn) if arrived_on(conn, case)]
    if not waiting:
        return []
    noted = []
    with office.database.transaction() as tx:
        for case_id in waiting:
            case = cases.get(tx, case_id)
            assert case is not None
            day = arrived_on(tx, case)
            if case.answer_arrived_on is None and day is not None:
                change(tx, office, case, None, "delivered", _arrival(case, day))
                noted.append(case.number)
    return noted


def _arrival(case: Case, day: date | None) -> dict[str, Any]:
    """What follows from the newest answer having arrived on a day, once."""
    if day is None or case.answer_arrived_on is not None:
        return {}
    return {"answer_arrived_on": day, "delivered_on": case.delivered_on or day}


def close(office: Office, actor: Actor, number: str, version: int, words: str = "") -> Done | Missing | Refused:
    """Only when nothing is missing: see `missing`."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.close")
        if refused := in_the_way(case, version):
            return refused
        if case.kind != "complaint":
            return Refused("Saran tidak ditutup: dicatat, lalu dijawab bila perlu.")
        calendar = office.library.read(tx)[1]
        today = jakarta_day(office.clock())
        if items := missing(tx, case, calendar, today):
            return Missing(items)
        last = _last_day(case, calendar)
        lines = desk_texts.closed(case.number, last if last and last >= today else None)
        columns: dict[str, Any] = {"stage": "closed", "closed_at": office.clock()}
        return change(tx, office, case, actor, "closed", columns, note=words.strip(), lines=lines)


def reporter_says(
    office: Office, actor: Actor, number: str, version: int, *, solved: bool, words: str
) -> Done | Refused:
    """What the citizen said of the answer by another way than the chat; `belum` takes the case up again."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.answer")
        if refused := in_the_way(case, version, words, open_only=False):
            return refused
        if case.kind != "complaint" or case.stage not in ("answered", "closed"):
            return Refused("Laporan ini belum dijawab.")
        if solved:
            return change(tx, office, case, actor, "solved", {"solved": True}, note=words.strip())
        now, calendar = office.clock(), office.library.read(tx)[1]
        kind, stage = cast(Kind, case.kind), cast(Stage, case.stage)
        if not can_reopen(kind, stage, _answered_day(case), jakarta_day(now), calendar):
            return Refused("Masa membuka kembali (10 hari kerja) sudah lewat. Catat sebagai laporan baru.")
        columns = {**REOPENED, "reopened_at": now}
        lines = desk_texts.reopened(case.number)
        return change(tx, office, case, actor, "reopened", columns, note=words.strip(), lines=lines)


# ---------------------------------------------------------------- the gate


def missing(conn: Connection, case: Case, calendar: WorkingDays, today: date) -> tuple[str, ...]:
    """What closing still asks for, in the officer's words: the gate of SPEC 4.5, and the citizen's ten days."""
    own = {"closing"} | ({"result"} if case.route in (None, "internal") else set())
    since = case.reopened_at  # what was reported before is about the answer that did not settle it
    reports = [each for each in case_desk.reports_of(conn, case.id) if since is None or each.filed_at >= since]
    answered = case.stage == "answered"
    handling = Handling(
        sector=case.sector,
        problem=case.problem,
        core_problem=case.core_problem,
        written_report=any(report.kind in own for report in reports),
        arrivals={each.number: each.arrived_on for each in reporters_of(conn, case)} if answered else {},
    )
    items = missing_to_close(handling)
    if not answered:
        return (*items, "jawaban kepada pelapor")
    last = _last_day(case, calendar)
    if case.solved or last is None or today > last:
        return items
    return (*items, f"tanggapan pelapor bahwa sudah selesai, atau lewat masanya ({say_date(last)})")


def _answered_day(case: Case) -> date | None:
    """The day that the citizen's ten working days run from: once it is known, that on which the answer arrived."""
    return case.answer_arrived_on or (jakarta_day(case.answered_at) if case.answered_at else None)


def _last_day(case: Case, calendar: WorkingDays) -> date | None:
    day = _answered_day(case)
    return reopen_until(day, calendar).day if day else None
