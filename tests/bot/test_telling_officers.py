"""What the clock tells officers, from the scheduler of a running program to their Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import text

from handlers import accounts, officer_telegram
from knowledge.calendar import JAKARTA
from tests.bot.connected import PUBLIC_URL, Connected, connected
from tests.bot.console.offices import PASSWORD
from tests.bot.reminded import SEVENTH, actor, given, stopped
from tests.offices import Clock
from tests.peers.faults import PATIENCE, Refusal
from tests.peers.telegram import TelegramPeer
from tests.peers.telegram_citizen import BLOCKED, Citizen

CHAT = 700_300


@dataclass
class Telling:
    peer: TelegramPeer
    program: Connected
    clock: Clock
    chat: Citizen  # Rina's own, linked

    async def on(self, day: object, hour: int = 9) -> None:
        """A round of the clock at this moment."""
        self.clock.now = datetime.combine(day, time(hour), JAKARTA)  # type: ignore[arg-type]
        await self.program.pasti.scheduler.once()

    def chats(self) -> int:
        return len(self.program.rows("officer_telegrams", "officer_id AS id"))


@asynccontextmanager
async def telling(folder: Path) -> AsyncIterator[Telling]:
    async with TelegramPeer() as peer, connected(folder, telegram=peer) as program:
        office = program.pasti.office
        clock = stopped(office)
        for username, role in (("rina", "officer"), ("manajer", "complaint_manager")):
            accounts.add_officer(office, username=username, name=username, role=role, password=PASSWORD)
        chat = peer.citizen(CHAT)
        chat.text(f"/start {officer_telegram.offer(office, actor(office, 'rina')).code}")
        assert "sudah terhubung" in (await peer.next_message(CHAT)).text
        yield Telling(peer, program, clock, chat)


async def test_several_cases_are_one_message_to_the_officers_own_telegram(tmp_path: Path) -> None:
    async with telling(tmp_path) as telling_:
        peer, office = telling_.peer, telling_.program.pasti.office
        numbers = [given(office, "rina") for _ in range(2)]
        assigned = await peer.messages_of(CHAT, 3)
        for number, message in zip(numbers, assigned[1:], strict=True):
            assert message.text.startswith(f"Laporan {number} diserahkan kepada Bapak/Ibu.")
        await telling_.on(SEVENTH, 22)
        await telling_.on(SEVENTH)
        await telling_.on(SEVENTH, 10)
        reminder = (await peer.messages_of(CHAT, 4))[-1]
        assert reminder.text.startswith("Pengingat: 2 laporan")
        assert all(f"{number}: 7 hari kerja lagi" in reminder.text for number in numbers)
        assert f"{PUBLIC_URL}/petugas/pengingat" in reminder.text
        telling_.chat.text("halo")  # a citizen in the same chat: answered as ever, and after all that
        assert "PASTI" in (await peer.messages_of(CHAT, 5))[-1].text
        with office.database.reader() as conn:
            kept = conn.execute(text("SELECT provider_id FROM outbox WHERE sender = 'system'")).scalars().all()
        assert not any(str(CHAT) in str(each) for each in kept)


async def test_whoever_blocked_the_bot_is_no_longer_linked_and_still_reminded_in_the_console(tmp_path: Path) -> None:
    async with telling(tmp_path) as telling_:
        peer, office = telling_.peer, telling_.program.pasti.office
        given(office, "rina")
        await peer.messages_of(CHAT, 2)
        peer.fault("sendMessage", Refusal(403, BLOCKED), chat_id=CHAT)
        with telling_.program.pasti.feed.subscribe() as changes:
            await telling_.on(SEVENTH)
            while telling_.chats():  # the sender says when it has recorded something
                await asyncio.wait_for(changes.wait(), PATIENCE)
                changes.take()
        kinds = [row["kind"] for row in telling_.program.rows("office_events")]
        assert (telling_.chats(), kinds[-1]) == (0, "telegram_blocked")
        assert len(telling_.program.rows("reminders")) == 1
        assert telling_.program.rows("tasks") == []
