"""What citizens wrote while nobody listened, as Twilio lists it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import aiohttp
import pytest
import pytest_asyncio

from bot.channels.twilio_api import make_client
from bot.channels.whatsapp_catch_up import catch_up
from bot.channels.whatsapp_updates import parse_message
from handlers.messages import Inbound
from tests.peers.bot_in_test import Clock
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioPeer
from tests.peers.twilio_citizen import Citizen


@pytest_asyncio.fixture
async def twilio() -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer(clock=Clock()) as peer:
        yield peer


async def taken_in(twilio: TwilioPeer) -> list[Inbound]:
    kept: list[Inbound] = []

    async def accept(inbound: Inbound) -> None:
        kept.append(inbound)

    async with aiohttp.ClientSession() as session:
        client = make_client(session, ACCOUNT_SID, AUTH_TOKEN, twilio.url)
        await catch_up(client, SENDER, twilio.url, accept, twilio.clock)
    return kept


@pytest.mark.parametrize(
    "say",
    [
        lambda citizen: citizen.text("berapa biaya 29102?", deliver=False),
        lambda citizen: citizen.text("min", deliver=False),
        lambda citizen: citizen.photo(b"\xff\xd8\xff", deliver=False),
        lambda citizen: citizen.photo(b"\xff\xd8\xff", "ini kuitansinya", deliver=False),
        lambda citizen: citizen.document(b"%PDF", "../\u202esurat.pdf", deliver=False),
        lambda citizen: citizen.document(b"%PDF", "tolong dicek", deliver=False),
        lambda citizen: citizen.voice(deliver=False),
        lambda citizen: citizen.sticker(deliver=False),
        lambda citizen: citizen.contact(deliver=False),
    ],
)
async def test_it_is_what_the_webhook_would_have_brought(twilio: TwilioPeer, say: Callable[[Citizen], object]) -> None:
    say(twilio.citizen("+6281200000001"))
    [message] = twilio.account.messages.by_sid.values()
    made = message.created.replace(microsecond=0)
    assert await taken_in(twilio) == [parse_message(message.params, made)._replace(name=None)]


async def test_pages_are_read_to_the_end_and_the_oldest_comes_first(twilio: TwilioPeer) -> None:
    citizen = twilio.citizen("+6281200000001")
    for number in range(520):
        citizen.text(f"pesan {number}", deliver=False)
    assert [each.text for each in await taken_in(twilio)] == [f"pesan {number}" for number in range(520)]
    assert len(twilio.calls_of("listMessages")) == 2


async def test_what_we_sent_and_what_is_old_is_left_out(twilio: TwilioPeer) -> None:
    citizen = twilio.citizen("+6281200000001")
    citizen.text("kemarin dulu", deliver=False)
    for message in twilio.account.messages.by_sid.values():
        message.created = message.sent_at = twilio.clock() - timedelta(hours=25)
    assert await taken_in(twilio) == []


async def test_a_place_that_twilio_does_not_list_is_not_understood(twilio: TwilioPeer) -> None:
    twilio.citizen("+6281200000001").location(deliver=False)
    [message] = await taken_in(twilio)
    assert [each.kind for each in message.attachments] == ["unsupported"]
