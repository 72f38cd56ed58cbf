"""Tells open consoles which conversations have changed. It names them and says nothing of what is in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Changes(asyncio.Event):
    """Set when conversations have changed; `take` names them. Once ended it stays set, and its reader should stop."""

    ended = False

    def __init__(self) -> None:
        super().__init__()
        self._ids: set[int] = set()

    def add(self, ids: Iterable[int]) -> None:
        self._ids.update(ids)
        self.set()

    def take(self) -> frozenset[int]:
        """What has changed since it was last asked."""
        found = frozenset(self._ids)
        self._ids.clear()
        if not self.ended:
            self.clear()
        return found

    def end(self) -> None:
        self.ended = True
        self.set()


class Feed:
    """The open consoles of this process. All calls belong on the event loop's own thread."""

    def __init__(self) -> None:
        self._readers: set[Changes] = set()
        self._closed = False

    @contextmanager
    def subscribe(self) -> Iterator[Changes]:
        changes = Changes()
        self._readers.add(changes)
        if self._closed:
            changes.end()
        try:
            yield changes
        finally:
            self._readers.discard(changes)

    @property
    def readers(self) -> int:
        """How many lines are open."""
        return len(self._readers)

    def publish(self, conversation_ids: Iterable[int]) -> None:
        ids = frozenset(conversation_ids)
        for reader in self._readers:
            reader.add(ids)

    def close(self) -> None:
        """End all readers at once: an open stream would hold up the server's shutdown."""
        self._closed = True
        for reader in self._readers:
            reader.end()
