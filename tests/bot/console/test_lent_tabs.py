"""Tabs are lent from test to test: nothing of one is left for the next."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser

from tests.bot.console.offices import open_office
from tests.browser import DESK, PHONE

STATE = """() => [
    localStorage.length, sessionStorage.length, document.cookie, history.length, innerWidth, navigator.onLine,
    ...["print", "(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"].map(it => matchMedia(it).matches),
]"""


async def test_a_lent_tab_is_as_new(browser: Browser, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("before", "after")]
    async with open_office(folders[0], browser) as office:
        page = await office.page(PHONE)
        address = office.url
        await page.goto(f"{address}/petugas/masuk")
        new = await page.evaluate(STATE)
        await page.evaluate("localStorage.a = sessionStorage.b = document.cookie = 'c=d'")
        await page.goto(f"{address}/petugas/masuk?lanjut=/petugas")
        await page.context.new_page()
        await page.emulate_media(media="print", color_scheme="dark", reduced_motion="no-preference")
        await page.route("**/*", lambda route: route.abort())
        await page.context.set_offline(True)
    async with open_office(folders[1], browser) as office:
        again = await office.page(DESK)
        assert again is page
        assert again.context.pages == [again]
        await again.goto(f"{office.url}/petugas/masuk")
        assert await again.evaluate(STATE) == [*new[:4], DESK["width"], *new[5:]]
        await again.route(f"{address}/**", lambda route: route.fulfill(body="<p>", content_type="text/html"))
        await again.goto(f"{address}/petugas/masuk")
        assert await again.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
