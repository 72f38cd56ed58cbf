"""A channel that keeps what it is given: a second implementation of `bot.channels.channel.Channel`, without network."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.channels.channel import MediaRefusedError, Pace
from handlers import messages
from handlers.parcels import Absent, Found, Outcome, Parcel, Sent

FAST = Pace(per_second=100_000, per_chat=0)


@dataclass
class FakeChannel:
    name: messages.Channel = "whatsapp"
    pace: Pace = FAST
    answers: dict[int, list[Outcome]] = field(default_factory=lambda: defaultdict(list))  # by position, first first
    found: Found = field(default_factory=Absent)
    sent: list[Parcel] = field(default_factory=list)
    looked_up: list[Parcel] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    holding: asyncio.Event | None = None  # while set up, nothing is answered until it is set
    most_at_once: int = 0
    _now: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, parcel: Parcel) -> Outcome:
        self.sent.append(parcel)
        self.at.append(asyncio.get_running_loop().time())
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        async with self._arrived:
            self._arrived.notify_all()
        try:
            if self.holding:
                await self.holding.wait()
        finally:
            self._now -= 1
        queued = self.answers[parcel.position]
        return queued.pop(0) if queued else Sent(f"SM{parcel.id}-{len(self.sent)}")

    async def look_up(self, parcel: Parcel, known: frozenset[str]) -> Found:
        self.looked_up.append(parcel)
        return self.found

    async def fetch(self, source: str) -> AsyncIterator[bytes]:
        raise MediaRefusedError("a fake has no files")
        yield b""

    async def has_sent(self, count: int, seconds: float = 10.0) -> list[Parcel]:
        """Waits until so many were sent."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= count)
        return self.sent
