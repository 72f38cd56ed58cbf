"""The lists of cases in Chromium: by keys, by search, back from a case, on a phone, and new by themselves."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Page, expect

from storage import tasks
from storage.parties import PartyDetails
from storage.tasks import TaskRow
from tests.bot.console.filed import due, file, id_of
from tests.bot.console.offices import Office
from tests.browser import PHONE
from tests.for_everyone import no_serious_findings, nothing_hangs_over

LONG = "antrean panjang sekali tanpa penjelasan " * 20 + "katayangtidakadaputusnya" * 10


def links(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("list", name="Kasus").get_by_role("link")


def filed(office: Office, count: int = 3) -> list[str]:
    """Cases with long words, of every tone."""
    of = office.program.pasti.office
    reporter = PartyDetails(1, "Yayat Hidayat " * 8, phone="081234500011")
    made = [file(of, 1, subject=LONG, service="Izin " * 60, reporter=reporter, due_on=due(of.clock(), -9))]
    made.append(file(of, 2, confidential=True, due_on=due(of.clock(), 1), officer_id=id_of(of, "rina")))
    made += [file(of, n, due_on=due(of.clock(), 10 + n)) for n in range(3, count + 1)]
    return made


async def test_the_list_is_walked_by_keys(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    numbers = filed(office, 4)
    page = await office.signed_in("rina", path="/petugas/kasus")
    await page.get_by_role("navigation", name="Utama").get_by_role("link", name="Kasus", exact=True).click()
    await page.get_by_role("link", name="Semua", exact=True).click()
    await expect(links(page)).to_have_count(4)
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        await page.keyboard.press(key)
        await expect(links(page).nth(place)).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Pintasan papan ketik")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/petugas/kasus/{numbers[0]}")


async def test_a_search_stays_out_of_the_address_and_comes_back_with_the_list(office: Office) -> None:
    office.officer("rina")
    numbers = filed(office, 5)
    page = await office.signed_in("rina", path="/petugas/kasus")
    await page.keyboard.press("/")
    await page.keyboard.type("0812-3450-0011")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Hasil pencarian di semua kasus")).to_be_visible()
    await expect(links(page)).to_have_count(1)
    assert "0812" not in page.url
    await links(page).first.click()
    await page.wait_for_url(f"**/{numbers[0]}")
    await page.go_back()
    await expect(page.get_by_role("searchbox")).to_have_value("0812-3450-0011")
    await expect(links(page)).to_have_count(1)
    await page.get_by_role("link", name="Hapus pencarian").click()
    await expect(links(page)).to_have_count(5)
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await page.get_by_text("Saringan").click()
    await page.get_by_label("Jenis").select_option("Saran/masukan")
    await page.wait_for_url("**/petugas/kasus?daftar=semua&jenis=saran")
    await expect(page.get_by_role("heading", name="Tidak ada yang cocok")).to_be_visible()
    await page.get_by_label("Jenis").select_option("Semua jenis")
    await expect(links(page)).to_have_count(5)


async def test_what_is_new_shows_by_itself_and_leaves_the_focus_where_it_is(office: Office) -> None:
    office.officer("rina")
    numbers = filed(office)
    page = await office.signed_in("rina", path="/petugas/kasus?daftar=semua")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(links(page).nth(1)).to_be_focused()
    first = file(office.program.pasti.office, 9, due_on=due(office.program.pasti.office.clock(), -20))
    await office.says("halo")  # anything that happens makes the page look
    await expect(links(page)).to_have_count(4)
    await expect(links(page).first).to_contain_text(first)
    await expect(page.locator(f"[data-number='{numbers[1]}'] a")).to_be_focused()
    await expect(page.get_by_role("link", name="Lewat waktu 2")).to_be_visible()
    async with page.expect_request("**/petugas/kasus*") as asked:
        await page.evaluate("dispatchEvent(new Event('focus'))")
    assert (await (await asked.value).all_headers())["x-background"] == "1"


async def test_a_phone_has_cards_and_nothing_hangs_over(office: Office) -> None:
    office.officer("rina")
    filed(office)
    page = await office.signed_in("rina", PHONE, "/petugas/kasus?daftar=semua")
    await expect(links(page)).to_have_count(3)
    await expect(page.get_by_text("lewat", exact=False).first).to_be_visible()
    await expect(page.get_by_text("Rahasia")).to_be_visible()
    await nothing_hangs_over(page)
    await no_serious_findings(page)
    await page.get_by_text("Saringan").click()
    await expect(page.get_by_label("Jenis")).to_be_visible()
    await nothing_hangs_over(page)
    await no_serious_findings(page)
    await page.goto(f"{office.url}/petugas/kasus?daftar=lewat-waktu")
    tab = page.get_by_role("link", name="Lewat waktu")
    await expect(tab).to_be_in_viewport(ratio=1)


async def test_a_phone_shows_every_list_at_once_in_a_place_that_does_not_move(office: Office) -> None:
    office.officer("rina")
    filed(office)
    page = await office.signed_in("rina", PHONE, "/petugas/kasus?daftar=semua")
    lists = page.get_by_role("navigation", name="Daftar kasus")
    tabs = lists.get_by_role("link")
    await expect(tabs).to_have_count(9)
    for width in (320, 360, 390, 430):
        await page.set_viewport_size({"width": width, "height": 844})
        for tab in await tabs.all():
            await expect(tab).to_be_in_viewport(ratio=1)
            assert await tab.evaluate("tab => tab.scrollWidth <= tab.clientWidth && tab.offsetHeight >= 44")
    before = await lists.bounding_box()
    await lists.locator("b").evaluate_all("found => found.forEach(each => (each.textContent = '888'))")
    assert await lists.bounding_box() == before


async def test_without_scripts_it_searches_and_turns_pages_all_the_same(office: Office) -> None:
    office.officer("rina")
    filed(office, 60)
    page = await office.page(java_script_enabled=False)
    await page.goto(f"{office.url}/petugas/kasus?daftar=semua")
    await page.get_by_label("Nama pengguna").fill("rina")
    await page.get_by_label("Kata sandi").fill("kata sandi untuk uji coba")
    await page.get_by_role("button", name="Masuk").click()
    await page.get_by_role("link", name="Berikutnya").click()
    await expect(page.get_by_text("51–60 dari 60 kasus")).to_be_visible()
    await page.get_by_role("searchbox").fill("kejadian")
    await page.get_by_role("button", name="Cari").click()
    await expect(page.get_by_text("1–50 dari 59 kasus")).to_be_visible()
    await page.get_by_role("button", name="Berikutnya").click()
    await expect(page.get_by_text("51–59 dari 59 kasus")).to_be_visible()
    assert "kejadian" not in page.url


async def test_a_citizen_was_telephoned(office: Office) -> None:
    office.officer("rina")
    conversation = await office.says("halo", name="Euis Kartini")
    of = office.program.pasti.office
    task = TaskRow(of.new_id(), "telephone", conversation, None, "63016", of.clock() - timedelta(hours=3))
    with of.database.transaction() as tx:
        tasks.add(tx, [task])
    page = await office.signed_in("rina", path="/petugas/kasus")
    await page.get_by_role("link", name="Perlu ditelepon 1").click()
    await expect(page.get_by_role("link", name="0812-1000-2000")).to_have_attribute("href", "tel:+6281210002000")
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_role("button", name="Sudah ditelepon").click()
    await expect(page.get_by_role("heading", name="Tidak ada yang perlu ditelepon")).to_be_visible()
