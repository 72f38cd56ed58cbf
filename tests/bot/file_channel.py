"""A channel whose citizens send files, good and bad: what `fetch` gives is written down beforehand, piece by piece."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from bot.channels.channel import MediaRefusedError
from bot.writer import Writer
from tests.bot.fake_channel import FakeChannel

P = ParamSpec("P")
T = TypeVar("T")

Piece = bytes | Exception | asyncio.Event


@dataclass
class FileChannel(FakeChannel):
    """Each piece of a file is given, raised, or waited for."""

    files: dict[str, Iterable[Piece]] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)  # bytes, by source
    begun: list[str] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)  # something is waited for
    at_once: int = 0
    most_files_at_once: int = 0

    async def fetch(self, source: str) -> AsyncIterator[bytes]:
        self.begun.append(source)
        self.at_once += 1
        self.most_files_at_once = max(self.most_files_at_once, self.at_once)
        try:
            if source not in self.files:
                raise MediaRefusedError("gone")
            for piece in self.files[source]:
                match piece:
                    case bytes():
                        self.given[source] += len(piece)
                        yield piece
                    case asyncio.Event():
                        self.waiting.set()
                        await piece.wait()
                    case _:
                        raise piece
        finally:
            self.at_once -= 1


class WatchedWriter(Writer):
    """Tells when something was written, so that a test need not guess."""

    def __init__(self) -> None:
        super().__init__()
        self.written: Counter[str] = Counter()
        self._news = asyncio.Condition()

    async def run(self, work, *args, **kwargs):  # type: ignore[no-untyped-def]
        try:
            return await super().run(work, *args, **kwargs)
        finally:
            self.written[work.__name__] += 1
            async with self._news:
                self._news.notify_all()

    async def has(self, count: int, *works: str, seconds: float = 20.0) -> None:
        """Waits until so many of these were written."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: sum(self.written[work] for work in works) >= count)
