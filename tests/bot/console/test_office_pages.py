"""The pages where the office keeps its profile, its calendar and its saved replies, and the quotes for the composer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from handlers import accounts
from tests.bot.connected import Connected, connected
from tests.bot.console.offices import PASSWORD, Office
from tests.browser import PHONE
from tests.for_everyone import no_serious_findings

PROFILE = "/petugas/pengaturan/profil"
HOLIDAYS = "/petugas/pengaturan/libur"
REPLIES = "/petugas/pengaturan/balasan"
HOURS = "Senin–Kamis 08.00–15.30"


@dataclass
class Session:
    """One officer's session, with no browser around it."""

    program: Connected
    http: aiohttp.ClientSession
    csrf: str = ""

    async def get(self, path: str, status: int = 200) -> str:
        async with self.http.get(self.program.url + path) as answer:
            assert answer.status == status, await answer.text()
            return unescape(await answer.text())

    async def json(self, path: str) -> Any:
        async with self.http.get(self.program.url + path) as answer:
            assert answer.status == 200
            return await answer.json()

    async def post(self, path: str, status: int = 303, **fields: str) -> str:
        """What the page says, or where it leads to."""
        data = {"csrf": self.csrf, **fields}
        async with self.http.post(self.program.url + path, data=data, allow_redirects=False) as answer:
            assert answer.status == status, await answer.text()
            return answer.headers["Location"] if status == 303 else unescape(await answer.text())


@dataclass
class Desk:
    program: Connected
    head: Session
    officer: Session


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with connected(tmp_path, public_url="http://127.0.0.1") as program:  # its cookies go over http
        sessions = []
        for role in ("head", "officer"):
            accounts.add_officer(program.pasti.office, username=role, name=role, role=role, password=PASSWORD)
            http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
            async with http.post(f"{program.url}/petugas/masuk", data={"username": role, "password": PASSWORD}):
                pass
            session = Session(program, http)
            found = re.search(r'name="csrf" value="([^"]+)"', await session.get("/petugas/akun"))
            assert found
            session.csrf = found[1]
            sessions.append(session)
        yield Desk(program, *sessions)
        for session in sessions:
            await session.http.close()


def events(desk: Desk) -> list[tuple[object, object]]:
    kinds = ("profile", "holiday", "saved_reply")
    rows = desk.program.rows("office_events")
    return [(row["kind"], row["subject"]) for row in rows if str(row["kind"]).startswith(kinds)]


# ---------------------------------------------------------------- the profile


async def test_the_profile_is_kept_and_shown(desk: Desk) -> None:
    assert "Belum diisi." in await desk.head.get(PROFILE)
    assert await desk.head.post(PROFILE, hours=HOURS, versi="0", tindakan="simpan") == f"{PROFILE}?tersimpan=1"
    page = await desk.head.get(f"{PROFILE}?tersimpan=1")
    assert f">{HOURS}</textarea>" in page
    assert "Bot memakainya mulai pesan berikutnya." in page
    assert events(desk) == [("profile_changed", "hours")]


async def test_a_problem_keeps_what_was_filled_in(desk: Desk) -> None:
    page = await desk.head.post(PROFILE, 422, hours="pagi sampai sore", address="Jalan <b>Contoh</b> 1", versi="0")
    assert ">pagi sampai sore</textarea>" in page
    assert ">Jalan <b>Contoh</b> 1</textarea>" in page  # unescaped by this test alone
    assert "Jamnya belum terbaca." in page
    assert 'aria-invalid="true"' in page
    assert events(desk) == []


async def test_a_newer_profile_is_not_written_over(desk: Desk) -> None:
    await desk.head.post(PROFILE, address="Jalan Contoh 1", versi="0")
    page = await desk.head.post(PROFILE, 409, address="Jalan Contoh 2", versi="0")
    assert "baru saja diubah orang lain" in page
    assert ">Jalan Contoh 2</textarea>" in page
    [version] = re.findall(r'name="versi" value="(\d+)"', page)
    await desk.head.post(PROFILE, address="Jalan Contoh 2", versi=version)
    assert ">Jalan Contoh 2</textarea>" in await desk.head.get(PROFILE)


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "9" * 40])
async def test_a_version_that_is_none_is_an_old_one(desk: Desk, version: str) -> None:
    await desk.head.post(PROFILE, 409, address="Jalan Contoh 2", versi=version)


async def test_a_question_is_tried_before_anything_is_saved(desk: Desk) -> None:
    tried: dict[str, Any] = {"hours": HOURS, "coba": "bukanya jam brp", "versi": "0", "tindakan": "coba"}
    page = await desk.head.post(PROFILE, 200, **tried)
    assert "Keterangan kantor: Jam pelayanan" in page
    assert f">{HOURS}</textarea>" in page
    assert events(desk) == []
    assert "belum diisi petugas" in await desk.head.get(f"{PROFILE}?coba=bukanya+jam+brp")


async def test_an_officer_reads_it_and_changes_nothing(desk: Desk) -> None:
    page = await desk.officer.get(f"{PROFILE}?coba=dimana+alamatnya")
    assert "Jalan Veteran Nomor 139" in page
    assert "Simpan</button>" not in page
    assert "readonly" in page
    await desk.officer.post(PROFILE, 403, hours=HOURS, versi="0")
    assert events(desk) == []


# ---------------------------------------------------------------- the calendar


async def test_a_day_is_added_changed_and_removed(desk: Desk) -> None:
    bridge: dict[str, Any] = {
        "day": "2026-11-13",
        "name": "Cuti Bersama Contoh",
        "kind": "government",
        "source": "SE 1",
        "note": "",
    }
    assert await desk.head.post(HOLIDAYS, **bridge) == f"{HOLIDAYS}?tahun=2026&tersimpan=1"
    page = await desk.head.get(f"{HOLIDAYS}?tahun=2026")
    assert "Jumat, 13 Nov 2026" in page
    assert "Cuti Bersama Contoh" in page
    form = await desk.head.get(f"{HOLIDAYS}?ubah=2026-11-13")
    assert 'name="semula" value="2026-11-13"' in form
    assert 'value="Cuti Bersama Contoh"' in form
    await desk.head.post(HOLIDAYS, **{**bridge, "day": "2026-11-16"}, semula="2026-11-13")
    page = await desk.head.get(f"{HOLIDAYS}?tahun=2026")
    assert "Senin, 16 Nov 2026" in page
    assert "13 Nov 2026" not in page
    assert await desk.head.post(f"{HOLIDAYS}/hapus", day="2026-11-16") == f"{HOLIDAYS}?tahun=2026&tersimpan=hapus"
    assert "16 Nov 2026" not in await desk.head.get(f"{HOLIDAYS}?tahun=2026")
    assert events(desk) == [
        ("holiday_added", "2026-11-13"),
        ("holiday_changed", "2026-11-16"),
        ("holiday_removed", "2026-11-16"),
    ]


async def test_the_page_says_what_a_change_does_and_what_is_lacking(desk: Desk) -> None:
    page = await desk.head.get(HOLIDAYS)
    assert "tetap memakai tanggal yang sudah diberitahukan kepada pelapornya" in " ".join(page.split())
    assert "Belum lengkap" in await desk.head.get(f"{HOLIDAYS}?tahun=2028")
    assert "Belum ada hari libur untuk tahun 2050." in await desk.head.get(f"{HOLIDAYS}?tahun=2050")
    for odd in ("x", "99999", "", "²", "-1"):
        assert "Tahun " in await desk.head.get(f"{HOLIDAYS}?tahun={odd}")


async def test_a_day_that_cannot_be_kept_stays_in_the_form(desk: Desk) -> None:
    page = await desk.head.post(HOLIDAYS, 422, day="2026-12-25", name="Natal lagi", kind="public")
    assert "Tanggal ini sudah ada di daftar: Hari Raya Natal." in page
    assert 'value="Natal lagi"' in page
    page = await desk.head.post(HOLIDAYS, 422, day="", name="", kind="pesta")
    assert page.count("field__error") == 3


async def test_an_officer_reads_the_calendar_and_changes_nothing(desk: Desk) -> None:
    page = await desk.officer.get(f"{HOLIDAYS}?tahun=2026")
    assert "Hari Raya Natal" in page
    assert "Hapus" not in page
    await desk.officer.post(HOLIDAYS, 403, day="2026-11-13", name="Libur", kind="public")
    await desk.officer.post(f"{HOLIDAYS}/hapus", 403, day="2026-12-25")
    assert events(desk) == []


async def test_a_day_that_is_not_there_is_not_found(desk: Desk) -> None:
    await desk.head.post(f"{HOLIDAYS}/hapus", 404, day="2026-11-10")
    await desk.head.post(f"{HOLIDAYS}/hapus", 404, day="kapan")
    assert "Tambah hari" in await desk.head.get(f"{HOLIDAYS}?ubah=2026-11-10")


# ---------------------------------------------------------------- saved replies


async def test_replies_are_kept_and_listed_for_the_composer(desk: Desk) -> None:
    assert "Belum ada balasan tersimpan." in await desk.officer.get(REPLIES)
    assert await desk.officer.json("/petugas/balasan-tersimpan.json") == []
    await desk.officer.post(REPLIES, shortcut="/salam", text="Halo {nama}.\nAda yang bisa dibantu?")
    [reply] = await desk.officer.json("/petugas/balasan-tersimpan.json")
    assert (reply["shortcut"], reply["text"]) == ("salam", "Halo {nama}.\nAda yang bisa dibantu?")
    form = await desk.officer.get(f"{REPLIES}?ubah={reply['id']}")
    assert "Ubah /salam" in form
    await desk.officer.post(REPLIES, id=reply["id"], shortcut="halo", text="Halo.")
    assert [each["shortcut"] for each in await desk.officer.json("/petugas/balasan-tersimpan.json")] == ["halo"]
    await desk.officer.post(f"{REPLIES}/hapus", id=reply["id"])
    assert await desk.officer.json("/petugas/balasan-tersimpan.json") == []
    await desk.officer.post(f"{REPLIES}/hapus", 404, id=reply["id"])
    assert events(desk) == [
        ("saved_reply_added", "salam"),
        ("saved_reply_changed", "halo"),
        ("saved_reply_removed", "halo"),
    ]


async def test_a_reply_that_cannot_be_kept_stays_in_the_form(desk: Desk) -> None:
    page = await desk.officer.post(REPLIES, 422, shortcut="jam buka", text="Halo {nmaa}")
    assert 'value="jam buka"' in page
    assert ">Halo {nmaa}</textarea>" in page
    assert page.count("field__error") == 2


# ---------------------------------------------------------------- quotes


async def test_quotes_are_found_and_word_for_word(desk: Desk) -> None:
    [standard] = await desk.officer.json("/petugas/kutipan.json?cari=29102")
    assert (standard["number"], standard["kbli"]) == (61, "29102")
    assert {"number": 4, "title": "Biaya/Tarif"} in standard["components"]
    quote = await desk.officer.json(f"/petugas/kutipan/{standard['key']}/4.json")
    assert quote["lines"] == [["strong", "Biaya/Tarif"], ["quote", "Gratis"]]
    assert quote["source"].startswith("Sumber: Standar Pelayanan No. 61, ")
    assert await desk.officer.json("/petugas/kutipan.json?cari=zzz") == []
    for missing in (f"{standard['key']}/15", f"{standard['key']}/x", "x-000000000000/4"):
        await desk.officer.get(f"/petugas/kutipan/{missing}.json", 404)


# ---------------------------------------------------------------- in a browser


async def test_the_pages_work_in_a_browser_and_for_everyone(office: Office) -> None:
    office.officer("rina", "head", "Rina Contoh")
    page = await office.signed_in("rina", PHONE, PROFILE)
    await page.get_by_label("Jam pelayanan").fill(HOURS)
    await page.get_by_label("Pertanyaan warga").fill("besok buka ga?")
    await page.get_by_label("Pertanyaan warga").press("Enter")
    await expect(page.get_by_role("status", name="Jawaban bot")).to_contain_text(HOURS)
    await expect(page.get_by_label("Jam pelayanan")).to_have_value(HOURS)
    await no_serious_findings(page)
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_text("Bot memakainya mulai pesan berikutnya.")).to_be_visible()
    await page.goto(f"{office.url}{HOLIDAYS}")
    await page.get_by_label("Tanggal").fill("2027-05-07")
    await page.get_by_label("Nama").fill("Cuti Bersama Contoh")
    await page.get_by_label("Jenis").select_option("Cuti bersama")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_role("row", name="Cuti Bersama Contoh")).to_be_visible()
    await no_serious_findings(page)
    await page.goto(f"{office.url}{REPLIES}")
    await no_serious_findings(page)
    await page.get_by_label("Singkatan").fill("salam")
    await page.get_by_role("textbox", name="Isi").fill("Halo {nama}.")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_role("cell", name="/salam", exact=True)).to_be_visible()
    await no_serious_findings(page)
