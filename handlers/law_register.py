"""The register of laws: what the office knows of the instruments that its standards cite (SPEC 1.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from handlers.access import Actor, NotFoundError, require
from handlers.library import known_laws
from handlers.office import Office
from knowledge.calendar import jakarta_day
from knowledge.laws import STATUSES, Law, cited, shipped_laws
from knowledge.search import Published
from storage import laws, office_events, versions
from storage.models import LawStatus
from storage.office_events import OfficeEventRow

LONGEST = 300
STATUS_NAMES: Mapping[str, str] = {
    "unchecked": "Belum diperiksa",
    "in_force": "Masih berlaku",
    "amended": "Berlaku, sudah diubah",
    "revoked": "Dicabut",
}
LEGAL_BASIS = 7


class LawProblemError(ValueError):
    """What was filled in cannot be kept; `problems` says why, by field, in Indonesian."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Entry:
    """What an officer fills in."""

    status: str = "unchecked"
    by: str = ""
    checked_on: str = ""  # as date fields post it
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    law: Law
    cited_by: int  # standards in force
    shipped: bool  # nobody of the office has said anything on it


def everything(conn: Connection, office: Office) -> list[Registered]:
    """Every instrument that a standard in force cites or that the office knows, the most cited first."""
    counted = _cited(office.library.current(conn).catalogue.published)
    known, kept = known_laws(conn), {row.key for row in laws.everything(conn)}
    found = [
        Registered(known.get(key, Law(key, name, "unchecked")), n, key not in kept)
        for key, (name, n) in counted.items()
    ]
    found += [Registered(law, 0, key not in kept) for key, law in known.items() if key not in counted and key in kept]
    return sorted(found, key=lambda each: (-each.cited_by, each.law.name))


def keep(office: Office, actor: Actor, key: str, entry: Entry) -> None:
    """Keeps what the office knows of an instrument. Raises NotAllowedError, NotFoundError, LawProblemError."""
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        law = next((each.law for each in everything(tx, office) if each.law.key == key), None)
        if law is None:
            raise NotFoundError(key)
        checked = _day(entry.checked_on)
        if problems := _problems(entry, checked, jakarta_day(office.clock())):
            raise LawProblemError(problems)
        row = LawStatus(
            key=key,
            name=law.name,
            status=entry.status,
            by_law=_line(entry.by) if entry.status in ("amended", "revoked") else "",
            checked_on=checked,
            source=_line(entry.source),
            note=_line(entry.note),
            officer_id=actor.id,
            updated_at=office.clock(),
        )
        before, after = _said(law), _said(_as_law(row))
        if before == after and not _is_shipped(tx, key):
            return
        laws.put(tx, row)
        versions.bump(tx, versions.KEPT)
        event = OfficeEventRow(
            office.new_id(), office.clock(), actor.id, "law_changed", law.name, before, after, f"law:{key}"
        )
        office_events.add(tx, event)


def entry_of(law: Law) -> Entry:
    """What is known of an instrument, to be filled in."""
    day = law.checked_on.isoformat() if law.checked_on else ""
    return Entry(law.status, law.by, day, law.source, law.note)


def _cited(standards: Iterable[Published]) -> dict[str, tuple[str, int]]:
    """By key: the name as printed, and how many standards cite it. Hundreds of standards have the same legal basis."""
    texts: dict[str, int] = {}
    for entry in standards:
        text = entry.standard.components.get(LEGAL_BASIS, "")
        texts[text] = texts.get(text, 0) + 1
    found: dict[str, tuple[str, int]] = {}
    for text, times in texts.items():
        for citation in cited(text):
            name, count = found.get(citation.key, (citation.name, 0))
            found[citation.key] = name, count + times
    return found


def _problems(entry: Entry, checked: date | None, today: date) -> dict[str, str]:
    problems = {}
    if entry.status not in STATUSES:
        problems["status"] = "Pilih salah satu."
    if entry.status in ("amended", "revoked") and not entry.by.strip():
        problems["by"] = "Sebutkan peraturan yang mengubah atau mencabutnya."
    if entry.status in STATUSES and entry.status != "unchecked" and checked is None:
        problems["checked_on"] = "Isi tanggal pemeriksaannya."
    if checked is not None and checked > today:
        problems["checked_on"] = "Tanggal pemeriksaan tidak boleh sesudah hari ini."
    for field in ("by", "source", "note"):
        if len(getattr(entry, field)) > LONGEST:
            problems[field] = f"Terlalu panjang: paling banyak {LONGEST} huruf."
    return problems


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _line(text: str) -> str:
    return " ".join(text.split())


def _as_law(row: LawStatus) -> Law:
    status = next(each for each in STATUSES if each == row.status)
    return Law(row.key, row.name, status, row.by_law, row.checked_on, row.source, row.note)


def _is_shipped(tx: Connection, key: str) -> bool:
    return key in shipped_laws() and key not in {row.key for row in laws.everything(tx)}


def _said(law: Law) -> dict[str, str]:
    return {
        "status": law.status,
        "by": law.by,
        "checked_on": law.checked_on.isoformat() if law.checked_on else "",
        "source": law.source,
        "note": law.note,
    }
