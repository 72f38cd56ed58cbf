"""Around a conversation: marks that come later, the queue, muting, tasks, and finding people again."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from handlers.messages import Address
from knowledge.calendar import jakarta_day
from storage import outbox, tasks
from storage.tasks import TaskRow
from tests.bot.console.offices import Office, open_first


async def test_a_mark_of_delivery_comes_by_itself(office: Office) -> None:
    office.officer("rina")
    id_ = await office.says("petugas", name="Euis")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_role("button", name="Ambil alih").click()
    await page.get_by_role("textbox", name="Balasan").fill("Selamat siang")
    await page.get_by_role("button", name="Kirim").click()
    mark = page.locator(".entry--officer[data-key] .entry__mark")
    await expect(mark).to_have_text("Menunggu dikirim")
    pasti = office.program.pasti
    row = next(row for row in office.program.rows("outbox") if row["sender"] == "officer")
    for state, words in (
        ("sent", "Terkirim"),
        ("delivered", "Sampai"),
        ("read", "Dibaca"),
        ("failed", "Gagal dikirim"),
    ):
        with pasti.office.database.transaction() as tx:
            outbox.change(tx, int(str(row["id"])), state=state)
        pasti._changed({id_: Address("whatsapp", "+6281210002000")})  # as the sender tells it
        await expect(mark).to_have_text(words)


async def test_whoever_only_abuses_is_muted_with_a_reason_and_unmuted(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    await office.says("anjing lu semua", name="Dadang")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_text("Bisukan warga ini").click()
    await page.get_by_label("Alasan", exact=True).fill("hanya mencaci")
    until = jakarta_day(office.program.pasti.office.clock()) + timedelta(days=7)
    await page.get_by_label("Sampai tanggal").fill(until.isoformat())
    await page.get_by_role("button", name="Bisukan").click()
    await expect(page.locator(".thread__head")).to_contain_text("Dibisukan sampai")
    await expect(page.get_by_text("Rina Lestari membisukan warga ini: hanya mencaci")).to_be_visible()
    before = len(office.program.rows("outbox"))
    await office.says("goblok", name="Dadang")
    assert len(office.program.rows("outbox")) == before
    await page.get_by_role("button", name="Akhiri pembisuan").click()
    await expect(page.locator(".thread__head")).not_to_contain_text("Dibisukan")


async def test_an_officer_puts_somebody_into_the_queue_and_a_colleague_sees_it(office: Office) -> None:
    office.officer("rina")
    office.officer("dewi")
    await office.says("halo", name="Euis")
    rina = await office.signed_in("rina")
    dewi = await office.signed_in("dewi", path="/petugas/kotak-masuk?saring=menunggu")
    await expect(dewi.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    await open_first(rina)
    await rina.get_by_role("button", name="Masukkan ke antrean").click()
    lines = dewi.get_by_role("list", name="Percakapan").get_by_role("listitem")
    await expect(lines).to_have_count(1)
    await expect(lines).to_contain_text("Euis")


async def test_whoever_has_it_open_is_told_who_took_it(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    office.officer("dewi", name="Dewi Anggraeni")
    await office.says("petugas", name="Euis")
    rina, dewi = await office.signed_in("rina"), await office.signed_in("dewi")
    for page in (rina, dewi):
        await open_first(page)
    await dewi.get_by_role("button", name="Ambil alih").click()
    await expect(rina.get_by_role("status").filter(has_text="sudah diambil alih Dewi Anggraeni")).to_be_visible()
    await expect(dewi.get_by_text("Dipegang Anda")).to_be_visible()
    await expect(dewi.get_by_role("status").filter(has_text="diambil alih")).to_have_count(0)


async def test_a_task_is_settled_beside_the_thread(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    id_ = await office.says("halo", name="Euis")
    pasti = office.program.pasti
    with pasti.office.database.transaction() as tx:
        tasks.add(tx, [TaskRow(7, "telephone", id_, None, "no template", pasti.office.clock())])
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_role("button", name="Sudah selesai").click()
    await expect(page.get_by_text("Rina Lestari menyelesaikan tugas")).to_be_visible()
    await expect(page.get_by_text("Telepon warga ini")).to_have_count(0)


async def test_people_are_found_by_number_name_and_words_and_by_channel(office: Office) -> None:
    office.officer("rina")
    await office.says("syarat bengkel apa", user="+6281210002001", name="Euis")
    await office.says("halo", user="7100020003", name="Asep", channel="telegram")
    page = await office.signed_in("rina")
    lines = page.get_by_role("list", name="Percakapan").get_by_role("listitem")
    await expect(lines).to_have_count(2)
    for words, name in (("0812-1000-2001", "Euis"), ("asep", "Asep"), ("bengkel", "Euis")):
        await page.get_by_role("searchbox").fill(words)
        await expect(lines).to_have_count(1)
        await expect(lines).to_contain_text(name)
        assert words not in page.url
    await page.get_by_role("searchbox").fill("")
    await expect(lines).to_have_count(2)
    await page.get_by_label("Kanal").select_option("telegram")
    await expect(lines).to_have_count(1)
    await expect(lines).to_contain_text("Asep")
