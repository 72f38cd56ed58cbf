"""The clock: what happens because time has passed, and nobody has done anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot.logs import where
from bot.writer import Writer
from handlers import case_answers, deadlines, handover, publishing
from handlers.office import Office
from storage.database import DatabaseUnavailableError

log = structlog.get_logger()

EVERY = 15.0  # seconds


class Scheduler:
    """Looks every few seconds. A round that fails is logged, and the next one tries again."""

    def __init__(
        self,
        office: Office,
        writer: Writer,
        changed: Callable[[Sequence[int]], None],
        *,
        every: float = EVERY,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """changed: called with the conversations in which something was done. leads: whether the clock is ours now."""
        self._office = office
        self._writer = writer
        self._changed = changed
        self._every = every
        self._leads = leads

    async def run(self) -> None:
        while True:
            try:
                if self._leads():
                    await self.once()
            except DatabaseUnavailableError as error:
                log.warning("the clock's work waits for the database", error=where(error))
            except Exception as error:
                log.exception("the clock's work failed", error=type(error).__name__)  # ended, it would stand still
            await asyncio.sleep(self._every)

    async def once(self) -> None:
        """All that is due now, batch by batch."""
        while ids := await self._writer.run(handover.give_back_quiet, self._office):
            self._changed(ids)
        await self._writer.run(case_answers.note_deliveries, self._office)
        await self._writer.run(deadlines.remind, self._office)
        await self._writer.run(publishing.publish_due, self._office)
