"""The door for messages of the channels: kept in the database, or, while that is away, on the disk.

Telegram sends again what was not acknowledged, so it is told to. Twilio does not, so its messages are spooled and
acknowledged; they go into the database, in their order, when it is back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.channel import NotKeptError
from bot.intake import PROBE, Intake, IntakeStoppedError
from bot.metrics import Metrics
from bot.spool import Spool, Spooled
from handlers.inbound import Decision
from handlers.messages import Inbound
from storage.database import DatabaseUnavailableError

PATIENCE = 4.0  # seconds that a provider waits for the database; Twilio waits 15 in all
_AT_ONCE = 200  # spooled messages taken in side by side
_STUCK = 60.0  # seconds until a spooled message that the database refused is tried again

log = structlog.get_logger()

_Away = (DatabaseUnavailableError, IntakeStoppedError, TimeoutError)


class Reception:
    """One per process. Start `run` as a task: it empties the spool."""

    def __init__(self, intake: Intake, spool: Spool, metrics: Metrics) -> None:
        self._intake = intake
        self._spool = spool
        self._metrics = metrics
        self._stuck: dict[str, float] = {}  # by file: when it is tried again
        self._news = asyncio.Event()

    @property
    def spooled(self) -> int:
        """Messages on the disk that are not in the database yet."""
        return len(self._spool)

    async def keep(self, inbound: Inbound) -> Decision | None:
        """Keeps a message of a provider that sends it again otherwise. None: it waits in the spool.

        Raises NotKeptError when the database is away.
        """
        if self._intake.away:
            self._refuse(inbound)
            raise NotKeptError("the database is away")
        if self._spool.holds(inbound.address):  # an earlier one that the database refused: the order stays
            await self._put(inbound)
            return None
        try:
            return await self._take(inbound)
        except _Away as error:
            self._refuse(inbound)
            raise NotKeptError(type(error).__name__) from error
        except SQLAlchemyError as error:  # refused, not away: it would be refused each time, and block its chat
            log.error("message refused by the database", channel=inbound.address.channel, error=type(error).__name__)
            await self._put(inbound)
            return None

    async def keep_at_once(self, inbound: Inbound) -> Decision | None:
        """Keeps a message that nobody sends again. None: it waits in the spool. Raises NotKeptError: not even there."""
        if not self._intake.away and not self._spool.holds(inbound.address):
            try:
                return await self._take(inbound)
            except Exception as error:  # whatever it is: nobody sends this message again
                log.error("message spooled", channel=inbound.address.channel, error=type(error).__name__)
        await self._put(inbound)
        return None

    async def _take(self, inbound: Inbound) -> Decision:
        started = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            decision = await self._intake.take(inbound)
        self._metrics.acknowledged(inbound.address.channel, time.perf_counter() - started)
        return decision

    def _refuse(self, inbound: Inbound) -> None:
        self._metrics.refused(inbound.address.channel)
        self._news.set()  # somebody looks whether the database is back

    async def _put(self, inbound: Inbound) -> None:
        try:
            await asyncio.to_thread(self._spool.put, inbound)
        except OSError as error:
            self._metrics.refused(inbound.address.channel)
            log.error("message lost", channel=inbound.address.channel, error=type(error).__name__)
            raise NotKeptError(f"neither database nor disk: {error.strerror}") from error
        self._metrics.spooled(inbound.address.channel)
        self._news.set()

    async def run(self) -> None:
        """Empties the spool whenever the database is there."""
        if self.spooled:
            log.info("spool found", messages=self.spooled)
        while True:
            if not (self.spooled or self._intake.away):
                await self._news.wait()
            self._news.clear()
            try:
                if await self._intake.recovered(messages_wait=bool(self.spooled)) and self.spooled:
                    await self._drain()
            except (OSError, SQLAlchemyError) as error:
                log.error("spool not emptied", error=type(error).__name__)
            await asyncio.sleep(PROBE)

    async def _drain(self) -> None:
        now = asyncio.get_running_loop().time()
        waiting = await asyncio.to_thread(self._spool.waiting)
        due = [spooled for spooled in waiting if self._stuck.get(spooled.path.name, 0.0) <= now]
        for at in range(0, len(due), _AT_ONCE):
            if not await self._take_in(due[at : at + _AT_ONCE], now):
                return
        if due:
            log.info("spool taken in", messages=len(due), left=self.spooled)

    async def _take_in(self, some: Sequence[Spooled], now: float) -> bool:
        """False: the database is away again."""
        taken = await asyncio.gather(*(self._intake.take(each.inbound) for each in some), return_exceptions=True)
        for spooled, result in zip(some, taken, strict=True):
            if isinstance(result, Decision):
                self._spool.remove(spooled)
                self._stuck.pop(spooled.path.name, None)
            elif not isinstance(result, _Away):
                self._stuck[spooled.path.name] = now + _STUCK
                log.error("spooled message refused", file=spooled.path.name, error=type(result).__name__)
        return not any(isinstance(result, _Away) for result in taken)
