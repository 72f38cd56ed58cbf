"""A standard's draft: what officers change before it is published. One draft a standard; official words stay as typed.

Whoever changes a proposed draft takes the proposal back: what is approved is what was read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from handlers.access import Actor, NotFoundError, require
from handlers.library import published
from handlers.office import Office
from knowledge.calendar import jakarta_day
from knowledge.doubts import missing_component, text_doubts
from knowledge.search import Published, key
from knowledge.standards import COMPONENTS, Finding, ServiceStandard
from storage import drafts, office_events, standards, versions
from storage.models import StandardDraft
from storage.office_events import OfficeEventRow
from storage.standards import EditionRow, StandardRow

LONGEST = 20_000  # characters of a component
LONGEST_TITLE = 300
LONGEST_NOTE = 300


class DraftProblemError(ValueError):
    """What was filled in cannot be kept; `problems` says why, by field, in Indonesian."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class DraftChangedError(RuntimeError):
    """The draft, or the standard that it was made from, has changed since it was shown."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A standard in force with the draft over it, if there is one."""

    row: StandardRow
    edition: EditionRow
    draft: StandardDraft | None

    @property
    def published(self) -> Published:
        return published(self.row, self.edition)

    @property
    def drafted(self) -> ServiceStandard:
        """As it would be published."""
        return with_draft(self.published.standard, self.draft)

    @property
    def stale(self) -> bool:
        """The draft began from a version that is no longer in force."""
        return self.draft is not None and self.draft.based_on != self.row.id


def about(identity: str) -> str:
    """What events on a standard are about."""
    return f"standard:{identity}"


def find(conn: Connection, name: str) -> Kept:
    """The standard in force of this key (`knowledge.search.key`). Raises NotFoundError."""
    code = name.partition("-")[0]
    for row, edition in standards.of_code(conn, None if code == "x" else code):
        if key(published(row, edition)) == name:
            return Kept(row, edition, drafts.of(conn, row.identity))
    raise NotFoundError(name)


def with_draft(standard: ServiceStandard, draft: StandardDraft | None) -> ServiceStandard:
    if draft is None:
        return standard
    components = {int(number): text for number, text in draft.components.items()}
    findings = tuple(Finding(**finding) for finding in draft.findings)
    return replace(standard, title=draft.title, components=components, findings=findings)


def save(
    office: Office,
    actor: Actor,
    name: str,
    version: int,
    *,
    title: str | None = None,
    components: Mapping[int, str],
    settled: Collection[int] = (),
    note: str | None = None,
) -> None:
    """Keeps some components of a draft, and begins it where there is none. An empty text takes a component out.

    version: of the draft that the officer saw; 0: there was none. settled: places of findings (in the draft's order)
    that somebody has looked at. Raises NotAllowedError, NotFoundError, DraftProblemError, DraftChangedError.
    """
    require(actor, "knowledge.keep")
    texts = {number: cleaned(text) for number, text in components.items() if number in COMPONENTS}
    if problems := _problems(title, texts, note):
        raise DraftProblemError(problems)
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        kept = seen(tx, name, version)
        old = kept.drafted
        new_title = " ".join(title.split()) if title and old.kbli else old.title  # without a code the title names it
        merged = {n: text for n, text in {**old.components, **texts}.items() if text}
        if not merged:
            raise DraftProblemError({"isi": "Standar tanpa satu komponen pun tidak dapat dijawab."})
        left = [finding for place, finding in enumerate(old.findings) if place not in settled]
        draft = StandardDraft(
            identity=kept.row.identity,
            based_on=kept.row.id,
            title=new_title,
            components={str(n): merged[n] for n in sorted(merged)},
            findings=[asdict(finding) for finding in _doubts(left, old.components, merged)],
            version=version + 1,
            officer_id=actor.id,
            updated_at=office.clock(),
            note=note.strip() if note is not None else kept.draft.note if kept.draft else "",
        )
        if with_draft(old, draft) == old and note is None:
            return
        drafts.put(tx, draft)
        changed = [n for n in COMPONENTS if merged.get(n) != old.components.get(n)]
        told = {"components": ", ".join(COMPONENTS[n] for n in changed)} if changed else None
        note_event(tx, office, actor, "draft_saved", kept, after=told)


def propose(office: Office, actor: Actor, name: str, version: int, effective_on: date, reason: str) -> None:
    """Asks another officer to approve the draft. Raises as `save`."""
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        kept = drafted(tx, name, version)
        draft = kept.draft
        assert draft is not None
        check_day(kept, effective_on, jakarta_day(office.clock()))
        draft.note = reason_of(reason)
        draft.effective_on, draft.proposed_by, draft.proposed_at = effective_on, actor.id, office.clock()
        draft.approved_by = None
        draft.version += 1
        drafts.put(tx, draft)
        note_event(tx, office, actor, "draft_proposed", kept, after={"note": reason, "day": str(effective_on)})


def discard(office: Office, actor: Actor, name: str, version: int) -> None:
    """Throws the draft away; what it changed is in the history. Raises as `save`."""
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        kept = drafted(tx, name, version, stale_too=True)
        was = kept.drafted
        changed = {COMPONENTS[n]: text for n, text in was.components.items() if text != kept.row.components.get(str(n))}
        drafts.remove(tx, kept.row.identity)
        note_event(tx, office, actor, "draft_discarded", kept, before=changed or None)


def note_event(
    tx: Connection,
    office: Office,
    actor: Actor | None,
    kind: str,
    kept: Kept,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    by = actor.id if actor else None
    name = kept.published.standard.name
    event = OfficeEventRow(office.new_id(), office.clock(), by, kind, name, before, after, about(kept.row.identity))
    office_events.add(tx, event)


def check_day(kept: Kept, effective_on: date, today: date) -> None:
    """A later edition must stay the later one, or the draft would be history as soon as it is published."""
    earliest = first_day(kept, today)
    if effective_on < earliest:
        raise DraftProblemError({"berlaku": f"Tanggal berlaku paling cepat {earliest.isoformat()}."})


def first_day(kept: Kept, today: date) -> date:
    """The first day on which a new version can take effect."""
    return max(today, kept.edition.effective_on or today)


def cleaned(text: str) -> str:
    """One list item a line; nothing but blanks around lines is touched."""
    lines = (line.strip() for line in text.replace("\r\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def seen(tx: Connection, name: str, version: int) -> Kept:
    kept = find(tx, name)
    if (kept.draft.version if kept.draft else 0) != version:
        raise DraftChangedError(name)
    return kept


def drafted(tx: Connection, name: str, version: int, *, stale_too: bool = False) -> Kept:
    kept = seen(tx, name, version)
    if kept.draft is None or (kept.stale and not stale_too):
        raise DraftChangedError(name)
    return kept


def reason_of(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise DraftProblemError({"alasan": "Tuliskan apa yang diubah dan mengapa."})
    if len(reason) > LONGEST_NOTE:
        raise DraftProblemError({"alasan": f"Terlalu panjang: paling banyak {LONGEST_NOTE} huruf."})
    return reason


def _problems(title: str | None, texts: Mapping[int, str], note: str | None) -> dict[str, str]:
    problems = {
        f"isi-{n}": f"Terlalu panjang: paling banyak {LONGEST} huruf." for n, t in texts.items() if len(t) > LONGEST
    }
    if title is not None and not 0 < len(title.strip()) <= LONGEST_TITLE:
        problems["judul"] = f"Isi judulnya, paling banyak {LONGEST_TITLE} huruf."
    if note is not None and len(note) > LONGEST_NOTE:
        problems["alasan"] = f"Terlalu panjang: paling banyak {LONGEST_NOTE} huruf."
    return problems


def _doubts(findings: list[Finding], before: Mapping[int, str], after: Mapping[int, str]) -> list[Finding]:
    """The doubts that remain. In a text that has changed: those it still gives cause for, and those that are new in it.

    What somebody has settled is not among the findings any more, and is not raised again by another change.
    """
    kept = [finding for finding in findings if before.get(finding.component or 0) == after.get(finding.component or 0)]
    for number in COMPONENTS:
        if before.get(number) == after.get(number):
            continue
        if number not in after:
            kept.append(missing_component(number))
            continue
        text = after[number]
        now, then = list(text_doubts(number, text, {}, ())), set(text_doubts(number, before.get(number, ""), {}, ()))
        mine = [finding for finding in findings if finding.component == number and finding.kind != "missing_component"]
        kept += [finding for finding in mine if finding in now or (finding.excerpt and finding.excerpt in text)]
        kept += [finding for finding in now if finding not in then]
    return kept
