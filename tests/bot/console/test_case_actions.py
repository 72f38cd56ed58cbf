"""Every form of the case page does what it says, with the fields that the page posts; and its evidence is safe."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.media_store import place_of
from handlers import accounts, case_answers, case_merging, case_routes, case_work
from handlers.access import Actor
from handlers.case_entry import Entry, Registered, register_elsewhere
from handlers.case_events import Done
from storage import case_desk, cases, media, officers
from storage.media import MediaRow
from storage.models import Evidence
from tests.bot.console.case_pages import case_of, events, newest, opened, part, reported, staffed
from tests.bot.console.offices import Office
from tests.case_office import CLASSIFIED, SHEET

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
LATE = (
    "nama saya Yayat Hidayat hp 081234500011. sertifikat izin usaha saya salah ketik nama, saya terima 1 Januari 2026"
)


async def does(page: Page, section: str, folded: str, button: str, **fields: str) -> None:
    """Unfolds a form, fills its fields by their labels, and presses its button."""
    place = part(page, section)
    if folded:
        place = place.locator("details").filter(has=page.get_by_text(folded, exact=True))
        await place.locator("summary").click()
    for label, value in fields.items():
        await place.get_by_label(label.replace("_", " "), exact=True).first.fill(value)
    said = page.locator("[data-said]")
    await said.evaluate("place => (place.textContent = '')")
    await place.get_by_role("button", name=button, exact=True).click()
    await expect(said).to_have_text("Tersimpan.")


async def test_a_manager_assigns_asks_notes_and_goes_on(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    page = await opened(office, "manajer", number)
    await page.get_by_text("Tugaskan kepada").click()
    await page.get_by_role("combobox", name="Petugas").select_option(str(people["dewi"].id))
    await page.get_by_role("button", name="Tugaskan").click()
    await expect(part(page, "Petugas").get_by_text("Dewi Anggraeni").first).to_be_visible()
    assert case_of(office, number).officer_id == people["dewi"].id
    await does(
        page, "Pesan kepada pelapor", "Minta keterangan pelapor", "Kirim pertanyaan", Pertanyaan="Loket nomor berapa?"
    )
    await expect(page.get_by_text("Menunggu pelapor").first).to_be_visible()
    asked = office.program.rows("outbox")[-1]
    assert "Loket nomor berapa?" in str(asked["lines"])
    await part(page, "Pesan kepada pelapor").get_by_role("textbox").first.fill("dijawab lewat telepon: loket 3")
    await page.get_by_role("button", name="Lanjutkan penanganan").click()
    await expect(page.get_by_role("button", name="Lanjutkan penanganan")).to_have_count(0)
    await does(page, "Lainnya", "Tulis catatan", "Simpan catatan", Catatan_untuk_sesama_petugas="sudah dicek di loket")
    await expect(part(page, "Riwayat").get_by_text("sudah dicek di loket")).to_be_visible()
    assert events(office, number)[-4:] == ["assigned", "asked", "resumed", "noted_down"]


@pytest.mark.parametrize(("press", "kind"), [("Terima sebagai pengaduan", "complaint"), ("Tetap saran", "suggestion")])
async def test_a_late_one_is_decided_with_a_reason(office: Office, press: str, kind: str) -> None:
    staffed(office)
    number = await reported(office, LATE)
    assert case_of(office, number).late
    page = await opened(office, "rina", number)
    late = part(page, "Lewat 30 hari")
    await late.get_by_label("Alasan").fill("pelapor sakit, suratnya ada")
    await late.get_by_role("button", name=press).click()
    await expect(late).to_have_count(0)
    case = newest(office)
    assert (case.kind, case.late_decision_reason) == (kind, "pelapor sakit, suratnya ada")
    await expect(page.get_by_role("heading", name=case.number)).to_be_visible()
    assert page.url.endswith(case.number)  # accepted, it goes by another number


async def test_a_suggestion_is_noted_and_becomes_a_complaint_when_it_is_completed(office: Office) -> None:
    people, desk = staffed(office), office.program.pasti.office
    found = Entry("box", desk.clock(), "kursi tunggu rusak", "")
    registered = register_elsewhere(desk, people["rina"], found)
    assert isinstance(registered, Registered)
    number = registered.number
    page = await opened(office, "rina", number)
    await page.get_by_role("button", name="Catat sebagai bahan perbaikan").click()
    await expect(page.get_by_text("Dicatat", exact=True).first).to_be_visible()
    await does(
        page,
        "Lainnya",
        "Jadikan pengaduan",
        "Jadikan pengaduan",
        Nama="Yayat Hidayat",
        Telepon="081234500011",
        Layanan_atau_tempat="loket MPP",
        Alasan="dilengkapi lewat telepon",
    )
    case = newest(office)
    assert (case.kind, case.stage) == ("complaint", "received")
    await expect(page.get_by_text(f"Nomor lain yang menuju ke sini: {number}")).to_be_visible()


async def test_a_duplicate_is_merged_and_its_number_leads_on(office: Office) -> None:
    staffed(office)
    first = await reported(office, user="+6281210002001", name="Neng")
    second = await reported(office, user="+6281210002002", name="Asep")
    page = await opened(office, "rina", second)
    folded = part(page, "Lainnya").locator("#gabung")
    await folded.locator("summary").click()
    await folded.get_by_label("Nomor laporan yang dilanjutkan").fill("ADU-2026-99999-1")
    await folded.get_by_label("Alasan").fill("orang yang sama")
    await folded.get_by_role("button", name="Gabungkan").click()
    await expect(folded.get_by_role("alert")).to_contain_text("tidak terbaca")
    await folded.get_by_label("Nomor laporan yang dilanjutkan").fill(first)
    await folded.get_by_role("button", name="Gabungkan").click()
    await expect(page.get_by_role("heading", name=first)).to_be_visible()
    await page.goto(f"{office.url}/petugas/kasus/{second}")
    await expect(page.get_by_role("heading", name=first)).to_be_visible()


async def test_the_accused_is_named_loses_it_at_once_and_it_is_opened_to_the_others(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    rina = await opened(office, "rina", number)
    page = await opened(office, "manajer", number)
    folded = page.locator("#diadukan")
    await folded.locator("summary").click()
    await folded.get_by_label("Rina Lestari").check()
    await folded.get_by_label("Alasan").fill("disebut pelapor")
    await folded.get_by_role("button", name="Catat").click()
    await expect(part(page, "Kerahasiaan").get_by_text("Diadukan: Rina Lestari.")).to_be_visible()
    await rina.wait_for_url("**/petugas/kasus")  # at once, without a touch of hers
    await rina.goto(f"{office.url}/petugas/kasus/{number}")
    await expect(rina.get_by_role("heading", name="Tidak ditemukan")).to_be_visible()
    for path in ("", "/bukti/1", "/tidak-ada"):
        answer = await rina.goto(f"{office.url}/petugas/kasus/{number}{path}")
        assert answer
        assert answer.status == 404
    with office.program.pasti.office.database.reader() as conn:
        assert case_desk.accused_in(conn, case_of(office, number).id) == {people["rina"].id}
    await page.locator("#rahasiakan > summary").click()
    await page.locator("#rahasiakan").get_by_label("Alasan").fill("dugaan pungli")
    await page.locator("#rahasiakan").get_by_role("button", name="Rahasiakan").click()
    await expect(page.get_by_text("Rahasia, hanya untuk Pejabat Pengelola Pengaduan")).to_be_visible()
    dewi = await office.signed_in("dewi")
    answer = await dewi.goto(f"{office.url}/petugas/kasus/{number}")
    assert answer
    assert answer.status == 404
    await does(page, "Kerahasiaan", "Buka bagi petugas lain", "Buka", Alasan="sudah jelas siapa yang diadukan")
    await dewi.goto(f"{office.url}/petugas/kasus/{number}")
    await expect(dewi.get_by_text("(identitas dirahasiakan)")).to_be_visible()
    await rina.goto(f"{office.url}/petugas/kasus/{number}")
    await expect(rina.get_by_role("heading", name="Tidak ditemukan")).to_be_visible()


async def test_that_nobody_is_accused_is_said_and_not_left_out(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    page = await opened(office, "manajer", number)
    folded = page.locator("#diadukan")
    await folded.locator("summary").click()
    await folded.get_by_label("Alasan").fill("sudah diperiksa")
    await folded.get_by_role("button", name="Catat").click()
    await expect(folded.get_by_role("alert")).to_contain_text("Pilih siapa yang diadukan, atau centang")
    await folded.get_by_label("Tidak ada petugas yang diadukan").check()
    await folded.get_by_label("Rina Lestari").check()
    await folded.get_by_role("button", name="Catat").click()
    await expect(folded.get_by_role("alert")).to_contain_text("Pilih salah satu")
    assert "accused_named" not in events(office, number)
    await folded.get_by_label("Rina Lestari").uncheck()
    await folded.get_by_role("button", name="Catat").click()
    await expect(part(page, "Kerahasiaan").get_by_text("Diadukan: tidak ada petugas.")).to_be_visible()
    assert case_of(office, number).accused_named_at
    await expect(folded.get_by_label("Tidak ada petugas yang diadukan")).to_be_checked()
    await folded.locator("summary").click()
    with office.program.pasti.office.database.transaction() as tx:  # who was accused stays so, signed off or not
        case_desk.set_accused(tx, case_of(office, number).id, [people["dewi"].id])
        officers.change(tx, people["dewi"].id, {"active": False})
    await page.reload()
    await expect(folded.get_by_label("Dewi Anggraeni")).to_be_checked()


async def test_officers_to_accuse_are_told_apart_and_shown_whole(office: Office) -> None:
    staffed(office)
    desk = office.program.pasti.office
    long = "Raden Roro Siti Nurhaliza Kusumawardhani Prawirodirdjo"
    for n in range(12):
        agency = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu" if n % 2 else "Dinas Perindustrian"
        accounts.add_officer(
            desk, username=f"siti{n}", name=long, role="technical_team", position=f"Analis {n}", agency=agency
        )
    number = await reported(office)
    page = await opened(office, "manajer", number)
    await page.locator("#diadukan > summary").click()
    for width in (390, 1440):
        await page.set_viewport_size({"width": width, "height": 900})
        names = page.locator(".ticks__list")
        cut = await names.evaluate(
            "list => list.scrollWidth > list.clientWidth"
            " || [...list.querySelectorAll('label')].some(each => each.scrollHeight > each.clientHeight + 1)"
        )
        assert not cut, width
        await expect(names.get_by_label(f"{long}, Analis 3, Dinas Penanaman Modal")).to_have_count(1)


async def test_a_picture_is_shown_the_rest_is_saved_and_a_voice_note_is_written_down(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    _hand_in(office, number)
    page = await opened(office, "rina", number)
    picture = part(page, "Laporan").get_by_role("img", name="Foto: bukti.png")
    assert await picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") == 1
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Pesan suara").click()
    assert (await saving.value).suggested_filename.endswith(".ogg")
    await page.get_by_label("Isi pesan suara").fill("Petugas loket tiga membentak saya.")
    await page.get_by_role("button", name="Simpan isi").first.click()
    await expect(page.get_by_text("“Petugas loket tiga membentak saya.”")).to_be_visible()
    assert events(office, number)[-1] == "written_down"


def _hand_in(office: Office, number: str) -> None:
    """A picture and a voice note, as they are kept."""
    desk, folder = office.program.pasti.office, office.program.pasti.settings.data_dir
    case = case_of(office, number)
    inbox = int(str(office.program.rows("inbox")[0]["id"]))
    now = desk.clock() + timedelta(0)
    for place, (kind, name, type_, content) in enumerate(
        (("photo", "bukti.png", "image/png", PNG), ("voice", "", "audio/ogg", b"OggS" + bytes(60)))
    ):
        sha = f"{place}" * 64
        path = folder / place_of(sha)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        row = MediaRow(
            desk.new_id(), inbox, place, case.conversation_id or 0, "whatsapp", kind, "x", now, now, name=name
        )
        with desk.database.transaction() as tx:
            media.add(tx, [row])
            kept = {
                "sha256": sha,
                "state": "kept",
                "content_type": type_,
                "size": len(content),
                "picture": kind == "photo",
            }
            tx.execute(media.media.update().where(media.media.c.id == row.id).values(**kept))
            evidence = Evidence(id=desk.new_id(), case_id=case.id, kind=kind, name=name, media_id=row.id, added_at=now)
            cases.add_evidence(tx, [evidence])


async def test_a_letter_is_answered_by_what_is_recorded(office: Office) -> None:
    """Nobody to write to: it is brought, and three tries on two days count."""
    staffed(office)
    number = await reported(office)
    page = await opened(office, "rina", number)
    await page.get_by_role("button", name="Ambil laporan ini").click()
    await page.get_by_label("Inti masalah").fill("antrean")
    await page.get_by_label("Jenis masalah").select_option("Lainnya")
    await page.get_by_role("button", name="Simpan telaah").click()
    await page.get_by_label("Jawaban", exact=True).fill("Antrean sudah ditata.")
    await page.get_by_role("button", name="Kirim jawaban").click()
    folded = page.locator("#penyampaian")
    await folded.locator("summary").click()
    await folded.get_by_label("Lewat").select_option("phone")
    await folded.get_by_label("Catatan").fill("bicara dengan Pak Yayat")
    await folded.get_by_role("button", name="Catat").click()
    await expect(page.get_by_text("Telepon").first).to_be_visible()
    await expect(page.locator(".case__tags")).to_contain_text("Jawaban sampai")
    folded = page.locator("#kata-pelapor")
    await folded.locator("summary").click()
    await folded.get_by_label("Belum selesai, buka kembali").check()
    await folded.get_by_label("Kata-katanya").fill("masih antre")
    await folded.get_by_role("button", name="Catat").click()
    await expect(page.locator(".case__tags")).to_contain_text("Ditelaah")
    assert case_of(office, number).solved is False


async def test_a_suggestion_of_the_search_goes_into_the_sheet_with_its_reason(office: Office) -> None:
    staffed(office)
    text = (
        "nama saya Yayat Hidayat hp 081234500011, kemarin izin 29102 saya dimintai biaya, petugasnya di loket MPP marah"
    )
    await reported(office, user="+6281210002001", name="Neng")
    number = await reported(office, text)
    username = "manajer" if case_of(office, number).visible_to else "rina"
    page = await opened(office, username, number)
    offers = page.get_by_role("group", name="Saran dari pencarian")
    await expect(offers.get_by_text(re.compile("29102")).first).to_be_visible()
    await expect(offers.get_by_text(re.compile("^Karena ")).first).to_be_visible()
    await offers.get_by_role("button", name="Pakai").first.click()
    taken = await page.get_by_label("Standar, prosedur, dan peraturan yang terkait").input_value()
    assert "29102" in taken
    await offers.get_by_text("Dasar hukum standar ini").click()
    await offers.get_by_role("button", name=re.compile("Pakai Undang-Undang|Pakai Peraturan")).first.click()
    assert len((await page.locator("#dasar").input_value()).splitlines()) == 2


def entered(office: Office, by: Actor, **facts: Any) -> str:
    """By letter, the day before; returns its number."""
    at = office.program.pasti.office.clock() - timedelta(days=1)
    usual: dict[str, Any] = {
        "service": "Loket MPP",
        "name": "Yayat Hidayat",
        "address": "Jalan Veteran 1",
        "received_on": at.date(),
    }
    entry = Entry("letter", at, facts.pop("what", "antrean loket tiga jam"), **usual | facts)
    registered = register_elsewhere(office.program.pasti.office, by, entry)
    assert isinstance(registered, Registered), registered
    return registered.number


async def test_a_late_one_without_a_name_is_accepted_with_what_the_reporter_supplied(office: Office) -> None:
    people = staffed(office)
    number = entered(office, people["rina"], name="", address="", received_on=date(2026, 1, 5))
    page = await opened(office, "rina", number)
    late = part(page, "Lewat 30 hari")
    await expect(late.get_by_text("masih kurang: nama pelapor")).to_be_visible()
    await late.get_by_label("Alasan").fill("pelapor sakit")
    await late.get_by_role("button", name="Terima sebagai pengaduan").click()
    await expect(page.get_by_role("alert")).to_contain_text("Belum dapat diterima sebagai pengaduan.")
    await late.get_by_label("Nama").fill("Yayat Hidayat")
    await late.get_by_label("Telepon").fill("081234500011")
    await late.get_by_role("button", name="Terima sebagai pengaduan").click()
    await expect(late).to_have_count(0)
    assert newest(office).kind == "complaint"


async def test_of_several_reporters_it_is_said_who_was_reached(office: Office) -> None:
    people, desk = staffed(office), office.program.pasti.office
    rina = people["rina"]
    first, second = entered(office, rina), entered(office, rina, name="Asep Sunandar", what="tiga jam antre di loket")
    for event, number, words in (
        (case_merging.merge, second, (first, "sama")),
        (case_work.classify, first, (CLASSIFIED,)),
        (case_answers.answer, first, ("Loket sudah ditambah.",)),
    ):
        done = event(desk, rina, number, case_of(office, number).version, *words)
        assert isinstance(done, Done), done
    page = await opened(office, "rina", first)
    place = part(page, "Pesan kepada pelapor")
    await place.get_by_label("Pelapor", exact=True).select_option(label=f"{second}: belum sampai")
    await place.get_by_label("Lewat").select_option("letter")
    await place.get_by_label("Catatan").fill("ada tanda terimanya")
    await place.get_by_role("button", name="Catat", exact=True).click()
    await expect(place.get_by_text(f"tersampaikan kepada pelapor {second}")).to_be_visible()
    await expect(part(page, "Penutupan").get_by_text(f"sampai kepada pelapor {first}")).to_be_visible()


async def test_the_manager_takes_a_case_back_from_a_desk(office: Office) -> None:
    people, desk = staffed(office), office.program.pasti.office
    rina = people["rina"]
    number = entered(office, rina)
    for event, words in (
        (case_work.classify, (CLASSIFIED,)),
        (case_work.study, (SHEET,)),
        (case_routes.choose_route, ("technical_team", people["tim"].id, "hasil telaah")),
    ):
        done = event(desk, rina, number, case_of(office, number).version, *words)
        assert isinstance(done, Done), done
    page = await opened(office, "manajer", number)
    route = part(page, "Jalur dan laporan tertulis")
    await route.get_by_text("Tarik kembali dari meja itu").click()
    await route.locator("#tarik").get_by_label("Alasan").fill("tim sedang tidak ada")
    await route.get_by_role("button", name="Tarik kembali").click()
    await expect(route.get_by_role("heading", name="Pilih jalur")).to_be_visible()
    await expect(part(page, "Riwayat").get_by_text("Ditarik kembali").first).to_be_visible()
    await opened(office, "rina", number)
    assert case_of(office, number).route is None
