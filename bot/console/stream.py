"""The live line of the console: server-sent events that name conversations which have changed.

A conversation that an officer may not see is never named (SPEC 2.4). One that has just become confidential is named
once more, as gone, to those whom it was open to until then, so that it leaves their screens.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from contextlib import suppress

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.feed import Changes
from bot.console.guard import session_token, signed_in
from bot.console.inbox import reader_of
from handlers import accounts
from handlers.access import Actor
from storage import inbox_view

PING_SECONDS = 15
GATHER_SECONDS = 0.05  # a burst of changes is told at once
REMEMBERED = 1_000  # conversations that a page may have on its screen
_PING = b"event: ping\ndata:\n\n"
_RECONNECT = b"retry: 1000\n\n"  # milliseconds


class Stream:
    def __init__(self, console: Console) -> None:
        self._console = console

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Ends with the session, and with the program."""
        who, token = signed_in(request).actor, session_token(request)
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
                "X-Content-Type-Options": "nosniff",
            }
        )
        with suppress(ConnectionResetError), self._console.feed.subscribe() as changes:
            await response.prepare(request)
            await response.write(_RECONNECT + _PING)
            told = await asyncio.to_thread(self._newest, who)
            asked_at = time.monotonic()
            while not changes.ended:
                if await self._changed(changes, asked_at + PING_SECONDS):
                    await self._tell(response, who, changes.take(), told)
                    await asyncio.sleep(GATHER_SECONDS)
                if time.monotonic() < asked_at + PING_SECONDS:
                    continue
                asked_at = time.monotonic()
                if not await asyncio.to_thread(self._still_signed_in, token):
                    await response.write(b"event: signed-out\ndata:\n\n")
                    break
                await response.write(_PING)
        return response

    async def _changed(self, changes: Changes, until: float) -> bool:
        """Whether something has; False when the session has to be asked for again."""
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                await changes.wait()
        except TimeoutError:
            return False
        return True

    async def _tell(self, response: web.StreamResponse, who: Actor, ids: frozenset[int], told: set[int]) -> None:
        visible = await asyncio.to_thread(self._visible, who, ids)
        gone = (ids - visible) & told
        told |= visible
        told -= gone
        for name, found in (("changed", visible), ("gone", gone)):
            if found:  # as text: JavaScript would round a number of 64 bits
                data = json.dumps([str(id_) for id_ in sorted(found)])
                await response.write(f"event: {name}\ndata: {data}\n\n".encode())

    def _visible(self, who: Actor, ids: Iterable[int]) -> set[int]:
        with self._console.office.database.reader() as conn:
            return set(inbox_view.visible_ids(conn, reader_of(who), list(ids)))

    def _newest(self, who: Actor) -> set[int]:
        with self._console.office.database.reader() as conn:
            return set(inbox_view.newest_ids(conn, reader_of(who), REMEMBERED))

    def _still_signed_in(self, token: str) -> bool:
        with self._console.office.database.reader() as conn:
            return accounts.session_of(conn, self._console.office, token) is not None


def routes(console: Console) -> list[Route]:
    return [Route("GET", "/petugas/aliran", Stream(console).follow, "conversations.read")]
