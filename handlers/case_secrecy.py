"""Whom a case accuses, who may see it, and who reported it (SPEC 2.4).

A confidential case is for one audience until it was said whom it accuses, or that nobody is. Opened wider, it is seen
by all but the accused, and the reporter stays masked; their conversation stays with the audience, because it would show
who they are. Each look behind the mask is recorded with its reason.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.access import Actor, access_case
from handlers.case_events import Done, Refused, change, in_the_way
from handlers.case_hiding import hidden, nobody_left
from handlers.office import Office
from handlers.permissions import AUDIENCE_NAMES
from storage import case_desk, cases, officers, parties
from storage.models import Case
from storage.parties import PartyDetails

MASKED = "(identitas dirahasiakan)"


def name_accused(
    office: Office, actor: Actor, number: str, version: int, officer_ids: Collection[int], reason: str
) -> Done | Refused:
    """Says whom of the officers the case accuses; empty: nobody. From this commit on they see nothing of it.

    About the manager it is for the head, about the head for the inspectorate.
    """
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.confide")
        if refused := in_the_way(case, version, reason, open_only=False):
            return refused
        before = case_desk.accused_in(tx, case.id)
        accused = frozenset(officer_ids)
        named = [officers.by_id(tx, id_) for id_ in sorted(accused)]
        if any(officer is None for officer in named):
            return Refused("Petugas itu tidak ada.")
        if actor.id in accused:
            return Refused("Bapak/Ibu tidak dapat menyebut diri sendiri: serahkan kepada atasan.")
        roles = {officer.role for officer in named if officer}
        audience = _audience(case, roles) if accused else case.visible_to
        if refused := nobody_left(tx, audience, accused):
            return refused
        columns = hidden(tx, office, case, accused=accused, visible_to=audience, named_at=office.clock())
        told = {
            "accused": [str(id_) for id_ in sorted(accused)],
            "accused_before": [str(id_) for id_ in sorted(before)],
        }
        return change(tx, office, case, actor, "accused_named", columns, note=reason.strip(), after=told)


def widen(office: Office, actor: Actor, number: str, version: int, reason: str) -> Done | Refused:
    """Everybody in the office but the accused may see the case. The reporter stays masked."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.confide")
        if refused := in_the_way(case, version, reason, open_only=False):
            return refused
        if case.visible_to is None:
            return Refused("Laporan ini sudah terbuka bagi petugas.")
        if case.accused_named_at is None:
            return Refused("Sebutkan dulu siapa yang diadukan, atau bahwa tidak ada.")
        return change(tx, office, case, actor, "widened", {"visible_to": None}, note=reason.strip())


def confide(office: Office, actor: Actor, number: str, version: int, audience: str, reason: str) -> Done | Refused:
    """The case, and the conversation that it came from, are for one audience alone."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.confide")
        if refused := in_the_way(case, version, reason, open_only=False):
            return refused
        if audience not in AUDIENCE_NAMES:
            return Refused("Pilih untuk siapa laporan ini dirahasiakan.")
        accused = case_desk.accused_in(tx, case.id)
        if refused := nobody_left(tx, audience, accused):
            return refused
        named_at = case.accused_named_at
        columns = hidden(tx, office, case, accused=accused, visible_to=audience, named_at=named_at)
        return change(tx, office, case, actor, "confided", columns, note=reason.strip())


@dataclass(frozen=True, slots=True)
class Filed:
    """Who filed a case, or a report that became part of it, by its number."""

    number: str
    reporter: PartyDetails | None  # None: they gave no identity


@dataclass(frozen=True, slots=True)
class Unmasked:
    """Who reported, for this look only."""

    reporters: tuple[Filed, ...]
    version: int  # of the case after it


def unmask(office: Office, actor: Actor, number: str, reason: str) -> Unmasked | Refused:
    """Shows who reported a confidential case, and records who looked and why."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.unmask")
        if not reason.strip():
            return Refused("Tuliskan alasannya: pembukaan identitas dicatat.")
        found = [Filed(each.number, _party(tx, office, each)) for each in _filed(tx, case)]
        if all(each.reporter is None for each in found):
            return Refused("Pelapor tidak menyebutkan identitas.")
        done = change(tx, office, case, actor, "unmasked", note=reason.strip())
        return Unmasked(tuple(found), done.version)


def reporters(conn: Connection, office: Office, case: Case) -> list[Filed]:
    """Everybody who reported, as a page may show them without more ado: of a confidential case, masked."""
    masked = case.confidential
    return [
        Filed(each.number, _mask(each.reporter_id) if masked else _party(conn, office, each))
        for each in _filed(conn, case)
    ]


def _filed(conn: Connection, case: Case) -> list[Case]:
    return [case, *cases.merged_into(conn, case.id)]


def _mask(reporter_id: int | None) -> PartyDetails | None:
    return PartyDetails(reporter_id, MASKED) if reporter_id else None


def _party(conn: Connection, office: Office, filed: Case) -> PartyDetails | None:
    return parties.get(conn, office.keys, filed.reporter_id) if filed.reporter_id else None


def _audience(case: Case, roles: Collection[str]) -> str | None:
    """Who alone may see it now that these are accused; as before, where that is none of them."""
    if "head" in roles:
        return "inspectorate"
    if "complaint_manager" in roles and case.visible_to in ("manager", None):
        return "head"
    return case.visible_to
