"""Every route of a case, as every role, in cases of every kind: what it must refuse, it refuses.

What is expected is written out here, by hand: who sees a case of a kind, and who may do what to it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio

from bot.console.app import all_routes
from bot.console.console import Route
from handlers import accounts, case_entry
from handlers.access import Actor
from handlers.case_entry import Entry, Registered
from storage import case_desk, cases, officers
from storage.models import Evidence, Report, Step
from tests.bot.connected import Connected, connected
from tests.bot.console.offices import PASSWORD
from tests.bot.console.test_every_route import Browser, name_of

ROLES = ("officer", "complaint_manager", "technical_team", "inspector", "head", "admin")
DESK = {"officer", "complaint_manager", "head"}
LEADING = {"complaint_manager", "head"}
READERS = DESK | {"inspector", "admin"}
TEAM = {"technical_team"}

# What a role may do to a case that it sees, by the last word of the address. None of it, for the other roles.
DOES: Mapping[str, set[str]] = {
    "ambil": DESK,
    "tugaskan": LEADING,
    "telaah": DESK,
    "tanya": DESK,
    "lanjutkan": DESK,
    "isi-bukti": DESK,
    "catatan": DESK,
    "catat-saran": DESK,
    "jalur": DESK,
    "naikkan": DESK,
    "kembalikan": DESK,
    "putuskan": DESK,
    "laporkan": DESK,
    "setujui-apip": {"head"},
    "ketentuan-apip": DESK,
    "jawab": DESK,
    "penyampaian": DESK,
    "kata-pelapor": DESK,
    "tutup": DESK,
    "terlambat": DESK,
    "gabungkan": DESK,
    "jadikan-pengaduan": DESK,
    "diadukan": LEADING,
    "buka": LEADING,
    "tarik": LEADING,
    "rahasiakan": LEADING,
    "identitas": DESK,
}
# More than that, in a case that is in their hands.
TEAM_DOES = {"telaah", "tanya", "lanjutkan", "isi-bukti", "catatan", "catat-saran", "ambil"} | {
    "naikkan",
    "kembalikan",
    "putuskan",
}
INSPECTOR_DOES = TEAM_DOES | {"identitas"}  # in one that came to APIP
ABOUT_THE_HEAD = (
    INSPECTOR_DOES
    | {"tugaskan", "tarik", "jalur", "ketentuan-apip", "terlambat", "jadikan-pengaduan"}
    | {
        "diadukan",
        "buka",
        "rahasiakan",
        "jawab",
        "laporkan",
        "penyampaian",
        "kata-pelapor",
        "tutup",
    }
)

FIELDS = {"versi": "0", "kepada": "internal:1", "lewat": "phone", "ke": "ADU-2026-00001-6"}  # of a version never seen

# By kind of case: who sees it.
KINDS: Mapping[str, set[str]] = {
    "ordinary": READERS,
    "mine": READERS,  # given to this very officer of the desk
    "colleague": READERS,
    "team": READERS | TEAM,  # lies with the technical team
    "apip": READERS,  # lies with the inspectorate
    "manager": {"complaint_manager"},
    "head": {"head"},
    "inspectorate": {"inspector"},
    "accuses": set(),  # whoever looks is the one accused
}


@dataclass
class Town:
    program: Connected
    browsers: dict[str, Browser]
    people: dict[str, Actor]
    numbers: dict[str, str]
    evidence: dict[str, int]

    @property
    def routes(self) -> dict[str, Route]:
        found = {name_of(route): route for route in all_routes(self.program.pasti.console)}
        return {name: route for name, route in found.items() if "/kasus/{number}" in name}


@pytest_asyncio.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with connected(tmp_path_factory.mktemp("cases"), public_url=None) as program:
        office = program.pasti.office
        for role in (*ROLES, "colleague"):
            of = "officer" if role == "colleague" else role
            agency = "Dinas Perindustrian" if role == "technical_team" else ""
            name = role.replace("_", ".")
            accounts.add_officer(office, username=name, name=role, role=of, password=PASSWORD, agency=agency)
        with office.database.reader() as conn:
            everyone = officers.everyone(conn)
        people = {each.name: Actor(each.id, each.name, each.role, each.username) for each in everyone}
        browsers, sessions = {}, []
        for role in ROLES:
            sessions.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
            browsers[role] = Browser(program.url, sessions[-1])
            await browsers[role].sign_in(role.replace("_", "."))
        made = Town(program, browsers, people, {}, {})
        for kind in KINDS:
            made.numbers[kind], made.evidence[kind] = _case(made, kind)
        yield made
        for session in sessions:
            await session.close()


def _case(town: Town, kind: str) -> tuple[str, int]:
    office, people = town.program.pasti.office, town.people
    entry = Entry(
        "letter", datetime(2026, 11, 2, 3, tzinfo=UTC), f"laporan {kind} antrean", "loket", "Yayat Hidayat", "0812"
    )
    registered = case_entry.register_elsewhere(office, people["officer"], entry)
    assert isinstance(registered, Registered)
    evidence = office.new_id()
    with office.database.transaction() as tx:
        case = cases.get_by_number(tx, registered.number)
        assert case
        now = office.clock()
        cases.add_evidence(tx, [Evidence(id=evidence, case_id=case.id, kind="voice", added_at=now)])
        case_desk.add_report(tx, _report(office.new_id(), case.id, registered.number, people, now))
        route = {"team": "technical_team", "apip": "apip"}.get(kind)
        holder = {"team": "technical_team", "apip": "inspector"}.get(kind)
        given = {"mine": "officer", "colleague": "colleague"}.get(kind)
        if holder and route:
            id_, to = office.new_id(), people[holder].id
            case_desk.add_step(tx, Step(id=id_, case_id=case.id, sequence=1, route=route, officer_id=to, given_at=now))
        hidden = kind if kind in ("manager", "head", "inspectorate") else None
        cases.update(
            tx,
            case.id,
            now,
            stage="in_progress" if route else "received",
            route=route,
            officer_id=people[given].id if given else None,
            visible_to=hidden,
            confidential=hidden is not None or kind == "accuses",
        )
        if kind == "accuses":
            case_desk.set_accused(tx, case.id, [people[role].id for role in ROLES])
    return registered.number, evidence


def _report(id_: int, case_id: int, number: str, people: Mapping[str, Actor], at: datetime) -> Report:
    between = {"author_id": people["colleague"].id, "addressee_id": people["head"].id}
    return Report(
        id=id_, case_id=case_id, number=f"{number}/LAP-1", kind="step", body="Laporan.", filed_at=at, **between
    )


def allowed(role: str, kind: str, does: str) -> bool:
    """Of one who sees the case."""
    if role == "inspector":
        return (kind == "apip" and does in INSPECTOR_DOES) or (kind == "inspectorate" and does in ABOUT_THE_HEAD)
    if role == "technical_team":
        return kind == "team" and (does in TEAM_DOES or does == "setujui-apip")  # nobody of their agency stands above
    return role in DOES[does]


async def test_every_route_of_a_case_asks_whose_it_is(town: Town) -> None:
    routes = town.routes
    pages = {
        "GET /petugas/kasus/{number}",
        "GET /petugas/kasus/{number}/laporan/{n}.pdf",
        "GET /petugas/kasus/{number}/berkas.pdf",
    }
    assert {name for name in routes if name.startswith("POST")} == {
        f"POST /petugas/kasus/{{number}}/{does}" for does in DOES
    }
    assert pages | {"GET /petugas/kasus/{number}/bukti/{id}"} <= set(routes)
    for name, route in sorted(routes.items()):
        for kind, number in town.numbers.items():
            path = re.sub(r"{number[^/]*}", number, re.sub(r"{id[^/]*}", str(town.evidence[kind]), route.path))
            path = re.sub(r"{n[^/]*}", "1", path)
            asked = [
                (role, browser.ask(route.method, path, csrf=True, **FIELDS)) for role, browser in town.browsers.items()
            ]
            answers = await asyncio.gather(*(ask for _, ask in asked))
            for (role, _), status in zip(asked, answers, strict=True):
                if role not in KINDS[kind]:
                    wanted = {404}
                elif route.method == "GET":
                    wanted = {200} if name in pages else {200, 403, 404}
                elif allowed(role, kind, name.rsplit("/", 1)[1]):
                    wanted = {409}  # of another version than they saw, or without words: nothing is changed here
                else:
                    wanted = {403}
                assert status in wanted, (name, kind, role, status)


async def test_a_case_that_is_not_there_looks_like_one_that_is_not_shown(town: Town) -> None:
    officer = town.browsers["officer"]
    answers = []
    for number in (town.numbers["manager"], town.numbers["accuses"], "ADU-2026-09999-X", "ADU-2026-00001-0"):
        async with officer.session.get(f"{officer.url}/petugas/kasus/{number}") as answer:
            answers.append((answer.status, (await answer.text()).replace(number, "")))
    assert len(set(answers)) == 1
    assert answers[0][0] == 404


async def test_no_suggestion_tells_of_a_case_that_is_not_theirs(town: Town) -> None:
    """Nine reports about the same counter: the sheet of one offers the others, but only to whom they are shown."""
    for role, browser in town.browsers.items():
        if role not in READERS:
            continue
        async with browser.session.get(f"{browser.url}/petugas/kasus/{town.numbers['ordinary']}") as answer:
            page = await answer.text()
        for kind, number in town.numbers.items():
            if role not in KINDS[kind]:
                assert (role, kind, number in page) == (role, kind, False)
