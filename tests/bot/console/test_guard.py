"""The guard before every route: sessions, tokens, roles, and the sentences of what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio

from handlers import accounts
from handlers.office import Office
from tests.bot.console.visitors import SCRIPT, Town, Visitor, open_town
from tests.postgresql import about_sqlite
from tests.storage.fresh import away

OFFICERS = "/petugas/pengaturan/petugas"
RIGHTS = "/petugas/pengaturan/hak-akses"
SESSIONS = "/petugas/akun/sesi"


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as town:
        yield town


def execute(office: Office, statement: str) -> None:
    with office.database.transaction() as tx:
        tx.exec_driver_sql(statement)


# ------------------------------------------------------------ every answer


async def test_every_answer_is_shut_in(town: Town) -> None:
    rina = await town.entered("rina")
    stranger = town.visitor()
    asked = [
        await stranger.get("/petugas/masuk"),
        await stranger.get(RIGHTS),
        await stranger.get(RIGHTS, SCRIPT),
        await rina.get(RIGHTS),
        await rina.get(OFFICERS),
        await rina.get("/petugas"),
        await rina.get("/petugas/tidak/ada"),
        await rina.ask("POST", SESSIONS),
    ]
    assert [answer.status for answer in asked] == [200, 303, 401, 200, 403, 303, 404, 403]
    for answer in asked:
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy == {
            "default-src": "'none'",
            **dict.fromkeys(
                ("script-src", "style-src", "img-src", "media-src", "connect-src", "form-action"), "'self'"
            ),
            **dict.fromkeys(("base-uri", "frame-ancestors"), "'none'"),
        }
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_style_sheet_is_kept_for_good_and_is_for_everybody(town: Town) -> None:
    stranger = town.visitor()
    page = (await stranger.get("/petugas/masuk")).text
    start = page.index("/petugas/static/")
    sheet = await stranger.get(page[start : page.index('"', start)])
    assert sheet.status == 200
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.headers["X-Content-Type-Options"] == "nosniff"


# ------------------------------------------------------------ who is there


async def test_a_stranger_is_led_to_the_door_and_back(town: Town) -> None:
    stranger = town.visitor()
    answer = await stranger.get("/petugas/kotak-masuk?saring=saya&kanal=web")
    assert (answer.status, answer.place) == (
        303,
        "/petugas/masuk?lanjut=%2Fpetugas%2Fkotak-masuk%3Fsaring%3Dsaya%26kanal%3Dweb",
    )
    town.officer("rina")
    door = await stranger.get(answer.place)
    assert 'name="lanjut" value="/petugas/kotak-masuk?saring=saya&kanal=web"' in door.text
    entered = await stranger.enter("rina", after="/petugas/kotak-masuk?saring=saya&kanal=web")
    assert entered.place == "/petugas/kotak-masuk?saring=saya&kanal=web"


async def test_a_script_and_a_form_of_a_stranger_get_a_sentence(town: Town) -> None:
    stranger = town.visitor()
    for answer in (
        await stranger.get(RIGHTS, SCRIPT),
        await stranger.get("/petugas/aliran", {"Accept": "text/event-stream"}),
        await stranger.ask("POST", SESSIONS, SCRIPT),
    ):
        assert (answer.status, answer.text) == (401, "Sesi Anda sudah berakhir. Silakan masuk lagi.")
    form = await stranger.post(SESSIONS, sesi="lain")
    assert form.status == 401
    assert "<h1>Silakan masuk lagi</h1>" in form.text


@pytest.mark.parametrize("cookie", ["x", "x" * 5000, '"; DROP TABLE sessions"', "%00"])
async def test_a_made_up_cookie_is_nobodys(town: Town, cookie: str) -> None:
    answer = await town.visitor().get(RIGHTS, {"Cookie": f"pasti_petugas={cookie}"})
    assert answer.status == 303


async def test_a_session_ends_with_a_quiet_while_and_each_minute_counts(town: Town) -> None:
    rina = await town.entered("rina")
    with town.program.pasti.office.database.reader() as conn:
        first = accounts.session_of(conn, town.program.pasti.office, rina.cookie)
    assert first
    town.clock.now += timedelta(seconds=59)
    assert (await rina.get(RIGHTS)).status == 200
    assert _seen(town, rina) == first.seen_at
    town.clock.now += timedelta(seconds=1)
    assert (await rina.get(RIGHTS)).status == 200
    assert _seen(town, rina) == town.clock.now
    town.clock.now += timedelta(hours=12)
    assert (await rina.get(RIGHTS)).status == 303


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/petugas/kotak-masuk", {"X-Background": "1"}),
        ("POST", "/petugas/kotak-masuk/daftar", {"X-Background": "1"}),
        ("GET", "/petugas/aliran", {"Accept": "text/event-stream"}),
    ],
)
async def test_what_a_page_asks_for_by_itself_keeps_no_session_awake(
    town: Town, method: str, path: str, headers: dict[str, str]
) -> None:
    rina = await town.entered("rina")
    first = _seen(town, rina)
    for _ in range(11):
        town.clock.now += timedelta(hours=1)
        asked = {**SCRIPT, "X-CSRF-Token": rina.csrf, **headers}
        async with rina.http.request(method, rina.url + path, headers=asked) as answer:
            assert answer.status == 200
        assert _seen(town, rina) == first
    town.clock.now += timedelta(hours=1)
    assert (await rina.get(RIGHTS)).status == 303


def _seen(town: Town, visitor: Visitor) -> object:
    with town.program.pasti.office.database.reader() as conn:
        found = accounts.session_of(conn, town.program.pasti.office, visitor.cookie)
    return found.seen_at if found else None


async def test_a_reset_shows_at_the_next_request(town: Town) -> None:
    rina = await town.entered("rina")
    [row] = town.program.rows("officers")
    accounts.reset_password(town.program.pasti.office, int(str(row["id"])))
    assert (await rina.get(RIGHTS)).status == 303


async def test_the_cookie_is_for_the_console_alone(tmp_path: Path) -> None:
    for url, secure in (("http://127.0.0.1", False), ("https://pasti.example", True)):
        folder = tmp_path / str(secure)
        folder.mkdir()
        async with open_town(folder, public_url=url) as town:
            town.officer("rina")
            fields = {"username": "rina", "password": "kata sandi untuk uji coba"}
            answer = await town.visitor().ask("POST", "/petugas/masuk", data=fields)
            name, *flags = answer.headers["Set-Cookie"].split("; ")
            assert len(name) == len("pasti_petugas=") + 43
            assert sorted(flags) == ["HttpOnly", "Path=/petugas", "SameSite=Lax", *(["Secure"] if secure else [])]


# ------------------------------------------------------------ where a request comes from


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://jahat.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://jahat.example", "Sec-Fetch-Site": "same-origin"}, 303),  # the browser's own word counts
    ],
)
async def test_what_changes_comes_from_our_page(town: Town, headers: dict[str, str], status: int) -> None:
    rina = await town.entered("rina")
    fields = {"csrf": rina.csrf, "sesi": "lain"}
    assert (await rina.ask("POST", SESSIONS, headers, fields)).status == status
    fields = {"username": "rina", "password": "kata sandi untuk uji coba"}
    assert (await town.visitor().ask("POST", "/petugas/masuk", headers, fields)).status == status


async def test_what_changes_carries_the_token_of_its_session(town: Town) -> None:
    rina, budi = await town.entered("rina"), await town.entered("budi")
    again = town.visitor()
    await again.enter("rina")
    tried = ["", "x", "é", budi.csrf, again.csrf, rina.csrf[:-1], rina.csrf + "0"]
    for token in tried:
        for headers, fields in (({}, {"csrf": token}), ({"X-CSRF-Token": token}, {"csrf": rina.csrf})):
            if token == "é" and headers:
                continue
            assert (await rina.ask("POST", SESSIONS, headers, fields)).status == 403
    refused = await rina.ask("POST", SESSIONS, SCRIPT)
    assert refused.text == "Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu coba lagi."
    assert refused.headers["X-Reload"] == "1"
    elsewhere = await rina.ask("POST", SESSIONS, {**SCRIPT, "Sec-Fetch-Site": "cross-site"})
    assert (elsewhere.status, "X-Reload" in elsewhere.headers) == (403, False)
    assert (await rina.ask("POST", SESSIONS, {"X-CSRF-Token": rina.csrf})).status == 303
    assert (await rina.post(SESSIONS)).status == 303


async def test_a_page_of_an_earlier_session_is_told_whose_this_one_is_and_its_token(town: Town) -> None:
    rina = await town.entered("rina")
    earlier = rina.csrf
    await rina.enter("rina")
    async with rina.http.get(f"{rina.url}/petugas/akun/token.json", headers=SCRIPT) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        told = await answer.json()
    [officer] = town.program.rows("officers")
    assert told == {"officer": str(officer["id"]), "csrf": rina.csrf}
    assert told["csrf"] != earlier
    assert (await town.visitor().get("/petugas/akun/token.json", SCRIPT)).status == 401


async def test_a_form_with_files_carries_the_token_in_its_header(town: Town) -> None:
    rina = await town.entered("rina")
    body = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{rina.csrf}\r\n--x--\r\n'.encode()
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await rina.ask("POST", SESSIONS, multipart, body)).status == 403
    assert (await rina.ask("POST", SESSIONS, {**multipart, "X-CSRF-Token": rina.csrf}, body)).status == 303


# ------------------------------------------------------------ who may


async def test_a_temporary_password_leads_only_to_another(town: Town) -> None:
    given = town.officer("rina", "admin", password="")
    rina = town.visitor()
    await rina.enter("rina", given)
    for path in ("/petugas", OFFICERS, RIGHTS, "/petugas/akun", "/petugas/akun/faktor-kedua", "/petugas/tidak/ada"):
        answer = await rina.get(path)
        assert (path, answer.status, answer.place) == (path, 303, "/petugas/akun/sandi")
    answer = await rina.get(RIGHTS, SCRIPT)
    assert (answer.status, answer.text) == (403, "Ganti dulu kata sandi sementara Anda.")
    assert (await rina.post(OFFICERS, username="euis", name="Euis", role="admin")).status == 403
    assert (await rina.get("/petugas/akun/sandi")).status == 200
    assert (await rina.post("/petugas/keluar")).status == 303
    assert (await rina.get("/petugas/akun/sandi")).place.startswith("/petugas/masuk")


async def test_a_role_is_asked_for_each_time(town: Town) -> None:
    budi = await town.entered("budi")
    page = await budi.get(OFFICERS)
    assert page.status == 403
    assert "Peran Anda tidak mengizinkan ini." in page.text
    assert f'href="{OFFICERS}"' not in page.text
    script = await budi.get(OFFICERS, SCRIPT)
    assert (script.status, script.text[:10]) == (403, "Peran Anda")
    execute(town.program.pasti.office, "UPDATE officers SET role = 'admin' WHERE username = 'budi'")
    assert (await budi.get(OFFICERS)).status == 200


# ------------------------------------------------------------ what goes wrong


async def test_what_cannot_be_read_is_a_sentence(town: Town) -> None:
    rina = await town.entered("rina")
    form = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": rina.csrf}
    odd = {**form, "Content-Type": "application/x-www-form-urlencoded; charset=klingon"}
    assert (await rina.ask("POST", SESSIONS, odd, b"a=1")).status == 400
    assert (await rina.ask("POST", SESSIONS, form, b"sesi=\xff\xfe")).status == 400
    assert (await rina.ask("POST", SESSIONS, form, BytesIO(b"sesi=" + b"x" * 1_100_000))).status == 413
    assert (await rina.ask("POST", "/petugas/masuk", form, b"username=%ff%00")).status == 422
    json = {"Content-Type": "application/json"}
    assert (await rina.ask("POST", "/petugas/masuk", json, b"{}")).status == 415


async def test_a_database_that_is_away_is_a_sentence(town: Town) -> None:
    rina, office = await town.entered("rina"), town.program.pasti.office
    with away(office.database, "sessions"):
        page = await rina.get(RIGHTS)
        assert page.status == 503
        assert "Basis data sedang tidak terjangkau." in page.text
        assert "sessions" not in page.text
        assert office.database.engine.dialect.name not in page.text
        assert (await rina.get(RIGHTS, SCRIPT)).text.startswith("Basis data")
    assert (await rina.get(RIGHTS)).status == 200


@about_sqlite  # which takes a date that is none
async def test_a_fault_of_ours_is_a_sentence_and_in_the_log_a_place(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    rina = await town.entered("rina")
    execute(town.program.pasti.office, "UPDATE officers SET deputy_from = 'kapan-kapan'")
    page = await rina.get(RIGHTS)
    assert page.status == 500
    assert "Ada yang tidak beres di pihak kami." in page.text
    assert "<html" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    script = await rina.get(RIGHTS, SCRIPT)
    assert script.text == "Ada yang tidak beres di pihak kami. Coba muat ulang; kalau terulang, hubungi admin."
    assert script.headers["X-Content-Type-Options"] == "nosniff"
    out, err = capfd.readouterr()
    assert "ValueError at " in out + err
    assert "kapan-kapan" not in out + err + page.text


async def test_no_secret_stands_in_the_log(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    rina = await town.entered("rina")
    await rina.get(RIGHTS)
    await rina.enter("rina", "kata sandi yang salah")
    out, err = capfd.readouterr()
    assert not [secret for secret in (rina.cookie, rina.csrf, "kata sandi", "rina") if secret in out + err]
