"""Files in the console: what citizens sent, what officers send, and what cannot go."""

from __future__ import annotations

import hashlib
from io import BytesIO

from PIL import Image
from playwright.async_api import FilePayload, expect

from bot.channels.carriage import LARGEST
from bot.media_store import place_of
from bot.outgoing_files import TOO_LARGE
from storage import media
from storage.inbox import inbox
from storage.media import MediaRow
from tests.bot.console.offices import Office, open_first, say


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 48), "#9c4327").save(file, "PNG")
    return file.getvalue()


async def test_what_an_officer_attaches_reaches_the_citizen_and_stays_in_the_thread(office: Office) -> None:
    office.officer("rina", name="Rina Lestari")
    citizen = await office.citizen()
    await say(citizen, "petugas")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_role("button", name="Ambil alih").click()
    await expect(page.get_by_text("Dipegang Anda")).to_be_visible()
    await page.get_by_role("textbox", name="Balasan").fill("Ini denah lokasinya.")
    file = FilePayload(name="denah.png", mimeType="image/png", buffer=picture())
    await page.get_by_label("Lampirkan berkas").set_input_files(file)
    await expect(page.locator(".extra")).to_contain_text("Berkas: denah.png")
    await page.get_by_role("button", name="Kirim").click()
    sent = page.get_by_role("log", name="Isi percakapan").locator(".entry--officer")
    await expect(sent.locator("img")).to_be_visible()
    await expect(page.locator(".extra")).to_have_count(0)
    bubble = citizen.locator(".bubble--officer").last
    await expect(bubble).to_contain_text("Ini denah lokasinya.")
    await expect(bubble.locator("img")).to_be_visible()
    shown = await sent.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert shown == 64


async def test_what_cannot_be_carried_is_said_and_stays_attached(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", name="Euis")  # by WhatsApp
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_role("button", name="Ambil alih").click()
    await expect(page.get_by_text("Dipegang Anda")).to_be_visible()
    program = FilePayload(name="program.exe", mimeType="application/octet-stream", buffer=b"MZ\x90\x00" + bytes(200))
    await page.get_by_label("Lampirkan berkas").set_input_files(program)
    await page.get_by_role("button", name="Kirim").click()
    await expect(page.locator(".composer__hint--error")).to_be_visible()
    await expect(page.locator(".extra")).to_contain_text("program.exe")
    await expect(page.locator(".entry--officer")).to_have_count(0)
    await page.get_by_role("button", name="Buang Berkas: program.exe").click()
    await expect(page.locator(".extra")).to_have_count(0)


async def test_a_file_that_is_too_large_is_not_even_attached(office: Office) -> None:
    office.officer("rina")
    await office.says("petugas", name="Euis")
    page = await office.signed_in("rina")
    await open_first(page)
    await page.get_by_role("button", name="Ambil alih").click()
    await expect(page.get_by_text("Dipegang Anda")).to_be_visible()
    film = FilePayload(name="film.mp4", mimeType="video/mp4", buffer=bytes(LARGEST + 1))
    await page.get_by_label("Lampirkan berkas").set_input_files(film)
    await expect(page.locator(".composer__hint--error")).to_have_text(TOO_LARGE)
    await expect(page.locator(".extra")).to_have_count(0)


async def test_a_citizens_picture_is_shown_and_any_other_file_is_saved(office: Office) -> None:
    office.officer("rina")
    id_ = await office.says("ini fotonya", name="Euis")
    _keep(office, id_, "photo", picture(), "image/png", picture=True)
    _keep(office, id_, "document", b"%PDF-1.4 surat", "application/pdf", picture=False)
    page = await office.signed_in("rina")
    await open_first(page)
    log = page.get_by_role("log", name="Isi percakapan")
    await expect(log.get_by_role("img", name="Foto")).to_be_visible()
    link = log.get_by_role("link", name="Dokumen: surat")
    async with page.expect_download() as download:
        await link.click()
    assert (await download.value).suggested_filename == "surat.pdf"


async def test_a_file_that_could_not_be_fetched_says_so(office: Office) -> None:
    office.officer("rina")
    id_ = await office.says("ini fotonya", name="Euis")
    _keep(office, id_, "photo", b"", "image/png", picture=True, state="failed")
    page = await office.signed_in("rina")
    await open_first(page)
    await expect(page.get_by_text("Foto (tidak dapat diambil)")).to_be_visible()


def _keep(
    office: Office,
    conversation: int,
    kind: str,
    content: bytes,
    content_type: str,
    *,
    picture: bool,
    state: str = "kept",
) -> None:
    """A file of the citizen's last message, as the worker leaves it."""
    program = office.program
    sha256 = hashlib.sha256(content).hexdigest()
    path = program.pasti.settings.data_dir / place_of(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    message = next(row for row in reversed(program.rows("inbox")) if row["conversation_id"] == conversation)
    made = [row for row in program.rows("media") if row["inbox_id"] == message["id"]]
    now = program.pasti.office.clock()
    name = "surat" if kind == "document" else ""
    row = MediaRow(
        id=int(str(message["id"])) + 1 + len(made),
        inbox_id=int(str(message["id"])),
        place=len(made),
        conversation_id=conversation,
        channel="whatsapp",
        kind=kind,
        source="",
        due_at=now,
        created_at=now,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=sha256 if state == "kept" else None,
        picture=picture,
        state=state,
    )
    with program.pasti.office.database.transaction() as tx:
        media.add(tx, [row])
        kinds = [{"kind": str(each["kind"]), "name": str(each["name"])} for each in made]
        tx.execute(
            inbox.update().where(inbox.c.id == message["id"]).values(attachments=[*kinds, {"kind": kind, "name": name}])
        )
