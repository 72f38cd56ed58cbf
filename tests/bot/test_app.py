"""The parts put together: who is told of what."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.live import conversation_key
from handlers.messages import Address, Inbound
from tests.bot.connected import connected


async def test_who_follows_a_conversation_is_told_and_nobody_else(tmp_path: Path) -> None:
    mine, other = Address("web", "a"), Address("web", "b")
    async with connected(tmp_path) as program:
        live, now = program.pasti.live, program.pasti.office.clock()
        with live.subscribe(conversation_key(mine)) as told, live.subscribe(conversation_key(other)) as untold:
            await program.pasti.intake.take(Inbound(mine, "m1", now, "halo"))
            await asyncio.wait_for(told.wait(), 10)
            assert not untold.is_set()
