"""The register of cases as rows. What a case may do is decided in `handlers.case_rules`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, select
from sqlalchemy import update as update_rows

from storage import postgresql_engine
from storage.audit import case_events, event_hash
from storage.conversations import conversations
from storage.models import Case, CaseEvent, CaseNumber, Counter, Evidence, Party, table
from storage.models.cases import COMPLAINT
from storage.statements import locked, read, upsert

cases = table(Case)
case_numbers = table(CaseNumber)
counters = table(Counter)
evidence = table(Evidence)


def next_number(tx: Connection, kind: str, year: int) -> int:
    """The next number of complaints or of suggestions of that year, from 1. A rollback gives it back: no gaps.

    Nobody else gets one of either kind until the commit, so take it after all other locks. With a lock for each kind
    two batches that file both, in another order, would wait for each other.
    """
    if tx.dialect.name == "postgresql":
        postgresql_engine.be_alone(tx, "case numbers")
    series = f"{'ADU' if kind == COMPLAINT else 'SRN'}-{year}"
    insert_first = upsert(tx.dialect.name, counters).values(name=series, value=1)
    rise = insert_first.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
    number: int = tx.execute(rise.returning(counters.c.value)).scalar_one()
    return number


def add(tx: Connection, case: Case) -> None:
    """Enter a case under its number."""
    tx.execute(insert(cases).values(case.model_dump()))
    give_number(tx, case.id, case.number, case.updated_at)


def give_number(tx: Connection, case_id: int, number: str, at: datetime) -> None:
    """Let one more number lead to a case. By which it goes is a column of the case."""
    tx.execute(insert(case_numbers).values(number=number, case_id=case_id, given_at=at))


def update(tx: Connection, case_id: int, at: datetime, **changes: Any) -> int:
    """Change columns of a case and raise its version, which is returned."""
    change = update_rows(cases).where(cases.c.id == case_id)
    change = change.values(changes | {"updated_at": at, "version": cases.c.version + 1})
    version: int = tx.execute(change.returning(cases.c.version)).scalar_one()
    return version


def count_code_failure(tx: Connection, case_id: int, failures: int, locked_until: datetime) -> None:
    """Keep how often a wrong access code was given. The case stays as it is: an officer's open page is not outdated."""
    change = update_rows(cases).where(cases.c.id == case_id)
    tx.execute(change.values(code_failures=failures, code_locked_until=locked_until))


def get(conn: Connection, case_id: int) -> Case | None:
    return next(iter(read(conn, Case, select(cases).where(cases.c.id == case_id))), None)


def get_by_number(conn: Connection, number: str) -> Case | None:
    """The case that a number leads to, be it the one it goes by, an earlier one, or that of a merged case."""
    query = select(cases).join(case_numbers, case_numbers.c.case_id == cases.c.id)
    return next(iter(read(conn, Case, query.where(case_numbers.c.number == number))), None)


def id_of(conn: Connection, number: str) -> int | None:
    """Of the case that a number leads to."""
    return conn.scalar(select(case_numbers.c.case_id).where(case_numbers.c.number == number))


def entered(conn: Connection, channel: str, received_at: datetime, subject: str, name: str) -> str | None:
    """The number of what an officer entered with this very way, time, text and reporter."""
    reporter = table(Party)
    same = cases.c.channel == channel, cases.c.received_at == received_at, cases.c.subject == subject
    query = select(cases.c.number).join(reporter, reporter.c.id == cases.c.reporter_id)
    return conn.scalar(query.where(*same, reporter.c.name == name, cases.c.conversation_id.is_(None)).limit(1))


@dataclass(frozen=True, slots=True)
class EnteredElsewhere:
    """A report that came by no chat, by what tells it from others."""

    number: str
    channel: str
    received_at: datetime
    subject: str
    name: str
    old_number: str  # in the register that it was brought over from; empty for any other


def entered_elsewhere(conn: Connection) -> list[EnteredElsewhere]:
    """Every such report, the oldest first."""
    reporter, brought = table(Party), case_events.c.kind == "imported"
    query = (
        select(
            cases.c.number, cases.c.channel, cases.c.received_at, cases.c.subject, reporter.c.name, case_events.c.after
        )
        .join(reporter, reporter.c.id == cases.c.reporter_id)
        .outerjoin(case_events, and_(case_events.c.case_id == cases.c.id, case_events.c.sequence == 1, brought))
        .where(cases.c.conversation_id.is_(None))
        .order_by(cases.c.id)
    )
    return [
        EnteredElsewhere(number, channel, received_at, subject, name, str((after or {}).get("old_number", "")))
        for number, channel, received_at, subject, name, after in conn.execute(query)
    ]


def lock_conversation(tx: Connection, case_id: int) -> None:
    """The conversation that a case was filed in, where there is one; locked where `tx` writes."""
    theirs = select(cases.c.conversation_id).where(cases.c.id == case_id).scalar_subquery()
    tx.execute(locked(tx, select(conversations.c.id).where(conversations.c.id == theirs)))


def merged_into(conn: Connection, case_id: int) -> list[Case]:
    """The duplicates that became part of a case."""
    return read(conn, Case, select(cases).where(cases.c.merged_into == case_id).order_by(cases.c.received_at))


def lead_to(tx: Connection, duplicate_id: int, case_id: int) -> None:
    """All numbers of a duplicate lead to the case that it became part of; so do those merged into it before."""
    tx.execute(update_rows(case_numbers).where(case_numbers.c.case_id == duplicate_id).values(case_id=case_id))
    tx.execute(update_rows(cases).where(cases.c.merged_into == duplicate_id).values(merged_into=case_id))


def of_conversation(conn: Connection, conversation_id: int) -> list[Case]:
    """The cases filed from one account, newest first."""
    query = select(cases).where(cases.c.conversation_id == conversation_id)
    return read(conn, Case, query.order_by(cases.c.received_at.desc(), cases.c.id.desc()))


def register(conn: Connection) -> list[Case]:
    """Every case, oldest first."""
    return read(conn, Case, select(cases).order_by(cases.c.received_at, cases.c.id))


def numbers(conn: Connection, case_id: int) -> list[str]:
    """All numbers that lead to a case, oldest first."""
    query = select(case_numbers.c.number).where(case_numbers.c.case_id == case_id)
    return list(conn.scalars(query.order_by(case_numbers.c.given_at, case_numbers.c.number)))


def add_event(
    tx: Connection,
    *,
    id_: int,
    case_id: int,
    at: datetime,
    actor: str,
    kind: str,
    officer_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> CaseEvent:
    """Append to the history of a case whose row the caller has locked. `before` and `after` hold what JSON can."""
    query = select(case_events.c.sequence, case_events.c.hash).where(case_events.c.case_id == case_id)
    last = tx.execute(query.order_by(case_events.c.sequence.desc()).limit(1)).first()
    event = CaseEvent(
        id=id_,
        case_id=case_id,
        sequence=last.sequence + 1 if last else 1,
        at=at,
        actor=actor,
        officer_id=officer_id,
        kind=kind,
        before=_as_kept(before),
        after=_as_kept(after),
        note=note,
        previous_hash=last.hash if last else "",
        hash="",
    )
    event.hash = event_hash(event)
    tx.execute(insert(case_events).values(event.model_dump()))
    tx.execute(update_rows(cases).where(cases.c.id == case_id).values(history_hash=event.hash))
    return event


def last_event(conn: Connection, case_id: int) -> tuple[str, datetime]:
    """Kind and time of what was done last."""
    query = select(case_events.c.kind, case_events.c.at).where(case_events.c.case_id == case_id)
    kind, at = conn.execute(query.order_by(case_events.c.sequence.desc()).limit(1)).one()
    return kind, at


def add_evidence(tx: Connection, rows: Sequence[Evidence]) -> None:
    if rows:
        tx.execute(insert(evidence), [row.model_dump() for row in rows])


def evidence_of(conn: Connection, case_id: int) -> list[Evidence]:
    """In the order it was handed in."""
    return read(conn, Evidence, select(evidence).where(evidence.c.case_id == case_id).order_by(evidence.c.id))


def move_evidence(tx: Connection, from_id: int, to_id: int) -> None:
    """What was handed in with a duplicate belongs to the case that it became part of."""
    tx.execute(update_rows(evidence).where(evidence.c.case_id == from_id).values(case_id=to_id))


def _as_kept(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """As the database will give it back, so that the hash is over what is kept: tuples are lists, keys are text."""
    kept: dict[str, Any] | None = json.loads(json.dumps(facts))
    return kept
