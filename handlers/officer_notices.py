"""A word to an officer on their own Telegram, where they linked one. The console says the same to all of them.

Written in the transaction of what it is about, sent like any other row of the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from handlers.access import Actor
from handlers.dialogue import officer_texts
from handlers.dialogue.officer_texts import Handing
from handlers.messages import Line
from handlers.notices import tell
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import case_desk, officer_telegrams, officers
from storage.models import Case, Officer


def notify(tx: Connection, office: Office, officer_id: int, lines: Sequence[Line]) -> None:
    """Says it to the officer, where they linked a chat. Nothing of a person may be in it."""
    if row := officer_telegrams.of_officer(tx, officer_id):
        tell(tx, office, row.conversation_id, lines)


def console_of(office: Office) -> str | None:
    return f"{office.public_url}/petugas" if office.public_url else None


def tell_given(tx: Connection, office: Office, case: Case, officer_id: int, how: Handing, by: Actor | None) -> None:
    """Whoever has the case now, or stands in for them, hears of it once; not who did it, nor whom it accuses."""
    staff = {officer.id: officer for officer in officers.everyone(tx)}
    if officer_id not in staff:
        return
    today = jakarta_day(office.clock())
    told = present(staff[officer_id], staff, today)
    if (by is not None and told.id == by.id) or not told.active or told.id in case_desk.accused_in(tx, case.id):
        return
    calendar = office.library.read(tx)[1]
    lines = officer_texts.given(how, case.number, case.due_on, today, calendar, console_of(office))
    notify(tx, office, told.id, lines)


def present(officer: Officer, staff: Mapping[int, Officer], today: date) -> Officer:
    """The officer, or on days of absence the deputy."""
    away = officer.deputy_from and officer.deputy_until and officer.deputy_from <= today <= officer.deputy_until
    return staff.get(officer.deputy_id, officer) if away and officer.deputy_id else officer
