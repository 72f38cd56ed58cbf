"""Whether a page is for everyone: for a screen reader, by day and by night, at any width."""

from __future__ import annotations

from itertools import product

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser import DESK, PHONE

_axe = Axe()
_SERIOUS = """async () => {
    const found = await axe.run({ resultTypes: ["violations"] });
    const serious = found.violations.filter(one => ["serious", "critical"].includes(one.impact));
    return serious.map(one => [one.id, one.nodes.map(node => node.html)]);
}"""


_OVERLAPPING = """() => {
    const words = [...document.querySelectorAll(".rail__link, .rail__me summary")].map(link => {
        const range = document.createRange();
        range.selectNodeContents(link.querySelector("span:not(.rail__count)") ?? link);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        return { text: link.textContent.trim(), left, right, top, bottom };
    });
    return words.slice(1).filter((word, n) => word.left < words[n].right && word.top < words[n].bottom)
        .map(word => word.text);
}"""


async def no_serious_findings(page: Page) -> None:
    """Of this state of the page, on a phone and a desk, by day and by night.

    The library's own `run` brings axe to the page anew each time and all that it found back; that takes most of it.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_axe.axe_script)
    for size, scheme in product((PHONE, DESK), ("light", "dark")):
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        serious = await page.evaluate(_SERIOUS)
        assert [(_where(page), size["width"], scheme, *one) for one in serious] == []


async def nothing_hangs_over(page: Page) -> None:
    for width in (320, 390, 768, 1024, 1440):
        await page.set_viewport_size({"width": width, "height": 800})
        over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (_where(page), width, over) == (_where(page), width, 0)
        assert (_where(page), width, await page.evaluate(_OVERLAPPING)) == (_where(page), width, [])


def _where(page: Page) -> str:
    return page.url.partition("://")[2].partition("/")[2]
