"""The whole of PASTI as a newcomer meets it: `pasti run`, a browser, a question, a complaint, Ctrl-C."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from storage import cases
from storage.database import Database
from tests.bot.serving import PATIENCE, serving
from tests.browser import PHONE

NAME, TELEPHONE, HAPPENED = "Rukmana Saepudin", "0812-1000-2000", "kemarin di loket 3 MPP saya dibentak petugas"
REPORT = f"Saya {NAME}, hp {TELEPHONE}, mau lapor: {HAPPENED}"


@pytest_asyncio.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=PHONE, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield await context.new_page()
    await context.close()


async def test_a_visit_from_the_first_question_to_ctrl_c(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        await page.goto(served.url)
        await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
        await asks_and_comes_back(page)
        number = await complains(page)
        assert numbers_in(tmp_path / "data" / "pasti.db") == [number]
        await leaves(page)
        await say(page, f"nama saya {NAME}, petugas")

        assert served.interrupt() < 2  # with a stream open
        assert served.process.returncode == 0
        await expect(page.get_by_text("Menyambung kembali…")).to_be_visible()
        log = served.log.read_text()
    assert "event=stopped" in log
    assert "Traceback" not in log
    personal = [*NAME.split(), TELEPHONE, "81210002000", *HAPPENED.split()[-2:], number]
    assert [word for word in personal if word in log] == []


async def asks_and_comes_back(page: Page) -> None:
    answer = await say(page, "berapa biaya KBLI 29102?")
    await expect(answer.locator("blockquote")).to_have_text("Gratis")
    await expect(answer.locator(".source")).to_contain_text("Standar Pelayanan No. 61")
    await expect(answer.locator(".source")).to_contain_text("4. Biaya/Tarif")
    answer = await press(page, "Lama proses")
    await expect(answer.locator("blockquote")).to_contain_text("hari kerja")
    await page.reload()
    log = page.get_by_role("log", name="Percakapan")
    await expect(log.locator("blockquote").first).to_have_text("Gratis")
    await expect(log.locator(".bubble--citizen .plain")).to_have_text(["berapa biaya KBLI 29102?", "Lama proses"])


async def complains(page: Page) -> str:
    """Returns the case number."""
    summary = await say(page, REPORT)
    for part in (NAME, TELEPHONE, HAPPENED):
        await expect(summary).to_contain_text(part)
    receipt = await press(page, "Ya, kirim")
    await expect(receipt).to_contain_text("Pengaduan sudah dicatat")
    await expect(receipt).to_contain_text(re.compile(r"Kode akses: [0-9A-Z]{4}-[0-9A-Z]{4}"))
    number = re.search(r"ADU-\d{4}-\d{5}-[0-9X]", await receipt.inner_text())
    assert number
    return number[0]


async def leaves(page: Page) -> None:
    await page.get_by_role("button", name="Akhiri percakapan").click()
    await page.get_by_role("button", name="Ya, akhiri").click()
    await expect(page.get_by_role("heading", name="Percakapan sudah diakhiri")).to_be_visible()
    await page.get_by_role("link", name="Mulai percakapan baru").click()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    await expect(page.get_by_text(NAME)).to_have_count(0)


async def say(page: Page, text: str) -> Locator:
    """Writes a message; returns the last bubble once it is an answer."""
    before = await page.locator(".bubble--citizen").count()
    await page.get_by_role("textbox", name="Tulis pesan").fill(text)
    await page.get_by_role("button", name="Kirim").click()
    return await _answered(page, before)


async def press(page: Page, title: str) -> Locator:
    before = await page.locator(".bubble--citizen").count()
    await page.get_by_role("button", name=title, exact=True).click()
    return await _answered(page, before)


async def _answered(page: Page, citizen_bubbles_before: int) -> Locator:
    await expect(page.locator(".bubble--citizen")).to_have_count(citizen_bubbles_before + 1)
    last = page.locator(".bubble").last
    # The first answer waits for the knowledge, which is read meanwhile: on a busy machine that takes a while.
    await expect(last).to_have_class(re.compile("bubble--bot"), timeout=PATIENCE * 1000)
    return last


def numbers_in(path: Path) -> list[str]:
    """The case numbers of the register, as another process finds them."""
    database = Database.open(str(path))
    with database.reader() as conn:
        numbers = [case.number for case in cases.register(conn)]
    database.close()
    return numbers
