"""The web chat for everyone: with a screen reader, by keyboard, on any width, and without scripts."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.bot.fake_chat import FakeChat
from tests.bot.tabs import OpenChat, write
from tests.for_everyone import no_serious_findings


async def test_axe_finds_nothing_serious(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
    await write(page, "syaratnya apa?")
    await expect(page.get_by_role("button", name="Berapa lama?")).to_be_visible()
    fake.officer_says("Selamat siang")
    await expect(page.get_by_text("Selamat siang")).to_be_visible()
    await page.context.set_offline(True)
    await write(page, "halo")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await no_serious_findings(page)
    await page.context.set_offline(False)
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await page.get_by_role("button", name="Akhiri percakapan").click()
    await no_serious_findings(page)
    await page.get_by_role("button", name="Ya, akhiri").click()
    await expect(page.get_by_role("heading", name="Percakapan sudah diakhiri")).to_be_visible()
    await no_serious_findings(page)


async def test_nothing_hangs_over_the_edge(open_chat: OpenChat) -> None:
    page = await open_chat()
    await write(page, "syarat " + "panjangsekali" * 30)
    await expect(page.get_by_text("Persyaratan Khusus")).to_have_count(1)
    await page.context.set_offline(True)
    await expect(page.get_by_text("Menyambung kembali…")).to_be_visible()
    for width in (320, 390, 959, 960, 1440):
        await page.set_viewport_size({"width": width, "height": 800})
        over = await page.evaluate(
            """() => [...document.querySelectorAll("body, .head, .log, .foot, .about, .bubble__body, .choices")]
                 .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className)"""
        )
        assert (width, over) == (width, [])


async def test_without_scripts_the_page_reads_and_offers_nothing_that_does_not_work(
    open_chat: OpenChat, browser: Browser
) -> None:
    url = (await open_chat()).url
    page = await browser.new_page(java_script_enabled=False)
    await page.goto(url)
    await expect(page.get_by_text("Sampurasun!")).to_be_visible()
    await expect(page.get_by_role("button")).to_have_count(0)
    await page.close()


async def test_by_keyboard_the_order_is_that_of_the_page(open_chat: OpenChat) -> None:
    page = await open_chat()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    order = [
        page.get_by_role("button", name="Akhiri percakapan"),
        page.get_by_role("log", name="Percakapan"),
        page.get_by_role("button", name="Lihat persyaratan"),
        page.get_by_role("button", name="Berapa biayanya?"),
        page.get_by_role("button", name="Hubungi petugas"),
        page.get_by_role("textbox", name="Tulis pesan"),
        page.get_by_role("button", name="Kirim"),
    ]
    for place in order:
        await page.keyboard.press("Tab")
        await expect(place).to_be_focused()
        assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
