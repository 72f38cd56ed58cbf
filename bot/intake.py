"""Takes messages in: one queue, one writer thread, one transaction for all that is waiting.

When it is quiet a message is a batch of its own; under load many share a commit, so throughput grows when it is needed.
`take` returns when the message is durably kept, never before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import memory
from bot.writer import Writer
from handlers.inbound import PATIENCE, Decision, decide_due, due, give_up_due, put_off, receive
from handlers.messages import Address, Inbound
from handlers.office import Office
from storage import inbox, versions
from storage.database import DatabaseUnavailableError, is_away

BATCH = 256  # messages in one transaction at most
CROWD = 4  # messages in a batch from which on they are all that is worked on
GATHER = 0.003  # seconds in which the next crowd comes together, so that it shares a commit; sooner if it is as large
QUEUE = 5_000  # messages that may wait for the writer; beyond that the database counts as away
PROBE = 0.5  # seconds between looks whether the database is back
_SOONEST = 0.05  # seconds between looks for thoughts whose patience has ended

log = structlog.get_logger()


class _Waiting(NamedTuple):
    inbound: Inbound
    future: asyncio.Future[Decision]


class IntakeStoppedError(RuntimeError):
    """A message came after the stop. It was not kept."""


class Intake:
    """One per process. Start `run` as a task; cancel it to stop: what was taken is finished first."""

    def __init__(
        self,
        office: Office,
        writer: Writer,
        told: Callable[[Sequence[Decision]], None],
        measured: Callable[[int, float], None] = lambda _messages, _seconds: None,
    ) -> None:
        """Both are called on the event loop, once a batch is on the disk: with its decisions, and with its measure."""
        self._office = office
        self._writer = writer
        self._told = told
        self._measured = measured
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._stopped = False
        self._away = False
        self._said_away = False  # the log says so
        self._crowd = 0  # messages in the last batch, if it was a crowd: the next is likely to be one
        self._gathered = asyncio.Event()  # as many wait again
        self._look_at: float | None = 0.0  # when a fragment's patience may end; at first, those left by another process
        self.ready = False  # the knowledge is read and messages are decided

    @property
    def away(self) -> bool:
        """Whether the database did not answer last time, or is too slow for what comes."""
        return self._away or self._queue.qsize() >= QUEUE

    async def take(self, inbound: Inbound) -> Decision:
        """Keeps and decides a message. Raises IntakeStoppedError, or what the database raised when it was not kept."""
        if self._stopped:
            raise IntakeStoppedError("The intake has stopped; the message was not kept.")
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Waiting(inbound, future))
        if self._queue.qsize() == self._crowd:
            self._gathered.set()
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
            self.ready = False
            if deciding:
                await deciding
            while not self._queue.empty():
                await self._decide(self._waiting_now([]))

    def look(self) -> None:
        """Another process took a message: should that process die, what waits for the rest of its thought is ours."""
        self._wake_in(2 * PATIENCE.total_seconds())

    async def recovered(self, *, messages_wait: bool) -> bool:
        """Looks whether the database is back, when it was away.

        messages_wait: they are taken in next, and what becomes of them says more. On a full disk PostgreSQL still has
        room for what is tried here.
        """
        if self._away:
            try:
                await self._writer.run(self._touch)
            except (DatabaseUnavailableError, SQLAlchemyError):
                return False
            self._away = False
            if not messages_wait:
                self._say_back()
        return True

    def _say_back(self) -> None:
        if self._said_away:
            self._said_away = False
            log.info("database is back")

    def _touch(self) -> None:
        """A real commit: on a full disk SQLite fails in it as it would in the next message."""
        with self._office.database.transaction() as tx:
            versions.bump(tx, versions.PROBE)

    async def _prepare(self) -> None:
        """Build the knowledge, a second's work: the page is served meanwhile, the first message waits for it."""
        try:
            await self._writer.run(self._read_knowledge)
        except Exception as error:
            log.exception("knowledge not read", error=type(error).__name__)  # each message tries again
        memory.settle()
        self.ready = True

    def _read_knowledge(self) -> None:
        with self._office.database.reader() as conn:
            self._office.library.current(conn)

    async def _next_batch(self) -> list[_Waiting]:
        if self._queue.qsize() < self._crowd:
            self._gathered.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER):
                    await self._gathered.wait()
        if not self._queue.empty():
            return self._waiting_now([])
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._look_at):
                return self._waiting_now([await self._queue.get()])
        return []

    def _waiting_now(self, batch: list[_Waiting]) -> list[_Waiting]:
        while len(batch) < BATCH and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _decide(self, batch: list[_Waiting]) -> None:
        try:
            if batch:
                await self._decide_batch(batch)
            if self._look_at is not None and self._look_at <= asyncio.get_running_loop().time():
                await self._decide_due()
        except Exception as error:
            if not isinstance(error, DatabaseUnavailableError):
                log.exception("batch failed", messages=len(batch), error=type(error).__name__)
            elif not self._said_away:
                self._said_away = True
                log.error("database is away", why=str(error))  # its words are for the operator, and quote no row
            self._away = isinstance(error, DatabaseUnavailableError)
            self._wake_in(PROBE)
            await self._one_conversation_at_a_time(batch, error)

    async def _decide_batch(self, batch: list[_Waiting]) -> None:
        started = time.perf_counter()
        self._crowd = len(batch) if len(batch) >= CROWD else 0
        run = self._writer.run_for_a_crowd if self._crowd else self._writer.run
        decisions = await run(receive, self._office, [each.inbound for each in batch])
        for each, decision in zip(batch, decisions, strict=True):
            _settle(each.future, decision)
        self._away = False
        self._say_back()
        if any(not decision.decided for decision in decisions):
            self._wake_in(PATIENCE.total_seconds())
        self._measured(len(batch), time.perf_counter() - started)
        self._told(decisions)

    async def _decide_due(self) -> None:
        self._look_at = None
        decisions, wait = await self._writer.run(_due, self._office)
        if wait is not None:
            self._wake_in(wait)
        if decisions:
            self._told(decisions)

    def _wake_in(self, seconds: float) -> None:
        at = asyncio.get_running_loop().time() + seconds
        self._look_at = at if self._look_at is None else min(at, self._look_at)

    async def _one_conversation_at_a_time(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """A write that fails costs only its own conversation: the others are done again without it."""
        by_conversation = sorted(batch, key=lambda each: (each.inbound.address.channel, each.inbound.address.user))
        groups = [list(group) for _, group in groupby(by_conversation, key=attrgetter("inbound.address"))]
        if self._away or len(batch) <= 1:
            for each in batch:
                _settle(each.future, error)
            return
        for group in groups if len(groups) > 1 else [[each] for each in batch]:
            await self._decide(group)


def _due(office: Office) -> tuple[list[Decision], float | None]:
    """Decides what is due; how many seconds until more will be, if anything still waits.

    All of it in one transaction. If that fails, one for each conversation, so that it holds up no other.
    """
    soonest = _SOONEST
    try:
        decisions = decide_due(office)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("thoughts failed", error=type(error).__name__)
        decisions = [decision for address in due(office) for decision in _due_of(office, address)]
        soonest = PROBE
    with office.database.reader() as conn:
        at = inbox.next_due(conn)
    return decisions, max(soonest, (at - office.clock()).total_seconds()) if at else None


def _due_of(office: Office, address: Address) -> list[Decision]:
    """Decided; or else given up; or else, if not even that can be written, tried again later."""
    for do in (decide_due, give_up_due, put_off):
        try:
            return do(office, address)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("thought failed", channel=address.channel, error=type(error).__name__)
    return []


def _settle(future: asyncio.Future[Decision], result: Decision | Exception) -> None:
    if future.done():  # who waited is gone; the message is kept all the same
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
