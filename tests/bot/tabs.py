"""The web chat opened in one tab of Chromium: the fixture `open_chat` serves it and opens it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, ConsoleMessage, Page, WebError

from bot.webchat import add_routes
from bot.webchat.limits import Limits
from tests.bot.fake_chat import FakeChat
from tests.browser import PHONE

OpenChat = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module")
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """One tab for all tests, wiped between them: to open it anew costs more than most of them."""
    context = await browser.new_context(viewport=PHONE, reduced_motion="reduce")
    context.set_default_timeout(5_000)
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture
async def open_chat(fake: FakeChat, phone: Page) -> AsyncIterator[OpenChat]:
    """Serves the chat and opens it. A script that fails, or breaks the policy, fails the test."""
    servers: list[TestServer] = []
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(message.text)

    def catch(error: WebError) -> None:
        faults.append(str(error.error))

    async def open_page(*, limits: Limits | None = None, ping_seconds: float = 15) -> Page:
        app = web.Application()
        add_routes(app, fake.web_chat(limits=limits, ping_seconds=ping_seconds))
        servers.append(TestServer(app))
        await servers[-1].start_server()
        await phone.goto(str(servers[-1].make_url("/")))
        return phone

    context = phone.context
    context.on("console", hear)
    context.on("weberror", catch)
    await phone.set_viewport_size(PHONE)
    await phone.emulate_media(color_scheme="light")
    yield open_page
    context.remove_listener("console", hear)
    context.remove_listener("weberror", catch)
    for tab in context.pages[1:]:
        await tab.close()
    await phone.unroute_all()
    await phone.goto("about:blank")
    await context.clear_cookies()
    await context.set_offline(False)
    fake.live.close()
    for server in servers:
        await server.close()
    assert faults == []


async def write(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Tulis pesan")
    await box.fill(text)
    await box.press("Enter")
