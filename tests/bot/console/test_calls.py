"""The list of citizens to telephone: whose numbers it shows to whom, and that a call that was made leaves it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import update

from handlers.messages import Address, Inbound
from storage import tasks
from storage.conversations import conversations
from storage.tasks import TaskRow
from tests.bot.console.filed import accuse, file, id_of
from tests.bot.console.visitors import Answer, Town, open_town

CALLS = "/petugas/telepon"


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as town:
        yield town


async def unreached(town: Town, n: int, name: str, **facts: object) -> int:
    """A citizen on WhatsApp whom nobody can write to since n hours. Returns the conversation."""
    pasti = town.program.pasti
    now = pasti.office.clock()
    inbound = Inbound(Address("whatsapp", f"+62812100020{n:02d}"), f"m{n}", now, "halo", name=name)
    id_ = (await pasti.intake.take(inbound)).conversation
    with pasti.office.database.transaction() as tx:
        if facts:
            tx.execute(update(conversations).where(conversations.c.id == id_).values(**facts))
        tasks.add(tx, [TaskRow(pasti.office.new_id(), "telephone", id_, None, "63016", now - timedelta(hours=n))])
    return id_


def called(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return re.findall(r'<h2 dir="auto">([^<]+)</h2>', answer.text)


def fields_of(answer: Answer, conversation: int) -> dict[str, str]:
    task = re.search(
        rf'name="percakapan" value="{conversation}"><input type="hidden" name="tugas" value="(\d+)"', answer.text
    )
    assert task
    return {"percakapan": str(conversation), "tugas": task[1]}


async def test_it_says_who_why_and_since_when(town: Town) -> None:
    rina = await town.entered("rina")
    assert "Tidak ada yang perlu ditelepon" in (await rina.get(CALLS)).text
    await unreached(town, 2, "Asep Saepudin", unreachable="not_on_whatsapp")
    euis = await unreached(town, 30, "Euis Kartini")
    number = file(town.program.pasti.office, 1, conversation_id=euis, channel="whatsapp")
    page = await rina.get(CALLS)
    assert called(page) == ["Euis Kartini", "Asep Saepudin"]
    for words in (
        "Pesan tidak sampai: nomor ini tidak ada di WhatsApp.",
        "Jendela WhatsApp tertutup",
        "Menunggu 1 hari, sejak <time",
        ">8 Nov 2026 ",
        'href="tel:+6281210002002"',
        "0812-1000-2002",
        f'href="/petugas/kotak-masuk/{euis}"',
        f'href="/petugas/kasus/{number}"',
    ):
        assert words in page.text
    assert 'Perlu ditelepon <b class="count">2</b>' in (await rina.get("/petugas/kasus")).text


async def test_a_call_that_was_made_leaves_the_list_once(town: Town) -> None:
    rina = await town.entered("rina")
    euis = await unreached(town, 1, "Euis Kartini")
    fields = fields_of(await rina.get(CALLS), euis)
    assert (await rina.post(CALLS, **fields)).place == f"{CALLS}?selesai=1"
    assert (await rina.post(CALLS, **fields)).place == f"{CALLS}?selesai=sudah"
    page = await rina.get(f"{CALLS}?selesai=1")
    assert (called(page), "sudah ditelepon" in page.text) == ([], True)
    kinds = [row["kind"] for row in town.program.rows("handover_events")]
    assert kinds.count("settled") == 1
    for wrong in ({"percakapan": "x", "tugas": "1"}, {"percakapan": "1", "tugas": "1"}, {"percakapan": str(2**64)}):
        assert (await rina.post(CALLS, **wrong)).status == 404


@pytest.mark.parametrize("role", ["officer", "complaint_manager", "inspector", "head", "admin", "technical_team"])
async def test_each_role_sees_only_whom_it_may(town: Town, role: str) -> None:
    visitor = await town.entered("saya", role)
    office = town.program.pasti.office
    await unreached(town, 1, "Warga umum")
    await unreached(town, 2, "Warga rahasia", visible_to="manager")
    accusing = await unreached(town, 3, "Warga pengadu")
    accuse(office, file(office, 1, conversation_id=accusing), id_of(office, "saya"))
    page = await visitor.get(CALLS)
    if role == "technical_team":
        assert page.status == 403
        assert CALLS not in (await visitor.get("/petugas/kasus")).text
        return
    wanted = ["Warga rahasia", "Warga umum"] if role == "complaint_manager" else ["Warga umum"]
    assert called(page) == wanted
    assert ("0812-••••-02" in page.text) == (role == "complaint_manager")
    assert "0812-1000-2002" not in page.text
    assert "+6281210002002" not in page.text
    assert ("Sudah ditelepon" in page.text) == (role != "inspector")
    assert f'<b class="count">{len(wanted)}</b>' in (await visitor.get("/petugas/kasus")).text
    task = next(row["id"] for row in town.program.rows("tasks") if row["conversation_id"] == accusing)
    assert (await visitor.post(CALLS, percakapan=str(accusing), tugas=str(task))).status == 404
