"""Where Twilio fetches a file: one token, one file, one day, and nothing that could be guessed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from itsdangerous import TimestampSigner

from bot.file_links import GOOD_FOR, FileLinks
from tests.bot.connected import SECRET, Connected, connected
from tests.bot.files import picture
from tests.bot.officers import write
from tests.bot.uploads import uploaded
from tests.peers.twilio import TwilioPeer
from tests.storage.fresh import away

LETTER, PHOTO = b"%PDF-1.7 invented", picture("JPEG")


@pytest_asyncio.fixture
async def program(tmp_path: Path) -> AsyncIterator[Connected]:
    """With one conversation, on WhatsApp."""
    async with TwilioPeer() as twilio, connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen("+6281200000001")
        citizen.text("biaya 29102")
        await citizen.reads(20.0)
        yield program


@pytest_asyncio.fixture
async def http(program: Connected) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(program.url) as session:
        yield session


async def row_with(program: Connected, data: bytes, name: str = "surat.pdf") -> int:
    return write(program, (), await uploaded(program.pasti.settings.data_dir, data, name))


async def test_the_file_of_the_row_is_given_with_safe_headers(program: Connected, http: aiohttp.ClientSession) -> None:
    id_ = await row_with(program, LETTER, 'Surat"; filename="x.html')
    async with http.get(program.pasti.links.path(id_)) as answer:
        assert (answer.status, await answer.read()) == (200, LETTER)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename=\"Surat__ filename=_x.html.pdf\"; filename*=UTF-8''Surat__%20filename%3D_x.html.pdf"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Set-Cookie" not in answer.headers


async def test_only_a_picture_is_inline(program: Connected, http: aiohttp.ClientSession) -> None:
    async with http.get(program.pasti.links.path(await row_with(program, PHOTO))) as answer:
        assert (answer.status, await answer.read()) == (200, PHOTO)
        assert answer.headers["Content-Disposition"].startswith('inline; filename="surat.pdf.jpg"')
        assert answer.headers["Content-Type"] == "image/jpeg"


async def test_twilio_looks_before_it_fetches_and_may_ask_for_a_part(
    program: Connected, http: aiohttp.ClientSession
) -> None:
    path = program.pasti.links.path(await row_with(program, LETTER))
    async with http.head(path) as answer:
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(LETTER)))
        assert answer.headers["Content-Type"] == "application/pdf"
    async with http.get(path, headers={"Range": "bytes=1-3"}) as answer:
        assert (answer.status, await answer.read()) == (206, b"PDF")
    async with http.post(path) as answer:
        assert answer.status == 405


async def test_a_token_leads_to_its_own_row_only(program: Connected, http: aiohttp.ClientSession) -> None:
    letter, photo = await row_with(program, LETTER), await row_with(program, PHOTO)
    token = program.pasti.links.path(letter).rpartition("/")[2]
    _, _, signature = token.partition(".")
    for path in (f"/files/{photo}.{signature}", f"/files/{photo}", f"/files/{token}/../{photo}.{signature}"):
        async with http.get(path) as answer:
            assert answer.status == 404
    async with http.get(program.pasti.links.path(photo)) as answer:
        assert await answer.read() == PHOTO


@pytest.mark.parametrize(("age", "status"), [(GOOD_FOR, 200), (GOOD_FOR + timedelta(seconds=5), 404)])
async def test_a_token_is_good_for_a_day(
    program: Connected, http: aiohttp.ClientSession, age: timedelta, status: int
) -> None:
    id_, now = await row_with(program, LETTER), program.pasti.office.clock()
    made = now - age + timedelta(seconds=2)
    then = replace(program.pasti.office, clock=lambda: made)
    path = FileLinks(then, SECRET, program.pasti.settings.data_dir).path(id_)
    async with http.get(path) as answer:
        assert answer.status == status


async def test_a_forged_token_is_none(program: Connected, http: aiohttp.ClientSession) -> None:
    id_ = await row_with(program, LETTER)
    good = program.pasti.links.path(id_).rpartition("/")[2]
    other_key = FileLinks(program.pasti.office, SECRET + "x", Path()).path(id_).rpartition("/")[2]
    other_use = TimestampSigner(SECRET, salt="bot.webchat.visitor").sign(str(id_)).decode()
    for token in (
        other_key,
        other_use,
        good[:-1],
        good[::-1],
        f"{id_}",
        "%2e%2e%2fpasti.db",
        "x" * 5000,
        "é.é.é",
    ):
        async with http.get(f"/files/{token}") as answer:
            assert answer.status == 404, token


async def test_a_row_without_a_file_gives_none(program: Connected, http: aiohttp.ClientSession) -> None:
    [answered] = program.rows("outbox", "id")
    for id_ in (answered["id"], 1):
        assert isinstance(id_, int)
        async with http.get(program.pasti.links.path(id_)) as answer:
            assert answer.status == 404


async def test_while_the_database_is_away_twilio_may_come_again(
    program: Connected, http: aiohttp.ClientSession
) -> None:
    path = program.pasti.links.path(await row_with(program, LETTER))
    with away(program.pasti.office.database, "outbox"):
        async with http.get(path) as answer:
            assert answer.status == 503


async def test_without_whatsapp_there_is_no_such_address(tmp_path: Path) -> None:
    async with connected(tmp_path) as program, aiohttp.ClientSession(program.url) as http:
        async with http.get(program.pasti.links.path(1)) as answer:
            assert answer.status == 404
        assert "/files/{token}" not in {resource.canonical for resource in program.pasti.app.router.resources()}
