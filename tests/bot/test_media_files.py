"""What a browser is given of a citizen's file, and under which name."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.media_files import SUFFIXES, file_name, response
from bot.media_store import Incoming
from storage.media import MediaRow
from tests.bot.files import picture
from tests.storage.fresh import NOW

PHOTO = picture("JPEG")
ROW = MediaRow(
    7, 1, 0, 1, "whatsapp", "photo", "s", NOW, NOW, "loket.jpg", "image/jpeg", len(PHOTO), picture=True, state="kept"
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Client = TestClient[web.Request, web.Application]


class Shelf:
    """An app that gives one row, whatever is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.row = ROW

    def put(self, content: bytes, **changes: object) -> None:
        incoming = Incoming(self.folder, len(content))
        incoming.write(content)
        incoming.flush()
        self.row = replace(ROW, sha256=incoming.keep(), size=len(content), **changes)  # type: ignore[arg-type]

    async def give(self, _: web.Request) -> web.StreamResponse:
        return response(self.row, self.folder)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest_asyncio.fixture
async def client(shelf: Shelf) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_get("/", shelf.give)
    async with TestClient(TestServer(app)) as client:
        yield client


def assert_runs_nowhere(answer: ClientResponse) -> None:
    assert {name: answer.headers[name] for name in answer.headers if name not in _OF_THE_SERVER} == {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


_OF_THE_SERVER = (
    *("Content-Type", "Content-Disposition", "Content-Length", "Date", "Server"),
    *("Etag", "Last-Modified", "Accept-Ranges"),
)


async def test_a_picture_is_shown(shelf: Shelf, client: Client) -> None:
    shelf.put(PHOTO)
    answer = await client.get("/")
    assert (answer.status, await answer.read()) == (200, PHOTO)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == "inline; filename=\"loket.jpg\"; filename*=UTF-8''loket.jpg"
    assert_runs_nowhere(answer)


@pytest.mark.parametrize("content_type", [*SUFFIXES, "image/svg+xml", "text/html", ""])
async def test_all_else_is_saved(shelf: Shelf, client: Client, content_type: str) -> None:
    shelf.put(b"<script>alert(1)</script>", picture=False, content_type=content_type)
    answer = await client.get("/")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Type"] == (content_type if content_type in SUFFIXES else "application/octet-stream")
    assert_runs_nowhere(answer)


async def test_a_part_of_a_long_recording_can_be_asked_for(shelf: Shelf, client: Client) -> None:
    shelf.put(b"0123456789", picture=False, content_type="audio/ogg")
    answer = await client.get("/", headers={"Range": "bytes=2-4"})
    assert (answer.status, await answer.read()) == (206, b"234")


@pytest.mark.parametrize("state", ["wanted", "refused", "failed"])
async def test_what_was_not_kept_is_not_there(shelf: Shelf, client: Client, state: str) -> None:
    shelf.put(PHOTO, state=state)
    assert (await client.get("/")).status == 404
    shelf.row = replace(ROW, sha256=None)
    assert (await client.get("/")).status == 404


async def test_a_file_that_was_deleted_is_not_there(shelf: Shelf, client: Client) -> None:
    shelf.row = replace(ROW, sha256="ab" * 32)
    assert (await client.get("/")).status == 404


@pytest.mark.parametrize(
    ("name", "content_type", "safe"),
    [
        ("loket.jpg", "image/jpeg", "loket.jpg"),
        ("LOKET.JPEG", "image/jpeg", "LOKET.jpeg"),
        ("foto.exe", "image/jpeg", "foto.exe.jpg"),
        ("surat.docx.html", DOCX, "surat.docx.html.docx"),
        ("", "image/jpeg", "photo-7.jpg"),
        ("...", "image/jpeg", "photo-7.jpg"),
        (".jpg", "image/jpeg", "jpg.jpg"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Windows\\system32\\cmd.exe", "application/pdf", "cmd.exe.pdf"),
        ("a/b\\c/", "application/pdf", "photo-7.pdf"),
        ('x"; filename="y.html', "application/pdf", "x__ filename=_y.html.pdf"),
        ("baris\r\nSet-Cookie: a=b", "text/plain", "barisSet-Cookie_ a=b.txt"),
        ("laporan\u202egpj.exe", "application/pdf", "laporangpj.exe.pdf"),  # shown as laporanexe.jpg
        ("CON.txt", "text/plain", "_CON.txt"),
        ("nul", "application/pdf", "_nul.pdf"),
        ("Surat  Ibu Néng 😊.pdf", "application/pdf", "Surat Ibu Néng 😊.pdf"),
        ("x" * 500 + ".pdf", "application/pdf", "x" * 100 + ".pdf"),
        ("catatan.bat", "text/html", "catatan.bat.bin"),
        ("foto .jpg", "image/jpeg", "foto.jpg"),
    ],
)
def test_a_name_is_harmless_and_says_what_the_file_is(name: str, content_type: str, safe: str) -> None:
    assert file_name(replace(ROW, name=name, content_type=content_type)) == safe


async def test_the_name_arrives_as_it_is_and_in_letters_of_old_browsers(shelf: Shelf, client: Client) -> None:
    shelf.put(PHOTO, name="Surat Ibu Néng '100%' 😊.jpg")
    answer = await client.get("/")
    said = answer.headers["Content-Disposition"]
    assert said == (
        "inline; filename=\"Surat Ibu Neng '100_' .jpg\"; "
        "filename*=UTF-8''Surat%20Ibu%20N%C3%A9ng%20%27100_%27%20%F0%9F%98%8A.jpg"
    )
    disposition = answer.content_disposition
    assert disposition is not None
    assert disposition.filename == "Surat Ibu Néng '100_' 😊.jpg"
    shelf.put(PHOTO, name="фото.jpg")
    assert 'filename="berkas.jpg";' in (await client.get("/")).headers["Content-Disposition"]


@given(name=st.text(max_size=200), content_type=st.sampled_from([*SUFFIXES, "x"]))
def test_no_name_breaks_out(name: str, content_type: str) -> None:
    row = replace(ROW, name=name, content_type=content_type, sha256="ab" * 32)
    safe = file_name(row)
    assert not set(safe) & set('/\\<>:"|?*%;\r\n\0')
    assert safe.endswith(SUFFIXES.get(content_type, (".bin",)))
    said = response(row, Path("somewhere")).headers["Content-Disposition"]
    found = re.fullmatch(r"inline; filename=\"([ -!#-\[\]-~]+)\"; filename\*=UTF-8''([!-~]+)", said)
    assert found
    assert unquote(found[2]) == safe
