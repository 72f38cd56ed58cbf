"""A complaint on its page, from opening to closing, by each of the three routes and with everybody whom it meets."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from handlers import case_answers
from storage import outbox
from tests.bot.console.case_pages import case_of, events, opened, part, reported, staffed
from tests.bot.console.offices import Office
from tests.browser import PHONE
from tests.for_everyone import no_serious_findings, nothing_hangs_over


async def takes(page: Page) -> None:
    await page.get_by_role("button", name="Ambil laporan ini").click()
    await expect(page.get_by_role("button", name="Ambil laporan ini")).to_have_count(0)


async def studies(page: Page, core: str = "Petugas loket bersikap kasar") -> None:
    sheet = part(page, "Lembar telaah")
    await sheet.get_by_label("Jenis masalah").select_option("Kompetensi Pelaksana")
    await sheet.get_by_label("Inti masalah").fill(core)
    await sheet.get_by_label("Temuan", exact=True).fill("Rekaman kamera membenarkan pelapor.")
    await sheet.get_by_role("button", name="Simpan telaah").click()
    await expect(sheet.get_by_text("Terakhir")).to_be_visible()


async def routes(page: Page, to: str) -> None:
    """to: `internal`, `agency` … and the name of the first holder."""
    route = part(page, "Jalur dan laporan tertulis")
    way, _, name = to.partition(" ")
    option = await route.get_by_label("Jalur dan penanganan pertama").evaluate(
        "(field, [way, name]) => [...field.options].find("
        "option => option.value.startsWith(way + ':') && option.text.includes(name)).value",
        [way, name],
    )
    await route.get_by_label("Jalur dan penanganan pertama").select_option(option)
    await route.get_by_label("Alasan", exact=True).fill("hasil telaah")
    await route.get_by_role("button", name="Teruskan").click()
    await expect(route.get_by_text("memegang sejak")).to_be_visible()


async def decides(page: Page, words: str = "Petugas ditegur") -> None:
    route = part(page, "Jalur dan laporan tertulis")
    await route.get_by_label("Keputusan").fill(words)
    await expect(route.get_by_label("Laporan kepada")).to_have_value(re.compile("Inti masalah: Petugas loket"))
    await route.get_by_role("button", name="Putuskan dan laporkan").click()
    await expect(route.locator(".levels").get_by_text("diputuskan")).to_be_visible()


async def answers(page: Page) -> None:
    await page.get_by_label("Jawaban", exact=True).fill("Mohon maaf, Pak Yayat. Petugas sudah kami tegur.")
    await page.get_by_role("button", name="Kirim jawaban").click()
    await expect(page.get_by_text("Jawab lagi")).to_be_visible()


def arrives(office: Office) -> None:
    desk = office.program.pasti.office
    with desk.database.transaction() as tx:
        tx.execute(outbox.outbox.update().values(state="delivered", sent_at=desk.clock()))
    case_answers.note_deliveries(desk)


async def closes(office: Office, page: Page, number: str) -> None:
    """Refused while anything is missing; then closed, and it stands in the history."""
    gate = part(page, "Penutupan")
    await gate.get_by_role("button", name="Tutup kasus").click()
    await expect(gate.get_by_role("alert")).to_contain_text("Belum dapat ditutup")
    assert case_of(office, number).stage == "answered"
    arrives(office)
    await office.says("sudah selesai")
    await page.reload()
    await expect(gate.get_by_text("Semua sudah ada.")).to_be_visible()
    await gate.get_by_role("button", name="Tutup kasus").click()
    await expect(gate.get_by_text("Ditutup ")).to_be_visible()
    await expect(part(page, "Riwayat").get_by_text("Ditutup", exact=True)).to_be_visible()
    assert case_of(office, number).stage == "closed"


async def test_the_internal_route_takes_few_clicks_and_one_page(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    page = await opened(office, "rina", number)
    await page.evaluate("addEventListener('click', () => (window.clicks = (window.clicks ?? 0) + 1), true)")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    await takes(page)
    await studies(page)
    await routes(page, "internal Rina")
    await decides(page)
    await answers(page)
    assert case_of(office, number).stage == "answered"
    assert await page.evaluate("window.clicks") < 12
    assert loads == []
    await closes(office, page, number)
    assert events(office, number)[1:6] == ["assigned", "classified", "studied", "routed", "decided"]


async def test_the_keyboard_is_led_from_step_to_step(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    page = await opened(office, "rina", number)
    await page.keyboard.press("a")
    await expect(page.locator("#inti")).to_be_focused()
    await page.keyboard.type("Petugas loket bersikap kasar")
    await page.keyboard.press("Tab")
    await page.get_by_label("Jenis masalah").select_option("Kompetensi Pelaksana")
    await page.locator("#bidang").press("Enter")
    await expect(page.locator("#alasan-jalur")).to_be_focused()
    await page.keyboard.type("hasil telaah")
    await page.keyboard.press("Enter")
    await expect(page.locator("#hasil")).to_be_focused()


async def test_up_to_the_head_and_back_with_a_report_at_each_step(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    rina = await opened(office, "rina", number)
    await takes(rina)
    await studies(rina)
    await routes(rina, "internal Rina")
    await rina.get_by_text("Naikkan satu tingkat kepada Bu Manajer").click()
    await rina.get_by_role("button", name="Naikkan", exact=True).click()
    await expect(rina.get_by_text("Sedang di meja Bu Manajer")).to_be_visible()
    await expect(rina.get_by_role("button", name="Putuskan dan laporkan")).to_have_count(0)
    await expect(rina.get_by_text("Pelapor dijawab setelah laporan ini diputuskan")).to_be_visible()
    manager = await opened(office, "manajer", number)
    await manager.get_by_text("Naikkan satu tingkat kepada Hj. Kepala Contoh").click()
    await manager.get_by_role("button", name="Naikkan", exact=True).click()
    await expect(manager.get_by_text("Sedang di meja Hj. Kepala Contoh")).to_be_visible()
    head = await opened(office, "kepala", number)
    await head.locator("#kembali > summary").click()
    await part(head, "Jalur dan laporan tertulis").get_by_label("Alasan", exact=True).fill("tambahkan keterangan loket")
    await head.get_by_role("button", name="Kembalikan").click()
    await expect(head.get_by_text("Sedang di meja Bu Manajer")).to_be_visible()
    await manager.reload()
    await decides(manager)
    await rina.reload()
    await answers(rina)
    await expect(
        part(rina, "Jalur dan laporan tertulis").get_by_role("link", name=f"Buka PDF {number}/LAP-3")
    ).to_be_visible()
    await closes(office, rina, number)


async def test_another_agency_handles_it_and_reports_back(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    rina = await opened(office, "rina", number)
    await takes(rina)
    await studies(rina)
    await routes(rina, "agency Tim Teknis")
    team = await opened(office, "tim", number)
    await expect(team.get_by_text("Riwayat lengkap tidak dibuka")).to_be_visible()
    await expect(team.get_by_role("button", name="Tutup kasus")).to_have_count(0)
    await expect(team.get_by_role("button", name="Kirim jawaban")).to_have_count(0)
    await team.get_by_text("Naikkan satu tingkat kepada Kepala Dinas").click()
    await team.get_by_role("button", name="Naikkan", exact=True).click()
    await expect(team.get_by_text("Sedang di meja Kepala Dinas")).to_be_visible()
    kadis = await opened(office, "kadis", number)
    await decides(kadis)
    await rina.reload()
    await answers(rina)
    await rina.get_by_role("button", name="Kirim laporan").click()  # open by itself: it is what is missing
    await expect(rina.get_by_text("Laporan penutup,")).to_be_visible()
    await closes(office, rina, number)


async def test_the_inspectorate_comes_in_only_with_the_heads_approval(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    rina = await opened(office, "rina", number)
    await takes(rina)
    await studies(rina)
    route = part(rina, "Jalur dan laporan tertulis")
    options = await route.get_by_label("Jalur dan penanganan pertama").locator("option").all()
    apip = [value for option in options if (value := await option.get_attribute("value") or "").startswith("apip:")]
    await route.get_by_label("Jalur dan penanganan pertama").select_option(apip[0])
    await route.get_by_label("Alasan", exact=True).fill("menyangkut disiplin")
    await route.get_by_role("button", name="Teruskan").click()
    await expect(route.get_by_text("Jalur APIP memerlukan persetujuan")).to_be_visible()
    await expect(route.get_by_label("Alasan", exact=True)).to_have_value("menyangkut disiplin")
    head = await opened(office, "kepala", number)
    await head.get_by_text("Setujui pelibatan Inspektorat (APIP)").click()
    await head.get_by_label("Mengapa jalur lain tidak dapat menyelesaikannya").first.fill("menyangkut disiplin pegawai")
    await head.get_by_role("button", name="Setujui", exact=True).click()
    await expect(head.get_by_text("Disetujui Hj. Kepala Contoh", exact=True)).to_be_visible()
    await rina.reload()
    await routes(rina, "apip Auditor")
    auditor = await opened(office, "auditor", number)
    await decides(auditor)
    await rina.reload()
    await answers(rina)
    await rina.get_by_role("button", name="Kirim laporan").click()  # open by itself: it is what is missing
    await expect(rina.get_by_text("Laporan penutup,")).to_be_visible()
    await closes(office, rina, number)


async def test_what_is_being_written_survives_a_colleagues_change_and_an_old_page_changes_nothing(
    office: Office,
) -> None:
    staffed(office)
    number = await reported(office)
    rina = await opened(office, "rina", number)
    dewi = await opened(office, "dewi", number)
    await rina.get_by_label("Temuan", exact=True).fill("baru setengah ditulis")
    await takes(dewi)
    await expect(part(rina, "Petugas").get_by_text("Dewi Anggraeni")).to_be_visible()
    await expect(rina.get_by_label("Temuan", exact=True)).to_have_value("baru setengah ditulis")
    version = case_of(office, number).version
    form = part(rina, "Lembar telaah").locator("form[data-do=telaah]")
    await form.locator("[name=versi]").evaluate("field => (field.value = 1)")
    await rina.get_by_label("Inti masalah").fill("isi lama")
    await rina.get_by_label("Jenis masalah").select_option("Lainnya")
    await rina.get_by_role("button", name="Simpan telaah").click()
    await expect(form.get_by_role("alert")).to_contain_text("sudah berubah sejak halaman dibuka")
    await expect(rina.get_by_label("Inti masalah")).to_have_value("isi lama")
    assert case_of(office, number).version == version


async def test_what_is_ticked_survives_a_colleagues_change(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    manager = await opened(office, "manajer", number)
    dewi = await opened(office, "dewi", number)
    await manager.get_by_label("Klarifikasi").check()
    await manager.locator("#diadukan > summary").click()
    await manager.get_by_label("Rina Lestari").check()
    await takes(dewi)
    await expect(part(manager, "Petugas").get_by_text("Dewi Anggraeni").first).to_be_visible()
    await expect(manager.get_by_label("Klarifikasi")).to_be_checked()
    await expect(manager.get_by_label("Rina Lestari")).to_be_checked()
    await studies(manager)
    await expect(manager.get_by_label("Klarifikasi")).to_be_checked()
    await manager.get_by_label("Klarifikasi").uncheck()
    await answers(dewi)
    await expect(part(manager, "Pesan kepada pelapor").get_by_text("Petugas sudah kami tegur")).to_be_visible()
    await expect(manager.get_by_label("Klarifikasi")).not_to_be_checked()
    await manager.locator("#kata-pelapor > summary").click()
    await manager.get_by_label("Belum selesai, buka kembali").check()
    await dewi.locator("#catat > summary").click()
    await dewi.get_by_label("Catatan untuk sesama petugas").fill("sudah ditelepon")
    await dewi.get_by_role("button", name="Simpan catatan").click()
    await expect(part(manager, "Riwayat").get_by_text("sudah ditelepon")).to_be_visible()
    await expect(manager.get_by_label("Belum selesai, buka kembali")).to_be_checked()


async def test_two_officers_who_write_the_same_field_lose_neither_text(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    rina = await opened(office, "rina", number)
    dewi = await opened(office, "dewi", number)
    sheet = part(rina, "Lembar telaah")
    core, saving = sheet.get_by_label("Inti masalah"), sheet.get_by_role("button", name="Simpan telaah")
    dispute = sheet.get_by_role("group", name="Isian ini sudah berubah")
    await core.fill("tulisan Rina")
    await sheet.get_by_label("Temuan", exact=True).fill("temuan Rina")
    await studies(dewi, "tulisan Dewi")
    await expect(dispute.first).to_contain_text("Rekan mengubah isian ini")
    await expect(dispute.first).to_contain_text("tulisan Dewi")
    await expect(dispute).to_have_count(2)
    await expect(core).to_have_value("tulisan Rina")
    await expect(sheet.get_by_label("Jenis masalah")).to_have_value("Kompetensi Pelaksana")
    await no_serious_findings(rina)
    await dewi.locator("#catat > summary").click()
    await dewi.get_by_label("Catatan untuk sesama petugas").fill("sudah ditelepon")
    await dewi.get_by_role("button", name="Simpan catatan").click()
    await expect(part(rina, "Riwayat").get_by_text("sudah ditelepon")).to_be_visible()
    await expect(dispute).to_have_count(2)  # another change settles nothing
    await saving.click()
    await expect(sheet.get_by_role("alert")).to_contain_text("sudah berubah sejak halaman dibuka")
    assert case_of(office, number).core_problem == "tulisan Dewi"
    await dispute.last.get_by_role("button", name="Pakai isi itu").click()
    await expect(sheet.get_by_label("Temuan", exact=True)).to_have_value("Rekaman kamera membenarkan pelapor.")
    await saving.click()
    await expect(sheet.get_by_role("alert")).to_contain_text("sudah berubah sejak halaman dibuka")
    await dispute.get_by_role("button", name="Tetap tulisan saya").click()
    await expect(dispute).to_have_count(0)
    await saving.click()
    await expect(rina.locator("[data-said]")).to_have_text("Tersimpan.")
    assert case_of(office, number).core_problem == "tulisan Rina"


async def test_identity_is_shown_once_with_a_reason_that_is_kept(office: Office) -> None:
    staffed(office)
    number = await reported(
        office, "rahasia ya. nama saya Yayat Hidayat hp 081234500011, kemarin di loket MPP dimintai uang 200 ribu"
    )
    assert case_of(office, number).visible_to == "manager"
    page = await opened(office, "manajer", number)
    who = part(page, "Pelapor")
    await expect(who.get_by_text("(identitas dirahasiakan)")).to_be_visible()
    assert "Yayat" not in await page.locator("main").inner_text()
    await page.get_by_text("Lihat identitas").first.click()
    await who.get_by_label("Alasan").fill("menelepon pelapor")
    await who.get_by_role("button", name="Lihat identitas").click()
    await expect(who.get_by_text("Yayat Hidayat")).to_be_visible()
    await expect(who.get_by_text("081234500011")).to_be_visible()
    await expect(part(page, "Riwayat").get_by_text("Identitas pelapor dilihat")).to_be_visible()
    await page.reload()
    await expect(who.get_by_text("(identitas dirahasiakan)")).to_be_visible()
    assert "unmasked" in events(office, number)


async def test_a_case_is_for_everyone_in_each_of_its_states(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    page = await opened(office, "manajer", number)
    await no_serious_findings(page)
    await takes(page)
    await studies(page)
    await routes(page, "internal Bu Manajer")
    for folded in await page.locator("details.more > summary").all():
        await folded.click()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.set_viewport_size(PHONE)
    await decides(page)
    await answers(page)
    await nothing_hangs_over(page)
    await page.keyboard.press("Escape")
    await page.locator("main").press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await no_serious_findings(page)
