"""Telegram: what becomes of a message on its way out, of a press, of a group and of a file, whatever the answer is."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.channels.channel import MediaRefusedError, MediaTooLargeError, MediaUnavailableError, NotKeptError
from bot.channels.telegram import Telegram, keyboard
from handlers.messages import Address, Button, Line
from handlers.parcels import Later, Outcome, Parcel, Refused, Sent, Uncertain, Untold
from tests.bot.channels.desk import Desk, answering, telegram_at
from tests.peers.faults import (
    AcceptThenCut,
    AcceptThenHang,
    BadGateway,
    Fault,
    Garbage,
    Hang,
    Refusal,
    ServerError,
    TooManyRequests,
)
from tests.peers.telegram import TOKEN, TelegramPeer
from tests.peers.telegram_citizen import Citizen
from tests.peers.telegram_delivery import Update

NOW = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)
HASTY = 0.3  # seconds that the channel waits where no answer ever comes


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer() as peer:
        yield peer


@pytest_asyncio.fixture
async def telegram(peer: TelegramPeer) -> AsyncIterator[Telegram]:
    async with telegram_at(peer.url) as channel:
        yield channel


def facing(peer: TelegramPeer, fault: Fault) -> AbstractAsyncContextManager[Telegram]:
    """A channel that gives up soon only where it would wait in vain."""
    return telegram_at(peer.url, HASTY) if isinstance(fault, Hang | AcceptThenHang) else telegram_at(peer.url)


@pytest.fixture
def citizen(peer: TelegramPeer) -> Citizen:
    return peer.citizen(77, "Yayat")


def parcel(text: str = "Gratis", *, buttons: tuple[Button, ...] = (), repeated: bool = False, to: int = 77) -> Parcel:
    return Parcel(
        id=1,
        conversation_id=1,
        address=Address("telegram", str(to)),
        position=75,
        lines=(Line(text), Line("1. Menu", "menu")),
        buttons=buttons,
        sender="bot",
        leased_at=NOW,
        repeated=repeated,
    )


def no(status: int, description: str, **parameters: Any) -> bytes:
    return json.dumps(
        {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    ).encode()


# ---------------------------------------------------------------- what is sent


async def test_a_message_goes_out_as_it_is_meant(peer: TelegramPeer, telegram: Telegram, citizen: Citizen) -> None:
    outcome = await telegram.send(parcel("a < b & *c*", buttons=(Button("Ya, kirim", "confirm"),)))
    message = await citizen.reads()
    assert outcome == Sent(f"77:{message.message_id}")
    assert (message.text, message.callback_data("Ya, kirim")) == ("a < b & *c*", "confirm#23")
    assert json.loads(peer.calls_of("sendMessage")[0].params["link_preview_options"]) == {"is_disabled": True}
    assert await telegram.look_up(parcel(), frozenset()) == Untold()


async def test_a_repetition_says_that_it_is_one(telegram: Telegram, citizen: Citizen) -> None:
    await telegram.send(parcel(repeated=True))
    assert (await citizen.reads()).text == "(kirim ulang)\nGratis"


async def test_refused_formatting_goes_out_plain(peer: TelegramPeer, telegram: Telegram, citizen: Citizen) -> None:
    peer.fault("sendMessage", Refusal(400, "Bad Request: can't parse entities: unsupported tag"))
    with capture_logs():
        assert isinstance(await telegram.send(parcel("a < b", repeated=True)), Sent)
    message = await citizen.reads()
    assert (message.text, message.parse_mode) == ("(kirim ulang)\na < b", None)


def test_short_buttons_stand_side_by_side() -> None:
    def rows(*titles: str) -> list[list[str]]:
        made = keyboard([Button(title, "x") for title in titles], 1)
        return [[button.text for button in row] for row in made.inline_keyboard] if made else []

    assert rows() == []
    assert rows("Ya", "Tidak", "Ubah") == [["Ya", "Tidak", "Ubah"]]
    assert rows("Ya, kirim", "Ubah", "Batal", "Menu") == [["Ya, kirim", "Ubah", "Batal"], ["Menu"]]
    assert rows("Sampaikan pengaduan", "Cek status laporan") == [["Sampaikan pengaduan"], ["Cek status laporan"]]


# ---------------------------------------------------------------- what the answer means


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (TooManyRequests(7), Later("429", 7.0, throttled=True)),
        (ServerError(), Later("500")),
        (BadGateway(), Later("502")),
        (Hang(), Uncertain("SocketTimeoutError")),
        (AcceptThenHang(), Uncertain("SocketTimeoutError")),
        (AcceptThenCut(), Uncertain("ServerDisconnectedError")),
        (Garbage(), Uncertain("garbage")),
        (Garbage(b"<html>Masuk ke jaringan</html>"), Uncertain("garbage")),
        (Garbage(b'{"ok": true}'), Uncertain("garbage")),
        (Garbage(b'{"ok": true, "result": {"message_id": "x"}}'), Uncertain("garbage")),
        (Garbage(b'{"ok": true, "result": []}'), Uncertain("garbage")),
        (Refusal(403, "Forbidden: bot was blocked by the user"), Refused("403", "blocked")),
        (Refusal(403, "Forbidden: user is deactivated"), Refused("403", "gone")),
        (Refusal(400, "Bad Request: chat not found"), Refused("chat not found", "gone")),
        (Refusal(400, "Bad Request: message text is empty"), Refused("400")),
        (Refusal(401, "Unauthorized"), Later("401", 60.0)),
        (Refusal(404, "Not Found"), Later("401", 60.0)),
        (Refusal(413, "Request Entity Too Large"), Later("413")),
    ],
)
async def test_each_answer_has_its_meaning(
    peer: TelegramPeer, citizen: Citizen, fault: Fault, outcome: Outcome
) -> None:
    peer.fault("sendMessage", fault)
    with capture_logs():
        async with facing(peer, fault) as telegram:
            assert await telegram.send(parcel()) == outcome
    assert len(peer.calls_of("sendMessage")) == 1, "nothing is sent twice blindly"


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (302, b"", Later("302")),  # a network that wants a login first
        (403, b"<html>Situs diblokir</html>", Later("403")),  # a filter on the way blocks, and not the citizen
        (404, b"<html>404</html>", Later("404")),
        (400, b"[]", Later("400")),
        (400, b'{"ok": false, "description": 5}', Later("400")),
        (400, no(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100), Refused("migrated")),
        (420, no(420, "FLOOD_WAIT", retry_after=3), Later("429", 3.0, throttled=True)),
        (429, b"slow down", Later("429", 1.0, throttled=True)),
        (429, b'{"ok": false, "parameters": [1]}', Later("429", 1.0, throttled=True)),
        (429, b'{"ok": false, "parameters": {"retry_after": NaN}}', Later("429", 1.0, throttled=True)),
        (429, b'{"ok": false, "parameters": {"retry_after": -5}}', Later("429", 1.0, throttled=True)),
    ],
)
async def test_answers_that_are_not_telegrams_cost_nothing(status: int, body: bytes, outcome: Outcome) -> None:
    async with answering(status, body, {"Location": "https://login.example"}) as root, telegram_at(root) as telegram:
        assert await telegram.send(parcel()) == outcome


async def test_what_never_left_may_be_sent_again(peer: TelegramPeer, telegram: Telegram) -> None:
    async with peer.down():
        assert await telegram.send(parcel()) == Later("ClientConnectorError")


async def test_an_answer_that_never_ends_is_given_up() -> None:
    async with answering(200, b"x" * 100, {"Content-Length": "1000"}) as root, telegram_at(root, HASTY) as slow:
        assert isinstance(await slow.send(parcel()), Uncertain)


# ---------------------------------------------------------------- secrets


async def test_neither_token_nor_words_are_logged(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Fault] = [
        Garbage(), Hang(), AcceptThenCut(), BadGateway(), TooManyRequests(1), Refusal(400, "Bad Request: kata rahasia"),
        Refusal(400, "Bad Request: can't parse entities"), Refusal(401, "Unauthorized"), Refusal(403, "Forbidden: no"),
    ]  # fmt: skip
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        for fault in faults:
            peer.fault("sendMessage", fault)
            async with facing(peer, fault) as facing_it:
                outcome = await facing_it.send(parcel("kata rahasia"))
            assert TOKEN not in repr(outcome)
            assert "rahasia" not in repr(outcome)
        async with peer.down():
            assert TOKEN not in repr(await telegram.send(parcel("kata rahasia")))
        await telegram.send(parcel("kata rahasia"))
        for source in ("unknown", "x" * 300):
            with pytest.raises(MediaRefusedError) as refused:
                await fetched(telegram, source)
            assert TOKEN not in repr(refused.value)
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]  # the peer's own
    told = repr(logs) + repr([(record.name, record.getMessage(), record.exc_text) for record in ours])
    assert TOKEN not in told
    assert "rahasia" not in told


# ---------------------------------------------------------------- presses


async def press(peer: TelegramPeer, telegram: Telegram, citizen: Citizen) -> Update:
    """A button of a message that was sent, pressed but not yet handled."""
    await telegram.send(parcel(buttons=(Button("Ya", "confirm"),)))
    return citizen.press("Ya", await citizen.reads())


async def test_each_press_is_answered_also_when_it_comes_twice(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen
) -> None:
    update, desk = await press(peer, telegram, citizen), Desk()
    for _ in range(2):
        await telegram.handle(update.body, desk)
        await telegram.settled()
    [inbound] = desk.kept.values()
    assert (inbound.payload, inbound.pressed_on, inbound.text) == ("confirm", 75, "Ya")
    assert len(peer.answered) == 2
    assert [edit.reply_markup for edit in peer.edits] == [None]


async def test_a_press_that_is_not_kept_is_not_answered(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen
) -> None:
    update, desk = await press(peer, telegram, citizen), Desk()
    desk.away = True
    with pytest.raises(NotKeptError):
        await telegram.handle(update.body, desk)
    await telegram.settled()
    assert len(peer.answered) == 0


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        (TooManyRequests(0), 1),
        (ServerError(), 1),
        (AcceptThenCut(), 2),
        (Garbage(b'{"ok": true, "result": 5}'), 0),
        (Garbage(), 1),
    ],
)
async def test_a_press_is_answered_in_the_end(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen, fault: Fault, answered: int
) -> None:
    update = await press(peer, telegram, citizen)
    peer.fault("answerCallbackQuery", fault)
    peer.fault("editMessageReplyMarkup", fault)
    with capture_logs():
        await telegram.handle(update.body, Desk())
        await telegram.settled()
    assert len(peer.answered) == answered  # 0: Telegram said that it did it
    assert len(peer.edits) == 1


async def test_a_press_that_is_too_old_still_counts(peer: TelegramPeer, telegram: Telegram, citizen: Citizen) -> None:
    update, desk = await press(peer, telegram, citizen), Desk()
    peer.expire_callbacks()
    with capture_logs():
        await telegram.handle(update.body, desk)
        await telegram.settled()
    assert [inbound.payload for inbound in desk.kept.values()] == ["confirm"]
    assert len(peer.edits) == 1


# ---------------------------------------------------------------- groups


async def test_a_group_is_left_even_where_we_may_not_speak(
    peer: TelegramPeer, telegram: Telegram, citizen: Citizen
) -> None:
    group = peer.group(-100)
    peer.fault("sendMessage", Refusal(400, "Bad Request: not enough rights to send text messages to the chat"))
    with capture_logs():
        await telegram.handle(group.adds_bot(citizen).body, Desk())
        await telegram.settled()
    assert len(peer.calls_of("leaveChat")) == 1


# ---------------------------------------------------------------- files


async def fetched(telegram: Telegram, source: str) -> bytes:
    return b"".join([chunk async for chunk in telegram.fetch(source)])


async def test_a_file_is_fetched(peer: TelegramPeer, telegram: Telegram) -> None:
    stored = peer.bot.store("documents", b"%PDF" * 50_000, ending="pdf")
    assert await fetched(telegram, stored.file_id) == b"%PDF" * 50_000


async def test_an_odd_ending_of_a_file_name_leads_to_the_same_file(peer: TelegramPeer, telegram: Telegram) -> None:
    for ending in ("p#f", "p?d=f", "p%64f", "pdf ü"):
        assert await fetched(telegram, peer.bot.store("documents", b"%PDF", ending=ending).file_id) == b"%PDF"


async def test_what_will_never_be_had_is_refused(peer: TelegramPeer, telegram: Telegram) -> None:
    with pytest.raises(MediaTooLargeError):
        await fetched(telegram, peer.bot.store("documents", b"", 21 * 1024 * 1024).file_id)
    with pytest.raises(MediaRefusedError):
        await fetched(telegram, "made-up")


@pytest.mark.parametrize(
    "fault", [ServerError(), BadGateway(), TooManyRequests(3), Hang(), AcceptThenCut(), Garbage(), Garbage(b"[]"),
              Garbage(b'{"ok": true, "result": 5}'), Refusal(401, "Unauthorized")]
)  # fmt: skip
async def test_what_may_be_had_later_is_tried_again(peer: TelegramPeer, telegram: Telegram, fault: Fault) -> None:
    stored = peer.bot.store("documents", b"%PDF")
    peer.fault("getFile", fault)
    async with facing(peer, fault) as facing_it:
        with pytest.raises(MediaUnavailableError):
            await fetched(facing_it, stored.file_id)
    assert await fetched(telegram, stored.file_id) == b"%PDF"


@pytest.mark.parametrize("path", ["../../secret", "https://elsewhere.example/x", "/etc/../x", ""])
async def test_no_path_leads_elsewhere(path: str) -> None:
    body = json.dumps({"ok": True, "result": {"file_id": "f", "file_unique_id": "u", "file_path": path}}).encode()
    async with answering(200, body) as root, telegram_at(root) as telegram:
        with pytest.raises(MediaRefusedError):
            await fetched(telegram, "f")


async def test_a_redirect_is_not_followed(peer: TelegramPeer) -> None:
    async with answering(302, b"", {"Location": peer.url}) as files, telegram_at(peer.url) as telegram:
        telegram._file_root = files
        with pytest.raises(MediaRefusedError):
            await fetched(telegram, peer.bot.store("documents", b"%PDF").file_id)
    assert peer.calls_of("file") == []
