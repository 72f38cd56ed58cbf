"""One turn of one conversation: a thought is decided, and what the decision asks for is carried out.

Everything here happens inside the transaction of `handlers.inbound`; rows of the larger tables are collected and
written for the whole batch at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple, assert_never, cast

import structlog
from sqlalchemy import Connection

from handlers import officer_telegram, register
from handlers.case_context import context_for
from handlers.dialogue import case_texts, officer, own_telegram, texts
from handlers.dialogue.effects import (
    AddToCase,
    CallOfficer,
    Confide,
    CureCase,
    Effect,
    GiveBack,
    LeaveQueue,
    LinkTelegram,
    MoveCase,
    OpenCase,
    RecordMiss,
    Report,
    Say,
    UnlinkTelegram,
    WrongCode,
)
from handlers.dialogue.engine import Context, Turn, step
from handlers.dialogue.form import confided, raised
from handlers.dialogue.numbered import listed, menu_lines
from handlers.dialogue.own_telegram import OwnTelegram
from handlers.dialogue.state import State
from handlers.messages import Channel, Inbound, Line, Outbound
from handlers.office import Office
from handlers.parts import LIMITS, cut
from handlers.register import Recorded
from knowledge.base import KnowledgeBase
from knowledge.calendar import WorkingDays
from storage.conversations import ConversationRow
from storage.database import is_away
from storage.handover import HandoverRow, settle_requests
from storage.inbox import InboxRow
from storage.media import MediaRow
from storage.misses import MissRow
from storage.officer_requests import OfficerRequestRow
from storage.outbox import OutboxRow

log = structlog.get_logger()

_WRITTEN = (OpenCase, CureCase, AddToCase, MoveCase, WrongCode, LeaveQueue, LinkTelegram, UnlinkTelegram)
"""Effects that write at once. They get a savepoint of their own; all others only collect rows, which costs nothing."""


class Decision(NamedTuple):
    """What became of one message."""

    inbound: Inbound
    conversation: int  # its id
    duplicate: bool = False
    decided: bool = False  # False: it waits for more of its thought
    failed: bool = False
    replies: tuple[Outbound, ...] = ()
    report: Report | None = None
    mode: str = "idle"
    asks: str | None = None
    case: Mapping[str, str | None] | None = None  # number, kind, due: recorded or changed by this very message
    recipient: int | None = None  # the conversation that has something to be sent
    files: bool = False  # it has attachments to be fetched


@dataclass(slots=True)
class Work:
    """A conversation while a batch is decided."""

    row: ConversationRow
    state: State
    waiting: list[InboxRow] = field(default_factory=list)  # fragments of the thought that is not yet decided
    keyboard: int = 0  # the position of the last message with buttons: older buttons no longer count
    touched: bool = False

    def next_position(self) -> int:
        self.row.position += 1
        return self.row.position


@dataclass(slots=True)
class Rows:
    """What a batch will write, and the knowledge and calendar that it is decided with."""

    known: tuple[KnowledgeBase, WorkingDays]
    decided: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    misses: list[MissRow] = field(default_factory=list)
    requests: list[OfficerRequestRow] = field(default_factory=list)
    handovers: list[HandoverRow] = field(default_factory=list)
    media: list[MediaRow] = field(default_factory=list)


def decide(tx: Connection, office: Office, thought: Inbound, work: Work, rows: Rows) -> Decision:
    """One decision, and what it asks for. If either fails, only this thought is lost to the bot: see `give_up`.

    A database that does not answer is no failure of the thought: that error goes on to whoever called.
    """
    last = work.waiting[-1]
    before = _Before(work, rows)
    turn: Turn | None = None
    try:
        knowledge, calendar = rows.known
        cases = context_for(tx, office, work.row, work.state, thought.text, calendar)
        context = Context(knowledge, office.clock(), cases, work.row.waiting_for_officer_since)
        turn = _turn(thought, work, context, officer_telegram.known_for(tx, office, thought))
        with tx.begin_nested() if any(isinstance(each, _WRITTEN) for each in turn.effects) else nullcontext():
            decision = _carry_out(tx, office, thought, turn, work, rows)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("deciding failed", inbox_id=last.id, error=type(error).__name__)
        before.restore(work, rows)
        return give_up(tx, office, thought, work, rows, turn.effects if turn else ())
    rows.decided += [entry.id for entry in work.waiting if entry.decided_at is None]
    work.waiting = []
    return decision


def give_up(
    tx: Connection, office: Office, thought: Inbound, work: Work, rows: Rows, meant: Sequence[Effect] = ()
) -> Decision:
    """The thought is kept as failed; the citizen gets an apology and an officer. What was meant to be hidden, is."""
    hidden = [effect for effect in meant if isinstance(effect, Confide)]
    if (audience := confided(thought.text)) is not None:
        hidden.append(Confide(audience))
    turn = Turn(work.state, (*hidden, Say(texts.apology()), CallOfficer("failed")), Report("help"))
    decision = _carry_out(tx, office, thought, turn, work, rows)
    rows.failed += [entry.id for entry in work.waiting]
    work.waiting = []
    return decision._replace(failed=True)


class _Before:
    """What a turn changes in memory, so that a turn that fails half-way leaves nothing of it."""

    def __init__(self, work: Work, rows: Rows) -> None:
        self._row = _OF_ROW(work.row)
        self._work = work.state, work.keyboard
        self._lengths = [len(collected) for collected in _OF_ROWS(rows)]

    def restore(self, work: Work, rows: Rows) -> None:
        for name, value in zip(ConversationRow.__slots__, self._row, strict=True):
            setattr(work.row, name, value)
        work.state, work.keyboard = self._work
        for collected, length in zip(_OF_ROWS(rows), self._lengths, strict=True):
            del collected[length:]


_OF_ROW = attrgetter(*ConversationRow.__slots__)
_OF_ROWS = attrgetter(*(name for name in Rows.__slots__ if name != "known"))


def _carry_out(tx: Connection, office: Office, thought: Inbound, turn: Turn, work: Work, rows: Rows) -> Decision:
    last = work.waiting[-1]
    work.state = turn.state
    replies: list[Outbound] = []
    recorded: Recorded | None = None
    for effect in turn.effects:
        said, touched = _apply(tx, effect, office, work, thought, last, rows)
        replies += said
        recorded = touched or recorded
    return Decision(
        thought,
        work.row.id,
        decided=True,
        replies=tuple(replies),
        report=turn.report,
        mode=mode_of(work),
        asks=work.state.asks,
        case=_case(recorded),
        recipient=work.row.id if replies and work.row.channel != "web" else None,
    )


def _turn(thought: Inbound, work: Work, context: Context, own: OwnTelegram) -> Turn:
    """What is said to an officer about their own chat comes before the dialogue, and leaves it as it is."""
    if (turn := own_telegram.decided(work.state, own)) is not None:
        return turn
    if own.code:
        return own_telegram.with_word_on_code(_in_dialogue(own_telegram.as_greeting(thought), work, context))
    return _in_dialogue(thought, work, context)


def _in_dialogue(thought: Inbound, work: Work, context: Context) -> Turn:
    """Silent while an officer answers; of a citizen who is muted only what belongs to a report."""
    if work.row.officer_id is not None:
        return Turn(*officer.in_conversation(thought, work.state, visible_to=work.row.visible_to))
    turn = step(thought, work.state, context)
    muted = work.row.muted_until is not None and work.row.muted_until > context.now
    if muted and not officer.belongs_to_report(turn.report.intent, turn.effects, work.state, turn.state):
        return Turn(work.state, (), turn.report)
    return turn


def mode_of(work: Work) -> str:
    """Where the conversation stands, as others are told: who answers comes before what is open."""
    if work.row.officer_id is not None:
        return "officer"
    waits = work.row.waiting_for_officer_since is not None and work.state.mode == "idle"
    return "waiting" if waits else work.state.mode


def _case(recorded: Recorded | None) -> Mapping[str, str | None] | None:
    if recorded is None:
        return None
    due = recorded.due_on.isoformat() if recorded.due_on else None
    return {"number": recorded.number, "kind": recorded.kind, "due": due}


def _apply(
    tx: Connection, effect: Effect, office: Office, work: Work, thought: Inbound, last: InboxRow, rows: Rows
) -> tuple[list[Outbound], Recorded | None]:
    """Carries out one effect; returns what it says to the citizen, and the case it recorded or changed."""
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
            confide(office, work, rows, audience)
        case WrongCode(case_id):
            register.count_wrong_code(tx, office, case_id)
        case RecordMiss(text, reason, standard, component):
            miss = MissRow(office.new_id(), work.row.id, office.clock(), text, reason, last.id, standard, component)
            rows.misses.append(miss)
        case LinkTelegram() | UnlinkTelegram():
            officer_telegram.carry_out(tx, office, effect, work.row.address)
        case CallOfficer() | LeaveQueue() | GiveBack():
            _about_officers(tx, effect, office, work, rows)
        case _:
            assert_never(effect)
    return [], None


def confide(office: Office, work: Work, rows: Rows, audience: str | None) -> None:
    """Those who may read it become fewer, never others; an officer who answers is taken out of it (SPEC 2.4)."""
    audience = raised(work.row.visible_to, audience)
    if audience == work.row.visible_to:
        return
    work.row.visible_to = audience
    work.row.officer_id = work.row.officer_active_at = None
    _record(office, work, rows, "confided")


def _about_officers(
    tx: Connection, effect: CallOfficer | LeaveQueue | GiveBack, office: Office, work: Work, rows: Rows
) -> None:
    """The citizen wants a person, no longer waits for one, or wants the bot again."""
    match effect:
        case CallOfficer(reason, details):
            now = office.clock()
            rows.requests.append(OfficerRequestRow(office.new_id(), work.row.id, now, reason, details))
            if work.row.waiting_for_officer_since is None and work.row.officer_id is None:
                work.row.waiting_for_officer_since = now
                _record(office, work, rows, "called")
        case LeaveQueue():
            work.row.waiting_for_officer_since = None
            settle_requests(tx, work.row.id)
            rows.requests = [replace(r, state="done") if r.conversation_id == work.row.id else r for r in rows.requests]
            _record(office, work, rows, "left")
        case GiveBack():
            work.row.officer_id = work.row.officer_active_at = None
            _record(office, work, rows, "given_back")


def _record(office: Office, work: Work, rows: Rows, kind: str) -> None:
    """What the citizen did about the officers, for them to see in the thread."""
    rows.handovers.append(HandoverRow(office.new_id(), work.row.id, work.next_position(), office.clock(), None, kind))


def _receipt(effect: OpenCase | CureCase, recorded: Recorded, work: Work) -> Say:
    account = {"whatsapp": "WhatsApp ini", "telegram": "Telegram ini"}.get(work.row.channel, "")
    lines = case_texts.receipt(
        recorded.kind, recorded.number, effect.form, effect.judged, effect.due, recorded.code, account
    )
    if recorded.before:
        lines = (*case_texts.became_complaint(recorded.number, recorded.before), Line(""), *lines)
    return Say(lines, (texts.MENU,))


def _say(say: Say, office: Office, work: Work, last: InboxRow, rows: Rows) -> list[Outbound]:
    lines, offered = say.lines, say.buttons
    if work.row.channel == "whatsapp":
        lines = (*lines, *menu_lines(lines, say.buttons, work.state.choices))
        offered = listed(say.lines, work.state.choices) or say.buttons
    parts = cut(lines, LIMITS[cast(Channel, work.row.channel)])
    now = office.clock()
    replies = []
    for number, part in enumerate(parts, 1):
        is_last = number == len(parts)
        row = OutboxRow(
            id=office.new_id(),
            conversation_id=work.row.id,
            position=work.next_position(),
            created_at=now,
            due_at=now,
            lines=[[line.style, line.text] for line in part],
            buttons=[[button.title, button.payload] for button in offered] if is_last else [],
            inbox_id=last.id,
            state="sent" if work.row.channel == "web" else "queued",
        )
        rows.outbox.append(row)
        replies.append(Outbound(part, say.buttons if is_last else ()))
    if say.buttons:
        work.keyboard = work.row.position
    return replies
