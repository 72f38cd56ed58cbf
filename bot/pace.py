"""How fast may be sent: so many a second to all, so many seconds between two to one, and pauses a provider asks for."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.channel import Pace

_BURST = 0.2  # seconds' worth that may go at once after a rest: any second stays near the limit
_MOST_RESTING = 10_000  # conversations that are remembered
_SAME_TROUBLE = 5.0  # seconds within which a second chat that is told to wait means that all are


class Pacer:
    """The pace of one channel. Times are seconds of a clock that only goes forward."""

    def __init__(self, pace: Pace, now: float, sharers: Callable[[], int] = lambda: 1) -> None:
        """sharers: how many processes send at this pace together, this one too."""
        self._pace = pace
        self._sharers = sharers
        self._tokens = self._most
        self._counted_at = now
        self._paused_until = now
        self._last: dict[int, float] = {}  # by conversation: when it may be sent to again
        self._throttled: tuple[int, float] | None = None

    @property
    def _per_second(self) -> float:
        return self._pace.per_second / self._sharers()

    @property
    def _most(self) -> float:
        return max(1.0, self._per_second * _BURST)

    def room(self, now: float) -> int:
        """How many messages may go now."""
        if now < self._paused_until:
            return 0
        self._tokens = min(self._most, self._tokens + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        return int(self._tokens)

    def next_room(self, now: float) -> float:
        """When the next message may go."""
        if now < self._paused_until:
            return self._paused_until
        return now if self._tokens >= 1 else now + (1 - self._tokens) / self._per_second

    def wait_for(self, conversation: int, now: float) -> float:
        """When this conversation may be sent to; `now` when it may already."""
        return max(now, self._last.get(conversation, now))

    def spend(self, conversation: int, now: float) -> None:
        """A message goes out."""
        self._tokens -= 1
        if self._pace.per_chat:
            self._rest(conversation, now + self._pace.per_chat, now)

    def throttled(self, conversation: int, seconds: float, now: float) -> None:
        """The provider asked to wait: this chat does; all do when another one was told the same a moment ago."""
        before, self._throttled = self._throttled, (conversation, now)
        self._rest(conversation, now + seconds, now)
        if before and before[0] != conversation and now - before[1] < _SAME_TROUBLE:
            self._paused_until = max(self._paused_until, now + seconds)

    def _rest(self, conversation: int, until: float, now: float) -> None:
        self._last[conversation] = until
        if len(self._last) > _MOST_RESTING:
            self._last = {each: at for each, at in self._last.items() if at > now}
