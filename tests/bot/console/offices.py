"""The whole program in this process, with officers who can sign in, and Chromium tabs that they work in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, WebError, expect

from handlers import accounts
from handlers.messages import Address, Channel, Inbound
from tests.bot.connected import Connected, connected
from tests.browser import DESK, PHONE

PASSWORD = "kata sandi untuk uji coba"


@dataclass
class Office:
    """A running office: its officers, the citizens who write to it, and every fault that a page reports."""

    program: Connected
    browser: Browser
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

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

    async def page(self, viewport: ViewportSize = DESK, **more: object) -> Page:
        """A tab of a browser of its own. A script that fails, or breaks the policy, is a fault."""
        context = await self.browser.new_context(viewport=viewport, reduced_motion="reduce", **more)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        self.contexts.append(context)
        return await context.new_page()

    async def signed_in(self, username: str, viewport: ViewportSize = DESK, path: str = "/petugas/kotak-masuk") -> Page:
        """A tab in which this officer has signed in, at a page of the console."""
        page = await self.page(viewport)
        await page.goto(f"{self.url}{path}")
        await page.get_by_label("Nama pengguna").fill(username)
        await page.get_by_label("Kata sandi").fill(PASSWORD)
        await page.get_by_role("button", name="Masuk").click()
        await page.wait_for_url(f"**{path}*")
        return page

    async def citizen(self) -> Page:
        """The web chat, ready to be written in."""
        page = await self.page(PHONE)
        await page.goto(self.url)
        await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def _catch(self, error: WebError) -> None:
        self.faults.append(str(error.error))


@asynccontextmanager
async def open_office(folder: Path, browser: Browser) -> AsyncIterator[Office]:
    async with connected(folder) as program:
        office = Office(program, browser)
        try:
            yield office
        finally:
            for context in office.contexts:
                await context.close()
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
