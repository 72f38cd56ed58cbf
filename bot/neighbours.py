"""The other processes on the same PostgreSQL: they are told what changed here, and what they changed is heard.

SQLite has one process, which leads and tells nobody. A notice is sent after the commit that it is about. Should a
process die in between, a look at what changed lately finds it: no page waits for longer than that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import timedelta

import structlog

from bot.logs import where
from handlers.office import Office
from storage import conversations, notices
from storage.database import DatabaseUnavailableError
from storage.notices import Line

GATHER = 0.03  # seconds in which changes come together in one notice
OFTEN = 0.2  # seconds between notices at least: each is a transaction here, and work for all that hear it
LISTEN = 1.0  # seconds to wait for a notice, and at most between looks whether the clock has become free
LOOK = 5.0  # seconds between looks at what changed lately, and how many serve
LATELY = timedelta(seconds=20)
AGAIN = 1.0  # seconds from a cut line to the next try

log = structlog.get_logger()


class Neighbours:
    """One per process. Start `run` as a task. `line` is None on SQLite."""

    def __init__(self, office: Office, line: Line | None, heard: Callable[[Collection[int]], None]) -> None:
        """heard: called on the event loop with conversations that somebody else changed."""
        self._office = office
        self._line = line
        self._heard = heard
        self._untold: set[int] = set()
        self._news = asyncio.Event()
        self._seen: Mapping[int, int] = {}  # versions of what changed lately

    @property
    def leads(self) -> bool:
        """Whether this process runs the clock."""
        return self._line is None or self._line.leads

    @property
    def serving(self) -> int:
        """How many processes serve, this one too; counted every few seconds."""
        return 1 if self._line is None else self._line.serving

    def tell(self, conversation_ids: Collection[int]) -> None:
        if self._line is not None and conversation_ids:
            self._untold.update(conversation_ids)
            self._news.set()

    async def run(self) -> None:
        if self._line is None:
            return
        try:
            await asyncio.gather(self._listen(self._line), self._speak(self._line))
        finally:
            self._line.close()

    async def _speak(self, line: Line) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER)
            self._news.clear()
            ids, self._untold = self._untold, set()
            with suppress(DatabaseUnavailableError):  # those who listen are cut off too, and look when they are back
                await asyncio.to_thread(_tell, self._office, line.process, ids)
            await asyncio.sleep(OFTEN - GATHER)

    async def _listen(self, line: Line) -> None:
        connected = True
        looked_at = time.monotonic()
        while True:
            try:
                if not connected:
                    await asyncio.to_thread(line.connect)
                    connected = True
                    log.info("line to the other processes is back")
                await asyncio.to_thread(line.take_clock)
                if ids := await asyncio.to_thread(line.heard, LISTEN):
                    self._heard(ids)
                if time.monotonic() - looked_at >= LOOK:  # under load there is always a notice: it counts no looks
                    await asyncio.to_thread(line.count)
                    await self._look()
                    looked_at = time.monotonic()
            except DatabaseUnavailableError as error:
                if connected:
                    log.warning("line to the other processes is cut", error=where(error))
                connected = False
                looked_at = 0.0
                await asyncio.sleep(AGAIN)

    async def _look(self) -> None:
        """What changed lately and was not seen: whoever changed it could not tell."""
        found = await asyncio.to_thread(_changed_lately, self._office)
        if ids := [id_ for id_, version in found.items() if self._seen.get(id_) != version]:
            self._heard(ids)
        self._seen = found


def _tell(office: Office, process: int, ids: Collection[int]) -> None:
    with office.database.transaction() as tx:
        notices.tell(tx, process, ids)


def _changed_lately(office: Office) -> dict[int, int]:
    with office.database.reader() as conn:
        return conversations.changed_since(conn, office.clock() - LATELY)
