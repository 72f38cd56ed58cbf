"""The lists of cases as each role sees them: what is in them, how it is found, and what stays out of addresses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from storage.parties import PartyDetails
from tests.bot.console.filed import accuse, due, file, hold, id_of
from tests.bot.console.visitors import SCRIPT, Answer, Town, Visitor, open_town

LIST = "/petugas/kasus"
ROLES = ("officer", "complaint_manager", "technical_team", "inspector", "head", "admin")


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as town:
        yield town


def found(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return re.findall(r'<li class="case" data-number="([^"]+)"', answer.text)


def counted(answer: Answer) -> dict[str, int]:
    tabs = re.findall(r'<a href="[^"]*daftar=[^"]*"[^>]*>([^<]+?) <b class="work__count[^>]*>(\d+)</b>', answer.text)
    return {title: int(number) for title, number in tabs}


def opened(answer: Answer) -> str:
    """The list that is open."""
    shown = re.search(r'<a href="/petugas/kasus\?[^>]*aria-current="page">([^<]+?)\s*(?:<b|</a)', answer.text)
    assert shown
    return shown[1]


async def listed(visitor: Visitor, words: str = "daftar=semua") -> list[str]:
    return found(await visitor.get(f"{LIST}?{words}"))


async def test_it_begins_with_what_is_mine_or_else_with_what_is_open(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    page = await rina.get(LIST)
    assert opened(page) == "Terbuka"
    assert "Tidak ada pengaduan terbuka" in page.text
    file(office, 1)
    mine = file(office, 2, officer_id=id_of(office, "rina"), due_on=due(office.clock(), 1))
    page = await rina.get(LIST)
    assert (opened(page), found(page)) == ("Milik saya", [mine])
    assert counted(page) == {
        "Milik saya": 1,
        "Terbuka": 2,
        "Belum dipegang": 1,
        "Lewat waktu": 0,
        "Menunggu persetujuan": 0,
        "Masuk terlambat": 0,
        "Saran": 0,
        "Menunggu tutup": 0,
    }
    assert 'aria-current="page">\n' not in page.text
    assert "<span>Kasus</span></a>" in page.text


async def test_a_row_says_how_long_there_is_in_words(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    now = office.clock()  # a Monday
    reporter = PartyDetails(1, "Yayat Hidayat", phone="081234500011")
    file(office, 1, due_on=due(now, -5), reporter=reporter, service="Loket MPP")
    file(office, 2, due_on=due(now, 0))
    file(office, 3, due_on=due(now, 3), confidential=True, reporter=PartyDetails(2, "Euis Kartini"))
    file(office, 4, due_on=due(now, 9), stage="answered", answered_at=now, delivered_on=due(now, 0))
    file(office, 5, due_on=due(now, 10), stage="answered", answered_at=now)
    file(office, 6, kind="suggestion", late=True)
    text = (await rina.get(f"{LIST}?daftar=semua")).text
    for tone, words in (
        ("bad", "lewat 3 hari kerja"),
        ("warn", "hari ini"),
        ("warn", "3 hari kerja lagi"),
        ("good", "sudah dijawab"),
        ("calm", "8 hari kerja lagi"),
        ("warn", "menunggu keputusan"),
    ):
        assert re.search(rf'case__due--{tone}"><span[^/]*</span><span><svg(?:(?!</p>).)*</svg>{words}<', text, re.S), (
            words
        )
    for words in ("Loket MPP", "Yayat Hidayat", "Identitas disamarkan", "Rahasia", "Dijawab, belum sampai", "Surat"):
        assert words in text
    assert "Euis" not in text
    assert f'href="{LIST}/ADU-2026-00001-' in text


async def test_a_search_finds_by_number_words_service_name_and_contact(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    reporter = PartyDetails(1, "Yayat Hidayat", phone="081234500011", email="yayat@contoh.id", nik="3214012309870001")
    number = file(office, 1, reporter=reporter, subject="pungutan di loket", service="Izin apotek")
    masked = file(office, 2, reporter=PartyDetails(2, "Yayat Rahasia", phone="081234500012"), confidential=True)
    for words in (
        number,
        number.lower().replace("-", " "),
        "ADU-2026-00001",
        "PUNGUTAN",
        "apotek",
        "yayat hid",
        "0812-3450-0011",
        "Yayat@Contoh.id",
        "3214012309870001",
    ):
        answer = await rina.post(LIST, cari=words, daftar="terlambat")
        assert (words, found(answer), opened(answer)) == (words, [number], "Semua")
    for words in ("Yayat Rahasia", "081234500012", "100%", "'; --"):
        assert (words, found(await rina.post(LIST, cari=words))) == (words, [])
    assert (await rina.post(LIST, cari="\x00")).place == LIST
    assert found(await rina.post(LIST, cari=masked)) == [masked]


async def test_what_is_searched_for_stands_in_no_address(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    for n in range(1, 53):
        file(office, n, subject="antrean panjang", service="Izin milik Bu Contoh")
    assert (
        await rina.post(LIST, daftar="terbuka", jenis="pengaduan")
    ).place == f"{LIST}?daftar=terbuka&jenis=pengaduan"
    answer = await rina.post(LIST, cari="antrean", hal="2")
    assert len(found(answer)) == 2
    assert not re.search(r'(?:href|action|data-address)="[^"]*antrean', answer.text)
    answer = await rina.post(LIST, layanan="Izin milik Bu Contoh")
    assert len(found(answer)) == 50
    assert not re.search(r'(?:href|action|data-address)="[^"]*Contoh', answer.text)
    assert '<button class="pages__step" form="asked" name="hal" value="2"' in answer.text
    for ignored in ("cari=tidak+ada", "layanan=tidak+ada"):
        assert len(await listed(rina, f"daftar=semua&{ignored}")) == 50


async def test_filters_hold_together_and_nonsense_is_not_asked_for(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    now = office.clock()
    one = file(office, 1, channel="box", component=4, route="agency", stage="in_progress", service="Izin apotek")
    two = file(office, 2, kind="suggestion", received_at=now - timedelta(days=40))
    day = str(due(now, -3))
    for words, wanted in (
        ("jenis=saran", [two]),
        ("tahap=ditindaklanjuti", [one]),
        ("jalur=instansi-lain", [one]),
        ("masuk=box", [one]),
        ("komponen=4", [one]),
        (f"dari={day}&sampai={day}", [one]),
        (f"sampai={due(now, -4)}", [two]),
        ("jenis=saran&masuk=box", []),
        ("jenis=x&tahap=x&jalur=x&masuk=x&komponen=99&dari=x&sampai=0001-01-01", [one, two]),
        (f"hal={10**18}", [one, two]),
        ("hal=-1&hal=0", [one, two]),
        ("dari=9999-12-31", [one, two]),
    ):
        assert (words, await listed(rina, f"daftar=semua&{words}")) == (words, wanted)
    assert "Tidak ada yang cocok" in (await rina.get(f"{LIST}?daftar=lewat-waktu&jenis=saran")).text


async def test_pages_hold_all_of_them_what_is_due_first(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    numbers = [file(office, n, due_on=due(office.clock(), n)) for n in range(1, 103)]
    pages = [await listed(rina, f"daftar=semua&hal={n}") for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [50, 50, 2, 2]
    assert [*pages[0], *pages[1], *pages[2]] == numbers
    text = (await rina.get(f"{LIST}?daftar=semua&hal=2")).text
    assert "51–100 dari 102 kasus" in text
    assert f'href="{LIST}?daftar=semua&hal=3"' in text.replace("&amp;", "&")


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_is_shown_and_counted_only_its_own(town: Town, role: str) -> None:
    visitor = await town.entered("saya", role)
    office = town.program.pasti.office
    me = id_of(office, "saya")
    numbers = {
        "open": file(office, 1, subject="rahasia umum"),
        "manager": file(office, 2, subject="rahasia umum", confidential=True, visible_to="manager", service="A"),
        "head": file(office, 3, subject="rahasia umum", confidential=True, visible_to="head", service="B"),
        "inspectorate": file(office, 4, subject="rahasia umum", confidential=True, visible_to="inspectorate"),
        "accused": file(office, 5, subject="rahasia umum", service="C", officer_id=me),
        "given": file(office, 6, subject="rahasia umum", service="D"),
    }
    accuse(office, numbers["accused"], me)
    hold(office, numbers["given"], me, "agency")
    wanted = {"given"} if role == "technical_team" else {"open", "given"}
    wanted |= {"complaint_manager": {"manager"}, "head": {"head"}, "inspector": {"inspectorate"}}.get(role, set())
    shown = {numbers[name] for name in wanted}
    page = await visitor.get(f"{LIST}?daftar=semua")
    assert set(found(page)) == shown
    assert f"dari {len(shown)} kasus" in page.text
    assert set(found(await visitor.post(LIST, cari="rahasia umum"))) == shown
    for name, number in numbers.items():
        assert (name, found(await visitor.post(LIST, cari=number))) == (name, [number] if name in wanted else [])
    assert counted(page)["Milik saya"] == 1
    services = re.findall(r'<option value="([A-D])"', page.text)
    assert set(services) == {"D"} | {"complaint_manager": {"A"}, "head": {"B"}}.get(role, set())


async def test_a_script_is_given_the_list_and_its_address(town: Town) -> None:
    rina = await town.entered("rina")
    file(town.program.pasti.office, 1)
    answer = await rina.ask("POST", LIST, SCRIPT | {"X-CSRF-Token": rina.csrf}, {"daftar": "terbuka"})
    assert len(found(answer)) == 1
    assert f'data-address="{LIST}?daftar=terbuka"' in answer.text
