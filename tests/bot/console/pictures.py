"""Makes the pictures in the README: `python -m tests.bot.console.pictures`. Everybody in them is invented."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import async_playwright

from tests.bot.console.offices import Office, open_first, open_office
from tests.browser import DESK, PHONE, QUIET, chromium

FOLDER = Path(__file__).parents[3] / "bot" / "console" / "pictures"
NAME, NUMBER = "Euis Kartini", "+6281210002001"
OTHERS = (
    ("Asep Saepudin", "whatsapp", "berapa biaya 29102"),
    ("Neng Sari", "telegram", "persyaratan 29102 apa saja"),
    ("Ujang Rohmat", "web", "izin saya udah jadi belum"),
    ("Yayat Hidayat", "whatsapp", "petugas"),
    ("Iis Aisyah", "telegram", "brp lama prosesnya 29102"),
    ("Cecep Maulana", "whatsapp", "petugas"),
    ("Lilis Suryani", "web", "dasar hukum 29102"),
)


async def main() -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        with TemporaryDirectory() as folder:
            async with open_office(Path(folder), browser) as office:
                await _take(office)
        await browser.close()


async def _take(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    for n, (name, channel, text) in enumerate(OTHERS):
        await office.says(text, user=f"+62812100030{n:02d}", name=name, channel=channel)  # type: ignore[arg-type]
    for text in ("biaya 29102 berapa ya", "petugas"):
        await office.says(text, user=NUMBER, name=NAME, channel="web")
    page = await office.signed_in("rina")
    await open_first(page, NAME)
    await page.get_by_role("button", name="Ambil alih").click()
    reply = page.get_by_role("textbox", name="Balasan")
    await reply.fill("Selamat siang Bu Euis, betul, gratis. Ada lagi yang bisa saya bantu?")
    await page.get_by_role("button", name="Kirim").click()
    await page.locator(".entry--officer .entry__mark").wait_for()
    await reply.fill("Beliau pernah ditagih calo bulan lalu, tolong dijelaskan pelan-pelan.")
    await page.get_by_role("button", name="Catatan internal").click()
    await page.locator(".entry--note").wait_for()
    await office.says("makasih bu, syarat khususnya apa ya?", user=NUMBER, name=NAME, channel="web")
    await page.get_by_text("syarat khususnya apa ya?").first.wait_for()
    FOLDER.mkdir(exist_ok=True)
    await page.set_viewport_size(DESK)
    await page.screenshot(path=FOLDER / "inbox.png")
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark")
    await page.locator(".log").evaluate("log => { log.scrollTop = log.scrollHeight }")
    await page.screenshot(path=FOLDER / "phone.png")


if __name__ == "__main__":
    asyncio.run(main())
