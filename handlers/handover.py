"""An officer takes a conversation over, answers in it, and gives it back. One function is one event, one transaction.

While an officer holds a conversation (`officer_id` in its row) the bot is silent: `handlers.turns` asks the row, so it
holds from the commit on, whatever any page shows (SPEC 5.1). What the citizen had begun with the bot, a report half
filled in, stays as it was and goes on afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

from sqlalchemy import Connection

from handlers import window
from handlers.access import Actor, access_conversation
from handlers.dialogue import handover_texts, officer
from handlers.dialogue.state import dump, load
from handlers.messages import Channel, Line
from handlers.office import Office
from handlers.parcels import OutgoingFile
from handlers.parts import LIMITS, cut, with_file
from handlers.permissions import AUDIENCE_ACTIONS, ROLES, may, may_in
from knowledge.calendar import JAKARTA, jakarta_day
from storage import cases, conversations, handover, officers, outbox, tasks
from storage.conversations import ConversationRow
from storage.handover import HandoverRow
from storage.outbox import OutboxRow

QUIET = timedelta(minutes=60)  # without a word of either, then the bot has the conversation again
LONGEST = 4_000  # characters of a reply or a note
LONGEST_MUTE = timedelta(days=90)
BATCH = 50  # conversations given back in one transaction


@dataclass(frozen=True, slots=True)
class Done:
    """It is written."""


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Somebody else holds the conversation."""

    name: str

    @property
    def sentence(self) -> str:
        return f"Percakapan ini sudah diambil alih {self.name}."


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, and why: for the officer."""

    sentence: str


def take_over(office: Office, actor: Actor, conversation_id: int, *, expected: int | None = None) -> Done | HeldBy:
    """From this commit on the bot is silent and this officer answers.

    Args:
        expected: the officer who held it when the page was drawn; None: nobody. Whoever may reassign takes it from that
            officer, and from nobody else. Anybody who may answer here takes it from one who no longer may.
    """
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.answer")
        if row.officer_id == actor.id:
            return Done()
        reassigns = row.officer_id == expected and may(actor.role, "conversations.reassign")
        if row.officer_id is not None and not reassigns and _answers(tx, row):
            return HeldBy(_name(tx, row.officer_id))
        row.officer_id = actor.id
        row.officer_active_at = office.clock()
        row.waiting_for_officer_since = None
        handover.settle_requests(tx, row.id)
        _event(tx, office, row, "taken", actor.id)
        _announce(tx, office, row, handover_texts.taken(actor.name))
        _save(tx, office, row)
        return Done()


def reply(
    office: Office,
    actor: Actor,
    conversation_id: int,
    lines: Sequence[Line],
    *,
    file: OutgoingFile | None = None,
    key: str = "",
) -> Done | HeldBy | Refused:
    """Words, and a file, to the citizen: into the outbox, like all that is said.

    Args:
        key: made by the page; the same key twice is the same reply.
    """
    if sum(len(line.text) for line in lines if line.style == "plain") > LONGEST:
        return Refused(f"Balasannya terlalu panjang: paling banyak {LONGEST:,} huruf.".replace(",", "."))
    if file is None and not any(line.text.strip() for line in lines):
        return Refused("Balasannya masih kosong.")
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.answer")
        if key and outbox.has_reply(tx, row.id, key):
            return Done()  # even if it was given back since: the page asks again because it heard no answer
        if row.officer_id != actor.id:
            return HeldBy(_name(tx, row.officer_id)) if row.officer_id else Refused(handover_texts.TAKE_FIRST)
        _say(tx, office, row, lines, officer_id=actor.id, file=file, key=key or None)
        row.officer_active_at = office.clock()
        _save(tx, office, row)
        return Done()


def note(office: Office, actor: Actor, conversation_id: int, text: str) -> Done | Refused:
    """For colleagues only: an event of the conversation. No row of the outbox is made of it, here or anywhere."""
    words = text.strip()
    if not words or len(words) > LONGEST:
        return Refused(f"Catatan internal berisi 1 sampai {LONGEST:,} huruf.".replace(",", "."))
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.answer")
        _event(tx, office, row, "note", actor.id, words)
        _save(tx, office, row)
        return Done()


def give_back(office: Office, actor: Actor, conversation_id: int) -> Done | HeldBy:
    """The bot answers again, and the citizen is told so. By the holder, or by one who may reassign.

    Anybody who may answer here gives back what is held by one who no longer may.
    """
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.answer")
        if row.officer_id is None:
            return Done()
        allowed = row.officer_id == actor.id or may(actor.role, "conversations.reassign")
        if not allowed and _answers(tx, row):
            return HeldBy(_name(tx, row.officer_id))
        release(tx, office, row, "given_back", actor.id)
        _save(tx, office, row)
        return Done()


def call(office: Office, actor: Actor, conversation_id: int) -> Done | Refused:
    """An officer puts the conversation into the queue; the bot goes on answering meanwhile."""
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.answer")
        if row.officer_id is not None:
            return Refused("Percakapan ini sudah dipegang petugas.")
        if row.waiting_for_officer_since is None:
            row.waiting_for_officer_since = office.clock()
            _event(tx, office, row, "called", actor.id)
            _save(tx, office, row)
        return Done()


def mute(office: Office, actor: Actor, conversation_id: int, reason: str, until: date) -> Done | Refused:
    """The bot no longer answers until that day has passed, except what belongs to a report (SPEC 5.5)."""
    if not reason.strip():
        return Refused("Tuliskan alasannya.")
    today = jakarta_day(office.clock())
    if not today <= until <= today + LONGEST_MUTE:
        return Refused(f"Tanggal akhirnya paling lama {LONGEST_MUTE.days} hari dari hari ini.")
    end = datetime.combine(until + timedelta(days=1), time(), JAKARTA)
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.mute")
        row.muted_until = end
        row.waiting_for_officer_since = None
        handover.settle_requests(tx, row.id)
        _event(tx, office, row, "muted", actor.id, reason.strip())
        _save(tx, office, row)
        return Done()


def unmute(office: Office, actor: Actor, conversation_id: int) -> Done:
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.mute")
        if row.muted_until is not None:
            row.muted_until = None
            _event(tx, office, row, "unmuted", actor.id)
            _save(tx, office, row)
        return Done()


def settle_task(office: Office, actor: Actor, conversation_id: int, task_id: int) -> Done | Refused:
    """What only a person could settle is settled: the citizen was telephoned, or reached in another way."""
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.answer")
        if not tasks.settle(tx, row.id, task_id):
            return Refused("Tugas ini sudah selesai.")
        _event(tx, office, row, "settled", actor.id)
        _save(tx, office, row)
        return Done()


def open_wider(office: Office, actor: Actor, conversation_id: int, reason: str) -> Done | Refused:
    """Its audience lets a conversation be seen by the whole office again: what hid it turned out to be harmless.

    Never while a confidential report came from it, or is being told in it: that would show who reports (SPEC 2.4).
    """
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.open")
        if not reason.strip():
            return Refused("Tuliskan alasannya.")
        if row.visible_to is None:
            return Refused("Percakapan ini sudah terbuka bagi petugas.")
        hidden = [case.number for case in cases.of_conversation(tx, row.id) if case.confidential]
        if hidden:
            return Refused(f"Laporan {hidden[0]} dari percakapan ini rahasia, jadi percakapannya tetap rahasia.")
        if load(row.state).form.get("confidential"):
            return Refused("Warga sedang menyampaikan laporan rahasia di sini. Tunggu sampai selesai.")
        row.visible_to = None
        _event(tx, office, row, "released", actor.id, reason.strip())
        _save(tx, office, row)
        return Done()


def mark_read(office: Office, actor: Actor, conversation_id: int, position: int) -> Done:
    """How far this officer has read; it concerns nobody else."""
    with office.database.transaction() as tx:
        row = access_conversation(tx, actor, conversation_id, "conversations.read")
        handover.mark_read(tx, actor.id, row.id, min(position, row.position))
        return Done()


def give_back_quiet(office: Office, most: int = BATCH) -> list[int]:
    """The conversations in which nobody has written for an hour go back to the bot, and those of officers who left.

    Returns those of one batch.
    """
    since = office.clock() - QUIET
    answering = {
        audience: [role for role in ROLES if may_in(role, "conversations.answer", audience)]
        for audience in (None, *AUDIENCE_ACTIONS)
    }
    with office.database.transaction() as tx:
        rows = [conversations.by_id(tx, id_) for id_ in handover.to_give_back(tx, since, answering, most)]
        back = [row for row in rows if row is not None and row.officer_id is not None]  # asked again under the lock
        for row in back:
            if not _answers(tx, row):
                release(tx, office, row, "released", None)
            elif max(row.officer_active_at or since, row.last_inbound_at or since) <= since:
                release(tx, office, row, "quiet", None)
            else:
                continue
            _save(tx, office, row)
        return [row.id for row in back if row.officer_id is None]


def release(tx: Connection, office: Office, row: ConversationRow, kind: str, officer_id: int | None) -> None:
    """The bot has the conversation again; the caller saves the row. kind: given_back, quiet, released."""
    row.officer_id = None
    row.officer_active_at = None
    row.state = {**row.state, **dump(officer.afterwards(load(row.state)))}
    _event(tx, office, row, kind, officer_id)
    _announce(tx, office, row, handover_texts.quiet() if kind == "quiet" else handover_texts.given_back())


def _answers(tx: Connection, row: ConversationRow) -> bool:
    """Whether the officer who holds the conversation still answers in it."""
    holder = officers.by_id(tx, row.officer_id or 0)
    return holder is not None and holder.active and may_in(holder.role, "conversations.answer", row.visible_to)


def _name(tx: Connection, officer_id: int | None) -> str:
    holder = officers.by_id(tx, officer_id) if officer_id else None
    return holder.name if holder else "petugas lain"


def _event(
    tx: Connection, office: Office, row: ConversationRow, kind: str, officer_id: int | None, words: str = ""
) -> None:
    row.position += 1
    event = HandoverRow(office.new_id(), row.id, row.position, office.clock(), officer_id, kind, words)
    handover.add(tx, [event])


def _announce(tx: Connection, office: Office, row: ConversationRow, lines: Sequence[Line]) -> None:
    """Who answers now. It is true today only: what could not be sent today is not said, nor asked for by a template."""
    if row.unreachable is None and not window.is_closed(row, office.clock()):
        _say(tx, office, row, lines)


def _say(
    tx: Connection,
    office: Office,
    row: ConversationRow,
    lines: Sequence[Line],
    *,
    officer_id: int | None = None,
    file: OutgoingFile | None = None,
    key: str | None = None,
) -> None:
    """officer_id: who says it; None: the office itself, about who answers now."""
    now = office.clock()
    rows: list[OutboxRow] = []
    for words, carried in _parts(row.channel, lines, file):
        row.position += 1
        rows.append(
            OutboxRow(
                id=office.new_id(),
                conversation_id=row.id,
                position=row.position,
                created_at=now,
                due_at=now,
                lines=[[line.style, line.text] for line in words],
                sender="officer" if officer_id else "system",
                officer_id=officer_id,
                state="sent" if row.channel == "web" else "queued",
                purpose="officer_reply" if officer_id else None,
                file=asdict(carried) if carried else None,
                reply_key=key if not rows else None,
            )
        )
    outbox.add(tx, rows)


def _parts(
    channel: str, lines: Sequence[Line], file: OutgoingFile | None
) -> list[tuple[Sequence[Line], OutgoingFile | None]]:
    """Messages below the channel's limits; the file goes with the last."""
    on = cast(Channel, channel)
    if file is None:
        return [(part, None) for part in cut(lines, LIMITS[on])]
    before, beside = with_file(lines, on, picture=file.picture)
    return [*((part, None) for part in before), (beside, file)]


def _save(tx: Connection, office: Office, row: ConversationRow) -> None:
    row.version += 1
    row.updated_at = office.clock()
    conversations.save(tx, [row])
