"""The bell, the page of reminders and `Telegram saya`, without a browser around them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.telegram import Telegram
from handlers import case_secrecy
from handlers.case_events import Done
from handlers.officer_telegram import chat_of
from storage import cases
from tests.bot.console.visitors import SCRIPT, Town, Visitor, open_town
from tests.bot.reminded import LAST, OVERDUE, actor, given, reminded
from tests.peers.faults import BadGateway
from tests.peers.telegram import TelegramPeer

PATH, COUNT, READ = "/petugas/pengingat", "/petugas/pengingat/jumlah", "/petugas/pengingat/dibaca"
ACCOUNT = "/petugas/akun"


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as town:
        town.officer("manajer", "complaint_manager")
        town.officer("kepala", "head")
        yield town


def remind(town: Town, *day: object) -> None:
    reminded(town.program.pasti.office, town.clock, *day)  # type: ignore[arg-type]


async def count(visitor: Visitor) -> int:
    return int((await visitor.get(COUNT, SCRIPT)).text)


def ids(page: str) -> list[str]:
    return re.findall(r'name="pengingat" value="(\d+)"', page)


async def test_it_shows_what_is_due_and_counts_it_on_every_page(town: Town) -> None:
    rina = await town.entered("rina")
    assert await count(rina) == 0
    assert "Tidak ada pengingat baru" in (await rina.get(PATH)).text
    number = given(town.program.pasti.office, "rina")
    remind(town)
    await rina.enter("rina")
    page = (await rina.get(PATH)).text
    assert f'href="/petugas/kasus/{number}"' in page
    for words in ("Tinggal 7 hari kerja", "Jumat, 27 Nov 2026", "7 hari kerja lagi", "sedang ditelaah"):
        assert words in page
    for path in (PATH, ACCOUNT, "/petugas/kotak-masuk"):
        assert 'aria-label="Pengingat, 1 belum dibaca"' in (await rina.get(path)).text
    assert await count(rina) == 1


async def test_one_is_read_and_then_all_that_were_shown(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    for _ in range(3):
        given(office, "rina")
    remind(town)
    await rina.enter("rina")
    page = (await rina.get(PATH)).text
    assert len(ids(page)) == 3
    assert (await rina.post(READ, pengingat=ids(page)[0])).place == PATH
    page = (await rina.get(PATH)).text
    assert (len(ids(page)), await count(rina)) == (2, 2)
    newest = re.search(r'name="terbaru" value="(\d+)"', page)
    assert newest
    remind(town, LAST)  # while the page was open
    await rina.enter("rina")
    assert await count(rina) == 5
    await rina.post(READ, pengingat="semua", terbaru=newest[1])
    assert await count(rina) == 3
    page = (await rina.get(PATH)).text
    assert page.count("Tinggal 7 hari kerja") == 3, "below, what was read"
    assert page.count("Hari terakhir") == 3


@pytest.mark.parametrize("value", ["", "0", "x", "-1", "9" * 30, "semua", "\x00", "½"])
async def test_what_is_posted_may_be_anything(town: Town, value: str) -> None:
    rina = await town.entered("rina")
    given(town.program.pasti.office, "rina")
    remind(town)
    await rina.enter("rina")
    assert (await rina.post(READ, pengingat=value, terbaru=value)).status == 303
    assert await count(rina) == 1


async def test_nobody_reads_anothers(town: Town) -> None:
    rina, dewi = await town.entered("rina"), await town.entered("dewi")
    given(town.program.pasti.office, "rina")
    remind(town)
    for visitor, name in ((rina, "rina"), (dewi, "dewi")):
        await visitor.enter(name)
    [id_] = ids((await rina.get(PATH)).text)
    await dewi.post(READ, pengingat=id_)
    assert (await count(rina), await count(dewi)) == (1, 0)


async def test_what_is_no_longer_for_their_eyes_is_gone_from_page_and_bell(town: Town) -> None:
    rina = await town.entered("rina")
    office = town.program.pasti.office
    number = given(office, "rina")
    remind(town)
    await rina.enter("rina")
    [id_] = ids((await rina.get(PATH)).text)
    await rina.post(READ, pengingat=id_)
    remind(town, LAST)
    await rina.enter("rina")
    assert await count(rina) == 1
    with office.database.reader() as conn:
        case = cases.get_by_number(conn, number)
    assert case
    rinas = actor(office, "rina").id
    done = case_secrecy.name_accused(office, actor(office, "kepala"), number, case.version, [rinas], "disebut")
    assert isinstance(done, Done), done
    page = (await rina.get(PATH)).text
    assert (await count(rina), number in page, ids(page)) == (0, False, [])


async def test_what_came_up_says_so_and_what_is_answered_counts_no_days(town: Town) -> None:
    office = town.program.pasti.office
    rina, manager = await town.entered("rina"), town.visitor()
    with office.database.transaction() as tx:
        tx.exec_driver_sql(
            "UPDATE officers SET superior_id = (SELECT id FROM officers WHERE username = 'manajer') "
            "WHERE username = 'rina'"
        )
    number = given(office, "rina")
    remind(town, OVERDUE)
    await manager.enter("manajer")
    page = (await manager.get(PATH)).text
    assert number in page
    for words in ("Lewat tenggat", "naik ke atasan", "lewat 1 hari kerja"):
        assert words in page
    await rina.enter("rina")
    assert await count(rina) == 0
    with office.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE cases SET stage = 'answered'")
    page = (await manager.get(PATH)).text
    assert "Laporan sudah dijawab" in page
    assert "lewat 1 hari kerja" not in page


async def test_the_bell_asks_by_itself_and_keeps_no_session_awake(town: Town) -> None:
    rina = await town.entered("rina")
    before = town.program.rows("sessions", "officer_id AS id, seen_at")
    town.clock.now = town.clock.now.replace(hour=town.clock.now.hour + 2)
    assert (await rina.get(COUNT, {**SCRIPT, "X-Background": "1"})).status == 200
    assert town.program.rows("sessions", "officer_id AS id, seen_at") == before


# ---------------------------------------------------------------- Telegram saya


def telegram_of(town: Town) -> Telegram:
    channel = town.program.pasti.channels["telegram"]
    assert isinstance(channel, Telegram)
    return channel


async def test_without_telegram_there_is_nothing_to_link(town: Town) -> None:
    rina = await town.entered("rina")
    page = (await rina.get(ACCOUNT)).text
    assert "belum memakai Telegram" in page
    assert "Hubungkan</button>" not in page
    assert (await rina.post(f"{ACCOUNT}/telegram")).place == f"{ACCOUNT}#telegram"


async def test_an_officer_links_and_parts_with_their_telegram(tmp_path: Path) -> None:
    async with TelegramPeer() as peer, open_town(tmp_path, telegram=peer) as town:
        rina, office = await town.entered("rina"), town.program.pasti.office
        assert "belum terhubung" in (await rina.get(ACCOUNT)).text
        await telegram_of(town).learn_username()
        offered = (await rina.post(f"{ACCOUNT}/telegram")).text
        found = re.search(r"https://t\.me/pasti_uji_bot\?start=(petugas_[a-z2-7]{24})\"", offered)
        assert found
        assert f"<code>/start {found[1]}</code>" in offered
        assert "sampai pukul 10.45" in offered
        citizen = peer.citizen(700_300)
        citizen.text(f"/start {found[1]}")
        assert "sudah terhubung" in (await peer.next_message(700_300)).text
        page = (await rina.get(ACCOUNT)).text
        assert "terhubung</span>" in page
        assert "700300" not in page
        assert (await rina.post(f"{ACCOUNT}/telegram/putus")).place == f"{ACCOUNT}?tersimpan=tanpa-telegram"
        assert "belum terhubung" in (await rina.get(ACCOUNT)).text
        with office.database.reader() as conn:
            assert chat_of(conn, office, actor(office, "rina").id) is None
        admin = await town.entered("admin", "admin")
        history = (await admin.get("/petugas/pengaturan/riwayat")).text
        assert "Telegram petugas dihubungkan" in history
        assert "Telegram petugas diputuskan" in history
        assert "700300" not in history


async def test_before_telegram_has_said_its_name_the_words_are_shown_all_the_same(tmp_path: Path) -> None:
    async with TelegramPeer() as peer:
        peer.fault("getMe", BadGateway(), None)
        async with open_town(tmp_path, telegram=peer) as town:
            rina = await town.entered("rina")
            offered = (await rina.post(f"{ACCOUNT}/telegram")).text
            assert re.search(r"<code>/start petugas_[a-z2-7]{24}</code>", offered)
            assert "t.me" not in offered
