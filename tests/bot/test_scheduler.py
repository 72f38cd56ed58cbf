"""The clock: what it does when time has passed, that nothing stops it, and who is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.console.feed import Changes
from bot.scheduler import Scheduler
from bot.writer import Writer
from handlers import drafts, handover, publishing
from handlers.access import Actor
from handlers.messages import Line
from knowledge.calendar import jakarta_day
from storage import officers
from storage.database import DatabaseUnavailableError
from storage.models import Officer
from tests.bot.connected import connected
from tests.handlers.keeping import keeping_desk, name
from tests.offices import Desk, desk_at, said
from tests.peers.telegram import TelegramPeer
from tests.peers.twilio import TwilioPeer
from tests.staff import employed

RINA = Actor(901, "Rina Lestari", "officer")
SOON = 20.0
CITIZEN = "+6281200000001"


class StumblingWriter(Writer):
    """Stumbles over the first works, each time over another stone."""

    def __init__(self, *stones: Exception) -> None:
        super().__init__()
        self.stones = list(stones)

    async def run(self, work, *args, **kwargs):  # type: ignore[no-untyped-def]
        if self.stones:
            raise self.stones.pop(0)
        return await super().run(work, *args, **kwargs)


class Seen:
    """The conversations that were told of."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.news = asyncio.Event()

    def __call__(self, ids: Sequence[int]) -> None:
        self.batches.append(list(ids))
        self.news.set()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, "empty") as desk:
        with desk.office.database.transaction() as tx:
            employ(tx)
        yield desk


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, object]]]:
    with capture_logs() as logs:
        yield logs


def employ(tx: object) -> None:
    officers.add(tx, Officer(id=RINA.id, name=RINA.name, username="rina", role=RINA.role))  # type: ignore[arg-type]


def held(desk: Desk, *users: str) -> list[int]:
    """Conversations that an officer took just now."""
    ids = [desk.say("halo", user=user).conversation for user in users]
    for id_ in ids:
        handover.take_over(desk.office, RINA, id_)
    return ids


@asynccontextmanager
async def ticking(desk: Desk, writer: Writer, seen: Seen) -> AsyncIterator[None]:
    task = asyncio.create_task(Scheduler(desk.office, writer, seen, every=0.001).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        writer.close()


async def test_what_fell_quiet_is_given_back_and_told_of_batch_by_batch(desk: Desk) -> None:
    many = held(desk, *(f"warga {n}" for n in range(handover.BATCH + 1)))
    desk.clock.now += timedelta(minutes=60)
    seen, writer = Seen(), Writer()
    await Scheduler(desk.office, writer, seen).once()
    writer.close()
    assert [len(batch) for batch in seen.batches] == [handover.BATCH, 1]
    assert sorted(id_ for batch in seen.batches for id_ in batch) == sorted(many)
    assert {row["officer_id"] for row in desk.rows("conversations")} == {None}


async def test_with_nothing_due_nobody_is_told(desk: Desk) -> None:
    held(desk, "warga")
    seen, writer = Seen(), Writer()
    await Scheduler(desk.office, writer, seen).once()
    writer.close()
    assert seen.batches == []


async def test_a_round_that_fails_stops_none_of_the_next(desk: Desk, logs: list[MutableMapping[str, object]]) -> None:
    ids = held(desk, "warga")
    desk.clock.now += timedelta(minutes=60)
    seen = Seen()
    writer = StumblingWriter(DatabaseUnavailableError("away"), ValueError("0812 0000 1234"), RuntimeError("odd"))
    async with ticking(desk, writer, seen), asyncio.timeout(SOON):
        await seen.news.wait()
    assert seen.batches[0] == ids
    assert [log["log_level"] for log in logs] == ["warning", "error", "error"]


async def changes_of(changes: Changes, wanted: Callable[[], bool]) -> frozenset[int]:
    """What consoles are told until that is so."""
    told: frozenset[int] = frozenset()
    async with asyncio.timeout(SOON):
        while not wanted():
            await changes.wait()
            told |= changes.take()
    return told


async def test_in_the_running_program_an_officer_takes_over_answers_and_gives_back(tmp_path: Path) -> None:
    async with TelegramPeer() as telegram, connected(tmp_path, telegram=telegram) as program:
        pasti, office, citizen = program.pasti, program.pasti.office, telegram.citizen(77)
        with office.database.transaction() as tx:
            employ(tx)
        with pasti.feed.subscribe() as changes:
            citizen.text("petugas")
            assert "antrean petugas" in (await citizen.reads(SOON)).text
            [row] = program.rows("conversations")
            id_ = int(str(row["id"]))
            assert await changes_of(changes, lambda: "sent" in program.states()) == {id_}

            async def act(deed: Callable[..., object], *facts: object) -> None:
                await pasti.writer.run(deed, office, RINA, id_, *facts)
                pasti.console.changed([id_])

            await act(handover.take_over)
            assert "Petugas kami, Rina, sekarang membalas" in (await citizen.reads(SOON)).text
            await act(handover.reply, [Line("Selamat siang, ada yang bisa dibantu?")])
            assert "Selamat siang" in (await citizen.reads(SOON)).text
            await act(handover.note, "warga ini pernah melapor")
            citizen.text("berapa biaya 29102?")  # the bot is silent
            await changes_of(changes, lambda: len(program.rows("inbox")) == 2)
            await act(handover.give_back)
            assert "kembali ke bot" in (await citizen.reads(SOON)).text
            citizen.text("berapa biaya 29102?")
            assert "Gratis" in (await citizen.reads(SOON)).text
            assert await changes_of(changes, lambda: program.states() == ["sent"] * 5) == {id_}
        assert not any("pernah melapor" in str(row["lines"]) for row in program.rows("outbox"))
    assert pasti.feed.readers == 0


async def test_consoles_are_told_how_far_a_reply_has_come(tmp_path: Path) -> None:
    async with (
        TwilioPeer(statuses=("sent", "delivered", "read")) as twilio,
        connected(tmp_path, twilio=twilio) as program,
    ):
        citizen = twilio.citizen(CITIZEN)
        with program.pasti.feed.subscribe() as changes:
            citizen.text("halo")
            await citizen.reads(SOON)
            told = await changes_of(changes, lambda: program.states() == ["read"])
        assert told == {row["id"] for row in program.rows("conversations")}


async def test_when_the_program_stops_open_consoles_are_let_go(tmp_path: Path) -> None:
    async with connected(tmp_path) as program:
        feed = program.pasti.feed
    with feed.subscribe() as changes:
        assert changes.ended


async def test_a_standard_that_was_approved_for_a_day_is_published_on_it(tmp_path: Path) -> None:
    with keeping_desk(tmp_path) as desk:
        head, today = employed(desk), jakarta_day(desk.clock())
        drafts.save(desk.office, head, name(desk), 0, components={4: "Gratis sekali"})
        checked = publishing.check(desk.office, name(desk))
        tomorrow = today + timedelta(days=1)
        publishing.publish(desk.office, head, name(desk), 1, tomorrow, "uji", checked)
        writer = Writer()
        scheduler = Scheduler(desk.office, writer, Seen())
        await scheduler.once()
        assert "Gratis sekali" not in said(desk.say("biaya 29102"))
        desk.clock.now += timedelta(days=1)
        await scheduler.once()
        assert "Gratis sekali" in said(desk.say("biaya 29102"))
        writer.close()
