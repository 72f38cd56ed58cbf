"""Around sending: order, leases, what a refusal or a doubt leads to, reports in any order, WhatsApp's window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from handlers.messages import Channel
from handlers.parcels import Absent, Later, Outcome, Parcel, Refused, Sent, Status, Uncertain, Untold, WindowClosed
from handlers.sending import GIVE_UP, LEASE, Exchange, exchange, settle, sweep
from storage import outbox, tasks
from tests.offices import Desk, desk_at
from tests.postgresql import about_sqlite

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        yield desk


def asked(desk: Desk, *texts: str, channel: Channel = "whatsapp", user: str = "+6281200000001") -> int:
    """The conversation in which these were asked and answered; the answers wait to be sent."""
    for text in texts or ("biaya 29102",):
        decision = desk.say(text, channel=channel, user=user)
    assert decision.recipient is not None
    return decision.recipient


def leased(desk: Desk, conversation: int) -> Parcel:
    [parcel] = exchange(desk.office, recipients=[conversation]).parcels
    return parcel


def record(desk: Desk, parcel: Parcel, outcome: Outcome) -> Exchange:
    return exchange(desk.office, results=[(parcel, outcome)])


def report(desk: Desk, state: str, provider_id: str = "SM1", **more: object) -> Exchange:
    return exchange(desk.office, statuses=[replace(Status(provider_id, "sent"), state=state, **more)])  # type: ignore[arg-type]


def states(desk: Desk) -> list[object]:
    return [row["state"] for row in desk.rows("outbox")]


def open_tasks(desk: Desk) -> list[tuple[str, str]]:
    with desk.office.database.reader() as conn:
        return [(task.kind, task.reason) for task in tasks.open_tasks(conn)]


def from_officer(desk: Desk, conversation: int) -> None:
    """As a reply of an officer stands in the outbox."""
    with desk.office.database.transaction() as tx:
        tx.execute(
            outbox.outbox.update().where(outbox.outbox.c.conversation_id == conversation).values(sender="officer")
        )


def test_a_parcel_has_all_that_a_channel_needs(desk: Desk) -> None:
    parcel = leased(desk, asked(desk))
    assert (parcel.address.channel, parcel.address.user) == ("whatsapp", "+6281200000001")
    assert "Gratis" in [line.text for line in parcel.lines]
    assert [button.title for button in parcel.buttons] == ["Lama proses", "Persyaratan", "Kurang tepat"]
    assert (parcel.position, parcel.sender, parcel.template, parcel.repeated) == (2, "bot", None, False)


def test_a_recipients_messages_go_one_after_another_in_order(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102")
    first = exchange(desk.office, recipients=[conversation])
    assert [parcel.position for parcel in first.parcels] == [2]
    assert first.more == {conversation}
    assert exchange(desk.office, recipients=[conversation]).parcels == [], "the first is still on its way"
    again = exchange(desk.office, [(first.parcels[0], Sent("SM1"))], recipients=[conversation])
    assert [parcel.position for parcel in again.parcels] == [4]
    assert again.more == set()
    assert states(desk) == ["sent", "sending"]


def test_recipients_do_not_wait_for_each_other(desk: Desk) -> None:
    conversations = [asked(desk, user=f"+628120000000{n}") for n in range(5)]
    assert len(exchange(desk.office, recipients=conversations).parcels) == 5


def test_what_the_provider_took_is_sent_and_has_its_id(desk: Desk) -> None:
    record(desk, leased(desk, asked(desk)), Sent("SM1"))
    [row] = desk.rows("outbox")
    assert (row["state"], row["provider_id"], row["lease_until"]) == ("sent", "SM1", None)
    assert row["sent_at"] is not None


def test_what_it_did_not_take_is_tried_again_later_and_holds_up_what_comes_after(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102")
    for wait in (1, 2, 4, 8):
        record(desk, leased(desk, conversation), Later("500"))
        desk.clock.now += timedelta(seconds=wait) - timedelta(milliseconds=1)
        assert sweep(desk.office, alone=False).recipients == []
        assert exchange(desk.office, recipients=[conversation]).parcels == []
        desk.clock.now += timedelta(milliseconds=1)
        assert sweep(desk.office, alone=False).recipients == [(conversation, "whatsapp")]
    assert leased(desk, conversation).position == 2


def test_the_provider_says_how_long_to_wait(desk: Desk) -> None:
    conversation = asked(desk)
    record(desk, leased(desk, conversation), Later("429", after=37.0, throttled=True))
    desk.clock.now += timedelta(seconds=36)
    assert exchange(desk.office, recipients=[conversation]).parcels == []
    desk.clock.now += timedelta(seconds=1)
    assert leased(desk, conversation)


def test_after_a_day_of_trying_a_person_is_told(desk: Desk) -> None:
    conversation = asked(desk, channel="telegram", user="7")
    desk.clock.now += GIVE_UP
    record(desk, leased(desk, conversation), Later("500"))
    assert states(desk) == ["failed"]
    assert open_tasks(desk) == [("undelivered", "500")]


def test_what_was_held_for_days_is_tried_for_a_day_like_the_rest(desk: Desk) -> None:
    conversation = asked(desk, channel="telegram", user="7")
    desk.clock.now += 3 * GIVE_UP
    desk.say("halo", channel="telegram", user="7")
    record(desk, leased(desk, conversation), Later("500"))
    assert states(desk) == ["queued", "queued"]


def test_a_refusal_is_a_task_and_the_next_message_goes(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102")
    record(desk, leased(desk, conversation), Refused("63019"))
    assert open_tasks(desk) == [("undelivered", "63019")]
    assert leased(desk, conversation).position == 4


def test_who_blocked_us_is_sent_nothing_until_they_write(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102", channel="telegram", user="7")
    record(desk, leased(desk, conversation), Refused("403", unreachable="blocked"))
    assert exchange(desk.office, recipients=[conversation]).parcels == []
    assert [row["error"] for row in desk.rows("outbox")] == ["403", "blocked"]
    assert [row["unreachable"] for row in desk.rows("conversations")] == ["blocked"]
    desk.say("syarat 29102", channel="telegram", user="7")
    assert leased(desk, conversation).position > 4


def test_a_number_without_whatsapp_is_to_be_telephoned(desk: Desk) -> None:
    record(desk, leased(desk, asked(desk)), Refused("63024", unreachable="not_on_whatsapp"))
    assert open_tasks(desk) == [("telephone", "63024")]


@pytest.mark.parametrize("event", ["blocked", "opted_out"])
def test_an_event_is_noted_and_answered_by_nobody(desk: Desk, event: str) -> None:
    conversation = asked(desk)
    decision = desk.say(event=event)
    assert decision.decided
    assert not decision.replies
    asked_by = desk.say(user="+6281200000001", event=event)
    assert not asked_by.replies
    assert exchange(desk.office, recipients=[conversation]).parcels == []


# ---------------------------------------------------------------- doubts


def test_a_message_that_was_cut_off_on_telegram_is_repeated_once_and_marked(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102", channel="telegram", user="7")
    record(desk, leased(desk, conversation), Uncertain("TimedOut"))
    assert leased(desk, conversation).position == 4, "later ones do not wait for it"
    desk.clock.now += MINUTE - timedelta(seconds=1)
    assert sweep(desk.office, alone=False).doubts == []
    desk.clock.now += timedelta(seconds=1)
    [doubt] = sweep(desk.office, alone=False).doubts
    assert settle(desk.office, [(doubt, Untold())]) == [(conversation, "telegram")]
    record(desk, Parcel(0, 0, doubt.parcel.address, 0, (), (), "bot", desk.clock.now), Sent("x"))
    desk.clock.now += LEASE
    with desk.office.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE outbox SET state = 'sent' WHERE position = 4")
    again = leased(desk, conversation)
    assert (again.position, again.repeated) == (2, True)
    record(desk, again, Uncertain("TimedOut"))
    desk.clock.now += MINUTE
    [doubt] = sweep(desk.office, alone=False).doubts
    assert settle(desk.office, [(doubt, Untold())]) == []
    assert open_tasks(desk) == [("unconfirmed", "TimedOut")]
    desk.clock.now += timedelta(days=3)
    assert sweep(desk.office, alone=False).doubts == []


def test_a_repetition_that_a_crash_cut_off_is_repeated_too(desk: Desk) -> None:
    conversation = asked(desk, channel="telegram", user="7")
    for _ in range(3):
        leased(desk, conversation)
        sweep(desk.office, alone=True)
        desk.clock.now += MINUTE
        [doubt] = sweep(desk.office, alone=True).doubts
        assert settle(desk.office, [(doubt, Untold())]) == [(conversation, "telegram")]
    assert leased(desk, conversation).repeated
    assert open_tasks(desk) == []


def test_an_officers_message_that_was_cut_off_is_asked_about(desk: Desk) -> None:
    conversation = asked(desk, channel="telegram", user="7")
    from_officer(desk, conversation)
    record(desk, leased(desk, conversation), Uncertain("TimedOut"))
    desk.clock.now += MINUTE
    [doubt] = sweep(desk.office, alone=False).doubts
    assert settle(desk.office, [(doubt, Untold())]) == []
    assert open_tasks(desk) == [("unconfirmed", "TimedOut")]
    assert states(desk) == ["unknown"]


def test_twilio_is_asked_what_became_of_it(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102")
    for answer in (Sent("SM9"), Absent()):
        record(desk, leased(desk, conversation), Uncertain("timeout"))
        desk.clock.now += timedelta(seconds=5)
        [doubt] = sweep(desk.office, alone=False).doubts
        settle(desk.office, [(doubt, answer)])
    rows = [(row["state"], row["provider_id"]) for row in desk.rows("outbox")]
    assert rows == [("sent", "SM9"), ("queued", None)]
    assert not leased(desk, conversation).repeated, "it certainly did not arrive"


def test_what_twilio_refused_meanwhile_is_refused(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102")
    for answer in (Refused("63018"), WindowClosed()):
        record(desk, leased(desk, conversation), Uncertain("timeout"))
        desk.clock.now += timedelta(seconds=5)
        [doubt] = sweep(desk.office, alone=False).doubts
        settle(desk.office, [(doubt, answer)])
    assert states(desk) == ["failed", "failed", "held", "queued"]
    assert open_tasks(desk) == [("undelivered", "63018")]


def test_a_message_that_never_arrives_is_tried_later_and_later(desk: Desk) -> None:
    conversation = asked(desk)
    waits = []
    for _ in range(4):
        record(desk, leased(desk, conversation), Uncertain("503"))
        desk.clock.now += timedelta(seconds=5)
        [doubt] = sweep(desk.office, alone=False).doubts
        settle(desk.office, [(doubt, Absent())])
        began = desk.clock.now
        while not sweep(desk.office, alone=False).recipients:
            desk.clock.now += timedelta(seconds=1)
        waits.append((desk.clock.now - began).total_seconds())
    assert waits[0] == 0
    assert waits == sorted(waits)
    assert waits[-1] > 10


def test_the_sid_of_another_row_is_not_taken(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102")
    record(desk, leased(desk, conversation), Uncertain("timeout"))
    desk.clock.now += timedelta(seconds=5)
    [doubt] = sweep(desk.office, alone=False).doubts
    record(desk, leased(desk, conversation), Sent("SM1"))
    settle(desk.office, [(doubt, Sent("SM1"))])
    assert states(desk) == ["unknown", "sent"]


def test_what_was_found_before_it_was_sent_again_says_nothing(desk: Desk) -> None:
    """Two processes look it up. One is faster, sends it again, and dies before it can write that down."""
    conversation = asked(desk)
    record(desk, leased(desk, conversation), Uncertain("timeout"))
    desk.clock.now += timedelta(seconds=5)
    [doubt] = sweep(desk.office, alone=False).doubts
    [the_same] = sweep(desk.office, alone=False).doubts
    settle(desk.office, [(doubt, Absent())])
    leased(desk, conversation)
    sweep(desk.office, alone=True)
    assert settle(desk.office, [(the_same, Absent())]) == []
    assert states(desk) == ["unknown"]


def test_two_alike_are_looked_up_one_after_the_other(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "biaya 29102")
    for _ in range(2):
        record(desk, leased(desk, conversation), Uncertain("timeout"))
    desk.clock.now += MINUTE
    [first] = sweep(desk.office, alone=False).doubts
    settle(desk.office, [(first, Sent("SM1"))])
    [second] = sweep(desk.office, alone=False).doubts
    assert second.parcel.position > first.parcel.position
    assert second.known == {"SM1"}


def test_what_a_dead_process_was_sending_is_in_doubt(desk: Desk) -> None:
    conversation = asked(desk)
    leased(desk, conversation)
    assert sweep(desk.office, alone=False).doubts == []
    assert states(desk) == ["sending"], "the process may live"
    sweep(desk.office, alone=True)
    assert states(desk) == ["unknown"]


def test_a_lease_ends_by_itself(desk: Desk) -> None:
    leased(desk, asked(desk))
    desk.clock.now += LEASE + timedelta(seconds=1)
    sweep(desk.office, alone=False)
    assert states(desk) == ["unknown"]


# ---------------------------------------------------------------- reports


@given(order=st.permutations(["sent", "delivered", "read", "delivered", "sent"]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_states_only_move_forward(desk: Desk, order: list[str]) -> None:
    parcel = leased(desk, asked(desk))
    record(desk, parcel, Sent(f"SM{parcel.id}"))
    best = 0
    for state in order:
        report(desk, state, f"SM{parcel.id}")
        best = max(best, ("sent", "delivered", "read").index(state))
        assert states(desk)[-1] == ("sent", "delivered", "read")[best]


def test_a_failure_ends_it_unless_it_was_delivered(desk: Desk) -> None:
    conversation = asked(desk, "biaya 29102", "lama 29102")
    for provider_id in ("SM1", "SM2"):
        record(desk, leased(desk, conversation), Sent(provider_id))
    report(desk, "delivered", "SM1")
    for provider_id in ("SM1", "SM2"):
        report(desk, "failed", provider_id, error="63018")
        report(desk, "read", provider_id)
    assert states(desk) == ["read", "failed"]
    assert open_tasks(desk) == [("undelivered", "63018")]


def test_a_report_may_be_faster_than_the_answer(desk: Desk) -> None:
    parcel = leased(desk, asked(desk))
    assert [status.provider_id for status in report(desk, "sent").unmatched] == ["SM1"]
    assert report(desk, "delivered", outbox_id=parcel.id).unmatched == []
    record(desk, parcel, Sent("SM1"))
    assert [(row["state"], row["provider_id"]) for row in desk.rows("outbox")] == [("delivered", "SM1")]


def test_a_report_on_a_message_that_was_cut_off_settles_it(desk: Desk) -> None:
    parcel = leased(desk, asked(desk))
    record(desk, parcel, Uncertain("timeout"))
    report(desk, "sent", outbox_id=parcel.id)
    desk.clock.now += MINUTE
    assert sweep(desk.office, alone=False).doubts == []
    assert states(desk) == ["sent"]


def test_a_report_on_nothing_of_ours_changes_nothing(desk: Desk) -> None:
    asked(desk)
    assert len(report(desk, "read", "SM404", outbox_id=404).unmatched) == 1
    assert states(desk) == ["queued"]


@about_sqlite
def test_the_queries_read_only_what_is_not_settled(desk: Desk) -> None:
    """A million messages that were sent cost the sweeps nothing: each query goes through a partial index."""
    conversation = asked(desk)
    queries: list[tuple[str, Any]] = []
    event.listen(desk.office.database.engine, "before_cursor_execute", lambda *about: queries.append(about[2:4]))
    sweep(desk.office, alone=False)
    exchange(desk.office, statuses=[Status("SM404", "sent")], recipients=[conversation])
    used = set()
    with desk.office.database.reader() as conn:
        for sql, values in [(sql, values) for sql, values in queries if sql.startswith("SELECT")]:
            for plan in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values):
                used |= set(re.findall(r"(?:SCAN|SEARCH) (?:outbox|before)\b.*", plan.detail))
    assert {re.split(r" \(", plan)[0] for plan in used} == {
        "SEARCH outbox USING INDEX ix_outbox_due",
        "SEARCH outbox USING INDEX ix_outbox_unsent",
        "SEARCH before USING INDEX ix_outbox_unsent",
        "SEARCH outbox USING INDEX ix_outbox_provider_id",
        "SEARCH outbox USING INTEGER PRIMARY KEY",
    }
