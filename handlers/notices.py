"""A word to a citizen that no message of theirs asked for: about their case, about a file that could not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Connection

from handlers.messages import Button, Channel, Line
from handlers.office import Office
from handlers.parcels import TemplatePurpose
from handlers.parts import LIMITS, cut
from storage import conversations, outbox
from storage.outbox import OutboxRow


def tell(
    tx: Connection,
    office: Office,
    conversation_id: int,
    lines: Sequence[Line],
    *,
    buttons: Sequence[Button] = (),
    purpose: TemplatePurpose | None = None,
    inbox_id: int | None = None,
) -> list[int]:
    """On the channel they used, written beside the event that it is about. Returns the ids of the outbox's rows.

    Args:
        buttons: what may be pressed instead of being written, under the last of it.
        purpose: the template that may ask for it once WhatsApp's window has closed.
        inbox_id: their message that it is about.
    """
    row = conversations.by_id(tx, conversation_id)
    if row is None:
        return []
    now = office.clock()
    parts = cut(lines, LIMITS[cast(Channel, row.channel)])
    rows = [
        OutboxRow(
            id=office.new_id(),
            conversation_id=row.id,
            position=row.position + number,
            created_at=now,
            due_at=now,
            lines=[[line.style, line.text] for line in part],
            buttons=[[button.title, button.payload] for button in buttons] if number == len(parts) else [],
            inbox_id=inbox_id,
            sender="system",
            state="sent" if row.channel == "web" else "queued",
            purpose=purpose,
        )
        for number, part in enumerate(parts, 1)
    ]
    outbox.add(tx, rows)
    after = replace(row, position=row.position + len(rows), version=row.version + 1, updated_at=now)
    conversations.save(tx, [after])
    return [each.id for each in rows]
