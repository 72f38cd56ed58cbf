"""WhatsApp's 24 hours: what is held, the one template that asks, and what goes out when the citizen answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.inbound import READ_HELD
from handlers.parcels import Refused, Sent, WindowClosed
from handlers.sending import exchange
from handlers.window import OPEN_FOR
from storage import tasks
from storage.tasks import TaskRow
from tests.handlers.test_sending import asked, from_officer, leased, open_tasks, record, report, states
from tests.offices import Desk, desk_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        yield desk


def late(desk: Desk) -> int:
    """Two officer's replies that come when the window has closed."""
    conversation = asked(desk, "biaya 29102", "lama 29102")
    from_officer(desk, conversation)
    desk.clock.now += OPEN_FOR
    return conversation


def test_after_a_day_a_reply_is_held_and_one_template_asks(desk: Desk) -> None:
    conversation = late(desk)
    first = exchange(desk.office, recipients=[conversation])
    assert first.parcels == []
    assert first.more == {conversation}
    assert states(desk) == ["held", "held", "queued"]
    ping = leased(desk, conversation)
    assert (ping.template, ping.sender) == ("officer_reply", "system")
    record(desk, ping, Sent("SM1"))
    assert exchange(desk.office, recipients=[conversation]).parcels == [], "once a window"
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE outbox SET state = 'queued' WHERE position = 4")
    assert exchange(desk.office, recipients=[conversation]).parcels == []
    assert states(desk) == ["held", "held", "sent"]


@pytest.mark.parametrize(("text", "payload"), [("Lihat balasan", READ_HELD), ("ya", None), ("ya,", None)])
def test_when_they_answer_the_held_replies_go_out_and_nothing_else(desk: Desk, text: str, payload: str | None) -> None:
    conversation = late(desk)
    exchange(desk.office, recipients=[conversation])
    record(desk, leased(desk, conversation), Sent("SM1"))
    decision = desk.say(text, user="+6281200000001", payload=payload, burst=text.endswith(","))
    assert [row["id"] for row in desk.rows("inbox") if row["decided_at"] is None] == []
    assert (decision.replies, decision.recipient) == ((), conversation)
    for position in (2, 4):
        parcel = leased(desk, conversation)
        assert parcel.position == position
        record(desk, parcel, Sent(f"SM{position}"))
    desk.clock.now += OPEN_FOR
    desk.say("halo", user="+6281200000001")
    assert leased(desk, conversation).position == 8, "the window is open again"


def test_a_question_is_answered_after_what_was_held(desk: Desk) -> None:
    conversation = late(desk)
    exchange(desk.office, recipients=[conversation])
    record(desk, leased(desk, conversation), Sent("SM1"))
    assert desk.say("syarat 29102", user="+6281200000001").replies
    assert [leased_in_turn(desk, conversation) for _ in range(3)] == [2, 4, 7]


def leased_in_turn(desk: Desk, conversation: int) -> int:
    parcel = leased(desk, conversation)
    record(desk, parcel, Sent(f"SM{parcel.position}"))
    return parcel.position


def test_without_a_template_somebody_telephones(desk: Desk) -> None:
    conversation = late(desk)
    exchange(desk.office, recipients=[conversation])
    record(desk, leased(desk, conversation), Refused("no_template"))
    assert open_tasks(desk) == [("telephone", "no_template")]
    assert states(desk) == ["held", "held", "failed"]


def test_when_they_write_nobody_has_to_telephone_any_more(desk: Desk) -> None:
    conversation = late(desk)
    exchange(desk.office, recipients=[conversation])
    record(desk, leased(desk, conversation), Refused("no_template"))
    other = asked(desk, user="+6281200000002")
    with desk.office.database.transaction() as tx:
        of_others = [(1, "undelivered", conversation), (2, "telephone", other)]
        tasks.add(tx, [TaskRow(id_, kind, of, None, "", desk.clock.now) for id_, kind, of in of_others])
    desk.say("halo", user="+6281200000002")
    assert len(open_tasks(desk)) == 3, "nothing was held for them"
    desk.say("halo", user="+6281200000001")
    assert sorted(open_tasks(desk)) == [("telephone", ""), ("undelivered", "")]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_window_that_the_provider_found_closed_leaves_a_held_row_linked_to_the_old(desk: Desk, at_once: bool) -> None:
    conversation = asked(desk)
    parcel = leased(desk, conversation)
    if at_once:
        record(desk, parcel, WindowClosed())
    else:
        record(desk, parcel, Sent("SM1"))
        report(desk, "failed", error="63016", window_closed=True)
    rows = [(row["state"], row["error"], row["replaces"], row["template"]) for row in desk.rows("outbox")]
    assert rows == [("failed", "63016", None, 0), ("held", None, parcel.id, 0), ("queued", None, None, 1)]
    assert leased(desk, conversation).template == "answer_ready"
    assert open_tasks(desk) == []
    desk.say("ya", user="+6281200000001")
    assert leased(desk, conversation).lines == parcel.lines


def test_telegram_has_no_window(desk: Desk) -> None:
    conversation = asked(desk, channel="telegram", user="7")
    desk.clock.now += 3 * OPEN_FOR
    assert leased(desk, conversation).template is None


def test_opting_in_again_opens_the_window(desk: Desk) -> None:
    conversation = late(desk)
    exchange(desk.office, recipients=[conversation])
    record(desk, leased(desk, conversation), Sent("SM1"))
    assert desk.say("START", user="+6281200000001", event="opted_in").recipient == conversation
    assert leased(desk, conversation).position == 2
