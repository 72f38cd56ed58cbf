"""A report from elsewhere, entered in Chromium: checked, corrected, pressed twice, printed."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bot.console.offices import PASSWORD, Office
from tests.browser import PHONE
from tests.for_everyone import no_serious_findings, nothing_hangs_over

ENTRY = "/petugas/kasus/baru"
LETTER = "Antrean loket tiga jam\ntanpa penjelasan"


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


async def typed_off(office: Office) -> Page:
    """A letter in the form, and the session over."""
    for username in ("rina", "dewi"):
        office.officer(username)
    page = await office.signed_in("rina", path=ENTRY)
    await page.get_by_label("Masuk lewat").select_option("Surat")
    await page.get_by_label("Apa yang disampaikan").fill(LETTER)
    await page.get_by_label("Belum menerima apa pun").check()
    await page.get_by_label("Rahasia").check()
    await page.context.clear_cookies()
    return page


async def enters(page: Page, username: str) -> None:
    await page.get_by_label("Nama pengguna").fill(username)
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Masuk").click()


async def test_a_letter_that_was_typed_off_survives_the_end_of_the_session(office: Office) -> None:
    page = await typed_off(office)
    await page.get_by_role("button", name="Catat laporan").click()
    await enters(page, "rina")
    await expect(page.get_by_role("status")).to_contain_text("Isian yang belum dicatat ada lagi di sini.")
    await expect(page.get_by_label("Apa yang disampaikan")).to_have_value(LETTER)
    await expect(page.get_by_label("Masuk lewat")).to_have_value("letter")
    await expect(page.get_by_label("Belum menerima apa pun")).to_be_checked()
    await expect(page.get_by_label("Rahasia")).to_be_checked()
    await expect(page.get_by_label("Dimaksudkan sebagai saran/masukan")).not_to_be_checked()
    await no_serious_findings(page)
    await page.get_by_role("button", name="Catat laporan").click()
    await expect(page.get_by_role("heading", name="Saran/masukan tercatat")).to_be_visible()
    [case] = office.program.rows("cases")
    assert case["subject"] == LETTER
    assert await page.evaluate("sessionStorage.length") == 0
    await page.goto(f"{office.url}{ENTRY}")
    await expect(page.get_by_label("Apa yang disampaikan")).to_have_value("")


async def test_a_letter_is_for_nobody_else_who_signs_in_there(office: Office) -> None:
    page = await typed_off(office)
    await page.get_by_role("button", name="Catat laporan").click()
    await enters(page, "dewi")
    await expect(page.get_by_role("heading", name="Catat laporan dari jalur lain")).to_be_visible()
    await expect(page.get_by_label("Apa yang disampaikan")).to_have_value("")
    assert await page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("username", ["rina", "dewi"])
async def test_a_letter_is_registered_after_signing_in_elsewhere_by_the_same_officer_alone(
    office: Office, username: str
) -> None:
    page = await typed_off(office)
    tab = await page.context.new_page()
    await tab.goto(f"{office.url}/petugas/masuk")
    await enters(tab, username)
    await tab.wait_for_url("**/petugas/kotak-masuk")
    await page.get_by_role("button", name="Catat laporan").click()
    if username == "rina":
        await expect(page.get_by_role("heading", name="Saran/masukan tercatat")).to_be_visible()
    else:
        await expect(page.get_by_role("alert")).to_contain_text("sekarang petugas lain yang masuk")
        await expect(page.get_by_label("Apa yang disampaikan")).to_have_value(LETTER)
    assert len(office.program.rows("cases")) == (username == "rina")


async def test_what_is_there_again_can_be_put_away(office: Office) -> None:
    office.officer("rina")
    page = await office.signed_in("rina", path=ENTRY)
    await page.get_by_label("Apa yang disampaikan").fill(LETTER)
    await page.reload()
    await expect(page.get_by_label("Apa yang disampaikan")).to_have_value(LETTER)
    await page.get_by_role("button", name="Kosongkan").click()
    await expect(page.get_by_label("Apa yang disampaikan")).to_have_value("")
    await expect(page.get_by_role("button", name="Kosongkan")).to_be_hidden()
    await page.get_by_label("Apa yang disampaikan").fill(LETTER)
    await page.get_by_role("link", name="Batal").click()
    await page.get_by_role("link", name="Catat laporan").click()
    await expect(page.get_by_label("Apa yang disampaikan")).to_have_value("")
