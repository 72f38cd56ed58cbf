"""What an officer's browser uploads: kept by its content, or refused with a sentence, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from aiohttp import BodyPartReader, web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from bot.media_store import place_of
from bot.outgoing_files import UploadError, keep_upload
from handlers.parcels import OutgoingFile
from tests.bot.files import DOCX, iso_media, picture, zipped
from tests.bot.uploads import Part, uploaded

LETTER = b"%PDF-1.7 invented"


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "media").rglob("*") if path.is_file())


async def test_it_lies_where_its_content_says(tmp_path: Path) -> None:
    file = await keep_upload(Part(LETTER[:5], LETTER[5:]), "surat.pdf", tmp_path)
    path = tmp_path / place_of(file.sha256)
    assert path.read_bytes() == LETTER
    assert path.stat().st_mode & 0o777 == 0o600
    assert file == OutgoingFile(file.sha256, "surat.pdf", "application/pdf", len(LETTER), picture=False)
    assert await uploaded(tmp_path, LETTER, "lain.pdf") == OutgoingFile(
        file.sha256, "lain.pdf", "application/pdf", len(LETTER), picture=False
    )
    assert files_in(tmp_path) == [path], "the same content is one file"


@pytest.mark.parametrize(
    ("data", "name", "content_type", "shown"),
    [
        (picture("JPEG"), "loket.exe", "image/jpeg", True),
        (picture("PNG"), "loket", "image/png", True),
        (b"\xff\xd8\xff broken", "foto.jpg", "image/jpeg", False),
        (zipped(DOCX), "surat.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", False),
        (iso_media(b"isom"), "video.mp4", "video/mp4", False),
        (b"Yth. Bapak/Ibu", "surat.txt", "text/plain", False),
    ],
    ids=["jpeg", "png", "broken", "docx", "mp4", "txt"],
)
async def test_it_is_what_its_bytes_say(tmp_path: Path, data: bytes, name: str, content_type: str, shown: bool) -> None:
    file = await uploaded(tmp_path, data, name)
    assert (file.content_type, file.picture, file.size) == (content_type, shown, len(data))


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Ani\\surat.pdf", "surat.pdf"),
        ("laporan\u202efdp.exe", "laporanfdp.exe"),
        ("baris\r\nSet-Cookie: a=b.pdf", "barisSet-Cookie: a=b.pdf"),
        ("\x00", "berkas"),
        ("", "berkas"),
    ],
)
async def test_its_name_is_made_harmless(tmp_path: Path, name: str, harmless: str) -> None:
    assert (await uploaded(tmp_path, LETTER, name)).name == harmless


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "surat.pdf", "kosong"),
        (b"MZ\x90\x00 program", "surat.pdf", "Jenis berkas"),
        (b"<html><script>alert(1)</script>", "surat.txt", "Jenis berkas"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "gambar.png", "Jenis berkas"),
        (zipped({"a.exe": b"MZ"}), "surat.docx", "Jenis berkas"),
    ],
    ids=["empty", "program", "markup", "svg", "zip"],
)
async def test_what_is_not_kept_is_said_and_gone(tmp_path: Path, data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(UploadError, match=sentence) as refused:
        await uploaded(tmp_path, data, name)
    assert refused.value.sentence == str(refused.value)
    assert files_in(tmp_path) == []


async def test_more_than_16_mb_is_not_read_to_the_end(tmp_path: Path) -> None:
    part = Part(LETTER, bytes(40 << 20))
    with pytest.raises(UploadError, match="16 MB"):
        await keep_upload(part, "besar.pdf", tmp_path)
    assert part.read < 17 << 20
    assert files_in(tmp_path) == []


async def test_exactly_16_mb_is_kept(tmp_path: Path) -> None:
    file = await uploaded(tmp_path, LETTER + bytes((16 << 20) - len(LETTER)))
    assert file.size == 16 << 20


async def test_a_browser_that_goes_away_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        await keep_upload(Part(LETTER, ConnectionResetError()), "surat.pdf", tmp_path)
    assert files_in(tmp_path) == []


async def test_a_disk_that_does_not_take_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("in the way")
    with capture_logs() as logs, pytest.raises(UploadError, match="belum bisa disimpan"):
        await uploaded(tmp_path, LETTER, "rahasia.pdf")
    assert [log["error"] for log in logs] == ["ENOTDIR"]


async def test_it_takes_a_part_of_a_real_form(tmp_path: Path) -> None:
    kept: list[OutgoingFile] = []

    async def take(request: web.Request) -> web.Response:
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            kept.append(await keep_upload(part, part.filename or "", tmp_path))
        return web.Response()

    app = web.Application(client_max_size=1 << 20)
    app.router.add_post("/", take)
    form = aiohttp.FormData(quote_fields=False)  # as browsers do
    data = LETTER + bytes(3 << 20)
    with (tmp_path / "form").open("w+b") as file:
        file.write(data)
        file.seek(0)
        form.add_field("file", file, filename="Surat Ibu Néng.pdf")
        async with TestClient(TestServer(app)) as client:
            assert (await client.post("/", data=form)).status == 200
    assert [(file.name, file.size) for file in kept] == [("Surat Ibu Néng.pdf", len(data))]
