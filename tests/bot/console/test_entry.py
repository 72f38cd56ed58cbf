"""Signing in and out, and an officer's own account, step by step and in Chromium."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.console.devices import device
from tests.bot.console.offices import Office
from tests.bot.console.visitors import PASSWORD, Town, Visitor, open_town
from tests.for_everyone import no_serious_findings

OWN, OWN_PASSWORD = "/petugas/akun", "/petugas/akun/sandi"
FACTOR = "/petugas/akun/faktor-kedua"
ANOTHER = "senja di tepi waduk"


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as town:
        yield town


# ------------------------------------------------------------ in


@pytest.mark.parametrize(
    "after",
    [
        *("https://jahat.example", "//jahat.example", "/", "/petugasjahat", "/petugas/../chat", "javascript:alert(1)"),
        *("/petugas/\\jahat", "/petugas/masuk", "/petugas/keluar", "/petugas/x\r\nSet-Cookie: a=b", "petugas", ""),
    ],
)
async def test_after_signing_in_one_is_in_the_console(town: Town, after: str) -> None:
    town.officer("rina")
    answer = await town.visitor().enter("rina", after=after)
    assert (answer.status, answer.place) == (303, "/petugas")
    assert answer.headers.getall("Set-Cookie") == [answer.headers["Set-Cookie"]]


async def test_what_is_wrong_looks_alike(town: Town) -> None:
    town.officer("rina")
    pages = []
    for username, password in (("rina", "salah sama sekali"), ("siapa", PASSWORD), ("", "")):
        answer = await town.visitor().enter(username, password, after="/petugas/akun")
        assert answer.status == 422
        assert answer.notice == "Nama pengguna atau kata sandi tidak cocok."
        assert "Set-Cookie" not in answer.headers
        pages.append(answer.text.replace(f'value="{username}"', 'value=""').replace(" autofocus", ""))
        assert password not in answer.text or not password
    assert pages[0] == pages[1] == pages[2]
    assert 'name="lanjut" value="/petugas/akun"' in pages[0]


@pytest.mark.parametrize("password", ["+2AA-", "+2AA-" * 10])
async def test_half_a_surrogate_is_a_wrong_password_and_may_be_an_own_one(town: Town, password: str) -> None:
    rina = await town.entered("rina")
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"}
    body = "username=rina&password=" + quote(password)
    answer = await town.visitor().ask("POST", "/petugas/masuk", form, body.encode())
    assert (answer.status, answer.notice) == (422, "Nama pengguna atau kata sandi tidak cocok.")
    body = f"password={quote(password)}&again={quote(password)}&current={quote(PASSWORD)}"
    answer = await rina.ask("POST", OWN_PASSWORD, {**form, "X-CSRF-Token": rina.csrf}, body.encode())
    assert answer.status == (422 if len(password) < 10 else 303)


async def test_who_tries_too_often_is_told_how_long_to_wait(town: Town) -> None:
    town.officer("rina")
    for _ in range(5):
        assert (await town.visitor().enter("rina", "salah sama sekali")).status == 422
    answer = await town.visitor().enter("rina")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "5")
    assert answer.notice == "Terlalu banyak percobaan. Coba lagi dalam 5 detik."
    town.clock.now += timedelta(seconds=5)
    assert (await town.visitor().enter("rina")).status == 303


async def test_each_sign_in_is_a_new_session_and_ends_the_one_before(town: Town) -> None:
    rina = await town.entered("rina")
    town.officer("budi")
    before = rina.cookie
    assert (await rina.get("/petugas/masuk?lanjut=/petugas/akun")).place == OWN  # already there
    await rina.enter("budi")
    assert rina.cookie != before
    assert (await town.visitor().get(OWN, {"Cookie": f"pasti_petugas={before}"})).status == 303
    assert "budi" in (await rina.get(OWN)).text


async def test_out_is_out(town: Town) -> None:
    rina = await town.entered("rina")
    cookie = rina.cookie
    answer = await rina.post("/petugas/keluar")
    assert (answer.status, answer.place, rina.cookie) == (303, "/petugas/masuk", "")
    assert answer.headers["Clear-Site-Data"] == '"storage"'  # drafts of replies
    assert (await town.visitor().get(OWN, {"Cookie": f"pasti_petugas={cookie}"})).status == 303


# ------------------------------------------------------------ with a code


async def switch_on(town: Town, visitor: Visitor) -> pyotp.TOTP:
    """As the page says it: the key beside the QR code, and a first code. It is used up a moment later."""
    page = (await visitor.get(FACTOR)).text
    found = re.search(r"Ketik kunci ini di aplikasi: <b>([A-Z2-7 ]+)</b>", page)
    draft = re.search(r'name="rancangan" value="([^"]+)"', page)
    assert found
    assert draft
    assert "<svg" in page
    assert "style=" not in page  # the policy takes none
    app = pyotp.TOTP(found[1].replace(" ", ""))
    wrong = await visitor.post(FACTOR, rancangan=draft[1], kode="000000")
    assert wrong.status == 422
    assert found[1] in wrong.text  # what was scanned stays good
    answer = await visitor.post(FACTOR, rancangan=draft[1], kode=app.at(town.clock.now))
    assert answer.place == f"{OWN}?tersimpan=kode"
    town.clock.now += timedelta(seconds=30)
    return app


async def test_a_code_is_the_second_step(town: Town) -> None:
    app = await switch_on(town, await town.entered("rina"))
    rina = town.visitor()
    step = await rina.enter("rina", after=OWN)
    assert (step.status, rina.cookie) == (200, "")
    assert "Kode dari aplikasi autentikator" in step.text
    ticket = re.search(r'name="tiket" value="([^"]+)"', step.text)
    assert ticket
    fields = {"tiket": ticket[1], "lanjut": OWN}
    again = await rina.post("/petugas/masuk/kode", kode="000000", **fields)
    assert (again.status, again.notice[:17]) == (422, "Kode tidak cocok.")
    code = app.at(town.clock.now)
    answer = await rina.post("/petugas/masuk/kode", kode=f"{code[:3]} {code[3:]}", **fields)
    assert (answer.status, answer.place) == (303, OWN)
    assert "rina" in (await rina.get(OWN)).text
    town.clock.now += timedelta(minutes=6)
    late = await town.visitor().post("/petugas/masuk/kode", kode=app.at(town.clock.now), **fields)
    assert (late.status, late.notice) == (422, "Langkah kedua ini sudah terlalu lama. Silakan mulai lagi.")


async def test_a_code_that_is_asked_for_is_not_exchanged_for_another(town: Town) -> None:
    rina = await town.entered("rina")
    draft = re.search(r'name="rancangan" value="([^"]+)"', (await rina.get(FACTOR)).text)
    assert draft
    app = await switch_on(town, rina)
    assert (await rina.get(FACTOR)).place == OWN
    kept = town.program.pasti.office.keys.open("totp draft", draft[1]).split(" ")[0]
    refused = await rina.post(FACTOR, rancangan=draft[1], kode=pyotp.TOTP(kept).at(town.clock.now))
    assert (refused.status, refused.notice[:30]) == (422, "Kode dari aplikasi sudah nyala")
    assert kept != app.secret


async def test_a_code_is_asked_for_no_more(town: Town) -> None:
    rina = await town.entered("rina")
    await switch_on(town, rina)
    refused = await rina.post(f"{FACTOR}/matikan", current="salah sama sekali")
    assert refused.status == 422
    assert "Kata sandi yang sekarang tidak cocok." in refused.text
    assert (await rina.post(f"{FACTOR}/matikan", current=PASSWORD)).place == f"{OWN}?tersimpan=tanpa-kode"
    assert (await town.visitor().enter("rina")).status == 303


# ------------------------------------------------------------ the own account


async def test_an_own_password(town: Town) -> None:
    rina = await town.entered("rina")
    for fields, said in (
        ({"password": "pendek", "again": "pendek"}, "Kata sandi paling sedikit 10 huruf."),
        ({"password": ANOTHER, "again": "lain"}, "Tidak sama dengan yang di atas."),
        ({"password": ANOTHER, "again": ANOTHER, "current": "salah"}, "Kata sandi yang sekarang tidak cocok."),
        ({}, "Kata sandi paling sedikit 10 huruf."),
    ):
        page = await rina.post(OWN_PASSWORD, **fields)
        assert page.status == 422
        assert said in page.text
        assert ANOTHER not in page.text
    answer = await rina.post(OWN_PASSWORD, password=ANOTHER, again=ANOTHER, current=PASSWORD)
    assert answer.place == f"{OWN}?tersimpan=sandi"
    assert "Kata sandi sudah diganti." in (await rina.get(answer.place)).text
    assert (await town.visitor().enter("rina", PASSWORD)).status == 422
    assert (await town.visitor().enter("rina", ANOTHER)).status == 303


async def test_a_temporary_password_becomes_an_own_one(town: Town) -> None:
    given = town.officer("rina", password="")
    rina = town.visitor()
    await rina.enter("rina", given)
    page = (await rina.get(OWN_PASSWORD)).text
    assert "Kata sandi sekarang" not in page
    assert "rail__nav" not in page  # nothing else leads anywhere yet
    assert (await rina.post(OWN_PASSWORD, password=given, again=given)).status == 422
    assert (await rina.post(OWN_PASSWORD, password=ANOTHER, again=ANOTHER)).place == "/petugas"
    assert (await rina.get(OWN)).status == 200
    assert (await town.visitor().enter("rina", given)).status == 422


async def test_sessions_are_listed_and_ended(town: Town) -> None:
    rina = await town.entered("rina")
    phone, tablet = town.visitor(), town.visitor()
    for visitor in (phone, tablet):
        await visitor.enter("rina")
    page = (await rina.get(OWN)).text
    assert page.count("perangkat ini") == 1
    others = re.findall(r'name="sesi" value="(\w{64})"', page)
    assert len(others) == 2
    assert rina.cookie not in page
    await rina.post("/petugas/akun/sesi", sesi=others[0])
    assert sorted([(await phone.get(OWN)).status, (await tablet.get(OWN)).status]) == [200, 303]
    await rina.post("/petugas/akun/sesi", sesi="lain")
    assert [(await each.get(OWN)).status for each in (rina, phone, tablet)] == [200, 303, 303]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome di Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537.36 Edg/140.0", "Edge di Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari di iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-A155F) SamsungBrowser/25.0 Chrome/121.0", "Samsung Internet di Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox di Linux"),
        ("curl/8.5", "Peramban lain"),
        ("", "Peramban lain"),
    ],
)
def test_a_device_in_words(said: str, expected: str) -> None:
    assert device(said) == expected


# ------------------------------------------------------------ as people see it


async def test_the_first_day_of_an_officer(office: Office) -> None:
    """By keyboard alone: a one-time password, an own one, and a code from the telephone."""
    given = Town(office.program, None, []).officer("rina", "admin", password="")  # type: ignore[arg-type]
    page = await office.page()
    await page.goto(f"{office.url}/petugas")
    await no_serious_findings(page)
    await page.keyboard.type("rina")
    await page.keyboard.press("Tab")
    await page.keyboard.type("bukan sandinya")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Nama pengguna atau kata sandi tidak cocok.")
    await no_serious_findings(page)
    await expect(page.get_by_label("Kata sandi")).to_be_focused()
    await page.keyboard.type(given)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Ganti kata sandi")).to_be_visible()
    await no_serious_findings(page)
    await page.get_by_label("Kata sandi baru", exact=True).fill(ANOTHER)
    await page.get_by_label("Ulangi kata sandi baru").fill(ANOTHER)
    await page.get_by_role("button", name="Simpan kata sandi").click()
    await page.wait_for_url("**/petugas/kotak-masuk*")

    await page.goto(f"{office.url}{FACTOR}")
    await no_serious_findings(page)
    key = await page.locator(".field__hint b").first.inner_text()
    app = pyotp.TOTP(key.replace(" ", ""))
    await page.get_by_label("Kode dari aplikasi autentikator").fill(app.now())
    await page.get_by_role("button", name="Nyalakan").click()
    await expect(page.get_by_text("Kode dari aplikasi sekarang diminta")).to_be_visible()
    await no_serious_findings(page)
    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.locator(".rail__me summary").click()
    await page.get_by_role("button", name="Keluar").click()
    await page.wait_for_url("**/petugas/masuk")
    await page.get_by_label("Nama pengguna").fill("rina")
    await page.get_by_label("Kata sandi").fill(ANOTHER)
    await page.get_by_role("button", name="Masuk").click()
    await expect(page.get_by_label("Kode dari aplikasi autentikator")).to_be_focused()
    await no_serious_findings(page)
