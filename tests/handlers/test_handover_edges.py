"""Officers in conversations, where it is easy to go wrong: closed windows, old buttons, retries, open lists, mutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from handlers import handover, sending
from handlers.access import Actor, NotFoundError
from handlers.handover import Done, HeldBy, Refused
from handlers.inbound import READ_HELD, receive
from handlers.messages import Attachment, Channel, Line
from handlers.parcels import Sent, Uncertain, Untold
from storage import officers
from storage.models import Officer
from tests.offices import Desk, desk_at, said
from tests.postgresql import about_sqlite

RINA = Actor(901, "Rina Lestari", "officer")
DEWI = Actor(902, "Dewi Anggraeni", "officer")
MANAGER = Actor(903, "Ibu Manajer", "complaint_manager")
INSPECTOR = Actor(905, "Pak Inspektur", "inspector")
HELLO = [Line("Halo, Pak.")]
A_DAY = timedelta(hours=24)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        with desk.office.database.transaction() as tx:
            for actor in (RINA, DEWI, MANAGER, INSPECTOR):
                officers.add(tx, Officer(id=actor.id, name=actor.name, username=f"o{actor.id}", role=actor.role))
        yield desk


def outbox(desk: Desk, columns: str = "sender, state, purpose, template") -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in desk.rows("outbox", columns)]


def exchange(desk: Desk, id_: int) -> None:
    """All that may go out now goes out, and arrives."""
    made = sending.exchange(desk.office, recipients=[id_])
    while made.parcels or made.more:
        results = [(parcel, Sent(f"SM{parcel.id}")) for parcel in made.parcels]
        made = sending.exchange(desk.office, results, recipients=[id_])


# WhatsApp's window


def test_after_the_window_has_closed_only_the_reply_asks_for_an_answer(desk: Desk) -> None:
    """Who answers is no news to be asked for by a template, and would not be true when it is read."""
    id_ = desk.say("halo").conversation
    exchange(desk, id_)
    desk.clock.now += A_DAY
    before = len(outbox(desk))
    assert handover.take_over(desk.office, RINA, id_) == Done()
    assert len(outbox(desk)) == before
    for words in ("Berkasnya sudah lengkap.", "Silakan diambil."):
        handover.reply(desk.office, RINA, id_, [Line(words)])
    exchange(desk, id_)
    desk.clock.now += timedelta(hours=2)
    assert handover.give_back_quiet(desk.office) == [id_]
    assert outbox(desk)[before:] == [
        ("officer", "held", "officer_reply", 0),
        ("officer", "held", "officer_reply", 0),
        ("system", "sent", "officer_reply", 1),
    ]
    desk.say(payload=READ_HELD)
    exchange(desk, id_)
    assert [row[1] for row in outbox(desk)[before:]] == ["sent"] * 3


@pytest.mark.parametrize(("hours", "announced"), [(timedelta(hours=23, minutes=59), True), (A_DAY, False)])
def test_the_window_is_open_for_a_day(desk: Desk, hours: timedelta, announced: bool) -> None:
    id_ = desk.say("halo").conversation
    desk.clock.now += hours
    handover.take_over(desk.office, RINA, id_)
    assert ("system" in [row[0] for row in outbox(desk)]) is announced


@pytest.mark.parametrize("channel", ["telegram", "web"])
def test_elsewhere_no_window_closes(desk: Desk, channel: Channel) -> None:
    id_ = desk.say("halo", channel=channel).conversation
    desk.clock.now += timedelta(days=30)
    handover.take_over(desk.office, RINA, id_)
    assert outbox(desk)[-1][0] == "system"


def test_whoever_cannot_be_reached_is_no_task_because_of_who_answers(desk: Desk) -> None:
    id_ = desk.say("halo", channel="telegram").conversation
    exchange(desk, id_)
    desk.say(channel="telegram", event="blocked")
    handover.take_over(desk.office, RINA, id_)
    desk.clock.now += timedelta(hours=1)
    assert handover.give_back_quiet(desk.office) == [id_]
    exchange(desk, id_)
    assert desk.rows("tasks") == []


def test_a_reply_of_which_nobody_knows_whether_it_arrived_is_asked_about(desk: Desk) -> None:
    id_ = desk.say("halo", channel="telegram").conversation
    exchange(desk, id_)
    handover.take_over(desk.office, RINA, id_)
    exchange(desk, id_)
    handover.reply(desk.office, RINA, id_, HELLO)
    (parcel,) = sending.exchange(desk.office, recipients=[id_]).parcels
    sending.exchange(desk.office, [(parcel, Uncertain("TimedOut"))])
    desk.clock.now += timedelta(minutes=2)
    (doubt,) = sending.sweep(desk.office, alone=False).doubts
    assert sending.settle(desk.office, [(doubt, Untold())]) == []
    assert [row["kind"] for row in desk.rows("tasks")] == ["unconfirmed"]
    assert outbox(desk, "state")[-1] == ("unknown",)


# Replies


def test_an_empty_reply_is_refused(desk: Desk) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    before = outbox(desk)
    for lines in ([], [Line("")], [Line("  "), Line("\n")]):
        assert isinstance(handover.reply(desk.office, RINA, id_, lines), Refused)
    assert outbox(desk) == before


def test_a_reply_that_was_written_is_not_refused_when_the_page_asks_again(desk: Desk) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    assert handover.reply(desk.office, RINA, id_, HELLO, key="k1") == Done()
    handover.give_back(desk.office, RINA, id_)
    before = outbox(desk)
    assert handover.reply(desk.office, RINA, id_, HELLO, key="k1") == Done()
    assert outbox(desk) == before
    assert isinstance(handover.reply(desk.office, RINA, id_, HELLO, key="k2"), Refused)


def test_a_key_counts_within_its_conversation(desk: Desk) -> None:
    for user in ("asep", "euis"):
        id_ = desk.say("halo", user=user).conversation
        handover.take_over(desk.office, RINA, id_)
        handover.reply(desk.office, RINA, id_, HELLO, key="same")
    assert [row[0] for row in outbox(desk)].count("officer") == 2


def test_no_colleague_gives_back_what_another_holds(desk: Desk) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    assert handover.give_back(desk.office, DEWI, id_) == HeldBy(RINA.name)


# What the citizen sends meanwhile


@pytest.mark.parametrize("channel", ["whatsapp", "telegram", "web"])
def test_an_old_button_calls_nobody_back_but_a_command_does(desk: Desk, channel: Channel) -> None:
    id_ = desk.say("halo", channel=channel).conversation
    handover.take_over(desk.office, RINA, id_)
    pressed = desk.say("Menu", channel=channel, payload="menu", pressed_on=2)  # every channel sends its title along
    assert (pressed.replies, pressed.mode) == ((), "officer")
    called = desk.say("/menu", channel=channel, payload="menu")  # as Telegram reads a command
    assert (called.mode, "kembali ke bot" in said(called)) == ("idle", True)


def test_photos_and_voice_notes_are_kept_and_open_nothing(desk: Desk) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    for kind in ("photo", "voice", "location"):
        answer = desk.say(attachments=(Attachment(kind, "", "m", f"https://example.test/{kind}"),))
        assert (answer.replies, answer.decided, answer.files) == ((), True, True)
    assert len(desk.rows("media")) == 3
    assert desk.rows("cases") == desk.rows("misses") == []


def test_a_fragment_that_waits_while_an_officer_takes_over_is_left_to_them(desk: Desk) -> None:
    id_ = desk.say("halo").conversation
    assert not desk.say("pak saya mau", burst=True).decided
    handover.take_over(desk.office, RINA, id_)
    assert desk.say("tanya soal biaya").replies == ()
    assert all(row["decided_at"] for row in desk.rows("inbox"))


def test_an_old_list_no_longer_says_what_a_digit_means(desk: Desk) -> None:
    for back in ("citizen", "officer"):
        id_ = desk.say("29102", user=back).conversation
        assert desk.say("29102", user=back).mode == "choosing"
        handover.take_over(desk.office, RINA, id_)
        if back == "officer":
            handover.give_back(desk.office, RINA, id_)
        else:
            returned = desk.say("bot", user=back)
            assert "1." not in said(returned)
            assert returned.mode == "idle"
        answered = desk.say("2", user=back)
        assert answered.report is not None
        assert answered.report.components == ()


@pytest.mark.parametrize("who", ["citizen", "officer", "clock"])
def test_a_summary_that_awaits_a_yes_still_does_afterwards(desk: Desk, who: str) -> None:
    first = desk.say("saya Yayat, 0812 0000 1234, mau lapor: kemarin di loket MPP saya dimintai 200rb padahal gratis")
    assert first.mode == "confirming"
    handover.take_over(desk.office, MANAGER, first.conversation)  # it is about money, so it is theirs
    assert desk.say("ya").replies == ()
    match who:
        case "citizen":
            assert "masih terbuka" in said(desk.say("bot"))
        case "officer":
            handover.give_back(desk.office, MANAGER, first.conversation)
        case "clock":
            desk.clock.now += timedelta(minutes=60)
            handover.give_back_quiet(desk.office)
    assert "ADU-2026-" in said(desk.say("ya"))


def test_to_call_and_to_leave_in_one_batch_leaves_no_wish_behind(desk: Desk) -> None:
    receive(desk.office, [desk.message("petugas"), desk.message("batal")])
    assert [row["state"] for row in desk.rows("officer_requests")] == ["done"]
    assert desk.rows("conversations")[0]["waiting_for_officer_since"] is None
    assert [row["kind"] for row in desk.rows("handover_events")] == ["called", "left"]


# Who is muted


def test_whoever_is_muted_does_not_stand_in_the_queue_even_in_the_middle_of_a_report(desk: Desk) -> None:
    asked = desk.say("mau lapor, di loket MPP kemarin saya antre empat jam dan tidak dilayani")
    handover.mute(desk.office, RINA, asked.conversation, "hanya mencaci", date(2026, 11, 16))
    assert desk.say("petugas").replies == ()
    assert desk.rows("officer_requests") == []
    assert "Nama: Yayat" in said(desk.say("nama saya Yayat, 0812 0000 1234"))


def test_photos_of_somebody_muted_still_reach_their_report(desk: Desk) -> None:
    asked = desk.say("mau lapor, di loket MPP kemarin saya antre empat jam dan tidak dilayani")
    handover.mute(desk.office, RINA, asked.conversation, "hanya mencaci", date(2026, 11, 16))
    desk.say(attachments=(Attachment("photo", "", "m", "https://example.test/1"),))
    desk.say("nama saya Yayat, 0812 0000 1234")
    assert "ADU-2026-" in said(desk.say("ya"))


# The clock


def test_only_what_fell_quiet_is_given_back_batch_by_batch(desk: Desk) -> None:
    ids = []
    for user in ("a", "b", "c", "d"):
        ids.append(desk.say("halo", user=user).conversation)
        handover.take_over(desk.office, RINA, ids[-1])
        desk.clock.now += timedelta(seconds=1)
    desk.clock.now += timedelta(minutes=59, seconds=58)  # an hour after the third, a second less after the fourth
    desk.say("halo?", user="b")
    assert handover.give_back_quiet(desk.office, 1) == [ids[0]]
    assert handover.give_back_quiet(desk.office, 1) == [ids[2]]
    assert handover.give_back_quiet(desk.office) == []


@pytest.mark.parametrize("change", ["active = false", "role = 'technical_team'"])
def test_what_an_officer_held_who_no_longer_answers_goes_back_at_once(desk: Desk, change: str) -> None:
    """Else a citizen who goes on writing would write to nobody, and no hour would ever be quiet."""
    ids = {}
    for actor in (RINA, DEWI):
        ids[actor] = desk.say("halo", user=actor.name).conversation
        handover.take_over(desk.office, actor, ids[actor])
    assert handover.give_back_quiet(desk.office) == []
    with desk.office.database.transaction() as tx:
        tx.execute(text(f"UPDATE officers SET {change} WHERE id = {RINA.id}"))
    assert handover.give_back_quiet(desk.office) == [ids[RINA]]
    assert handover.give_back_quiet(desk.office) == []
    assert "kembali ke bot" in str(desk.rows("outbox")[-1]["lines"])
    last = desk.rows("handover_events")[-1]
    assert (last["kind"], last["officer_id"]) == ("released", None)  # the clock did it, and not Rina


@pytest.fixture
def orphan(desk: Desk) -> int:
    """A conversation about the head, held by a manager, who may not read it: no door leads there for them."""
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, MANAGER, id_)
    with desk.office.database.transaction() as tx:
        tx.execute(text("UPDATE conversations SET visible_to = 'inspectorate'"))
    return id_


def test_what_is_held_by_one_who_is_not_of_its_audience_goes_back_at_once(desk: Desk, orphan: int) -> None:
    other = desk.say("halo", user="b").conversation
    handover.take_over(desk.office, MANAGER, other)
    with desk.office.database.transaction() as tx:
        tx.execute(text("UPDATE conversations SET visible_to = 'manager' WHERE id = :id"), {"id": other})
    assert handover.give_back_quiet(desk.office) == [orphan]
    assert handover.give_back_quiet(desk.office) == []


@pytest.mark.parametrize("expected", [None, MANAGER.id])
def test_its_audience_takes_it_from_one_who_may_not_answer_there(desk: Desk, orphan: int, expected: int | None) -> None:
    assert handover.take_over(desk.office, INSPECTOR, orphan, expected=expected) == Done()
    assert desk.rows("conversations")[0]["officer_id"] == INSPECTOR.id


def test_its_audience_gives_it_back_for_one_who_may_not_answer_there(desk: Desk, orphan: int) -> None:
    assert handover.give_back(desk.office, INSPECTOR, orphan) == Done()
    last = desk.rows("handover_events")[-1]
    assert (last["kind"], last["officer_id"]) == ("given_back", INSPECTOR.id)


def test_from_an_officer_who_left_any_colleague_takes_it(desk: Desk) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    assert handover.take_over(desk.office, DEWI, id_) == HeldBy(RINA.name)
    with desk.office.database.transaction() as tx:
        tx.execute(text(f"UPDATE officers SET active = false WHERE id = {RINA.id}"))
    assert handover.take_over(desk.office, DEWI, id_) == Done()


@about_sqlite
def test_the_quiet_ones_are_found_by_their_index(desk: Desk) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(desk.office.database.engine, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
    handover.give_back_quiet(desk.office)
    [(query, facts)] = [each for each in asked if "officer_active_at <=" in each[0]]
    with desk.office.database.reader() as conn:
        plan = str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", facts).all())
    assert "ix_conversations_taken" in plan
    assert "SCAN officers" not in plan


@pytest.mark.parametrize(
    ("words", "audience"),
    [
        ("tolong dirahasiakan ya bu", "manager"),
        ("sebenarnya saya disuruh kasih amplop", "manager"),
        ("ini soal kepala dinas, saya diperas", "inspectorate"),
    ],
)
def test_what_is_confided_to_an_officer_is_at_once_for_its_audience_alone(
    desk: Desk, words: str, audience: str
) -> None:
    id_ = desk.say("halo").conversation
    handover.take_over(desk.office, RINA, id_)
    answer = desk.say(words)
    row = desk.rows("conversations")[0]
    assert (row["visible_to"], row["officer_id"]) == (audience, None)
    assert row["waiting_for_officer_since"] is not None
    assert "Demi kerahasiaan" in said(answer)
    with pytest.raises(NotFoundError):
        handover.reply(desk.office, RINA, id_, [Line("halo")])
    reader = MANAGER if audience == "manager" else INSPECTOR
    assert handover.take_over(desk.office, reader, id_) == Done()
    assert desk.say("ini juga rahasia, soal amplop").replies == ()  # told to whom it is for
