"""Cases that officers are reminded of, in a program that runs."""

from __future__ import annotations

from datetime import date, datetime, time

from handlers import case_work, deadlines
from handlers.access import Actor
from handlers.case_events import Done
from handlers.inbound import receive
from handlers.messages import Address
from handlers.office import Office
from knowledge.calendar import JAKARTA
from storage import cases, officers
from tests import scenarios
from tests.offices import Clock
from tests.scenarios import RUDE, Citizen, Story, heard

SEVENTH, LAST, OVERDUE = (
    date(2026, 11, 18),
    date(2026, 11, 27),
    date(2026, 11, 30),
)  # of what comes in on Monday the 9th


def actor(office: Office, username: str) -> Actor:
    with office.database.reader() as conn:
        officer = officers.by_username(conn, username)
    assert officer
    return Actor(officer.id, officer.name, officer.role, officer.username)


def filed(office: Office, story: Story = RUDE) -> str:
    """By a citizen who has not written before."""
    user = Address("whatsapp", f"62812{office.new_id()}")
    clock = scenarios.Clock(office.clock())
    return Citizen(user, lambda message: heard(receive(office, [message])[0]), clock).reports(story).number


def given(office: Office, username: str, by: str = "manajer", story: Story = RUDE) -> str:
    """A case that this officer has."""
    number = filed(office, story)
    with office.database.reader() as conn:
        case = cases.get_by_number(conn, number)
    assert case
    done = case_work.assign(office, actor(office, by), number, case.version, actor(office, username).id)
    assert isinstance(done, Done), done
    return number


def reminded(office: Office, clock: Clock, day: date = SEVENTH, hour: int = 9) -> None:
    clock.now = datetime.combine(day, time(hour), JAKARTA)
    deadlines.remind(office)


def stopped(office: Office) -> Clock:
    """From now on the program's time stands still, on Monday the 9th."""
    office.clock = clock = Clock()
    return clock
