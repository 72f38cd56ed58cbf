"""Every page of the console: for a screen reader, at any width, by day and by night, on paper; and quick to come."""

from __future__ import annotations

import time

from playwright.async_api import expect

from bot.console.app import all_routes
from tests.bot.console.offices import Office, open_first
from tests.browser import DESK, PHONE
from tests.for_everyone import no_serious_findings, nothing_hangs_over

_STATELESS = ("/petugas/static", "/petugas/aliran", "/petugas/percakapan", "/jumlah", ".json")


def pages(office: Office) -> list[str]:
    """Every address of the console that answers a GET with a page, and needs nothing in it."""
    found = [route.path for route in all_routes(office.program.pasti.console) if route.method == "GET"]
    return sorted({path for path in found if "{" not in path and not any(part in path for part in _STATELESS)})


async def test_every_page_is_for_everyone(office: Office) -> None:
    office.officer("admin1", role="admin", name="Bu Admin")
    await office.says("petugas", name="Euis")
    page = await office.signed_in("admin1")
    all_pages = pages(office)
    assert len(all_pages) >= 10
    for path in all_pages:
        await page.goto(f"{office.url}{path}")
        await expect(page.locator("h1").first).to_be_visible()
        await no_serious_findings(page)
        await nothing_hangs_over(page)


async def test_a_thread_is_for_everyone_in_each_of_its_states(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    await office.says(
        "persyaratan 29102 " + "panjangsekali" * 20, name="Nama Yang Sangat Panjang Sekali Sampai Terpotong"
    )
    await office.says("petugas", name="Nama Yang Sangat Panjang Sekali Sampai Terpotong")
    page = await office.signed_in("rina")
    await open_first(page)
    await no_serious_findings(page)
    await page.get_by_role("button", name="Ambil alih").click()
    await expect(page.get_by_text("Dipegang Anda")).to_be_visible()
    await page.get_by_role("textbox", name="Balasan").fill("catatan " + "panjangsekali" * 20)
    await page.get_by_role("button", name="Catatan internal").click()
    await expect(page.locator(".entry--note")).to_be_visible()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.set_viewport_size(PHONE)
    await page.get_by_role("button", name="Tentang warga ini").click()
    await no_serious_findings(page)
    await page.set_viewport_size(DESK)
    await page.get_by_role("button", name="Balasan tersimpan").click()
    await no_serious_findings(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.locator("body").press("?")
    await no_serious_findings(page)


async def test_an_address_that_is_not_there_says_so(office: Office) -> None:
    office.officer("rina")
    page = await office.signed_in("rina")
    for path in ("/petugas/tidak-ada", "/petugas/kotak-masuk/12345", f"/petugas/kotak-masuk/{2**63}"):
        answer = await page.goto(f"{office.url}{path}")
        assert answer
        assert answer.status == 404
        await expect(page.get_by_role("heading", name="Tidak ditemukan")).to_be_visible()
        await no_serious_findings(page)


async def test_a_thread_prints_without_what_is_only_for_screens(office: Office) -> None:
    office.officer("rina")
    await office.says("biaya 29102", name="Euis")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.emulate_media(media="print")
    await expect(page.get_by_role("log", name="Isi percakapan").locator("blockquote")).to_be_visible()
    for gone in ("nav.filters", ".composer", ".rail"):
        await expect(page.locator(gone).first).to_be_hidden()


async def test_pages_answer_while_the_desk_is_busy(office: Office) -> None:
    """No page waits for the writer: they read beside it."""
    office.officer("rina")
    await office.says("halo")
    page = await office.signed_in("rina")
    with office.program.pasti.office.database.transaction():
        started = time.monotonic()
        answer = await page.goto(f"{office.url}/petugas/kotak-masuk")
        assert answer
        assert answer.ok
        assert time.monotonic() - started < 5
