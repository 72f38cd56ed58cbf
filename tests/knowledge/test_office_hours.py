"""Opening hours as officers write them, and when somebody can answer at the earliest."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import JAKARTA, SpecialDay, WorkingDays, shipped_calendar
from knowledge.office_hours import DEFAULT, LONGEST_WAIT, WEEKDAYS, Hours, Range, hours_of, parse_hours

EVERY_DAY_ALIKE = WorkingDays({}, frozenset())
WHOLE = ((time(8), time(16)),)
SPLIT = ((time(8), time(12)), (time(13), time(16)))


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=JAKARTA)


def read(text: str) -> dict[int, tuple[Range, ...]]:
    parsed = parse_hours(text)
    assert parsed.unread == ()
    return dict(parsed.hours.days) if parsed.hours else {}


# What officers write


@pytest.mark.parametrize(
    "line",
    [
        "Senin–Kamis 08.00–16.00",
        "Senin - Kamis: 08.00 - 16.00 WIB",
        "senin s.d. kamis pukul 8.00 s/d 16.00",
        "Hari Senin sampai dengan Kamis jam 08:00 sampai dengan 16:00.",
        "SENIN—KAMIS 08.00—16.00",
        "Senin, Selasa, Rabu dan Kamis 08.00–16.00",
    ],
)
def test_the_same_hours_in_many_ways(line: str) -> None:
    assert read(line) == dict.fromkeys(range(4), WHOLE)


@pytest.mark.parametrize(
    "line",
    [
        "Rabu 08.00–12.00, 13.00–16.00",
        "Rabu 13.00–16.00 dan 08.00–12.00",
        "Rabu 08.00–16.00 (istirahat 12.00–13.00)",
        "Rabu 08.00–16.00 WIB, istirahat pukul 12.00–13.00 WIB",
        "Rabu 08.00–16.00 kecuali 12.00–13.00",
    ],
)
def test_a_break_at_noon(line: str) -> None:
    assert read(line) == {2: SPLIT}


@pytest.mark.parametrize(
    "text",
    [
        "Senin–Kamis 08.00–16.00\nJumat 08.00–11.30",
        "Senin–Kamis 08.00–16.00; Jumat 08.00–11.30",
        "Senin–Kamis 08.00–16.00 WIB, Jum’at 08.00–11.30 WIB",
        "Senin–Jumat 08.00–16.00\n\nJumat 08.00–11.30",
        "Sabtu tutup, Minggu libur\nSenin–Kamis 08.00–16.00 dan hari Jumat 08.00–11.30",
    ],
)
def test_days_that_differ(text: str) -> None:
    found = {day: ranges for day, ranges in read(text).items() if ranges}
    assert found == {**dict.fromkeys(range(4), WHOLE), 4: ((time(8), time(11, 30)),)}


@pytest.mark.parametrize(
    "line",
    [
        "setiap hari kerja 08.00–16.00",
        "Senin",
        "08.00–16.00",
        "Senin 8–16",
        "Senin 16.00–08.00",
        "Senin 08.00–08.00",
        "Senin 25.00–26.00",
        "Senin 08.60–09.00",
        "Senin 08.00–12.00, 11.00–16.00",
        "Senin 08.00–16.00 tutup",
        "Senin 08.00–16.00 dengan perjanjian",
        "Senin 08.00–16.00 istirahat",
        "Senin 08.00–16.00, istirahat Jumat 12.00–13.00",
        "loket tutup lebih awal pada bulan puasa",
    ],
)
def test_what_is_not_understood_is_named_and_not_guessed(line: str) -> None:
    parsed = parse_hours(f"Selasa 09.00–10.00\n{line}")
    assert parsed.unread == (line,)
    assert parsed.hours is not None
    assert dict(parsed.hours.days) == {1: ((time(9), time(10)),)}


def test_a_day_in_a_line_that_is_not_understood_keeps_the_usual_hours() -> None:
    hours = hours_of("Senin–Kamis 07.30–15.00\nJumat 07.30 sampai sebelum jumatan")
    assert hours.days[0] == ((time(7, 30), time(15)),)
    assert hours.days[4] == DEFAULT.days[4]


@pytest.mark.parametrize("text", [None, "", "  \n ", "lihat di pintu", "Sabtu–Minggu tutup"])
def test_without_hours_the_usual_ones_hold(text: str | None) -> None:
    assert hours_of(text) is DEFAULT


RANGES = st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=6, unique=True).map(
    lambda minutes: tuple(
        (time(a // 60, a % 60), time(b // 60, b % 60))
        for a, b in zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=False)
    )
)


@given(st.dictionaries(st.integers(0, 6), RANGES, min_size=1))
def test_what_is_written_out_is_read_back(days: dict[int, tuple[Range, ...]]) -> None:
    lines = [
        f"{WEEKDAYS[day].title()} {', '.join(f'{first:%H.%M}–{last:%H.%M}' for first, last in ranges)}"
        for day, ranges in days.items()
    ]
    for text in ("\n".join(lines), "; ".join(lines)):
        assert read(text) == days


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    parsed = parse_hours(text)
    assert all(first < last for ranges in (parsed.hours or DEFAULT).days.values() for first, last in ranges)


# Open, and when next


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        ("2026-11-09", "07:59:59", False),  # Monday
        ("2026-11-09", "08:00:00", True),
        ("2026-11-09", "15:59:59", True),
        ("2026-11-09", "16:00:00", False),
        ("2026-11-13", "16:29:59", True),  # Friday
        ("2026-11-13", "16:30:00", False),
        ("2026-11-14", "10:00:00", False),  # Saturday
        ("2026-12-24", "10:00:00", False),  # collective leave before Christmas
    ],
)
def test_the_usual_hours(day: str, clock: str, is_open: bool) -> None:
    assert DEFAULT.is_open(at(day, clock), shipped_calendar()) is is_open


def test_it_is_the_clock_of_purwakarta_that_counts() -> None:
    assert DEFAULT.is_open(datetime(2026, 11, 9, 1, 0, tzinfo=UTC), shipped_calendar())
    assert not DEFAULT.is_open(datetime(2026, 11, 9, 9, 0, tzinfo=UTC), shipped_calendar())


@pytest.mark.parametrize(
    ("day", "clock", "opens"),
    [
        ("2026-11-09", "07:59", "2026-11-09"),
        ("2026-11-09", "16:00", "2026-11-10"),
        ("2026-11-13", "16:30", "2026-11-16"),  # over a weekend
        ("2026-12-23", "16:00", "2026-12-28"),  # collective leave, Christmas, a weekend
        ("2026-12-31", "17:00", "2027-01-04"),  # New Year on a Friday
    ],
)
def test_the_next_opening_passes_over_weekends_holidays_and_collective_leave(day: str, clock: str, opens: str) -> None:
    assert DEFAULT.next_opening(at(day, clock), shipped_calendar()) == at(opens, "08:00")


def test_after_a_break_it_opens_the_same_day() -> None:
    hours = hours_of("Senin–Jumat 08.00–12.00, 13.00–16.00")
    noon = at("2026-11-09", "12:30")
    assert not hours.is_open(noon, EVERY_DAY_ALIKE)
    assert hours.next_opening(noon, EVERY_DAY_ALIKE) == at("2026-11-09", "13:00")


def test_a_weekend_counts_where_the_office_says_that_it_opens() -> None:
    hours = hours_of("Senin–Jumat 08.00–16.00\nSabtu 09.00–11.00")
    assert hours.next_opening(at("2026-11-13", "20:00"), EVERY_DAY_ALIKE) == at("2026-11-14", "09:00")
    saturday_off = WorkingDays({date(2026, 11, 14): SpecialDay("holiday", "Libur")}, frozenset())
    assert hours.next_opening(at("2026-11-13", "20:00"), saturday_off) == at("2026-11-16", "08:00")


def test_a_holiday_that_officers_took_back_is_a_day_like_any_other() -> None:
    calendar = shipped_calendar().with_changes({date(2026, 12, 24): SpecialDay("working")})
    assert DEFAULT.is_open(at("2026-12-24", "10:00"), calendar)


def test_an_office_that_never_opens_promises_no_day() -> None:
    closed = WorkingDays(
        {date(2026, 11, 9) + timedelta(days=n): SpecialDay("holiday") for n in range(LONGEST_WAIT + 1)}, frozenset()
    )
    assert DEFAULT.next_opening(at("2026-11-09", "10:00"), closed) is None
    assert Hours({}).next_opening(at("2026-11-09", "10:00"), EVERY_DAY_ALIKE) is None


MOMENTS = st.integers(0, 700 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(MOMENTS)
def test_the_next_opening_is_open_and_nothing_before_it_was_missed(moment: datetime) -> None:
    calendar = shipped_calendar()
    opening = DEFAULT.next_opening(moment, calendar)
    assert opening is not None
    assert opening > moment
    assert DEFAULT.is_open(opening, calendar)
    assert not DEFAULT.is_open(opening - timedelta(microseconds=1), calendar)
    if not DEFAULT.is_open(moment, calendar):
        assert not any(DEFAULT.is_open(moment + (opening - moment) * part / 8, calendar) for part in range(8))
