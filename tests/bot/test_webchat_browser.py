"""The web chat as a citizen meets it, in Chromium: talking, on a bad line, and leaving."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Route, expect

from bot.webchat.limits import Limits, Rate
from bot.webchat.visitor import QUIET
from tests.bot.fake_chat import FakeChat
from tests.bot.tabs import OpenChat, write

# A conversation


async def test_a_question_is_answered_in_the_log(open_chat: OpenChat) -> None:
    page = await open_chat()
    log = page.get_by_role("log", name="Percakapan")
    await expect(log).to_contain_text("Sampurasun!")
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    await page.get_by_role("textbox", name="Tulis pesan").fill("halo PASTI")
    await page.get_by_role("button", name="Kirim").click()
    await expect(log).to_contain_text("Jawaban atas: halo PASTI")
    await expect(page.get_by_role("textbox", name="Tulis pesan")).to_have_value("")
    await expect(log.locator(".bubble--citizen time")).to_have_text("14.05")


async def test_enter_sends_and_shift_enter_starts_a_line(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
    await page.get_by_role("textbox", name="Tulis pesan").press_sequentially("satu")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("dua")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Jawaban atas: satu")).to_be_visible()
    assert fake.taken[0].text == "satu\ndua"
    await page.keyboard.press("Enter")  # nothing written: nothing sent
    await expect(page.locator(".bubble--citizen")).to_have_count(1)


async def test_a_button_answers_and_older_buttons_retire(open_chat: OpenChat) -> None:
    page = await open_chat()
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


async def test_the_conversation_survives_a_reload_and_so_does_a_draft(open_chat: OpenChat) -> None:
    page = await open_chat()
    await write(page, "halo")
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await page.get_by_role("textbox", name="Tulis pesan").fill("belum selesai")
    await page.reload()
    await expect(page.get_by_text("Jawaban atas: halo")).to_have_count(1)
    await expect(page.get_by_role("textbox", name="Tulis pesan")).to_have_value("belum selesai")
    await write(page, "lagi")
    await expect(page.get_by_text("Jawaban atas: lagi")).to_be_visible()
    await expect(page.locator(".bubble")).to_have_count(5)


async def test_what_an_officer_says_arrives_by_itself_in_every_tab_once(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
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


async def test_each_message_is_announced_once(open_chat: OpenChat) -> None:
    page = await open_chat()
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


async def test_a_long_answer_is_shown_from_its_beginning(open_chat: OpenChat) -> None:
    page = await open_chat()
    await page.set_viewport_size({"width": 390, "height": 500})
    await write(page, "syaratnya apa?")
    await expect(page.get_by_text("Persyaratan Industri Kendaraan")).to_be_in_viewport()
    await expect(page.get_by_text("Memiliki sistem manajemen")).not_to_be_in_viewport()
    await page.get_by_role("button", name="Ke pesan terbaru").click()
    await expect(page.get_by_role("button", name="Berapa lama?")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Ke pesan terbaru")).to_be_hidden()


async def test_too_long_a_message_is_refused_before_sending(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
    await write(page, "a" * 4012)
    await expect(page.get_by_role("status")).to_have_text("Kelebihan 12 huruf; paling panjang 4.000 huruf.")
    await expect(page.get_by_role("textbox", name="Tulis pesan")).to_have_value("a" * 4012)
    await write(page, "🙏" * 4000)
    await expect(page.locator(".bubble--bot")).to_have_count(2)
    assert len(fake.taken) == 1


# A bad line


async def test_messages_written_offline_are_sent_later_once_and_in_order(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
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


async def test_a_message_whose_answer_was_lost_is_not_sent_twice(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()

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


async def test_a_message_that_never_left_goes_out_after_a_reload(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
    await page.route("**/chat/messages", lambda route: route.fulfill(status=503))
    await write(page, "tolong")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await page.unroute_all()
    await page.reload()
    await expect(page.get_by_text("Jawaban atas: tolong")).to_be_visible()
    assert len(fake.taken) == 1


async def test_the_citizen_can_try_again_at_once(open_chat: OpenChat) -> None:
    page = await open_chat()
    await page.route("**/chat/messages", lambda route: route.abort())
    await write(page, "halo")
    await expect(page.get_by_text("menunggu sambungan…")).to_be_visible()
    await page.unroute_all()
    await page.get_by_role("button", name="Coba lagi").click()
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await expect(page.get_by_role("button", name="Coba lagi")).to_be_hidden()


async def test_haste_is_met_with_a_word_and_the_message_goes_out_by_itself(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat(limits=Limits(visitor=Rate(per_minute=60, burst=1)))
    await write(page, "satu")
    await expect(page.get_by_text("Jawaban atas: satu")).to_be_visible()
    await write(page, "dua")
    await expect(page.get_by_role("status")).to_have_text("Pesannya datang terlalu cepat. Mohon tunggu 1 detik.")
    fake.clock.advance(timedelta(seconds=1))
    await expect(page.get_by_text("Jawaban atas: dua")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("")


# The end


async def test_leaving_clears_every_tab_and_forgets(open_chat: OpenChat) -> None:
    page = await open_chat()
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


async def test_leaving_without_a_line_says_that_it_did_not_work(open_chat: OpenChat) -> None:
    page = await open_chat()
    await page.route("**/chat/leave", lambda route: route.abort())
    await page.get_by_role("button", name="Akhiri percakapan").click()
    await page.get_by_role("button", name="Ya, akhiri").click()
    await expect(page.get_by_role("alert")).to_contain_text("Belum berhasil")


async def test_after_a_quiet_while_the_screen_is_cleared_kindly(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat(ping_seconds=0.05)
    await write(page, "rahasia saya")
    await expect(page.get_by_text("Jawaban atas: rahasia saya")).to_be_visible()
    fake.clock.advance(QUIET + timedelta(seconds=1))
    await expect(page.get_by_role("heading", name="Percakapan sudah ditutup")).to_be_visible()
    await expect(page.get_by_text("rahasia saya")).to_have_count(0)


async def test_a_message_after_the_quiet_while_is_not_lost(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
    await write(page, "dulu")
    await expect(page.get_by_text("Jawaban atas: dulu")).to_be_visible()
    fake.clock.advance(QUIET + timedelta(seconds=1))
    await write(page, "sekarang")
    await expect(page.get_by_role("status")).to_contain_text("Ini percakapan baru.")
    await expect(page.get_by_text("Jawaban atas: sekarang")).to_be_visible()
    await expect(page.get_by_text("Jawaban atas: dulu")).to_have_count(0)


async def test_a_tab_left_open_never_shows_two_conversations(open_chat: OpenChat, fake: FakeChat) -> None:
    page = await open_chat()
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


async def test_a_browser_that_refuses_cookies_is_told_what_to_do(open_chat: OpenChat) -> None:
    page = await open_chat()
    await page.context.clear_cookies()
    await page.evaluate("dispatchEvent(new Event('offline'))")  # the stream starts again, without a cookie
    await expect(page.get_by_text("mohon izinkan cookie")).to_be_visible()
