"""The main road: what arrives is claimed once, put together, decided once, and written in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from copy import copy
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from handlers.dialogue.state import load
from handlers.inbound import PATIENCE, decide_due, receive
from handlers.library import Library
from handlers.messages import Attachment
from knowledge.base import KnowledgeBase
from knowledge.calendar import WorkingDays
from knowledge.language import Language, Word
from storage import queries
from tests.offices import Desk, desk_at, said
from tests.storage.fresh import document

BROKEN = "meledak"


class ShortFuse(Language):
    """Reads like any other, until it meets one word."""

    def __init__(self, real: Language) -> None:
        self._real = real

    def read(self, text: str) -> tuple[Word, ...]:
        if BROKEN in text:
            raise ZeroDivisionError("a bug in the reading of words")
        return self._real.read(text)


class FaultyLibrary(Library):
    """A second library: what the real one holds, with a bug in it."""

    def __init__(self, real: Library) -> None:
        self._real = real

    def read(self, conn: Connection) -> tuple[KnowledgeBase, WorkingDays]:
        knowledge, calendar = self._real.read(conn)
        faulty = copy(knowledge)
        faulty.language = ShortFuse(faulty.language)
        return faulty, calendar


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        desk.office.library = FaultyLibrary(desk.office.library)
        yield desk


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, object]]]:
    with capture_logs() as logs:
        yield logs


def states(desk: Desk) -> dict[object, object]:
    return {row["external_id"]: (row["decided_at"] is not None, bool(row["failed"])) for row in desk.rows("inbox")}


def test_a_message_is_kept_decided_and_answered(desk: Desk) -> None:
    decision = desk.say("biaya 29102")
    assert decision.decided
    assert not decision.duplicate
    assert "Gratis" in said(decision)
    assert states(desk) == {"m1": (True, False)}
    [sent] = desk.rows("outbox")
    assert (sent["state"], sent["inbox_id"]) == ("queued", desk.rows("inbox")[0]["id"])
    with desk.office.database.reader() as conn:
        thread = queries.thread(conn, "whatsapp", "warga")
    assert [message.sender for message in thread] == ["citizen", "bot"]
    assert [tuple(line) for line in thread[1].lines][1] == ("quote", "Gratis")


def test_the_web_reads_its_answers_from_the_thread(desk: Desk) -> None:
    desk.say("biaya 29102", channel="web")
    assert [row["state"] for row in desk.rows("outbox")] == ["sent"]


def test_a_message_that_comes_again_changes_nothing(desk: Desk) -> None:
    message = desk.message("petugas")
    receive(desk.office, [message])
    before = {table: desk.rows(table) for table in ("inbox", "outbox", "officer_requests", "misses")}
    [again] = receive(desk.office, [message])
    assert (again.duplicate, again.decided, again.replies) == (True, False, ())
    assert {table: desk.rows(table) for table in before} == before


def test_a_message_twice_in_one_batch_is_answered_once(desk: Desk) -> None:
    message = desk.message("petugas")
    decisions = receive(desk.office, [message, message, message])
    assert [(d.duplicate, bool(d.replies)) for d in decisions] == [(False, True), (True, False), (True, False)]
    assert len(desk.rows("officer_requests")) == 1


def test_one_id_on_two_channels_is_two_messages(desk: Desk) -> None:
    batch = [desk.message("halo", channel=channel, external_id="7") for channel in ("whatsapp", "telegram", "web")]
    assert [d.duplicate for d in receive(desk.office, batch)] == [False] * 3


def test_one_user_on_two_channels_is_two_conversations(desk: Desk) -> None:
    desk.say("biaya 29102", channel="telegram")
    assert "7 hari kerja" in said(desk.say("kalau lamanya?", channel="telegram"))
    assert "7 hari kerja" not in said(desk.say("kalau lamanya?", channel="whatsapp"))


def test_a_batch_is_answered_in_its_order_and_each_by_its_own_state(desk: Desk) -> None:
    batch = [
        desk.message("biaya 29102", user="a"),
        desk.message("halo", user="b"),
        desk.message("kalau lamanya?", user="a"),
        desk.message("kalau lamanya?", user="b"),
    ]
    decisions = receive(desk.office, batch)
    assert [d.inbound for d in decisions] == batch
    assert ["7 hari kerja" in said(d) for d in decisions] == [False, False, True, False]
    places = [(row["conversation_id"], row["position"]) for table in ("inbox", "outbox") for row in desk.rows(table)]
    assert len(set(places)) == len(places)


def test_fragments_are_one_thought(desk: Desk) -> None:
    for text in ("min", "mau tanya", "biaya"):
        waiting = desk.say(text, burst=True)
        assert (waiting.decided, waiting.replies, waiting.report) == (False, (), None)
    assert desk.rows("outbox") == []
    whole = desk.say("kbli 29102")
    assert whole.decided
    assert whole.inbound.text == "min\nmau tanya\nbiaya\nkbli 29102"
    assert "Gratis" in said(whole)
    assert set(states(desk).values()) == {(True, False)}
    assert len(desk.rows("outbox")) == 1


def test_fragments_are_decided_when_their_patience_ends_and_not_before(desk: Desk) -> None:
    desk.say("biaya", burst=True)
    desk.clock.now += timedelta(seconds=1)
    desk.say("29102", burst=True)
    desk.clock.now += PATIENCE - timedelta(milliseconds=1)
    assert decide_due(desk.office) == [], "the last one came less than that ago"
    desk.clock.now += timedelta(milliseconds=1)
    [decision] = decide_due(desk.office)
    assert decision.inbound.text == "biaya\n29102"
    assert "Gratis" in said(decision)
    assert decide_due(desk.office) == []


def test_the_fragments_of_two_people_stay_apart(desk: Desk) -> None:
    for user, text in (("a", "biaya"), ("b", "lama"), ("a", "29102"), ("b", "29102")):
        desk.say(text, user=user, burst=True)
    desk.clock.now += PATIENCE
    decided = {d.inbound.address.user: said(d) for d in decide_due(desk.office)}
    assert decided.keys() == {"a", "b"}
    assert "Gratis" in decided["a"]
    assert "7 hari kerja" in decided["b"]


def test_the_photos_of_a_burst_are_kept_with_the_messages_that_carried_them(desk: Desk) -> None:
    desk.say(burst=True, attachments=(Attachment("photo", "a.jpg"),))
    whole = desk.say("petugas loket minta uang ke saya", attachments=(Attachment("photo", "b.jpg"),))
    assert [(a.kind, a.name, a.message) for a in whole.inbound.attachments] == [
        ("photo", "a.jpg", "m1"),
        ("photo", "b.jpg", "m2"),
    ]


def test_a_fragment_that_comes_again_is_not_said_twice(desk: Desk) -> None:
    fragment = desk.message("biaya", burst=True)
    assert [receive(desk.office, [fragment])[0].duplicate for _ in range(2)] == [False, True]
    assert desk.say("29102").inbound.text == "biaya\n29102"


def test_a_step_that_fails_costs_only_its_own_message(desk: Desk, logs: list[MutableMapping[str, object]]) -> None:
    batch = [
        desk.message("biaya 29102", user="a"),
        desk.message(f"komputer saya {BROKEN}", user="b"),
        desk.message("berapa lama 29102", user="c"),
    ]
    fine, failed, also_fine = receive(desk.office, batch)
    assert "Gratis" in said(fine)
    assert "7 hari kerja" in said(also_fine)
    assert "Maaf, ada gangguan" in said(failed)
    assert "ZeroDivisionError" not in said(failed)
    assert states(desk) == {"m1": (True, False), "m2": (True, True), "m3": (True, False)}
    [request] = desk.rows("officer_requests")
    assert (request["reason"], request["state"]) == ("failed", "open")
    assert request["conversation_id"] == desk.rows("inbox")[1]["conversation_id"]
    assert len(desk.rows("outbox")) == 3
    [log] = logs
    assert (log["event"], log["error"], log["inbox_id"]) == (
        "deciding failed",
        "ZeroDivisionError",
        desk.rows("inbox")[1]["id"],
    )
    assert BROKEN not in str(log)


def test_a_failed_message_is_not_tried_again(desk: Desk) -> None:
    message = desk.message(BROKEN)
    receive(desk.office, [message])
    assert receive(desk.office, [message])[0].duplicate
    desk.clock.now += timedelta(days=1)
    assert decide_due(desk.office) == []


def test_after_a_failure_the_conversation_goes_on_where_it_was(desk: Desk) -> None:
    desk.say("biaya 29102")
    desk.say(BROKEN)
    assert "7 hari kerja" in said(desk.say("kalau lamanya?"))


def test_a_failure_does_not_throw_an_open_report_away(desk: Desk) -> None:
    desk.say("petugas loket minta uang 50 ribu ke saya kemarin pas ambil izin")
    failed = desk.say(BROKEN)
    assert failed.mode == "filling"
    assert "50 ribu" in said(desk.say("nama saya Siti Aminah"))


def test_fragments_of_a_thought_that_fails_fail_together(desk: Desk) -> None:
    desk.say("biaya", burst=True)
    failed = desk.say(BROKEN)
    assert "Maaf" in said(failed)
    assert set(states(desk).values()) == {(True, True)}
    assert len(desk.rows("officer_requests")) == 1


def test_a_state_that_nobody_can_read_starts_over(desk: Desk) -> None:
    desk.say("biaya 29102")
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql("""UPDATE conversations SET state = '{"version": 99, "mode": "dreaming"}'""")
    assert "7 hari kerja" not in said(desk.say("kalau lamanya?"))
    assert "Gratis" in said(desk.say("biaya 29102"))


def test_what_is_saved_is_the_state_that_was_reported(desk: Desk) -> None:
    decision = desk.say("29102")
    [row] = desk.rows("conversations")
    saved = load(document(row["state"]))
    assert (saved.mode, saved.asks) == (decision.mode, decision.asks) == ("choosing", "component")


def test_a_write_that_fails_writes_nothing(desk: Desk) -> None:
    used = desk.office.new_id()
    desk.say("halo", user="first")
    before = {table: desk.rows(table) for table in ("conversations", "inbox", "outbox")}
    desk.office.new_id = lambda: used  # every id clashes
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        receive(desk.office, [desk.message("biaya 29102", user="a"), desk.message("halo", user="b")])
    assert {table: desk.rows(table) for table in before} == before


def test_the_name_that_a_channel_knows_is_kept(desk: Desk) -> None:
    desk.say("halo", name="Asep Sutisna")
    desk.say("biaya 29102")
    assert [row["name"] for row in desk.rows("conversations")] == ["Asep Sutisna"]


def test_nothing_to_receive_is_fine(desk: Desk) -> None:
    assert receive(desk.office, []) == []
