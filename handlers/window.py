"""WhatsApp's window: 24 hours after the citizen's last message only approved templates may be sent (SPEC 5.4).

What cannot go is held, and one template a window asks the citizen to answer. When they write again, the held rows go
out first. Source: WhatsApp's customer service window, Twilio's error 63016.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.dialogue import texts
from handlers.office import Office
from handlers.parcels import TemplatePurpose
from storage import conversations, outbox, tasks
from storage.conversations import ConversationRow
from storage.outbox import OutboxRow, Waiting
from storage.tasks import TaskRow

OPEN_FOR = timedelta(hours=24)
_PURPOSES: dict[str, TemplatePurpose] = {"officer": "officer_reply", "system": "case_update", "bot": "answer_ready"}


def is_closed(row: Waiting | ConversationRow, now: datetime) -> bool:
    """Whether a text to this citizen would be refused."""
    if row.channel != "whatsapp":
        return False
    return row.window_closed_at is not None or row.last_inbound_at is None or now - row.last_inbound_at >= OPEN_FOR


def hold(tx: Connection, office: Office, row: Waiting) -> None:
    """Keep a row until the citizen writes, and ask them to, once."""
    outbox.change(tx, row.id, state="held")
    _ask(tx, office, row)


def refused_outside(tx: Connection, office: Office, row: Waiting, error: str) -> None:
    """The provider found the window closed: the row has failed, and a new one, linked to it, waits in its place."""
    outbox.change(tx, row.id, state="failed", error=error)
    if row.template:
        _telephone(tx, office, row, error)
        return
    again = _next(tx, office, row)
    outbox.add(tx, [replace(again, state="held", replaces=row.id)])
    _ask(tx, office, row)


def no_template(tx: Connection, office: Office, row: Waiting, error: str) -> None:
    """The template could not be sent, or there is none: somebody has to telephone."""
    outbox.change(tx, row.id, state="failed", error=error)
    _telephone(tx, office, row, error)


def _ask(tx: Connection, office: Office, row: Waiting) -> None:
    conversation = conversations.by_id(tx, row.conversation_id)
    assert conversation is not None
    if conversation.window_closed_at is not None:
        return  # asked already
    conversation.window_closed_at = office.clock()
    conversations.save(tx, [conversation])
    purpose = row.purpose or _PURPOSES[row.sender]
    ping = _next(tx, office, row)
    lines = [[line.style, line.text] for line in texts.please_answer()]
    outbox.add(tx, [replace(ping, sender="system", template=True, purpose=purpose, lines=lines, buttons=(), file=None)])


def _next(tx: Connection, office: Office, row: Waiting) -> OutboxRow:
    """A row of the same content at the end of the conversation."""
    conversation = conversations.by_id(tx, row.conversation_id)
    assert conversation is not None
    conversation.position += 1
    conversation.version += 1
    conversations.save(tx, [conversation])
    now = office.clock()
    return OutboxRow(
        id=office.new_id(),
        conversation_id=row.conversation_id,
        position=conversation.position,
        created_at=now,
        due_at=now,
        lines=row.lines,
        buttons=row.buttons,
        inbox_id=row.inbox_id,
        sender=row.sender,
        purpose=row.purpose,
        officer_id=row.officer_id,
        file=row.file,
    )


def _telephone(tx: Connection, office: Office, row: Waiting, reason: str) -> None:
    tasks.add(tx, [TaskRow(office.new_id(), "telephone", row.conversation_id, row.id, reason, office.clock())])
