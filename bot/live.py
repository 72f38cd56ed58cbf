"""Who waits for what conversation, inside this process.

A page that follows a conversation subscribes to it; whoever has committed something new notifies it. A notice says
only that there is something to read, never what: the reader asks for what is past the position it has, so one notice
for two messages, or two for one, do no harm. All calls belong on the event loop's own thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from handlers.messages import Address


def conversation_key(address: Address) -> str:
    """The key under which the conversation of this address is subscribed to and notified."""
    return f"{address.channel}:{address.user}"


class Notice(asyncio.Event):
    """Set when there may be something new. Once ended it stays set, and its reader should stop."""

    ended = False

    def end(self) -> None:
        self.ended = True
        self.set()


class Live:
    """The notices of this process, by key."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Notice]] = {}
        self.closed = False

    @contextmanager
    def subscribe(self, key: str, *, at_most: int | None = None) -> Iterator[Notice]:
        """Wait for `key`. Beyond `at_most` readers of one key the oldest are ended; after `close` every new one is."""
        notice = Notice()
        readers = self._waiting.setdefault(key, [])
        readers.append(notice)
        if at_most is not None:
            for oldest in readers[:-at_most]:
                oldest.end()
        if self.closed:
            notice.end()
        try:
            yield notice
        finally:
            readers.remove(notice)
            if not readers:
                del self._waiting[key]

    @property
    def watched(self) -> bool:
        """Whether anybody waits for anything."""
        return bool(self._waiting)

    def notify(self, key: str) -> None:
        """There may be something new under `key`."""
        for notice in self._waiting.get(key, ()):
            notice.set()

    def close(self) -> None:
        """End all readers at once. Belongs in `on_shutdown`: an open stream would hold up the server's shutdown."""
        self.closed = True
        for readers in self._waiting.values():
            for notice in readers:
                notice.end()
