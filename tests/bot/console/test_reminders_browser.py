"""The bell and the page of reminders in a browser: quiet, live, and read with a keyboard."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.bot.console.offices import Office
from tests.bot.reminded import LAST, SEVENTH, given, reminded, stopped
from tests.browser import PHONE
from tests.for_everyone import no_serious_findings, nothing_hangs_over
from tests.offices import Clock

PATH = "/petugas/pengingat"


def opened(office: Office) -> Clock:
    clock = stopped(office.program.pasti.office)
    office.officer("rina", name="Rina Lestari")
    office.officer("manajer", role="complaint_manager")
    return clock


def bell(page: Page, unread: int) -> str:
    return f"Pengingat, {unread} belum dibaca" if unread else "Pengingat"


async def places(page: Page) -> object:
    return await page.locator(".rail a, .rail summary").evaluate_all(
        "all => all.map(each => JSON.stringify(each.getBoundingClientRect()))"
    )


async def test_the_bell_rings_by_itself_and_moves_nothing(office: Office) -> None:
    clock = opened(office)
    numbers = [given(office.program.pasti.office, "rina") for _ in range(2)]
    reminded(office.program.pasti.office, clock, hour=7)  # too early
    page = await office.page(own=True)
    await page.clock.install()
    await page.goto(f"{office.url}{PATH}")
    await page.get_by_label("Nama pengguna").fill("rina")
    await page.get_by_label("Kata sandi").fill("kata sandi untuk uji coba")
    await page.get_by_role("button", name="Masuk").click()
    await expect(page.get_by_text("Tidak ada pengingat baru")).to_be_visible()
    await expect(page.locator(".rail__count")).to_be_hidden()
    before = await places(page)
    reminded(office.program.pasti.office, clock)
    await page.clock.run_for(61_000)
    await expect(page.locator(".rail__count")).to_have_text("2")
    assert await places(page) == before
    await page.get_by_role("link", name=bell(page, 2)).click()
    await expect(page.get_by_role("link", name=numbers[0])).to_be_visible()


async def test_reminders_are_read_one_by_one_and_all_at_once(office: Office) -> None:
    clock = opened(office)
    for _ in range(3):
        given(office.program.pasti.office, "rina")
    reminded(office.program.pasti.office, clock)
    page = await office.signed_in("rina", path=PATH)
    unread = page.get_by_role("list", name="Belum dibaca")
    await expect(unread.get_by_role("listitem")).to_have_count(3)
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await unread.get_by_role("button").first.focus()
    await page.keyboard.press("Enter")
    await expect(unread.get_by_role("listitem")).to_have_count(2)
    await expect(page.get_by_role("link", name=bell(page, 2), exact=True)).to_be_visible()
    await page.get_by_role("button", name="Tandai semua sudah dibaca").click()
    await expect(page.get_by_text("Tidak ada pengingat baru")).to_be_visible()
    await expect(page.get_by_role("list", name="Sudah dibaca").get_by_role("listitem")).to_have_count(3)
    await expect(page.get_by_role("link", name="Pengingat", exact=True)).to_be_visible()
    await no_serious_findings(page)


async def test_it_fits_a_phone_and_works_without_scripts(office: Office) -> None:
    clock = opened(office)
    for _ in range(2):
        given(office.program.pasti.office, "rina")
    for day in (SEVENTH, LAST):
        reminded(office.program.pasti.office, clock, day)
    page = await office.page(PHONE, java_script_enabled=False)
    await page.goto(f"{office.url}{PATH}")
    await page.get_by_label("Nama pengguna").fill("rina")
    await page.get_by_label("Kata sandi").fill("kata sandi untuk uji coba")
    await page.get_by_role("button", name="Masuk").click()
    await expect(page.locator(".rail__count")).to_have_text("4")
    await page.get_by_role("button", name="Tandai semua sudah dibaca").click()
    await expect(page.locator(".rail__count")).to_be_hidden()
