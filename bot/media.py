"""Fetches the files that citizens send, in the background: from their provider to the disk, then into the database.

A crash anywhere leaves the row `wanted`, and the file is fetched again; the same content lands in the same place.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from errno import errorcode
from pathlib import Path
from typing import cast

import structlog

from bot.channels.channel import Channel, MediaRefusedError, MediaTooLargeError, MediaUnavailableError
from bot.media_store import Incoming, remove_leftovers
from bot.media_types import recognise
from bot.pictures import is_picture
from bot.writer import Writer
from handlers import attachments, messages
from handlers.attachments import LARGEST, LEASE, KeptFile
from handlers.dialogue.texts import FileProblem
from handlers.office import Office
from handlers.office import now as machine_time
from storage.database import DatabaseUnavailableError
from storage.media import MediaRow

AT_ONCE = 3
SWEEP = 2.0  # seconds between looks for what is due again
IDLE = 60.0  # seconds without a byte
WHOLE = 480.0  # seconds for one file
assert LEASE.total_seconds() > WHOLE

log = structlog.get_logger()


class _NotAcceptedError(Exception):
    """A kind of file that is not kept."""


class MediaWorker:
    """One per process. Start `run` as a task; cancel it to stop: what is half fetched is fetched again next time.

    Args:
        folder: DATA_DIR.
        told: called with the conversation when something became of a file; the citizen may have been written to.
    """

    def __init__(
        self,
        office: Office,
        channels: Mapping[messages.Channel, Channel],
        folder: Path,
        writer: Writer,
        *,
        told: Callable[[int], None] = lambda _: None,
        idle: float = IDLE,
        whole: float = WHOLE,
    ) -> None:
        self._office = office
        self._channels = channels
        self._folder = folder
        self._writer = writer
        self._told = told
        self._idle, self._whole = idle, whole
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There is a file to be fetched."""
        self._news.set()

    async def run(self) -> None:
        await self._tidy_up()
        await self._resume()
        working: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._news.clear()
                working |= {asyncio.create_task(self._work(row)) for row in await self._lease(AT_ONCE - len(working))}
                working = await self._wait(working)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _tidy_up(self) -> None:
        try:
            removed = await asyncio.to_thread(remove_leftovers, self._folder, machine_time().timestamp())
        except OSError as error:
            log.error("leftovers not removed", error=_name(error))
        else:
            if removed:
                log.info("leftovers removed", files=removed)

    async def _resume(self) -> None:
        try:
            await self._writer.run(attachments.resumed, self._office)
        except DatabaseUnavailableError as error:
            log.warning("media not resumed", error=type(error).__name__)  # their leases end by themselves

    async def _lease(self, room: int) -> list[MediaRow]:
        try:
            return await self._writer.run(attachments.wanted, self._office, room) if room else []
        except DatabaseUnavailableError as error:
            log.debug("media not looked for", error=type(error).__name__)
            return []

    async def _wait(self, working: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Until a file is done, there is a new one, or it is time to look again. Returns those still at work."""
        news = asyncio.create_task(self._news.wait())
        try:
            await asyncio.wait({news, *working}, timeout=SWEEP, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        done = {task for task in working if task.done()}
        for task in done:
            if error := task.exception():  # leased as it is, it comes up again
                log.error("media worker failed", exc_info=error)
        if done:
            self._news.set()  # there is room again
        return working - done

    async def _work(self, row: MediaRow) -> None:
        try:
            await self._settle(row)
        except DatabaseUnavailableError as error:  # leased as it is, it comes up again
            log.warning("media not recorded", media_id=row.id, error=type(error).__name__)

    async def _settle(self, row: MediaRow) -> None:
        """Fetches a file and records what became of it."""
        try:
            file = await self._fetch(row)
        except MediaTooLargeError as error:
            await self._refuse(row, "too_large", str(error))
        except _NotAcceptedError:
            await self._refuse(row, "not_accepted", "not a kind of file that is kept")
        except MediaRefusedError as error:
            await self._refuse(row, "not_fetched", str(error))
        except MediaUnavailableError as error:
            await self._postpone(row, str(error))
        except OSError as error:  # the disk is full, or nothing more came in time
            await self._postpone(row, _name(error))
        else:
            await self._writer.run(attachments.kept, self._office, row.id, file)
            log.info("media kept", media_id=row.id, content_type=file.content_type, size=file.size)
            self._told(row.conversation_id)

    async def _refuse(self, row: MediaRow, problem: FileProblem, error: str) -> None:
        log.info("media refused", media_id=row.id, channel=row.channel, problem=problem)
        await self._writer.run(attachments.refused, self._office, row.id, problem, error)
        self._told(row.conversation_id)

    async def _postpone(self, row: MediaRow, error: str) -> None:
        log.warning("media postponed", media_id=row.id, channel=row.channel, attempts=row.attempts)
        await self._writer.run(attachments.postponed, self._office, row.id, error)
        self._told(row.conversation_id)

    async def _fetch(self, row: MediaRow) -> KeptFile:
        channel = self._channels.get(cast(messages.Channel, row.channel))
        if channel is None:
            raise MediaUnavailableError("the channel is off")
        incoming = await asyncio.to_thread(Incoming, self._folder, LARGEST[channel.name])
        try:
            await self._receive(channel, row.source, incoming)
            await asyncio.to_thread(incoming.flush)
            content_type = await asyncio.to_thread(recognise, incoming.path, row.content_type, row.name)
            if content_type is None:
                raise _NotAcceptedError
            picture = await asyncio.to_thread(is_picture, incoming.path, content_type)
            sha256 = await asyncio.to_thread(incoming.keep)
            return KeptFile(sha256, incoming.size, content_type, picture)
        finally:
            incoming.discard()

    async def _receive(self, channel: Channel, source: str, incoming: Incoming) -> None:
        """All bytes of a file, onto the disk. Raises TimeoutError when they do not come."""
        clock = asyncio.get_running_loop().time
        end = clock() + self._whole
        chunks = channel.fetch(source)
        try:
            async with asyncio.timeout_at(min(end, clock() + self._idle)) as patience:
                async for chunk in chunks:
                    await asyncio.to_thread(incoming.write, chunk)
                    patience.reschedule(min(end, clock() + self._idle))
        finally:
            if isinstance(chunks, AsyncGenerator):  # what is left unread keeps a connection open
                await chunks.aclose()


def _name(error: OSError) -> str:
    """ENOSPC, or the kind of error: never its words, which name a path."""
    return errorcode.get(error.errno or 0, type(error).__name__)
