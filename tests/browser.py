"""One Chromium for all tests of pages: a conftest that imports the fixture `browser` brings it.

Debian's Chromium is driven, not one that playwright downloads. Where there is none the test fails: a page that nobody
has looked at is not a page that works.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, async_playwright

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}

_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (  # no sandbox for root, no graphics card, not a word to the network; one process for all pages of a context
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
)


def chromium() -> str | None:
    """The program: what the environment's CHROMIUM names, else the first that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A browser with a profile of its own, thrown away at the end."""
    program = chromium()
    if program is None:
        pytest.fail("No Chromium: install the package `chromium`, or name one in the environment's CHROMIUM.")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield running
        await running.close()
