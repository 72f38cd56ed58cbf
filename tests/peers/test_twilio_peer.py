"""The Twilio peer answers as Twilio does."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from aiohttp import web

from tests.peers.bot_in_test import ACCOUNT, MONDAY, NUMBER, PUBLIC, BotInTest, Clock, Rest
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, SERVICE, TwilioPeer
from tests.peers.twilio_rules import IN_ORDER, OUT_OF_ORDER, TWICE, sign

CALLBACK = f"{PUBLIC}/webhooks/whatsapp/status"


# Sending


async def test_a_message_is_taken_as_twilio_takes_it(twilio: TwilioPeer, rest: Rest) -> None:
    status, answer = await rest.send("Selamat pagi & terima kasih")
    assert status == 201
    assert re.fullmatch(r"SM[0-9a-f]{32}", answer["sid"])
    assert (answer["status"], answer["direction"], answer["num_media"]) == ("queued", "outbound-api", "0")
    assert (answer["error_code"], answer["date_sent"]) == (None, None)
    assert parsedate_to_datetime(answer["date_created"]) == MONDAY.replace(microsecond=0)
    assert answer["uri"] == f"{ACCOUNT}/Messages/{answer['sid']}.json"
    assert (twilio.sent[0].text, twilio.sent[0].recipient) == ("Selamat pagi & terima kasih", NUMBER)
    assert await rest.get(f"{ACCOUNT}/Messages/{answer['sid']}.json") == (200, answer)


async def test_a_service_and_media(twilio: TwilioPeer, rest: Rest) -> None:
    _, answer = await rest.send("", From="", MessagingServiceSid=SERVICE, MediaUrl=f"{PUBLIC}/berkas/1")
    assert (answer["status"], answer["num_media"], answer["sid"][:2]) == ("accepted", "1", "MM")
    assert (answer["from"], answer["messaging_service_sid"]) == (SENDER, SERVICE)
    assert twilio.sent[0].media_urls == [f"{PUBLIC}/berkas/1"]


async def test_media_is_fetched_and_shown_with_its_words(twilio: TwilioPeer, rest: Rest, bot: BotInTest) -> None:
    headers = {"Content-Disposition": 'inline; filename="loket.jpg"', "Content-Type": "image/jpeg"}
    bot.answers += [web.Response(headers=headers), web.Response(body=b"\xff\xd8\xff picture", headers=headers)]
    await rest.send("Ini fotonya", MediaUrl=f"{PUBLIC}/files/1")
    media = await twilio.fetched(twilio.sent[0])
    assert media
    assert (media.data, media.content_type, media.name) == (b"\xff\xd8\xff picture", "image/jpeg", "loket.jpg")
    assert twilio.sent[0].seen == "Ini fotonya"


async def test_words_beside_a_document_are_not_shown(twilio: TwilioPeer, rest: Rest, bot: BotInTest) -> None:
    bot.answers += [web.Response(body=b"%PDF", content_type="application/pdf") for _ in range(2)]
    await rest.send("Ini suratnya", MediaUrl=f"{PUBLIC}/files/1")
    assert await twilio.fetched(twilio.sent[0])
    assert (twilio.sent[0].body, twilio.sent[0].seen) == ("Ini suratnya", "")


@pytest.mark.parametrize(
    ("status", "content_type", "data", "code"),
    [
        (404, "application/pdf", b"%PDF", 63019),
        (302, "application/pdf", b"%PDF", 63019),
        (200, "text/html", b"<html>", 12300),
        (200, "image/webp", b"RIFF", 12300),
        (200, "application/pdf", b"<html>", 12300),
        (200, "application/pdf", b"%PDF" + bytes(16 << 20), 11751),
        (200, "image/png", b"\x89PNG" + bytes(5 << 20), 11751),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else str(value),
)
async def test_media_that_whatsapp_does_not_take_fails(
    twilio: TwilioPeer, rest: Rest, bot: BotInTest, status: int, content_type: str, data: bytes, code: int
) -> None:
    bot.answers += [web.Response(status=status, body=data, content_type=content_type) for _ in range(2)]
    await rest.send("", MediaUrl=f"{PUBLIC}/files/1", StatusCallback=CALLBACK)
    assert await twilio.fetched(twilio.sent[0]) is None
    assert (twilio.sent[0].status, twilio.sent[0].error_code) == ("failed", code)
    await twilio.quiet()
    assert bot.got[-1].form["ErrorCode"] == str(code)


@pytest.mark.parametrize(
    ("code", "params"),
    [
        (21604, {"To": ""}),
        (21603, {"From": ""}),
        (21211, {"To": "whatsapp:0812"}),
        (63007, {"From": "whatsapp:+6281299999999"}),
        (21910, {"To": NUMBER}),
        (21617, {"body": "x" * 1601}),
        (21619, {"body": ""}),
        (21620, {"MediaUrl": "file:///etc/passwd"}),
        (21655, {"ContentSid": "HX" + "0" * 32}),
        (21656, {"ContentVariables": "[1]"}),
        (21656, {"ContentVariables": "{"}),
        (21656, {"ContentVariables": '{"1": ""}'}),
    ],
)
async def test_what_is_refused_at_once(twilio: TwilioPeer, rest: Rest, code: int, params: dict[str, str]) -> None:
    status, answer = await rest.send(**params)
    assert (status, answer["code"], answer["status"]) == (400, code, 400)
    assert answer["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert not twilio.sent


async def test_the_longest_body_is_taken(rest: Rest) -> None:
    assert (await rest.send("x" * 1600))[0] == 201


async def test_another_password_and_another_account(rest: Rest) -> None:
    status, answer = await rest.get("/2010-04-01/Accounts/ACffffffffffffffffffffffffffffffff.json")
    assert (status, answer["code"]) == (404, 20404)
    status, answer = await rest.get(f"{ACCOUNT}.json")
    assert (status, answer["status"], answer["sid"]) == (200, "active", ACCOUNT_SID)
    rest.headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT_SID, "wrong")}
    for path in (f"{ACCOUNT}.json", "/v1/Content"):
        status, answer = await rest.get(path)
        assert (status, answer["code"], answer["message"]) == (401, 20003, "Authenticate")


async def test_the_rate_is_limited_when_wanted(twilio: TwilioPeer, rest: Rest) -> None:
    twilio.account.rate = 2
    answers = [await rest.send() for _ in range(3)]
    assert [status for status, _ in answers] == [201, 201, 429]
    assert answers[2][1]["code"] == 20429


# The window, and who gets nothing


async def test_outside_the_window_free_text_is_refused_or_fails(
    twilio: TwilioPeer, rest: Rest, bot: BotInTest, clock: Clock
) -> None:
    citizen = twilio.citizen(NUMBER)
    twilio.account.window = "refused"
    assert (await rest.send())[1]["code"] == 63016
    await twilio.outcome(citizen.text("halo"))
    assert (await rest.send())[0] == 201
    clock.now += timedelta(hours=24, seconds=1)
    assert (await rest.send())[1]["code"] == 63016
    approved, other = twilio.content.add("Ada kabar"), twilio.content.add("Ada kabar", approved=False)
    assert (await rest.send("", ContentSid=approved.sid))[0] == 201
    assert (await rest.send("", ContentSid=other.sid))[1]["code"] == 63016
    twilio.account.window = "callback"
    _, answer = await rest.send(StatusCallback=CALLBACK)
    assert answer["status"] == "queued"
    form = (await bot.gets(2))[1].form
    assert (form["MessageStatus"], form["ErrorCode"], form["MessageSid"]) == ("failed", "63016", answer["sid"])
    found = (await rest.get(f"{ACCOUNT}/Messages/{answer['sid']}.json"))[1]
    assert (found["status"], found["error_code"]) == ("failed", 63016)


async def test_who_is_not_on_whatsapp_or_opted_out(twilio: TwilioPeer, rest: Rest, bot: BotInTest) -> None:
    twilio.account.not_on_whatsapp.add(NUMBER)
    await rest.send(StatusCallback=CALLBACK)
    form = (await bot.gets(1))[0].form
    assert (form["MessageStatus"], form["ErrorCode"]) == ("undelivered", "63024")
    assert form["ChannelStatusMessage"]
    citizen = twilio.citizen(NUMBER)
    citizen.stop()
    assert (await rest.send())[1]["code"] == 21610
    citizen.start()
    assert (await rest.send())[0] == 201
    citizen.help()
    assert sorted(got.form["OptOutType"] for got in (await bot.gets(4))[1:]) == ["HELP", "START", "STOP"]


# The list


async def test_messages_are_listed_newest_first_and_page_by_page(
    twilio: TwilioPeer, rest: Rest, bot: BotInTest, clock: Clock
) -> None:
    sids = []
    for number in range(5):
        clock.now = MONDAY + timedelta(hours=number)
        sids.append(twilio.citizen(NUMBER).text(str(number), deliver=False).sid)
    await rest.send()
    found: list[str] = []
    uri: str | None = f"{ACCOUNT}/Messages.json?To={SENDER}&PageSize=2".replace("+", "%2B")
    while uri:
        _, page = await rest.get(uri)
        found += [each["sid"] for each in page["messages"]]
        assert len(page["messages"]) <= 2
        assert {each["direction"] for each in page["messages"]} == {"inbound"}
        twilio.citizen(NUMBER).text("later", deliver=False)  # shifts no page
        uri = page["next_page_uri"]
    assert found == sids[::-1]
    assert bot.got == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"DateSent>": "2026-11-09T05:30:15Z"}, "234"),
        ({"DateSent<": "2026-11-09T05:30:15Z"}, "012"),
        ({"DateSent>": "2026-11-09T04:30:15Z", "DateSent<": "2026-11-09T05:30:15Z"}, "12"),
        ({"DateSent": "2026-11-09"}, "01234"),
        ({"DateSent": "2026-11-10"}, ""),
        ({"DateSent>": "2026-11-10"}, ""),
        ({"From": "whatsapp:+6281299999999"}, ""),
        ({"To": SENDER, "From": f"whatsapp:{NUMBER}"}, "01234"),
    ],
)
async def test_messages_are_filtered(
    twilio: TwilioPeer, rest: Rest, clock: Clock, query: dict[str, str], found: str
) -> None:
    for number in range(5):
        clock.now = MONDAY + timedelta(hours=number)
        twilio.citizen(NUMBER).text(str(number), deliver=False)
    _, page = await rest.get(f"{ACCOUNT}/Messages.json", **query)
    assert "".join(each["body"] for each in reversed(page["messages"])) == found


# Status callbacks


@pytest.mark.parametrize("statuses", [IN_ORDER, OUT_OF_ORDER, TWICE])
async def test_statuses_are_reported_in_any_order(
    twilio: TwilioPeer, rest: Rest, bot: BotInTest, statuses: tuple[str, ...]
) -> None:
    twilio.account.statuses = statuses
    _, answer = await rest.send(StatusCallback=CALLBACK)
    got = await bot.gets(len(statuses))
    assert [each.form["MessageStatus"] for each in got] == [each.form["SmsStatus"] for each in got] == list(statuses)
    for each in got:
        assert each.path == "/webhooks/whatsapp/status"
        assert each.headers["X-Twilio-Signature"] == sign(AUTH_TOKEN, CALLBACK, each.form.items())
    found = (await rest.get(f"{ACCOUNT}/Messages/{answer['sid']}.json"))[1]
    assert (found["status"], found["date_sent"] is None) == ("read", False)


async def test_a_status_is_reported_when_told(twilio: TwilioPeer, rest: Rest, bot: BotInTest) -> None:
    await rest.send(StatusCallback=CALLBACK)
    [message] = await twilio.messages_of(NUMBER, 1)
    twilio.status(message, "sent", "failed", error_code=30001)
    form = (await bot.gets(2))[1].form
    assert (form["ErrorCode"], form["ChannelToAddress"]) == ("30001", f"whatsapp:{NUMBER}")
    await twilio.quiet()
    assert (message.status, message.statuses) == ("failed", ["sent", "failed"])


# Templates


async def test_templates_are_made_listed_approved_and_deleted(twilio: TwilioPeer, rest: Rest) -> None:
    types = {"twilio/text": {"body": "Nomor {{1}} dari {{2}}"}}
    body = {"friendly_name": "kabar", "language": "id", "variables": {"1": "ADU", "2": "PASTI"}, "types": types}
    status, content = await rest.content("POST", "Content", body)
    assert (status, content["types"], content["sid"][:2]) == (201, types, "HX")
    assert await rest.content("GET", f"Content/{content['sid']}") == (200, content)
    path = f"Content/{content['sid']}/ApprovalRequests"
    assert (await rest.content("GET", path))[1]["whatsapp"]["status"] == "unsubmitted"
    status, approval = await rest.content("POST", f"{path}/whatsapp", {"name": "kabar", "category": "UTILITY"})
    assert (status, approval["status"]) == (201, "received")
    twilio.content.approve(content["sid"])
    assert (await rest.content("GET", path))[1]["whatsapp"]["status"] == "approved"
    _, page = await rest.content("GET", "ContentAndApprovals?PageSize=1")
    assert page["contents"][0]["approval_requests"]["status"] == "approved"
    assert (page["meta"]["key"], page["meta"]["next_page_url"]) == ("contents", None)
    await rest.send("", ContentSid=content["sid"], ContentVariables=json.dumps({"1": "ADU-7"}))
    assert (twilio.sent[0].text, twilio.sent[0].content_type) == ("Nomor ADU-7 dari PASTI", "twilio/text")
    assert (await rest.content("DELETE", f"Content/{content['sid']}"))[0] == 204
    assert (await rest.content("GET", f"Content/{content['sid']}"))[0] == 404
    assert (await rest.content("GET", "Content"))[1]["contents"] == []


@pytest.mark.parametrize(
    "types",
    [
        {},
        {"twilio/text": {"body": "x" * 1025}},
        {"twilio/quick-reply": {"body": "x", "actions": [{"title": "x" * 21}]}},
        {"twilio/list-picker": {"body": "x", "button": "Menu", "items": [{"item": "x" * 25}]}},
        {"twilio/list-picker": {"body": "x", "button": "Menu", "items": [{"item": "x"}] * 11}},
    ],
)
async def test_a_template_beyond_the_limits_is_refused(rest: Rest, types: object) -> None:
    assert (await rest.content("POST", "Content", {"language": "id", "types": types}))[0] == 400
