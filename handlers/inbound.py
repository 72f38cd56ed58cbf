"""The main road: messages are claimed, conversations loaded, each thought decided once, everything written together.

One call is one transaction. A message that was seen before changes nothing. A message that says that more may follow
(`burst`) waits for the rest of its thought, at most two seconds; all others are decided at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never, cast

import structlog
from sqlalchemy import Connection

from handlers import register
from handlers.dialogue import case_texts, texts
from handlers.dialogue.effects import (
    AddToCase,
    CallOfficer,
    Confide,
    CureCase,
    Effect,
    MoveCase,
    OpenCase,
    RecordMiss,
    Report,
    Say,
    WrongCode,
)
from handlers.dialogue.engine import Context, Turn, step
from handlers.dialogue.state import State, dump, load
from handlers.messages import Address, Attachment, Channel, Inbound, Line, Outbound
from handlers.office import Office
from handlers.parts import LIMITS, cut
from handlers.register import Recorded
from knowledge.base import KnowledgeBase
from knowledge.calendar import WorkingDays
from storage import conversations, inbox, misses, officer_requests, outbox
from storage.conversations import AddressKey, ConversationRow
from storage.inbox import InboxRow
from storage.misses import MissRow
from storage.officer_requests import OfficerRequestRow
from storage.outbox import OutboxRow

_FRAGMENTS = "fragments"  # beside the state: how many messages wait for the rest of their thought
PATIENCE = timedelta(seconds=2)  # how long a fragment waits for the rest of its thought

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one message."""

    inbound: Inbound
    duplicate: bool = False
    decided: bool = False  # False: it waits for more of its thought
    replies: tuple[Outbound, ...] = ()
    report: Report | None = None
    mode: str = "idle"
    asks: str | None = None
    case: Mapping[str, str | None] | None = None  # number, kind, due: recorded or changed by this very message


@dataclass(slots=True)
class _Work:
    """The conversation of an address while a batch is decided."""

    row: ConversationRow
    state: State
    waiting: list[InboxRow] = field(default_factory=list)  # fragments of the thought that is not yet decided

    def next_position(self) -> int:
        self.row = replace(self.row, position=self.row.position + 1)
        return self.row.position


@dataclass(slots=True)
class _Rows:
    """What a batch will write, and the knowledge and calendar that it is decided with."""

    known: tuple[KnowledgeBase, WorkingDays]
    decided: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    misses: list[MissRow] = field(default_factory=list)
    requests: list[OfficerRequestRow] = field(default_factory=list)


def receive(office: Office, batch: Sequence[Inbound]) -> list[Decision]:
    """Keeps and decides a batch of messages; one decision for each, in their order."""
    now = office.clock()
    batch = [_storable(message) for message in batch]
    with office.database.transaction() as tx:
        work = _load(tx, office, {message.address for message in batch}, now)
        rows = _Rows(office.library.read(tx))
        entries = [(message, _entry(message, office.new_id(), work[message.address], now)) for message in batch]
        fresh = inbox.claim(tx, [entry for _, entry in entries])
        decisions = []
        for message, entry in entries:
            key = (message.address.channel, message.external_id)
            if key not in fresh:
                state = work[message.address].state
                decisions.append(Decision(message, duplicate=True, mode=state.mode, asks=state.asks))
                continue
            fresh.discard(key)  # the same message twice in one batch
            decisions.append(_take(tx, office, message, entry, work[message.address], rows))
        _write(tx, work.values(), rows, now)
        return decisions


def _storable(message: Inbound) -> Inbound:
    """The message without what no database keeps: lone surrogates (SQLite) and NUL (PostgreSQL)."""
    return replace(
        message,
        address=Address(message.address.channel, _clean(message.address.user)),
        external_id=_clean(message.external_id),
        text=_clean(message.text),
        payload=_clean(message.payload) if message.payload is not None else None,
        attachments=tuple(Attachment(_clean(a.kind), _clean(a.name), a.message) for a in message.attachments),
        name=_clean(message.name) if message.name else None,
        phone=_clean(message.phone) if message.phone else None,
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def decide_due(office: Office) -> list[Decision]:
    """Decides the thoughts whose patience has ended."""
    now = office.clock()
    with office.database.transaction() as tx:
        addresses = {Address(cast(Channel, channel), user) for channel, user in inbox.due(tx, now)}
        work = _load(tx, office, addresses, now)
        rows = _Rows(office.library.read(tx))
        decisions = [_decide(tx, office, _whole(w), w, rows) for w in work.values() if w.waiting]
        _write(tx, work.values(), rows, now)
        return decisions


def _load(tx: Connection, office: Office, addresses: Iterable[Address], now: datetime) -> dict[Address, _Work]:
    keys: dict[AddressKey, Address] = {(address.channel, address.user): address for address in addresses}
    found = conversations.load_or_create(tx, list(keys), now, office.new_id)
    work = {keys[key]: _Work(row, load(row.state)) for key, row in found.items()}
    by_id = {w.row.id: w for w in work.values()}
    fragmented = [w.row.id for w in work.values() if w.row.state.get(_FRAGMENTS)]
    for entry in inbox.undecided(tx, fragmented) if fragmented else ():
        by_id[entry.conversation_id].waiting.append(entry)
    return work


def _entry(message: Inbound, id_: int, work: _Work, now: datetime) -> InboxRow:
    return InboxRow(
        id=id_,
        channel=message.address.channel,
        external_id=message.external_id,
        conversation_id=work.row.id,
        position=work.next_position(),
        received_at=message.received_at,
        kind=message.attachments[0].kind if message.attachments else "text",
        text=message.text,
        payload=message.payload,
        attachments=[{"kind": a.kind, "name": a.name} for a in message.attachments],
        decide_at=message.received_at + PATIENCE if message.burst else None,
        decided_at=None if message.burst else now,
    )


def _take(tx: Connection, office: Office, message: Inbound, entry: InboxRow, work: _Work, rows: _Rows) -> Decision:
    work.waiting.append(entry)
    work.row = replace(work.row, last_inbound_at=message.received_at, name=message.name or work.row.name)
    if message.burst:
        return Decision(message, mode=work.state.mode, asks=work.state.asks)
    return _decide(tx, office, _whole(work, message), work, rows)


def _whole(work: _Work, last: Inbound | None = None) -> Inbound:
    """The waiting fragments of a conversation as the one thought that they are."""
    entries = work.waiting
    final = entries[-1]
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


def _decide(tx: Connection, office: Office, thought: Inbound, work: _Work, rows: _Rows) -> Decision:
    """One decision. If deciding fails, only this thought is lost to the bot, and an officer gets it."""
    last = work.waiting[-1]
    try:
        knowledge, calendar = rows.known
        cases = register.context_for(tx, office, work.row, work.state, thought.text, calendar)
        context = Context(knowledge, office.clock(), cases)
        turn = step(thought, work.state, context)
        rows.decided += [entry.id for entry in work.waiting if entry.decided_at is None]
    except Exception as error:
        log.exception("deciding failed", inbox_id=last.id, error=type(error).__name__)
        rows.failed += [entry.id for entry in work.waiting]
        turn = Turn(work.state, (Say(texts.apology()), CallOfficer("failed")), Report("help"))
    work.waiting = []
    work.state = turn.state
    replies: list[Outbound] = []
    recorded: Recorded | None = None
    for effect in turn.effects:
        said, touched = _apply(tx, effect, office, work, thought, last, rows)
        replies += said
        recorded = touched or recorded
    return Decision(
        thought, False, True, tuple(replies), turn.report, work.state.mode, work.state.asks, _case(recorded)
    )


def _case(recorded: Recorded | None) -> Mapping[str, str | None] | None:
    if recorded is None:
        return None
    due = recorded.due_on.isoformat() if recorded.due_on else None
    return {"number": recorded.number, "kind": recorded.kind, "due": due}


def _apply(
    tx: Connection, effect: Effect, office: Office, work: _Work, thought: Inbound, last: InboxRow, rows: _Rows
) -> tuple[list[Outbound], Recorded | None]:
    """Carries out one effect; returns what it says to the citizen, and the case it recorded or changed."""
    now = office.clock()
    match effect:
        case Say():
            return _say(effect, office, work, last, rows), None
        case OpenCase():
            recorded = register.open_case(tx, office, effect, work.row, thought.received_at, thought.phone)
            if work.state.cure:
                work.state = replace(work.state, cure={**work.state.cure, "number": recorded.number})
            return _say(_receipt(effect, recorded, work), office, work, last, rows), recorded
        case CureCase():
            recorded = register.cure(tx, office, effect, work.row, thought.received_at, thought.phone)
            return _say(_receipt(effect, recorded, work), office, work, last, rows), recorded
        case AddToCase():
            return [], register.add_to_case(tx, office, effect, work.row)
        case MoveCase():
            return [], register.move_case(tx, office, effect)
        case Confide(audience):
            work.row = replace(work.row, visible_to=audience)
        case WrongCode(case_id):
            register.count_wrong_code(tx, office, case_id)
        case RecordMiss(text, reason, standard, component):
            miss = MissRow(office.new_id(), work.row.id, now, text, reason, last.id, standard, component)
            rows.misses.append(miss)
        case CallOfficer(reason, details):
            rows.requests.append(OfficerRequestRow(office.new_id(), work.row.id, now, reason, details))
            if work.row.waiting_for_officer_since is None:
                work.row = replace(work.row, waiting_for_officer_since=now)
        case _:
            assert_never(effect)
    return [], None


def _receipt(effect: OpenCase | CureCase, recorded: Recorded, work: _Work) -> Say:
    account = {"whatsapp": "WhatsApp ini", "telegram": "Telegram ini"}.get(work.row.channel, "")
    lines = case_texts.receipt(
        recorded.kind, recorded.number, effect.form, effect.judged, effect.due, recorded.code, account
    )
    if recorded.before:
        lines = (*case_texts.became_complaint(recorded.number, recorded.before), Line(""), *lines)
    return Say(lines, (texts.MENU,))


def _say(say: Say, office: Office, work: _Work, last: InboxRow, rows: _Rows) -> list[Outbound]:
    parts = cut(say.lines, LIMITS[cast(Channel, work.row.channel)])
    replies = [Outbound(part, say.buttons if part is parts[-1] else ()) for part in parts]
    now = office.clock()
    for reply in replies:
        rows.outbox.append(
            OutboxRow(
                id=office.new_id(),
                conversation_id=work.row.id,
                position=work.next_position(),
                created_at=now,
                due_at=now,
                lines=[[line.style, line.text] for line in reply.lines],
                buttons=[[button.title, button.payload] for button in reply.buttons],
                inbox_id=last.id,
                state="sent" if work.row.channel == "web" else "queued",
            )
        )
    return replies


def _write(tx: Connection, work: Iterable[_Work], rows: _Rows, now: datetime) -> None:
    if rows.decided:
        inbox.mark_decided(tx, rows.decided, now)
    if rows.failed:
        inbox.mark_failed(tx, rows.failed, now)
    outbox.add(tx, rows.outbox)
    misses.add(tx, rows.misses)
    officer_requests.add(tx, rows.requests)
    saved = []
    for w in work:
        state = {**dump(w.state), _FRAGMENTS: len(w.waiting)}
        saved.append(replace(w.row, state=state, version=w.row.version + 1, updated_at=now))
    conversations.save(tx, saved)
