"""What the office says of itself: kept by those who may, told with the next message, tried out before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handlers import office_profile
from handlers.access import NotAllowedError
from handlers.library import Library
from handlers.office_profile import ChangedMeanwhileError, ProfileProblemError
from knowledge.profile import topics
from tests.offices import Desk, desk_at, said
from tests.staff import employed
from tests.storage.fresh import document

HOURS = "Senin–Kamis 08.00–15.30\nJumat 08.00–14.00"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        desk.office.library = Library()
        yield desk


def version_of(desk: Desk) -> int:
    with desk.office.database.reader() as conn:
        return office_profile.read(conn).version


def test_what_is_kept_is_told_with_the_next_message_in_every_process(desk: Desk) -> None:
    other = Library()
    with desk.office.database.reader() as conn:
        other.current(conn)
    assert "belum diisi petugas" in said(desk.say("jam buka kantor kapan"))
    assert office_profile.keep(desk.office, employed(desk), {"hours": HOURS}, 0) == ("hours",)
    told = said(desk.say("jam buka kantor kapan"))
    assert HOURS in told
    assert "Keterangan kantor: Jam pelayanan" in told
    assert "Sumber: DPMPTSP Kabupaten Purwakarta, diperbarui 9 November 2026." in told
    with desk.office.database.reader() as conn:
        assert other.current(conn).profile["hours"].text == HOURS


def test_what_is_taken_out_is_declined_again(desk: Desk) -> None:
    head = employed(desk)
    office_profile.keep(desk.office, head, {"hours": HOURS}, 0)
    assert HOURS in said(desk.say("jam buka kantor kapan"))
    office_profile.keep(desk.office, head, {"hours": " \n "}, version_of(desk))
    assert "belum diisi petugas" in said(desk.say("jam buka kantor kapan"))
    assert [row["reason"] for row in desk.rows("misses")] == ["office_profile"]


def test_only_what_changed_is_dated_anew_and_put_down_with_before_and_after(desk: Desk) -> None:
    head = employed(desk)
    office_profile.keep(desk.office, head, {"hours": HOURS, "address": "Jalan Contoh 1"}, 0)
    desk.clock.now += timedelta(days=3)
    texts = {"hours": f"  {HOURS} \n", "address": "Jalan  Contoh 2"}
    assert office_profile.keep(desk.office, head, texts, version_of(desk)) == ("address",)
    with desk.office.database.reader() as conn:
        kept = office_profile.read(conn).statements
    assert (kept["hours"].text, kept["address"].text) == (HOURS, "Jalan Contoh 2")
    assert kept["address"].updated_at - kept["hours"].updated_at == timedelta(days=3)
    events = desk.rows("office_events")
    assert [(row["kind"], row["subject"], row["officer_id"]) for row in events] == [
        ("profile_changed", "hours", head.id),
        ("profile_changed", "address", head.id),
        ("profile_changed", "address", head.id),
    ]
    assert (document(events[-1]["before"]), document(events[-1]["after"])) == (
        {"text": "Jalan Contoh 1"},
        {"text": "Jalan Contoh 2"},
    )


def test_nothing_changed_is_nothing_put_down(desk: Desk) -> None:
    head = employed(desk)
    office_profile.keep(desk.office, head, {"hours": HOURS}, 0)
    before = version_of(desk)
    assert office_profile.keep(desk.office, head, {"hours": HOURS, "email": ""}, before) == ()
    assert version_of(desk) == before
    assert len(desk.rows("office_events")) == 1


def test_who_saw_an_older_profile_does_not_write_over_a_newer_one(desk: Desk) -> None:
    head = employed(desk)
    office_profile.keep(desk.office, head, {"address": "Jalan Contoh 1"}, 0)
    with pytest.raises(ChangedMeanwhileError):
        office_profile.keep(desk.office, head, {"address": "Jalan Lama 9"}, 0)
    with desk.office.database.reader() as conn:
        assert office_profile.read(conn).statements["address"].text == "Jalan Contoh 1"


@pytest.mark.parametrize("role", ["officer", "technical_team", "inspector"])
def test_not_everybody_may_change_it(desk: Desk, role: str) -> None:
    with pytest.raises(NotAllowedError):
        office_profile.keep(desk.office, employed(desk, role), {"address": "Jalan Contoh 1"}, 0)
    assert desk.rows("office_events") == []


@pytest.mark.parametrize(
    ("texts", "about"),
    [
        ({"hours": "buka pagi sampai sore"}, "hours"),
        ({"address": "x" * 1501}, "address"),
        ({"shoe_size": "43"}, "shoe_size"),
    ],
)
def test_what_cannot_be_kept_is_named(desk: Desk, texts: dict[str, str], about: str) -> None:
    with pytest.raises(ProfileProblemError) as raised:
        office_profile.keep(desk.office, employed(desk), texts, 0)
    assert list(raised.value.problems) == [about]
    assert desk.rows("office_events") == []


def test_the_examples_that_officers_see_can_be_kept(desk: Desk) -> None:
    texts = {key: topic.example for key, topic in topics().items()}
    assert set(office_profile.keep(desk.office, employed(desk), texts, 0)) == set(topics())


def test_a_question_is_tried_on_texts_that_are_not_saved(desk: Desk) -> None:
    lines = office_profile.tried(desk.office, {"hours": "Senin–Jumat 09.00–15.00"}, "bukanya jam brp")
    assert "Senin–Jumat 09.00–15.00" in [line.text for line in lines]
    assert "belum diisi petugas" in said(desk.say("bukanya jam brp"))
    assert desk.rows("office_events") == []


def test_a_text_that_is_emptied_is_tried_as_empty(desk: Desk) -> None:
    office_profile.keep(desk.office, employed(desk), {"hours": HOURS}, 0)
    lines = office_profile.tried(desk.office, {"hours": ""}, "bukanya jam brp")
    assert any("belum diisi petugas" in line.text for line in lines)


def test_lines_of_hours_that_cannot_be_counted_with_are_named(desk: Desk) -> None:
    text = f"{HOURS}\nIstirahat secukupnya"
    assert office_profile.unread_hours(text) == ("Istirahat secukupnya",)
    assert office_profile.unread_hours("") == ()
    assert office_profile.keep(desk.office, employed(desk), {"hours": text}, 0) == ("hours",)
