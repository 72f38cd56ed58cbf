"""The pages on which admins keep the accounts, and the two that say who may do what and what was done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import expect
from sqlalchemy import text

from tests.bot.console.offices import Office
from tests.bot.console.visitors import Answer, Town, Visitor, open_town
from tests.for_everyone import no_serious_findings

LIST = "/petugas/pengaturan/petugas"
RIGHTS = "/petugas/pengaturan/hak-akses"
ACTIVITY = "/petugas/pengaturan/riwayat"
GIVEN = re.compile(r"<code>((?:[a-z]{4}-){3}[a-z]{4})</code>")


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as town:
        yield town


@pytest_asyncio.fixture
async def admin(town: Town) -> Visitor:
    return await town.entered("rina", "admin")


def id_of(town: Town, username: str) -> int:
    return next(int(str(row["id"])) for row in town.program.rows("officers") if row["username"] == username)


def state_of(page: Answer, name: str) -> str:
    """The tags of an officer's line."""
    [line] = [line for line in page.text.split("<tr>") if f">{name}</a>" in line]
    return ", ".join(re.findall(r'class="tag[^"]*">([^<]+)<', line))


async def test_a_new_officer_gets_a_password_that_is_shown_once(town: Town, admin: Visitor) -> None:
    fields = {"username": "budi", "name": "Budi <b>Santoso</b>", "role": "officer"}
    page = await admin.post(LIST, agency="DPMPTSP", position="Analis", **fields)
    found = GIVEN.search(page.text)
    assert found
    listed = await admin.get(LIST)
    assert not GIVEN.search(listed.text)
    assert "DPMPTSP, Analis" in listed.text
    assert state_of(listed, "Budi <b>Santoso</b>") == "sandi sekali pakai"  # unescaped by the test alone
    assert (await town.visitor().enter("budi", found[1])).place == "/petugas"


async def test_what_is_wrong_stands_beside_its_field(admin: Visitor) -> None:
    for fields, field, said in (
        ({"username": "Budi!", "name": "Budi"}, "username", "Nama pengguna terdiri dari 3 sampai 32"),
        ({"username": "rina", "name": "Budi"}, "username", "Nama pengguna ini sudah dipakai."),
        ({"username": "budi", "name": ""}, "name", "Isi nama lengkapnya"),
        ({"username": "budi", "name": "Budi", "role": "raja"}, "role", "Pilih salah satu peran."),
    ):
        page = await admin.post(LIST, **{"role": "officer", **fields})
        assert page.status == 422
        assert f'id="{field}-error">{said}' in page.text
        assert f'value="{fields["name"]}"' in page.text


async def test_who_does_not_sign_in_gets_no_password(admin: Visitor) -> None:
    page = await admin.post(LIST, username="bupati", name="Bupati", role="outside_superior")
    assert "bupati sudah ditambahkan." in page.text
    assert state_of(page, "Bupati") == "tidak masuk"


async def test_facts_are_changed(town: Town, admin: Visitor) -> None:
    budi = await town.entered("budi")
    place = f"{LIST}/{id_of(town, 'budi')}"
    facts = {
        "name": "Budi Santoso",
        "role": "complaint_manager",
        "agency": "DPMPTSP",
        "position": "Pejabat Pengelola",
        "superior": str(id_of(town, "rina")),
        "deputy": str(id_of(town, "rina")),
        "deputy_from": "2026-11-10",
        "deputy_until": "2026-11-12",
    }
    assert (await admin.post(place, **facts)).place == f"{place}?tersimpan=1"
    page = (await admin.get(f"{place}?tersimpan=1")).text
    assert "Tersimpan." in page
    for shown in ('value="Budi Santoso"', 'value="complaint_manager" selected', 'value="2026-11-12"'):
        assert shown in page
    assert (await budi.get(RIGHTS)).status == 303  # another role: they sign in again
    await budi.enter("budi")
    own = (await budi.get("/petugas/akun")).text
    assert "Pejabat Pengelola Pengaduan" in own
    assert "Rina, 10 Nov 2026 sampai 12 Nov 2026" in own
    late = await admin.post(place, **facts | {"deputy_until": "2026-11-01"})
    assert (late.status, "Isi hari pertama dan hari terakhir" in late.text) == (422, True)
    odd = await admin.post(place, **facts | {"superior": "²", "deputy": "9" * 30, "deputy_from": "besok"})
    assert odd.status == 303  # what is no officer is none


async def test_an_account_is_closed_and_opened(town: Town, admin: Visitor) -> None:
    budi = await town.entered("budi")
    place = f"{LIST}/{id_of(town, 'budi')}"
    assert (await admin.post(f"{place}/aktif", aktif="tidak")).status == 303
    assert (await budi.get(RIGHTS)).status == 303
    assert (await town.visitor().enter("budi")).status == 422
    assert state_of(await admin.get(LIST), "Budi") == "nonaktif"
    await admin.post(f"{place}/aktif", aktif="ya")
    assert (await budi.enter("budi")).status == 303


async def test_the_last_admin_stays(town: Town, admin: Visitor) -> None:
    place = f"{LIST}/{id_of(town, 'rina')}"
    for page in (
        await admin.post(f"{place}/aktif", aktif="tidak"),
        await admin.post(place, name="Rina", role="officer"),
    ):
        assert page.status == 422
        assert "Ini admin aktif yang terakhir." in page.text


async def test_a_lost_password_and_a_lost_telephone(town: Town, admin: Visitor) -> None:
    budi = await town.entered("budi")
    office, place = town.program.pasti.office, f"{LIST}/{id_of(town, 'budi')}"
    with office.database.transaction() as tx:
        sealed = office.keys.seal("totp", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP 0")
        tx.execute(text("UPDATE officers SET totp_sealed = :sealed WHERE username = 'budi'"), {"sealed": sealed})
    assert state_of(await admin.get(LIST), "Budi") == "aktif, dengan kode"
    assert (await admin.post(f"{place}/faktor-kedua")).status == 303
    assert state_of(await admin.get(LIST), "Budi") == "aktif"
    found = GIVEN.search((await admin.post(f"{place}/sandi")).text)
    assert found
    assert (await budi.get(RIGHTS)).status == 303
    assert (await budi.enter("budi", found[1])).status == 303


async def test_an_officer_who_is_not_there(admin: Visitor) -> None:
    for path in ("1", "999999999999999999", "9999999999999999999999"):
        assert (await admin.get(f"{LIST}/{path}")).status == 404
    for what in ("", "/aktif", "/sandi", "/faktor-kedua"):
        assert (await admin.post(f"{LIST}/1{what}", name="x", role="officer")).status == 404


async def test_rights_are_the_table_that_is_asked(town: Town) -> None:
    budi = await town.entered("budi")
    page = (await budi.get(RIGHTS)).text
    [line] = [line for line in page.split("<tr>") if "Mengelola akun petugas" in line]
    assert re.findall(r">(boleh|tidak boleh)<", line) == ["tidak boleh"] * 5 + ["boleh"]


async def test_what_was_done_is_told_page_by_page(town: Town, admin: Visitor) -> None:
    await admin.post(LIST, username="budi", name="Budi", role="officer")
    place = f"{LIST}/{id_of(town, 'budi')}"
    await admin.post(place, name="Budi", role="inspector")
    page = (await admin.get(ACTIVITY)).text
    assert "Akun diubah: <b>budi</b>" in page
    assert "Peran: <del>Petugas layanan</del> Inspektorat (APIP)" in page
    assert "Baris perintah" in page  # who added the admin
    assert "Lebih lama" not in page
    for n in range(110):
        await admin.post(place, name=f"Budi {n}", role="inspector")
    page = (await admin.get(ACTIVITY)).text
    assert page.count("Akun diubah") == 100
    older = re.search(r'href="([^"]+)">Lebih lama', page)
    assert older
    assert (await admin.get(older[1])).text.count("Akun diubah") == 11
    for odd in ("x", "²", "9" * 40):
        assert (await admin.get(f"{ACTIVITY}?sebelum={odd}")).status == 200


async def test_an_admin_at_work(office: Office) -> None:
    office.officer("rina", "admin")
    page = await office.signed_in("rina", path=LIST)
    await page.get_by_label("Nama lengkap").fill("Euis Contoh")
    await page.get_by_label("Nama pengguna").fill("euis")
    await page.get_by_label("Peran").select_option("Tim teknis")
    await page.get_by_role("button", name="Tambah").click()
    await expect(page.locator("code")).to_have_text(re.compile(r"^([a-z]{4}-){3}[a-z]{4}$"))
    await no_serious_findings(page)
    await page.get_by_role("link", name="Euis Contoh").click()
    await no_serious_findings(page)
    await page.get_by_label("Jabatan").fill("Analis")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_role("status")).to_have_text("Tersimpan.")
    await page.get_by_role("button", name="Nonaktifkan").click()
    await expect(page.get_by_role("button", name="Aktifkan lagi")).to_be_visible()
    for path in (RIGHTS, ACTIVITY):
        await page.goto(office.url + path)
        await no_serious_findings(page)
