"""`pasti run` is killed (SIGKILL) at random moments under load from both channels, and started again.

Every message that was acknowledged is answered as without the kill: in order, once, doubled only where a repetition
says that it is one; no case twice, no number left out. `PASTI_KILLS=200` kills more often than the suite does.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain, cycle
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from storage.conversations import conversations
from storage.database import Database
from storage.inbox import inbox
from storage.outbox import outbox
from tests.bot.serving import PUBLIC_URL, command, environment, twilio_settings
from tests.peers.telegram import TOKEN, TelegramPeer
from tests.peers.twilio import TwilioPeer
from tests.scenarios import check_register

KILLS = int(os.environ.get("PASTI_KILLS", "6"))
CITIZENS = 6  # on each channel
STARTED = 30.0
SETTLED = 120.0 + 6.0 * KILLS  # a repetition on Telegram comes after a minute, and may be cut off again

COMPLAINT = (
    ("saya Asep Sunandar, mau lapor: kemarin di loket MPP petugas merokok", "Sudah benar?"),
    ("ya", "sudah dicatat"),
)
QUESTIONS = (
    ("biaya 29102", "Gratis"),
    ("lama 29102", "7 hari kerja"),
    ("jumlah petugas 29102", "30 Orang"),
)
MARKS = [mark for _, mark in (*COMPLAINT, *QUESTIONS)]


@dataclass
class Killable:
    """The program as its own process, on one port, killed and started again."""

    folder: Path
    settings: dict[str, str]
    port: int = 0
    process: asyncio.subprocess.Process | None = None
    kills: int = field(default=0)

    async def start(self) -> None:
        with (self.folder / "log.txt").open("a") as errors:
            self.process = await asyncio.create_subprocess_exec(
                *command("run"),
                cwd=self.folder,
                env=environment(self.folder, PORT=str(self.port), **self.settings),
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        assert self.process.stdout
        async with asyncio.timeout(STARTED):
            while line := (await self.process.stdout.readline()).decode():
                if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                    self.port = int(found[1])
                    return
        raise AssertionError((self.folder / "log.txt").read_text())

    async def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        self.kills += 1

    async def stop(self) -> float:
        """Asks it to end; returns the seconds that took."""
        assert self.process
        started = time.monotonic()
        self.process.terminate()
        await self.process.wait()
        return time.monotonic() - started


@asynccontextmanager
async def peers() -> AsyncIterator[tuple[TwilioPeer, TelegramPeer]]:
    async with TwilioPeer(call_limits=(0.2, 15.0)) as twilio, TelegramPeer() as telegram:
        yield twilio, telegram


async def test_killed_at_random_moments_everything_acknowledged_is_answered(tmp_path: Path) -> None:
    chance = Random(2026)
    async with peers() as (twilio, telegram):
        on_telegram = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
        program = Killable(tmp_path, {**twilio_settings(twilio), **on_telegram})
        await program.start()
        twilio.reroute(PUBLIC_URL, f"http://127.0.0.1:{program.port}")
        over = asyncio.Event()
        citizens: list[Any] = [twilio.citizen(f"+62812000000{n:02d}", "Asep") for n in range(CITIZENS)]
        citizens += [telegram.citizen(100 + n, "Asep") for n in range(CITIZENS)]
        writing = [asyncio.create_task(write(citizen, chance.random(), over)) for citizen in citizens]
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            await program.kill()
            await program.start()
        over.set()
        asked = await asyncio.gather(*writing)
        await everything_sent(tmp_path)
        assert await program.stop() < 3
        for n in range(CITIZENS):
            user = f"+62812000000{n:02d}"
            heard = [Answer.of(m.sid, m.body) for m in twilio.sent.of(user)]
            check_answers(asked[n], outbox_of(tmp_path, "whatsapp", user), heard)
            user = str(100 + n)
            heard = [Answer.of(f"{user}:{m.message_id}", m.text) for m in telegram.sent.of(100 + n)]
            check_answers(asked[CITIZENS + n], outbox_of(tmp_path, "telegram", user), heard)
        check_database(tmp_path, sum(map(len, asked)))
        assert "Traceback" not in (tmp_path / "log.txt").read_text()


async def write(citizen: Any, delay: float, over: asyncio.Event) -> list[str]:
    """A citizen who waits for each answer before the next message, as people do; whatever is down meanwhile.

    Goes on until it is over; returns what the answers are told by.
    """
    await asyncio.sleep(delay)
    marks: list[str] = []
    for text, mark in chain(QUESTIONS, COMPLAINT, cycle(QUESTIONS)):
        if over.is_set() and len(marks) >= len(QUESTIONS) + len(COMPLAINT):
            return marks
        citizen.text(text)
        marks.append(mark)
        async with asyncio.timeout(SETTLED):
            while mark not in said(await citizen.reads(SETTLED)):
                pass
    return marks


def said(message: object) -> str:
    return str(getattr(message, "text", None) or getattr(message, "body", ""))


@dataclass(frozen=True)
class Answer:
    """As a citizen got it, or as the outbox has it."""

    id: str  # the provider's
    mark: str
    repeated: bool

    @classmethod
    def of(cls, id_: str, text: str, *, repeated: bool | None = None) -> Answer:
        mark = next(mark for mark in MARKS if mark in text)
        return cls(id_, mark, text.startswith("(kirim ulang)") if repeated is None else repeated)


def check_answers(marks: Sequence[str], written: Sequence[Answer], heard: Sequence[Answer]) -> None:
    """Each message has one answer, and it arrived: in order, or later as a repetition that says so.

    What arrived and was not written down is the first try of such a repetition, or one that was itself cut off.
    """
    assert [answer.mark for answer in written] == list(marks)
    arrived = {answer.id: answer for answer in heard}
    assert len(arrived) == len(heard)
    assert [arrived.get(answer.id) for answer in written] == written
    firsts = [answer for answer in heard if not answer.repeated]
    kept = [answer for answer in written if not answer.repeated]
    assert [answer for answer in firsts if answer in kept] == kept
    cut_off = Counter(answer.mark for answer in firsts if answer not in kept)
    assert cut_off <= Counter(answer.mark for answer in written if answer.repeated)


def outbox_of(folder: Path, channel: str, user: str) -> list[Answer]:
    query = (
        select(outbox.c.provider_id, outbox.c.lines, outbox.c.repeated)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(conversations.c.channel == channel, conversations.c.address == user)
        .order_by(outbox.c.position)
    )
    database = Database.open(str(folder / "data" / "pasti.db"))
    with database.reader() as conn:
        found = [
            Answer.of(id_, "\n".join(text for _, text in lines), repeated=repeated)
            for id_, lines, repeated in conn.execute(query)
        ]
    database.close()
    return found


async def everything_sent(folder: Path) -> None:
    database = Database.open(str(folder / "data" / "pasti.db"))
    try:
        async with asyncio.timeout(SETTLED):
            while True:
                with database.reader() as conn:
                    states = {state for (state,) in conn.execute(outbox.select().with_only_columns(outbox.c.state))}
                if states == {"sent"}:
                    return
                await asyncio.sleep(0.2)
    finally:
        database.close()


def check_database(folder: Path, written: int) -> None:
    database = Database.open(str(folder / "data" / "pasti.db"))
    with database.reader() as conn:
        check_register(conn)
        cases = conn.exec_driver_sql("SELECT number FROM cases ORDER BY number").scalars().all()
        left = conn.execute(inbox.select().where(inbox.c.decided_at.is_(None))).all()
        failed = conn.execute(inbox.select().where(inbox.c.failed)).all()
        taken = len(conn.execute(inbox.select()).all())
    database.close()
    assert [int(number.split("-")[2]) for number in cases] == list(range(1, 2 * CITIZENS + 1))
    assert (left, failed) == ([], [])
    assert taken == written
