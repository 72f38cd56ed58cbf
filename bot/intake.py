"""Takes messages in: one queue, one writer thread, one transaction for all that is waiting.

When it is quiet a message is a batch of its own; under load many share a commit, so throughput grows when it is needed.
`take` returns when the message is durably kept, never before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from operator import attrgetter

import structlog

from bot.live import Live, conversation_key
from handlers.inbound import Decision, decide_due, receive
from handlers.messages import Address, Inbound
from handlers.office import Office

BATCH = 256  # messages in one transaction at most
SWEEP = 0.5  # seconds between looks for thoughts whose patience has ended

log = structlog.get_logger()

_Waiting = tuple[Inbound, "asyncio.Future[Decision]"]


class IntakeStoppedError(RuntimeError):
    """A message came after the stop. It was not kept."""


class Intake:
    """One per process. Start `run` as a task; cancel it to stop: what was taken is finished first."""

    def __init__(self, office: Office, live: Live) -> None:
        self._office = office
        self._live = live
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._writer = ThreadPoolExecutor(1, "writer")
        self._stopped = False

    async def take(self, inbound: Inbound) -> Decision:
        """Keeps and decides a message. Raises IntakeStoppedError, or what the database raised when it was not kept."""
        if self._stopped:
            raise IntakeStoppedError("The intake has stopped; the message was not kept.")
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((inbound, future))
        return await future

    async def run(self) -> None:
        deciding: asyncio.Task[None] | None = None
        try:
            await self._prepare()
            while True:
                deciding = asyncio.create_task(self._decide(await self._next_batch()))
                await asyncio.shield(deciding)  # a stop does not part a batch from those who wait for it
        finally:
            self._stopped = True
            if deciding:
                await deciding
            while not self._queue.empty():
                await self._decide(self._waiting_now([]))
            self._writer.shutdown()

    async def _prepare(self) -> None:
        """Build the knowledge, a second's work: the page is served meanwhile, the first message waits for it."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._read_knowledge)
        except Exception as error:
            log.exception("knowledge not read", error=type(error).__name__)  # each message tries again

    def _read_knowledge(self) -> None:
        with self._office.database.reader() as conn:
            self._office.library.current(conn)

    async def _next_batch(self) -> list[_Waiting]:
        with suppress(TimeoutError):
            async with asyncio.timeout(SWEEP):
                return self._waiting_now([await self._queue.get()])
        return []

    def _waiting_now(self, batch: list[_Waiting]) -> list[_Waiting]:
        while len(batch) < BATCH and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _decide(self, batch: list[_Waiting]) -> None:
        try:
            if batch:
                decisions = await self._in_writer([inbound for inbound, _ in batch])
                for (_, future), decision in zip(batch, decisions, strict=True):
                    _settle(future, decision)
            else:
                decisions = await asyncio.get_running_loop().run_in_executor(self._writer, decide_due, self._office)
            for address in {decision.inbound.address for decision in decisions if decision.decided}:
                self._notify(address)
        except Exception as error:
            log.exception("batch failed", messages=len(batch), error=type(error).__name__)
            await self._one_conversation_at_a_time(batch, error)

    async def _one_conversation_at_a_time(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """A write that fails costs only its own conversation: the others are done again without it."""
        by_conversation = sorted(batch, key=lambda pair: (pair[0].address.channel, pair[0].address.user))
        groups = [list(group) for _, group in groupby(by_conversation, key=lambda pair: attrgetter("address")(pair[0]))]
        if len(groups) <= 1:
            for _, future in batch:
                _settle(future, error)
            return
        for group in groups:
            await self._decide(group)

    async def _in_writer(self, messages: list[Inbound]) -> list[Decision]:
        return await asyncio.get_running_loop().run_in_executor(self._writer, receive, self._office, messages)

    def _notify(self, address: Address) -> None:
        self._live.notify(conversation_key(address))


def _settle(future: asyncio.Future[Decision], result: Decision | Exception) -> None:
    if future.done():  # who waited is gone; the message is kept all the same
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
