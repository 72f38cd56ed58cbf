"""The main road: messages are claimed, conversations loaded, each thought decided once, everything written together.

One call is one transaction. A message that was seen before changes nothing. A message that says that more may follow
(`burst`) waits for the rest of its thought, at most two seconds; all others are decided at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection

from handlers import officer_telegram
from handlers.dialogue.form import confided, raised
from handlers.dialogue.replies import is_yes
from handlers.dialogue.state import dump, load
from handlers.messages import Address, Attachment, Channel, Inbound
from handlers.office import Office
from handlers.turns import Decision, Rows, Work, confide, decide, give_up, mode_of
from storage import conversations, handover, inbox, media, misses, officer_requests, outbox, tasks
from storage.conversations import AddressKey
from storage.inbox import InboxRow
from storage.media import MediaRow

PATIENCE = timedelta(seconds=1.5)  # how long a fragment waits for the rest of its thought
PUT_OFF = timedelta(minutes=1)  # what the database refuses is tried again after that
READ_HELD = "read-held"  # the button of the template that asks for an answer
_FRAGMENTS, _KEYBOARD = "fragments", "keyboard"  # beside the dialogue's state

__all__ = ["PATIENCE", "READ_HELD", "Decision", "decide_due", "due", "give_up_due", "put_off", "receive"]


def receive(office: Office, batch: Sequence[Inbound]) -> list[Decision]:
    """Keeps and decides a batch of messages; one decision for each, in their order."""
    now = office.clock()
    batch = [_storable(message) for message in batch]
    with office.database.transaction() as tx:
        work = _load(tx, office, {message.address for message in batch}, now)
        rows = Rows(office.library.read(tx))
        entries = [(message, _entry(message, office.new_id(), work[message.address], now)) for message in batch]
        fresh = inbox.claim(tx, [entry for _, entry in entries])
        decisions = []
        for message, entry in entries:
            key = (message.address.channel, message.external_id)
            if key not in fresh:
                of = work[message.address]
                decisions.append(Decision(message, of.row.id, duplicate=True, mode=mode_of(of), asks=of.state.asks))
                continue
            fresh.discard(key)  # the same message twice in one batch
            decisions.append(_take(tx, office, message, entry, work[message.address], rows))
        _write(tx, work.values(), rows, now)
        return decisions


def decide_due(office: Office, of: Address | None = None) -> list[Decision]:
    """Decides the thoughts whose patience has ended: all of them, or one conversation's."""
    return _finish(office, of, decide)


def give_up_due(office: Office, of: Address) -> list[Decision]:
    """The thought of a conversation whose deciding cannot be written: failed, with an apology and an officer."""
    return _finish(office, of, give_up)


def due(office: Office) -> list[Address]:
    """Whose thoughts' patience has ended."""
    with office.database.reader() as conn:
        return [Address(cast(Channel, channel), user) for channel, user in inbox.due(conn, office.clock())]


def put_off(office: Office, of: Address) -> list[Decision]:
    """Not even that can be written: nothing is decided now, it is tried again later, and holds up nobody meanwhile."""
    with office.database.transaction() as tx:
        inbox.put_off(tx, (of.channel, of.user), office.clock() + PUT_OFF)
    return []


def _finish(
    office: Office, of: Address | None, end: Callable[[Connection, Office, Inbound, Work, Rows], Decision]
) -> list[Decision]:
    now = office.clock()
    with office.database.transaction() as tx:
        addresses = {Address(cast(Channel, channel), user) for channel, user in inbox.due(tx, now)}
        if of is not None:
            addresses &= {of}
        if not addresses:
            return []
        work = _load(tx, office, addresses, now)
        rows = Rows(office.library.read(tx))
        decisions = []
        for each in work.values():
            if each.waiting:
                each.touched = True
                decisions.append(end(tx, office, _whole(each), each, rows))
        _write(tx, work.values(), rows, now)
        return decisions


def _storable(message: Inbound) -> Inbound:
    """The message without what no database keeps: lone surrogates (SQLite) and NUL (PostgreSQL)."""
    said = (message.text, message.address.user, message.external_id, message.payload, message.name, message.phone)
    if not message.attachments and all(text is None or _is_storable(text) for text in said):
        return message
    return message._replace(
        address=Address(message.address.channel, _clean(message.address.user)),
        external_id=_clean(message.external_id),
        text=_clean(message.text),
        payload=_clean(message.payload) if message.payload is not None else None,
        attachments=tuple(
            replace(a, kind=_clean(a.kind), name=_clean(a.name), source=_clean(a.source)) for a in message.attachments
        ),
        name=_clean(message.name) if message.name else None,
        phone=_clean(message.phone) if message.phone else None,
    )


def _is_storable(text: str) -> bool:
    return text.isascii() and "\x00" not in text


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _load(tx: Connection, office: Office, addresses: Iterable[Address], now: datetime) -> dict[Address, Work]:
    keys: dict[AddressKey, Address] = {(address.channel, address.user): address for address in addresses}
    found = conversations.load_or_create(tx, list(keys), now, office.new_id)
    work = {
        keys[key]: Work(row, load(row.state), keyboard=int(row.state.get(_KEYBOARD, 0))) for key, row in found.items()
    }
    by_id = {w.row.id: w for w in work.values()}
    fragmented = [w.row.id for w in work.values() if w.row.state.get(_FRAGMENTS)]
    for entry in inbox.undecided(tx, fragmented) if fragmented else ():
        by_id[entry.conversation_id].waiting.append(entry)
    return work


def _entry(message: Inbound, id_: int, work: Work, now: datetime) -> InboxRow:
    kind = message.attachments[0].kind if message.attachments else "text"
    return InboxRow(
        id=id_,
        channel=message.address.channel,
        external_id=message.external_id,
        conversation_id=work.row.id,
        position=work.next_position(),
        received_at=message.received_at,
        kind=message.event or kind,
        provider_ref=message.provider_ref,
        text=message.text,
        payload=message.payload,
        attachments=[{"kind": a.kind, "name": a.name} for a in message.attachments],
        decide_at=now + PATIENCE if message.burst else None,
        decided_at=None if message.burst else now,
    )


def _take(tx: Connection, office: Office, message: Inbound, entry: InboxRow, work: Work, rows: Rows) -> Decision:
    """What a new message does: it changes who can be reached, mends an earlier one, waits, or is decided."""
    work.touched = True
    work.row.name = message.name or work.row.name
    if message.event is not None:
        return _note(tx, office, message, work)
    files = _keep_files(office, message, entry, rows)
    asked_for = _back_again(tx, office, message, work)
    only_asks = message.payload == READ_HELD or (is_yes(message.text) and work.state.mode in ("idle", "waiting"))
    if asked_for and only_asks:
        if message.burst:  # `ya,` may look like a beginning, but here it is all
            rows.decided.append(entry.id)
        return Decision(message, work.row.id, decided=True, mode=mode_of(work), recipient=work.row.id, files=files)
    if message.corrects is not None:
        before = inbox.newest_by_ref(tx, work.row.id, message.corrects, entry.id)
        if before is not None and (before.text == message.text or _amended(tx, message, work)):
            if _hide(office, work, rows):
                return decide(tx, office, _whole(work), work, rows)
            return Decision(message, work.row.id, decided=not work.waiting, mode=mode_of(work), asks=work.state.asks)
        message = message._replace(before=before.text if before else "")
    work.waiting.append(entry)
    leaves = _hide(office, work, rows)
    if message.burst and not leaves:
        return Decision(message, work.row.id, mode=mode_of(work), asks=work.state.asks, files=files)
    decision = decide(tx, office, _whole(work, message), work, rows)
    recipient = work.row.id if asked_for else decision.recipient
    return decision._replace(files=files, recipient=recipient) if files or asked_for else decision


def _hide(office: Office, work: Work, rows: Rows) -> bool:
    """What is confidential is so on receipt, and not once the thought is complete (SPEC 2.4).

    Returns whether it takes the conversation from an officer: that is decided now, so that the citizen is told.
    """
    text = work.waiting[0].text if len(work.waiting) == 1 else "\n".join(entry.text for entry in work.waiting)
    audience = raised(work.row.visible_to, confided(text))
    if audience == work.row.visible_to:
        return False
    if work.row.officer_id is not None:
        return True
    confide(office, work, rows, audience)
    return False


def _note(tx: Connection, office: Office, message: Inbound, work: Work) -> Decision:
    """Whether the citizen can be written to has changed. Whoever opts in again has written, which opens the window."""
    match message.event:
        case "blocked" | "opted_out":
            work.row.unreachable = message.event
            if message.address.channel == "telegram":
                officer_telegram.chat_blocked(tx, office, message.address.user)
        case "unblocked":
            work.row.unreachable = None
        case "opted_in" if _back_again(tx, office, message, work):
            return Decision(message, work.row.id, decided=True, mode=mode_of(work), recipient=work.row.id)
    return Decision(message, work.row.id, decided=True, mode=mode_of(work), asks=work.state.asks)


def _back_again(tx: Connection, office: Office, message: Inbound, work: Work) -> bool:
    """They have written: they can be reached, WhatsApp's window is open, and what was held for them goes out first."""
    work.row.last_inbound_at = max(message.received_at, work.row.last_inbound_at or message.received_at)
    work.row.unreachable = None
    if work.row.window_closed_at is None:
        return False
    work.row.window_closed_at = None
    released = outbox.release_held(tx, work.row.id, office.clock()) > 0
    if released:
        tasks.settle_telephone(tx, work.row.id)
    return released


def _amended(tx: Connection, message: Inbound, work: Work) -> bool:
    """Whether it is an edit of a fragment that still waits: that has another wording then."""
    for index, entry in enumerate(work.waiting):
        if entry.provider_ref == message.corrects:
            inbox.amend(tx, entry.id, message.text)
            work.waiting[index] = replace(entry, text=message.text)
            return True
    return False


def _keep_files(office: Office, message: Inbound, entry: InboxRow, rows: Rows) -> bool:
    """The files of a message will be fetched in the background; that they are wanted is written with it."""
    wanted = [
        MediaRow(
            id=office.new_id(),
            inbox_id=entry.id,
            place=place,
            conversation_id=entry.conversation_id,
            channel=message.address.channel,
            kind=attachment.kind,
            source=attachment.source,
            name=attachment.name,
            content_type=attachment.content_type,
            due_at=office.clock(),
            created_at=office.clock(),
        )
        for place, attachment in enumerate(message.attachments)
        if attachment.source
    ]
    rows.media += wanted
    return bool(wanted)


def _whole(work: Work, last: Inbound | None = None) -> Inbound:
    """The waiting fragments of a conversation as the one thought that they are."""
    entries = work.waiting
    final = entries[-1]
    if last is not None and len(entries) == 1:
        stale = last.pressed_on is not None and last.pressed_on < work.keyboard
        attachments = tuple(replace(a, message=final.external_id) for a in last.attachments)
        return last._replace(attachments=attachments, stale=stale) if attachments or stale else last
    return Inbound(
        address=Address(cast(Channel, work.row.channel), work.row.address),
        external_id=final.external_id,
        received_at=final.received_at,
        text="\n".join(entry.text for entry in entries if entry.text),
        payload=final.payload,
        attachments=tuple(
            Attachment(a["kind"], a["name"], entry.external_id) for entry in entries for a in entry.attachments
        ),
        name=last.name if last else work.row.name,
        phone=last.phone if last else None,
    )


def _write(tx: Connection, work: Iterable[Work], rows: Rows, now: datetime) -> None:
    if rows.decided:
        inbox.mark_decided(tx, rows.decided, now)
    if rows.failed:
        inbox.mark_failed(tx, rows.failed, now)
    media.add(tx, rows.media)
    outbox.add(tx, rows.outbox)
    misses.add(tx, rows.misses)
    officer_requests.add(tx, rows.requests)
    handover.add(tx, rows.handovers)
    saved = []
    for w in work:
        if w.touched:
            w.row.state = {**dump(w.state), _FRAGMENTS: len(w.waiting), _KEYBOARD: w.keyboard}
            w.row.version += 1
            w.row.updated_at = now
            saved.append(w.row)
    conversations.save(tx, saved)
