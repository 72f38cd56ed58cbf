"""An office with everybody whom a case may meet, who can sign in, and cases to show them."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.async_api import Locator, Page, expect

from handlers import accounts
from handlers.access import Actor
from storage import audit, cases, officers
from storage.models import Case
from tests.bot.console.offices import PASSWORD, Office
from tests.browser import DESK
from tests.scenarios import RUDE_IN_ONE

STAFF: Mapping[str, tuple[str, str, str, str]] = {  # role, name, position, agency
    "asda": ("outside_superior", "Drs. Asisten Daerah", "Asisten Daerah", ""),
    "kepala": ("head", "Hj. Kepala Contoh", "Kepala DPMPTSP", ""),
    "manajer": ("complaint_manager", "Bu Manajer", "Pejabat Pengelola Pengaduan", ""),
    "rina": ("officer", "Rina Lestari", "Petugas Pengaduan", ""),
    "dewi": ("officer", "Dewi Anggraeni", "Petugas Loket", ""),
    "kadis": ("technical_team", "Kepala Dinas", "Kepala", "Dinas Perindustrian"),
    "tim": ("technical_team", "Tim Teknis", "Analis", "Dinas Perindustrian"),
    "inspektur": ("inspector", "Inspektur", "Inspektur", "Inspektorat"),
    "auditor": ("inspector", "Auditor", "Auditor", "Inspektorat"),
    "admin1": ("admin", "Pak Admin", "", ""),
}
_ABOVE = {
    "kepala": "asda",
    "manajer": "kepala",
    "rina": "manajer",
    "dewi": "manajer",
    "kadis": "asda",
    "tim": "kadis",
    "inspektur": "asda",
    "auditor": "inspektur",
}


def staffed(office: Office) -> dict[str, Actor]:
    """Levels from the bottom: rina, manajer, kepala, and outside the head the regent's assistant."""
    desk = office.program.pasti.office
    for username, (role, name, position, agency) in STAFF.items():
        password = None if role == "outside_superior" else PASSWORD
        accounts.add_officer(
            desk, username=username, name=name, role=role, position=position, agency=agency, password=password
        )
    with desk.database.transaction() as tx:
        people = {officer.username: officer for officer in officers.everyone(tx)}
        for below, above in _ABOVE.items():
            officers.change(tx, people[below].id, {"superior_id": people[above].id})
    return {name: Actor(each.id, each.name, each.role, each.username) for name, each in people.items()}


async def reported(
    office: Office, text: str = RUDE_IN_ONE, *, user: str = "+6281210002000", name: str = "Yayat"
) -> str:
    """A citizen reports and confirms; returns the number."""
    await office.says(text, user=user, name=name)
    await office.says("ya", user=user, name=name)
    return str(newest(office).number)


def newest(office: Office) -> Case:
    with office.program.pasti.office.database.reader() as conn:
        return cases.register(conn)[-1]


def case_of(office: Office, number: str) -> Case:
    with office.program.pasti.office.database.reader() as conn:
        found = cases.get_by_number(conn, number)
    assert found
    return found


def events(office: Office, number: str) -> list[str]:
    with office.program.pasti.office.database.reader() as conn:
        return [event.kind for event in audit.history(conn, case_of(office, number).id)]


async def opened(office: Office, username: str, number: str, *, own: bool = False) -> Page:
    """The page of a case, in a tab of this officer."""
    page = await office.signed_in(username, DESK, f"/petugas/kasus/{number}", own=own)
    await expect(page.get_by_role("heading", name=number)).to_be_visible()
    return page


def part(page: Page, name: str) -> Locator:
    """A section, by its heading."""
    return page.get_by_role("region", name=name, exact=True)
