"""What the page of a case shows to whom: facts that agree, a guess that is one, whole texts, what may be done."""

from __future__ import annotations

from datetime import date

from playwright.async_api import expect

from handlers import case_routes, case_work
from handlers.access import Actor
from handlers.case_events import Done
from handlers.case_work import Classified, Study
from storage import cases
from tests.bot.console.case_pages import case_of, opened, part, reported, staffed
from tests.bot.console.offices import Office
from tests.browser import PHONE

PRESSED = (
    "main :is(summary, button, select, textarea, a, label:has([type=checkbox], [type=radio]),"
    " input:not([type=hidden], [type=checkbox], [type=radio]))"
)
SMALL = f"""() => [...document.querySelectorAll("{PRESSED}")]
    .filter(each => each.checkVisibility() && !each.matches(".case__link"))
    .map(each => [each.textContent.trim(), Math.round(each.getBoundingClientRect().height)])
    .filter(([, height]) => height < 44)"""
LONG = "Rekaman kamera membenarkan pelapor. " * 40 + "Sampai di sini temuannya."


def studied(office: Office, who: Actor, number: str, findings: str = "benar") -> None:
    done = case_work.study(
        office.program.pasti.office,
        who,
        number,
        case_of(office, number).version,
        Study("Petugas kasar", ["Standar 61"], [], ["klarifikasi"], findings, ""),
        Classified("Loket", "Kompetensi Pelaksana", None, None),
    )
    assert isinstance(done, Done), done


def routed(office: Office, who: Actor, number: str, route: case_routes.Route, to: Actor) -> None:
    version = case_of(office, number).version
    done = case_routes.choose_route(office.program.pasti.office, who, number, version, route, to.id, "hasil telaah")
    assert isinstance(done, Done), done


async def test_the_facts_do_not_deny_the_day_from_which_the_30_days_were_counted(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    page = await opened(office, "rina", number)
    facts = part(page, "Laporan")
    await expect(facts.get_by_text("Disampaikan 1 hari setelahnya", exact=False)).to_be_visible()
    await expect(facts.get_by_text("Layanan diterima")).to_have_count(0)
    desk = office.program.pasti.office
    with desk.database.transaction() as tx:
        cases.update(tx, case_of(office, number).id, desk.clock(), received_on=date(2026, 11, 5))
    await page.reload()
    await expect(facts.get_by_text("Layanan diterima")).to_be_visible()
    await expect(facts.get_by_text("5 Nov 2026")).to_be_visible()


async def test_the_kind_of_problem_is_suggested_and_not_chosen(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    desk = office.program.pasti.office
    with desk.database.transaction() as tx:
        cases.update(tx, case_of(office, number).id, desk.clock(), component=9)
    page = await opened(office, "rina", number)
    sheet = part(page, "Lembar telaah")
    kind = sheet.get_by_label("Jenis masalah")
    await expect(kind).to_have_value("")
    await expect(sheet.get_by_text("Disarankan: Kompetensi Pelaksana.")).to_be_visible()
    await sheet.get_by_label("Inti masalah").fill("Petugas kasar")
    await sheet.get_by_role("button", name="Simpan telaah").click()
    assert await kind.evaluate("field => field.validity.valueMissing")
    assert case_of(office, number).problem is None
    await kind.select_option(label="Kompetensi Pelaksana (disarankan)")
    await sheet.get_by_role("button", name="Simpan telaah").click()
    await expect(sheet.get_by_text("Terakhir")).to_be_visible()
    assert case_of(office, number).problem == "Kompetensi Pelaksana"
    await expect(kind).to_have_value("Kompetensi Pelaksana")
    await expect(sheet.get_by_text("Disarankan")).to_have_count(0)


async def test_a_long_text_of_the_history_is_read_whole(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    studied(office, people["rina"], number, LONG)
    page = await opened(office, "rina", number)
    history = part(page, "Riwayat")
    await expect(history.get_by_text(LONG, exact=True)).to_be_hidden()
    await history.get_by_text("Baca seluruhnya").click()
    await expect(history.get_by_text(LONG, exact=True)).to_be_visible()
    await history.get_by_text("Ringkas").click()
    await expect(history.get_by_text(LONG, exact=True)).to_be_hidden()


async def test_a_long_report_to_the_next_level_is_read_whole(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    studied(office, people["rina"], number)
    routed(office, people["rina"], number, "internal", people["rina"])
    desk = office.program.pasti.office
    done = case_routes.hand_up(desk, people["rina"], number, case_of(office, number).version, LONG)
    assert isinstance(done, Done), done
    page = await opened(office, "manajer", number)
    levels = part(page, "Jalur dan laporan tertulis").locator(".levels")
    await levels.get_by_text("Baca seluruhnya").click()
    await expect(levels.get_by_text(LONG, exact=True)).to_be_visible()


async def test_the_inspectorate_is_let_in_only_by_whom_the_page_offers_it(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    studied(office, people["rina"], number)
    routed(office, people["rina"], number, "agency", people["tim"])
    offered = "Setujui pelibatan Inspektorat (APIP)"
    for username, may in (("tim", False), ("rina", False), ("kepala", True)):
        page = await opened(office, username, number)
        await expect(page.get_by_text(offered)).to_have_count(int(may))
    desk = office.program.pasti.office
    done = case_routes.hand_up(desk, people["tim"], number, case_of(office, number).version, "Mohon arahan.")
    assert isinstance(done, Done), done
    page = await opened(office, "kadis", number)
    await expect(page.get_by_text(offered)).to_be_visible()


async def test_on_a_phone_the_gate_and_the_reporter_come_before_the_history(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    studied(office, people["rina"], number)
    page = await opened(office, "manajer", number)
    in_order = await page.locator(".case .card > h2").evaluate_all("found => found.map(each => each.textContent)")
    await page.set_viewport_size(PHONE)
    seen = await page.locator(".case .card > h2").evaluate_all(
        "found => found.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)"
        ".map(each => each.textContent)"
    )
    for read in (in_order, seen):
        assert read.index("Penutupan") < read.index("Riwayat")
        assert read.index("Pelapor") < read.index("Riwayat")
    assert seen[-1] == "Riwayat"


async def test_on_a_desk_the_history_follows_the_work_whatever_stands_beside_it(office: Office) -> None:
    staffed(office)
    number = await reported(office)
    page = await opened(office, "manajer", number)
    for folded in await page.locator(".case__side details > summary").all():
        await folded.click()
    above, below = part(page, "Pesan kepada pelapor"), part(page, "Riwayat")
    top, bottom = await below.bounding_box(), await above.bounding_box()
    assert top
    assert bottom
    assert top["x"] == bottom["x"]
    assert top["y"] - bottom["y"] - bottom["height"] <= 16


async def test_on_a_phone_everything_that_is_pressed_is_large_enough_for_a_thumb(office: Office) -> None:
    people = staffed(office)
    number = await reported(office)
    studied(office, people["rina"], number, LONG)
    routed(office, people["rina"], number, "internal", people["manajer"])
    page = await opened(office, "manajer", number)
    await page.set_viewport_size(PHONE)
    assert await page.evaluate(SMALL) == []
    await page.locator("main details").evaluate_all("found => found.forEach(each => (each.open = true))")
    assert await page.evaluate(SMALL) == []
    await page.goto(f"{office.url}/petugas/kasus?daftar=semua&jenis=pengaduan")
    await expect(page.get_by_label("Jenis")).to_be_visible()
    assert await page.evaluate(SMALL) == []
