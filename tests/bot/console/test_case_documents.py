"""The documents of a case, as a browser gets them."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from handlers import accounts
from handlers.access import Actor
from handlers.case_entry import Entry, Registered, register_elsewhere
from storage import audit, cases, officers
from tests.bot.connected import Connected, connected
from tests.bot.console.offices import PASSWORD
from tests.bot.console.test_every_route import Browser
from tests.bot.documents.printed import words


def registered(program: Connected) -> str:
    office = program.pasti.office
    accounts.add_officer(office, username="rina", name="Rina", role="officer", password=PASSWORD)
    with office.database.reader() as conn:
        [rina] = [each for each in officers.everyone(conn) if each.username == "rina"]
    entry = Entry("letter", office.clock(), "Antrean #1 *lama*", "loket", "Yayat Hidayat", "081234500011")
    done = register_elsewhere(office, Actor(rina.id, rina.name, rina.role), entry)
    assert isinstance(done, Registered)
    return done.number


async def test_a_file_is_shown_under_its_number_and_kept_by_nobody(tmp_path: Path) -> None:
    async with (
        connected(tmp_path, public_url=None) as program,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        number = registered(program)
        rina = Browser(program.url, session)
        await rina.sign_in("rina")
        path = f"/petugas/kasus/{number}/berkas.pdf"
        for site in ("cross-site", "same-site"):  # a link elsewhere would write into the history
            async with session.get(program.url + path, headers={"Sec-Fetch-Site": site}) as answer:
                assert answer.status == 403
                assert "tidak berasal dari halaman konsol" in await answer.text()
        async with session.get(program.url + path, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
            pdf = await answer.read()
            assert answer.status == 200
            assert answer.content_type == "application/pdf"
            assert answer.headers["Content-Disposition"] == f'inline; filename="{number}-berkas.pdf"'
            assert "no-store" in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        said = words(pdf)
        assert "Antrean #1 *lama*" in said
        assert "Berkas dicetak" in said
        for missing in ("laporan/1.pdf", "laporan/0.pdf", "laporan/99999.pdf", "laporan/x.pdf", "laporan/1"):
            assert await rina.ask("GET", f"/petugas/kasus/{number}/{missing}") == 404
        with program.pasti.office.database.reader() as conn:
            case = cases.get_by_number(conn, number)
            assert case
            assert [event.kind for event in audit.history(conn, case.id)] == ["opened", "printed"]
