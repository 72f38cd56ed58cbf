"""The message templates that were made at Twilio, and the ids they have there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.models import ContentTemplate, table
from storage.statements import columns, upsert, values

content_templates = table(ContentTemplate)


@dataclass(frozen=True, slots=True)
class ContentTemplateRow:
    name: str
    sid: str
    digest: str  # of what was pushed
    status: str  # of WhatsApp's approval, as Twilio said it last; empty: none is needed
    updated_at: datetime


def put(tx: Connection, row: ContentTemplateRow) -> None:
    insert = upsert(tx.dialect.name, content_templates).values(values(row))
    changed = {name: value for name, value in values(row).items() if name != "name"}
    tx.execute(insert.on_conflict_do_update(index_elements=["name"], set_=changed))


def every(conn: Connection) -> dict[str, ContentTemplateRow]:
    """All of them, by name."""
    query = select(*columns(content_templates, ContentTemplateRow)).order_by(content_templates.c.name)
    return {row.name: ContentTemplateRow(*row) for row in conn.execute(query)}
