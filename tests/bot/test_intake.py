"""The intake: many messages share a commit, nothing that was taken is lost, and what went wrong reaches who sent it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from bot.intake import BATCH, Intake, IntakeStoppedError
from bot.writer import Writer
from handlers.inbound import PATIENCE, PUT_OFF, Decision, decide_due
from storage.database import DatabaseUnavailableError
from tests.offices import Desk, desk_at, said
from tests.postgresql import about_sqlite
from tests.storage.fresh import away

SOON = 10.0  # seconds that a test waits for what takes milliseconds


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        desk.knowledge()  # read before the first message, as the server does
        yield desk


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, object]]]:
    with capture_logs() as logs:
        yield logs


@asynccontextmanager
async def running(
    desk: Desk, told: Callable[[Sequence[Decision]], None] = lambda _decisions: None
) -> AsyncIterator[tuple[Intake, asyncio.Task[None]]]:
    writer = Writer()
    intake = Intake(desk.office, writer, told)
    task = asyncio.create_task(intake.run())
    try:
        yield intake, task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, SOON)
        writer.close()


async def test_a_message_is_kept_when_take_returns(desk: Desk) -> None:
    async with running(desk) as (intake, _):
        decision = await intake.take(desk.message("biaya 29102"))
        assert "Gratis" in said(decision)
        assert len(desk.rows("inbox")) == len(desk.rows("outbox")) == 1


async def test_many_messages_at_once_share_a_commit(desk: Desk) -> None:
    commits: list[object] = []
    count = 100
    async with running(desk) as (intake, _):
        for _ in range(2):  # the first look for what a dead process left comes behind the first
            await intake.take(desk.message("halo", user="before"))
        event.listen(desk.office.database.engine, "commit", commits.append)
        messages = [desk.message("biaya 29102", user=f"u{n}") for n in range(count)]
        decisions = await asyncio.gather(*(intake.take(message) for message in messages))
        assert 1 <= len(commits) <= 3
    assert [decision.inbound for decision in decisions] == messages
    assert all("Gratis" in said(decision) for decision in decisions)
    assert len(desk.rows("inbox")) == count + 2


async def test_a_crowd_that_is_there_again_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.GATHER", 60.0)
    async with running(desk) as (intake, _):
        for turn in range(3):
            crowd = [intake.take(desk.message("halo", user=f"u{n}")) for n in range(20 + turn)]
            decisions = await asyncio.wait_for(asyncio.gather(*crowd), SOON)
            assert all(decision.replies for decision in decisions)


async def test_more_than_a_batch_is_taken_too(desk: Desk) -> None:
    async with running(desk) as (intake, _):
        count = BATCH + 20
        await asyncio.gather(*(intake.take(desk.message("halo", user=f"u{n}")) for n in range(count)))
    assert len(desk.rows("inbox")) == count


async def test_stopping_finishes_what_was_taken(desk: Desk) -> None:
    async with running(desk) as (intake, task):
        taken = [asyncio.create_task(intake.take(desk.message("halo", user=f"u{n}"))) for n in range(40)]
        await asyncio.sleep(0)  # all are in the queue now, none is decided
        task.cancel()
        decisions = await asyncio.wait_for(asyncio.gather(*taken), SOON)
    assert all(decision.replies for decision in decisions)
    assert len(desk.rows("inbox")) == len(taken)


async def test_stopping_in_the_middle_of_a_batch_finishes_it(desk: Desk) -> None:
    writing, go_on = Event(), Event()

    def hold(conn: object, cursor: object, statement: str, *_: object) -> None:
        if "INTO inbox" in statement:
            writing.set()
            go_on.wait(SOON)

    event.listen(desk.office.database.engine, "before_cursor_execute", hold)
    async with running(desk) as (intake, task):
        taken = [asyncio.create_task(intake.take(desk.message("halo", user=f"u{n}"))) for n in range(40)]
        assert await asyncio.to_thread(writing.wait, SOON)
        task.cancel()
        await asyncio.wait(taken, timeout=0.01)  # the stop has begun, and the writer still has the batch
        go_on.set()
        decisions = await asyncio.wait_for(asyncio.gather(*taken), SOON)
    assert all(decision.replies for decision in decisions)
    assert len(desk.rows("inbox")) == len(taken)


async def test_who_comes_after_the_stop_is_told_so(desk: Desk) -> None:
    async with running(desk) as (intake, task):
        await intake.take(desk.message("halo"))
        task.cancel()
        await asyncio.wait([task], timeout=SOON)
        with pytest.raises(IntakeStoppedError):
            await asyncio.wait_for(intake.take(desk.message("halo")), SOON)
    assert len(desk.rows("inbox")) == 1


async def test_a_database_error_reaches_who_sent_the_message_and_the_intake_goes_on(desk: Desk) -> None:
    async with running(desk) as (intake, _):
        with away(desk.office.database, "outbox"), pytest.raises(DatabaseUnavailableError):
            await asyncio.wait_for(intake.take(desk.message("halo")), SOON)
        assert (await asyncio.wait_for(intake.take(desk.message("halo")), SOON)).replies
    assert len(desk.rows("inbox")) == 1, "what could not be answered was not kept either: it will be sent again"


@about_sqlite
async def test_a_write_that_fails_costs_only_its_own_conversation(
    desk: Desk, logs: list[MutableMapping[str, object]]
) -> None:
    _execute(
        desk,
        "CREATE TRIGGER poison BEFORE INSERT ON inbox WHEN NEW.text = 'racun' "
        "BEGIN SELECT RAISE(ABORT, 'poisoned'); END",
    )
    async with running(desk) as (intake, _):
        texts = ["halo", "biaya 29102", "racun", "halo", "lama 29102"]
        messages = [desk.message(text, user=f"u{n}") for n, text in enumerate(texts)]
        results = await asyncio.gather(*(intake.take(message) for message in messages), return_exceptions=True)
    assert [isinstance(result, IntegrityError) for result in results] == [text == "racun" for text in texts]
    assert [row["text"] for row in desk.rows("inbox")].count("racun") == 0
    assert len(desk.rows("inbox")) == 4
    assert {(log["event"], log["error"]) for log in logs} == {("batch failed", "IntegrityError")}


async def test_decisions_are_told_once_they_are_on_the_disk(desk: Desk) -> None:
    told: list[tuple[str, int]] = []

    def tell(decisions: Sequence[Decision]) -> None:
        told.extend((decision.inbound.address.user, len(desk.rows("outbox"))) for decision in decisions)

    async with running(desk, tell) as (intake, _):
        await intake.take(desk.message("halo", user="a", channel="web"))
        await intake.take(desk.message("halo", user="b", channel="web"))
    assert told == [("a", 1), ("b", 2)]


async def test_fragments_are_decided_by_themselves_when_their_patience_ends(desk: Desk) -> None:
    told: asyncio.Queue[Decision] = asyncio.Queue()

    def tell(decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            told.put_nowait(decision)

    async with running(desk, tell) as (intake, _):
        await intake.take(desk.message("halo", user="b", channel="web"))
        await told.get()  # what a dead process left has been looked for
        started = asyncio.get_running_loop().time()
        waiting = await intake.take(desk.message("biaya 29102", user="a", channel="web", burst=True))
        assert not waiting.decided
        assert await asyncio.wait_for(told.get(), SOON) == waiting
        desk.clock.now += PATIENCE
        assert "Gratis" in said(await asyncio.wait_for(told.get(), SOON))
        waited = asyncio.get_running_loop().time() - started
        assert PATIENCE.total_seconds() <= waited < PATIENCE.total_seconds() + 1


async def test_fragments_that_a_dead_process_left_are_decided_at_the_start(desk: Desk) -> None:
    desk.say("biaya 29102", burst=True)
    desk.clock.now += PATIENCE
    told: asyncio.Queue[Sequence[Decision]] = asyncio.Queue()
    async with running(desk, told.put_nowait):
        [decision] = await asyncio.wait_for(told.get(), SOON)
        assert "Gratis" in said(decision)


def _fragments(desk: Desk, *users: str) -> None:
    for user in users:
        desk.say("biaya 29102", user=user, burst=True)
    desk.clock.now += PATIENCE


async def _decided_at_the_start(desk: Desk) -> dict[str, Decision]:
    told: asyncio.Queue[Sequence[Decision]] = asyncio.Queue()
    async with running(desk, told.put_nowait):
        return {decision.inbound.address.user: decision for decision in await asyncio.wait_for(told.get(), SOON)}


@about_sqlite
async def test_a_thought_whose_decision_cannot_be_written_is_given_up_and_the_others_are_decided(desk: Desk) -> None:
    _fragments(desk, "a", "b", "c")
    _refuse(desk, "outbox", "NEW.lines LIKE '%Gratis%' AND NEW.conversation_id IN (SELECT id FROM b)")
    decisions = await _decided_at_the_start(desk)
    assert {user: decision.failed for user, decision in decisions.items()} == {"a": False, "b": True, "c": False}
    assert "Maaf, ada gangguan" in said(decisions["b"])
    assert "Gratis" in said(decisions["c"])
    assert [bool(row["failed"]) for row in desk.rows("inbox")] == [False, True, False]
    assert [row["reason"] for row in desk.rows("officer_requests")] == ["failed"]


@about_sqlite
async def test_a_thought_that_cannot_even_be_given_up_holds_up_nobody(desk: Desk) -> None:
    _fragments(desk, "a", "b", "c")
    _refuse(desk, "outbox", "NEW.conversation_id IN (SELECT id FROM b)")
    decisions = await _decided_at_the_start(desk)
    assert decisions.keys() == {"a", "c"}
    _execute(desk, "DROP TRIGGER refused")
    assert decide_due(desk.office) == [], "it is left alone for a while"
    desk.clock.now += PUT_OFF
    assert (await _decided_at_the_start(desk)).keys() == {"b"}


def _refuse(desk: Desk, table: str, when: str) -> None:
    """From now on this table takes no such row. `b` is the conversation with that citizen."""
    _execute(desk, "CREATE VIEW b AS SELECT id FROM conversations WHERE address = 'b'")
    _execute(
        desk,
        f"CREATE TRIGGER refused BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )


async def test_who_gave_up_waiting_loses_nothing(desk: Desk) -> None:
    async with running(desk) as (intake, _):
        impatient = asyncio.create_task(intake.take(desk.message("halo", user="a")))
        await asyncio.sleep(0)
        impatient.cancel()
        assert (await asyncio.wait_for(intake.take(desk.message("halo", user="b")), SOON)).replies
    assert len(desk.rows("inbox")) == 2


def _execute(desk: Desk, statement: str) -> None:
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql(statement)
