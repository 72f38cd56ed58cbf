"""A file that an officer sends to the web chat: shown or saved by its visitor, and by nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from playwright.async_api import expect

from bot.webchat.limits import Limits, Rate
from bot.webchat.presentation import file_size
from bot.webchat.visitor import QUIET
from tests.bot.connected import connected
from tests.bot.fake_chat import FakeChat
from tests.bot.files import picture
from tests.bot.officers import replies
from tests.bot.tabs import OpenChat, write
from tests.bot.uploads import uploaded
from tests.bot.visits import Open, message_id
from tests.for_everyone import no_serious_findings

LETTER, PHOTO = b"%PDF-1.7 invented " + bytes(250_000), picture("JPEG", (400, 300))
HOSTILE = '"><img src=x onerror=alert(1)>.pdf'


@pytest.fixture(autouse=True)
def folder(fake: FakeChat, tmp_path: Path) -> Path:
    fake.folder = tmp_path
    return tmp_path


async def test_a_picture_is_shown_and_a_document_saved(visit: Open, fake: FakeChat, folder: Path) -> None:
    visitor = await visit()
    await visitor.say("halo")
    fake.officer_says("Ini fotonya.", file=await uploaded(folder, PHOTO, "loket.exe"))
    fake.officer_says("", file=await uploaded(folder, LETTER, HOSTILE))
    page = await visitor.page()
    assert '<img src="/chat/files/3" alt="Gambar dari petugas: loket.exe.jpg">' in page
    assert 'href="/chat/files/4" download>' in page
    assert "250 kB" in page
    assert "<img src=x" not in page
    shown = await visitor.http.get("/chat/files/3")
    assert (shown.status, await shown.read(), shown.content_type) == (200, PHOTO, "image/jpeg")
    assert shown.headers["Content-Disposition"].startswith("inline; ")
    saved = await visitor.http.get("/chat/files/4")
    assert (saved.status, await saved.read(), saved.content_type) == (200, LETTER, "application/pdf")
    assert saved.headers["Content-Disposition"].startswith('attachment; filename="___img src=x onerror=alert(1)_.pdf"')
    for answer in (shown, saved):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_nobody_else_is_given_it(visit: Open, fake: FakeChat, folder: Path) -> None:
    visitor, other, stranger = await visit(), await visit(), await visit()
    await other.say("saya juga")
    await visitor.post({"id": message_id(2), "text": "halo"})
    fake.officer_says("Ini suratnya.", file=await uploaded(folder, LETTER))
    assert (await visitor.http.get("/chat/files/3")).status == 200
    assert (await other.http.get("/chat/files/3")).status == 404
    assert (await stranger.http.get("/chat/files/3")).status == 404
    forged = visitor.cookie[:-4] + "AAAA"
    assert (await stranger.http.get("/chat/files/3", headers={"Cookie": f"pasti_visitor={forged}"})).status == 404
    await visitor.http.post("/chat/leave", json={})
    assert (await visitor.http.get("/chat/files/3")).status == 404


async def test_after_the_quiet_while_it_is_not_given_either(visit: Open, fake: FakeChat, folder: Path) -> None:
    visitor = await visit()
    await visitor.say("halo")
    fake.officer_says("Ini suratnya.", file=await uploaded(folder, LETTER))
    cookie = {"Cookie": f"pasti_visitor={visitor.cookie}"}
    fake.clock.advance(QUIET * 1.01)
    assert (await (await visit()).http.get("/chat/files/3", headers=cookie)).status == 404


@pytest.mark.parametrize("position", ["1", "2", "9", "0", "-3", "3x", "..%2f3", "9" * 40])
async def test_where_nothing_was_sent_along_there_is_nothing(
    visit: Open, fake: FakeChat, folder: Path, position: str
) -> None:
    visitor = await visit()
    await visitor.say("halo")
    fake.officer_says("Ini suratnya.", file=await uploaded(folder, LETTER))
    assert (await visitor.http.get(f"/chat/files/{position}")).status == 404


async def test_asking_counts(visit: Open) -> None:
    visitor = await visit(Limits(address=Rate(per_minute=60, burst=2)))
    assert [(await visitor.http.get("/chat/files/3")).status for _ in range(3)] == [404, 404, 429]


async def test_a_reply_reaches_the_visitor_of_the_running_program(tmp_path: Path) -> None:
    jar = CookieJar(unsafe=True)
    async with (
        connected(tmp_path, public_url=None) as program,
        ClientSession(program.url, cookie_jar=jar) as http,
        ClientSession(program.url, cookie_jar=CookieJar(unsafe=True)) as stranger,
    ):
        await http.post("/chat/messages", json={"id": message_id(1), "text": "biaya 29102"})
        file = await replies(program, "Ini suratnya, Pak.", LETTER, "Surat.pdf")
        position = program.rows("outbox", "id, position")[-1]["position"]
        async with http.get("/") as answer:
            page = await answer.text()
        assert "Ini suratnya, Pak." in page
        assert f'href="/chat/files/{position}" download' in page
        async with http.get(f"/chat/files/{position}") as answer:
            assert (answer.status, len(await answer.read())) == (200, file.size)
        async with stranger.get(f"/chat/files/{position}") as answer:
            assert answer.status == 404


async def test_in_the_browser_it_arrives_by_itself(open_chat: OpenChat, fake: FakeChat, folder: Path) -> None:
    page = await open_chat()
    await write(page, "halo")
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    fake.officer_says("Ini fotonya.", file=await uploaded(folder, PHOTO, "loket.jpg"))
    fake.officer_says("Ini suratnya.", file=await uploaded(folder, LETTER, "Surat Keterangan.pdf"))
    image = page.get_by_role("img", name="Gambar dari petugas: loket.jpg")
    await expect(image).to_be_in_viewport()
    assert await image.evaluate("image => image.complete && image.naturalWidth") == 400
    link = page.get_by_role("link", name="Unduh Surat Keterangan.pdf 250 kB")
    await expect(link).to_be_in_viewport()
    async with page.expect_download() as download:
        await link.click()
    saved = await download.value
    assert saved.suggested_filename == "Surat Keterangan.pdf"
    assert (await saved.path()).read_bytes() == LETTER
    await no_serious_findings(page)


async def test_no_name_and_no_picture_hangs_over_the_edge(open_chat: OpenChat, fake: FakeChat, folder: Path) -> None:
    page = await open_chat()
    await write(page, "halo")
    await expect(page.get_by_text("Jawaban atas: halo")).to_be_visible()
    await expect(page.get_by_text("Tersambung", exact=True)).to_be_visible()
    fake.officer_says("Fotonya.", file=await uploaded(folder, picture("PNG", (1500, 60)), "panjang.png"))
    fake.officer_says("Suratnya.", file=await uploaded(folder, LETTER, "panjangsekali" * 30 + ".pdf"))
    await expect(page.get_by_role("link", name="250 kB")).to_be_visible()
    for width in (320, 390, 1440):
        await page.set_viewport_size({"width": width, "height": 800})
        over = await page.evaluate(
            """() => [...document.querySelectorAll("body, .log, .bubble__body, .file, .picture")]
                 .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className)"""
        )
        assert (width, over) == (width, [])


def test_a_size_is_said_as_a_telephone_says_it() -> None:
    assert [file_size(size) for size in (1, 249_600, 999_999, 1_000_000, 16 << 20)] == [
        "1 kB", "250 kB", "1000 kB", "1,0 MB", "16,8 MB",
    ]  # fmt: skip
