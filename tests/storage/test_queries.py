"""The outbox, and the thread that shows it beside the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from storage import conversations, inbox, outbox, queries
from storage.database import Database
from storage.inbox import InboxRow
from storage.outbox import OutboxRow
from tests.storage.fresh import NOW


@pytest.fixture
def tx(database: Database, new_id: Callable[[], int]) -> Iterator[Connection]:
    """A conversation of six messages, and one message of somebody else."""
    with database.transaction() as tx:
        conversations.load_or_create(tx, [("web", "a"), ("web", "b")], NOW, new_id)  # ids 1 and 2
        received = [asked(position) for position in (1, 3, 5)]
        inbox.claim(tx, [*received, asked(1, conversation_id=2)])
        outbox.add(tx, [answered(position) for position in (2, 4, 6)])
        yield tx


def asked(position: int, conversation_id: int = 1) -> InboxRow:
    id_ = conversation_id * 100 + position
    at = NOW + timedelta(seconds=position)
    return InboxRow(id_, "web", f"m{id_}", conversation_id, position, at, "text", f"pesan {position}")


def answered(position: int) -> OutboxRow:
    at = NOW + timedelta(seconds=position)
    lines = [["strong", "Biaya"], ["quote", f"jawaban {position}"]]
    buttons = [["Ya", "yes"], ["Tidak", "no"]]
    return OutboxRow(100 + position, 1, position, at, at, lines, buttons, inbox_id=100 + position - 1)


def positions(messages: list[queries.ThreadMessage]) -> list[int]:
    return [message.position for message in messages]


def test_a_thread_holds_both_sides_in_order(tx: Connection) -> None:
    thread = queries.thread(tx, "web", "a")
    assert positions(thread) == [1, 2, 3, 4, 5, 6]
    question, answer = thread[:2]
    assert (question.sender, question.lines, question.state) == ("citizen", [["plain", "pesan 1"]], None)
    assert question.at == NOW + timedelta(seconds=1)
    assert (answer.sender, answer.state) == ("bot", "queued")
    assert answer.lines == [["strong", "Biaya"], ["quote", "jawaban 2"]]
    assert answer.buttons == [["Ya", "yes"], ["Tidak", "no"]]


def test_a_page_asks_for_what_is_new_to_it(tx: Connection) -> None:
    assert positions(queries.thread(tx, "web", "a", after_position=4)) == [5, 6]
    assert positions(queries.thread(tx, "web", "a", after_position=6)) == []


def test_a_long_thread_shows_its_end(tx: Connection) -> None:
    assert positions(queries.thread(tx, "web", "a", limit=3)) == [4, 5, 6]


def test_nobody_sees_another_thread(tx: Connection) -> None:
    assert positions(queries.thread(tx, "web", "b")) == [1]
    assert queries.thread(tx, "whatsapp", "a") == []
    assert queries.thread(tx, "web", "c") == []


def test_sent_rows_are_marked_and_states_only_move_forward(tx: Connection) -> None:
    tx.execute(text("UPDATE outbox SET state = 'delivered' WHERE position = 4"))
    outbox.mark_sent(tx, [(102, "SM2"), (104, "SM4")], NOW)
    assert [message.state for message in queries.thread(tx, "web", "a") if message.sender == "bot"] == [
        "sent",
        "delivered",
        "queued",
    ]
    assert tx.scalar(text("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")) == 1


def test_nothing_to_add_is_no_statement(tx: Connection) -> None:
    outbox.add(tx, [])
    assert len(queries.thread(tx, "web", "a")) == 6
