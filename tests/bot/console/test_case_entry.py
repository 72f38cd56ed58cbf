"""The form for a report from elsewhere: what it keeps, refuses, foresees and registers; and for whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.console.case_entry import KEPT_FOR
from handlers.ways_in import WAYS
from storage import case_desk, cases, officers
from tests.bot.console.visitors import Answer, Town, Visitor, open_town

ENTRY = "/petugas/kasus/baru"
LETTER = {
    "way": "letter",
    "day": "2026-11-06",
    "time": "09:15",
    "what": "Antrean loket tiga jam tanpa penjelasan",
    "service": "loket MPP",
    "received": "belum",
    "name": "Yayat Hidayat",
    "phone": "0812-3450-0011",
    "aksi": "catat",
}


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as town:
        yield town


async def key_of(visitor: Visitor) -> str:
    found = re.search(r'name="key" value="([0-9a-f]+)"', (await visitor.get(ENTRY)).text)
    assert found
    return found[1]


def problems(answer: Answer) -> dict[str, str]:
    assert answer.status == 422, answer.text
    return dict(re.findall(r'<p class="field__error" id="(\w+)-keliru">([^<]+)</p>', answer.text))


def number_in(answer: Answer) -> str:
    assert answer.status == 200, answer.text
    found = re.search(r'class="entered__number">([^<]+)<', answer.text)
    assert found, answer.text
    return found[1]


def code_in(answer: Answer) -> str:
    return answer.text.split("Kode akses: ")[1].split("<")[0]


async def test_it_begins_with_now_in_the_offices_time(town: Town) -> None:
    rina = await town.entered("rina")
    text = (await rina.get(ENTRY)).text
    assert 'type="date" value="2026-11-09"' in text
    assert 'type="time" value="10:30"' in text
    for title in WAYS.values():
        assert f">{title}</option>" in text
    assert '<option value="Sertifikat Standar (Risiko Menengah Tinggi) KBLI 29102' in text


@pytest.mark.parametrize("way", WAYS)
async def test_every_way_leads_to_a_number_and_a_receipt(town: Town, way: str) -> None:
    rina = await town.entered("rina")
    answer = await rina.post(ENTRY, **LETTER | {"way": way})
    number = number_in(answer)
    case = town.program.rows("cases")[0]
    assert (case["channel"], case["number"], str(case["due_on"])) == (way, number, "2026-11-26")
    assert str(case["received_at"]).startswith("2026-11-06 02:15")
    for words in ("Pengaduan tercatat", "Kamis, 26 Nov 2026", "Yayat Hidayat", code_in(answer), "sekali ini"):
        assert words in answer.text
    assert f'href="/petugas/kasus/{number}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "data:application/pdf;base64,JVBERi0" in answer.text


async def test_all_that_was_typed_is_kept_with_the_fault_beside_its_field(town: Town) -> None:
    rina = await town.entered("rina")
    typed = LETTER | {
        "way": "merpati",
        "day": "2026-11-10",
        "time": "x",
        "what": 'Kata-kata <b>pelapor</b> & "kutipan"',
        "phone": "dua belas",
        "email": "bukan email",
        "nik": "123",
        "address": "Jalan Contoh 5",
        "happened_on": "kemarin",
        "received": "sudah",
        "confidential": "1",
    }
    answer = await rina.post(ENTRY, **typed)
    wrong = {"way", "time", "phone", "email", "nik", "happened_on", "received_on"}
    assert set(problems(answer)) == wrong
    for name in wrong:
        assert f'aria-describedby="{name}-keliru"' in answer.text
    for words in ('Kata-kata <b>pelapor</b> & "kutipan"', 'value="dua belas"', 'value="Jalan Contoh 5"'):
        assert words in answer.text  # unescaped by the visitor
    assert "Kata-kata &lt;b&gt;" in (await raw(rina, typed))
    assert re.search(r'name="confidential" type="checkbox" value="1" checked', answer.text)
    assert re.search(r'value="sudah" checked', answer.text)
    assert town.program.rows("cases") == []


async def raw(visitor: Visitor, fields: dict[str, str]) -> str:
    async with visitor.http.post(visitor.url + ENTRY, data={"csrf": visitor.csrf, **fields}) as answer:
        return await answer.text()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"day": "2026-11-10"}, {"day"}),
        ({"day": "2026-11-09", "time": "10:31"}, {"time"}),
        ({"day": ""}, {"day"}),
        ({"day": "0001-01-01"}, {"day"}),
        ({"what": "  "}, {"what"}),
        ({"what": "a" * 20_001}, {"what"}),
        ({"name": "a" * 201}, {"name"}),
        ({"received": ""}, {"received"}),
        ({"received": "sudah"}, {"received_on"}),
        ({"received": "belum", "received_on": "2026-11-01"}, {"received_on"}),
        ({"received": "", "received_on": "2026-11-01"}, {"received"}),
        ({"received": "sudah", "received_on": "2026-11-07"}, {"received_on"}),
        ({"happened_on": "2026-11-07"}, {"happened_on"}),
        ({"nik": "3214 0123 0987 000x"}, {"nik"}),
        ({"phone": "0812"}, {"phone"}),
    ],
)
async def test_what_cannot_be_is_said(town: Town, changes: dict[str, str], wrong: set[str]) -> None:
    rina = await town.entered("rina")
    assert set(problems(await rina.post(ENTRY, **LETTER | changes))) == wrong
    assert town.program.rows("cases") == []


async def test_it_says_beforehand_what_it_will_be(town: Town) -> None:
    rina = await town.entered("rina")

    async def says(**changes: str) -> str:
        answer = await rina.post(ENTRY, **LETTER | {"aksi": "periksa"} | changes)
        assert answer.status == 200
        return answer.text

    assert "Akan dicatat sebagai pengaduan" in await says()
    assert "Kamis, 26 Nov 2026" in await says()
    nameless = await says(name="Hamba Allah")
    assert "Akan dicatat sebagai saran/masukan" in nameless
    assert "nama pelapor" in nameless
    assert "30 hari kalender" in await says(received="sudah", received_on="2026-09-01")
    assert "Akan dicatat sebagai pengaduan" in await says(received="sudah", received_on="2026-09-01", elsewhere="1")
    assert "sesuai maksud" in await says(suggestion="1", received="")
    assert "Rahasia: setelah dicatat" in await says(what="Petugas meminta 200 ribu padahal gratis")
    assert town.program.rows("cases") == []


async def test_a_service_from_the_list_is_tied_to_its_standard(town: Town) -> None:
    rina = await town.entered("rina")
    found = re.search(r'<option value="(Sertifikat Standar [^"]*29102[^"]*)">', (await rina.get(ENTRY)).text)
    assert found
    number_in(await rina.post(ENTRY, **LETTER | {"service": found[1].upper(), "component": "4"}))
    case = town.program.rows("cases")[0]
    assert (case["standard_identity"], case["component"]) == ("29102|menengah tinggi|sertifikat standar", 4)


async def test_a_double_press_is_one_case_and_one_receipt(town: Town) -> None:
    rina = await town.entered("rina")
    form = LETTER | {"key": await key_of(rina)}
    first, second = await asyncio.gather(rina.post(ENTRY, **form), rina.post(ENTRY, **form))
    third = await rina.post(ENTRY, **form)  # the receipt, loaded again
    assert len({number_in(each) for each in (first, second, third)}) == 1
    assert len({code_in(each) for each in (first, second, third)}) == 1
    assert len(town.program.rows("cases")) == 1
    town.clock.now += KEPT_FOR + timedelta(minutes=1)
    later = await rina.post(ENTRY, **form)
    assert f"Sudah tercatat dengan nomor {number_in(first)}" in later.text
    assert "Kode akses" not in later.text
    assert len(town.program.rows("cases")) == 1


async def test_the_same_again_is_asked_about_and_may_be_another(town: Town) -> None:
    rina = await town.entered("rina")
    number = number_in(await rina.post(ENTRY, **LETTER | {"key": await key_of(rina)}))
    dewi = await town.entered("dewi")
    form = LETTER | {"key": await key_of(dewi)}
    there = await dewi.post(ENTRY, **form)
    assert f"Sudah tercatat dengan nomor {number}" in there.text
    assert 'value="Yayat Hidayat"' in there.text
    again = form | {"aksi": "tetap"}
    others = await asyncio.gather(dewi.post(ENTRY, **again), dewi.post(ENTRY, **again))
    assert len({number_in(each) for each in others}) == 1
    assert number_in(others[0]) != number
    assert len(town.program.rows("cases")) == 2


async def test_another_report_from_the_same_page_is_another_case(town: Town) -> None:
    rina = await town.entered("rina")
    form = LETTER | {"key": await key_of(rina)}
    numbers = {number_in(await rina.post(ENTRY, **form | {"what": words})) for words in ("AC mati", "Antrean lama")}
    assert len(numbers) == 2


async def test_what_is_confidential_is_gone_from_whoever_entered_it(town: Town) -> None:
    rina = await town.entered("rina")
    answer = await rina.post(ENTRY, **LETTER | {"confidential": "1"})
    number = number_in(answer)
    assert "hanya yang berwenang" in answer.text
    assert f"/petugas/kasus/{number}" not in answer.text
    assert number not in (await rina.get("/petugas/kasus?daftar=semua")).text
    manager = await town.entered("manager", "complaint_manager")
    assert number in (await manager.get("/petugas/kasus?daftar=semua")).text


async def test_what_is_not_for_their_eyes_is_there_without_its_number(town: Town) -> None:
    rina = await town.entered("rina")
    number = number_in(await rina.post(ENTRY, **LETTER | {"key": await key_of(rina), "confidential": "1"}))
    dewi = await town.entered("dewi")
    there = await dewi.post(ENTRY, **LETTER | {"key": await key_of(dewi), "confidential": "1"})
    assert "Sudah tercatat" in there.text
    assert number not in there.text


async def test_whom_it_accuses_cannot_load_its_receipt_again(town: Town) -> None:
    rina = await town.entered("rina")
    form = LETTER | {"key": await key_of(rina)}
    number = number_in(await rina.post(ENTRY, **form))
    with town.program.pasti.office.database.transaction() as tx:
        [accused] = [each.id for each in officers.everyone(tx) if each.username == "rina"]
        case_id = cases.id_of(tx, number)
        assert case_id
        case_desk.set_accused(tx, case_id, {accused})
    again = await rina.post(ENTRY, **form)
    assert again.status == 404
    assert number not in again.text


@pytest.mark.parametrize("role", ["technical_team", "inspector", "admin"])
async def test_who_may_not_register_is_not_led_there(town: Town, role: str) -> None:
    visitor = await town.entered("saya", role)
    assert ENTRY not in (await visitor.get("/petugas/kasus")).text
    assert (await visitor.get(ENTRY)).status == 403
    assert (await visitor.post(ENTRY, **LETTER)).status == 403
    assert town.program.rows("cases") == []
