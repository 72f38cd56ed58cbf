"""A report from elsewhere, entered in Chromium: checked, corrected, pressed twice, printed."""

from __future__ import annotations

from playwright.async_api import expect

from tests.bot.console.offices import Office
from tests.browser import PHONE
from tests.for_everyone import no_serious_findings, nothing_hangs_over

ENTRY = "/petugas/kasus/baru"


async def test_a_letter_is_checked_corrected_and_registered_once(office: Office) -> None:
    office.officer("rina")
    page = await office.signed_in("rina", path="/petugas/kasus")
    await page.get_by_role("link", name="Catat laporan").click()
    await page.get_by_label("Apa yang disampaikan").fill("Antrean loket tiga jam tanpa penjelasan")
    await page.get_by_label("Layanan atau tempat").fill("Loket MPP")
    await page.get_by_label("Nama").fill("Yayat Hidayat")
    await page.get_by_label("Nomor telepon").fill("dua belas")
    await page.get_by_label("Nama").press("Enter")  # looks, and registers nothing
    await expect(page.get_by_role("alert")).to_contain_text("yang sudah Anda ketik tetap ada")
    await expect(page.get_by_label("Masuk lewat")).to_be_focused()
    await expect(page.get_by_label("Nomor telepon")).to_have_value("dua belas")
    await expect(page.get_by_label("Nomor telepon")).to_have_accessible_description(
        "Nomor telepon ini tidak terbaca. Perbaiki, atau kosongkan."
    )
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_label("Masuk lewat").select_option("Surat")
    await page.get_by_label("Nomor telepon").fill("0812-3450-0011")
    await page.get_by_label("Belum menerima apa pun").check()
    await expect(page.get_by_label("Tanggal layanan diterima")).to_be_hidden()
    await page.get_by_role("button", name="Periksa").click()
    await expect(page.get_by_role("heading", name="Akan dicatat sebagai pengaduan")).to_be_visible()
    await no_serious_findings(page)
    assert office.program.rows("cases") == []
    await page.get_by_role("button", name="Catat sekarang").dblclick()
    await expect(page.get_by_role("heading", name="Pengaduan tercatat")).to_be_visible()
    await expect(page.locator(".receipt")).to_contain_text("Kode akses: ")
    code = await page.locator(".receipt").inner_text()
    await page.reload()
    assert await page.locator(".receipt").inner_text() == code
    assert len(office.program.rows("cases")) == 1
    assert page.url.endswith(ENTRY)
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.emulate_media(media="print")
    await expect(page.locator(".receipt")).to_be_visible()
    for gone in (".rail", ".actions", ".back", ".notice"):
        await expect(page.locator(gone).first).to_be_hidden()


async def test_the_same_again_is_asked_about_on_a_phone(office: Office) -> None:
    office.officer("rina")
    page = await office.signed_in("rina", PHONE, ENTRY)
    day, hour = [await page.get_by_label(label).input_value() for label in ("Tanggal masuk", "Jam masuk")]
    for again in (False, True):
        await page.goto(f"{office.url}{ENTRY}")
        await page.get_by_label("Masuk lewat").select_option("Kotak pengaduan")
        await page.get_by_label("Tanggal masuk").fill(day)
        await page.get_by_label("Jam masuk").fill(hour)
        await page.get_by_label("Apa yang disampaikan").fill("AC ruang tunggu mati")
        await page.get_by_label("Dimaksudkan sebagai saran/masukan").check()
        await page.get_by_role("button", name="Catat laporan").click()
        shown = page.get_by_role("alert").filter(has_text="Sudah tercatat dengan nomor SRN-")
        await expect(shown if again else page.get_by_role("heading", name="Saran/masukan tercatat")).to_be_visible()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_role("button", name="Tetap catat sebagai laporan lain").click()
    await expect(page.get_by_role("heading", name="Saran/masukan tercatat")).to_be_visible()
    assert len(office.program.rows("cases")) == 2


async def test_a_day_that_is_given_means_that_the_service_was_received(office: Office) -> None:
    office.officer("rina")
    page = await office.signed_in("rina", path=ENTRY)
    day = page.get_by_label("Tanggal layanan diterima")
    await page.get_by_label("Sudah: terbit").check()
    await expect(day).to_be_visible()
    await day.fill("2026-01-05")
    await page.get_by_label("Belum menerima apa pun").check()
    await expect(day).to_be_visible()  # it holds a day, which nobody throws away
    await day.fill("2026-01-06")
    await expect(page.get_by_label("Sudah: terbit")).to_be_checked()
