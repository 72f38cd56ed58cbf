"""The knowledge in Chromium: what an officer keeps, the next citizen in the web chat is told; pages for everyone."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.bot.console.offices import Office, say
from tests.for_everyone import no_serious_findings, nothing_hangs_over

ROOT = "/petugas/pengetahuan"


def last_answer(citizen: Page):  # type: ignore[no-untyped-def]
    return citizen.locator(".bubble--bot").last


async def test_an_officer_resolves_a_miss_and_the_next_message_is_answered_so(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    citizen = await office.citizen()
    await say(citizen, "bisa bayar pake qris ga?")
    await expect(last_answer(citizen)).to_contain_text("tidak disebut dalam standar")

    page = await office.signed_in("rina")
    await page.get_by_role("link", name="Pengetahuan", exact=True).click()
    await page.get_by_role("link", name="1 pertanyaan warga belum terjawab").click()
    await page.get_by_role("link", name="Selesaikan: bisa bayar pake qris ga?").click()
    form = page.get_by_role("region", name="Dijawab oleh kantor")
    await form.get_by_label("Kata-kata yang dikenali").fill("bayar pakai qris")
    await form.get_by_label("Judul jawaban").fill("Pembayaran")
    await form.get_by_label("Isi jawaban").fill("Loket menerima QRIS dan tunai.")
    await form.get_by_role("button", name="Lihat jawaban kantor").click()
    await expect(page.get_by_role("status", name="Jawaban bot nanti")).to_contain_text("Loket menerima QRIS dan tunai.")
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_role("button", name="Simpan jawaban").click()
    await expect(page.get_by_text("Semua sudah terjawab")).to_be_visible()

    await say(citizen, "jadi bayar pakai qris bisa ga?")
    await expect(last_answer(citizen)).to_contain_text("Loket menerima QRIS dan tunai.")
    await expect(last_answer(citizen)).to_contain_text("Keterangan kantor: Pembayaran")
    await expect(last_answer(citizen)).not_to_contain_text("Standar Pelayanan")

    await page.get_by_role("button", name="Urungkan: bisa bayar pake qris ga?").click()
    await expect(page.get_by_role("link", name="Selesaikan: bisa bayar pake qris ga?")).to_be_visible()
    await say(citizen, "bayar pakai qris bisa?")
    await expect(last_answer(citizen)).to_contain_text("tidak disebut dalam standar")


async def test_what_is_published_changes_the_answer_at_once(office: Office) -> None:
    office.officer("tuti", role="head", name="Tuti Rahmawati")
    citizen = await office.citizen()
    await say(citizen, "biaya 29102 berapa?")
    await expect(last_answer(citizen)).to_contain_text("Gratis")

    page = await office.signed_in("tuti", path=ROOT)
    await page.get_by_label("Cari standar").fill("29102")
    await page.get_by_role("button", name="Cari", exact=True).click()
    await page.get_by_role("link", name="Industri Kendaraan Multiguna Pedesaan").click()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_role("link", name="Ubah Biaya/Tarif").click()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_label("Isi", exact=True).fill("Gratis, tanpa pungutan apa pun")
    await page.get_by_role("button", name="Simpan rancangan").click()
    await expect(page.get_by_text("Rancangan tersimpan")).to_be_visible()

    await page.get_by_label("Pertanyaan warga").fill("brp biaya mobil desa")
    await page.get_by_role("button", name="Lihat jawabannya").click()
    await expect(page.get_by_role("status", name="Jawaban dengan rancangan")).to_contain_text("tanpa pungutan")
    await expect(page.get_by_role("status", name="Jawaban yang berlaku")).not_to_contain_text("tanpa pungutan")
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await say(citizen, "biaya 29102?")
    await expect(last_answer(citizen)).not_to_contain_text("tanpa pungutan")

    await page.get_by_role("link", name="Bandingkan dan terbitkan").click()
    await expect(page.get_by_label("Perubahan 4. Biaya/Tarif").locator("ins")).to_contain_text("tanpa pungutan apa pun")
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_label("Apa yang diubah dan mengapa").fill("Diperjelas sesuai peraturan")
    await page.get_by_role("button", name="Terbitkan", exact=True).click()
    await expect(page.get_by_text("Sudah diterbitkan")).to_be_visible()
    await say(citizen, "biaya 29102 berapa sih?")
    await expect(last_answer(citizen)).to_contain_text("Gratis, tanpa pungutan apa pun")

    await page.get_by_role("link", name="Riwayat", exact=True).click()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.get_by_role("button", name="Terbitkan lagi versi 2").click()
    await expect(page.get_by_text("Versi itu sudah diterbitkan lagi")).to_be_visible()
    await say(citizen, "biaya 29102?")
    await expect(last_answer(citizen)).not_to_contain_text("tanpa pungutan")


async def test_pages_with_something_on_them_are_for_everyone(office: Office) -> None:
    office.officer("tuti", role="head", name="Tuti Rahmawati")
    page = await office.signed_in("tuti", path=f"{ROOT}/uji")
    await page.get_by_role("textbox", name="Pertanyaan").fill("biaya 29102 berapa " + "panjangsekali" * 15)
    await page.get_by_role("button", name="Lihat jawabannya").click()
    await page.get_by_role("button", name="Jawaban ini benar, simpan").click()
    await expect(page.get_by_text("1 pertanyaan, semua lulus")).to_be_visible()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.goto(f"{office.url}{ROOT}/jawaban")
    for word in ("titip helm", "helm"):
        await page.get_by_label("Kata-kata warga").fill(word)
        await page.get_by_label("Judul jawaban").fill("Parkir " + "panjangsekali" * 4)
        await page.get_by_label("Isi jawaban").fill("Di belakang. " + "panjangsekali" * 20)
        await page.get_by_role("button", name="Simpan").click()
        await no_serious_findings(page)
        await nothing_hangs_over(page)
        await page.goto(f"{office.url}{ROOT}/jawaban")
    await page.goto(f"{office.url}{ROOT}/dasar-hukum")
    await page.get_by_role("link", name="Ubah Peraturan Pemerintah Nomor 5 Tahun 2021").click()
    await expect(page.get_by_label("Catatan bot")).to_contain_text("sudah dicabut")
    await no_serious_findings(page)
    await nothing_hangs_over(page)
    await page.goto(f"{office.url}{ROOT}")
    await page.get_by_role("link", name="Industri Kendaraan Multiguna Pedesaan").click()
    await page.get_by_role("link", name="Sebutan", exact=True).click()
    await page.get_by_label("Kata-kata warga").fill("titip helm")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_text("akan mengubah jawaban pertanyaan lain")).to_be_visible()
    await no_serious_findings(page)
    await nothing_hangs_over(page)
