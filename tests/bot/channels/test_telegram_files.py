"""Telegram: what becomes of a file that an officer sends: as a picture, as it is, refused, later, or who knows."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.channels.telegram import Telegram
from bot.media_store import Incoming
from handlers.messages import Address, Button, Line
from handlers.parcels import Later, Outcome, OutgoingFile, Parcel, Refused, Sent, Uncertain
from tests.bot.channels.desk import telegram_at
from tests.bot.files import picture, png_of
from tests.peers.faults import AcceptThenCut, AcceptThenHang, BadGateway, Cut, Fault, Refusal, TooManyRequests
from tests.peers.telegram import TOKEN, TelegramPeer
from tests.peers.telegram_citizen import Citizen

LETTER = b"%PDF-1.7 invented " + bytes(range(256)) * 1000
LARGE = 12 << 20  # more than the buffers on the way take at once
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer() as peer:
        yield peer


@pytest_asyncio.fixture
async def telegram(peer: TelegramPeer, tmp_path: Path) -> AsyncIterator[Telegram]:
    async with telegram_at(peer.url, folder=tmp_path) as channel:
        yield channel


@pytest.fixture
def citizen(peer: TelegramPeer) -> Citizen:
    return peer.citizen(77, "Yayat")


def kept(
    folder: Path, data: bytes, name: str = "surat.pdf", content_type: str = "application/pdf", *, shown: bool = False
) -> OutgoingFile:
    incoming = Incoming(folder, len(data))
    incoming.write(data)
    incoming.flush()
    return OutgoingFile(incoming.keep(), name, content_type, len(data), shown)


def parcel(file: OutgoingFile, text: str = "Ini <suratnya>, Pak") -> Parcel:
    lines = (Line(text),) if text else ()
    at = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)
    return Parcel(1, 1, Address("telegram", "77"), 75, lines, (), "officer", at, file=file)


async def test_a_document_goes_with_its_words_and_its_name(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, tmp_path: Path
) -> None:
    sent = replace(parcel(kept(tmp_path, LETTER)), buttons=(Button("Ya, kirim", "confirm"),))
    outcome = await telegram.send(sent)
    message = await citizen.reads()
    assert outcome == Sent(f"77:{message.message_id}")
    assert (message.method, message.text, message.buttons) == ("sendDocument", "Ini <suratnya>, Pak", ["Ya, kirim"])
    assert (message.file, message.file_name, message.content_type) == (LETTER, "surat.pdf", "application/pdf")
    assert peer.calls_of("sendDocument")[0].params["disable_content_type_detection"] == "true"


async def test_without_words_there_is_no_caption(telegram: Telegram, citizen: Citizen, tmp_path: Path) -> None:
    file = kept(tmp_path, LETTER)
    await telegram.send(parcel(file, ""))
    await telegram.send(replace(parcel(file, ""), repeated=True))
    assert [message.text for message in await citizen.got(2)] == ["", "(kirim ulang)"]


@pytest.mark.parametrize(
    ("data", "content_type", "method"),
    [
        (picture("JPEG"), "image/jpeg", "sendPhoto"),
        (picture("PNG"), "image/png", "sendPhoto"),
        (picture("WEBP"), "image/webp", "sendDocument"),  # a sticker otherwise
        (picture("PNG") + bytes(10 << 20), "image/png", "sendDocument"),
        (png_of(400, 10), "image/png", "sendDocument"),  # too narrow for a photo, which Telegram says
    ],
    ids=["jpeg", "png", "webp", "large", "narrow"],
)
async def test_a_picture_is_shown_where_it_can_be(
    telegram: Telegram, citizen: Citizen, tmp_path: Path, data: bytes, content_type: str, method: str
) -> None:
    with capture_logs():
        assert isinstance(await telegram.send(parcel(kept(tmp_path, data, "loket", content_type, shown=True))), Sent)
    message = await citizen.reads()
    assert (message.method, message.text, message.file) == (method, "Ini <suratnya>, Pak", data)
    assert message.file_name == f"loket.{'jpg' if content_type == 'image/jpeg' else content_type[6:]}"


async def test_what_was_not_decoded_is_no_picture(telegram: Telegram, citizen: Citizen, tmp_path: Path) -> None:
    await telegram.send(parcel(kept(tmp_path, b"\xff\xd8\xff broken", "foto.jpg", "image/jpeg")))
    assert (await citizen.reads()).method == "sendDocument"


@pytest.mark.parametrize(
    ("name", "content_type", "shown"),
    [
        ('a"; filename="b.exe', "application/pdf", "a__ filename=_b.exe.pdf"),
        ("baris\r\nContent-Type: text/html\r\n\r\n<script>.pdf", "application/pdf", "html_script_.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("laporan\u202efdp.exe", OFFICE, "laporanfdp.exe.docx"),
        ("Surat Ibu Néng 100% 😊.pdf", "application/pdf", "Surat Ibu Néng 100_ 😊.pdf"),
        ("", "application/pdf", "berkas.pdf"),
    ],
)
async def test_no_name_breaks_out(
    telegram: Telegram, citizen: Citizen, tmp_path: Path, name: str, content_type: str, shown: str
) -> None:
    assert isinstance(await telegram.send(parcel(kept(tmp_path, LETTER, name, content_type))), Sent)
    message = await citizen.reads()
    assert (message.file_name, message.file, message.content_type) == (shown, LETTER, content_type)


async def test_refused_formatting_goes_out_plain(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, tmp_path: Path
) -> None:
    peer.fault("sendDocument", Refusal(400, "Bad Request: can't parse entities: unsupported tag"))
    with capture_logs():
        assert isinstance(await telegram.send(parcel(kept(tmp_path, LETTER))), Sent)
    message = await citizen.reads()
    assert (message.text, message.parse_mode, message.file) == ("Ini <suratnya>, Pak", None, LETTER)


# ---------------------------------------------------------------- what the answer means


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (TooManyRequests(7), Later("429", 7.0, throttled=True)),
        (BadGateway(), Later("502")),
        (AcceptThenCut(), Uncertain("ServerDisconnectedError")),
        (Refusal(403, "Forbidden: bot was blocked by the user"), Refused("403", "blocked")),
        (Refusal(400, "Bad Request: message caption is too long"), Refused("400")),
        (Refusal(413, "Request Entity Too Large"), Refused("413")),
    ],
)
async def test_each_answer_has_its_meaning(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, tmp_path: Path, fault: Fault, outcome: Outcome
) -> None:
    peer.fault("sendDocument", fault)
    with capture_logs():
        assert await telegram.send(parcel(kept(tmp_path, LETTER))) == outcome
    assert len(peer.calls_of("sendDocument")) == 1, "nothing is sent twice blindly"


async def test_what_left_as_a_whole_may_have_arrived(peer: TelegramPeer, citizen: Citizen, tmp_path: Path) -> None:
    peer.fault("sendDocument", AcceptThenHang())
    async with telegram_at(peer.url, 0.3, tmp_path) as hasty:
        assert await hasty.send(parcel(kept(tmp_path, bytes(LARGE)))) == Uncertain("SocketTimeoutError")
    assert len(await citizen.got(1)) == 1


async def test_what_was_cut_off_half_way_cannot_have_arrived(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, tmp_path: Path
) -> None:
    peer.fault("sendDocument", Cut())
    sent = parcel(kept(tmp_path, bytes(LARGE)))
    assert isinstance(await telegram.send(sent), Later)
    assert isinstance(await telegram.send(sent), Sent)


async def test_nobody_there_is_later_and_no_file_is_never(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, tmp_path: Path
) -> None:
    file = kept(tmp_path, LETTER)
    async with peer.down():
        assert await telegram.send(parcel(file)) == Later("ClientConnectorError")
    assert await telegram.send(parcel(replace(file, sha256="ab" * 32))) == Refused("file missing")


async def test_neither_token_nor_words_nor_name_are_logged(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = kept(tmp_path, picture(), "rahasia.jpg", "image/jpeg", shown=True)
    faults: list[Fault] = [AcceptThenCut(), BadGateway(), Cut(), Refusal(400, "Bad Request: kata rahasia")]
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        for fault in faults:
            peer.fault("sendPhoto", fault)
            outcome = await telegram.send(parcel(file, "kata rahasia"))
            assert "rahasia" not in repr(outcome)
            assert TOKEN not in repr(outcome)
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]  # the peer's own
    told = repr(logs) + repr([(record.name, record.getMessage(), record.exc_text) for record in ours])
    assert TOKEN not in told
    assert "rahasia" not in told
