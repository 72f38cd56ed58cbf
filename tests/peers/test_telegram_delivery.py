"""Updates reach a bot as from the real Bot API: fetched, or posted to its webhook."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.peers.bot_in_test import BUTTONS, BotApiClient, BotInTest
from tests.peers.telegram import TelegramPeer

SITI = 91_000_001
SECRET = "invented-secret"


async def use_webhook(api: BotApiClient, bot: BotInTest) -> None:
    assert await api.ok("setWebhook", url=f"{bot.url}/webhooks/telegram", secret_token=SECRET) is True


# Polling


async def test_a_poll_waits_for_what_comes_and_an_offset_confirms(telegram: TelegramPeer, api: BotApiClient) -> None:
    poll = asyncio.create_task(api.ok("getUpdates", timeout=30))
    await telegram.next_call("getUpdates")
    first = telegram.citizen(SITI).text("halo")
    [update] = await poll
    assert update == first.body
    assert (update["message"]["text"], update["message"]["chat"]["id"]) == ("halo", SITI)
    second = telegram.citizen(SITI).text("/mulai")
    assert [each["update_id"] for each in await api.ok("getUpdates", limit=1)] == [first.update_id]
    assert not first.delivered
    assert await api.ok("getUpdates", offset=first.update_id + 1) == [second.body]
    assert await telegram.delivered(first)
    assert await api.ok("getUpdates", offset=second.update_id + 1) == []
    assert await telegram.quiet()


async def test_a_second_poller_ends_the_first(telegram: TelegramPeer, api: BotApiClient) -> None:
    first = asyncio.create_task(api.error("getUpdates", timeout=30))
    await telegram.next_call("getUpdates")
    second = asyncio.create_task(api.ok("getUpdates", timeout=30))
    status, description = await first
    assert (status, description[:46]) == (409, "Conflict: terminated by other getUpdates reque")
    telegram.citizen(SITI).text("halo")
    assert len(await second) == 1


async def test_polling_is_refused_while_a_webhook_is_set(api: BotApiClient, bot: BotInTest) -> None:
    await use_webhook(api, bot)
    status, description = await api.error("getUpdates")
    assert status == 409
    assert description.startswith("Conflict: can't use getUpdates method while webhook is active")
    await api.ok("deleteWebhook")
    assert await api.ok("getUpdates") == []


async def test_updates_are_chosen(telegram: TelegramPeer, api: BotApiClient) -> None:
    siti = telegram.citizen(SITI)
    await api.ok("getUpdates", allowed_updates=["callback_query"])
    assert siti.text("halo").dropped
    await api.ok("getUpdates", allowed_updates=[])
    siti.text("halo")
    assert len(await api.ok("getUpdates")) == 1


async def test_ids_may_start_anew_and_updates_may_come_twice(telegram: TelegramPeer, api: BotApiClient) -> None:
    siti = telegram.citizen(SITI)
    first = siti.text("satu")
    await api.ok("getUpdates")
    telegram.restart_update_ids(7)
    second = siti.text("dua")
    assert second.update_id == 7
    assert await api.ok("getUpdates", offset=first.update_id + 1) == [second.body]
    assert await api.ok("getUpdates", offset=8) == []
    telegram.replay(first)
    assert await api.ok("getUpdates", offset=8) == [first.body]


# The webhook


async def test_the_webhook_gets_the_update_and_the_secret(
    telegram: TelegramPeer, api: BotApiClient, bot: BotInTest
) -> None:
    await use_webhook(api, bot)
    update = telegram.citizen(SITI).text("halo")
    assert await telegram.delivered(update)
    [got] = bot.got
    assert (got.path, got.json) == ("/webhooks/telegram", update.body)
    assert got.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert (await api.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_a_failed_update_is_tried_again_and_holds_up_its_own_chat_only(
    telegram: TelegramPeer, api: BotApiClient, bot: BotInTest
) -> None:
    await use_webhook(api, bot)
    bot.answers += [web.Response(status=503), web.Response(status=500), web.Response(status=302)]
    siti = telegram.citizen(SITI)
    first, second = siti.text("satu"), siti.text("dua")
    await telegram.quiet()
    assert (first.statuses, second.statuses) == ([503, 500, 302, 200], [200])
    assert [got.json["message"]["text"] for got in bot.got] == ["satu"] * 4 + ["dua"]
    info = await api.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 302"


async def test_a_callback_overtakes_a_message(telegram: TelegramPeer, api: BotApiClient, bot: BotInTest) -> None:
    await use_webhook(api, bot)
    await api.ok("sendMessage", chat_id=telegram.citizen(SITI).id, text="Kirim?", reply_markup=BUTTONS)
    bot.answers += [web.Response(status=503, headers={"Retry-After": "30"})]  # 30 ms
    siti = telegram.citizen(SITI)
    siti.text("satu")
    await bot.gets(1)
    pressed = siti.press("Batal")
    assert await telegram.delivered(pressed)
    await telegram.quiet()
    assert ["message" in got.json for got in bot.got] == [True, False, True]


async def test_a_webhook_that_cannot_be_reached_is_tried_until_it_can(
    telegram: TelegramPeer, api: BotApiClient
) -> None:
    public = "https://pasti.example"
    telegram.reroute(public, "http://127.0.0.1:9")  # nobody listens there
    await api.ok("setWebhook", url=f"{public}/webhooks/telegram")
    update = telegram.citizen(SITI).text("halo")
    await telegram.wait_for(lambda: None in update.statuses)
    async with BotInTest() as bot:
        telegram.reroute(public, bot.url)
        assert await telegram.delivered(update)
        assert bot.got[0].path == "/webhooks/telegram"


async def test_a_webhook_needs_https(api: BotApiClient) -> None:
    answer = await api.error("setWebhook", url="http://pasti.example/webhooks/telegram")
    assert answer == (400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")


async def test_a_webhook_may_call_a_method_in_its_answer(
    telegram: TelegramPeer, api: BotApiClient, bot: BotInTest
) -> None:
    await use_webhook(api, bot)
    bot.answers.append(web.json_response({"method": "sendMessage", "chat_id": SITI, "text": "Halo juga"}))
    siti = telegram.citizen(SITI)
    siti.text("halo")
    assert (await siti.reads()).text == "Halo juga"
