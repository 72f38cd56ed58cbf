"""The whole program in this process, with officers who can sign in, and Chromium tabs that they work in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, ViewportSize, WebError, expect

from handlers import accounts
from handlers.messages import Address, Channel, Inbound
from tests.bot.connected import Connected, connected
from tests.browser import DESK, PHONE

PASSWORD = "kata sandi untuk uji coba"


_idle: list[Page] = []  # tabs that wait for the next test, each in a context of its own; they end with the browser


@dataclass
class Office:
    """A running office: its officers, the citizens who write to it, and every fault that a page reports."""

    program: Connected
    browser: Browser
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)  # of this office alone
    tabs: list[Page] = field(default_factory=list)  # lent by the tests before, wiped for the tests after

    @property
    def url(self) -> str:
        return self.program.url

    def officer(self, username: str, role: str = "officer", name: str = "") -> None:
        """An account whose password is PASSWORD."""
        name = name or username.capitalize()
        accounts.add_officer(self.program.pasti.office, username=username, name=name, role=role, password=PASSWORD)

    async def says(
        self, text: str, *, user: str = "+6281210002000", name: str = "Asep", channel: Channel = "whatsapp"
    ) -> int:
        """A citizen writes; returns the conversation once it is decided."""
        pasti = self.program.pasti
        inbound = Inbound(Address(channel, user), uuid4().hex, pasti.office.clock(), text, name=name)
        decision = await pasti.intake.take(inbound)
        return decision.conversation

    async def page(self, viewport: ViewportSize = DESK, *, own: bool = False, **more: Any) -> Page:
        """A tab with nobody's cookies. A script that fails, or breaks the policy, is a fault.

        Tabs are used again: a new browser context is a new process, which compiles every script anew. `own` is for what
        cannot be wiped away afterwards, such as a clock, or who answers what the browser asks; whatever else
        `new_context` takes makes one, too.
        """
        if own or more:
            page = await _new_tab(self.browser, **more)
            self.contexts.append(page.context)
        else:
            page = _idle.pop() if _idle else await _new_tab(self.browser)
            self.tabs.append(page)
        page.context.on("console", self._hear)
        page.context.on("weberror", self._catch)
        await page.set_viewport_size(viewport)
        return page

    async def signed_in(
        self, username: str, viewport: ViewportSize = DESK, path: str = "/petugas/kotak-masuk", *, own: bool = False
    ) -> Page:
        """A tab in which this officer has signed in, at a page of the console.

        The form is posted without being shown: `test_entry` looks at that page, here it would cost one each time.
        """
        page = await self.page(viewport, own=own)
        fields: dict[str, str | float | bool] = {"username": username, "password": PASSWORD}
        answer = await page.context.request.post(f"{self.url}/petugas/masuk", form=fields, max_redirects=0)
        assert answer.status == 303
        await page.goto(f"{self.url}{path}")
        await expect(page).to_have_url(re.compile(re.escape(path)))
        return page

    async def citizen(self) -> Page:
        """The web chat, ready to be written in."""
        page = await self.page(PHONE)
        await page.goto(self.url)
        await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
        return page

    async def give_back(self) -> None:
        """Closes what was its own, and wipes the tabs that were lent."""
        for context in self.contexts:
            await context.close()
        for page in self.tabs:
            context = page.context
            if page.is_closed():
                await context.close()
                continue
            await _wipe(page, self.url)
            context.remove_listener("console", self._hear)
            context.remove_listener("weberror", self._catch)
            _idle.append(page)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def _catch(self, error: WebError) -> None:
        self.faults.append(str(error.error))


async def _new_tab(browser: Browser, **more: Any) -> Page:
    context = await browser.new_context(reduced_motion="reduce", **more)
    context.set_default_timeout(10_000)
    return await context.new_page()


async def _wipe(page: Page, origin: str) -> None:
    """As it was when it was new: nothing of this office is stored, shown, or stands in the way."""
    context = page.context
    for other in context.pages:
        if other != page:
            await other.close()
    await page.unroute_all(behavior="ignoreErrors")
    await context.set_offline(False)
    await page.evaluate("() => { try { sessionStorage.clear() } catch { } }")  # a page of a fault has none
    page.on("dialog", _leave)  # where something is still being written
    await page.goto("about:blank")
    page.remove_listener("dialog", _leave)
    protocol = await context.new_cdp_session(page)
    await protocol.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    await protocol.send("Page.resetNavigationHistory")
    await protocol.detach()
    await context.clear_cookies()
    await page.emulate_media(media="null", color_scheme="light", reduced_motion="reduce")


async def _leave(dialog: Dialog) -> None:
    await dialog.accept()


@asynccontextmanager
async def open_office(folder: Path, browser: Browser) -> AsyncIterator[Office]:
    async with connected(folder) as program:
        office = Office(program, browser)
        try:
            yield office
        finally:
            await office.give_back()
    assert not office.faults, office.faults


@pytest_asyncio.fixture
async def office(tmp_path: Path, browser: Browser) -> AsyncIterator[Office]:
    async with open_office(tmp_path, browser) as office:
        yield office


async def say(page: Page, text: str) -> None:
    """A citizen writes in the web chat."""
    await page.get_by_role("textbox", name="Tulis pesan").fill(text)
    await page.get_by_role("button", name="Kirim").click()


async def open_first(page: Page, name: str | None = None) -> None:
    """Opens a conversation of the list: the first, or the one of this name."""
    lines = page.get_by_role("list", name="Percakapan").get_by_role("listitem")
    await (lines.filter(has_text=name) if name else lines).first.click()
    await expect(page.get_by_role("log", name="Isi percakapan")).to_be_visible()
