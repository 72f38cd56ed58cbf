"""What can go wrong at a provider, and how a test waits for what a provider has seen.

A fault is queued for the next calls of a method, and may be meant for one recipient only:
`peer.fault("sendMessage", AcceptThenHang(), times=3, chat_id=None)`. Faults of one place follow each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 5.0  # seconds that a test waits for what must come


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """429 with the seconds to wait: in the body (Telegram) or as Retry-After (Twilio)."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """500 in the provider's own form. With `accepted` it was carried out all the same."""

    accepted: bool = False


@dataclass(frozen=True, slots=True)
class BadGateway:
    """502 with the HTML of a proxy. With `accepted` it was carried out all the same."""

    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A final no, in the provider's own form. `code` is Twilio's number of the error."""

    status: int = 400
    description: str = "Bad Request: chat not found"
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Hang:
    """Reads and never answers."""


@dataclass(frozen=True, slots=True)
class AcceptThenHang:
    """Carries it out and never says so."""


@dataclass(frozen=True, slots=True)
class AcceptThenCut:
    """Carries it out and cuts the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Cuts the connection before anything of the body was read."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """200 with a body that is no answer. With `accepted` it was carried out all the same."""

    body: bytes = b"\x1f\x8b<<< not an answer"
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """Carries it out at once and answers only after so many seconds."""

    seconds: float


Fault = (
    TooManyRequests | ServerError | BadGateway | Refusal | Hang | AcceptThenHang | AcceptThenCut | Cut | Garbage | Slow
)


@dataclass(slots=True)
class Planned:
    """A fault that lies in wait. `left` says how many calls it will still hit, None every one."""

    fault: Fault
    method: str | None
    recipient: Hashable | None
    left: int | None


class FaultPlan:
    """The faults in wait, in the order in which they were planned."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def __bool__(self) -> bool:
        return bool(self._planned)

    def add(self, method: str | None, fault: Fault, times: int | None, recipient: Hashable | None) -> Planned:
        planned = Planned(fault, method, recipient, times)
        self._planned.append(planned)
        return planned

    def clear(self) -> None:
        self._planned.clear()

    def take_cut(self, method: str) -> bool:
        """Whether this call is cut before its body is read; only possible when the recipient does not matter."""
        for planned in self._planned:
            if planned.method in {None, method} and planned.recipient is None:
                if isinstance(planned.fault, Cut):
                    self._use(planned)
                    return True
                return False
        return False

    def take(self, method: str, recipient: Hashable | None) -> Fault | None:
        for planned in self._planned:
            if planned.method in {None, method} and planned.recipient in {None, recipient}:
                self._use(planned)
                return planned.fault
        return None

    def _use(self, planned: Planned) -> None:
        if planned.left is not None:
            planned.left -= 1
            if planned.left <= 0:
                self._planned.remove(planned)


class Watch:
    """Wakes who waits for a change. A waiter with a key is woken by changes of that key only, so that thousands can
    wait at once; one without by all."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, set[asyncio.Future[None]]] = {}

    def changed(self, *keys: Hashable) -> None:
        if self._waiting:
            for key in (None, *keys):
                for waiter in self._waiting.pop(key, ()):
                    if not waiter.done():
                        waiter.set_result(None)

    async def until(
        self,
        find: Callable[[], Found | None],
        timeout: float = PATIENCE,  # noqa: ASYNC109  # what is waited for is named when it does not come
        *,
        key: Hashable = None,
        otherwise: Callable[[], str] = lambda: "what was waited for did not come",
    ) -> Found:
        """What `find` finds, as soon as it finds something that is true."""
        found = find()
        if found:
            return found
        try:
            async with asyncio.timeout(timeout):
                while not found:
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    waiters = self._waiting.setdefault(key, set())
                    waiters.add(waiter)
                    try:
                        await waiter
                    finally:
                        waiters.discard(waiter)
                    found = find()
        except TimeoutError:
            raise TimeoutError(f"After {timeout} s: {otherwise()}") from None
        assert found
        return found
