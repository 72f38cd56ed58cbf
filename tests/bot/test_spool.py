"""While the database is away: Twilio's messages wait on the disk, Telegram is told to come again, order is kept."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from structlog.testing import capture_logs

from bot.channels.channel import NotKeptError
from bot.intake import Intake
from bot.metrics import Metrics
from bot.reception import Reception
from bot.spool import Spool
from bot.writer import Writer
from handlers.messages import Address, Attachment, Inbound
from storage import versions
from tests.offices import Desk, desk_at
from tests.postgresql import about_sqlite
from tests.storage.fresh import NOW, away

SOON = 10.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        desk.knowledge()
        yield desk


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, object]]]:
    with capture_logs() as logs:
        yield logs


@asynccontextmanager
async def receiving(desk: Desk, folder: Path) -> AsyncIterator[tuple[Reception, Spool]]:
    writer = Writer()
    intake = Intake(desk.office, writer, lambda _decisions: None)
    spool = Spool(folder)
    reception = Reception(intake, spool, Metrics())
    tasks = [asyncio.create_task(intake.run()), asyncio.create_task(reception.run())]
    try:
        yield reception, spool
    finally:
        for task in reversed(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(task, SOON)
        writer.close()


async def emptied(reception: Reception) -> None:
    async with asyncio.timeout(SOON):
        while reception.spooled:  # noqa: ASYNC110 - it has nobody to tell
            await asyncio.sleep(0.02)


def test_a_spooled_message_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    inbound = Inbound(
        Address("whatsapp", "+6281200000001"),
        "SM00000000000000000000000000000001",
        NOW,
        "mau lapor 🙏 \ud800",
        attachments=(Attachment("photo", "loket.jpg", source="https://contoh.id/ME1", content_type="image/jpeg"),),
        name="Yayat",
        burst=True,
    )
    spool = Spool(tmp_path)
    spool.put(inbound)
    [spooled] = Spool(tmp_path).waiting()
    assert spooled.inbound == inbound
    assert spooled.path.name == "SM00000000000000000000000000000001.json"
    assert stat.S_IMODE(spooled.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(spooled.path.parent.stat().st_mode) == 0o700


@given(id_=st.text(max_size=80), text=st.text(max_size=80))
def test_any_message_can_be_spooled(tmp_path_factory: pytest.TempPathFactory, id_: str, text: str) -> None:
    folder = tmp_path_factory.mktemp("spool")
    inbound = Inbound(Address("telegram", "7"), id_, NOW, text)
    Spool(folder).put(inbound)
    [spooled] = Spool(folder).waiting()
    assert spooled.inbound == inbound
    assert spooled.path.parent == folder / "spool"


def test_the_same_message_twice_is_one_file_and_the_order_outlives_a_restart(tmp_path: Path) -> None:
    def message(n: int) -> Inbound:
        return Inbound(Address("whatsapp", "a"), f"SM{n}", NOW - timedelta(minutes=n), str(n))

    spool = Spool(tmp_path)
    for n in (1, 2, 2):
        spool.put(message(n))
    assert len(spool) == 2
    again = Spool(tmp_path)
    again.put(message(3))
    assert [each.inbound.text for each in again.waiting()] == ["1", "2", "3"]
    for each in again.waiting():
        assert again.holds(each.inbound.address)
        again.remove(each)
    assert not again.holds(Address("whatsapp", "a"))
    assert len(Spool(tmp_path)) == 0


def test_a_file_that_cannot_be_read_is_left_and_costs_nothing_else(
    tmp_path: Path, logs: list[MutableMapping[str, object]]
) -> None:
    spool = Spool(tmp_path)
    spool.put(Inbound(Address("whatsapp", "a"), "SM1", NOW, "rahasia"))
    (tmp_path / "spool" / "SM0.json").write_text('{"order": 1, "inbound": {"rahasia')
    (tmp_path / "spool" / "SM9.part").write_text("half")
    assert [each.inbound.external_id for each in Spool(tmp_path).waiting()] == ["SM1"]
    assert (tmp_path / "spool" / "SM0.json").exists()
    assert "rahasia" not in str(logs)


async def test_with_the_database_away_twilio_is_spooled_and_telegram_comes_again(desk: Desk, tmp_path: Path) -> None:
    async with receiving(desk, tmp_path) as (reception, spool):
        whatsapp = [desk.message(text, user="+6281200000001") for text in ("biaya 29102", "lama 29102", "syarat 29102")]
        with away(desk.office.database, "inbox"):
            for message in whatsapp:
                assert await asyncio.wait_for(reception.keep_at_once(message), SOON) is None
            with pytest.raises(NotKeptError):
                await asyncio.wait_for(reception.keep(desk.message("halo", channel="telegram", user="7")), SOON)
            assert len(spool) == 3
            received = desk.clock.now
            desk.clock.now += timedelta(minutes=1)
        await emptied(reception)
        assert await asyncio.wait_for(reception.keep(desk.message("halo", channel="telegram", user="7")), SOON)
    rows = [row for row in desk.rows("inbox") if row["channel"] == "whatsapp"]
    assert [row["text"] for row in rows] == ["biaya 29102", "lama 29102", "syarat 29102"]
    assert {str(row["received_at"])[:19] for row in rows} == {received.strftime("%Y-%m-%d %H:%M:%S")}
    assert len(desk.rows("outbox")) == 4


@about_sqlite  # a part of which is away
async def test_that_it_is_back_is_said_when_a_message_was_kept_and_not_before(
    desk: Desk, tmp_path: Path, logs: list[MutableMapping[str, object]]
) -> None:
    """A database may take what it is tried with and yet no message."""
    async with receiving(desk, tmp_path) as (reception, _):
        with away(desk.office.database, "inbox"):
            await asyncio.wait_for(reception.keep_at_once(desk.message("halo")), SOON)
            async with asyncio.timeout(SOON):
                while probes(desk) < 3:  # noqa: ASYNC110 - it has nobody to tell
                    await asyncio.sleep(0.02)
            assert told(logs) == ["database is away"]
        await emptied(reception)
    assert told(logs) == ["database is away", "database is back"]


def probes(desk: Desk) -> int:
    """How often it was looked whether the database is back."""
    with desk.office.database.reader() as conn:
        return versions.get(conn, versions.PROBE)


def told(logs: list[MutableMapping[str, object]]) -> list[object]:
    """Of the database."""
    return [log["event"] for log in logs if str(log["event"]).startswith("database is")]


@contextmanager
def full_disk(desk: Desk) -> Iterator[None]:
    """The database's file cannot grow."""
    engine = desk.office.database.engine

    def limit(driver: Any, _record: object) -> None:
        driver.execute("PRAGMA max_page_count = 1")  # SQLite takes the size that the file has

    event.listen(engine, "connect", limit)
    engine.dispose()
    yield
    event.remove(engine, "connect", limit)
    engine.dispose()


@about_sqlite
async def test_on_a_full_disk_nothing_is_lost_and_the_log_says_why(
    desk: Desk, tmp_path: Path, logs: list[MutableMapping[str, object]]
) -> None:
    words = "biaya 29102 " + "untuk usaha baru kami di Purwakarta " * 20
    async with receiving(desk, tmp_path) as (reception, spool):
        said = 0
        with full_disk(desk):
            while not len(spool):
                await asyncio.wait_for(reception.keep_at_once(desk.message(words, user=f"u{said}")), SOON)
                said += 1
        await emptied(reception)
    assert len(desk.rows("inbox")) == len(desk.rows("outbox")) == said
    away = [str(log["why"]) for log in logs if log["event"] == "database is away"]
    assert "database or disk is full" in away[0]
    assert told(logs) == ["database is away", "database is back"]
    assert "Purwakarta" not in str(logs)


async def test_what_comes_later_queues_behind_what_is_spooled(desk: Desk, tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(desk.message("biaya 29102", user="a"))
    intake = Intake(desk.office, Writer(), lambda _decisions: None)  # it decides nothing until it runs
    reception = Reception(intake, spool, Metrics())
    assert await reception.keep_at_once(desk.message("lama 29102", user="a")) is None
    assert await reception.keep(desk.message("halo", user="a")) is None
    async with receiving(desk, tmp_path) as (again, _):
        assert await asyncio.wait_for(again.keep_at_once(desk.message("halo", user="b")), SOON)
        await emptied(again)
    a = [row["text"] for row in desk.rows("inbox") if row["text"] != "halo"]
    assert a == ["biaya 29102", "lama 29102"]


async def test_a_spool_is_taken_in_once_whatever_is_repeated(desk: Desk, tmp_path: Path) -> None:
    message = desk.message("biaya 29102", user="a")
    async with receiving(desk, tmp_path) as (reception, _):
        await reception.keep_at_once(message)
    Spool(tmp_path).put(message)  # as if the process had died between the commit and the removal of the file
    async with receiving(desk, tmp_path) as (reception, _):
        await emptied(reception)
    assert len(desk.rows("inbox")) == len(desk.rows("outbox")) == 1


@about_sqlite
async def test_a_message_that_the_database_refuses_waits_on_the_disk_and_holds_up_nobody(
    desk: Desk, tmp_path: Path
) -> None:
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql(
            "CREATE TRIGGER poison BEFORE INSERT ON inbox WHEN NEW.text = 'racun' "
            "BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
        )
    async with receiving(desk, tmp_path) as (reception, spool):
        assert await reception.keep(desk.message("racun", user="7", channel="telegram")) is None
        assert await reception.keep_at_once(desk.message("racun", user="a")) is None
        assert await reception.keep_at_once(desk.message("halo", user="b"))
        assert len(spool) == 2


async def test_a_disk_that_takes_nothing_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("not a folder")
    async with receiving(desk, tmp_path) as (reception, _):
        with away(desk.office.database, "inbox"), pytest.raises(NotKeptError):
            await asyncio.wait_for(reception.keep_at_once(desk.message("halo")), SOON)
