"""What happens around sending: rows are leased, what became of them is recorded, doubts are settled.

The network is elsewhere (`bot.sender`). One call is one transaction. A recipient's rows go one after another, in order;
a row that was cut off (`unknown`) or waits for the citizen (`held`) holds up none of the later ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import cast

from sqlalchemy import Connection

from handlers import officer_telegram, window
from handlers.messages import Address, Button, Channel, Line, Style
from handlers.office import Office
from handlers.parcels import (
    Absent,
    Found,
    Later,
    Outcome,
    OutgoingFile,
    Parcel,
    Refused,
    Sent,
    Status,
    TemplatePurpose,
    Uncertain,
    Unreachable,
    Untold,
    WindowClosed,
)
from storage import conversations, outbox, tasks
from storage.outbox import Waiting
from storage.tasks import TaskRow

LEASE = timedelta(seconds=60)  # longer than any provider may take to answer
LEASE_OF_FILE = timedelta(minutes=10)  # than 16 MB may take on a slow line
GIVE_UP = timedelta(hours=24)  # after so long a message helps nobody, and a person should know
GIVE_UP_OFFICER = timedelta(hours=4)  # what an officer is told late would come at night; the console has it too
BEFORE_LOOKING: dict[str, timedelta] = {"whatsapp": timedelta(seconds=5), "telegram": timedelta(seconds=60)}
"""How long a message that was cut off rests: until Twilio lists it; until a repetition would surprise nobody."""
PUT_OFF = timedelta(minutes=5)  # what the database refuses is tried again after that
_UNRECORDED = "unrecorded"  # the error of what was sent, or not, and could not be written down
_LONGEST = 300.0  # seconds between two tries
_CRASHED = "crashed"  # the error of what a dead process was sending
_AT_ONCE = 100  # doubtful rows a sweep looks at
_RECIPIENTS = 500
_BEFORE = timedelta(minutes=1)  # what was sent so long before a row was written is surely not that row
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # nobody looks at it again by itself


@dataclass(slots=True)
class Exchange:
    """What a round of sending brought."""

    parcels: list[Parcel] = field(default_factory=list)  # to be sent now, one a recipient
    more: set[int] = field(default_factory=set)  # recipients with something left after that
    unmatched: list[Status] = field(default_factory=list)  # reports on what we do not know yet
    changed: dict[int, Address] = field(default_factory=dict)  # conversations whose thread looks different now

    def add(self, other: Exchange) -> None:
        self.parcels += other.parcels
        self.more |= other.more
        self.unmatched += other.unmatched
        self.changed |= other.changed


def exchange(
    office: Office,
    results: Sequence[tuple[Parcel, Outcome]] = (),
    statuses: Sequence[Status] = (),
    recipients: Sequence[int] = (),
) -> Exchange:
    """Records what became of parcels, takes in the providers' reports, and leases the next row of each recipient."""
    made = Exchange()
    with office.database.transaction() as tx:
        _record(tx, office, results, made)
        _report(tx, office, statuses, made)
        _lease(tx, office, recipients, made)
    return made


def unrecorded(office: Office, parcel: Parcel) -> None:
    """The database refuses what became of a parcel: a person finds out whether it arrived."""
    with office.database.transaction() as tx:
        for row in outbox.by_ids(tx, [parcel.id]):
            if row.state in ("sending", "unknown") and row.due_at < _NEVER:
                outbox.change(tx, row.id, state="unknown", error=_UNRECORDED)
                _ask_officer(tx, office, replace(row, error=_UNRECORDED))


def put_off(office: Office, recipient: int) -> None:
    """The database refuses that a recipient's next row is leased: it is tried again later."""
    with office.database.transaction() as tx:
        outbox.put_off(tx, recipient, office.clock() + PUT_OFF)


# ---------------------------------------------------------------- what became of it


def _record(tx: Connection, office: Office, results: Sequence[tuple[Parcel, Outcome]], made: Exchange) -> None:
    now = office.clock()
    taken = [(parcel.id, _kept_id(parcel, outcome)) for parcel, outcome in results if isinstance(outcome, Sent)]
    outbox.mark_sent(tx, taken, now)
    others = {parcel.id: outcome for parcel, outcome in results if not isinstance(outcome, Sent)}
    made.changed |= {parcel.conversation_id: parcel.address for parcel, _ in results}
    for row in outbox.by_ids(tx, list(others)) if others else ():
        if row.state == "sending":  # a report may have been faster
            _settle(tx, office, row, others[row.id], now)


def _kept_id(parcel: Parcel, outcome: Sent) -> str:
    """Telegram's ids name the chat (`chat:message`), which for an officer's own is sealed: there it is left out."""
    if not parcel.to_officer:
        return outcome.provider_id
    return f"{parcel.conversation_id}:{outcome.provider_id.rpartition(':')[2]}"


def _settle(tx: Connection, office: Office, row: Waiting, outcome: Outcome, now: datetime) -> None:
    match outcome:
        case Sent(provider_id):
            outbox.mark_sent(tx, [(row.id, provider_id)], now)
        case Later(error, after):
            _try_again(tx, office, row, error, after, now)
        case Refused(error, unreachable):
            _refuse(tx, office, row, error, unreachable)
        case WindowClosed(error):
            window.refused_outside(tx, office, row, error)
        case Uncertain(error):
            _doubt(tx, office, row, error, now)


def _try_again(tx: Connection, office: Office, row: Waiting, error: str, after: float | None, now: datetime) -> None:
    if _waits_since(row) <= now - GIVE_UP:
        _refuse(tx, office, row, error, None)
        return
    wait = after if after is not None else min(_LONGEST, 2.0 ** min(row.attempts, 10))
    due_at = now + timedelta(seconds=wait)
    outbox.change(tx, row.id, state="queued", error=error, attempts=row.attempts + 1, due_at=due_at)


def _waits_since(row: Waiting) -> datetime:
    """What was held for days has only been tried since the citizen wrote again."""
    return max(row.created_at, row.last_inbound_at or row.created_at)


def _refuse(tx: Connection, office: Office, row: Waiting, error: str, unreachable: Unreachable | None) -> None:
    """Refused for good: a person has to see to it."""
    if row.for_officer_id is not None:
        outbox.change(tx, row.id, state="failed", error=error)
        if unreachable is not None:
            officer_telegram.blocked(tx, office, row.for_officer_id)
        return
    if row.template and unreachable is None:
        window.no_template(tx, office, row, error)
        return
    outbox.change(tx, row.id, state="failed", error=error)
    if unreachable is not None:
        conversation = conversations.by_id(tx, row.conversation_id)
        assert conversation is not None
        conversation.unreachable = unreachable
        conversations.save(tx, [conversation])
    kind = "telephone" if unreachable == "not_on_whatsapp" else "undelivered"
    _task(tx, office, row, kind, error)


def _doubt(tx: Connection, office: Office, row: Waiting, error: str, now: datetime) -> None:
    due_at = now + BEFORE_LOOKING[row.channel]
    outbox.change(tx, row.id, state="unknown", error=error, attempts=row.attempts + 1, due_at=due_at)


def _task(tx: Connection, office: Office, row: Waiting, kind: str, reason: str) -> None:
    tasks.add(tx, [TaskRow(office.new_id(), kind, row.conversation_id, row.id, reason, office.clock())])


# ---------------------------------------------------------------- what the providers report


def _report(tx: Connection, office: Office, statuses: Sequence[Status], made: Exchange) -> None:
    if not statuses:
        return
    named = outbox.by_ids(tx, [s.outbox_id for s in statuses if s.outbox_id is not None])
    known = outbox.by_provider_ids(tx, [s.provider_id for s in statuses])
    by_id = {row.id: row for row in named}
    by_provider = {row.provider_id: row for row in known}
    for status in statuses:
        row = by_provider.get(status.provider_id) or by_id.get(status.outbox_id or 0)
        if row is None or row.provider_id not in (None, status.provider_id):
            made.unmatched.append(status)  # its sending is not recorded yet, or it is not ours
            continue
        after = _reported(tx, office, row, status)
        by_id[row.id] = by_provider[status.provider_id] = after
        made.changed[row.conversation_id] = Address(cast(Channel, row.channel), row.address)


def _reported(tx: Connection, office: Office, row: Waiting, status: Status) -> Waiting:
    """States only move forward, in whatever order the reports come."""
    if row.state == "failed" or row.state not in outbox.RANK:
        return row
    if status.state != "failed":
        if outbox.RANK[status.state] <= outbox.RANK[row.state]:
            return row
        now = office.clock()
        sent = {"sent_at": now} if row.state in ("queued", "sending", "unknown") else {}
        outbox.change(tx, row.id, state=status.state, provider_id=status.provider_id, **sent)
        return replace(row, state=status.state, provider_id=status.provider_id)
    if row.state in ("delivered", "read"):
        return row
    outbox.change(tx, row.id, provider_id=status.provider_id)
    if status.window_closed:
        window.refused_outside(tx, office, row, status.error or "63016")
    else:
        _refuse(tx, office, row, status.error or "failed", status.unreachable)
    return replace(row, state="failed", provider_id=status.provider_id)


# ---------------------------------------------------------------- what goes next


def _lease(tx: Connection, office: Office, recipients: Sequence[int], made: Exchange) -> None:
    if not recipients:
        return
    now = office.clock()
    ours = outbox.lock_recipients(tx, recipients)
    for conversation_id, rows in groupby(outbox.unsent(tx, ours), attrgetter("conversation_id")):
        parcel, more = _next(tx, office, list(rows), now)
        if parcel is not None:
            made.parcels.append(parcel)
        if more:
            made.more.add(conversation_id)
    for files, lease in ((False, LEASE), (True, LEASE_OF_FILE)):
        if ids := [parcel.id for parcel in made.parcels if (parcel.file is not None) == files]:
            outbox.lease(tx, ids, now + lease)


def _next(tx: Connection, office: Office, rows: list[Waiting], now: datetime) -> tuple[Parcel | None, bool]:
    """The first row of a recipient that may go now, and whether more will follow it."""
    for index, row in enumerate(rows):
        if row.state == "sending" or row.due_at > now:
            return None, False  # it is on its way, or comes back by itself when it is due
        if row.unreachable is not None:
            outbox.change(tx, row.id, state="failed", error=row.unreachable)
            if row.sender != "bot":
                _task(tx, office, row, "undelivered", row.unreachable)
        elif row.for_officer_id is not None:
            if parcel := _for_officer(tx, office, row, row.for_officer_id, now):
                return parcel, index + 1 < len(rows)
        elif not row.template and window.is_closed(row, now):
            window.hold(tx, office, row)
            if index + 1 == len(rows):
                return None, True  # the template that asks for it
        else:
            return parcel_of(row, now), index + 1 < len(rows)
    return None, False


def _for_officer(tx: Connection, office: Office, row: Waiting, officer_id: int, now: datetime) -> Parcel | None:
    """To the chat that is the officer's own now; None: there is none any more, or it is too late."""
    chat = officer_telegram.chat_of(tx, office, officer_id)
    late = row.created_at <= now - GIVE_UP_OFFICER
    if chat is None or late:
        outbox.change(tx, row.id, state="failed", error="late" if late else "unlinked")
        return None
    return replace(parcel_of(row, now), address=Address("telegram", chat), to_officer=True)


def parcel_of(row: Waiting, at: datetime) -> Parcel:
    return Parcel(
        id=row.id,
        conversation_id=row.conversation_id,
        address=Address(cast(Channel, row.channel), row.address),
        position=row.position,
        lines=tuple(Line(text, cast(Style, style)) for style, text in row.lines),
        buttons=tuple(Button(title, payload) for title, payload in row.buttons),
        sender=row.sender,
        leased_at=at,
        template=cast(TemplatePurpose, row.purpose) if row.template else None,
        repeated=row.repeated,
        file=OutgoingFile.stored(row.file) if row.file else None,
    )


# ---------------------------------------------------------------- sweeping


@dataclass(frozen=True, slots=True)
class Doubt:
    """A parcel that may or may not have arrived, and the providers' ids of what it is not."""

    parcel: Parcel
    known: frozenset[str]
    since: datetime  # when it was due to be looked up: what was tried again meanwhile is another doubt


@dataclass(frozen=True, slots=True)
class Sweep:
    recipients: list[tuple[int, Channel]]  # who has something to be sent now
    doubts: list[Doubt]


def sweep(office: Office, channels: Collection[str] = tuple(BEFORE_LOOKING), *, alone: bool) -> Sweep:
    """What is due, whoever left it: retries, rows written by other processes, and what dead ones were sending.

    channels: those that are on; what waits for another holds up nobody.
    alone: this is the only process, and it sends nothing now, so every lease there is was left by a dead one. Only on
        SQLite anybody can be sure of that: a process whose connection was cut may still be sending.
    """
    now = office.clock()
    with office.database.reader() as conn:
        expired = outbox.expired(conn, now, every=alone)
        doubtful = [row for channel in channels for row in outbox.doubtful(conn, channel, now, _AT_ONCE)]
        first = {row.conversation_id: row for row in reversed(doubtful)}  # two alike must not find the same message
        doubts = [
            Doubt(
                parcel_of(row, row.created_at),
                outbox.provider_ids(conn, row.conversation_id, row.created_at - _BEFORE),
                row.due_at,
            )
            for row in first.values()
        ]
        due = [each for channel in channels for each in outbox.due_recipients(conn, channel, now, _RECIPIENTS)]
    if expired:
        with office.database.transaction() as tx:
            for channel in sorted({channel for _, channel in expired}):
                ids = sorted(id_ for id_, of in expired if of == channel)
                outbox.lose_leases(tx, ids, _NEVER if alone else now, now + BEFORE_LOOKING[channel], _CRASHED)
    return Sweep([(id_, cast(Channel, channel)) for id_, channel in due], doubts)


def settle(office: Office, found: Iterable[tuple[Doubt, Found]]) -> list[tuple[int, Channel]]:
    """Decides on doubtful rows by what the provider knows of them; returns who has something to be sent now.

    Another process may have been faster, and sent it again, and died: what was known before that says nothing of it.
    """
    now = office.clock()
    with office.database.transaction() as tx:
        looked_at = {doubt.parcel.id: (doubt.since, answer) for doubt, answer in found}
        return [
            (row.conversation_id, cast(Channel, row.channel))
            for row in outbox.by_ids(tx, list(looked_at))
            if (row.state, row.due_at) == ("unknown", looked_at[row.id][0])
            and _resolve(tx, office, row, looked_at[row.id][1], now)
        ]


def _resolve(tx: Connection, office: Office, row: Waiting, answer: Found, now: datetime) -> bool:
    """True when the row is to be sent (again)."""
    match answer:
        case Sent(provider_id):
            if outbox.by_provider_ids(tx, [provider_id]):  # another row's, recorded since it was looked for
                outbox.change(tx, row.id, due_at=now)
            else:
                outbox.mark_sent(tx, [(row.id, provider_id)], now)
        case Refused() | WindowClosed():
            _settle(tx, office, row, answer, now)
        case Absent() if row.attempts <= 1:
            outbox.change(tx, row.id, state="queued", due_at=now)
            return True
        case Absent():  # again: as after any other failure, later and later, and not for ever
            _try_again(tx, office, row, row.error or "absent", None, now)
        case Later(error, after):
            wait = timedelta(seconds=after if after is not None else min(_LONGEST, 2.0 ** min(row.attempts, 10)))
            if _waits_since(row) <= now - GIVE_UP:
                _ask_officer(tx, office, row)
            else:
                outbox.change(tx, row.id, error=error, attempts=row.attempts + 1, due_at=now + wait)
        case Untold():
            # Once. But a crash cuts off all that is under way, begun or not: that it happened twice says nothing more.
            if row.sender == "officer" or (row.repeated and row.error != _CRASHED):
                _ask_officer(tx, office, row)
            else:
                outbox.change(tx, row.id, state="queued", repeated=True, due_at=now)
                return True
    return False


def _ask_officer(tx: Connection, office: Office, row: Waiting) -> None:
    if row.for_officer_id is not None:  # theirs is not to be asked about: the console has it
        outbox.change(tx, row.id, state="failed")
        return
    outbox.change(tx, row.id, due_at=_NEVER)
    _task(tx, office, row, "unconfirmed", row.error or "interrupted")
