from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import (
    SpecialDay,
    WorkingDays,
    jakarta_day,
    read_calendar,
    seeded_calendar,
    shipped_calendar,
    write_calendar,
)

CALENDAR = shipped_calendar()
DAYS = st.dates(date(2024, 1, 1), date(2028, 6, 30))
COUNTS = st.integers(0, 60)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 9), date(2026, 11, 27)),
        (date(2026, 3, 9), date(2026, 4, 6)),  # Nyepi, Idul Fitri and their collective leave
        (date(2026, 11, 7), date(2026, 11, 26)),  # a Saturday: Monday is day 1
        (date(2026, 11, 8), date(2026, 11, 26)),
        (date(2026, 12, 23), date(2027, 1, 18)),  # the eve of two days off
        (
            date(2025, 8, 15),
            date(2025, 9, 8),
        ),  # 18 August 2025 became collective leave in mid-year, 5 September is Maulid
    ],
)
def test_fourteen_working_days(received: date, due: date) -> None:
    assert CALENDAR.add_working_days(received, 14).day == due
    assert CALENDAR.add_working_days(received, 14).findings == ()


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 9), True),
        (date(2026, 11, 8), False),
        (date(2026, 8, 17), False),
        (date(2026, 3, 18), False),
        (date(2025, 8, 18), False),
        (date(2026, 12, 24), False),
        (date(2026, 12, 28), True),
    ],
)
def test_a_working_day_is_neither_weekend_nor_holiday_nor_collective_leave(day: date, working: bool) -> None:
    assert CALENDAR.is_working(day) is working


def test_a_year_without_collective_leave_is_a_finding_and_not_a_silent_date() -> None:
    due = CALENDAR.add_working_days(date(2027, 12, 20), 14)
    assert [(finding.kind, finding.excerpt) for finding in due.findings] == [("calendar_year_incomplete", "2028")]
    assert "2028" in due.findings[0].message
    assert CALENDAR.add_working_days(date(2027, 12, 20), 3).findings == ()
    assert CALENDAR.add_working_days(date(1990, 12, 31), 1).findings[0].excerpt == "1991"


def test_an_officer_completes_a_year() -> None:
    day = date(2028, 1, 3)
    calendar = CALENDAR.with_changes({day: SpecialDay("collective_leave", "Cuti Bersama")}, complete_years=[2028])
    due = calendar.add_working_days(date(2027, 12, 20), 14)
    assert due.day == CALENDAR.add_working_days(date(2027, 12, 20), 14).day + timedelta(days=1)
    assert due.findings == ()


def test_a_date_that_follows_the_moon_is_said_to_be_estimated() -> None:
    due = CALENDAR.add_working_days(date(2027, 3, 8), 3)
    assert {finding.kind for finding in due.findings} == {"holiday_estimated"}
    assert "Rabu, 10 Maret 2027" in due.findings[0].message


def test_an_officer_makes_a_day_off_and_a_saturday_a_working_day() -> None:
    changed = CALENDAR.with_changes(
        {
            date(2026, 11, 27): SpecialDay("holiday", "Pemilihan Kepala Daerah"),
            date(2026, 11, 14): SpecialDay("working", "Pengganti"),
            date(2026, 12, 24): SpecialDay("working"),
        }
    )
    assert not changed.is_working(date(2026, 11, 27))
    assert changed.is_working(date(2026, 11, 14))
    assert changed.is_working(date(2026, 12, 24))
    assert changed.add_working_days(date(2026, 11, 9), 14).day == date(2026, 11, 26)
    assert CALENDAR.is_working(date(2026, 11, 27)), "the calendar that was changed stays what it was"


def test_working_days_left() -> None:
    due = date(2026, 11, 27)
    assert CALENDAR.working_days_left(date(2026, 11, 9), due) == 14
    assert CALENDAR.working_days_left(date(2026, 11, 26), due) == 1
    assert CALENDAR.working_days_left(due, due) == 0
    assert CALENDAR.working_days_left(date(2026, 11, 29), due) == 0
    assert CALENDAR.working_days_left(date(2026, 11, 30), due) == -1


def test_the_day_is_jakartas() -> None:
    assert jakarta_day(datetime(2026, 11, 8, 17, 0, tzinfo=UTC)) == date(2026, 11, 9)
    assert jakarta_day(datetime(2026, 11, 8, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 8)
    assert jakarta_day(datetime(2026, 11, 9, 0, 30, tzinfo=timezone(timedelta(hours=9)))) == date(2026, 11, 8)
    with pytest.raises(ValueError, match="aware"):
        jakarta_day(datetime(2026, 11, 9, 7, 0))  # noqa: DTZ001


def test_the_shipped_days_hold_all_that_the_package_knows() -> None:
    """Fails when an update of the package brings a new decree: seed the file again, see the module's docstring."""
    known = seeded_calendar(range(2024, 2032))
    shipped_years = {day.year for day in CALENDAR.days}
    assert known.complete_years <= CALENDAR.complete_years
    assert {day for day in known.days if day.year in shipped_years} <= set(CALENDAR.days)


def test_a_calendar_is_read_as_it_was_written() -> None:
    changed = CALENDAR.with_changes({date(2026, 11, 14): SpecialDay("working", "Pengganti cuti")})
    assert read_calendar(write_calendar(changed)) == changed


@pytest.mark.parametrize(
    "text",
    [
        "estimated = [2026-01-02]",
        "[holidays]\n2026-01-01 = 'Tahun Baru'",
        "[holiday]\n2026-13-01 = 'Tahun Baru'",
        "[hol",
    ],
)
def test_a_calendar_with_mistakes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_calendar(text)


@given(DAYS, COUNTS)
def test_a_due_day_is_a_working_day_and_so_many_after_the_start(start: date, count: int) -> None:
    due = CALENDAR.add_working_days(start, count).day
    assert CALENDAR.is_working(due) or count == 0
    assert CALENDAR.working_days_between(start, due) == count
    assert CALENDAR.working_days_between(due, start) == -count


@given(DAYS, DAYS, COUNTS)
def test_who_comes_later_is_never_due_earlier(one: date, other: date, count: int) -> None:
    early, late = sorted((one, other))
    assert CALENDAR.add_working_days(early, count).day <= CALENDAR.add_working_days(late, count).day
    assert CALENDAR.add_working_days(early, count).day < CALENDAR.add_working_days(early, count + 1).day


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 40))
def test_no_day_of_an_incomplete_year_goes_without_a_finding(start: date, count: int) -> None:
    due = CALENDAR.add_working_days(start, count)
    counted = {(start + timedelta(days=ahead)).year for ahead in range(1, (due.day - start).days + 1)}
    named = {int(finding.excerpt) for finding in due.findings if finding.kind == "calendar_year_incomplete"}
    assert named == counted - CALENDAR.complete_years


@given(st.sets(DAYS, max_size=10), DAYS, COUNTS)
def test_more_days_off_never_bring_a_due_day_forward(holidays: set[date], start: date, count: int) -> None:
    stricter = CALENDAR.with_changes({day: SpecialDay("holiday") for day in holidays})
    assert stricter.add_working_days(start, count).day >= CALENDAR.add_working_days(start, count).day


def test_an_empty_calendar_knows_only_weekends_and_says_so() -> None:
    due = WorkingDays({}, frozenset()).add_working_days(date(2026, 12, 24), 2)
    assert (due.day, len(due.findings)) == (date(2026, 12, 28), 1)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 11, 9), -1)
