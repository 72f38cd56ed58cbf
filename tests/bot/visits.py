"""Visitors of the web chat over HTTP, each a browser of its own: the fixture `visit` opens them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest_asyncio
from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.webchat import add_routes
from bot.webchat.limits import Limits, Rate
from bot.webchat.visitor import COOKIE
from tests.bot.fake_chat import FakeChat

WIDE = Limits(visitor=Rate(6000, 1000), address=Rate(6000, 1000))
Open = Callable[..., Awaitable["Visitor"]]


def message_id(number: int) -> str:
    return str(UUID(int=number))


@dataclass
class Visitor:
    """A browser of its own: a client with a cookie jar."""

    http: TestClient[web.Request, web.Application]
    said: int = 0

    async def say(self, text: str, **fields: object) -> ClientResponse:
        self.said += 1
        return await self.post({"id": message_id(self.said), "text": text, **fields})

    async def post(self, body: object, **headers: str) -> ClientResponse:
        return await self.http.post("/chat/messages", json=body, headers=headers)

    async def page(self) -> str:
        return await (await self.http.get("/")).text()

    @property
    def cookie(self) -> str:
        return self.http.session.cookie_jar.filter_cookies(self.http.make_url("/"))[COOKIE].value


@pytest_asyncio.fixture
async def visit(fake: FakeChat) -> AsyncIterator[Open]:
    """Opens visitors of one running chat; the first call says how the chat is set up."""
    servers: list[TestServer] = []
    clients: list[TestClient[web.Request, web.Application]] = []

    async def open_visitor(limits: Limits = WIDE, ping_seconds: float = 15) -> Visitor:
        if not servers:
            app = web.Application()
            add_routes(app, fake.web_chat(limits=limits, ping_seconds=ping_seconds))
            servers.append(TestServer(app))
            await servers[0].start_server()
        clients.append(TestClient(servers[0], cookie_jar=CookieJar(unsafe=True)))
        return Visitor(clients[-1])

    yield open_visitor
    fake.live.close()
    for client in clients:
        await client.session.close()
    for server in servers:
        await server.close()
