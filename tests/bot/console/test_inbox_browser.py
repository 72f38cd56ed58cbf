"""Officers and a citizen at once, in Chromium: taking over, answering, noting, giving back; nobody sees wrong."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, Route, expect

from tests.bot.console.offices import Office, open_first, say
from tests.browser import DESK


def log(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("log", name="Isi percakapan")


async def test_two_officers_and_a_citizen_at_once(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    office.officer("dewi", name="Dewi Anggraeni")
    citizen = await office.citizen()
    await say(citizen, "berapa biayanya 29102?")
    await expect(citizen.get_by_text("Gratis").first).to_be_visible()
    rina, dewi = await office.signed_in("rina"), await office.signed_in("dewi")
    for page in (rina, dewi):
        await open_first(page)
        await expect(log(page)).to_contain_text("berapa biayanya 29102?")

    # both at once: one has it, the other is told who
    pressed = asyncio.Barrier(2)  # before either is told of the other

    async def together(route: Route) -> None:
        await pressed.wait()
        await route.continue_()

    for page in (rina, dewi):
        await page.route("**/ambil", together)
    buttons = [page.get_by_role("button", name="Ambil alih") for page in (rina, dewi)]
    await asyncio.gather(*(button.click() for button in buttons))
    await expect(rina.get_by_text("Dipegang").first).to_be_visible()
    has_it = await rina.get_by_text("Dipegang Anda").is_visible()
    winner, loser, name = (rina, dewi, "Rina Lestari") if has_it else (dewi, rina, "Dewi Anggraeni")
    await expect(loser.get_by_role("status").filter(has_text=f"diambil alih {name}")).to_be_visible()
    await expect(loser.locator(".thread__head")).to_contain_text(f"Dipegang {name}")
    await expect(loser.get_by_role("button", name="Kirim")).to_be_disabled()
    await expect(citizen.locator(".bubble").last).to_contain_text(name.split()[0])

    # the bot is silent at once
    bubbles = await citizen.locator(".bubble--bot").count()
    await say(citizen, "persyaratannya apa ya?")
    await expect(log(winner)).to_contain_text("persyaratannya apa ya?")
    await expect(log(loser)).to_contain_text("persyaratannya apa ya?")
    assert await citizen.locator(".bubble--bot").count() == bubbles

    # a reply arrives, with the officer's mark
    await winner.get_by_role("textbox", name="Balasan").fill("Selamat siang, saya bantu ya.")
    await winner.get_by_role("button", name="Kirim").click()
    await expect(citizen.locator(".bubble--officer").last).to_contain_text("Selamat siang, saya bantu ya.")
    await expect(log(winner).locator(".entry--officer").last).to_contain_text("Terkirim")
    await expect(winner.get_by_role("textbox", name="Balasan")).to_have_value("")

    # a note does not, whichever way it is written; the colleague reads it
    await loser.get_by_role("textbox", name="Balasan").fill("Warga ini pernah datang bulan lalu.")
    await loser.get_by_role("button", name="Catatan internal").click()
    await expect(log(winner).locator(".entry--note")).to_contain_text("pernah datang bulan lalu")
    await winner.get_by_role("button", name="Catatan internal").click()
    await winner.get_by_role("textbox", name="Balasan").fill("Sudah saya telepon.")
    await winner.keyboard.press("Control+Enter")
    await expect(log(loser).locator(".entry--note")).to_have_count(2)
    await say(citizen, "baik bu")
    await expect(log(winner)).to_contain_text("baik bu")
    assert "bulan lalu" not in await citizen.locator("body").inner_text()
    assert "telepon." not in await citizen.locator(".log").inner_text()

    # given back, the bot answers again
    await winner.get_by_role("button", name="Kembalikan ke bot").click()
    await expect(winner.locator(".thread__head")).to_contain_text("Dijawab bot")
    await expect(loser.locator(".thread__head")).to_contain_text("Dijawab bot")
    await say(citizen, "berapa lama prosesnya 29102?")
    await expect(citizen.get_by_text("hari kerja").first).to_be_visible()


async def test_a_message_shows_by_itself_in_list_and_counts(office: Office) -> None:
    office.officer("rina")
    page = await office.signed_in("rina")
    await expect(page.get_by_text("Belum ada percakapan")).to_be_visible()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    await office.says("petugas", name="Euis")
    lines = page.get_by_role("list", name="Percakapan").get_by_role("listitem")
    await expect(lines).to_have_count(1)
    await expect(lines.first).to_contain_text("Menunggu")
    await expect(page.locator("[data-count=waiting]")).to_have_text("1")
    await expect(page).to_have_title("(1) Kotak masuk – PASTI")
    await expect(lines.first.locator(".count")).to_have_text("1 belum dibaca")
    await open_first(page)
    await expect(lines.first.locator(".count")).to_have_count(0)


async def test_going_fast_through_the_list_never_shows_the_wrong_thread(office: Office) -> None:
    office.officer("rina")
    for n in range(8):
        await office.says(f"pesan dari warga nomor {n}", user=f"+62812100020{n:02d}", name=f"Warga {n}")
    page = await office.signed_in("rina")

    asked = 0

    async def slowly(route: Route) -> None:
        """The earlier a thread was asked for, the later it comes."""
        nonlocal asked
        asked += 1
        await asyncio.sleep(max(0.0, 0.5 - asked * 0.06))
        await route.continue_()

    await page.route("**/petugas/percakapan/*", slowly)
    await page.evaluate(
        """() => {
          window.wrong = [];
          const look = () => {
            const line = document.querySelector(".line--opened .line__name")?.textContent.trim();
            const head = document.querySelector(".thread h2")?.textContent.trim();
            const words = document.querySelector(".thread .entries")?.textContent ?? "";
            if (line && head && head !== line) window.wrong.push([line, head]);
            if (line && words && !words.includes(`warga nomor ${line.at(-1)}`)) window.wrong.push([line, words]);
          };
          new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
        }"""
    )
    for key in "jjjjjkkjjk":
        await page.keyboard.press(key)
    await expect(log(page)).to_contain_text("warga nomor")
    assert await page.evaluate("window.wrong") == []
    assert await page.locator(".line--opened .line__name").inner_text() in await page.locator(".thread h2").inner_text()


async def test_keys_do_what_the_help_says(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", name="Euis")
    page = await office.signed_in("rina")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Pintasan papan ketik")
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await expect(log(page)).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.get_by_text("Dipegang Anda")).to_be_visible()
    reply = page.get_by_role("textbox", name="Balasan")
    await expect(reply).to_be_focused()  # taken over to be answered
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.get_by_role("button", name="Catatan internal")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.type("hanya kita")
    await page.keyboard.press("Control+Enter")
    await expect(log(page).locator(".entry--note")).to_contain_text("hanya kita")
    await page.keyboard.press("r")
    await page.keyboard.type("halo bu")
    await page.keyboard.press("Control+Enter")
    await expect(log(page).locator(".entry--officer")).to_contain_text("halo bu")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator(".thread__head")).to_contain_text("Dijawab bot")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("tidak ada orang ini")
    await expect(page.get_by_text("Tidak ada yang cocok")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("list", name="Percakapan").get_by_role("listitem")).to_have_count(1)


async def test_a_draft_survives_a_reload_and_stays_with_its_conversation(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", user="+6281210002001", name="Euis")
    await office.says("petugas", user="+6281210002002", name="Asep")
    page = await office.signed_in("rina")
    await open_first(page, "Euis")
    await page.get_by_role("button", name="Ambil alih").click()
    await page.get_by_role("textbox", name="Balasan").fill("Baik Bu Euis, kami")
    await open_first(page, "Asep")
    await expect(page.get_by_role("textbox", name="Balasan")).to_have_value("")
    await open_first(page, "Euis")
    await page.reload()
    await expect(page.get_by_role("textbox", name="Balasan")).to_have_value("Baik Bu Euis, kami")


async def test_what_becomes_confidential_leaves_the_screens_of_others(office: Office) -> None:
    office.officer("rina")
    office.officer("manajer", role="complaint_manager")
    await office.says("halo", name="Ujang")
    rina, manager = await office.signed_in("rina"), await office.signed_in("manajer")
    for page in (rina, manager):
        await open_first(page)
    await office.says("saya mau lapor, rahasia ya. petugas loket minta uang suap 500 ribu", name="Ujang")
    await expect(rina.get_by_text("Percakapan ini tidak tersedia")).to_be_visible()
    await expect(rina.get_by_role("list", name="Percakapan").get_by_role("listitem")).to_have_count(0)
    assert "suap" not in await rina.content()
    await expect(log(manager)).to_contain_text("suap")
    await expect(manager.locator(".thread__head")).to_contain_text("Rahasia")


async def test_one_line_serves_all_tabs_of_a_browser(office: Office) -> None:
    office.officer("rina")
    first = await office.signed_in("rina")
    await expect(first.get_by_text("Tersambung", exact=True)).to_be_visible()
    tabs = [first]
    for _ in range(3):
        tabs.append(await first.context.new_page())
        await tabs[-1].goto(first.url)
        await expect(tabs[-1].get_by_text("Tersambung", exact=True)).to_be_visible()
    assert office.program.pasti.feed.readers == 1
    await office.says("halo", name="Euis")
    for tab in tabs:
        await expect(tab.get_by_role("list", name="Percakapan").get_by_role("listitem")).to_have_count(1)
    await first.close()  # who held the line has gone: another takes it
    await office.says("halo", user="+6281210002002", name="Asep")
    await expect(tabs[1].get_by_role("list", name="Percakapan").get_by_role("listitem")).to_have_count(2)


async def test_a_saved_reply_and_a_quote_go_into_an_answer(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", name="Euis")
    page = await office.signed_in("rina", path="/petugas/pengaturan/balasan")
    await page.get_by_label("Singkatan").fill("salam")
    await page.get_by_label("Isi", exact=False).first.fill("Selamat siang Bapak/Ibu {nama}.")
    await page.get_by_role("button", name="Simpan").first.click()
    await page.goto(f"{office.url}/petugas/kotak-masuk")
    await open_first(page)
    await page.get_by_role("button", name="Ambil alih").click()
    reply = page.get_by_role("textbox", name="Balasan")
    await expect(reply).to_be_focused()
    await page.keyboard.type("/")
    await page.get_by_role("option", name="/salam").click()
    await expect(reply).to_have_value("Selamat siang Bapak/Ibu Euis.")
    await page.get_by_role("button", name="Sisipkan kutipan standar").click()
    await page.keyboard.type("29102")
    await expect(page.locator(".picker [role=option]").first).to_contain_text("29102")
    await page.keyboard.press("Enter")
    await page.keyboard.type("biaya")
    await page.keyboard.press("Enter")
    await expect(page.locator(".extra")).to_contain_text("Biaya")
    await page.get_by_role("button", name="Kirim").click()
    sent = log(page).locator(".entry--officer")
    await expect(sent.first).to_contain_text("Selamat siang Bapak/Ibu Euis.")
    await expect(sent.locator("blockquote").last).to_have_text("Gratis")
    await expect(sent.last).to_contain_text("Sumber: Standar Pelayanan No. 61")


async def test_what_cannot_be_sent_stands_in_the_box_again(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", name="Euis")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_role("button", name="Ambil alih").click()
    reply = page.get_by_role("textbox", name="Balasan")
    await expect(reply).to_be_focused()
    await page.context.set_offline(True)
    await reply.fill("sudah kami cek")
    await page.get_by_role("button", name="Kirim").click()
    await expect(page.get_by_text("Server tidak dapat dihubungi")).to_be_visible()
    await expect(reply).to_have_value("sudah kami cek")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Kirim").click()
    await expect(log(page).locator(".entry--officer")).to_have_count(1)


async def test_on_a_phone_list_and_thread_follow_each_other(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", name="Euis")
    page = await office.signed_in("rina", {"width": 390, "height": 844})
    await expect(log(page)).to_be_hidden()
    await open_first(page)
    await expect(page.get_by_role("list", name="Percakapan")).to_be_hidden()
    await page.get_by_role("link", name="Kembali ke daftar").click()
    await expect(page.get_by_role("list", name="Percakapan")).to_be_visible()
    await page.go_back()
    await expect(log(page)).to_be_visible()
    await page.set_viewport_size(DESK)
    await expect(page.get_by_role("list", name="Percakapan")).to_be_visible()


async def test_a_note_that_was_begun_is_never_a_reply(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", user="+6281210002001", name="Euis")
    await office.says("petugas", user="+6281210002002", name="Asep")
    page = await office.signed_in("rina")
    await open_first(page, "Euis")
    box, pressed = page.get_by_role("textbox", name="Balasan"), page.get_by_role("button", name="Catatan internal")
    await box.fill("warga ini tetangga saya")  # nobody has taken it over yet: it can only be a note
    await page.get_by_role("button", name="Ambil alih").click()
    await expect(page.get_by_text("Dipegang Anda")).to_be_visible()
    await expect(box).to_have_value("")
    await pressed.click()
    await expect(box).to_have_value("warga ini tetangga saya")
    await box.press("Escape")
    await expect(box).to_have_value("")
    await box.fill("Selamat siang")
    for name in ("Asep", "Euis"):
        await open_first(page, name)
    await expect(box).to_have_value("Selamat siang")
    await page.keyboard.press("n")
    await expect(box).to_have_value("warga ini tetangga saya")
    await page.reload()
    await page.keyboard.press("r")
    await page.keyboard.press("Control+Enter")
    await expect(log(page).locator(".entry--officer")).to_have_count(1)
    assert "tetangga" not in "".join(str(row["lines"]) for row in office.program.rows("outbox"))


async def test_a_reply_that_was_lost_waits_in_the_thread_and_is_said_once(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", name="Euis")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_role("button", name="Ambil alih").click()
    box = page.get_by_role("textbox", name="Balasan")
    await expect(box).to_be_focused()

    async def taken_but_unheard(route: Route) -> None:
        """The office has it, and its answer is lost on the way."""
        await route.fetch()
        await asyncio.sleep(0.3)
        await route.abort()

    await page.route("**/balas", taken_but_unheard)
    await box.fill("yang pertama")
    await page.get_by_role("button", name="Kirim").click()
    await box.fill("yang kedua")
    again = page.get_by_role("button", name="Kirim lagi")
    await expect(again).to_be_visible()
    await expect(box).to_have_value("yang kedua")
    await page.unroute("**/balas")
    await again.click()
    await expect(again).to_have_count(0)
    await page.get_by_role("button", name="Kirim").click()
    await expect(log(page).locator(".entry--officer[data-key]")).to_have_count(2)  # kept, and not only on their way
    said = [str(row["lines"]) for row in office.program.rows("outbox") if row["sender"] == "officer"]
    assert [words in text for words, text in zip(("pertama", "kedua"), said, strict=True)] == [True, True]


async def test_whoever_closes_a_thread_has_nothing_of_it_left(office: Office) -> None:
    office.officer("rina")
    await office.says("halo", name="Euis")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.keyboard.press("Escape")
    await expect(log(page)).to_have_count(0)
    await expect(page.get_by_text("Pilih percakapan")).to_be_visible()


async def test_a_thread_that_could_not_be_opened_opens_when_asked_again(office: Office) -> None:
    office.officer("rina")
    await office.says("halo", name="Euis")
    page = await office.signed_in("rina")
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()  # else it asks again when it is
    await page.route("**/petugas/percakapan/*", lambda route: route.abort())
    await page.keyboard.press("j")
    await expect(page.get_by_text("Percakapan belum terbuka")).to_be_visible()
    await page.unroute("**/petugas/percakapan/*")
    await page.get_by_role("button", name="Coba lagi").click()
    await expect(log(page)).to_contain_text("halo")
