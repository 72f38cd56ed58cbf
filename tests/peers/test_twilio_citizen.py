"""What citizens send by the Twilio peer comes as from Twilio."""

from __future__ import annotations

import pytest
from aiohttp import web

from tests.peers.bot_in_test import ACCOUNT, NUMBER, PUBLIC, BotInTest, Rest
from tests.peers.faults import Hang
from tests.peers.twilio import AUTH_TOKEN, SENDER, WEBHOOK, TwilioPeer
from tests.peers.twilio_rules import Forgery, sign

# What citizens send


async def test_a_text_comes_signed_over_the_public_address(twilio: TwilioPeer, bot: BotInTest) -> None:
    message = twilio.citizen(NUMBER, "Budi & Co").text("biaya é?")
    assert await twilio.outcome(message) == 200
    [got] = bot.got
    form = got.form
    assert got.path == "/webhooks/whatsapp"
    assert (form["From"], form["To"], form["WaId"]) == (f"whatsapp:{NUMBER}", SENDER, NUMBER[1:])
    assert (form["Body"], form["ProfileName"], form["NumMedia"]) == ("biaya é?", "Budi & Co", "0")
    assert form["MessageSid"] == form["SmsMessageSid"] == message.sid
    assert form["FieldOfTomorrow"] == "yes & no"
    assert got.headers["X-Twilio-Signature"] == sign(AUTH_TOKEN, WEBHOOK, form.items())
    assert got.headers["I-Twilio-Idempotency-Token"]


def test_the_signature_is_the_one_of_twilios_documentation() -> None:
    params = {
        "Digits": "1234",
        "To": "+18005551212",
        "From": "+14158675310",
        "Caller": "+14158675310",
        "CallSid": "CA1234567890ABCDE",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign("12345", url, params.items()) == "GvWf1cFY/Q7PnoempGyD5oXAezc="


@pytest.mark.parametrize("forgery", Forgery)
async def test_a_forgery_is_not_signed_by_twilio(twilio: TwilioPeer, bot: BotInTest, forgery: Forgery) -> None:
    bot.answers.append(web.Response(status=403))
    message = twilio.citizen(NUMBER).text("halo", forgery=forgery)
    assert await twilio.outcome(message) == 403
    [got] = bot.got
    assert got.headers.get("X-Twilio-Signature") != sign(AUTH_TOKEN, WEBHOOK, got.form.items())
    assert ("X-Twilio-Signature" in got.headers) == (forgery is not Forgery.MISSING)
    assert (twilio.lost, len(twilio.account.messages.by_sid)) == ([], 0)


async def test_what_is_not_taken_is_lost(twilio: TwilioPeer, bot: BotInTest) -> None:
    bot.answers.append(web.Response(status=503))
    message = twilio.citizen(NUMBER).text("halo")
    assert await twilio.outcome(message) == 503
    [lost] = twilio.lost
    assert (lost.message, lost.status, len(bot.got)) == (message, 503, 1)
    twilio.replay(message)
    assert await twilio.outcome(message) == 200
    assert bot.got[1].form == bot.got[0].form


async def test_who_cannot_be_reached_is_called_twice(twilio: TwilioPeer, rest: Rest) -> None:
    twilio.reroute(PUBLIC, "http://127.0.0.1:9")  # nobody listens there
    message = twilio.citizen(NUMBER).text("halo")
    assert await twilio.outcome(message) is None
    assert twilio.lost[0].reason.startswith("no connection: ")
    listed = (await rest.get(f"{ACCOUNT}/Messages.json"))[1]["messages"]
    assert [each["sid"] for each in listed] == [message.sid]


async def test_a_webhook_that_answers_too_late_is_not_called_again() -> None:
    async with TwilioPeer(call_limits=(5.0, 0.02)) as twilio, TwilioPeer() as slow_bot:
        slow_bot.fault(None, Hang())
        twilio.reroute(PUBLIC, slow_bot.url)
        message = twilio.citizen(NUMBER).text("halo")
        assert await twilio.outcome(message) is None
        assert (twilio.lost[0].reason, len(slow_bot.calls)) == ("no answer in time", 1)


async def test_a_quick_reply_is_pressed(twilio: TwilioPeer, rest: Rest, bot: BotInTest) -> None:
    actions = [{"title": "Ya, {{1}}", "id": "yes"}, {"title": "Batal", "id": "no"}]
    content = twilio.content.add("Kirim, {{1}}?", actions=actions)
    await rest.send("", ContentSid=content.sid, ContentVariables='{"1": "Siti"}')
    citizen = twilio.citizen(NUMBER)
    sent = await citizen.reads()
    assert (sent.text, sent.buttons) == ("Kirim, Siti?", ["Ya, Siti", "Batal"])
    await twilio.outcome(citizen.press("Ya"))
    form = bot.got[0].form
    assert (form["ButtonText"], form["ButtonPayload"], form["Body"]) == ("Ya, Siti", "yes", "Ya, Siti")
    assert (form["MessageType"], form["OriginalRepliedMessageSid"]) == ("button", sent.sid)


async def test_an_item_of_a_list_is_picked(twilio: TwilioPeer, rest: Rest, bot: BotInTest) -> None:
    item = {"item": "Biaya", "id": "fee", "description": "Berapa biayanya"}
    types = {"twilio/list-picker": {"body": "Pilih", "button": "Menu", "items": [item]}}
    status, content = await rest.content("POST", "Content", {"language": "id", "types": types})
    assert status == 201
    await rest.send("", ContentSid=content["sid"])
    await twilio.outcome(twilio.citizen(NUMBER).pick("Biaya"))
    form = bot.got[0].form
    assert (form["ListId"], form["ListTitle"], form["ListDescription"]) == ("fee", "Biaya", "Berapa biayanya")


async def test_media_is_fetched_with_the_password_and_may_be_redirected(
    twilio: TwilioPeer, rest: Rest, bot: BotInTest
) -> None:
    message = twilio.citizen(NUMBER).photo(b"\xff\xd8 foto", "KTP")
    await twilio.outcome(message)
    form = bot.got[0].form
    assert (form["NumMedia"], form["MediaContentType0"], form["Body"]) == ("1", "image/jpeg", "KTP")
    url = form["MediaUrl0"]
    async with rest.session.get(url) as response:
        assert response.status == 401
    twilio.account.media_redirect = f"{twilio.url}/cdn"
    async with rest.session.get(url, headers=rest.headers, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (307, f"{twilio.url}/cdn/{url[-34:]}")
    async with rest.session.get(url, headers=rest.headers) as response:
        assert (response.content_type, await response.read()) == ("image/jpeg", b"\xff\xd8 foto")
    status, listed = await rest.get(f"{ACCOUNT}/Messages/{message.sid}/Media.json")
    assert (status, listed["media_list"][0]["sid"]) == (200, url[-34:])
    assert (await rest.get(url.removeprefix(twilio.url) + ".json"))[1]["content_type"] == "image/jpeg"
    async with rest.session.delete(url, headers=rest.headers) as response:
        assert response.status == 204
    assert (await rest.get(url.removeprefix(twilio.url)))[0] == 404


async def test_other_kinds_of_messages(twilio: TwilioPeer, bot: BotInTest) -> None:
    citizen = twilio.citizen(NUMBER)
    said = citizen.text("halo", forwarded=True)
    for message in (
        citizen.voice(),
        citizen.video(),
        citizen.document(b"%PDF-1.7"),
        citizen.sticker(),
        citizen.contact("Budi"),
        citizen.location(label="Kantor"),
        citizen.unknown("order", Price="1"),
        citizen.text("ya", reply_to=said),
    ):
        await twilio.outcome(message)
    await twilio.quiet()
    forms = [got.form for got in bot.got]
    kinds = ["text", "audio", "video", "document", "sticker", "contacts", "location", "order", "text"]
    assert sorted(form["MessageType"] for form in forms) == sorted(kinds)
    assert [form["Label"] for form in forms if "Latitude" in form] == ["Kantor"]
    assert [form["OriginalRepliedMessageSid"] for form in forms if "OriginalRepliedMessageSid" in form] == [said.sid]
