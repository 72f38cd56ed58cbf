"""A channel by itself, without the program around it: who takes its messages in, and a server that answers anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.channels.channel import NotKeptError
from bot.channels.telegram import Telegram
from bot.channels.telegram_api import make_bot
from handlers.messages import Inbound
from handlers.office import now
from tests.peers.faults import Watch
from tests.peers.telegram import TOKEN


class Desk:
    """Keeps every message once, as the inbox does, unless it is away or stumbles over what it says."""

    def __init__(self) -> None:
        self.kept: dict[str, Inbound] = {}
        self.tries: list[str] = []  # what each message said that was brought
        self.away = False
        self.stumbles_over: set[str] = set()
        self.watch = Watch()

    async def __call__(self, inbound: Inbound) -> None:
        self.tries.append(inbound.text)
        self.watch.changed()
        if self.away:
            raise NotKeptError("away")
        if inbound.text in self.stumbles_over:
            raise RuntimeError("a defect that quotes " + inbound.text)
        self.kept.setdefault(inbound.external_id, inbound)
        self.watch.changed()

    @property
    def said(self) -> list[str]:
        return [inbound.text for inbound in self.kept.values()]

    async def has(self, *texts: str, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - says what did not come
        await self.watch.until(lambda: self.said == list(texts), timeout, otherwise=lambda: f"there were {self.said}")

    async def tried(self, count: int) -> None:
        await self.watch.until(lambda: len(self.tries) >= count, 10.0)


@asynccontextmanager
async def telegram_at(root: str, whole: float = 20.0, folder: Path = Path("nowhere")) -> AsyncIterator[Telegram]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        bot = make_bot(session, TOKEN, root, whole=whole)
        channel = Telegram(bot, session, file_root=f"{root}/file/bot{TOKEN}", folder=folder, now=now)
        yield channel
        await channel.close()


@asynccontextmanager
async def answering(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """The root of a server that says this to everything."""

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(status=status, body=body, headers=headers)

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
