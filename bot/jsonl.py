"""`pasti chat --jsonl`: the dialogue as JSON lines, one object in, one out, in order; many users in one stream.

In: {"user", "text", "channel"?, "id"?, "at"?, "name"?, "phone"?, "attachments"?, "burst"?}.
Out: {"user", "replies", "reading", "mode", "asks", "case", "ms"}, and "duplicate": true for an id seen before.
A line that cannot be used answers {"error"}, and the stream goes on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

from bot import memory
from handlers.inbound import PATIENCE, Decision, decide_due, receive
from handlers.messages import Address, Attachment, Channel, Inbound
from handlers.office import Office
from storage import inbox

_JAKARTA = ZoneInfo("Asia/Jakarta")
_YEARS = range(2001, 2099)  # case numbers hold the years of this century; a day more or less is left to time zones


class LineError(ValueError):
    """What is wrong with a line of input, in words for whoever wrote it."""


def converse(office: Office, lines: Iterable[str]) -> Iterator[str]:
    """The answers to a stream of lines. The office's clock follows `at`.

    A fragment whose patience ends is answered together with its user's next line, or after the last line of all.
    """
    clock = _Clock(office)
    with office.database.reader() as conn:
        office.library.current(conn)  # built before the first message waits for it
        clock.fragments = inbox.any_undecided(conn)  # left behind by a process that was ended
    memory.settle()
    late: dict[Address, list[Decision]] = {}
    for line in lines:
        if not line.strip():
            continue
        try:
            inbound = parse(line, clock, office.new_id)
        except LineError as error:
            yield _dumped({"error": str(error)})
            continue
        clock.set(inbound.received_at)
        started = time.perf_counter()
        for due in decide_due(office) if clock.fragments else ():
            late.setdefault(due.inbound.address, []).append(due)
        clock.fragments = clock.fragments or inbound.burst
        decision = receive(office, [inbound])[0]
        before = [reply for due in late.pop(inbound.address, ()) for reply in due.replies]
        decision = decision._replace(replies=(*before, *decision.replies))
        yield _dumped(answer(decision, (time.perf_counter() - started) * 1000))
    clock.set((clock.latest or clock.now()) + PATIENCE)
    left = [due for of_one in late.values() for due in of_one] + (decide_due(office) if clock.fragments else [])
    for decision in left:
        yield _dumped(answer(decision, 0.0))


class _Clock:
    """The time that the office sees: that of the last line."""

    def __init__(self, office: Office) -> None:
        self._now: datetime | None = None
        self._real = office.clock
        self.latest: datetime | None = None  # of all lines
        self.fragments = False  # whether any line was a fragment, so that one may be due
        office.clock = self.now

    def now(self) -> datetime:
        return self._now or self._real()

    def set(self, at: datetime) -> None:
        self._now = at
        self.latest = max(self.latest or at, at)


def parse(line: str, clock: _Clock, new_id: Callable[[], int]) -> Inbound:
    """One line of input as a message. Raises LineError."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise LineError("a line must be a JSON object")
    channel = data.get("channel", "whatsapp")
    if channel not in get_args(Channel):
        raise LineError("channel must be whatsapp, telegram or web")
    user = _text(data, "user")
    if not user:
        raise LineError("user is missing")
    return Inbound(
        address=Address(cast(Channel, channel), user),
        external_id=_text(data, "id") or f"line-{new_id()}",
        received_at=_moment(data.get("at"), clock),
        text=_text(data, "text"),
        payload=_text(data, "payload") or None,
        attachments=tuple(_attachment(item) for item in _list(data, "attachments")),
        name=_text(data, "name") or None,
        phone=_text(data, "phone") or None,
        burst=_flag(data, "burst"),
    )


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise LineError(f"{key} must be a string")
    return _storable(str(value))


def _storable(text: str) -> str:
    """Without what no database takes: lone surrogates, and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _flag(data: dict[str, Any], key: str) -> bool:
    value = data.get(key)
    if not isinstance(value, bool | None):
        raise LineError(f"{key} must be true or false")
    return bool(value)


def _list(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise LineError(f"{key} must be a list")
    return value


def _attachment(item: Any) -> Attachment:
    if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
        raise LineError('an attachment must be an object with "kind" and "name"')
    return Attachment(_storable(item["kind"]), _storable(str(item.get("name") or "")))


def _moment(value: Any, clock: _Clock) -> datetime:
    """ISO 8601; without an offset it is Jakarta's time. The clock is the real one until a line sets it."""
    if value is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise LineError("at must be an ISO 8601 time") from error
    if moment.year not in _YEARS:
        raise LineError(f"at must lie in the years {_YEARS[0]} to {_YEARS[-1]}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=_JAKARTA)).astimezone(UTC)


def answer(decision: Decision, milliseconds: float) -> dict[str, Any]:
    """The object that answers a line."""
    report = decision.report
    result: dict[str, Any] = {
        "user": decision.inbound.address.user,
        "replies": [
            {"text": reply.text, "buttons": [{"title": b.title, "payload": b.payload} for b in reply.buttons]}
            for reply in decision.replies
        ],
        "reading": {
            "intent": report.intent if report else None,
            "components": list(report.components) if report else [],
            "candidates": [
                {"number": number, "kbli": kbli, "title": title, "score": score}
                for number, kbli, title, score in (report.candidates if report else ())
            ],
            "slots": (report.slots or {}) if report else {},
        },
        "mode": decision.mode,
        "asks": decision.asks,
        "case": decision.case,
        "ms": round(milliseconds, 2),
    }
    return result | {"duplicate": True} if decision.duplicate else result


def _dumped(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
