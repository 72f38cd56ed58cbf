"""Telegram when everybody writes at once, and the Bot API has had enough: nothing lost, nothing twice, all in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bot.connected import connected
from tests.peers.faults import BadGateway, TooManyRequests
from tests.peers.telegram import TelegramPeer

SOON = 30.0
MODES = ("polling", "webhook")


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(second=0.05) as peer:
        yield peer


@pytest.mark.parametrize("mode", MODES)
async def test_a_crowd_in_a_storm_is_answered_once_each(telegram: TelegramPeer, tmp_path: Path, mode: str) -> None:
    telegram.fault("sendMessage", TooManyRequests(1), times=15)
    telegram.fault("sendMessage", BadGateway(), times=5)
    async with connected(tmp_path, telegram=telegram, mode=mode) as program:
        crowd = [telegram.citizen(100 + number) for number in range(30)]
        for citizen in crowd:
            citizen.text("biaya 29102")
        for citizen in crowd:
            assert "Gratis" in (await citizen.reads(SOON)).text
        await telegram.quiet(SOON)
        assert [len(telegram.sent.of(citizen.id)) for citizen in crowd] == [1] * 30
        assert len(program.rows("inbox")) == 30


@pytest.mark.parametrize("mode", MODES)
async def test_what_was_said_in_order_is_read_in_order(telegram: TelegramPeer, tmp_path: Path, mode: str) -> None:
    said = [f"{number}. biaya 29102?" for number in range(1, 16)]
    async with connected(tmp_path, telegram=telegram, mode=mode) as program:
        pair = [telegram.citizen(77), telegram.citizen(78)]
        for text in said:
            for citizen in pair:
                citizen.text(text)
        await telegram.quiet(SOON)
        rows = program.rows("inbox", "id, conversation_id, position, text")
        for conversation in {row["conversation_id"] for row in rows}:
            of_one = sorted((row["position"], row["text"]) for row in rows if row["conversation_id"] == conversation)
            assert [text for _, text in of_one] == said


async def test_a_throttled_chat_holds_up_nobody_and_gets_its_answers_in_order(
    telegram: TelegramPeer, tmp_path: Path
) -> None:
    telegram.fault("sendMessage", TooManyRequests(3), chat_id=77)
    async with connected(tmp_path, telegram=telegram):
        slow, quick = telegram.citizen(77), telegram.citizen(78)
        slow.text("biaya 29102")
        slow.text("lama 29102")
        quick.text("biaya 29102")
        assert "Gratis" in (await quick.reads(SOON)).text
        assert telegram.sent.of(77) == []
        assert "Gratis" in (await slow.reads(SOON)).text
        assert "7 hari kerja" in (await slow.reads(SOON)).text
