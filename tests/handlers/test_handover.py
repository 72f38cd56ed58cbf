"""Officers in conversations: who answers, who may, and what the citizen hears."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from handlers import handover
from handlers.access import Actor, NotAllowedError, NotFoundError
from handlers.handover import Done, HeldBy, Refused
from handlers.messages import Channel, Line
from handlers.parcels import OutgoingFile
from storage import officers, profile, tasks, versions
from storage.models import Officer
from storage.tasks import TaskRow
from tests.offices import Desk, desk_at, said
from tests.storage.fresh import document

RINA = Actor(901, "Rina Lestari", "officer")
DEWI = Actor(902, "Dewi Anggraeni", "officer")
MANAGER = Actor(903, "Ibu Manajer", "complaint_manager")
HEAD = Actor(904, "Bapak Kepala", "head")
INSPECTOR = Actor(905, "Pak Inspektur", "inspector")
TECHNICAL = Actor(906, "Tim Teknis", "technical_team")
OFFICERS = (RINA, DEWI, MANAGER, HEAD, INSPECTOR, TECHNICAL)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        with desk.office.database.transaction() as tx:
            for actor in OFFICERS:
                row = Officer(id=actor.id, name=actor.name, username=f"o{actor.id}", role=actor.role)
                officers.add(tx, row)
        yield desk


def talk(desk: Desk, text: str = "halo", **more: object) -> int:
    return desk.say(text, **more).conversation  # type: ignore[arg-type]


def lines(text: str) -> list[Line]:
    return [Line(text)]


def told(desk: Desk) -> list[str]:
    """All that was written to citizens, oldest first."""
    return ["\n".join(words for _, words in document(row["lines"])) for row in desk.rows("outbox")]


def events(desk: Desk) -> list[object]:
    return [row["kind"] for row in desk.rows("handover_events")]


# Taking over


@pytest.mark.parametrize("channel", ["whatsapp", "telegram", "web"])
def test_from_the_take_over_on_the_bot_is_silent_until_it_is_given_back(desk: Desk, channel: Channel) -> None:
    id_ = talk(desk, "petugas", channel=channel)
    assert desk.say("biaya 29102", channel=channel).replies  # while waiting the bot answers
    assert handover.take_over(desk.office, RINA, id_) == Done()
    assert told(desk)[-1] == "Petugas kami, Rina, sekarang membalas langsung. Tulis bot kalau ingin kembali ke bot."
    silent = desk.say("berapa biaya 29102?", channel=channel)
    assert (silent.replies, silent.mode, silent.decided) == ((), "officer", True)
    assert handover.reply(desk.office, RINA, id_, lines("Gratis, Pak.")) == Done()
    assert handover.give_back(desk.office, RINA, id_) == Done()
    assert told(desk)[-2:] == [
        "Gratis, Pak.",
        "Percakapan kembali ke bot. Silakan bertanya lagi, atau tulis petugas kalau masih perlu.",
    ]
    assert "Gratis" in said(desk.say("berapa biaya 29102?", channel=channel))
    assert events(desk) == ["called", "taken", "given_back"]


def test_of_two_who_take_at_once_one_has_it_and_the_other_is_told_who(desk: Desk) -> None:
    id_ = talk(desk)
    with ThreadPoolExecutor(2) as pool:
        took = list(pool.map(lambda who: handover.take_over(desk.office, who, id_), (RINA, DEWI)))
    assert sorted(type(each).__name__ for each in took) == ["Done", "HeldBy"]
    holder = RINA if took[0] == Done() else DEWI
    assert HeldBy(holder.name) in took
    assert events(desk) == ["taken"]
    assert len(told(desk)) == 2  # the bot's greeting, and one word of who answers now


def test_taking_what_one_has_says_nothing_twice(desk: Desk) -> None:
    id_ = talk(desk)
    for _ in range(2):
        assert handover.take_over(desk.office, RINA, id_) == Done()
    assert events(desk) == ["taken"]


def test_only_who_may_reassign_takes_from_a_colleague_and_only_from_the_one_they_saw(desk: Desk) -> None:
    id_ = talk(desk)
    handover.take_over(desk.office, RINA, id_)
    assert handover.take_over(desk.office, DEWI, id_, expected=RINA.id) == HeldBy(RINA.name)
    assert handover.take_over(desk.office, MANAGER, id_) == HeldBy(RINA.name)
    assert handover.take_over(desk.office, MANAGER, id_, expected=DEWI.id) == HeldBy(RINA.name)
    assert handover.take_over(desk.office, MANAGER, id_, expected=RINA.id) == Done()
    assert handover.reply(desk.office, RINA, id_, lines("halo")) == HeldBy(MANAGER.name)


def test_taking_over_empties_the_queue(desk: Desk) -> None:
    id_ = talk(desk, "petugas")
    assert desk.rows("conversations")[0]["waiting_for_officer_since"] is not None
    handover.take_over(desk.office, RINA, id_)
    assert desk.rows("conversations")[0]["waiting_for_officer_since"] is None
    assert [row["state"] for row in desk.rows("officer_requests")] == ["done"]
    handover.give_back(desk.office, RINA, id_)
    assert "sudah masuk antrean petugas" in said(desk.say("petugas"))  # and it can be asked again


def test_a_report_that_was_begun_goes_on_afterwards(desk: Desk) -> None:
    id_ = talk(desk, "mau lapor, di loket MPP kemarin saya antre empat jam dan tidak dilayani")
    asked = desk.say("petugas")
    assert asked.mode == "filling"  # the report is still open
    handover.take_over(desk.office, RINA, id_)
    desk.say("halo bu")
    handover.give_back(desk.office, RINA, id_)
    answer = desk.say("nama saya Yayat, 0812 0000 1234")
    assert "Nama: Yayat" in said(answer)
    assert answer.mode == "confirming"


@pytest.mark.parametrize("word", ["bot", "BOT", "/menu", "menu", "kembali ke bot", "balik ke bot aja", "Bot."])
def test_the_citizen_calls_the_bot_back(desk: Desk, word: str) -> None:
    handover.take_over(desk.office, RINA, talk(desk))
    back = desk.say(word)
    assert "Percakapan kembali ke bot" in said(back)
    assert back.mode == "idle"
    assert desk.rows("conversations")[0]["officer_id"] is None
    assert desk.rows("handover_events")[-1]["officer_id"] is None
    assert "Gratis" in said(desk.say("biaya 29102"))


@pytest.mark.parametrize(
    "text", ["botol minum", "bot ini bodoh ya", "menurut saya", "saya mau lapor antrean lama", "petugas"]
)
def test_anything_else_is_for_the_officer(desk: Desk, text: str) -> None:
    handover.take_over(desk.office, RINA, talk(desk))
    before = len(told(desk))
    assert desk.say(text).replies == ()
    assert len(told(desk)) == before
    assert desk.rows("misses") == desk.rows("officer_requests") == []


# Replies


def test_a_reply_is_the_holders_alone(desk: Desk) -> None:
    id_ = talk(desk)
    assert handover.reply(desk.office, RINA, id_, lines("halo")) == Refused(
        "Ambil alih dahulu percakapannya, lalu balas."
    )
    handover.take_over(desk.office, RINA, id_)
    assert handover.reply(desk.office, DEWI, id_, lines("halo")) == HeldBy(RINA.name)
    assert handover.reply(desk.office, RINA, id_, lines("halo")) == Done()
    row = desk.rows("outbox")[-1]
    assert (row["sender"], row["officer_id"], row["purpose"], row["state"]) == (
        "officer",
        901,
        "officer_reply",
        "queued",
    )


def test_the_same_reply_posted_twice_is_said_once(desk: Desk) -> None:
    id_ = talk(desk)
    handover.take_over(desk.office, RINA, id_)
    for key in ("first-key", "first-key", "other-key"):
        assert handover.reply(desk.office, RINA, id_, lines("sama"), key=key) == Done()
    assert told(desk).count("sama") == 2


def test_a_long_reply_is_cut_and_an_endless_one_refused(desk: Desk) -> None:
    id_ = talk(desk)
    handover.take_over(desk.office, RINA, id_)
    long = [Line(f"Langkah {n}: " + "siapkan berkas " * 10) for n in range(20)]
    assert handover.reply(desk.office, RINA, id_, long) == Done()
    parts = [text for text in told(desk) if "Langkah" in text]
    assert len(parts) > 1
    assert parts[0].startswith("(1/")
    assert isinstance(handover.reply(desk.office, RINA, id_, lines("x" * 4_001)), Refused)


def test_a_file_goes_with_the_words_of_a_reply(desk: Desk) -> None:
    id_ = talk(desk)
    handover.take_over(desk.office, RINA, id_)
    file = OutgoingFile("a" * 64, "denah.jpg", "image/jpeg", 1_000, picture=True)
    assert handover.reply(desk.office, RINA, id_, lines("Ini denahnya"), file=file) == Done()
    row = desk.rows("outbox")[-1]
    assert "denah.jpg" in str(row["file"])
    assert "Ini denahnya" in str(row["lines"])


# Notes


def test_a_note_may_be_written_by_any_colleague_and_has_no_way_out(desk: Desk) -> None:
    id_ = talk(desk)
    handover.take_over(desk.office, RINA, id_)
    before = desk.rows("outbox")
    assert handover.note(desk.office, DEWI, id_, " warga ini tetangga saya ") == Done()
    assert desk.rows("outbox") == before
    event = desk.rows("handover_events")[-1]
    assert (event["kind"], event["text"], event["officer_id"]) == ("note", "warga ini tetangga saya", DEWI.id)
    assert isinstance(handover.note(desk.office, DEWI, id_, "  "), Refused)


NOTE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).map(
    lambda t: f"RAHASIA{t}"
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["note", "reply", "take", "back", "says", "call"]), NOTE), max_size=12))
def test_whatever_happens_no_note_is_ever_sent(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    with desk_at(tmp_path_factory.mktemp("notes"), "empty") as desk:
        with desk.office.database.transaction() as tx:
            officers.add(tx, Officer(id=RINA.id, name=RINA.name, username="rina", role="officer"))
        id_ = talk(desk)
        for what, text in steps:
            match what:
                case "note":
                    handover.note(desk.office, RINA, id_, text)
                case "reply":
                    handover.reply(desk.office, RINA, id_, lines("balasan"))
                case "take":
                    handover.take_over(desk.office, RINA, id_)
                case "back":
                    handover.give_back(desk.office, RINA, id_)
                case "call":
                    handover.call(desk.office, RINA, id_)
                case "says":
                    desk.say("halo")
        assert not [text for text in told(desk) if "RAHASIA" in text]
        positions = [row["position"] for table in ("inbox", "outbox", "handover_events") for row in desk.rows(table)]
        assert len(positions) == len(set(positions))


# The queue


def at(*moment: int) -> datetime:
    """A moment in Purwakarta."""
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (at(2026, 11, 9, 10, 30), None),
        (at(2026, 11, 9, 7, 59), "paling cepat membalas Senin, 9 November 2026 mulai pukul 08.00"),
        (at(2026, 11, 9, 15, 59), None),
        (at(2026, 11, 9, 16, 0), "paling cepat membalas Selasa, 10 November 2026 mulai pukul 08.00"),
        (at(2026, 11, 13, 16, 15), None),  # Friday, longer
        (at(2026, 11, 13, 16, 30), "paling cepat membalas Senin, 16 November 2026 mulai pukul 08.00"),
        (at(2026, 12, 23, 20, 0), "paling cepat membalas Senin, 28 Desember 2026 mulai pukul 08.00"),  # Christmas
    ],
)
def test_outside_office_hours_it_is_said_when_somebody_can_answer(desk: Desk, now: datetime, says: str | None) -> None:
    desk.clock.now = now
    answer = said(desk.say("petugas"))
    assert "sudah masuk antrean petugas" in answer
    if says is None:
        assert "luar jam kerja" not in answer
    else:
        assert says in answer
        assert "f. WA: 081809898222" in answer  # and the ways that the standard prints


def test_the_office_says_its_hours_itself(desk: Desk) -> None:
    desk.clock.now = at(2026, 11, 9, 16, 30)
    with desk.office.database.transaction() as tx:
        profile.put(tx, "hours", "Senin–Jumat 07.30–17.00", desk.clock.now)
        versions.bump(tx, versions.PROFILE)
    assert "luar jam kerja" not in said(desk.say("petugas"))


def test_an_officer_puts_a_conversation_into_the_queue(desk: Desk) -> None:
    id_ = talk(desk)
    assert handover.call(desk.office, RINA, id_) == Done()
    assert handover.call(desk.office, DEWI, id_) == Done()
    assert events(desk) == ["called"]
    handover.take_over(desk.office, RINA, id_)
    assert isinstance(handover.call(desk.office, DEWI, id_), Refused)


# Who may


@pytest.mark.parametrize("visible_to", [None, "manager", "head", "inspectorate"])
@pytest.mark.parametrize("actor", OFFICERS, ids=lambda actor: str(actor.role))
def test_only_its_audience_does_anything_in_a_confidential_conversation(
    desk: Desk, actor: Actor, visible_to: str | None
) -> None:
    id_ = talk(desk)
    _confide(desk, visible_to)
    answers = {None: {901, 902, 903, 904}, "manager": {903}, "head": {904}, "inspectorate": {905}}[visible_to]
    reads = answers | ({905} if visible_to is None else set())
    deeds: tuple[Callable[[], object], ...] = (
        lambda: handover.take_over(desk.office, actor, id_),
        lambda: handover.reply(desk.office, actor, id_, lines("halo")),
        lambda: handover.note(desk.office, actor, id_, "halo"),
        lambda: handover.give_back(desk.office, actor, id_),
        lambda: handover.call(desk.office, actor, id_),
        lambda: handover.mute(desk.office, actor, id_, "uji", date(2026, 11, 16)),
        lambda: handover.unmute(desk.office, actor, id_),
    )
    before = desk.rows("handover_events"), desk.rows("outbox")
    for deed in deeds:
        if actor.id in answers:
            deed()
        else:
            with pytest.raises(NotAllowedError if actor.id in reads else NotFoundError):
                deed()
    if actor.id not in answers:
        assert (desk.rows("handover_events"), desk.rows("outbox")) == before
    if actor.id not in reads:
        with pytest.raises(NotFoundError):
            handover.mark_read(desk.office, actor, id_, 1)


def test_a_mark_of_reading_only_moves_on(desk: Desk) -> None:
    id_ = talk(desk)
    for position in (2, 1, 99):
        handover.mark_read(desk.office, RINA, id_, position)
    with desk.office.database.reader() as conn:
        assert conn.execute(text("SELECT position FROM read_marks")).scalars().all() == [2]


def _confide(desk: Desk, audience: str | None) -> None:
    with desk.office.database.transaction() as tx:
        tx.execute(text("UPDATE conversations SET visible_to = :to"), {"to": audience})


# Tasks


def test_a_task_is_settled_once_and_by_whoever_may_answer(desk: Desk) -> None:
    id_ = talk(desk)
    with desk.office.database.transaction() as tx:
        tasks.add(tx, [TaskRow(77, "telephone", id_, None, "no template", desk.clock.now)])
    with pytest.raises(NotAllowedError):
        handover.settle_task(desk.office, INSPECTOR, id_, 77)
    assert isinstance(handover.settle_task(desk.office, RINA, id_, 78), Refused)
    assert handover.settle_task(desk.office, RINA, id_, 77) == Done()
    assert isinstance(handover.settle_task(desk.office, DEWI, id_, 77), Refused)
    assert [row["state"] for row in desk.rows("tasks")] == ["done"]
    assert events(desk) == ["settled"]
