"""The web chat as a citizen meets it: in Chromium, on a phone and a desk, by thumb, keyboard and screen reader."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from itertools import product

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Route, ViewportSize, WebError, expect

from bot.webchat import add_routes
from bot.webchat.limits import Limits, Rate
from bot.webchat.visitor import QUIET
from tests.bot.fake_chat import FakeChat

pytest_plugins = ("tests.browser",)

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}
Visit = Callable[..., Awaitable[Page]]


@pytest.fixture
def fake() -> FakeChat:
    return FakeChat()


@pytest_asyncio.fixture(scope="module")
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """One tab for all tests, wiped between them: to open it anew costs more than most of them."""
    context = await browser.new_context(viewport=PHONE, reduced_motion="reduce")
    context.set_default_timeout(5_000)
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture
async def visit(fake: FakeChat, phone: Page) -> AsyncIterator[Visit]:
    """Serves the chat and opens it. A script that fails, or breaks the policy, fails the test."""
    servers: list[TestServer] = []
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(message.text)

    def catch(error: WebError) -> None:
        faults.append(str(error.error))

    async def open_page(*, limits: Limits | None = None, ping_seconds: float = 15) -> Page:
        app = web.Application()
        add_routes(app, fake.web_chat(limits=limits, ping_seconds=ping_seconds))
        servers.append(TestServer(app))
        await servers[-1].start_server()
        await phone.goto(str(servers[-1].make_url("/")))
        return phone

    context = phone.context
    context.on("console", hear)
    context.on("weberror", catch)
    await phone.set_viewport_size(PHONE)
    await phone.emulate_media(color_scheme="light")
    yield open_page
    context.remove_listener("console", hear)
    context.remove_listener("weberror", catch)
    for tab in context.pages[1:]:
        await tab.close()
    await phone.unroute_all()
    await phone.goto("about:blank")
    await context.clear_cookies()
    await context.set_offline(False)
    fake.live.close()
    for server in servers:
        await server.close()
    assert faults == []


async def write(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Tulis pesan")
    await box.fill(text)
    await box.press("Enter")


# A conversation


async def test_a_question_is_answered_in_the_log(visit: Visit) -> None:
    page = await visit()
    log = page.get_by_role("log", name="Percakapan")
    await expect(log).to_contain_text("Sampurasun!")
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    await page.get_by_role("textbox", name="Tulis pesan").fill("halo PASTI")
    await page.get_by_role("button", name="Kirim").click()
    await expect(log).to_contain_text("Jawaban atas: halo PASTI")
    await expect(page.get_by_role("textbox", name="Tulis pesan")).to_have_value("")
    await expect(log.locator(".bubble--citizen time")).to_have_text("14.05")


async def test_enter_sends_and_shift_enter_starts_a_line(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await page.get_by_role("textbox", name="Tulis pesan").press_sequentially("satu")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("dua")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Jawaban atas: satu")).to_be_visible()
    assert fake.taken[0].text == "satu\ndua"
    await page.keyboard.press("Enter")  # nothing written: nothing sent
    await expect(page.locator(".bubble--citizen")).to_have_count(1)


async def test_a_button_answers_and_older_buttons_retire(visit: Visit) -> None:
    page = await visit()
    await page.get_by_role("button", name="Lihat persyaratan").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble--citizen")).to_contain_text("Lihat persyaratan")
    await expect(page.get_by_role("button", name="Hubungi petugas")).to_be_hidden()
    await expect(page.get_by_role("button", name="Berapa lama?")).to_be_visible()
    await expect(page.get_by_role("log", name="Percakapan")).to_be_focused()
    await page.keyboard.press("Tab")  # the new choices come next
    await expect(page.get_by_role("button", name="Berapa biayanya?")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("blockquote").last).to_have_text("Gratis")
    await expect(page.get_by_role("button", name="Berapa lama?")).to_be_hidden()


async def test_the_conversation_survives_a_reload_and_so_does_a_draft(visit: Visit) -> None:
    page = await visit()
    await write(page, "halo")
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await page.get_by_role("textbox", name="Tulis pesan").fill("belum selesai")
    await page.reload()
    await expect(page.get_by_text("Jawaban atas: halo")).to_have_count(1)
    await expect(page.get_by_role("textbox", name="Tulis pesan")).to_have_value("belum selesai")
    await write(page, "lagi")
    await expect(page.get_by_text("Jawaban atas: lagi")).to_be_visible()
    await expect(page.locator(".bubble")).to_have_count(5)


async def test_what_an_officer_says_arrives_by_itself_in_every_tab_once(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await write(page, "halo")
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    other = await page.context.new_page()
    await other.goto(page.url)
    for tab in (page, other):
        await expect(tab.get_by_text("Tersambung", exact=True)).to_be_visible()
    fake.officer_says("Selamat siang, dengan petugas loket.")
    for tab in (page, other):
        await expect(tab.get_by_text("dengan petugas loket")).to_have_count(1)
        await expect(tab.locator(".bubble--officer")).to_contain_text("Petugas")


async def test_each_message_is_announced_once(visit: Visit) -> None:
    page = await visit()
    await page.evaluate(
        """() => { window.added = []; new MutationObserver((records) => {
             for (const record of records) for (const node of record.addedNodes) window.added.push(node.className);
           }).observe(document.getElementById("thread"), { childList: true }); }"""
    )
    await write(page, "halo")
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await expect(page.locator(".bubble--citizen[data-position]")).to_have_count(1)
    added = await page.evaluate("window.added.map((name) => name.split(' ')[1])")
    assert added == ["bubble--citizen", "bubble--bot"]


async def test_a_long_answer_is_shown_from_its_beginning(visit: Visit) -> None:
    page = await visit()
    await page.set_viewport_size({"width": 390, "height": 500})
    await write(page, "syaratnya apa?")
    await expect(page.get_by_text("Persyaratan Industri Kendaraan")).to_be_in_viewport()
    await expect(page.get_by_text("Memiliki sistem manajemen")).not_to_be_in_viewport()
    await page.get_by_role("button", name="Ke pesan terbaru").click()
    await expect(page.get_by_role("button", name="Berapa lama?")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Ke pesan terbaru")).to_be_hidden()


async def test_too_long_a_message_is_refused_before_sending(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await write(page, "a" * 4012)
    await expect(page.get_by_role("status")).to_have_text("Kelebihan 12 huruf; paling panjang 4.000 huruf.")
    await expect(page.get_by_role("textbox", name="Tulis pesan")).to_have_value("a" * 4012)
    await write(page, "🙏" * 4000)
    await expect(page.locator(".bubble--bot")).to_have_count(2)
    assert len(fake.taken) == 1


# A bad line


async def test_messages_written_offline_are_sent_later_once_and_in_order(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.get_by_text("Menyambung kembali…")).to_be_visible()
    await write(page, "pertama")
    await write(page, "kedua")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("Sambungan terputus")
    await page.context.set_offline(False)
    await expect(page.get_by_text("Jawaban atas: kedua")).to_be_visible()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("")
    assert [inbound.text for inbound in fake.taken] == ["pertama", "kedua"]
    bubbles = await page.locator(".bubble[data-position]").evaluate_all("all => all.map(one => one.dataset.position)")
    assert bubbles == ["0", "1", "2", "3", "4"]


async def test_a_message_whose_answer_was_lost_is_not_sent_twice_over_a_reload(visit: Visit, fake: FakeChat) -> None:
    page = await visit()

    async def swallow(route: Route) -> None:
        await route.fetch()  # the server has it; the page never hears
        await route.abort()

    await page.route("**/chat/messages", swallow)
    await page.route("**/chat/stream*", lambda route: route.abort())
    await page.reload()
    await write(page, "sekali saja")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await page.unroute_all()
    await page.reload()
    await expect(page.get_by_text("Jawaban atas: sekali saja")).to_be_visible()
    await expect(page.locator(".bubble--citizen")).to_have_count(1)
    assert await page.evaluate("sessionStorage.length") == 0
    assert len(fake.taken) == 1


async def test_a_message_that_never_left_goes_out_after_a_reload(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await page.route("**/chat/messages", lambda route: route.fulfill(status=503))
    await write(page, "tolong")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await page.unroute_all()
    await page.reload()
    await expect(page.get_by_text("Jawaban atas: tolong")).to_be_visible()
    assert len(fake.taken) == 1


async def test_the_citizen_can_try_again_at_once(visit: Visit) -> None:
    page = await visit()
    await page.route("**/chat/messages", lambda route: route.abort())
    await write(page, "halo")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await page.unroute_all()
    await page.get_by_role("button", name="Coba lagi").click()
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await expect(page.get_by_role("button", name="Coba lagi")).to_be_hidden()


async def test_haste_is_met_with_a_word_and_the_message_goes_out_by_itself(visit: Visit, fake: FakeChat) -> None:
    page = await visit(limits=Limits(visitor=Rate(per_minute=60, burst=1)))
    await write(page, "satu")
    await expect(page.get_by_text("Jawaban atas: satu")).to_be_visible()
    await write(page, "dua")
    await expect(page.get_by_role("status")).to_have_text("Pesannya datang terlalu cepat. Mohon tunggu 1 detik.")
    fake.clock.advance(timedelta(seconds=1))
    await expect(page.get_by_text("Jawaban atas: dua")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("")


# The end


async def test_leaving_clears_every_tab_and_forgets(visit: Visit) -> None:
    page = await visit()
    await write(page, "rahasia saya")
    await expect(page.get_by_text("Jawaban atas: rahasia saya")).to_be_visible()
    other = await page.context.new_page()
    await other.goto(page.url)
    await page.bring_to_front()
    await page.get_by_role("textbox", name="Tulis pesan").fill("belum terkirim")
    await page.get_by_role("button", name="Akhiri percakapan").click()
    await page.get_by_role("button", name="Kembali").click()
    await expect(page.get_by_text("Jawaban atas: rahasia saya")).to_be_visible()
    await page.get_by_role("button", name="Akhiri percakapan").click()
    await page.get_by_role("button", name="Ya, akhiri").click()
    for tab in (page, other):
        await expect(tab.get_by_role("heading", name="Percakapan sudah diakhiri")).to_be_visible()
        await expect(tab.get_by_text("rahasia saya")).to_have_count(0)
        assert await tab.evaluate("sessionStorage.length") == 0
    await expect(page.get_by_role("heading", name="Percakapan sudah diakhiri")).to_be_focused()
    assert await page.context.cookies() == []
    await page.get_by_role("link", name="Mulai percakapan baru").click()
    await expect(page.get_by_text("Sampurasun!")).to_be_visible()
    await expect(page.get_by_text("rahasia saya")).to_have_count(0)


async def test_leaving_without_a_line_says_that_it_did_not_work(visit: Visit) -> None:
    page = await visit()
    await page.route("**/chat/leave", lambda route: route.abort())
    await page.get_by_role("button", name="Akhiri percakapan").click()
    await page.get_by_role("button", name="Ya, akhiri").click()
    await expect(page.get_by_role("alert")).to_contain_text("Belum berhasil")


async def test_after_a_quiet_while_the_screen_is_cleared_kindly(visit: Visit, fake: FakeChat) -> None:
    page = await visit(ping_seconds=0.05)
    await write(page, "rahasia saya")
    await expect(page.get_by_text("Jawaban atas: rahasia saya")).to_be_visible()
    fake.clock.advance(QUIET + timedelta(seconds=1))
    await expect(page.get_by_role("heading", name="Percakapan sudah ditutup")).to_be_visible()
    await expect(page.get_by_text("rahasia saya")).to_have_count(0)


async def test_a_message_after_the_quiet_while_is_not_lost(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await write(page, "dulu")
    await expect(page.get_by_text("Jawaban atas: dulu")).to_be_visible()
    fake.clock.advance(QUIET + timedelta(seconds=1))
    await write(page, "sekarang")
    await expect(page.get_by_role("status")).to_contain_text("Ini percakapan baru.")
    await expect(page.get_by_text("Jawaban atas: sekarang")).to_be_visible()
    await expect(page.get_by_text("Jawaban atas: dulu")).to_have_count(0)


async def test_a_tab_left_open_never_shows_an_old_conversation_beside_a_new_one(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await write(page, "rahasia saya")
    await expect(page.get_by_text("Jawaban atas: rahasia saya")).to_be_visible()
    fake.clock.advance(QUIET + timedelta(seconds=1))
    other = await page.context.new_page()
    await other.goto(page.url)
    await page.bring_to_front()
    await page.context.set_offline(True)
    await expect(page.get_by_text("Menyambung kembali…")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_role("status")).to_contain_text("Ini percakapan baru.")
    await expect(page.get_by_text("rahasia saya")).to_have_count(0)


async def test_a_browser_that_refuses_cookies_is_told_what_to_do(visit: Visit) -> None:
    page = await visit()
    await page.context.clear_cookies()
    await page.evaluate("dispatchEvent(new Event('offline'))")  # the stream starts again, without a cookie
    await expect(page.get_by_text("mohon izinkan cookie")).to_be_visible()


# For everyone


async def test_axe_finds_nothing_serious(visit: Visit, fake: FakeChat) -> None:
    page = await visit()
    await write(page, "syaratnya apa?")
    await expect(page.get_by_role("button", name="Berapa lama?")).to_be_visible()
    fake.officer_says("Selamat siang")
    await expect(page.get_by_text("Selamat siang")).to_be_visible()
    await page.context.set_offline(True)
    await write(page, "halo")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await no_serious_findings(page)
    await page.context.set_offline(False)
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await page.get_by_role("button", name="Akhiri percakapan").click()
    await no_serious_findings(page)
    await page.get_by_role("button", name="Ya, akhiri").click()
    await expect(page.get_by_role("heading", name="Percakapan sudah diakhiri")).to_be_visible()
    await no_serious_findings(page)


async def no_serious_findings(page: Page) -> None:
    """Of this state of the page, on a phone and a desk, by day and by night."""
    for size, scheme in product((PHONE, DESK), ("light", "dark")):
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = await Axe().run(page)
        serious = [one for one in found.response["violations"] if one["impact"] in {"serious", "critical"}]
        assert [(scheme, one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []


async def test_nothing_hangs_over_the_edge(visit: Visit) -> None:
    page = await visit()
    await write(page, "syarat " + "panjangsekali" * 30)
    await expect(page.get_by_text("Persyaratan Khusus")).to_have_count(1)
    await page.context.set_offline(True)
    await expect(page.get_by_text("Menyambung kembali…")).to_be_visible()
    for width in (320, 390, 959, 960, 1440):
        await page.set_viewport_size({"width": width, "height": 800})
        over = await page.evaluate(
            """() => [...document.querySelectorAll("body, .head, .log, .foot, .about, .bubble__body, .choices")]
                 .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className)"""
        )
        assert (width, over) == (width, [])


async def test_without_scripts_the_page_reads_and_offers_nothing_that_does_not_work(
    visit: Visit, browser: Browser
) -> None:
    url = (await visit()).url
    page = await browser.new_page(java_script_enabled=False)
    await page.goto(url)
    await expect(page.get_by_text("Sampurasun!")).to_be_visible()
    await expect(page.get_by_role("button")).to_have_count(0)
    await page.close()


async def test_by_keyboard_the_order_is_that_of_the_page(visit: Visit) -> None:
    page = await visit()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    order = [
        page.get_by_role("button", name="Akhiri percakapan"),
        page.get_by_role("log", name="Percakapan"),
        page.get_by_role("button", name="Lihat persyaratan"),
        page.get_by_role("button", name="Berapa biayanya?"),
        page.get_by_role("button", name="Hubungi petugas"),
        page.get_by_role("textbox", name="Tulis pesan"),
        page.get_by_role("button", name="Kirim"),
    ]
    for place in order:
        await page.keyboard.press("Tab")
        await expect(place).to_be_focused()
        assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
