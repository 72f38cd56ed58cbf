from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from storage import conversations, inbox
from storage.database import Database
from storage.inbox import InboxRow
from tests.storage.fresh import NOW

NewId = Callable[[], int]


@pytest.fixture
def tx(database: Database, new_id: NewId) -> Iterator[Connection]:
    with database.transaction() as tx:
        conversations.load_or_create(tx, [("web", "satu"), ("web", "dua")], NOW, new_id)  # "dua" is 1, "satu" is 2
        yield tx


def message(id_: int, conversation_id: int = 1, **changes: object) -> InboxRow:
    row = InboxRow(
        id=id_,
        channel="web",
        external_id=f"m{id_}",
        conversation_id=conversation_id,
        position=id_,
        received_at=NOW,
        kind="text",
        text="berapa biayanya",
        attachments=[{"kind": "photo", "name": "loket.jpg"}],
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def test_claiming_twice_claims_once(tx: Connection) -> None:
    assert inbox.claim(tx, [message(1), message(2)]) == {("web", "m1"), ("web", "m2")}
    again = [message(3, external_id="m1"), message(4), message(5, external_id="m2")]
    assert inbox.claim(tx, again) == {("web", "m4")}
    assert [row.id for row in inbox.undecided(tx, [1])] == [1, 2, 4]


def test_of_two_alike_in_one_batch_the_first_is_kept(tx: Connection) -> None:
    assert inbox.claim(tx, [message(1), message(2, external_id="m1", text="lagi")]) == {("web", "m1")}
    assert inbox.undecided(tx, [1]) == [message(1)]


def test_the_same_id_of_another_channel_is_another_message(tx: Connection) -> None:
    assert inbox.claim(tx, [message(1), message(2, channel="telegram", external_id="m1")]) == {
        ("web", "m1"),
        ("telegram", "m1"),
    }


def test_a_claim_is_lost_with_its_transaction(database: Database, new_id: NewId) -> None:
    def claim_and_fail() -> None:
        with database.transaction() as tx:
            inbox.claim(tx, [message(1)])
            raise ZeroDivisionError

    with database.transaction() as tx:
        conversations.load_or_create(tx, [("web", "dua")], NOW, new_id)
    with pytest.raises(ZeroDivisionError):
        claim_and_fail()
    with database.transaction() as tx:
        assert inbox.claim(tx, [message(1)]) == {("web", "m1")}


def test_two_messages_in_one_place_are_a_mistake_not_a_duplicate(tx: Connection) -> None:
    with pytest.raises(IntegrityError):
        inbox.claim(tx, [message(1), message(2, position=1)])


def test_a_conversation_has_its_undecided_messages_in_order(tx: Connection) -> None:
    inbox.claim(tx, [message(1, position=9), message(2), message(3, conversation_id=2), message(4)])
    inbox.mark_decided(tx, [4], NOW)
    assert [row.id for row in inbox.undecided(tx, [1, 2])] == [2, 1, 3]
    assert [row.id for row in inbox.undecided(tx, [2])] == [3]
    assert inbox.undecided(tx, []) == []


def test_a_failed_message_is_not_decided_again(tx: Connection) -> None:
    inbox.claim(tx, [message(1), message(2)])
    inbox.mark_failed(tx, [1], NOW)
    assert [row.id for row in inbox.undecided(tx, [1])] == [2]
    assert tx.exec_driver_sql("SELECT failed FROM inbox ORDER BY id").all() == [(1,), (0,)]


def test_a_fragment_is_due_when_its_time_has_come(tx: Connection) -> None:
    inbox.claim(tx, [message(1, decide_at=NOW + timedelta(seconds=2)), message(2, conversation_id=2, decide_at=NOW)])
    assert inbox.due(tx, NOW - timedelta(seconds=1)) == []
    assert inbox.due(tx, NOW) == [("web", "satu")]
    assert inbox.due(tx, NOW + timedelta(seconds=2)) == [("web", "dua"), ("web", "satu")]
    assert inbox.due(tx, NOW + timedelta(seconds=2), limit=1) == [("web", "dua")]
    inbox.mark_decided(tx, [1, 2], NOW)
    assert inbox.due(tx, NOW + timedelta(days=1)) == []


def test_what_was_claimed_without_a_time_is_due_at_once(tx: Connection) -> None:
    inbox.claim(tx, [message(1)])
    assert inbox.due(tx, NOW) == [("web", "dua")]


def test_nothing_is_claimed_of_nothing(tx: Connection) -> None:
    assert inbox.claim(tx, []) == set()
