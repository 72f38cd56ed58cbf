"""The sender: order for one, haste for many, the provider's pace, crashes and stops in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.channels.channel import Pace
from bot.sender import Sender
from bot.writer import Writer
from handlers import sending
from handlers.messages import Address
from handlers.parcels import Later, Refused, Sent, Status, Uncertain, Untold
from tests.bot.fake_channel import FakeChannel
from tests.offices import Desk, desk_at
from tests.postgresql import about_sqlite
from tests.storage.fresh import away

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


class Seen:
    """Whose threads were said to have changed."""

    def __init__(self) -> None:
        self.addresses: list[Address] = []
        self.news = asyncio.Event()

    def __call__(self, changed: Mapping[int, Address]) -> None:
        self.addresses += changed.values()
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not condition():
                await self.news.wait()
                self.news.clear()


@asynccontextmanager
async def running(desk: Desk, channel: FakeChannel, seen: Seen | None = None) -> AsyncIterator[Sender]:
    writer = Writer()
    sender = Sender(desk.office, {channel.name: channel}, writer, seen or Seen())
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, SOON)
        writer.close()


def ask(desk: Desk, *texts: str, user: str = "+6281200000001") -> int:
    for text in texts:
        decision = desk.say(text, user=user)
    assert decision.recipient is not None
    return decision.recipient


def states(desk: Desk) -> list[object]:
    return [row["state"] for row in desk.rows("outbox")]


async def test_what_is_waiting_is_found_and_sent(desk: Desk) -> None:
    ask(desk, "biaya 29102")
    channel = FakeChannel()
    async with running(desk, channel):
        [parcel] = await channel.has_sent(1)
    assert "Gratis" in [line.text for line in parcel.lines]
    assert states(desk) == ["sent"]


async def test_many_to_one_are_sent_in_order_one_at_a_time(desk: Desk) -> None:
    channel = FakeChannel()
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, *["biaya 29102", "lama 29102"] * 6), "whatsapp")])
        parcels = await channel.has_sent(12)
    positions = [parcel.position for parcel in parcels]
    assert positions == sorted(positions)
    assert channel.most_at_once == 1


async def test_many_to_many_are_sent_side_by_side(desk: Desk) -> None:
    channel = FakeChannel(holding=asyncio.Event())
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, "halo", user=f"u{n}"), "whatsapp") for n in range(20)])
        await channel.has_sent(20)
        assert channel.most_at_once == 20
        assert channel.holding
        channel.holding.set()
    assert states(desk) == ["sent"] * 20


async def test_a_message_that_comes_while_one_is_on_its_way_follows_at_once(desk: Desk) -> None:
    channel = FakeChannel(holding=asyncio.Event())
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, "biaya 29102"), "whatsapp")])
        await channel.has_sent(1)
        sender.wake([(ask(desk, "lama 29102"), "whatsapp")])
        await asyncio.sleep(0)
        assert channel.holding
        channel.holding.set()
        await channel.has_sent(2, seconds=0.9)  # before the next sweep


async def test_the_pace_to_one_and_to_all_is_kept(desk: Desk) -> None:
    channel = FakeChannel(pace=Pace(per_second=20, per_chat=0.2))
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, "biaya 29102", "lama 29102", user=f"u{n}"), "whatsapp") for n in range(10)])
        parcels = await channel.has_sent(20)
    for user in {parcel.address.user for parcel in parcels}:
        first, second = (at for at, parcel in zip(channel.at, parcels, strict=True) if parcel.address.user == user)
        assert second - first >= 0.19
    span = channel.at[-1] - channel.at[0]
    assert span >= 0.6, "20 a second, after a burst of a fifth of that: 0.8 s, less what the first round took"


async def test_who_is_told_to_wait_is_left_alone_so_long_and_others_go_on(desk: Desk) -> None:
    channel = FakeChannel()
    hasty = ask(desk, "biaya 29102", user="hasty")
    channel.answers[2] = [Later("429", after=0.4, throttled=True)]
    seen = Seen()
    async with running(desk, channel, seen) as sender:
        await channel.has_sent(1)
        sender.wake([(ask(desk, "lama 29102", user="other"), "whatsapp")])
        await seen.until(lambda: states(desk) == ["queued", "sent"])
        desk.clock.now += timedelta(seconds=0.4)
        await channel.has_sent(3)
    assert [parcel.conversation_id == hasty for parcel in channel.sent] == [True, False, True]
    assert channel.at[2] - channel.at[0] >= 0.39
    assert states(desk) == ["sent", "sent"]


async def test_a_storm_of_waits_pauses_the_whole_channel(desk: Desk) -> None:
    channel = FakeChannel()
    channel.answers[2] = [Later("429", after=0.3, throttled=True)] * 2
    seen = Seen()
    async with running(desk, channel, seen) as sender:
        sender.wake([(ask(desk, "halo", user=user), "whatsapp") for user in ("a", "b")])
        await seen.until(lambda: states(desk) == ["queued", "queued"] and len(channel.sent) == 2)
        sender.wake([(ask(desk, "halo", user="c"), "whatsapp")])
        desk.clock.now += timedelta(seconds=1)
        await channel.has_sent(5)
    assert channel.at[2] - channel.at[1] >= 0.29


async def test_a_stop_lets_what_is_on_its_way_arrive(desk: Desk) -> None:
    channel = FakeChannel(holding=asyncio.Event())
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, "biaya 29102", "lama 29102"), "whatsapp")])
        await channel.has_sent(1)
        assert channel.holding
        asyncio.get_running_loop().call_later(0.2, channel.holding.set)
    assert states(desk) == ["sent", "queued"], "nothing new was begun"


async def test_what_does_not_answer_before_the_stop_is_in_doubt(desk: Desk) -> None:
    channel = FakeChannel(holding=asyncio.Event())
    started = asyncio.get_running_loop().time()
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, "biaya 29102"), "whatsapp")])
        await channel.has_sent(1)
    assert states(desk) == ["unknown"]
    assert asyncio.get_running_loop().time() - started < 3


async def test_what_was_cut_off_is_looked_up_and_sent_again_only_if_it_is_absent(desk: Desk) -> None:
    ask(desk, "biaya 29102", user="a")
    ask(desk, "biaya 29102", user="b")
    channel = FakeChannel()
    channel.answers[2] = [Uncertain("timeout"), Sent("SM1")]
    seen = Seen()
    async with running(desk, channel, seen):
        await seen.until(lambda: "unknown" in states(desk))
        desk.clock.now += timedelta(seconds=5)
        await channel.has_sent(3)
    assert len(channel.looked_up) == 1
    assert states(desk) == ["sent", "sent"]


async def test_on_telegram_it_is_repeated_marked_after_a_minute(desk: Desk) -> None:
    desk.say("biaya 29102", user="7", channel="telegram")
    channel = FakeChannel(name="telegram", found=Untold())
    channel.answers[2] = [Uncertain("timeout")]
    seen = Seen()
    async with running(desk, channel, seen):
        await seen.until(lambda: states(desk) == ["unknown"])
        desk.clock.now += timedelta(seconds=60)
        parcels = await channel.has_sent(2)
    assert [parcel.repeated for parcel in parcels] == [False, True]


async def test_a_channel_that_raises_costs_only_its_message(
    desk: Desk, logs: list[MutableMapping[str, object]]
) -> None:
    class Broken(FakeChannel):
        async def send(self, parcel):  # type: ignore[no-untyped-def]
            if parcel.address.user == "bad":
                self.sent.append(parcel)
                raise ZeroDivisionError
            return await super().send(parcel)

    channel = Broken()
    ask(desk, "halo", user="bad")
    ask(desk, "halo", user="good")
    async with running(desk, channel):
        await channel.has_sent(2)
    assert sorted(map(str, states(desk))) == ["sent", "unknown"]
    assert [log["error"] for log in logs if log["event"] == "sending failed"] == ["ZeroDivisionError"]


async def test_reports_are_kept_when_report_returns_also_those_that_are_too_early(desk: Desk) -> None:
    conversation = ask(desk, "biaya 29102")
    channel = FakeChannel(holding=asyncio.Event())
    channel.answers[2] = [Sent("SM1")]
    async with running(desk, channel) as sender:
        sender.wake([(conversation, "whatsapp")])
        await channel.has_sent(1)
        await asyncio.wait_for(sender.report([Status("SM1", "delivered")]), SOON)
        assert states(desk) == ["sending"]
        assert channel.holding
        channel.holding.set()
    assert states(desk) == ["delivered"]


async def test_while_the_database_is_away_what_was_sent_is_remembered(desk: Desk) -> None:
    channel = FakeChannel(holding=asyncio.Event())
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, "biaya 29102"), "whatsapp")])
        await channel.has_sent(1)
        with away(desk.office.database, "outbox"):
            assert channel.holding
            channel.holding.set()
            with pytest.raises(Exception, match="not available"):
                await asyncio.wait_for(sender.report([Status("SM2", "sent")]), SOON)
        await asyncio.wait_for(sender.report([Status("SM2", "sent")]), SOON)
    assert states(desk) == ["sent"]
    assert len(channel.sent) == 1


@about_sqlite
async def test_a_result_that_the_database_refuses_costs_only_itself(
    desk: Desk, logs: list[MutableMapping[str, object]]
) -> None:
    for user in ("a", "b", "c"):
        ask(desk, "biaya 29102", user=user)
    refuse(desk, "UPDATE OF provider_id ON outbox WHEN NEW.provider_id = 'SM2'")
    channel = FakeChannel(holding=asyncio.Event())
    channel.answers[2] = [Sent("SM1"), Sent("SM2"), Sent("SM3")]
    seen = Seen()
    async with running(desk, channel, seen) as sender:
        await channel.has_sent(3)
        assert channel.holding
        channel.holding.set()
        await seen.until(lambda: "sending" not in states(desk))
        sender.wake([(ask(desk, "lama 29102", user="b"), "whatsapp")])
        await channel.has_sent(4)
    [lost] = [row["id"] for row in desk.rows("outbox") if row["state"] == "unknown"]
    assert states(desk).count("sent") == 3
    [task] = desk.rows("tasks")
    assert (task["kind"], task["reason"], task["outbox_id"]) == ("unconfirmed", "unrecorded", lost)
    assert [log["outbox_id"] for log in logs if log["event"] == "part of a round failed"] == [lost]


@about_sqlite
async def test_a_doubt_that_the_database_refuses_to_settle_holds_up_no_other(desk: Desk) -> None:
    channel = FakeChannel()
    channel.answers[2] = [Uncertain("timeout"), Uncertain("timeout")]
    a, _ = (ask(desk, "biaya 29102", user=user) for user in ("a", "b"))
    refuse(desk, f"UPDATE OF state ON outbox WHEN NEW.state = 'queued' AND NEW.conversation_id = {a}")
    seen = Seen()
    async with running(desk, channel, seen):
        await seen.until(lambda: states(desk) == ["unknown", "unknown"])
        desk.clock.now += timedelta(seconds=5)
        await channel.has_sent(3)
    assert states(desk) == ["unknown", "sent"]
    assert [(task["kind"], task["conversation_id"]) for task in desk.rows("tasks")] == [("unconfirmed", a)]


@about_sqlite
async def test_a_report_that_the_database_refuses_costs_only_itself(desk: Desk) -> None:
    channel = FakeChannel()
    channel.answers[2] = [Sent("SM1"), Sent("SM2")]
    for user in ("a", "b"):
        ask(desk, "biaya 29102", user=user)
    seen = Seen()
    async with running(desk, channel, seen) as sender:
        await seen.until(lambda: states(desk) == ["sent", "sent"])
        refuse(desk, "UPDATE OF state ON outbox WHEN NEW.state = 'read'")
        await asyncio.wait_for(sender.report([Status("SM1", "read"), Status("SM2", "delivered")]), SOON)
    assert sorted(map(str, states(desk))) == ["delivered", "sent"]


@about_sqlite
async def test_a_recipient_that_cannot_be_leased_holds_up_nobody(desk: Desk) -> None:
    channel = FakeChannel()
    ask(desk, "biaya 29102", user="a")
    refuse(
        desk, "UPDATE OF state ON outbox WHEN OLD.conversation_id IN (SELECT id FROM conversations WHERE address = 'a')"
    )
    async with running(desk, channel) as sender:
        sender.wake([(ask(desk, "biaya 29102", user=user), "whatsapp") for user in ("b", "c")])
        await channel.has_sent(2)
    assert states(desk) == ["queued", "sent", "sent"]
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql("DROP TRIGGER refused")
    desk.clock.now += sending.PUT_OFF
    async with running(desk, channel):
        await channel.has_sent(3)
    assert states(desk) == ["sent", "sent", "sent"]


def refuse(desk: Desk, when: str) -> None:
    """From now on the database takes no such change."""
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql(f"CREATE TRIGGER refused BEFORE {when} BEGIN SELECT RAISE(ABORT, 'refused'); END")


async def test_a_refusal_ends_it(desk: Desk) -> None:
    ask(desk, "biaya 29102")
    channel = FakeChannel()
    channel.answers[2] = [Refused("63019")]
    async with running(desk, channel):
        await channel.has_sent(1)
    assert states(desk) == ["failed"]
