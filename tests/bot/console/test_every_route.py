"""Every route of the console, as every role, in conversations of every kind: what it must refuse, it refuses.

What is expected is written out here and not taken from the program's table, and a route that is missing here fails.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import insert, text

from bot.console.app import all_routes
from bot.console.console import Route
from bot.media_store import place_of
from handlers import accounts
from knowledge.calendar import jakarta_day
from storage import media, outbox, tasks
from storage.handover import handover_events
from storage.media import MediaRow
from storage.outbox import OutboxRow
from storage.tasks import TaskRow
from tests.bot.connected import Connected, connected
from tests.bot.console.offices import PASSWORD

ROLES = ("officer", "complaint_manager", "technical_team", "inspector", "head", "admin")
DESK = {"officer", "complaint_manager", "head", "admin"}  # who answers citizens
READERS = DESK | {"inspector"}
KEEPERS = {"complaint_manager", "head", "admin"}
EVERYBODY = set(ROLES)

# By address: who is let in. Where a conversation is named, that depends on the conversation too, see below.
PAGES: dict[str, set[str]] = {
    "GET /petugas": EVERYBODY,
    "GET /petugas/kotak-masuk": READERS,
    "POST /petugas/kotak-masuk/daftar": READERS,
    "GET /petugas/aliran": READERS,
    "GET /petugas/kasus": EVERYBODY,
    "POST /petugas/kasus": EVERYBODY,
    "GET /petugas/kasus/baru": {"officer", "complaint_manager", "head"},
    "POST /petugas/kasus/baru": {"officer", "complaint_manager", "head"},
    "GET /petugas/telepon": READERS,
    "POST /petugas/telepon": READERS,
    "POST /petugas/keluar": EVERYBODY,
    "GET /petugas/pengaturan": EVERYBODY,
    "GET /petugas/pengaturan/hak-akses": EVERYBODY,
    "GET /petugas/pengaturan/riwayat": {"admin", "head", "inspector"},
}
OF_CONVERSATIONS: dict[str, str] = {
    "GET /petugas/kotak-masuk/{id}": "read",
    "GET /petugas/percakapan/{id}": "read",
    "GET /petugas/percakapan/{id}/berkas/{file}": "read",
    "GET /petugas/percakapan/{id}/kiriman/{file}": "read",
    "POST /petugas/percakapan/{id}/dibaca": "read",
    "POST /petugas/percakapan/{id}/ambil": "answer",
    "POST /petugas/percakapan/{id}/kembalikan": "answer",
    "POST /petugas/percakapan/{id}/antrekan": "answer",
    "POST /petugas/percakapan/{id}/balas": "answer",
    "POST /petugas/percakapan/{id}/catatan": "answer",
    "POST /petugas/percakapan/{id}/bisukan": "answer",
    "POST /petugas/percakapan/{id}/bunyikan": "answer",
    "POST /petugas/percakapan/{id}/buka": "open",
    "POST /petugas/percakapan/{id}/tugas/{task}": "answer",
}
OPENERS = {"complaint_manager", "head", "inspector"}
# By kind of conversation: who reads in it, who answers in it. To the others it does not exist.
KINDS: dict[str, tuple[set[str], set[str]]] = {
    "own": (READERS, DESK),
    "other": (READERS, DESK),
    "manager": ({"complaint_manager"}, {"complaint_manager"}),
    "head": ({"head"}, {"head"}),
    "inspectorate": ({"inspector"}, {"inspector"}),
}


@dataclass
class Browser:
    """One officer's session, without a page around it."""

    url: str
    session: aiohttp.ClientSession
    csrf: str = ""

    async def sign_in(self, username: str) -> None:
        fields = {"username": username, "password": PASSWORD}
        async with self.session.post(f"{self.url}/petugas/masuk", data=fields) as answer:
            assert answer.status == 200, await answer.text()
        async with self.session.get(f"{self.url}/petugas/akun") as answer:
            found = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
        assert found
        self.csrf = found[1]

    async def ask(self, method: str, path: str, *, csrf: bool = True, **fields: str) -> int:
        headers = {"X-Requested-With": "pasti", **({"X-CSRF-Token": self.csrf} if csrf else {})}
        data = fields if method != "GET" else None
        ask = self.session.request(method, self.url + path, headers=headers, data=data, allow_redirects=False)
        async with ask as answer:
            return answer.status


@dataclass
class Town:
    program: Connected
    officers: dict[str, Browser]
    stranger: Browser
    conversations: dict[str, tuple[int, int, int]]  # by kind: its id, a file received in it, one sent in it

    @property
    def routes(self) -> list[Route]:
        return all_routes(self.program.pasti.console)


@pytest_asyncio.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """An officer of each role, a colleague who holds a conversation, and one conversation of each kind."""
    async with connected(tmp_path_factory.mktemp("town"), public_url=None) as program:  # cookies without https
        office = program.pasti.office
        browsers = {}
        for role in (*ROLES, "colleague"):
            of = "officer" if role == "colleague" else role
            accounts.add_officer(office, username=role.replace("_", "."), name=role, role=of, password=PASSWORD)
        sessions = []
        for role in ROLES:
            sessions.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
            browsers[role] = Browser(program.url, sessions[-1])
            await browsers[role].sign_in(role.replace("_", "."))
        sessions.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        yield Town(program, browsers, Browser(program.url, sessions[-1]), _conversations(program))
        for session in sessions:
            await session.close()


CONTENT = b"rahasia"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def _conversations(program: Connected) -> dict[str, tuple[int, int, int]]:
    place = program.pasti.settings.data_dir / place_of(SHA256)
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    office, made = program.pasti.office, {}
    colleague = next(row["id"] for row in program.rows("officers") if row["username"] == "colleague")
    now = office.clock()
    with office.database.transaction() as tx:
        for n, kind in enumerate(KINDS, 1):
            id_, received, sent = n * 10, n * 10 + 1, n * 10 + 2
            made[kind] = (id_, received, sent)
            tx.execute(
                text(
                    "INSERT INTO conversations (id, channel, address, state, position, version, name, visible_to, "
                    "officer_id, updated_at) VALUES (:id, 'web', :address, '{}', 9, 1, 'Warga', :visible_to, :holder, "
                    "'2026-11-09 03:30:00.000000')"
                ),
                {
                    "id": id_,
                    "address": f"web-{n}",
                    "visible_to": kind if kind in ("manager", "head", "inspectorate") else None,
                    "holder": colleague if kind == "other" else None,
                },
            )
            tx.execute(
                text(
                    "INSERT INTO inbox (id, channel, external_id, conversation_id, position, received_at, kind, text, "
                    "attachments, decided_at, failed) VALUES (:id, 'web', :ref, :of, 1, '2026-11-09 03:30:00.000000', "
                    '\'photo\', \'rahasia sekali\', \'[{"kind": "photo", "name": ""}]\', '
                    "'2026-11-09 03:30:00.000000', FALSE)"
                ),
                {"id": received, "ref": f"m{n}", "of": id_},
            )
            file = MediaRow(received, received, 0, id_, "web", "photo", "x", now, now, sha256=SHA256, state="kept")
            media.add(tx, [replace(file, content_type="text/plain", size=7)])
            carried = {"sha256": SHA256, "name": "a.txt", "content_type": "text/plain", "size": 7, "picture": False}
            outbox.add(tx, [OutboxRow(sent, id_, 2, now, now, [["plain", "jawaban"]], state="sent", file=carried)])
            tasks.add(tx, [TaskRow(id_ + 4, "telephone", id_, None, "uji", now)])
            note = {"id": id_ + 3, "conversation_id": id_, "position": 3, "at": now, "officer_id": colleague}
            tx.execute(insert(handover_events).values(note | {"kind": "note", "text": "catatan"}))
    return made


def name_of(route: Route) -> str:
    path = re.sub(r"{(\w+)[^/]*}", r"{\1}", route.path)
    return f"{route.method} {path}"


def filled(route: Route, ids: tuple[int, int, int] = (1, 1, 1)) -> str:
    """An address of the route."""
    path = re.sub(r"{number[^/]*}", "ADU-2026-00001-6", route.path)
    path = re.sub(r"{id[^/]*}", str(ids[0]), path)
    path = re.sub(r"{task[^/]*}", str(ids[0] + 4), path)
    path = re.sub(r"{file[^/]*}", str(ids[1] if "berkas" in path else ids[2]), path)
    return re.sub(r"{[^/]*}+", "1", path)


async def test_nothing_is_open_but_the_door(town: Town) -> None:
    """A stranger gets to the sign-in page and its style sheet; everything else sends them there, or away."""
    is_open = {name_of(route) for route in town.routes if route.needs == "open"}
    assert is_open == {
        "GET /petugas/masuk",
        "POST /petugas/masuk",
        "GET /petugas/static/{version}/{name}",
    } | {name for name in is_open if name.startswith(("GET /petugas/masuk/", "POST /petugas/masuk/"))}
    for route in town.routes:
        if route.needs != "open":
            assert (name_of(route), await town.stranger.ask(route.method, filled(route))) == (name_of(route), 401)


async def test_nothing_changes_without_the_token_of_the_session(town: Town) -> None:
    changing = [route for route in town.routes if route.changes and route.needs != "open"]
    assert len(changing) > 10
    for route in changing:
        status = await town.officers["admin"].ask(route.method, filled(route), csrf=False)
        assert (name_of(route), status) == (name_of(route), 403)


async def test_every_route_lets_in_only_the_roles_that_it_is_for(town: Town) -> None:
    for route in town.routes:
        name = name_of(route)
        if route.needs == "open" or name in OF_CONVERSATIONS or name in ("GET /petugas/aliran", "POST /petugas/keluar"):
            continue
        allowed = PAGES.get(name) or expected(name)
        for role, browser in town.officers.items():
            status = await browser.ask(route.method, filled(route))
            assert (name, role, status == 403) == (name, role, role not in allowed)


def expected(name: str) -> set[str]:
    """Of the pages of settings, by their beginning."""
    method, path = name.split(" ")
    for start, keepers in (
        ("/petugas/akun", EVERYBODY),
        ("/petugas/kasus/{number}", EVERYBODY),  # whose it is: see test_every_case_route
        ("/petugas/pengingat", EVERYBODY),
        ("/petugas/pengaturan/petugas", {"admin"}),
        ("/petugas/pengaturan/balasan", DESK),
        ("/petugas/balasan-tersimpan.json", DESK),
        ("/petugas/kutipan", DESK | {"inspector"}),
        ("/petugas/pengaturan/profil", KEEPERS if method == "POST" else EVERYBODY),
        ("/petugas/pengaturan/libur", KEEPERS if method == "POST" else EVERYBODY),
        ("/petugas/pengetahuan/persetujuan", KEEPERS),
        ("/petugas/pengetahuan/standar/{key}/pulihkan", KEEPERS),
        ("/petugas/pengetahuan", DESK),
    ):
        if path.startswith(start):
            return keepers
    pytest.fail(f"who may walk {name}? Say so here")


async def test_every_route_of_a_conversation_asks_whose_it_is(town: Town) -> None:
    named = {name_of(route): route for route in town.routes if "{id" in route.path and "pengaturan" not in route.path}
    named = {name: route for name, route in named.items() if "/percakapan/" in name or "/kotak-masuk/" in name}
    assert set(named) == set(OF_CONVERSATIONS)
    for name, route in sorted(named.items(), key=lambda pair: "bisukan" in pair[0]):
        soon = str(jakarta_day(town.program.pasti.office.clock() + timedelta(days=2)))
        for kind, ids in town.conversations.items():
            for role, browser in town.officers.items():
                reason = "" if name.endswith("/buka") else "uji"  # without one, nothing is opened here
                status = await browser.ask(route.method, filled(route, ids), text="halo", alasan=reason, sampai=soon)
                reads, answers = KINDS[kind]
                seen = role in READERS  # the others are not let into the inbox at all
                if not seen:
                    wanted = {403}
                elif role not in reads:
                    wanted = {404}
                elif (OF_CONVERSATIONS[name] == "answer" and role not in answers) or (
                    OF_CONVERSATIONS[name] == "open" and role not in OPENERS
                ):
                    wanted = {403}
                elif "/berkas/" in name or "/kiriman/" in name:
                    wanted = {200}
                else:
                    wanted = {200, 204, 409, 422}
                assert (name, kind, role, status in wanted, status) == (name, kind, role, True, status)


async def test_a_conversation_that_is_not_there_looks_like_one_that_is_not_shown(town: Town) -> None:
    confidential = town.conversations["manager"][0]
    officer = town.officers["officer"]
    for path in ("/petugas/percakapan/{}", "/petugas/kotak-masuk/{}"):
        answers = []
        for id_ in (confidential, 987654321, 2**63, 10**19 - 1):
            async with officer.session.get(officer.url + path.format(id_)) as answer:
                answers.append((answer.status, (await answer.text()).replace(path.format(id_), "")))
        assert len(set(answers)) == 1
        assert answers[0][0] == 404


async def test_what_is_confidential_is_in_no_list_of_others(town: Town) -> None:
    for role, browser in town.officers.items():
        if role not in READERS:
            continue
        for search in ("", "rahasia", "catatan", "Warga"):
            headers = {"X-Requested-With": "pasti", "X-CSRF-Token": browser.csrf}
            data = {"saring": "semua", "cari": search}
            url = f"{browser.url}/petugas/kotak-masuk/daftar"
            async with browser.session.post(url, data=data, headers=headers) as answer:
                found = set(re.findall(r'data-id="(\d+)"', await answer.text()))
            allowed = {str(town.conversations[kind][0]) for kind, (reads, _) in KINDS.items() if role in reads}
            assert (role, search, found) == (role, search, allowed)
