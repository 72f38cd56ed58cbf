"""Telegram from end to end, by polling and by webhook: a peer plays the Bot API, and everything that may go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.bot.connected import PUBLIC_URL, WEBHOOK_SECRET, Connected, connected
from tests.peers.faults import AcceptThenCut, BadGateway, Cut, Garbage, Refusal, ServerError, TooManyRequests
from tests.peers.telegram import TelegramPeer
from tests.storage.fresh import away

SOON = 20.0
MODES = ("polling", "webhook")


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(second=0.05) as peer:
        yield peer


async def until(program: Connected, table: str, wanted: Any, column: str = "state") -> None:
    """Waits until a column of a table looks so."""
    async with asyncio.timeout(SOON):
        while [row[column] for row in program.rows(table)] != wanted:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("mode", MODES)
async def test_a_talk_with_buttons(telegram: TelegramPeer, tmp_path: Path, mode: str) -> None:
    async with connected(tmp_path, telegram=telegram, mode=mode) as program:
        citizen = telegram.citizen(77, "Yayat")
        citizen.text("/start")
        assert "Saya PASTI" in (await citizen.reads(SOON)).text
        citizen.text("brp biaya izin mobil desa?")
        answer = await citizen.reads(SOON)
        assert "<b>Biaya/Tarif</b>\n<blockquote>Gratis</blockquote>" in answer.raw
        assert answer.buttons == ["Lama proses", "Persyaratan", "Kurang tepat"]
        citizen.press("Lama proses")
        assert "7 hari kerja" in (await citizen.reads(SOON)).text
        await telegram.quiet(SOON)
        await program.pasti.channels["telegram"].settled()  # type: ignore[attr-defined]
        assert len(telegram.answered) == 1
        assert [(edit.message_id, edit.reply_markup) for edit in telegram.edits] == [(answer.message_id, None)]
        assert [command["command"] for command in telegram.commands] == [
            "start", "menu", "lapor", "status", "petugas", "batal", "bantuan",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/menu", "Menu PASTI"),
        ("/bantuan", "Menu PASTI"),
        ("/lapor", "Apa yang terjadi?"),
        ("/status", "Belum ada laporan"),
        ("/petugas", "sudah masuk antrean petugas"),
        ("/batal", "Tidak ada yang sedang berjalan"),
        ("/lapor toilet MPP kotor sekali", "Kapan kejadiannya"),
    ],
)
async def test_commands(telegram: TelegramPeer, tmp_path: Path, command: str, said: str) -> None:
    async with connected(tmp_path, telegram=telegram):
        citizen = telegram.citizen(77)
        citizen.text(command)
        assert said.lower() in (await citizen.reads(SOON)).text.lower()


@pytest.mark.parametrize("mode", MODES)
async def test_a_complaint_with_an_album_and_a_correction(telegram: TelegramPeer, tmp_path: Path, mode: str) -> None:
    async with connected(tmp_path, telegram=telegram, mode=mode) as program:
        citizen = telegram.citizen(77, "Yayat")
        told = citizen.text("saya Yayat, mau lapor: kmrn di loket MPP saya dimintai 200rb padahal gratis")
        assert "200rb" in (await citizen.reads(SOON)).text
        citizen.edit(told, "saya Yayat, mau lapor: kmrn di loket MPP saya dimintai 300rb padahal gratis")
        summary = (await citizen.reads(SOON)).text
        assert "300rb" in summary
        assert "200rb" not in summary
        citizen.album([b"\xff\xd8\xff one", b"\xff\xd8\xff two", b"\xff\xd8\xff three"], "buktinya")
        assert "3 lampiran" in (await citizen.reads(SOON)).text
        citizen.press("Ya, kirim")
        assert "Pengaduan sudah dicatat" in (await citizen.reads(SOON)).text
        assert [row["kind"] for row in program.rows("evidence")] == ["photo"] * 3
        assert len(program.rows("cases")) == 1


async def test_an_edit_that_changes_no_word_says_nothing(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77)
        told = citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await telegram.delivered(citizen.edit(told, "biaya 29102"), SOON)
        assert len(program.rows("outbox")) == 1
        citizen.edit(told, "lama 29102")
        assert "7 hari kerja" in (await citizen.reads(SOON)).text


async def test_a_button_of_an_old_summary_files_nothing(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77, "Yayat")
        citizen.text("saya Yayat, mau lapor: kmrn di loket MPP saya dimintai 200rb")
        old = await citizen.reads(SOON)
        citizen.text("batal")
        await citizen.reads(SOON)
        citizen.text("saya Yayat, mau lapor: kmrn di toilet MPP lantainya licin, saya jatuh")
        await citizen.reads(SOON)
        citizen.press("Ya, kirim", old)
        assert "pesan lama" in (await citizen.reads(SOON)).text
        again = await citizen.reads(SOON)
        assert "lantainya licin" in again.text
        assert program.rows("cases") == []
        citizen.press("Ya, kirim", again)
        citizen.press("Ya, kirim", again)
        assert "sudah dicatat" in (await citizen.reads(SOON)).text
        await telegram.quiet(SOON)
        assert len(program.rows("cases")) == 1


@pytest.mark.parametrize("mode", MODES)
async def test_every_kind_of_update_replayed_is_one(telegram: TelegramPeer, tmp_path: Path, mode: str) -> None:
    async with connected(tmp_path, telegram=telegram, mode=mode) as program:
        citizen = telegram.citizen(77, "Yayat")
        first = citizen.text("biaya 29102")
        await citizen.reads(SOON)
        sent = [
            first, citizen.photo(b"\xff\xd8\xff"), citizen.document(b"%PDF-1.4"), citizen.voice(), citizen.video(),
            citizen.sticker(), citizen.contact(), citizen.location(), citizen.animation(),
            citizen.message(dice={"emoji": "🎲", "value": 3}), citizen.press("Lama proses"),
            citizen.edit(first, "lama?"), citizen.block(), citizen.unblock(),
        ]  # fmt: skip
        for update in sent:
            await telegram.delivered(update, SOON)
        inbox, outbox = len(program.rows("inbox")), answers(program)
        assert inbox == len(sent)
        for update in sent:
            await telegram.delivered(telegram.replay(update), SOON)
        assert len(program.rows("inbox")) == inbox
        assert answers(program) == outbox


def answers(program: Connected) -> int:
    return sum(row["sender"] == "bot" for row in program.rows("outbox"))


@pytest.mark.parametrize("mode", MODES)
async def test_callbacks_that_overtake_their_message_are_taken(
    telegram: TelegramPeer, tmp_path: Path, mode: str
) -> None:
    async with connected(tmp_path, telegram=telegram, mode=mode):
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        answer = await citizen.reads(SOON)
        citizen.text("min")  # waits for the rest of its thought
        citizen.press("Lama proses", answer)
        assert "7 hari kerja" in (await citizen.reads(SOON)).text


async def test_groups_are_politely_refused_once(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen, group = telegram.citizen(77), telegram.group(-100)
        group.adds_bot(citizen)
        assert "hanya melayani percakapan pribadi" in (await telegram.next_message(-100, timeout=SOON)).text
        group.text("/lapor@pasti_bot", citizen, entities=[{"type": "bot_command", "offset": 0, "length": 6}])
        await telegram.quiet(SOON)
        await program.pasti.channels["telegram"].settled()  # type: ignore[attr-defined]
        assert len(telegram.sent.of(-100)) == 1
        assert program.rows("inbox") == []


async def test_who_blocks_the_bot_is_noted_and_left_alone(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await telegram.delivered(citizen.block(), SOON)
        assert [row["unreachable"] for row in program.rows("conversations")] == ["blocked"]
        await telegram.delivered(citizen.unblock(), SOON)
        citizen.text("biaya 29102")
        assert "Gratis" in (await citizen.reads(SOON)).text


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("fault", [Cut(), ServerError(), BadGateway(), TooManyRequests(1)])
async def test_what_did_not_arrive_is_sent_again(
    telegram: TelegramPeer, tmp_path: Path, fault: ServerError | BadGateway | TooManyRequests
) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        telegram.fault("sendMessage", fault)
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        if isinstance(fault, Cut):
            await until(program, "outbox", ["unknown"])
            return
        assert "Gratis" in (await citizen.reads(SOON)).text
        await until(program, "outbox", ["sent"])


@pytest.mark.parametrize("fault", [AcceptThenCut(), Garbage(accepted=True)])
async def test_what_may_have_arrived_is_not_repeated_blindly(
    telegram: TelegramPeer, tmp_path: Path, fault: AcceptThenCut | Garbage
) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        telegram.fault("sendMessage", fault)
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await until(program, "outbox", ["unknown"])
        citizen.text("lama 29102")
        assert "7 hari kerja" in (await citizen.reads(SOON)).text, "later ones do not wait"


@pytest.mark.parametrize(
    ("refusal", "unreachable"),
    [
        (Refusal(403, "Forbidden: bot was blocked by the user"), "blocked"),
        (Refusal(403, "Forbidden: user is deactivated"), "gone"),
        (Refusal(400, "Bad Request: chat not found"), "gone"),
        (Refusal(400, "Bad Request: something else"), None),
    ],
)
async def test_a_final_no_is_a_task(
    telegram: TelegramPeer, tmp_path: Path, refusal: Refusal, unreachable: str | None
) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        telegram.fault("sendMessage", refusal)
        telegram.citizen(77).text("biaya 29102")
        await until(program, "outbox", ["failed"])
        assert program.rows("conversations")[0]["unreachable"] == unreachable
        assert [row["kind"] for row in program.rows("tasks")] == ["undelivered"]


async def test_formatting_that_is_refused_goes_out_plain(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram):
        telegram.fault("sendMessage", Refusal(400, "Bad Request: can't parse entities: unsupported tag"))
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        assert "Gratis" in (await citizen.reads(SOON)).text


async def test_a_wrong_secret_changes_nothing(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram, mode="webhook") as program, aiohttp.ClientSession() as session:
        update = telegram.citizen(77).text("biaya 29102").body
        for secret in ("", "wrong", WEBHOOK_SECRET + "x"):
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            async with session.post(f"{program.url}/webhooks/telegram", json=update, headers=headers) as answer:
                assert answer.status == 403
        for body, status in ((b"no json", 400), (b"[1]", 200), (b"{}", 200)):
            headers = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
            async with session.post(f"{program.url}/webhooks/telegram", data=body, headers=headers) as answer:
                assert answer.status == status


async def test_the_webhook_is_registered_with_what_is_wanted(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram, mode="webhook"):
        citizen = telegram.citizen(77)
        citizen.text("halo")
        await citizen.reads(SOON)
        webhook = telegram.deliveries.webhook
        assert webhook.url == f"{PUBLIC_URL}/webhooks/telegram"
        assert webhook.headers["X-Telegram-Bot-Api-Secret-Token"] == WEBHOOK_SECRET


async def test_files_are_fetched_and_too_large_ones_are_said_to_be(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77)
        citizen.document(b"%PDF-1.4 " + b"x" * 1_000_000, "../\u202efdp.exe\u0000.pdf")
        await until(program, "media", ["kept"])
        citizen.document(b"%PDF-1.4", "besar.pdf", size=21 * 1024 * 1024)
        await until(program, "media", ["kept", "refused"])
        messages = await citizen.got(3, SOON)
        assert any("20 MB" in message.text for message in messages)


@pytest.mark.parametrize("mode", MODES)
async def test_while_the_database_is_away_telegram_comes_again(
    telegram: TelegramPeer, tmp_path: Path, mode: str
) -> None:
    async with connected(tmp_path, telegram=telegram, mode=mode) as program:
        citizen = telegram.citizen(77)
        with away(program.pasti.office.database, "inbox"):
            citizen.text("biaya 29102")
            citizen.text("lama 29102")
            async with asyncio.timeout(SOON):
                while not program.pasti.intake.away:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        assert "Gratis" in (await citizen.reads(SOON)).text
        assert "7 hari kerja" in (await citizen.reads(SOON)).text
