"""`/health` and `/metrics`, for whoever watches PASTI run. They tell nothing of citizens, and are not for the public.

A proxy keeps them to itself; the README shows how.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.metrics import Metrics
from storage import versions
from storage.database import Database, DatabaseUnavailableError

PATIENCE = 2.0  # seconds in which each check must have answered

Check = Callable[[], Awaitable[bool]]


def add_routes(app: web.Application, checks: Mapping[str, Check], metrics: Metrics) -> None:
    """checks: by the name under which they are said to be lacking. One that is late, or without its database, is."""
    asked = {name: _Asked(check) for name, check in checks.items()}

    async def health(_: web.Request) -> web.Response:
        answers = await asyncio.gather(*(each.answer() for each in asked.values()))
        lacks = [name for name, there in zip(asked, answers, strict=True) if not there]
        body = {"status": "not ready", "lacks": lacks} if lacks else {"status": "ok", "version": version("pasti")}
        return web.json_response(body, status=503 if lacks else 200, headers=_FRESH)

    async def scrape(_: web.Request) -> web.Response:
        body = await asyncio.to_thread(metrics.render)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST, **_FRESH})

    app.router.add_get("/health", health)  # and HEAD with it
    app.router.add_get("/metrics", scrape)


def database_answers(database: Database) -> Check:
    """Whether it can be read. A look at its versions, which every batch of messages reads too."""

    def read() -> bool:
        with database.reader() as conn:
            versions.every(conn)
        return True

    async def check() -> bool:
        return await asyncio.to_thread(read)

    return check


_FRESH = {"Cache-Control": "no-store"}


class _Asked:
    """A check that is not asked again before it has answered: a thread that hangs stays the only one."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._asking: asyncio.Task[bool] | None = None

    async def answer(self) -> bool:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(self._asking)
        except TimeoutError:
            return False

    async def _ask(self) -> bool:
        try:
            return await self._check()
        except (DatabaseUnavailableError, TimeoutError):
            return False
