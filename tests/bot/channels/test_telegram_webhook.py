"""The webhook by itself: who may call it, what it answers, and how it is registered."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from structlog.testing import capture_logs

from bot.app import LARGEST_REQUEST
from bot.channels.telegram_webhook import COMMANDS, Webhook, publish_commands, register
from tests.bot.channels.desk import Desk, telegram_at
from tests.bot.connected import PUBLIC_URL, WEBHOOK_SECRET, connected
from tests.peers.faults import BadGateway, Fault, Garbage, TooManyRequests
from tests.peers.telegram import TelegramPeer

SECRET = "invented-secret"
SIGNED = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(second=0.02) as peer:
        yield peer


class Door:
    """The webhook's address, called from outside."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, bytes, str | None]:
        sent = SIGNED if headers is None else headers
        async with self._session.post(self.url, data=io.BytesIO(body), headers=sent) as answer:
            return answer.status, await answer.read(), answer.headers.get("Retry-After")


@asynccontextmanager
async def served(peer: TelegramPeer, desk: Desk) -> AsyncIterator[Door]:
    async with telegram_at(peer.url) as telegram, aiohttp.ClientSession() as session:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        Webhook(telegram, desk, SECRET).add_to(app)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield Door(f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/telegram", session)
        finally:
            await runner.cleanup()


def update(text: str, message_id: int = 1) -> bytes:
    chat = {"id": 77, "type": "private"}
    message = {"message_id": message_id, "date": 1794195000, "chat": chat, "from": {"id": 77}, "text": text}
    return json.dumps({"update_id": message_id, "message": message}).encode()


async def test_what_is_kept_is_acknowledged_with_nothing(peer: TelegramPeer) -> None:
    desk = Desk()
    async with served(peer, desk) as door:
        assert await door.post(update("satu")) == (200, b"", None)
    assert desk.said == ["satu"]


async def test_what_is_not_kept_has_to_come_again(peer: TelegramPeer) -> None:
    desk = Desk()
    desk.away = True
    async with served(peer, desk) as door:
        assert await door.post(update("satu")) == (503, b"", "5")
    assert desk.said == []


@pytest.mark.parametrize("given", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "ünicode"])
async def test_only_who_knows_the_secret_is_listened_to(peer: TelegramPeer, given: str | None) -> None:
    desk, headers = Desk(), {} if given is None else {"X-Telegram-Bot-Api-Secret-Token": given}
    with capture_logs() as logs:
        async with served(peer, desk) as door:
            assert (await door.post(update("rahasia"), headers))[0] == 403
    assert desk.tries == []
    assert "rahasia" not in repr(logs)
    assert SECRET not in repr(logs)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"{}", 200),
        (b"null", 200),
        (b'{"update_id": 1e999, "message": {"chat": {"id": NaN, "type": "private"}}}', 200),
        (b'{"update_id": 1, "poll": {}}', 200),
        (b"x" * (LARGEST_REQUEST + 1), 413),
    ],
)
async def test_whatever_the_body_is(peer: TelegramPeer, body: bytes, status: int) -> None:
    desk = Desk()
    async with served(peer, desk) as door:
        assert (await door.post(body))[0] == status
    assert desk.tries == []


async def test_a_chat_keeps_its_order_while_others_go_on(peer: TelegramPeer) -> None:
    desk = Desk()
    async with telegram_at(peer.url) as telegram, served(peer, desk) as door:
        peer.reroute(PUBLIC_URL, door.url.removesuffix("/webhooks/telegram"))
        await register(telegram.bot, PUBLIC_URL, SECRET)
        for number in range(60):
            peer.citizen(70 + number % 3).text(str(number))
        await peer.quiet()
    for citizen in range(3):
        of_one = [int(text) for text in desk.said if int(text) % 3 == citizen]
        assert of_one == list(range(citizen, 60, 3))
    assert len(desk.kept) == 60


async def test_what_was_not_kept_comes_again_in_its_order(peer: TelegramPeer) -> None:
    desk, citizen = Desk(), peer.citizen(77)
    desk.away = True
    async with telegram_at(peer.url) as telegram, served(peer, desk) as door:
        peer.reroute(PUBLIC_URL, door.url.removesuffix("/webhooks/telegram"))
        await register(telegram.bot, PUBLIC_URL, SECRET)
        citizen.text("satu")
        citizen.text("dua")
        await desk.tried(2)
        desk.away = False
        await desk.has("satu", "dua")
        await peer.quiet()
    assert desk.tries[0] == desk.tries[1] == "satu"


async def test_in_polling_mode_nobody_can_call(peer: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=peer, mode="polling") as program, aiohttp.ClientSession() as session:
        headers = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
        async with session.post(f"{program.url}/webhooks/telegram", data=update("satu"), headers=headers) as answer:
            assert answer.status == 404


# ---------------------------------------------------------------- registering


async def test_it_is_registered_at_every_start_also_with_a_new_secret(peer: TelegramPeer) -> None:
    async with telegram_at(peer.url) as telegram:
        with capture_logs() as logs:
            await register(telegram.bot, PUBLIC_URL, "old-secret")
            await register(telegram.bot, PUBLIC_URL, SECRET)
    assert peer.deliveries.webhook.secret_token == SECRET
    assert [entry["changed"] for entry in logs] == [True, False]
    assert peer.deliveries.webhook.max_connections == 40
    assert peer.deliveries.allowed == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert SECRET not in repr(logs)


@pytest.mark.parametrize(
    "fault", [BadGateway(), TooManyRequests(1), Garbage(b'{"ok": true}'), Garbage(b'{"ok": true, "result": 5}')]
)
async def test_both_are_tried_until_they_are_done(peer: TelegramPeer, fault: Fault) -> None:
    peer.fault("getWebhookInfo", fault)
    peer.fault("getMyCommands", fault)
    async with telegram_at(peer.url) as telegram:
        with capture_logs() as logs:
            await asyncio.gather(register(telegram.bot, PUBLIC_URL, SECRET), publish_commands(telegram.bot))
    assert peer.deliveries.webhook.url == f"{PUBLIC_URL}/webhooks/telegram"
    assert [(each["command"], each["description"]) for each in peer.commands] == list(COMMANDS)
    assert {"webhook not registered", "commands not published"} <= {entry["event"] for entry in logs}


async def test_commands_are_published_once(peer: TelegramPeer) -> None:
    async with telegram_at(peer.url) as telegram:
        await publish_commands(telegram.bot)
        await publish_commands(telegram.bot)
    assert len(peer.calls_of("setMyCommands")) == 1
