"""When an officer's conversation falls quiet, and citizens who are muted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from handlers import handover
from handlers.handover import Done, Refused
from storage import officers
from storage.models import Officer
from tests.handlers.test_handover import RINA, at, events, lines, talk, told
from tests.offices import Desk, desk_at, said


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        with desk.office.database.transaction() as tx:
            officers.add(tx, Officer(id=RINA.id, name=RINA.name, username="rina", role=RINA.role))
        yield desk


# The quiet hour


@pytest.mark.parametrize(("minutes", "seconds", "back"), [(59, 59, False), (60, 0, True)])
def test_after_an_hour_without_a_word_the_bot_has_it_again(desk: Desk, minutes: int, seconds: int, back: bool) -> None:
    id_ = talk(desk)
    handover.take_over(desk.office, RINA, id_)
    desk.clock.now += timedelta(minutes=30)
    desk.say("masih di sana bu?")  # a word of either counts
    handover.reply(desk.office, RINA, id_, lines("iya"))
    desk.clock.now += timedelta(minutes=minutes, seconds=seconds)
    assert handover.give_back_quiet(desk.office) == ([id_] if back else [])
    assert handover.give_back_quiet(desk.office) == []
    assert ("quiet" in events(desk)) is back
    assert (told(desk)[-1].startswith("Sudah satu jam tidak ada pesan")) is back


def test_only_what_an_officer_holds_can_fall_quiet(desk: Desk) -> None:
    talk(desk, "petugas")
    desk.clock.now += timedelta(days=2)
    assert handover.give_back_quiet(desk.office) == []


# Muting


def test_whoever_is_muted_gets_no_answer_but_their_reports_come_in(desk: Desk) -> None:
    id_ = talk(desk, "anjing lu semua")
    assert handover.mute(desk.office, RINA, id_, "hanya mencaci", date(2026, 11, 16)) == Done()
    for words in ("goblok", "halo", "biaya 29102", "petugas"):
        assert desk.say(words).replies == ()
    assert desk.rows("officer_requests") == []
    assert desk.say(
        "saya Yayat, 0812 0000 1234, mau lapor: kemarin di loket MPP saya dimintai 200rb padahal gratis"
    ).replies
    assert "ADU-2026-" in said(desk.say("ya"))
    desk.clock.now = at(2026, 11, 16, 23, 59)
    assert desk.say("halo").replies == ()
    desk.clock.now = at(2026, 11, 17, 0, 0)
    assert desk.say("halo").replies


def test_muting_needs_a_reason_and_an_end_that_is_not_too_far(desk: Desk) -> None:
    id_ = talk(desk)
    for reason, until in (
        (" ", date(2026, 11, 16)),
        ("uji", date(2026, 11, 8)),
        ("uji", date(2027, 3, 1)),
        ("uji", date.max),
    ):
        assert isinstance(handover.mute(desk.office, RINA, id_, reason, until), Refused)
    handover.mute(desk.office, RINA, id_, "uji", date(2026, 11, 16))
    handover.unmute(desk.office, RINA, id_)
    assert desk.say("halo").replies
    assert events(desk) == ["muted", "unmuted"]
