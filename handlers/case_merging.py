"""Two numbers, one matter: duplicates become one case; and a suggestion that was completed becomes a complaint."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers.access import Actor, access_case
from handlers.case_completing import Completed, complete, keep, why_unreadable
from handlers.case_deliveries import send_answer
from handlers.case_events import Done, Refused, change, in_the_way, renumbered
from handlers.case_hiding import hidden, nobody_left
from handlers.case_numbers import make_number
from handlers.case_rules import answer_due
from handlers.dialogue import desk_texts
from handlers.dialogue.form import raised
from handlers.notices import tell
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import case_desk, cases
from storage.models import Case


def merge(office: Office, actor: Actor, number: str, version: int, into: str, reason: str) -> Done | Refused:
    """The case becomes part of another one: all its numbers lead there, and its reporter hears the same.

    The stricter secrecy of the two holds, and whom one accuses, both do. What the other was answered already, this
    reporter is answered now. Returns the case that goes on.
    """
    with office.database.transaction() as tx:
        duplicate = access_case(tx, office, actor, number, "cases.merge")
        case = access_case(tx, office, actor, into, "cases.merge")
        if refused := in_the_way(duplicate, version, reason) or _why_apart(tx, duplicate, case):
            return refused
        accused = case_desk.accused_in(tx, case.id) | case_desk.accused_in(tx, duplicate.id)
        visible_to = raised(case.visible_to, duplicate.visible_to)
        if refused := nobody_left(tx, visible_to, accused):
            return refused
        named_at = _named_at(case, duplicate)
        secret = [
            hidden(tx, office, each, accused=accused, visible_to=visible_to, named_at=named_at)
            | {"confidential": case.confidential or duplicate.confidential or bool(accused)}
            for each in (case, duplicate)
        ]
        cases.move_evidence(tx, duplicate.id, case.id)
        cases.lead_to(tx, duplicate.id, case.id)
        joined = {**secret[1], "merged_into": case.id}
        conversation = duplicate.conversation_id
        lines = desk_texts.merged(duplicate.number, case.number) if conversation is not None else ()
        told = () if conversation is None else (conversation,)
        if conversation is not None:
            tell(tx, office, conversation, lines, purpose="case_update")
        both = {"accused": [str(id_) for id_ in sorted(accused)]} if accused else {}
        into_it = {"into": case.number, **both}
        change(tx, office, duplicate, actor, "merged", joined, after=into_it, note=reason.strip(), told=told)
        columns = secret[0] | _clock(case, duplicate)
        if case.stage == "answered":
            columns |= _answer_too(tx, office, case, duplicate)
        after = {"duplicate": duplicate.number, **both}
        done = change(tx, office, case, actor, "absorbed", columns, note=reason.strip(), after=after)
        return replace(done, told=(*told, *done.told))


def _why_apart(tx: Connection, duplicate: Case, case: Case) -> Refused | None:
    """Why two cases do not become one."""
    if refused := in_the_way(case, case.version, open_only=False):
        return refused
    if case.id == duplicate.id:
        return Refused("Kedua nomor itu sudah menunjuk laporan yang sama.")
    if case.stage == "withdrawn":
        return Refused(f"Laporan {case.number} sudah dicabut pelapor.")
    if case.stage == "closed":
        return Refused(f"Laporan {case.number} sudah ditutup: buka kembali dulu, atau jawab laporan ini tersendiri.")
    if duplicate.kind == "complaint" and case.kind != "complaint":
        return Refused("Pengaduan tidak digabungkan ke dalam saran: gabungkan sebaliknya.")
    if case_desk.holder_of(tx, duplicate.id) is not None:
        return Refused("Laporan ini masih di meja seseorang pada jalurnya: dikembalikan atau diputuskan dulu.")
    if case.stage == "answered" and not case_desk.answers_of(tx, case.id):
        return Refused(f"Jawaban laporan {case.number} tidak tercatat di sini, jadi tidak dapat disampaikan lagi.")
    return None


def _named_at(case: Case, duplicate: Case) -> datetime | None:
    """It is said whom the two accuse once that was said of each of them that is secret."""
    secret = [each for each in (case, duplicate) if each.visible_to is not None]
    named = [each.accused_named_at for each in secret or (case, duplicate) if each.accused_named_at is not None]
    return max(named) if named and (not secret or len(named) == len(secret)) else None


def _clock(case: Case, duplicate: Case) -> dict[str, Any]:
    """The earlier of the two due dates holds for what is still to be answered."""
    if not duplicate.due_on or not case.due_on:
        return {}
    if case.delivered_on is None and case.due_on <= duplicate.due_on:
        return {}
    return {"due_on": duplicate.due_on, "clock_started_at": duplicate.clock_started_at}


def _answer_too(tx: Connection, office: Office, case: Case, duplicate: Case) -> dict[str, Any]:
    """Who joins an answered case gets the answer that is there; a complaint counts as answered when they have it."""
    newest = case_desk.answers_of(tx, case.id)[-1]
    if duplicate.conversation_id is not None:
        rows = send_answer(tx, office, case, newest.body, [duplicate.conversation_id])
        case_desk.send_also(tx, newest, rows)
    if duplicate.kind != "complaint":
        return {}
    return {"delivered_on": None, "answer_arrived_on": None, "solved": None}


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
        if case.late and case.late_decision == "refused":
            return Refused("Laporan ini lewat 30 hari dan sudah diputuskan tetap saran.")
        if case.stage not in ("received", "noted"):
            return Refused("Saran ini sudah dijawab atau dicabut.")
        if refused := why_unreadable(given):
            return refused
        found = complete(tx, office, case, given)
        if found.judged.lacks:
            return Refused(f"Masih kurang untuk menjadi pengaduan. {found.judged.reason}")
        now = office.clock()
        due = answer_due(jakarta_day(now), office.library.read(tx)[1])
        year = jakarta_day(now).year
        columns = {
            **keep(tx, office, case, found),
            "kind": "complaint",
            "stage": "received",
            "kind_reason": found.judged.reason,
            "clock_started_at": now,
            "due_on": due.day,
        }
        new = make_number("complaint", year, cases.next_number(tx, "complaint", year))
        lines = desk_texts.became_complaint(new, case.number, due.day)
        return renumbered(tx, office, case, actor, "converted", columns, new, note=reason.strip(), lines=lines)
