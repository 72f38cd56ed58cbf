"""What becomes of a parcel at Twilio, which a peer plays over loopback HTTP: taken, refused, later, or who knows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.channels.twilio_api import make_client
from bot.channels.twilio_media import TwilioMedia
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp_templates import every_template
from handlers.messages import Address, Button, Line
from handlers.parcels import Absent, Later, Outcome, Parcel, Refused, Sent, Uncertain, WindowClosed
from tests.peers.faults import (
    AcceptThenCut,
    AcceptThenHang,
    BadGateway,
    Cut,
    Fault,
    Garbage,
    Hang,
    Refusal,
    ServerError,
    TooManyRequests,
)
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioPeer

CITIZEN, PUBLIC = "+6281200000001", "https://pasti.example"
LINES = (Line("Sudah benar?", "strong"), Line(""), Line("Nama: Yayat"), Line("", "menu"), Line("1. Ya", "menu"))
BUTTONS = (Button("Ya, benar", "confirm"), Button("Ubah", "change"))


def parcel(**changes: Any) -> Parcel:
    values: dict[str, Any] = {
        "id": 42,
        "conversation_id": 1,
        "address": Address("whatsapp", CITIZEN),
        "position": 75,
        "lines": LINES,
        "buttons": (),
        "sender": "bot",
        "leased_at": datetime.now(UTC),
    }
    return Parcel(**values | changes)


@asynccontextmanager
async def channel_to(
    url: str,
    contents: Mapping[str, str] | None = None,
    public_url: str | None = PUBLIC,
    token: str = AUTH_TOKEN,
    whole: float = 15.0,
) -> AsyncIterator[WhatsApp]:
    async with aiohttp.ClientSession() as session:
        media = TwilioMedia(session, ACCOUNT_SID, token, url)
        client = make_client(session, ACCOUNT_SID, token, url, whole)
        try:
            yield WhatsApp(
                client, media, sender=SENDER, public_url=public_url, contents=contents or {}, link="/files/{}".format
            )
        finally:
            await media.close()


@pytest_asyncio.fixture
async def twilio() -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer() as peer:
        yield peer


@pytest_asyncio.fixture
async def channel(twilio: TwilioPeer) -> AsyncIterator[WhatsApp]:
    async with channel_to(twilio.url) as channel:
        yield channel


def push(twilio: TwilioPeer) -> dict[str, str]:
    """All templates, as they are after `pasti whatsapp templates push`."""
    return {each.name: twilio.content.answer("POST", [], each.body, {})[1]["sid"] for each in every_template()}


def known(twilio: TwilioPeer) -> frozenset[str]:
    return frozenset(message.sid for message in twilio.sent.of(CITIZEN))


# ---------------------------------------------------------------- what is sent


async def test_a_text_goes_with_its_menu_and_the_address_for_reports(twilio: TwilioPeer, channel: WhatsApp) -> None:
    outcome = await channel.send(parcel(buttons=BUTTONS))
    [message] = twilio.sent.of(CITIZEN)
    assert outcome == Sent(message.sid)
    assert message.body == "*Sudah benar?*\n\nNama: Yayat\n\n1. Ya"
    assert message.status_callback == f"{PUBLIC}/webhooks/whatsapp/status?id=42"
    assert (message.sender, message.to) == (SENDER, f"whatsapp:{CITIZEN}")


async def test_without_a_public_address_nothing_is_reported(twilio: TwilioPeer) -> None:
    async with channel_to(twilio.url, public_url=None) as channel:
        await channel.send(parcel())
    assert twilio.sent.of(CITIZEN)[0].status_callback == ""


async def test_a_repetition_says_so(twilio: TwilioPeer, channel: WhatsApp) -> None:
    await channel.send(parcel(repeated=True))
    assert twilio.sent.of(CITIZEN)[0].body.startswith("(kirim ulang)\n*Sudah benar?*")


async def test_quick_replies_stand_for_the_menu(twilio: TwilioPeer) -> None:
    async with channel_to(twilio.url, push(twilio)) as channel:
        outcome = await channel.send(parcel(buttons=BUTTONS))
    [message] = twilio.sent.of(CITIZEN)
    assert outcome == Sent(message.sid)
    assert message.content_type == "twilio/quick-reply"
    assert message.body.replace("\u2060", "") == "*Sudah benar?*\n\nNama: Yayat"
    assert [(each["title"], each["id"]) for each in message.actions] == [
        ("Ya, benar", "confirm#23"),
        ("Ubah", "change#23"),
    ]


async def test_a_list_where_there_are_many(twilio: TwilioPeer) -> None:
    many = tuple(Button(f"Pilihan ke-{n}", f"ask:{n}") for n in range(5))
    async with channel_to(twilio.url, push(twilio)) as channel:
        await channel.send(parcel(buttons=many))
    [message] = twilio.sent.of(CITIZEN)
    assert message.content_type == "twilio/list-picker"
    assert message.buttons == [button.title for button in many]


async def test_what_fits_no_template_goes_with_its_numbers(twilio: TwilioPeer) -> None:
    long = tuple(Line(f"Baris {n}") for n in range(30))
    async with channel_to(twilio.url, push(twilio)) as channel:
        await channel.send(parcel(lines=(*long, *LINES), buttons=BUTTONS))
    [message] = twilio.sent.of(CITIZEN)
    assert not message.actions
    assert message.body.endswith("\n1. Ya")


@pytest.mark.parametrize("code", [21655, 21656, 63019, 63021, 63027])
async def test_a_refused_template_is_replaced_by_the_plain_text_once(twilio: TwilioPeer, code: int) -> None:
    async with channel_to(twilio.url, push(twilio)) as channel:
        twilio.fault("createMessage", Refusal(400, "no", code))
        outcome = await channel.send(parcel(buttons=BUTTONS))
        [message] = twilio.sent.of(CITIZEN)
        assert outcome == Sent(message.sid)
        assert message.body.endswith("\n1. Ya")
        twilio.fault("createMessage", Refusal(400, "no", code), times=2)
        assert await channel.send(parcel(buttons=BUTTONS)) == Refused(str(code))


async def test_a_deleted_template_is_not_tried_again(twilio: TwilioPeer) -> None:
    async with channel_to(twilio.url, {"pasti_quick_reply_2_3": "HX0"}) as channel:
        await channel.send(parcel(buttons=BUTTONS))
        await channel.send(parcel(buttons=BUTTONS))
    assert [bool(call.params.get("ContentSid")) for call in twilio.calls_of("createMessage")] == [True, False, False]


async def test_the_template_of_a_purpose(twilio: TwilioPeer) -> None:
    async with channel_to(twilio.url, push(twilio)) as channel:
        outcome = await channel.send(parcel(template="officer_reply"))
    [message] = twilio.sent.of(CITIZEN)
    assert outcome == Sent(message.sid)
    assert "petugas" in message.body
    assert message.actions[0]["id"] == "read-held"


async def test_without_a_template_there_is_none_to_send(twilio: TwilioPeer, channel: WhatsApp) -> None:
    assert await channel.send(parcel(template="survey")) == Refused("no_template")
    assert twilio.sent.of(CITIZEN) == []


# ---------------------------------------------------------------- what becomes of it


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (TooManyRequests(7), Later("20429", 7.0, throttled=True)),
        (Refusal(400, "no", 63018), Later("63018", throttled=True)),
        (Refusal(400, "no", 21611), Later("21611", throttled=True)),
        (Refusal(401, "no", 20003), Later("20003", 60.0)),
        (Refusal(400, "no", 63016), WindowClosed("63016")),
        (Refusal(400, "no", 21211), Refused("21211", "gone")),
        (Refusal(400, "no", 21610), Refused("21610", "opted_out")),
        (Refusal(400, "no", 63024), Refused("63024", "not_on_whatsapp")),
        (Refusal(400, "no", 63007), Refused("63007")),
        (Refusal(400, "no", 21617), Refused("21617")),
        (Refusal(400, "no", 21658), Refused("21658")),
        (Refusal(400, "no", 21620), Refused("21620")),
        (Refusal(404, "no", 20404), Refused("20404")),
        (ServerError(), Uncertain("500")),
        (ServerError(accepted=True), Uncertain("500")),
        (BadGateway(), Uncertain("502")),
        (Cut(), Uncertain("ServerDisconnectedError")),
        (AcceptThenCut(), Uncertain("ServerDisconnectedError")),
        (Garbage(accepted=True), Uncertain("JSONDecodeError")),
        (Garbage(b"[]"), Uncertain("AttributeError")),
        (Garbage(b'{"sid": null, "status": "queued"}'), Uncertain("no sid")),
        (Garbage(b'{"sid": "SM1", "status": "failed", "error_code": 63016}'), WindowClosed("63016")),
        (Garbage(b'{"sid": "SM1", "status": "failed", "error_code": 63024}'), Refused("63024", "not_on_whatsapp")),
        (Garbage(b'{"sid": "SM1", "status": "undelivered"}'), Refused("undelivered")),
    ],
    ids=str,
)
async def test_each_answer_of_twilio(twilio: TwilioPeer, channel: WhatsApp, fault: Fault, expected: Outcome) -> None:
    twilio.fault("createMessage", fault)
    assert await channel.send(parcel()) == expected
    assert len(twilio.calls_of("createMessage")) == 1, "nothing is tried again by itself"


async def test_who_cannot_be_reached_is_tried_later() -> None:
    async with TwilioPeer() as peer:
        url = peer.url
    async with channel_to(url) as channel:
        assert await channel.send(parcel()) == Later("ClientConnectorError")
        assert await channel.look_up(parcel(), frozenset()) == Later("ClientConnectorError")


async def test_who_speaks_no_tls_was_not_reached(twilio: TwilioPeer) -> None:
    async with channel_to(twilio.url.replace("http://", "https://")) as channel:
        assert await channel.send(parcel()) == Later("ClientConnectorSSLError")
    assert twilio.calls_of("createMessage") == []


@pytest.mark.parametrize(("fault", "found"), [(AcceptThenHang(), Sent), (Hang(), Absent)])
async def test_who_does_not_answer_in_time_is_not_sent_it_again_but_asked(
    twilio: TwilioPeer, fault: Fault, found: type[Sent | Absent]
) -> None:
    sent = parcel()
    async with channel_to(twilio.url, whole=0.2) as channel:
        twilio.fault("createMessage", fault)
        assert await channel.send(sent) == Uncertain("TimeoutError")
    async with channel_to(twilio.url) as channel:
        assert isinstance(await channel.look_up(sent, frozenset()), found)
    assert len(twilio.calls_of("createMessage")) == 1


async def test_a_wrong_password_may_be_mended(twilio: TwilioPeer) -> None:
    async with channel_to(twilio.url, token="another") as channel:
        assert await channel.send(parcel()) == Later("20003", 60.0)
        assert await channel.look_up(parcel(), frozenset()) == Later("20003")


# ---------------------------------------------------------------- looking it up


@pytest.mark.parametrize("buttons", [(), BUTTONS])
async def test_what_arrived_is_found(twilio: TwilioPeer, buttons: tuple[Button, ...]) -> None:
    sent = parcel(buttons=buttons)
    async with channel_to(twilio.url, push(twilio)) as channel:
        twilio.fault("createMessage", AcceptThenCut())
        assert await channel.send(sent) == Uncertain("ServerDisconnectedError")
        assert await channel.look_up(sent, frozenset()) == Sent(twilio.sent.of(CITIZEN)[0].sid)


async def test_what_never_arrived_is_absent(twilio: TwilioPeer, channel: WhatsApp) -> None:
    sent = parcel()
    twilio.fault("createMessage", Cut())
    assert await channel.send(sent) == Uncertain("ServerDisconnectedError")
    assert await channel.look_up(sent, frozenset()) == Absent()


async def test_others_are_not_taken_for_it(twilio: TwilioPeer, channel: WhatsApp) -> None:
    await channel.send(parcel())
    await channel.send(parcel(lines=(Line("Sesuatu yang lain"),)))
    twilio.citizen(CITIZEN).text("*Sudah benar?*\n\nNama: Yayat\n\n1. Ya", deliver=False)
    later = parcel(leased_at=datetime.now(UTC) + timedelta(seconds=10))
    assert await channel.look_up(later, frozenset()) == Absent(), "it is older"
    first, second = twilio.sent.of(CITIZEN)
    assert await channel.look_up(parcel(), frozenset({first.sid})) == Absent(), "somebody else's"
    assert await channel.look_up(parcel(), frozenset({second.sid})) == Sent(first.sid)


async def test_of_two_alike_the_older_is_the_first(twilio: TwilioPeer, channel: WhatsApp) -> None:
    sent = parcel()
    await channel.send(sent)
    await channel.send(sent)
    first, second = twilio.sent.of(CITIZEN)
    assert await channel.look_up(sent, frozenset()) == Sent(first.sid)
    assert await channel.look_up(sent, frozenset({first.sid})) == Sent(second.sid)


async def test_it_is_found_among_many(twilio: TwilioPeer, channel: WhatsApp) -> None:
    sent = parcel()
    await channel.send(sent)
    for n in range(60):
        await channel.send(parcel(lines=(Line(f"Pesan {n}"),)))
    assert await channel.look_up(sent, frozenset()) == Sent(twilio.sent.of(CITIZEN)[0].sid)
    assert len(twilio.calls_of("listMessages")) == 2


async def test_the_template_of_a_purpose_is_found(twilio: TwilioPeer) -> None:
    sent = parcel(template="case_update")
    async with channel_to(twilio.url, push(twilio)) as channel:
        twilio.fault("createMessage", AcceptThenCut())
        assert await channel.send(sent) == Uncertain("ServerDisconnectedError")
        assert await channel.look_up(sent, frozenset()) == Sent(next(iter(known(twilio))))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (TooManyRequests(3), Later("20429", 3.0, throttled=True)),
        (ServerError(), Later("500")),
        (Cut(), Later("ServerDisconnectedError")),
        (Refusal(404, "no", 20404), Later("404")),
        (Garbage(), Later("JSONDecodeError")),
        (Garbage(b"[]"), Later("AttributeError")),
        (Garbage(json.dumps({"messages": [{}], "page": 0}).encode()), Absent()),
    ],
    ids=str,
)
async def test_who_does_not_tell_is_asked_again(
    twilio: TwilioPeer, channel: WhatsApp, fault: Fault, expected: Later | Absent
) -> None:
    twilio.fault("listMessages", fault, times=2)  # aiohttp asks once more where a connection broke
    assert await channel.look_up(parcel(), frozenset()) == expected
