"""The office's calendar, kept by officers: it counts at once, and filed cases keep the date that was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handlers import holidays, office_profile
from handlers.access import NotAllowedError, NotFoundError
from handlers.holidays import Entry, HolidayProblemError, Listed
from handlers.library import Library
from knowledge.calendar import WorkingDays
from tests.offices import Desk, desk_at, said
from tests.staff import employed

BRIDGE = Entry("2026-11-13", "Cuti Bersama Contoh", "government", "SE Bupati 1/2026", "hanya kantor kami")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        desk.office.library = Library()
        yield desk


def calendar_of(desk: Desk) -> WorkingDays:
    with desk.office.database.reader() as conn:
        return desk.office.library.read(conn)[1]


def listed(desk: Desk, day: date) -> Listed | None:
    with desk.office.database.reader() as conn:
        return next((each for each in holidays.year(conn, day.year).days if each.day == day), None)


def test_a_day_that_is_entered_counts_at_once(desk: Desk) -> None:
    friday = date(2026, 11, 13)
    assert calendar_of(desk).is_working(friday)
    assert holidays.keep(desk.office, employed(desk), BRIDGE) == friday
    assert not calendar_of(desk).is_working(friday)
    entered = listed(desk, friday)
    assert entered is not None
    assert (entered.entry, entered.kept) == (BRIDGE, True)


def test_a_filed_case_keeps_its_due_date_and_the_next_one_counts_anew(desk: Desk) -> None:
    def due_on(user: str) -> object:
        desk.say("mau lapor, saya Asep, kemarin petugas loket MPP minta uang 50 ribu", user=user)
        desk.say("ya", user=user)
        return desk.rows("cases", "id, due_on")[-1]["due_on"]

    first = due_on("satu")
    holidays.keep(desk.office, employed(desk), BRIDGE)
    second = due_on("dua")
    assert first is not None
    assert second is not None
    assert str(second) > str(first)
    assert desk.rows("cases", "id, due_on")[0]["due_on"] == first


def test_what_pasti_came_with_is_corrected_and_comes_back(desk: Desk) -> None:
    christmas = date(2026, 12, 25)
    head = employed(desk)
    shipped = listed(desk, christmas)
    assert shipped is not None
    assert not shipped.kept
    worked = Entry("2026-12-25", "Tetap masuk", "working")
    holidays.keep(desk.office, head, worked, was=christmas)
    assert calendar_of(desk).is_working(christmas)
    assert holidays.remove(desk.office, head, christmas) == shipped
    assert not calendar_of(desk).is_working(christmas)


def test_what_pasti_came_with_is_undone_when_it_is_removed(desk: Desk) -> None:
    christmas = date(2026, 12, 25)
    now = holidays.remove(desk.office, employed(desk), christmas)
    assert now is not None
    assert (now.kind, now.name) == ("working", "Bukan libur: Hari Raya Natal")
    assert calendar_of(desk).is_working(christmas)


def test_a_day_is_moved(desk: Desk) -> None:
    head = employed(desk)
    holidays.keep(desk.office, head, BRIDGE)
    moved = holidays.keep(desk.office, head, replace(BRIDGE, day="2026-11-16"), was=date(2026, 11, 13))
    assert moved == date(2026, 11, 16)
    assert listed(desk, date(2026, 11, 13)) is None
    assert calendar_of(desk).is_working(date(2026, 11, 13))
    assert not calendar_of(desk).is_working(moved)
    idul_fitri = next(day for day, special in calendar_of(desk).days.items() if day.year == 2027 and special.estimated)
    later = date.fromordinal(idul_fitri.toordinal() + 2)
    if listed(desk, later) is None:
        holidays.keep(desk.office, head, Entry(later.isoformat(), "Hari Raya Idul Fitri"), was=idul_fitri)
        assert calendar_of(desk).is_working(idul_fitri)
        assert not calendar_of(desk).is_working(later)


def test_a_year_is_settled_once_its_collective_leave_is_entered(desk: Desk) -> None:
    def settled(year: int) -> bool:
        with desk.office.database.reader() as conn:
            return holidays.year(conn, year).settled

    assert settled(2026)
    assert not settled(2028)
    holidays.keep(desk.office, employed(desk), Entry("2028-12-26", "Cuti Bersama Natal", "government"))
    assert settled(2028)
    assert not settled(2031)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (replace(BRIDGE, day="besok"), "day"),
        (replace(BRIDGE, day="1999-12-31"), "day"),
        (replace(BRIDGE, day="2026-12-25"), "day"),
        (replace(BRIDGE, name=""), "name"),
        (replace(BRIDGE, name="x" * 81), "name"),
        (replace(BRIDGE, kind="party"), "kind"),
        (replace(BRIDGE, source="x" * 121), "source"),
        (replace(BRIDGE, note="x" * 301), "note"),
    ],
)
def test_what_cannot_be_kept_is_named(desk: Desk, entry: Entry, field: str) -> None:
    with pytest.raises(HolidayProblemError) as raised:
        holidays.keep(desk.office, employed(desk), entry)
    assert list(raised.value.problems) == [field]
    assert desk.rows("office_events") == []


def test_only_those_who_keep_it_change_it(desk: Desk) -> None:
    officer = employed(desk, "officer")
    with pytest.raises(NotAllowedError):
        holidays.keep(desk.office, officer, BRIDGE)
    with pytest.raises(NotAllowedError):
        holidays.remove(desk.office, officer, date(2026, 12, 25))
    assert desk.rows("office_events") == []


def test_a_day_that_is_not_listed_is_not_there(desk: Desk) -> None:
    head = employed(desk)
    with pytest.raises(NotFoundError):
        holidays.remove(desk.office, head, date(2026, 11, 10))
    with pytest.raises(NotFoundError):
        holidays.keep(desk.office, head, BRIDGE, was=date(2026, 11, 10))


def test_every_change_is_put_down(desk: Desk) -> None:
    head = employed(desk)
    day = holidays.keep(desk.office, head, BRIDGE)
    holidays.keep(desk.office, head, replace(BRIDGE, note="seluruh Purwakarta"), was=day)
    holidays.remove(desk.office, head, day)
    assert [(row["kind"], row["subject"]) for row in desk.rows("office_events")] == [
        ("holiday_added", "2026-11-13"),
        ("holiday_changed", "2026-11-13"),
        ("holiday_removed", "2026-11-13"),
    ]


def test_citizens_are_told_of_it(desk: Desk) -> None:
    head = employed(desk)
    office_profile.keep(desk.office, head, {"hours": "Senin–Jumat 08.00–15.00"}, 0)
    assert "Jumat, 13 November 2026 termasuk hari kerja." in said(desk.say("jumat buka ga"))
    holidays.keep(desk.office, head, BRIDGE)
    assert "Jumat, 13 November 2026: cuti bersama (Cuti Bersama Contoh)." in said(desk.say("jumat buka ga"))
