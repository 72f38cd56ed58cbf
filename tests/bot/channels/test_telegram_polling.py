"""Polling: order, what comes again and what is given up, and who else wants the same updates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.channels.telegram_polling import Polling
from bot.channels.telegram_webhook import set_webhook
from tests.bot.channels.desk import Desk, telegram_at
from tests.peers.faults import AcceptThenCut, BadGateway, Fault, Garbage, Refusal, TooManyRequests
from tests.peers.telegram import TelegramPeer

SECOND = 0.02  # in real ones


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(second=SECOND) as peer:
        yield peer


@asynccontextmanager
async def polled(peer: TelegramPeer, desk: Desk, leads: Callable[[], bool] = lambda: True) -> AsyncIterator[None]:
    async with telegram_at(peer.url) as telegram:
        task = asyncio.create_task(Polling(telegram, desk, leads=leads, second=SECOND).run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_what_waits_is_taken_in_its_order(peer: TelegramPeer) -> None:
    desk = Desk()
    for number in range(250):  # more than fit one answer
        peer.citizen(70 + number % 7).text(f"pesan {number}")
    async with polled(peer, desk):
        await desk.has(*(f"pesan {number}" for number in range(250)))
        await peer.quiet()
    assert len(desk.tries) == 250


async def test_of_two_processes_only_the_one_with_the_clock_asks(peer: TelegramPeer) -> None:
    inbox, leader = Desk(), ["first"]  # both keep what they are told in the same
    with capture_logs() as logs:
        async with polled(peer, inbox, lambda: "first" in leader), polled(peer, inbox, lambda: "second" in leader):
            peer.citizen(77).text("satu")
            await inbox.has("satu")
            await peer.quiet()
            leader[:] = ["second"]
            peer.citizen(77).text("dua")  # it ends the question that the first has asked last
            await inbox.has("satu", "dua")
            await peer.quiet()
            peer.citizen(77).text("tiga")
            await inbox.has("satu", "dua", "tiga")
    assert not [log for log in logs if "refuses polling" in str(log["event"])]


async def test_nothing_is_acknowledged_that_is_not_kept(peer: TelegramPeer) -> None:
    desk, citizen = Desk(), peer.citizen(77)
    desk.away = True
    with capture_logs():
        async with polled(peer, desk):
            citizen.text("satu")
            await desk.tried(3)
            citizen.text("dua")
            assert peer.deliveries.pending == 2
            desk.away = False
            await desk.has("satu", "dua")
            await peer.quiet()


async def test_one_update_that_always_fails_costs_only_itself(peer: TelegramPeer) -> None:
    desk, citizen = Desk(), peer.citizen(77)
    desk.stumbles_over = {"buruk", "buruk juga"}
    for text in ("satu", "buruk", "dua", "buruk juga"):
        citizen.text(text)
    with capture_logs() as logs:
        async with polled(peer, desk):
            await desk.has("satu", "dua")
            await peer.quiet()
            citizen.text("tiga")
            await desk.has("satu", "dua", "tiga")
    assert desk.tries.count("buruk") == desk.tries.count("buruk juga") == 5
    skipped = [entry for entry in logs if entry["event"] == "update skipped"]
    assert [entry["kind"] for entry in skipped] == ["message", "message"]
    assert "buruk" not in repr(logs)


async def test_a_defect_while_the_database_is_away_skips_nothing(peer: TelegramPeer) -> None:
    desk, citizen = Desk(), peer.citizen(77)
    desk.away = True
    with capture_logs():
        async with polled(peer, desk):
            citizen.text("satu")
            await desk.tried(7)
            desk.away = False
            await desk.has("satu")


async def test_update_ids_may_start_anew_anywhere(peer: TelegramPeer) -> None:
    desk, citizen = Desk(), peer.citizen(77)
    async with polled(peer, desk):
        citizen.text("satu")
        await desk.has("satu")
        await peer.quiet()
        peer.restart_update_ids(5)
        citizen.text("dua")
        await desk.has("satu", "dua")
        await peer.quiet()
        citizen.text("tiga")
        await desk.has("satu", "dua", "tiga")


@pytest.mark.parametrize(
    "fault",
    [
        Garbage(),
        Garbage(b'{"ok": true}'),
        Garbage(b'{"ok": true, "result": null}'),
        Garbage(b'{"ok": true, "result": [5, {}, {"update_id": "x"}]}'),
        BadGateway(),
        AcceptThenCut(),
        TooManyRequests(1),
        Refusal(400, "Bad Request: something else"),
        Refusal(401, "Unauthorized"),
    ],
)
async def test_no_answer_ends_it(peer: TelegramPeer, fault: Fault) -> None:
    desk = Desk()
    peer.fault("getUpdates", fault, times=3)
    with capture_logs() as logs:
        async with polled(peer, desk):
            peer.citizen(77).text("satu")
            await desk.has("satu")
    if isinstance(fault, Garbage):
        assert [entry["event"] for entry in logs] == ["no updates"] * 3
    assert peer.token not in repr(logs)


async def test_it_goes_on_when_the_network_is_back(peer: TelegramPeer) -> None:
    desk, citizen = Desk(), peer.citizen(77)
    with capture_logs() as logs:
        async with polled(peer, desk):
            citizen.text("satu")
            await desk.has("satu")
            async with peer.down():
                citizen.text("dua")
            await desk.has("satu", "dua")
    assert peer.token not in repr(logs)


async def test_a_webhook_in_the_way_is_said_and_not_taken_away(peer: TelegramPeer) -> None:
    desk = Desk()
    async with telegram_at(peer.url) as telegram:
        await set_webhook(telegram.bot, "https://pasti.example", "secret")
    with capture_logs() as logs:
        async with polled(peer, desk):
            await peer.next_call("getUpdates", count=2)
            assert peer.deliveries.webhook.url, "somebody may need it"
            peer.bot.delete_webhook({})
            peer.citizen(77).text("satu")
            await desk.has("satu")
    assert any("pasti telegram webhook delete" in entry["event"] for entry in logs if entry["log_level"] == "error")


async def test_a_stop_loses_nothing(peer: TelegramPeer) -> None:
    desk, citizen = Desk(), peer.citizen(77)
    desk.away = True
    with capture_logs():
        async with polled(peer, desk):
            citizen.text("satu")
            await desk.tried(1)
    assert peer.deliveries.pending == 1
    desk.away = False
    async with polled(peer, desk):
        await desk.has("satu")
