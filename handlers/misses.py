"""Questions that got no answer, or one that did not help: grouped when alike, resolved by officers, undone when wrong.

A resolution is at work with the next message. Whoever resolves a group settles what they may see of it: what was said
in confidence elsewhere stays open for its own readers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers import office_answers, phrasing
from handlers.access import Actor, NotFoundError, require
from handlers.office import Office
from handlers.phrasing import Wanted
from knowledge.language import Language
from knowledge.questions import filler
from knowledge.standards import normalised
from storage import misses, office_events, versions
from storage.inbox_view import Reader
from storage.misses import Seen
from storage.office_events import OfficeEventRow

MOST = 1000  # of the newest that are grouped at once
LONGEST_REASON = 200
_VARIANTS = 6
_SUGGESTED = 8  # words

REASONS = {
    "unknown_standard": "Standarnya tidak dikenal",
    "not_stated": "Tidak disebut dalam standar",
    "not_understood": "Tidak dipahami",
    "missing_annex": "Menunjuk lampiran yang tidak ada",
    "thumbs_down": "Dinilai kurang tepat",
    "office_profile": "Keterangan kantor belum diisi",
}


class MissProblemError(ValueError):
    """It cannot be settled so; the message says why, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike."""

    id: int  # of the newest
    text: str  # as it was asked last
    variants: tuple[str, ...]  # other wordings
    count: int
    people: int
    first: datetime
    last: datetime
    reasons: tuple[str, ...]
    standard_identity: str | None
    component: int | None
    confidential: bool
    conversation_id: int  # of the newest
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """Questions that were settled together."""

    id: int
    text: str
    count: int
    kind: str  # phrase, answer, dismissed
    said: str  # the phrase, the title of the answer, the reason
    officer: str
    at: datetime


def groups(conn: Connection, office: Office, actor: Actor) -> list[Group]:
    """What waits, as far as this officer may know of it: the most frequent first, then the latest."""
    language = office.library.current(conn).language
    found = _grouped(misses.unresolved(conn, reader_of(actor), MOST), language)
    return sorted(found, key=lambda group: (-group.count, -group.last.timestamp()))


def group_of(conn: Connection, office: Office, actor: Actor, miss_id: int) -> Group:
    """The group that a question is in. Raises NotFoundError."""
    for group in groups(conn, office, actor):
        if miss_id in group.ids:
            return group
    raise NotFoundError(miss_id)


def reader_of(actor: Actor) -> Reader:
    return Reader(actor.id, actor.audiences, actor.may("conversations.read"))


def suggested(group: Group, language: Language) -> str:
    """The words of a question that say something: a phrase to begin with. Of what is confidential, nothing."""
    if group.confidential:
        return ""
    empty = filler()
    words = [word.raw for word in language.read(group.text) if word.stem not in empty]
    return " ".join(dict.fromkeys(words[:_SUGGESTED]))


def resolve(office: Office, actor: Actor, miss_id: int, wanted: Wanted) -> int:
    """Ties the question to what it means; returns how many questions that settles.

    Raises NotAllowedError, NotFoundError, PhraseProblemError, AnswerProblemError.
    """
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        group = group_of(tx, office, actor, miss_id)
        new = wanted.new_answer
        kind, said = "phrase" if wanted.identity else "answer", wanted.text
        made: int | None = None
        if new is not None:
            made = office_answers.add(tx, office, actor, new.title, new.text).id
            wanted = Wanted(wanted.text, answer=made)
        phrase = phrasing.enter(tx, office, actor, wanted)
        _settle(tx, office, actor, group, {"kind": kind, "said": said, "phrase": phrase, "made": made})
        return group.count


def dismiss(office: Office, actor: Actor, miss_id: int, reason: str) -> int:
    """Nothing is to be done about it. Raises NotAllowedError, NotFoundError, MissProblemError."""
    require(actor, "knowledge.keep")
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise MissProblemError(f"Tuliskan alasannya, paling banyak {LONGEST_REASON} huruf.")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        group = group_of(tx, office, actor, miss_id)
        _settle(tx, office, actor, group, {"kind": "dismissed", "said": reason})
        return group.count


def undo(office: Office, actor: Actor, resolution_id: int) -> None:
    """The questions wait again; the phrase is taken out, and the answer that was written for it.

    Raises NotAllowedError, NotFoundError.
    """
    require(actor, "knowledge.keep")
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        seen = misses.of_resolution(tx, reader_of(actor), resolution_id)
        if not seen:
            raise NotFoundError(resolution_id)
        facts = seen[0].resolution or {}
        if phrase := facts.get("phrase"):
            phrasing.take_out(tx, office, actor, phrase)
        if made := facts.get("made"):
            office_answers.take_out(tx, office, actor, made)
        misses.reopen(tx, resolution_id)
        event = OfficeEventRow(
            office.new_id(), office.clock(), actor.id, "misses_reopened", str(facts.get("said", "")), None, None
        )
        office_events.add(tx, event)


def settled(conn: Connection, actor: Actor, names: dict[int, str], limit: int = 200) -> list[Settled]:
    """What was settled lately, the latest first."""
    together: dict[int, list[Seen]] = {}
    for seen in misses.resolved(conn, reader_of(actor), limit):
        together.setdefault(seen.resolution_id or 0, []).append(seen)
    return [_as_settled(id_, seen, names) for id_, seen in together.items()]


def _as_settled(id_: int, seen: Sequence[Seen], names: dict[int, str]) -> Settled:
    facts = seen[0].resolution or {}
    officer = names.get(int(facts.get("officer", 0)), "")
    at = datetime.fromisoformat(facts["at"])
    return Settled(id_, seen[0].text, len(seen), str(facts.get("kind", "")), str(facts.get("said", "")), officer, at)


def _settle(tx: Connection, office: Office, actor: Actor, group: Group, facts: dict[str, Any]) -> None:
    now = office.clock()
    id_ = office.new_id()
    misses.settle(tx, group.ids, id_, {**facts, "officer": actor.id, "at": now.isoformat()})
    kind = "misses_dismissed" if facts["kind"] == "dismissed" else "misses_resolved"
    about = {"count": group.count}
    event = OfficeEventRow(office.new_id(), now, actor.id, kind, str(facts["said"]), None, about, f"misses:{id_}")
    office_events.add(tx, event)


def _grouped(seen: Iterable[Seen], language: Language) -> list[Group]:
    """Alike is what says the same words, in whatever order and spelling, beside those that say nothing."""
    alike: defaultdict[tuple[str, ...], list[Seen]] = defaultdict(list)
    empty = filler()
    for each in seen:
        stems = {word.stem for word in language.read(each.text)}
        telling = tuple(sorted(stems - empty)) or (normalised(each.text),)
        alike[telling].append(each)
    return [_as_group(each) for each in alike.values()]


def _as_group(seen: Sequence[Seen]) -> Group:
    """seen: the newest first."""
    newest = seen[0]
    wordings = dict.fromkeys(each.text for each in seen if each.text.strip().lower() != newest.text.strip().lower())
    reasons = dict.fromkeys(each.reason for each in seen)
    return Group(
        id=newest.id,
        text=newest.text,
        variants=tuple(wordings)[:_VARIANTS],
        count=len(seen),
        people=len({each.conversation_id for each in seen}),
        first=seen[-1].asked_at,
        last=newest.asked_at,
        reasons=tuple(reasons),
        standard_identity=next((each.standard_identity for each in seen if each.standard_identity), None),
        component=next((each.component for each in seen if each.component), None),
        confidential=any(each.visible_to for each in seen),
        conversation_id=newest.conversation_id,
        ids=tuple(each.id for each in seen),
    )
