"""Two numbers, one matter: duplicates become one case; and a suggestion that was completed becomes a complaint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from handlers.access import Actor, access_case
from handlers.case_events import Done, Refused, change, in_the_way, record
from handlers.case_numbers import make_number
from handlers.case_rules import Report, answer_due, classify
from handlers.dialogue import desk_texts
from handlers.notices import tell
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import case_desk, cases, parties
from storage.models import Case
from storage.parties import PartyDetails

_STRICTNESS = (None, "manager", "head", "inspectorate")


def merge(office: Office, actor: Actor, number: str, version: int, into: str, reason: str) -> Done | Refused:
    """The case becomes part of another one: all its numbers lead there, and its reporter hears the same.

    The stricter secrecy of the two holds, and whom one accuses, both do. Returns the case that goes on.
    """
    with office.database.transaction() as tx:
        duplicate = access_case(tx, office, actor, number, "cases.merge")
        case = access_case(tx, office, actor, into, "cases.merge")
        if refused := in_the_way(duplicate, version, reason) or in_the_way(case, case.version, open_only=False):
            return refused
        if case.id == duplicate.id:
            return Refused("Kedua nomor itu sudah menunjuk laporan yang sama.")
        if case.stage == "withdrawn":
            return Refused(f"Laporan {case.number} sudah dicabut pelapor.")
        if duplicate.kind == "complaint" and case.kind != "complaint":
            return Refused("Pengaduan tidak digabungkan ke dalam saran: gabungkan sebaliknya.")
        if case_desk.holder_of(tx, duplicate.id) is not None:
            return Refused("Laporan ini masih di meja seseorang pada jalurnya: dikembalikan atau diputuskan dulu.")
        _join_secrecy(tx, office, case, duplicate)
        cases.move_evidence(tx, duplicate.id, case.id)
        cases.lead_to(tx, duplicate.id, case.id)
        cases.update(tx, duplicate.id, office.clock(), merged_into=case.id)
        record(tx, office, duplicate, "merged", actor, after={"into": case.number}, note=reason.strip())
        if duplicate.conversation_id is not None:
            lines = desk_texts.merged(duplicate.number, case.number)
            tell(tx, office, duplicate.conversation_id, lines, purpose="case_update")
        columns: dict[str, Any] = {}
        if duplicate.due_on and case.due_on and duplicate.due_on < case.due_on:
            columns = {"due_on": duplicate.due_on, "clock_started_at": duplicate.clock_started_at}
        after = {"number": duplicate.number}
        done = change(tx, office, case, actor, "absorbed", columns, note=reason.strip(), after=after)
        return replace(done, told=() if duplicate.conversation_id is None else (duplicate.conversation_id,))


def _join_secrecy(tx: Connection, office: Office, case: Case, duplicate: Case) -> None:
    accused = case_desk.accused_in(tx, case.id) | case_desk.accused_in(tx, duplicate.id)
    for each in (case, duplicate):
        case_desk.set_accused(tx, each.id, accused)
        cases.update(
            tx,
            each.id,
            office.clock(),
            confidential=case.confidential or duplicate.confidential,
            visible_to=max(case.visible_to, duplicate.visible_to, key=_STRICTNESS.index),
        )


@dataclass(frozen=True, slots=True)
class Completed:
    """What was supplied by telephone, at the counter, by letter. Empty: as it was."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    nik: str = ""
    service: str = ""
    what: str = ""


def convert(office: Office, actor: Actor, number: str, version: int, given: Completed, reason: str) -> Done | Refused:
    """A suggestion that has identity and subject now is a complaint: a new number, due 14 working days from today."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.convert")
        if refused := in_the_way(case, version, reason):
            return refused
        if case.kind == "complaint":
            return Refused("Laporan ini sudah pengaduan.")
        if case.meant_as_suggestion:
            return Refused("Pelapor memang menyampaikannya sebagai saran, jadi tetap saran.")
        if case.late and case.late_decision is None:
            return Refused("Laporan ini lewat 30 hari: putuskan dulu diterima atau tidaknya.")
        if case.stage not in ("received", "noted"):
            return Refused("Saran ini sudah dijawab atau dicabut.")
        reporter = _completed(tx, office, case, given)
        service, what = given.service.strip() or case.service, given.what.strip() or case.subject
        judged = classify(Report(reporter.name, _reachable(case, reporter), service, what), jakarta_day(office.clock()))
        if judged.kind != "complaint":
            return Refused(f"Masih kurang untuk menjadi pengaduan. {judged.reason}")
        now = office.clock()
        if case.reporter_id is None:
            parties.add(tx, office.keys, reporter, now)
        else:
            parties.replace(tx, office.keys, reporter, now)
        due = answer_due(jakarta_day(now), office.library.read(tx)[1])
        year = jakarta_day(now).year
        cases.update(tx, case.id, now, kind="complaint", stage="received", clock_started_at=now, due_on=due.day)
        new = make_number("complaint", year, cases.next_number(tx, "complaint", year))
        cases.give_number(tx, case.id, new, now)
        before = {"number": case.number, "kind": case.kind, "stage": case.stage}
        after = {"number": new, "kind": "complaint", "due": due.day.isoformat()}
        record(tx, office, case, "converted", actor, before=before, after=after, note=reason.strip())
        if case.conversation_id is not None:
            lines = desk_texts.became_complaint(new, case.number, due.day)
            tell(tx, office, case.conversation_id, lines, purpose="case_update")
        facts = {"subject": what, "service": service, "kind_reason": judged.reason, "reporter_id": reporter.id}
        told = () if case.conversation_id is None else (case.conversation_id,)
        return Done(new, cases.update(tx, case.id, now, **facts), told)


def _completed(tx: Connection, office: Office, case: Case, given: Completed) -> PartyDetails:
    known = parties.get(tx, office.keys, case.reporter_id) if case.reporter_id else None
    known = known or PartyDetails(office.new_id(), "", case.conversation_id)
    return PartyDetails(
        id=known.id,
        name=given.name.strip() or known.name,
        conversation_id=known.conversation_id,
        phone=given.phone.strip() or known.phone,
        email=given.email.strip() or known.email,
        address=given.address.strip() or known.address,
        nik="".join(c for c in given.nik if c.isdigit()) or known.nik,
    )


def _reachable(case: Case, reporter: PartyDetails) -> bool:
    account = case.conversation_id is not None and case.channel in ("whatsapp", "telegram")
    return account or bool(reporter.phone or reporter.email or reporter.address or reporter.nik)
