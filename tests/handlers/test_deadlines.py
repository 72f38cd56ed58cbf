"""Who is reminded of what, when: by the pure rule, and by the clock of a real office."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import case_answers, case_routes, case_secrecy, case_work, deadlines
from handlers.access import standing
from handlers.deadlines import Due, Reminded, Watched, due_reminders, remind
from knowledge.calendar import JAKARTA, shipped_calendar
from knowledge.office_hours import DEFAULT
from storage import officers, reminders
from tests.case_office import Office
from tests.scenarios import Desk, Story

CALENDAR = shipped_calendar()
DUE = date(2026, 11, 27)  # a Friday, 14 working days after Monday the 9th
OTHER = Story("antrean loket tiga jam tanpa penjelasan")
CASE = Watched(1, DUE, (10, 20, 30))


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), JAKARTA)


def told(now: datetime, *already: Reminded, case: Watched = CASE) -> list[tuple[str, int]]:
    found = due_reminders([case], now, CALENDAR, DEFAULT, {1: already})
    return [(each.kind, each.officer_id) for each in found]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 17), None),  # eight working days left
        (date(2026, 11, 18), "seven_days"),
        (date(2026, 11, 23), "seven_days"),  # the seventh was missed: made up for
        (date(2026, 11, 24), "three_days"),
        (date(2026, 11, 26), "three_days"),
        (date(2026, 11, 27), "last_day"),
        (date(2026, 11, 28), None),  # a Saturday
        (date(2026, 11, 30), "overdue"),
    ],
)
def test_the_days(day: date, kind: str | None) -> None:
    assert [kind for kind, _ in told(at(day))] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("hour", "minute", "open_"), [(7, 59, False), (8, 0, True), (15, 59, True), (16, 0, False), (23, 0, False)]
)
def test_only_in_office_hours(hour: int, minute: int, open_: bool) -> None:
    assert bool(told(at(date(2026, 11, 18), hour, minute))) == open_


def test_holidays_count_as_the_calendar_says() -> None:
    case = Watched(1, date(2027, 1, 4), (10,))  # New Year's Day and Christmas lie before it
    days = (date(2026, 12, 10) + timedelta(n) for n in range(30))
    seventh = next(day for day in days if CALENDAR.working_days_left(day, case.due_on) == 7)
    assert told(at(seventh), case=case) == [("seven_days", 10)]
    assert told(at(seventh - timedelta(days=1)), case=case) == []
    assert told(at(date(2026, 12, 25)), case=case) == [], "a holiday"


def test_each_is_said_once_and_one_a_day() -> None:
    seventh = date(2026, 11, 18)
    assert told(at(seventh, 15), Reminded("seven_days", seventh, DUE)) == []
    assert told(at(date(2026, 11, 19)), Reminded("seven_days", seventh, DUE)) == []
    assert told(at(DUE), Reminded("three_days", DUE, DUE)) == [], "one a day, whatever it is"
    assert told(at(seventh), Reminded("seven_days", date(2026, 11, 2), date(2026, 11, 11))) == [("seven_days", 10)]


def test_overdue_goes_up_a_level_each_working_day_and_stays_at_the_top() -> None:
    made: list[Reminded] = []
    heard = []
    day = DUE
    for _ in range(8):
        day += timedelta(days=1)
        for _, officer in told(at(day), *made):
            heard.append(officer)
            made.append(Reminded("overdue", day, DUE))
    assert heard == [20, 30, 30, 30, 30]
    assert told(at(date(2026, 11, 30)), case=Watched(1, DUE, (10,))) == [("overdue", 10)]
    assert told(at(date(2026, 11, 30)), case=Watched(1, DUE, ())) == []


@given(
    st.datetimes(datetime(2026, 10, 1), datetime(2027, 1, 31)),  # noqa: DTZ001
    st.dates(date(2026, 11, 1), date(2027, 1, 10)),
    st.sets(st.dates(date(2026, 10, 1), date(2027, 1, 31)), max_size=5),
)
def test_never_two_on_a_day_never_outside_hours(naive: datetime, due: date, days: Collection[date]) -> None:
    now = naive.replace(tzinfo=JAKARTA)
    already = [Reminded("overdue", day, due) for day in days]
    found = due_reminders([Watched(1, due, (10, 20))], now, CALENDAR, DEFAULT, {1: already})
    assert len(found) <= 1
    if found:
        assert now.date() not in days
        assert DEFAULT.is_open(now, CALENDAR)
        assert CALENDAR.working_days_left(now.date(), due) <= 7
        assert (found[0].kind == "overdue") == (now.date() > due)


# ---------------------------------------------------------------- in an office


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office.at(desk)


def on(office: Office, day: date, hour: int = 9) -> list[Due]:
    office.desk.clock.now = at(day, hour)
    return remind(office.desk.office)


def heard(found: list[Due]) -> list[tuple[str, int, int]]:
    return [(each.kind, each.officer_id, each.level) for each in found]


def test_whoever_has_it_hears_and_then_the_levels_above(office: Office) -> None:
    office.routed(office.studied(office.reported()), "internal", office.dewi)
    assert on(office, date(2026, 11, 17)) == []
    assert heard(on(office, date(2026, 11, 18))) == [("seven_days", office.dewi.id, 0)]
    assert remind(office.desk.office) == [], "once"
    assert heard(on(office, date(2026, 11, 30))) == [("overdue", office.manager.id, 1)]
    assert heard(on(office, date(2026, 12, 1))) == [("overdue", office.head.id, 2)]
    assert heard(on(office, date(2026, 12, 2))) == [("overdue", office.head.id, 2)], (
        "the outside superior works elsewhere"
    )
    with office.desk.office.database.reader() as conn:
        [row] = reminders.unseen(conn, standing(conn, office.desk.office, office.dewi).reader)
    deadlines.seen(office.desk.office, office.rina.id, row.id)
    deadlines.seen(office.desk.office, office.dewi.id, row.id)
    with office.desk.office.database.reader() as conn:
        assert reminders.unseen(conn, standing(conn, office.desk.office, office.dewi).reader) == []


def test_who_is_away_is_stood_in_for(office: Office) -> None:
    office.studied(office.reported())
    office.desk.clock.now = at(date(2026, 11, 18), 8)
    office.away(office.rina, office.dewi)
    assert heard(on(office, date(2026, 11, 18))) == [("seven_days", office.dewi.id, 0)]
    office.desk.clock.now = at(date(2026, 11, 30), 8)
    office.away(office.manager, office.dewi)
    assert heard(on(office, date(2026, 11, 30))) == [("overdue", office.dewi.id, 1)]


def test_what_nobody_has_is_the_managers_and_never_the_accuseds(office: Office) -> None:
    number = office.reported()
    assert heard(on(office, date(2026, 11, 18))) == [("seven_days", office.manager.id, 0)]
    office.did(case_secrecy.name_accused, office.head, number, [office.manager.id], "disebut")
    assert heard(on(office, date(2026, 11, 24))) == [("three_days", office.head.id, 0)]


def test_what_is_confidential_goes_up_to_nobody_who_may_not_know(office: Office) -> None:
    office.reported(Story("saya dimintai 200 ribu padahal katanya gratis"))
    assert heard(on(office, date(2026, 11, 30))) == [("overdue", office.manager.id, 0)]


def test_only_a_delivered_answer_ends_it_and_nothing_moves_the_day(office: Office) -> None:
    number = office.studied(office.reported())
    due = office.desk.case(number).due_on
    office.did(case_work.ask_reporter, office.rina, number, "Kapan?")
    assert heard(on(office, date(2026, 11, 18))) == [("seven_days", office.rina.id, 0)]
    office.answered(number)
    assert heard(on(office, date(2026, 11, 24))) == [("three_days", office.rina.id, 0)], "not yet delivered"
    office.arrives()
    assert on(office, date(2026, 11, 27)) == []
    office.did(case_answers.reporter_says, office.rina, number, solved=False, words="belum")
    assert heard(on(office, date(2026, 11, 27), 10)) == [("last_day", office.rina.id, 0)]
    assert office.desk.case(number).due_on == due
    office.did(case_routes.report_result, office.rina, number, "Laporan.")


def test_what_its_officer_cannot_hear_of_is_heard_by_whoever_gives_it(office: Office) -> None:
    left, alone = office.studied(office.reported()), office.studied(office.reported(OTHER), office.dewi)
    with office.desk.office.database.transaction() as tx:
        officers.change(tx, office.rina.id, {"active": False, "superior_id": None})
        officers.change(tx, office.dewi.id, {"superior_id": None})
    found = {each.case_id: each.officer_id for each in on(office, date(2026, 11, 18))}
    assert found == {
        office.desk.case(left).id: office.manager.id,
        office.desk.case(alone).id: office.dewi.id,
    }
    overdue = {each.case_id: each.officer_id for each in on(office, date(2026, 11, 30))}
    assert overdue[office.desk.case(alone).id] == office.manager.id
