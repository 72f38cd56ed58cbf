"""A draft becomes the standard in force, at the next message of every citizen; an older version can be put back.

What is published is an edition of one standard, so that nothing is overwritten and everything can be undone. Golden
questions are asked before (`check`), outside the transaction; that nothing has changed since is looked at within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection

from handlers import drafts as standing_drafts
from handlers import editions, golden
from handlers.access import Actor, NotFoundError, require
from handlers.drafts import DraftChangedError, DraftProblemError, Kept, check_day, drafted, find, first_day, note_event
from handlers.golden import Failing
from handlers.library import published
from handlers.office import Office
from handlers.own_answers import newly_failing
from handlers.trial import Bot
from knowledge.base import KnowledgeBase
from knowledge.calendar import jakarta_day
from knowledge.search import Published, key
from knowledge.standards import ServiceStandard
from storage import drafts, office_events, office_settings, standards, versions
from storage import golden as golden_rows
from storage.models import StandardDraft
from storage.office_events import OfficeEventRow

BY_HAND = "konsol"  # the source of an edition that officers have published
APPROVAL = "knowledge.approval"


class FailingError(RuntimeError):
    """Golden questions that pass now would fail."""

    def __init__(self, failing: Sequence[Failing]) -> None:
        super().__init__(f"{len(failing)} golden questions")
        self.failing = failing


@dataclass(frozen=True, slots=True)
class Checked:
    """What the golden questions say of a change, and of which state they were asked."""

    name: str  # the key of the standard
    versions: tuple[int, int]
    failing: tuple[Failing, ...]


def check(office: Office, name: str, older: int | None = None) -> Checked:
    """Asks the golden questions of the draft, or of an older version. Raises NotFoundError."""
    with office.database.reader() as conn:
        kept = find(conn, name)
        standard = _older(conn, kept, older).standard if older is not None else kept.drafted
        now = golden.bot(office, conn)
        then = with_standard(now, standard)
        return Checked(name, _versions(conn), tuple(_failing(conn, now, then, standard)))


def _failing(conn: Connection, now: Bot, then: Bot, standard: ServiceStandard) -> list[Failing]:
    """The questions of officers, and of the standard itself, that pass now and would not any more."""
    return [*golden.failing(now, then, golden_rows.everything(conn)), *newly_failing(now, then, standard)]


def with_standard(bot: Bot, standard: ServiceStandard) -> Bot:
    """The bot as it would answer, were the standard of this identity so. Nothing is published."""
    knowledge = bot.knowledge
    known = knowledge.catalogue.published
    others = [p._replace(standard=standard) if p.standard.identity == standard.identity else p for p in known]
    other = KnowledgeBase(others, knowledge.version, knowledge.official)
    return Bot(other.with_kept(knowledge.kept).with_profile(knowledge.profile), bot.calendar, bot.now)


def publish(
    office: Office, actor: Actor, name: str, version: int, effective_on: date, reason: str, checked: Checked
) -> bool:
    """Publishes the draft, on a later day by the clock. Returns whether it is in force now.

    Raises NotAllowedError, NotFoundError, DraftProblemError, DraftChangedError, FailingError.
    """
    require(actor, "knowledge.publish")
    today = jakarta_day(office.clock())
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        kept = drafted(tx, name, version)
        draft = kept.draft
        assert draft is not None
        if approval_needed(tx):
            _approved_by_another(kept, actor)
        reason = standing_drafts.reason_of(reason or draft.note)
        check_day(kept, effective_on, today)
        _unchanged(tx, name, checked)
        draft.note, draft.effective_on, draft.approved_by = reason, effective_on, actor.id
        if effective_on > first_day(kept, today):
            draft.version += 1
            drafts.put(tx, draft)
            note_event(tx, office, actor, "draft_approved", kept, after={"note": reason, "day": str(effective_on)})
            return False
        _issue(tx, office, actor, kept, effective_on)
        return True


def publish_due(office: Office) -> int:
    """Publishes what was approved for a day that has come; what cannot be any more waits for a person again."""
    today = jakarta_day(office.clock())
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        due = drafts.due(tx, today)
        for draft in due:
            row = standards.current_of(tx, draft.identity)
            if row is None:
                drafts.remove(tx, draft.identity)
                continue
            kept = Kept(*row, draft)
            now = golden.bot(office, tx)
            failing = _failing(tx, now, with_standard(now, kept.drafted), kept.drafted)
            if kept.stale or failing:
                draft.approved_by = None
                draft.version += 1
                drafts.put(tx, draft)
                note_event(tx, office, None, "publication_held", kept)
            else:
                _issue(tx, office, None, kept, first_day(kept, today))
        return len(due)


def restore(office: Office, actor: Actor, name: str, older: int, checked: Checked) -> bool:
    """Publishes an older version again, from today; where approval is needed, proposes it to another officer.

    Returns whether it is in force now. Raises NotAllowedError, NotFoundError, DraftChangedError (also where a draft is
    there already, which is not overwritten), FailingError.
    """
    require(actor, "knowledge.publish")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        kept = find(tx, name)
        version = _older(tx, kept, older)
        _unchanged(tx, name, checked)
        day = first_day(kept, jakarta_day(office.clock()))
        if approval_needed(tx):
            _propose_again(tx, office, actor, kept, version, day)
            return False
        _write(tx, office, version.standard, version.edition, day)
        before, after = _difference(kept.published.standard, version.standard)
        note_event(tx, office, actor, "standard_restored", kept, before, after | {"source": version.edition})
        return True


def _propose_again(tx: Connection, office: Office, actor: Actor, kept: Kept, version: Published, day: date) -> None:
    """An older version as a draft that waits for another officer."""
    if kept.draft is not None:
        raise DraftChangedError(kept.row.identity)
    old, reason = version.standard, f"Kembali ke versi dari {version.edition}"[: standing_drafts.LONGEST_NOTE]
    draft = StandardDraft(
        identity=kept.row.identity,
        based_on=kept.row.id,
        title=old.title,
        components={str(n): text for n, text in sorted(old.components.items())},
        findings=[asdict(finding) for finding in old.findings],
        version=1,
        officer_id=actor.id,
        updated_at=office.clock(),
        note=reason,
        effective_on=day,
        proposed_by=actor.id,
        proposed_at=office.clock(),
    )
    drafts.put(tx, draft)
    note_event(tx, office, actor, "draft_proposed", kept, after={"note": reason, "day": str(day)})


def approval_needed(conn: Connection) -> bool:
    """Whether another officer has to approve what is published."""
    return office_settings.get(conn, APPROVAL) == "yes"


def set_approval(office: Office, actor: Actor, needed: bool) -> None:
    """Raises NotAllowedError."""
    require(actor, "knowledge.publish")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        was = approval_needed(tx)
        if was == needed:
            return
        office_settings.put(tx, APPROVAL, "yes" if needed else "no")
        event = OfficeEventRow(
            office.new_id(), office.clock(), actor.id, "approval_changed", "", {"needed": was}, {"needed": needed}
        )
        office_events.add(tx, event)


def versions_of(conn: Connection, kept: Kept) -> list[tuple[int, Published, str]]:
    """Every version of a standard that was ever published, the latest first: its id, itself, what it is now."""
    found = standards.history(conn, kept.row.identity)
    found.sort(key=lambda pair: editions.order(pair[1]), reverse=True)
    return [(row.id, published(row, edition), row.status) for row, edition in found]


def _approved_by_another(kept: Kept, actor: Actor) -> None:
    draft = kept.draft
    if draft is None or draft.proposed_by is None:
        raise DraftProblemError({"setuju": "Rancangan ini perlu diusulkan dulu, lalu disetujui petugas lain."})
    if actor.id in (draft.proposed_by, draft.officer_id):
        raise DraftProblemError({"setuju": "Persetujuan harus dari petugas lain, bukan dari penyusun rancangan."})


def _unchanged(tx: Connection, name: str, checked: Checked) -> None:
    if checked.name != name or checked.versions != _versions(tx):
        raise DraftChangedError(name)
    if checked.failing:
        raise FailingError(checked.failing)


def _versions(conn: Connection) -> tuple[int, int]:
    return versions.get(conn, versions.KNOWLEDGE), versions.get(conn, versions.KEPT)


def _issue(tx: Connection, office: Office, actor: Actor | None, kept: Kept, day: date) -> None:
    draft = kept.draft
    assert draft is not None
    _write(tx, office, kept.drafted, kept.edition.title, day)
    drafts.remove(tx, kept.row.identity)
    before, after = _difference(kept.published.standard, kept.drafted)
    facts = {"note": draft.note, "day": str(day)}
    note_event(tx, office, actor, "standard_published", kept, before, after | facts)


def _write(tx: Connection, office: Office, standard: ServiceStandard, edition: str, day: date) -> None:
    """It stays of the edition whose words it has: that is what citizens are told as its source."""
    editions.issue(
        tx,
        office,
        [standard],
        title=edition,
        effective_on=day,
        source_name=BY_HAND,
        source_sha256=editions.digest(standard),
        again=True,
    )


def _difference(old: ServiceStandard, new: ServiceStandard) -> tuple[dict[str, str], dict[str, str]]:
    """What was changed, by field, before and after."""
    names = {n for n in {*old.components, *new.components} if old.components.get(n) != new.components.get(n)}
    before = {f"component_{n}": old.components.get(n, "") for n in sorted(names)}
    after = {f"component_{n}": new.components.get(n, "") for n in sorted(names)}
    if old.title != new.title:
        before["title"], after["title"] = old.title, new.title
    return before, after


def _older(conn: Connection, kept: Kept, id_: int) -> Published:
    found = standards.row_of(conn, id_)
    if found is None or found[0].identity != kept.row.identity or key(published(*found)) != key(kept.published):
        raise NotFoundError(id_)
    return published(*found)
