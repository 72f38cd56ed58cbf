"""What a peer remembers of what was asked of it: everything, the last so many, or nothing, for long runs."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Coroutine, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from tests.peers.faults import PATIENCE, Watch

Kept = TypeVar("Kept")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came: the method, what was handed over with it, and when."""

    method: str
    params: dict[str, Any]
    at: datetime


class Sent(Protocol):
    """A message that the peer accepted. `number` counts within the peer."""

    @property
    def number(self) -> int: ...

    @property
    def recipient(self) -> Hashable: ...


Message = TypeVar("Message", bound=Sent)


class Record(list[Kept]):
    """A list that counts what it was given and keeps only the newest `limit` of them; None keeps all."""

    def __init__(self, limit: int | None) -> None:
        super().__init__()
        self.limit = limit
        self.total = 0

    def keep(self, item: Kept) -> None:
        self.total += 1
        if self.limit == 0:
            return
        self.append(item)
        if self.limit is not None and len(self) >= 2 * self.limit:
            del self[: len(self) - self.limit]


class Shelf(dict[Key, Kept]):
    """What can be looked up later, with the same limit."""

    def __init__(self, limit: int | None) -> None:
        super().__init__()
        self.limit = limit

    def keep(self, key: Key, item: Kept) -> None:
        if self.limit == 0:
            return
        self[key] = item
        if self.limit is not None and len(self) >= 2 * self.limit:
            for oldest in list(itertools.islice(self, len(self) - self.limit)):
                del self[oldest]


class Mailboxes(Record[Message]):
    """The accepted messages, in order and by recipient, and how a test waits for them."""

    def __init__(self, limit: int | None, watch: Watch) -> None:
        super().__init__(limit)
        self._watch = watch
        self._by_recipient: defaultdict[Hashable, Record[Message]] = defaultdict(lambda: Record(limit))

    def keep(self, item: Message) -> None:
        super().keep(item)
        if self.limit != 0:
            self._by_recipient[item.recipient].keep(item)
        self._watch.changed(("sent", item.recipient))

    def of(self, recipient: Hashable) -> list[Message]:
        return list(self._by_recipient.get(recipient, ()))

    def later_than(self, recipient: Hashable, number: int) -> Message | None:
        """The first message of this recipient after the one of that number."""
        later = None
        for message in reversed(self._by_recipient.get(recipient, ())):
            if message.number <= number:
                break
            later = message
        return later

    def next(self, recipient: Hashable, number: int, timeout: float = PATIENCE) -> Coroutine[Any, Any, Message]:
        return self._watch.until(
            lambda: self.later_than(recipient, number),
            timeout,
            key=("sent", recipient),
            otherwise=lambda: f"no message to {recipient} after number {number}; it got {self.of(recipient)}",
        )

    def first(self, recipient: Hashable, count: int, timeout: float = PATIENCE) -> Coroutine[Any, Any, list[Message]]:
        """All messages of this recipient, as soon as there are so many."""
        return self._watch.until(
            lambda: self.of(recipient) if len(self._by_recipient.get(recipient, ())) >= count else None,
            timeout,
            key=("sent", recipient),
            otherwise=lambda: f"fewer than {count} messages to {recipient}; it got {self.of(recipient)}",
        )
