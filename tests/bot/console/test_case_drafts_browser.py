"""What is being written about a case is never lost: not to a colleague, not to a session that ends; and never shown."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Dialog, Locator, Page, Route, expect

from handlers import case_answers, case_routes, case_secrecy, case_work
from handlers.access import Actor
from handlers.case_events import Done
from storage import case_desk
from tests.bot.console.case_pages import case_of, events, opened, part, reported, staffed
from tests.bot.console.offices import PASSWORD, Office
from tests.bot.console.test_case_browser import arrives
from tests.case_office import CLASSIFIED, SHEET
from tests.for_everyone import no_serious_findings

HALF = "Tulisan setengah jam.\nBaris kedua."


def does(office: Office, event: Any, who: Actor, number: str, *facts: Any) -> None:
    """An event of somebody elsewhere; open pages hear of it."""
    done = event(office.program.pasti.office, who, number, case_of(office, number).version, *facts)
    assert isinstance(done, Done), done
    conversation = case_of(office, number).conversation_id
    office.program.pasti.console.changed([*done.told, *([conversation] if conversation else [])])


async def studied(office: Office) -> tuple[dict[str, Actor], str]:
    """A case of Rina's that waits for a route, or an answer."""
    people, number = staffed(office), await reported(office)
    for event, *facts in ((case_work.take,), (case_work.classify, CLASSIFIED), (case_work.study, SHEET)):
        does(office, event, people["rina"], number, *facts)
    return people, number


def routed(office: Office, people: dict[str, Actor], number: str, to: str = "rina") -> None:
    does(office, case_routes.choose_route, people["rina"], number, "internal", people[to].id, "hasil telaah")


async def enters(page: Page, username: str) -> None:
    await page.get_by_label("Nama pengguna").fill(username)
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Masuk").click()


def dialogs_of(page: Page) -> list[str]:
    """What the browser asks; the answer is to stay."""
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    return asked


def lost(page: Page) -> Locator:
    return page.get_by_role("region", name="Tulisan yang formulirnya sudah tidak ada")


@pytest.mark.parametrize("field", ["jawaban", "hasil", "temuan", "pertanyaan"])
async def test_what_was_written_in_a_form_that_goes_is_shown_to_be_copied(office: Office, field: str) -> None:
    people, number = await studied(office)
    if field in ("hasil", "temuan"):
        routed(office, people, number)
    if field == "temuan":
        for event, *facts in ((case_routes.decide, "ditegur", "laporan"), (case_answers.answer, "Maaf.")):
            does(office, event, people["rina"], number, *facts)
        arrives(office)
        await office.says("sudah selesai")
    rina = await opened(office, "rina", number, own=True)
    if field == "pertanyaan":
        await rina.locator("#tanya > summary").click()
    await rina.locator(f"#{field}").fill(HALF)
    match field:
        case "jawaban":
            does(office, case_routes.choose_route, people["dewi"], number, "internal", people["dewi"].id, "x")
        case "hasil":  # in another tab of hers
            does(office, case_routes.send_back, people["rina"], number, "salah jalur")
        case "temuan":
            does(office, case_answers.close, people["dewi"], number)
        case "pertanyaan":
            does(office, case_work.ask_reporter, people["dewi"], number, "Loket mana?")
    notice = lost(rina)
    await expect(notice).to_contain_text("Formulir ini sudah tidak ada karena laporan berubah. Tulisan Anda:")
    await expect(notice).to_contain_text("Tulisan setengah jam.")
    assert HALF in await notice.inner_text()
    await expect(notice).to_be_focused()
    await expect(rina.locator("[data-said]")).to_have_text(re.compile("sudah tidak ada"))
    await no_serious_findings(rina)
    await rina.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await notice.get_by_role("button", name="Salin").click()
    assert HALF in await rina.evaluate("navigator.clipboard.readText()")
    dialogs_of(rina)
    async with rina.expect_event("dialog"):  # it would be lost with the tab
        await rina.evaluate("setTimeout(() => location.reload())")
    await notice.get_by_role("button", name="Singkirkan").click()
    await expect(notice).to_have_count(0)
    await rina.reload()
    await expect(rina.get_by_role("heading", name=number)).to_be_visible()
    await expect(notice).to_have_count(0)


async def test_an_answer_whose_form_has_gone_unheard_is_refused_aloud_and_kept(office: Office) -> None:
    people, number = await studied(office)
    rina = await opened(office, "rina", number)
    await rina.locator("#jawaban").fill(HALF)
    unheard = partial(case_routes.choose_route, office.program.pasti.office, people["dewi"], number)
    assert isinstance(unheard(case_of(office, number).version, "internal", people["dewi"].id, "x"), Done)
    await rina.get_by_role("button", name="Kirim jawaban").click()
    await expect(rina.get_by_role("alert").first).to_have_text(
        re.compile("^Belum terkirim. Laporan ini sudah berubah sejak halaman dibuka")
    )
    await expect(lost(rina)).to_contain_text("Tulisan setengah jam.")
    assert "answered" not in events(office, number)
    # another change later takes neither of them away, and with the form what was written is back in it
    does(office, case_work.note, people["dewi"], number, "sudah ditelepon")
    await expect(part(rina, "Riwayat").get_by_text("sudah ditelepon")).to_be_visible()
    await expect(rina.get_by_role("alert").first).to_contain_text("Belum terkirim.")
    await expect(lost(rina)).to_contain_text("Tulisan setengah jam.")
    does(office, case_routes.decide, people["dewi"], number, "ditegur", "laporan")
    await expect(rina.locator("#jawaban")).to_have_value(HALF)
    await expect(lost(rina)).to_have_count(0)
    await rina.get_by_role("button", name="Kirim jawaban").click()
    await expect(rina.locator("[data-said]")).to_have_text("Tersimpan.")
    await expect(rina.get_by_text("Belum terkirim.")).to_have_count(0)
    assert events(office, number)[-1] == "answered"


async def test_a_session_that_ends_asks_to_sign_in_and_what_was_written_is_there_again(office: Office) -> None:
    _, number = await studied(office)
    rina = await opened(office, "rina", number, own=True)
    asked = dialogs_of(rina)
    await rina.locator("#jawaban").fill(HALF)
    await rina.get_by_label("Investigasi").check()
    await rina.locator("#catat > summary").click()
    await rina.get_by_label("Catatan untuk sesama petugas").fill("setengah catatan")
    await rina.context.clear_cookies()
    await rina.get_by_role("button", name="Kirim jawaban").click()
    await enters(rina, "rina")
    await expect(rina.get_by_role("heading", name=number)).to_be_visible()
    await expect(rina.locator("#jawaban")).to_have_value(HALF)
    await expect(rina.get_by_label("Investigasi")).to_be_checked()
    await expect(rina.get_by_label("Catatan untuk sesama petugas")).to_be_visible()
    await expect(rina.get_by_label("Catatan untuk sesama petugas")).to_have_value("setengah catatan")
    assert asked == []
    await rina.get_by_role("button", name="Kirim jawaban").click()
    await expect(rina.locator("[data-said]")).to_have_text("Tersimpan.")
    assert events(office, number)[-1] == "answered"
    assert "Tulisan setengah jam" not in await rina.evaluate("JSON.stringify(sessionStorage)")
    assert "setengah catatan" in await rina.evaluate("JSON.stringify(sessionStorage)")


async def test_what_was_written_is_for_nobody_else_who_signs_in_there(office: Office) -> None:
    _, number = await studied(office)
    page = await opened(office, "rina", number)
    await page.locator("#jawaban").fill(HALF)
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Kirim jawaban").click()
    await enters(page, "dewi")
    await expect(page.get_by_role("heading", name=number)).to_be_visible()
    await expect(page.locator("#jawaban")).to_have_value("")
    assert "setengah jam" not in await page.evaluate("JSON.stringify(sessionStorage)")
    assert "setengah jam" not in await page.content()


async def test_after_signing_in_elsewhere_a_page_goes_on_without_being_loaded_again(office: Office) -> None:
    _, number = await studied(office)
    rina = await opened(office, "rina", number)
    await rina.locator("#jawaban").fill(HALF)
    await rina.context.clear_cookies()
    tab = await rina.context.new_page()
    await tab.goto(f"{office.url}/petugas/masuk")
    await enters(tab, "rina")
    await tab.wait_for_url("**/petugas/kotak-masuk")
    await rina.get_by_role("button", name="Kirim jawaban").click()
    await expect(rina.locator("[data-said]")).to_have_text("Tersimpan.")
    assert events(office, number).count("answered") == 1


async def test_nothing_is_sent_in_the_name_of_somebody_who_signed_in_elsewhere(office: Office) -> None:
    _, number = await studied(office)
    rina = await opened(office, "rina", number)
    await rina.locator("#jawaban").fill(HALF)
    await rina.context.clear_cookies()
    tab = await rina.context.new_page()
    await tab.goto(f"{office.url}/petugas/masuk")
    await enters(tab, "dewi")
    await tab.wait_for_url("**/petugas/kotak-masuk")
    await rina.get_by_role("button", name="Kirim jawaban").click()
    await expect(part(rina, "Pesan kepada pelapor").get_by_role("alert")).to_contain_text("sekarang petugas lain")
    await expect(rina.locator("#jawaban")).to_have_value(HALF)
    assert "answered" not in events(office, number)


@pytest.mark.parametrize("by", ["hearing of it", "pressing", "looking again", "looking again and pressing"])
async def test_whom_a_case_accuses_is_led_away_whatever_they_were_writing(office: Office, by: str) -> None:
    people, number = await studied(office)
    rina = await opened(office, "rina", number, own=True)
    asked = dialogs_of(rina)

    async def lead_nowhere(route: Route) -> None:
        await route.fulfill(status=204)  # the browser stays where it is

    await rina.route("**/petugas/kasus", lead_nowhere)
    await rina.locator("#jawaban").fill(HALF)
    office_of = office.program.pasti.office
    version = case_of(office, number).version
    done = case_secrecy.name_accused(office_of, people["manajer"], number, version, [people["rina"].id], "disebut")
    assert isinstance(done, Done)
    conversation = case_of(office, number).conversation_id
    assert conversation
    async with rina.expect_request("**/petugas/kasus"):
        match by:
            case "hearing of it":
                office.program.pasti.console.changed([conversation])
            case "pressing":
                await rina.get_by_role("button", name="Kirim jawaban").click()
            case "looking again":
                await rina.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            case "looking again and pressing":
                await _looks_again_and_presses(rina, number)
    await expect(rina.locator("#main")).to_be_empty()
    assert rina.url.endswith(number)
    assert asked == []
    await rina.unroute("**/petugas/kasus")
    with office_of.database.transaction() as tx:  # so that the page could be opened again
        case_desk.set_accused(tx, case_of(office, number).id, [])
    await rina.goto(f"{office.url}/petugas/kasus/{number}")
    assert "setengah jam" not in await rina.evaluate("JSON.stringify(sessionStorage)")


async def _looks_again_and_presses(rina: Page, number: str) -> None:
    """What was pressed is answered last, when nothing is left of the page."""
    held: dict[str, Route] = {}
    both = asyncio.Event()

    async def hold(route: Route) -> None:
        held[route.request.method] = route
        if len(held) == 2:
            both.set()

    await rina.route(f"**/petugas/kasus/{number}", hold)
    await rina.route(f"**/petugas/kasus/{number}/*", hold)
    await rina.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await rina.get_by_role("button", name="Kirim jawaban").click()
    await asyncio.wait_for(both.wait(), 10)
    await held["GET"].continue_()
    await expect(rina.locator("#main")).to_be_empty()
    async with rina.expect_response(held["POST"].request.url):
        await held["POST"].continue_()
    await rina.unroute(f"**/petugas/kasus/{number}")


async def test_two_who_name_the_accused_at_once_choose_between_both(office: Office) -> None:
    people, number = await studied(office)
    manager = await opened(office, "manajer", number)
    folded = manager.locator("#diadukan")
    await folded.locator("summary").click()
    await folded.get_by_label("Rina Lestari").check()
    await folded.get_by_label("Alasan").fill("disebut pelapor")
    does(office, case_secrecy.name_accused, people["kepala"], number, [people["dewi"].id], "ada rekamannya")
    dispute = folded.get_by_role("group", name="Isian ini sudah berubah")
    await expect(dispute).to_contain_text("Rekan mengubah isian ini")
    await expect(dispute.locator("blockquote")).to_have_text(re.compile("^Dewi Anggraeni, Petugas Loket$"))
    await expect(folded.get_by_label("Rina Lestari")).to_be_checked()
    await expect(folded.get_by_label("Dewi Anggraeni")).not_to_be_checked()
    await no_serious_findings(manager)
    await folded.get_by_role("button", name="Catat").click()
    await expect(folded.get_by_role("alert")).to_contain_text("sudah berubah sejak halaman dibuka")
    assert _accused(office, number) == {people["dewi"].id}
    await dispute.get_by_role("button", name="Pakai isi itu").click()
    await expect(folded.get_by_label("Dewi Anggraeni")).to_be_checked()
    await expect(folded.get_by_label("Rina Lestari")).not_to_be_checked()
    await folded.get_by_label("Rina Lestari").check()  # both, and this time on purpose
    await folded.get_by_role("button", name="Catat").click()
    await expect(manager.locator("[data-said]")).to_have_text("Tersimpan.")
    assert _accused(office, number) == {people["dewi"].id, people["rina"].id}
    assert await manager.evaluate("sessionStorage.length") == 0


async def test_two_plans_are_chosen_between_and_other_changes_dispute_no_tick(office: Office) -> None:
    people, number = await studied(office)
    rina = await opened(office, "rina", number)
    sheet = part(rina, "Lembar telaah")
    dispute = sheet.get_by_role("group", name="Isian ini sudah berubah")
    await sheet.get_by_label("Investigasi").check()
    does(office, case_work.note, people["dewi"], number, "sudah ditelepon")
    await expect(part(rina, "Riwayat").get_by_text("sudah ditelepon")).to_be_visible()
    await expect(dispute).to_have_count(0)
    plan = case_work.Study(SHEET.core_problem, plan=["konfirmasi"])
    does(office, case_work.study, people["dewi"], number, plan)
    await expect(dispute.locator("blockquote")).to_have_text("Konfirmasi")
    await dispute.get_by_role("button", name="Tetap tulisan saya").click()
    await sheet.get_by_role("button", name="Simpan telaah").click()
    await expect(rina.locator("[data-said]")).to_have_text("Tersimpan.")
    with office.program.pasti.office.database.reader() as conn:
        kept = case_desk.study_of(conn, case_of(office, number).id)
    assert kept
    assert "investigasi" in str(kept.plan)
    assert "konfirmasi" not in str(kept.plan)


def _accused(office: Office, number: str) -> set[int]:
    with office.program.pasti.office.database.reader() as conn:
        return set(case_desk.accused_in(conn, case_of(office, number).id))
