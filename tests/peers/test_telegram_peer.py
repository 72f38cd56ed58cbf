"""The Telegram peer behaves as the Bot API does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from tests.peers.bot_in_test import BotApiClient, BotInTest
from tests.peers.telegram import TelegramPeer

SITI = 91_000_001
SECRET = "invented-secret"


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(second=0.001) as peer:
        yield peer


@pytest_asyncio.fixture
async def api(peer: TelegramPeer) -> AsyncIterator[BotApiClient]:
    async with aiohttp.ClientSession() as session:
        yield BotApiClient(session, peer.url, peer.token)


@pytest_asyncio.fixture
async def bot() -> AsyncIterator[BotInTest]:
    async with BotInTest() as bot:
        yield bot


async def use_webhook(api: BotApiClient, bot: BotInTest) -> None:
    assert await api.ok("setWebhook", url=f"{bot.url}/webhooks/telegram", secret_token=SECRET) is True


BUTTONS = {
    "inline_keyboard": [[{"text": "Ya, kirim", "callback_data": "y"}], [{"text": "Batal", "callback_data": "n"}]]
}


# Sending


async def test_it_says_who_the_bot_is_and_refuses_another_token(peer: TelegramPeer, api: BotApiClient) -> None:
    assert (await api.ok("getMe"))["is_bot"] is True
    api.root = f"{peer.url}/bot1:wrong"
    assert await api.error("getMe") == (401, "Unauthorized")


async def test_an_unknown_method_is_not_found(api: BotApiClient) -> None:
    assert await api.error("sendPigeon") == (404, "Not Found: method not found")


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_any_of_four_ways(peer: TelegramPeer, api: BotApiClient, way: str) -> None:
    peer.citizen(SITI)
    url = f"{api.root}/sendMessage"
    params = {"chat_id": str(SITI), "text": "Selamat pagi"}
    multipart = aiohttp.FormData(params, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        request = {
            "query": session.get(url, params=params),
            "form": session.post(url, data=params),
            "json": session.post(url, json=params),
            "multipart": session.post(url, data=multipart),
        }
        for other in request.keys() - {way}:
            request[other].close()
        async with request[way] as response:
            result = (await response.json())["result"]
    message = peer.sent[0]
    assert result["message_id"] == message.message_id
    assert result["chat"] == {"id": SITI, "type": "private", "first_name": "Siti"}
    assert (message.text, message.chat_id, message.parse_mode) == ("Selamat pagi", SITI, None)


async def test_html_is_parsed(peer: TelegramPeer, api: BotApiClient) -> None:
    peer.citizen(SITI)
    text = '😀 <b>Biaya &lt;1&gt;</b> &amp; <a href="https://a.example/?x=1&amp;y=2">syarat</a>'
    result = await api.ok("sendMessage", chat_id=SITI, text=text, parse_mode="HTML")
    assert result["text"] == "😀 Biaya <1> & syarat"
    assert result["entities"] == [
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "text_link", "offset": 15, "length": 6, "url": "https://a.example/?x=1&y=2"},
    ]
    assert peer.sent[0].raw == text


@pytest.mark.parametrize(
    "text",
    [
        "<b>x",
        "<b>x</i>",
        "</b>",
        "<h1>x</h1>",
        "a < b",
        "x & y",
        "x&nbsp;y",
        "<b onclick='x'>x</b>",
        "<b",
        "a <",
        "<b>x</b",
    ],
)
async def test_html_that_cannot_be_parsed_is_refused(peer: TelegramPeer, api: BotApiClient, text: str) -> None:
    peer.citizen(SITI)
    status, description = await api.error("sendMessage", chat_id=SITI, text=text, parse_mode="HTML")
    assert status == 400
    assert description.startswith("Bad Request: can't parse entities: ")
    assert not peer.sent


@pytest.mark.parametrize(
    "text",
    [
        "<blockquote expandable>x</blockquote>",
        "<tg-spoiler>x</tg-spoiler>",
        "<pre><code class='language-a'>x</code></pre>",
        "&#39;&#x27;&quot;",
        "<B>x</B>",
    ],
)
async def test_html_that_can(peer: TelegramPeer, api: BotApiClient, text: str) -> None:
    peer.citizen(SITI)
    await api.ok("sendMessage", chat_id=SITI, text=text, parse_mode="HTML")


async def test_the_length_counts_after_parsing_in_utf16(peer: TelegramPeer, api: BotApiClient) -> None:
    peer.citizen(SITI)
    await api.ok("sendMessage", chat_id=SITI, text="<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    too_long = (400, "Bad Request: message is too long")
    assert await api.error("sendMessage", chat_id=SITI, text="x" * 4097) == too_long
    await api.ok("sendMessage", chat_id=SITI, text="😀" * 2048)
    assert await api.error("sendMessage", chat_id=SITI, text="😀" * 2049) == too_long
    for empty in ("", "  \n", "<b></b>"):
        answer = await api.error("sendMessage", chat_id=SITI, text=empty, parse_mode="HTML")
        assert answer == (400, "Bad Request: message text is empty")


async def test_callback_data_counts_in_bytes(peer: TelegramPeer, api: BotApiClient) -> None:
    peer.citizen(SITI)

    def button(data: str) -> dict[str, object]:
        return {"inline_keyboard": [[{"text": "Ya", "callback_data": data}]]}

    await api.ok("sendMessage", chat_id=SITI, text="x", reply_markup=button("é" * 32))
    answer = await api.error("sendMessage", chat_id=SITI, text="x", reply_markup=button("é" * 33))
    assert answer == (400, "Bad Request: BUTTON_DATA_INVALID")


async def test_who_cannot_be_reached(peer: TelegramPeer, api: BotApiClient) -> None:
    assert await api.error("sendMessage", chat_id=SITI, text="x") == (400, "Bad Request: chat not found")
    siti = peer.citizen(SITI)
    siti.block()
    assert await api.error("sendMessage", chat_id=SITI, text="x") == (403, "Forbidden: bot was blocked by the user")
    siti.unblock()
    await api.ok("sendMessage", chat_id=SITI, text="x")
    group = peer.group(-91)
    await api.ok("leaveChat", chat_id=group.chat.id)
    assert (await api.error("sendMessage", chat_id=group.chat.id, text="x"))[0] == 403
    kinds = [next(iter(update.keys() - {"update_id"})) for update in await api.ok("getUpdates")]
    assert kinds == ["my_chat_member", "my_chat_member"]


async def test_the_pace_is_enforced_when_wanted(api: BotApiClient, peer: TelegramPeer) -> None:
    peer.bot.enforce_pace = True
    peer.deliveries.second = 1.0
    for chat_id in range(1, 32):
        peer.citizen(chat_id)
    await api.ok("sendMessage", chat_id=1, text="x")
    status, answer = await api.call("sendMessage", chat_id=1, text="x")
    assert (status, answer["parameters"]) == (429, {"retry_after": 1})
    assert answer["description"] == "Too Many Requests: retry after 1"
    for chat_id in range(2, 31):
        await api.ok("sendMessage", chat_id=chat_id, text="x")
    assert (await api.error("sendMessage", chat_id=31, text="x"))[0] == 429


# Buttons and edits


async def test_a_button_is_pressed_and_answered(peer: TelegramPeer, api: BotApiClient) -> None:
    siti = peer.citizen(SITI)
    sent = await api.ok("sendMessage", chat_id=SITI, text="Kirim?", reply_markup=BUTTONS)
    siti.press("Ya")
    [update] = await api.ok("getUpdates")
    query = update["callback_query"]
    assert (query["data"], query["message"]["message_id"], query["from"]["id"]) == ("y", sent["message_id"], SITI)
    too_long = await api.error("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
    assert too_long == (400, "Bad Request: MESSAGE_TOO_LONG")
    await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="Baik")
    assert peer.answered[0].text == "Baik"
    peer.expire_callbacks()
    for query_id in (query["id"], "unknown"):
        status, description = await api.error("answerCallbackQuery", callback_query_id=query_id)
        assert (status, description[:34]) == (400, "Bad Request: query is too old and ")


async def test_editing_to_the_same_is_refused(peer: TelegramPeer, api: BotApiClient) -> None:
    peer.citizen(SITI)
    sent = await api.ok("sendMessage", chat_id=SITI, text="Kirim?", reply_markup=BUTTONS)
    where = {"chat_id": SITI, "message_id": sent["message_id"]}
    status, description = await api.error("editMessageReplyMarkup", **where, reply_markup=BUTTONS)
    assert (status, description[:38]) == (400, "Bad Request: message is not modified: ")
    assert "reply_markup" not in await api.ok("editMessageReplyMarkup", **where)
    assert (await api.error("editMessageReplyMarkup", **where))[0] == 400
    assert (await api.error("editMessageText", **where, text="Kirim?"))[0] == 400
    assert (await api.ok("editMessageText", **where, text="Terkirim"))["text"] == "Terkirim"
    assert [edit.text for edit in peer.edits] == [None, "Terkirim"]
    gone = await api.error("editMessageText", chat_id=SITI, message_id=99, text="x")
    assert gone == (400, "Bad Request: message to edit not found")


# Files and commands


async def test_files_are_fetched_unless_they_are_too_big(peer: TelegramPeer, api: BotApiClient) -> None:
    siti = peer.citizen(SITI)
    siti.document(b"%PDF-1.7", "ktp.pdf", "KTP saya")
    siti.photo(b"big", size=20 * 1024 * 1024 + 1)
    first, second = [update["message"] for update in await api.ok("getUpdates")]
    assert (first["document"]["file_name"], first["caption"]) == ("ktp.pdf", "KTP saya")
    found = await api.ok("getFile", file_id=first["document"]["file_id"])
    async with aiohttp.request("GET", f"{peer.url}/file/bot{peer.token}/{found['file_path']}") as response:
        assert await response.read() == b"%PDF-1.7"
    too_big = await api.error("getFile", file_id=second["photo"][-1]["file_id"])
    assert too_big == (400, "Bad Request: file is too big")
    await api.ok("getFile", file_id=second["photo"][0]["file_id"])


async def test_the_bot_sends_a_file(peer: TelegramPeer, api: BotApiClient) -> None:
    peer.citizen(SITI)
    form = aiohttp.FormData({"chat_id": str(SITI), "caption": "Ini berkasnya", "document": "attach://file0"})
    form.add_field("file0", b"%PDF-1.7", filename="standar.pdf")
    async with aiohttp.request("POST", f"{api.root}/sendDocument", data=form) as response:
        result = (await response.json())["result"]
    assert (result["document"]["file_name"], result["caption"]) == ("standar.pdf", "Ini berkasnya")
    assert (peer.sent[0].file, peer.sent[0].text) == (b"%PDF-1.7", "Ini berkasnya")


async def test_commands_are_kept(peer: TelegramPeer, api: BotApiClient) -> None:
    commands = [{"command": "mulai", "description": "Mulai"}]
    await api.ok("setMyCommands", commands=commands)
    assert await api.ok("getMyCommands") == peer.commands == commands
    assert (await api.error("setMyCommands", commands=[{"command": "MULAI!", "description": "x"}]))[0] == 400


# Polling


async def test_a_poll_waits_for_what_comes_and_an_offset_confirms(peer: TelegramPeer, api: BotApiClient) -> None:
    poll = asyncio.create_task(api.ok("getUpdates", timeout=30))
    await peer.next_call("getUpdates")
    first = peer.citizen(SITI).text("halo")
    [update] = await poll
    assert update == first.body
    assert (update["message"]["text"], update["message"]["chat"]["id"]) == ("halo", SITI)
    second = peer.citizen(SITI).text("/mulai")
    assert [each["update_id"] for each in await api.ok("getUpdates", limit=1)] == [first.update_id]
    assert not first.delivered
    assert await api.ok("getUpdates", offset=first.update_id + 1) == [second.body]
    assert await peer.delivered(first)
    assert await api.ok("getUpdates", offset=second.update_id + 1) == []
    assert await peer.quiet()


async def test_a_second_poller_ends_the_first(peer: TelegramPeer, api: BotApiClient) -> None:
    first = asyncio.create_task(api.error("getUpdates", timeout=30))
    await peer.next_call("getUpdates")
    second = asyncio.create_task(api.ok("getUpdates", timeout=30))
    status, description = await first
    assert (status, description[:46]) == (409, "Conflict: terminated by other getUpdates reque")
    peer.citizen(SITI).text("halo")
    assert len(await second) == 1


async def test_polling_is_refused_while_a_webhook_is_set(api: BotApiClient, bot: BotInTest) -> None:
    await use_webhook(api, bot)
    status, description = await api.error("getUpdates")
    assert status == 409
    assert description.startswith("Conflict: can't use getUpdates method while webhook is active")
    await api.ok("deleteWebhook")
    assert await api.ok("getUpdates") == []


async def test_updates_are_chosen(peer: TelegramPeer, api: BotApiClient) -> None:
    siti = peer.citizen(SITI)
    await api.ok("getUpdates", allowed_updates=["callback_query"])
    assert siti.text("halo").dropped
    await api.ok("getUpdates", allowed_updates=[])
    siti.text("halo")
    assert len(await api.ok("getUpdates")) == 1


async def test_ids_may_start_anew_and_updates_may_come_twice(peer: TelegramPeer, api: BotApiClient) -> None:
    siti = peer.citizen(SITI)
    first = siti.text("satu")
    await api.ok("getUpdates")
    peer.restart_update_ids(7)
    second = siti.text("dua")
    assert second.update_id == 7
    assert await api.ok("getUpdates", offset=first.update_id + 1) == [second.body]
    assert await api.ok("getUpdates", offset=8) == []
    peer.replay(first)
    assert await api.ok("getUpdates", offset=8) == [first.body]


# The webhook


async def test_the_webhook_gets_the_update_and_the_secret(
    peer: TelegramPeer, api: BotApiClient, bot: BotInTest
) -> None:
    await use_webhook(api, bot)
    update = peer.citizen(SITI).text("halo")
    assert await peer.delivered(update)
    [got] = bot.got
    assert (got.path, got.json) == ("/webhooks/telegram", update.body)
    assert got.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert (await api.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_a_failed_update_is_tried_again_and_holds_up_its_own_chat_only(
    peer: TelegramPeer, api: BotApiClient, bot: BotInTest
) -> None:
    await use_webhook(api, bot)
    bot.answers += [web.Response(status=503), web.Response(status=500), web.Response(status=302)]
    siti = peer.citizen(SITI)
    first, second = siti.text("satu"), siti.text("dua")
    await peer.quiet()
    assert (first.statuses, second.statuses) == ([503, 500, 302, 200], [200])
    assert [got.json["message"]["text"] for got in bot.got] == ["satu"] * 4 + ["dua"]
    info = await api.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 302"


async def test_a_callback_overtakes_a_message(peer: TelegramPeer, api: BotApiClient, bot: BotInTest) -> None:
    await use_webhook(api, bot)
    await api.ok("sendMessage", chat_id=peer.citizen(SITI).id, text="Kirim?", reply_markup=BUTTONS)
    bot.answers += [web.Response(status=503, headers={"Retry-After": "30"})]  # 30 ms
    siti = peer.citizen(SITI)
    siti.text("satu")
    await bot.gets(1)
    pressed = siti.press("Batal")
    assert await peer.delivered(pressed)
    await peer.quiet()
    assert ["message" in got.json for got in bot.got] == [True, False, True]


async def test_a_webhook_that_cannot_be_reached_is_tried_until_it_can(peer: TelegramPeer, api: BotApiClient) -> None:
    public = "https://pasti.example"
    peer.reroute(public, "http://127.0.0.1:9")  # nobody listens there
    await api.ok("setWebhook", url=f"{public}/webhooks/telegram")
    update = peer.citizen(SITI).text("halo")
    await peer.wait_for(lambda: None in update.statuses)
    async with BotInTest() as bot:
        peer.reroute(public, bot.url)
        assert await peer.delivered(update)
        assert bot.got[0].path == "/webhooks/telegram"


async def test_a_webhook_needs_https(api: BotApiClient) -> None:
    answer = await api.error("setWebhook", url="http://pasti.example/webhooks/telegram")
    assert answer == (400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")


async def test_a_webhook_may_call_a_method_in_its_answer(peer: TelegramPeer, api: BotApiClient, bot: BotInTest) -> None:
    await use_webhook(api, bot)
    bot.answers.append(web.json_response({"method": "sendMessage", "chat_id": SITI, "text": "Halo juga"}))
    siti = peer.citizen(SITI)
    siti.text("halo")
    assert (await siti.reads()).text == "Halo juga"


async def test_what_else_citizens_send(peer: TelegramPeer, api: BotApiClient) -> None:
    siti = peer.citizen(SITI)
    said = siti.text("halo")
    siti.album([b"1", b"2"], "dua foto")
    siti.voice()
    siti.video()
    siti.animation()
    siti.sticker()
    siti.contact()
    siti.location()
    siti.edit(said, "halo pak")
    siti.text("ya", reply_to=said)
    peer.group(-91).text("halo semua", by=siti)
    peer.channel(-92).post("kabar")
    peer.raw({"business_connection": {}})
    updates = await api.ok("getUpdates")
    one, two = updates[1]["message"], updates[2]["message"]
    assert one["media_group_id"] == two["media_group_id"]
    assert (one["caption"], "caption" in two) == ("dua foto", False)
    named = [next(iter(update.keys() - {"update_id"})) for update in updates]
    assert named == ["message"] * 9 + ["edited_message"] + ["message"] * 2 + ["channel_post", "business_connection"]
    assert updates[9]["edited_message"]["message_id"] == said.body["message"]["message_id"]
    assert updates[10]["message"]["reply_to_message"]["text"] == "halo"
    assert updates[11]["message"]["chat"]["type"] == "supergroup"
