"""Drafts of standards: what officers are about to publish."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, select

from storage.models import StandardDraft, table
from storage.statements import read, upsert

drafts = table(StandardDraft)


def of(conn: Connection, identity: str) -> StandardDraft | None:
    return next(iter(read(conn, StandardDraft, select(drafts).where(drafts.c.identity == identity))), None)


def everything(conn: Connection) -> list[StandardDraft]:
    """Those changed last first."""
    return read(conn, StandardDraft, select(drafts).order_by(drafts.c.updated_at.desc()))


def due(conn: Connection, today: date) -> list[StandardDraft]:
    """Those that were approved for a day that has come."""
    return read(
        conn, StandardDraft, select(drafts).where(drafts.c.approved_by.is_not(None), drafts.c.effective_on <= today)
    )


def put(tx: Connection, draft: StandardDraft) -> None:
    facts = draft.model_dump()
    insert = upsert(tx.dialect.name, drafts).values(facts)
    tx.execute(insert.on_conflict_do_update(index_elements=["identity"], set_=facts))


def remove(tx: Connection, identity: str) -> None:
    tx.execute(delete(drafts).where(drafts.c.identity == identity))
