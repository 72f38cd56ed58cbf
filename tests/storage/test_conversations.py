from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from storage import conversations
from storage.database import Database
from tests.postgresql import about_sqlite
from tests.storage.fresh import NOW

NewId = Callable[[], int]


def test_conversations_come_in_key_order_whatever_order_is_asked(database: Database, new_id: NewId) -> None:
    asked = [("whatsapp", "62812"), ("telegram", "9"), ("whatsapp", "62811"), ("telegram", "9")]
    with database.transaction() as tx:
        found = conversations.load_or_create(tx, asked, NOW, new_id)
    assert list(found) == [("telegram", "9"), ("whatsapp", "62811"), ("whatsapp", "62812")]
    assert [(row.channel, row.address) for row in found.values()] == list(found)
    assert {row.position for row in found.values()} == {0}


def test_a_known_conversation_is_loaded_beside_a_new_one(database: Database, new_id: NewId) -> None:
    known, new = ("web", "lama"), ("web", "baru")
    with database.transaction() as tx:
        first = conversations.load_or_create(tx, [known], NOW, new_id)[known]
        found = conversations.load_or_create(tx, [known, new], NOW, new_id)
    assert found[known] == first
    assert found[new].id != first.id


def test_the_same_user_of_another_channel_is_somebody_else(database: Database, new_id: NewId) -> None:
    with database.transaction() as tx:
        found = conversations.load_or_create(tx, [("web", "1"), ("telegram", "1")], NOW, new_id)
    assert len({row.id for row in found.values()}) == 2


def test_what_is_saved_comes_back_and_nothing_else_changes(database: Database, new_id: NewId) -> None:
    keys = [("web", "satu"), ("web", "dua"), ("web", "tiga")]
    with database.transaction() as tx:
        before = conversations.load_or_create(tx, keys, NOW, new_id)
        changed = [
            replace(
                before[key],
                state={"v": 1, "mode": "filling", "slots": {"name": f"Yayat {key[1]}"}},
                position=7,
                version=3,
                name="Yayat",
                phone_sealed="…",
                visible_to="manager",
                last_inbound_at=NOW,
                waiting_for_officer_since=NOW + timedelta(minutes=1),
                updated_at=NOW + timedelta(minutes=2),
            )
            for key in keys[:2]
        ]
        conversations.save(tx, changed)
    with database.transaction() as tx:
        after = conversations.load_or_create(tx, keys, NOW + timedelta(days=1), new_id)
    assert [after[key] for key in keys] == [*changed, before[keys[2]]]


def test_nothing_is_nothing(database: Database, new_id: NewId) -> None:
    with database.transaction() as tx:
        assert conversations.load_or_create(tx, [], NOW, new_id) == {}
        conversations.save(tx, [])


@about_sqlite
def test_looking_up_reads_the_index_and_not_the_table(database: Database, new_id: NewId) -> None:
    """With 100,000 conversations a scan would cost more than everything else that a message does."""
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *about: asked.append(about[2:4]))
    with database.transaction() as tx:
        conversations.load_or_create(tx, [("web", "a"), ("web", "b")], NOW, new_id)
        lookups = [(sql, values) for sql, values in asked if sql.startswith("SELECT")]
        plans = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in lookups]
    assert [plan[0].detail.split(" (")[0] for plan in plans] == [
        "SEARCH conversations USING INDEX sqlite_autoindex_conversations_1"
    ]  # and only once: what is new is not read again
