"""Publishing an edition of the regulation: which standard is in force, which is history.

Editions stand in the order of their effective dates, one without a date at its day of import (Asia/Jakarta), those of
one day in order of import. What is in force follows from that order alone, whatever order they were imported in: each
edition replaces the standards it holds, and one that is whole withdraws those it lacks. Nothing is ever deleted.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.library import in_force as current
from handlers.library import published
from handlers.office import Office
from knowledge.search import Published
from knowledge.standards import Finding, ServiceStandard
from storage import standards as rows
from storage import versions
from storage.models.knowledge import CURRENT, REPLACED, WITHDRAWN
from storage.standards import EditionRow, EntryRow, StandardRow

__all__ = [
    "SHIPPED",
    "ImportReport",
    "Published",
    "current",
    "digest",
    "everything",
    "history",
    "import_edition",
    "issue",
    "order",
    "settle",
]

JAKARTA = ZoneInfo("Asia/Jakarta")

SHIPPED = "standards.json"  # the source of the edition that comes with the product

Entry = EntryRow | StandardRow


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did to the standards in force."""

    edition: str  # its title
    already_imported: bool = False  # and nothing was written
    added: int = 0
    replaced: int = 0
    unchanged: int = 0  # in force through this edition now, in the same words as before
    withdrawn: int = 0
    older: int = 0  # went straight into history: a later edition has them, or has withdrawn them
    later: int = 0  # of a whole edition: what stays in force beside it, because it comes from a later one


def import_edition(
    office: Office,
    standards: Sequence[ServiceStandard],
    *,
    title: str | None,
    effective_on: date | None,
    source_name: str,
    source_sha256: str,
    whole: bool,
) -> ImportReport:
    """Publish the standards of one edition, all or none; the same edition again changes nothing.

    Args:
        title: as citizens will read it; None: what this source was called before, else after its file name.
        effective_on: the day on which the edition takes effect, where it is known.
        source_name: the name of the file, or of several.
        source_sha256: of the bytes, 64 hexadecimal digits.
        whole: the edition names every standard there is.
    """
    if not standards:
        raise ValueError("an edition without a standard would leave nothing to answer from")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        return issue(
            tx,
            office,
            standards,
            title=title,
            effective_on=effective_on,
            source_name=source_name,
            source_sha256=source_sha256,
            whole=whole,
        )


def issue(
    tx: Connection,
    office: Office,
    standards: Sequence[ServiceStandard],
    *,
    title: str | None,
    effective_on: date | None,
    source_name: str,
    source_sha256: str,
    whole: bool = False,
    again: bool = False,
) -> ImportReport:
    """The same within a transaction that is alone with the knowledge.

    again: also what was published before, as a later edition.
    """
    editions, entries = rows.all_editions(tx), rows.all_entries(tx)
    edition = EditionRow(
        id=office.new_id(),
        sequence=len(editions) + 1,
        title=title or _usual_title(editions, source_name, source_sha256),
        effective_on=effective_on,
        whole=whole,
        imported_at=office.clock(),
        source_name=source_name,
        source_sha256=source_sha256,
    )
    added = [_row(office.new_id(), edition.id, standard) for standard in once_each(standards)]
    every_entry: list[Entry] = [*entries, *added]
    if not again and _is_known(edition, editions, every_entry):
        return ImportReport(edition.title, already_imported=True)

    fates = settle([*editions, edition], every_entry)
    added = [replace(row, status=fates[row.id].status, ended_by=fates[row.id].by) for row in added]
    ended = {entry.id: fates[entry.id] for entry in entries if fates[entry.id] != (entry.status, entry.ended_by)}
    rows.publish(tx, edition, added, ended)
    versions.bump(tx, versions.KNOWLEDGE)
    return _report(edition, entries, added, fates)


def digest(standard: ServiceStandard) -> str:
    """SHA-256 of what a standard says, whatever its number and the doubts about its scan."""
    said = (standard.title, standard.kbli, standard.risk, standard.product, sorted(standard.components.items()))
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def history(conn: Connection, identity: str) -> list[tuple[Published, str]]:
    """One standard in all its editions, the latest first, each with what it is now: current, replaced, withdrawn."""
    return _latest_first(rows.history(conn, identity))


def everything(conn: Connection) -> list[tuple[Published, str]]:
    """Every standard of every edition, the latest edition first, each with what it is now."""
    return _latest_first(rows.everything(conn))


class Fate(NamedTuple):
    """What became of a standard: current, or replaced or withdrawn by an edition."""

    status: str
    by: int | None


def settle(editions: Iterable[EditionRow], entries: Iterable[Entry]) -> dict[int, Fate]:
    """The fate of each entry by its id, as if the editions had come one after the other in their order."""
    held: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for entry in entries:
        held[entry.edition_id][entry.identity] = entry.id
    in_force: dict[str, int] = {}
    fates: dict[int, Fate] = {}
    for edition in sorted(editions, key=order):
        for identity, id_ in list(in_force.items()):
            if identity in held[edition.id]:
                fates[id_] = Fate(REPLACED, edition.id)
            elif edition.whole:
                fates[id_] = Fate(WITHDRAWN, edition.id)
                del in_force[identity]
        in_force |= held[edition.id]
    return fates | {id_: Fate(CURRENT, None) for id_ in in_force.values()}


def order(edition: EditionRow) -> tuple[date, int]:
    """Where an edition stands among the others."""
    if edition.source_name == SHIPPED:
        return date.min, edition.sequence  # whatever the office imports comes after what the product brought
    return edition.effective_on or edition.imported_at.astimezone(JAKARTA).date(), edition.sequence


def once_each(standards: Iterable[ServiceStandard]) -> list[ServiceStandard]:
    """The first of each identity; where another one says something else, a finding names both."""
    first: dict[str, ServiceStandard] = {}
    for standard in standards:
        kept = first.setdefault(standard.identity, standard)
        if digest(kept) != digest(standard):
            doubt = Finding(
                "repeated_standard",
                f"Standar nomor {kept.number} dan nomor {standard.number} dalam edisi ini sama KBLI, risiko, dan "
                f"produknya, tetapi isinya berbeda. Yang dipakai nomor {kept.number}.",
                excerpt=standard.name,
            )
            first[standard.identity] = replace(kept, findings=(*kept.findings, doubt))
    return list(first.values())


def _usual_title(editions: Sequence[EditionRow], source_name: str, source_sha256: str) -> str:
    for edition in reversed(editions):
        if edition.source_sha256 == source_sha256:
            return edition.title
    return PurePath(source_name).stem.replace("_", " ").strip() or source_name


def _is_known(edition: EditionRow, editions: Iterable[EditionRow], entries: Iterable[Entry]) -> bool:
    """Whether one of the same title, date and reach holds exactly its standards already."""
    content: defaultdict[int, set[tuple[str, int, str]]] = defaultdict(set)
    for entry in entries:
        content[entry.edition_id].add((entry.identity, entry.number, entry.digest))
    return any(
        (known.title, known.effective_on, known.whole) == (edition.title, edition.effective_on, edition.whole)
        and content[known.id] == content[edition.id]
        for known in editions
    )


def _report(
    edition: EditionRow, entries: Iterable[EntryRow], added: Iterable[StandardRow], fates: Mapping[int, Fate]
) -> ImportReport:
    before = {entry.identity: entry for entry in entries if entry.status == CURRENT}
    in_force = [row for row in added if row.status == CURRENT]
    known = [row for row in in_force if row.identity in before]
    unchanged = sum(row.digest == before[row.identity].digest for row in known)
    left = [fates[entry.id].status for entry in before.values()]
    return ImportReport(
        edition.title,
        added=len(in_force) - len(known),
        replaced=len(known) - unchanged,
        unchanged=unchanged,
        withdrawn=left.count(WITHDRAWN),
        older=sum(row.status != CURRENT for row in added),
        later=left.count(CURRENT) if edition.whole else 0,
    )


def _row(id_: int, edition_id: int, standard: ServiceStandard) -> StandardRow:
    return StandardRow(
        id=id_,
        edition_id=edition_id,
        identity=standard.identity,
        number=standard.number,
        title=standard.title,
        kbli=standard.kbli,
        risk=standard.risk,
        product=standard.product,
        components={str(component): text for component, text in sorted(standard.components.items())},
        findings=[asdict(finding) for finding in standard.findings],
        digest=digest(standard),
        status=CURRENT,
        ended_by=None,
    )


def _latest_first(pairs: Iterable[tuple[StandardRow, EditionRow]]) -> list[tuple[Published, str]]:
    in_order = sorted(pairs, key=lambda pair: order(pair[1]), reverse=True)
    return [(published(row, edition), row.status) for row, edition in in_order]
