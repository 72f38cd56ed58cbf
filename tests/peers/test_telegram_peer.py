"""The Telegram peer answers as the Bot API does."""

from __future__ import annotations

import io

import aiohttp
import pytest

from tests.bot.files import picture, png_of
from tests.peers.bot_in_test import BUTTONS, BotApiClient
from tests.peers.telegram import TelegramPeer

SITI = 91_000_001


# Sending


async def test_it_says_who_the_bot_is_and_refuses_another_token(telegram: TelegramPeer, api: BotApiClient) -> None:
    assert (await api.ok("getMe"))["is_bot"] is True
    api.root = f"{telegram.url}/bot1:wrong"
    assert await api.error("getMe") == (401, "Unauthorized")


async def test_an_unknown_method_is_not_found(api: BotApiClient) -> None:
    assert await api.error("sendPigeon") == (404, "Not Found: method not found")


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_any_of_four_ways(telegram: TelegramPeer, api: BotApiClient, way: str) -> None:
    telegram.citizen(SITI)
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
    message = telegram.sent[0]
    assert result["message_id"] == message.message_id
    assert result["chat"] == {"id": SITI, "type": "private", "first_name": "Siti"}
    assert (message.text, message.chat_id, message.parse_mode) == ("Selamat pagi", SITI, None)


async def test_html_is_parsed(telegram: TelegramPeer, api: BotApiClient) -> None:
    telegram.citizen(SITI)
    text = ' 😀 <b>Biaya &lt;1&gt;</b> &amp; <a href="https://a.example/?x=1&amp;y=2">syarat </a>'
    result = await api.ok("sendMessage", chat_id=SITI, text=text, parse_mode="HTML")
    assert result["text"] == "😀 Biaya <1> & syarat"
    assert result["entities"] == [
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "text_link", "offset": 15, "length": 6, "url": "https://a.example/?x=1&y=2"},
    ]
    assert telegram.sent[0].raw == text


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
async def test_html_that_cannot_be_parsed_is_refused(telegram: TelegramPeer, api: BotApiClient, text: str) -> None:
    telegram.citizen(SITI)
    status, description = await api.error("sendMessage", chat_id=SITI, text=text, parse_mode="HTML")
    assert status == 400
    assert description.startswith("Bad Request: can't parse entities: ")
    assert not telegram.sent


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
async def test_html_that_can(telegram: TelegramPeer, api: BotApiClient, text: str) -> None:
    telegram.citizen(SITI)
    await api.ok("sendMessage", chat_id=SITI, text=text, parse_mode="HTML")


async def test_the_length_counts_after_parsing_in_utf16(telegram: TelegramPeer, api: BotApiClient) -> None:
    telegram.citizen(SITI)
    await api.ok("sendMessage", chat_id=SITI, text="<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    too_long = (400, "Bad Request: message is too long")
    assert await api.error("sendMessage", chat_id=SITI, text="x" * 4097) == too_long
    await api.ok("sendMessage", chat_id=SITI, text="😀" * 2048)
    assert await api.error("sendMessage", chat_id=SITI, text="😀" * 2049) == too_long
    for empty in ("", "  \n", "<b></b>"):
        answer = await api.error("sendMessage", chat_id=SITI, text=empty, parse_mode="HTML")
        assert answer == (400, "Bad Request: message text is empty")


async def test_callback_data_counts_in_bytes(telegram: TelegramPeer, api: BotApiClient) -> None:
    telegram.citizen(SITI)

    def button(data: str) -> dict[str, object]:
        return {"inline_keyboard": [[{"text": "Ya", "callback_data": data}]]}

    await api.ok("sendMessage", chat_id=SITI, text="x", reply_markup=button("é" * 32))
    answer = await api.error("sendMessage", chat_id=SITI, text="x", reply_markup=button("é" * 33))
    assert answer == (400, "Bad Request: BUTTON_DATA_INVALID")


async def test_who_cannot_be_reached(telegram: TelegramPeer, api: BotApiClient) -> None:
    assert await api.error("sendMessage", chat_id=SITI, text="x") == (400, "Bad Request: chat not found")
    siti = telegram.citizen(SITI)
    siti.block()
    assert await api.error("sendMessage", chat_id=SITI, text="x") == (403, "Forbidden: bot was blocked by the user")
    siti.unblock()
    await api.ok("sendMessage", chat_id=SITI, text="x")
    group = telegram.group(-91)
    await api.ok("leaveChat", chat_id=group.chat.id)
    assert (await api.error("sendMessage", chat_id=group.chat.id, text="x"))[0] == 403
    kinds = [next(iter(update.keys() - {"update_id"})) for update in await api.ok("getUpdates")]
    assert kinds == ["my_chat_member", "my_chat_member"]


async def test_the_pace_is_enforced_when_wanted(api: BotApiClient, telegram: TelegramPeer) -> None:
    telegram.bot.enforce_pace = True
    telegram.deliveries.second = 1.0
    for chat_id in range(1, 32):
        telegram.citizen(chat_id)
    await api.ok("sendMessage", chat_id=1, text="x")
    status, answer = await api.call("sendMessage", chat_id=1, text="x")
    assert (status, answer["parameters"]) == (429, {"retry_after": 1})
    assert answer["description"] == "Too Many Requests: retry after 1"
    for chat_id in range(2, 31):
        await api.ok("sendMessage", chat_id=chat_id, text="x")
    assert (await api.error("sendMessage", chat_id=31, text="x"))[0] == 429


# Buttons and edits


async def test_a_button_is_pressed_and_answered(telegram: TelegramPeer, api: BotApiClient) -> None:
    siti = telegram.citizen(SITI)
    sent = await api.ok("sendMessage", chat_id=SITI, text="Kirim?", reply_markup=BUTTONS)
    siti.press("Ya")
    [update] = await api.ok("getUpdates")
    query = update["callback_query"]
    assert (query["data"], query["message"]["message_id"], query["from"]["id"]) == ("y", sent["message_id"], SITI)
    too_long = await api.error("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
    assert too_long == (400, "Bad Request: MESSAGE_TOO_LONG")
    await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="Baik")
    assert telegram.answered[0].text == "Baik"
    telegram.expire_callbacks()
    for query_id in (query["id"], "unknown"):
        status, description = await api.error("answerCallbackQuery", callback_query_id=query_id)
        assert (status, description[:34]) == (400, "Bad Request: query is too old and ")


async def test_editing_to_the_same_is_refused(telegram: TelegramPeer, api: BotApiClient) -> None:
    telegram.citizen(SITI)
    sent = await api.ok("sendMessage", chat_id=SITI, text="Kirim?", reply_markup=BUTTONS)
    where = {"chat_id": SITI, "message_id": sent["message_id"]}
    status, description = await api.error("editMessageReplyMarkup", **where, reply_markup=BUTTONS)
    assert (status, description[:38]) == (400, "Bad Request: message is not modified: ")
    assert "reply_markup" not in await api.ok("editMessageReplyMarkup", **where)
    assert (await api.error("editMessageReplyMarkup", **where))[0] == 400
    assert (await api.error("editMessageText", **where, text="Kirim?"))[0] == 400
    assert (await api.ok("editMessageText", **where, text="Terkirim"))["text"] == "Terkirim"
    assert [edit.text for edit in telegram.edits] == [None, "Terkirim"]
    gone = await api.error("editMessageText", chat_id=SITI, message_id=99, text="x")
    assert gone == (400, "Bad Request: message to edit not found")


# Files and commands


async def test_files_are_fetched_unless_they_are_too_big(telegram: TelegramPeer, api: BotApiClient) -> None:
    siti = telegram.citizen(SITI)
    siti.document(b"%PDF-1.7", "ktp.pdf", "KTP saya")
    siti.photo(b"big", size=20 * 1024 * 1024 + 1)
    first, second = [update["message"] for update in await api.ok("getUpdates")]
    assert (first["document"]["file_name"], first["caption"]) == ("ktp.pdf", "KTP saya")
    found = await api.ok("getFile", file_id=first["document"]["file_id"])
    async with aiohttp.request("GET", f"{telegram.url}/file/bot{telegram.token}/{found['file_path']}") as response:
        assert await response.read() == b"%PDF-1.7"
    too_big = await api.error("getFile", file_id=second["photo"][-1]["file_id"])
    assert too_big == (400, "Bad Request: file is too big")
    await api.ok("getFile", file_id=second["photo"][0]["file_id"])


async def test_the_bot_sends_a_file(telegram: TelegramPeer, api: BotApiClient) -> None:
    telegram.citizen(SITI)
    form = aiohttp.FormData({"chat_id": str(SITI), "caption": "Ini berkasnya", "document": "attach://file0"})
    form.add_field("file0", b"%PDF-1.7", filename="standar.pdf")
    async with aiohttp.request("POST", f"{api.root}/sendDocument", data=form) as response:
        result = (await response.json())["result"]
    assert (result["document"]["file_name"], result["caption"]) == ("standar.pdf", "Ini berkasnya")
    assert (telegram.sent[0].file, telegram.sent[0].text) == (b"%PDF-1.7", "Ini berkasnya")


@pytest.mark.parametrize(
    ("kind", "data", "more", "error"),
    [
        ("document", b"", 0, "file must be non-empty"),
        ("photo", b"%PDF-1.7", 0, "IMAGE_PROCESS_FAILED"),
        ("photo", png_of(10_001, 1), 0, "PHOTO_INVALID_DIMENSIONS"),
        ("photo", png_of(210, 10), 0, "PHOTO_INVALID_DIMENSIONS"),
        ("photo", picture("PNG"), 10 << 20, "file is too big for a photo"),
        ("document", b"%PDF-1.7", 50 << 20, "Request Entity Too Large"),
    ],
    ids=["empty", "no picture", "long", "narrow", "large photo", "large document"],
)
async def test_the_bot_sends_no_such_file(
    telegram: TelegramPeer, api: BotApiClient, kind: str, data: bytes, more: int, error: str
) -> None:
    telegram.citizen(SITI)
    form = aiohttp.FormData({"chat_id": str(SITI)})
    form.add_field(kind, io.BytesIO(data + bytes(more)), filename="berkas")
    async with aiohttp.request("POST", f"{api.root}/send{kind.capitalize()}", data=form) as response:
        assert (await response.json())["description"].endswith(error)
    assert telegram.sent == []


async def test_commands_are_kept(telegram: TelegramPeer, api: BotApiClient) -> None:
    commands = [{"command": "mulai", "description": "Mulai"}]
    await api.ok("setMyCommands", commands=commands)
    assert await api.ok("getMyCommands") == telegram.commands == commands
    assert (await api.error("setMyCommands", commands=[{"command": "MULAI!", "description": "x"}]))[0] == 400


async def test_what_else_citizens_send(telegram: TelegramPeer, api: BotApiClient) -> None:
    siti = telegram.citizen(SITI)
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
    telegram.group(-91).text("halo semua", by=siti)
    telegram.channel(-92).post("kabar")
    telegram.raw({"business_connection": {}})
    updates = await api.ok("getUpdates")
    one, two = updates[1]["message"], updates[2]["message"]
    assert one["media_group_id"] == two["media_group_id"]
    assert (one["caption"], "caption" in two) == ("dua foto", False)
    named = [next(iter(update.keys() - {"update_id"})) for update in updates]
    assert named == ["message"] * 9 + ["edited_message"] + ["message"] * 2 + ["channel_post", "business_connection"]
    assert updates[9]["edited_message"]["message_id"] == said.body["message"]["message_id"]
    assert updates[10]["message"]["reply_to_message"]["text"] == "halo"
    assert updates[11]["message"]["chat"]["type"] == "supergroup"
