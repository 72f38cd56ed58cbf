"""A word to a citizen that no message of theirs asked for: about their case, about a file that could not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from handlers.messages import Line
from handlers.office import Office
from handlers.parcels import TemplatePurpose
from storage import conversations, outbox
from storage.outbox import OutboxRow


def tell(
    tx: Connection,
    office: Office,
    conversation_id: int,
    lines: Sequence[Line],
    *,
    purpose: TemplatePurpose | None = None,
    inbox_id: int | None = None,
) -> None:
    """On the channel they used, written beside the event that it is about.

    Args:
        purpose: the template that may ask for it once WhatsApp's window has closed.
        inbox_id: their message that it is about.
    """
    row = conversations.by_id(tx, conversation_id)
    if row is None:
        return
    now = office.clock()
    row = replace(row, position=row.position + 1, version=row.version + 1, updated_at=now)
    outbox.add(
        tx,
        [
            OutboxRow(
                id=office.new_id(),
                conversation_id=row.id,
                position=row.position,
                created_at=now,
                due_at=now,
                lines=[[line.style, line.text] for line in lines],
                inbox_id=inbox_id,
                sender="system",
                state="sent" if row.channel == "web" else "queued",
                purpose=purpose,
            )
        ],
    )
    conversations.save(tx, [row])
