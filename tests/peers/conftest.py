"""The two peers and what talks to them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from tests.peers.bot_in_test import PUBLIC, BotApiClient, BotInTest, Clock, Rest
from tests.peers.telegram import TelegramPeer
from tests.peers.twilio import TwilioPeer


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest_asyncio.fixture
async def bot() -> AsyncIterator[BotInTest]:
    async with BotInTest() as bot:
        yield bot


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramPeer]:
    """Its seconds last a millisecond."""
    async with TelegramPeer(second=0.001) as telegram:
        yield telegram


@pytest.fixture
def api(telegram: TelegramPeer, session: aiohttp.ClientSession) -> BotApiClient:
    return BotApiClient(session, telegram.url, telegram.token)


@pytest_asyncio.fixture
async def twilio(bot: BotInTest, clock: Clock) -> AsyncIterator[TwilioPeer]:
    """It calls the bot."""
    async with TwilioPeer(clock=clock) as twilio:
        twilio.reroute(PUBLIC, bot.url)
        yield twilio


@pytest.fixture
def rest(twilio: TwilioPeer, session: aiohttp.ClientSession) -> Rest:
    return Rest(session, twilio.url)
