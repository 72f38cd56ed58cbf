"""Files from officers to citizens, from end to end: peers play Telegram and Twilio, and what they may do wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.media_store import place_of
from tests.bot.connected import Connected, connected
from tests.bot.files import picture
from tests.bot.officers import replies, write
from tests.bot.uploads import uploaded
from tests.peers.faults import AcceptThenCut, Cut
from tests.peers.telegram import TelegramPeer
from tests.peers.twilio import TwilioPeer

SOON = 20.0
CITIZEN = "+6281200000001"
LETTER = b"%PDF-1.7 invented " + bytes(200_000)
PHOTO = picture("JPEG")


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer() as peer:
        yield peer


async def until(program: Connected, states: list[str]) -> None:
    """Waits until the outbox looks so."""
    async with asyncio.timeout(SOON):
        while program.states() != states:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)


# ---------------------------------------------------------------- Telegram


async def test_telegram_shows_a_picture_and_gives_a_document(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await replies(program, "Ini fotonya, Pak.", PHOTO, "loket.exe")
        shown = await citizen.reads(SOON)
        assert (shown.method, shown.text, shown.file) == ("sendPhoto", "Ini fotonya, Pak.", PHOTO)
        await replies(program, "Ini suratnya, Pak.", LETTER, "../../Surat <b>.pdf")
        given = await citizen.reads(SOON)
        assert (given.method, given.text, given.file) == ("sendDocument", "Ini suratnya, Pak.", LETTER)
        assert given.file_name == "Surat _b_.pdf"
        await until(program, ["sent"] * 3)


async def test_long_words_go_before_their_file(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await replies(program, "Panjang sekali. " * 100, LETTER)
        words, file = await citizen.reads(SOON), await citizen.reads(SOON)
        assert (words.method, file.method, file.text) == ("sendMessage", "sendDocument", "")


async def test_a_file_cut_off_half_way_is_sent_again(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        telegram.fault("sendDocument", Cut())
        await replies(program, "Ini suratnya, Pak.", LETTER + bytes(12 << 20))
        assert (await citizen.reads(SOON)).method == "sendDocument"
        await until(program, ["sent"] * 2)


async def test_of_a_file_that_may_have_arrived_a_person_is_told(telegram: TelegramPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, telegram=telegram) as program:
        citizen = telegram.citizen(77)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        telegram.fault("sendDocument", AcceptThenCut())
        await replies(program, "Ini suratnya, Pak.", LETTER)
        await citizen.reads(SOON)
        await until(program, ["sent", "unknown"])
        with program.pasti.office.database.transaction() as tx:
            tx.exec_driver_sql("UPDATE outbox SET due_at = created_at WHERE state = 'unknown'")  # a minute later
        program.pasti.sender.look()
        async with asyncio.timeout(SOON):
            while not program.rows("tasks"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert [row["kind"] for row in program.rows("tasks")] == ["unconfirmed"]
        assert len(telegram.calls_of("sendDocument")) == 1


# ---------------------------------------------------------------- WhatsApp


async def test_twilio_fetches_the_file_and_whatsapp_shows_it(tmp_path: Path) -> None:
    async with TwilioPeer(statuses=("sent", "delivered")) as twilio, connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await replies(program, "Ini fotonya, Pak.", PHOTO, "loket.exe")
        shown = await citizen.reads(SOON)
        media = await twilio.fetched(shown)
        assert media
        assert (media.data, media.content_type, media.name) == (PHOTO, "image/jpeg", "loket.exe.jpg")
        assert shown.seen == "Ini fotonya, Pak."
        await replies(program, "Ini suratnya, Pak.", LETTER, "Surat.pdf")
        words, given = await citizen.reads(SOON), await citizen.reads(SOON)
        media = await twilio.fetched(given)
        assert media
        assert (media.data, media.content_type, media.name) == (LETTER, "application/pdf", "Surat.pdf")
        assert (words.seen, given.body) == ("Ini suratnya, Pak.", "")
        await until(program, ["delivered"] * 4)


async def test_a_file_that_twilio_cannot_fetch_is_a_task(tmp_path: Path) -> None:
    async with TwilioPeer() as twilio, connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await until(program, ["sent"])
        file = await uploaded(program.pasti.settings.data_dir, LETTER)
        (program.pasti.settings.data_dir / place_of(file.sha256)).unlink()
        write(program, (), file)
        await until(program, ["sent", "failed"])
        assert [(row["kind"], row["reason"]) for row in program.rows("tasks")] == [("undelivered", "63019")]


async def test_a_closed_window_holds_the_file_and_sends_it_after(tmp_path: Path) -> None:
    async with TwilioPeer(window="refused") as twilio:
        asking = twilio.content.add("Petugas sudah membalas. Balas pesan ini.", name="officer_reply")
        templates = {"officer_reply": asking.sid}
        async with connected(tmp_path, twilio=twilio, twilio_templates=templates) as program:
            citizen = twilio.citizen(CITIZEN)
            citizen.text("biaya 29102")
            await citizen.reads(SOON)
            await until(program, ["sent"])
            with program.pasti.office.database.transaction() as tx:
                tx.exec_driver_sql("UPDATE conversations SET last_inbound_at = '2026-01-01 00:00:00.000000'")
            citizen.let_window_close()
            await replies(program, "Ini fotonya, Pak.", PHOTO, "loket.jpg")
            ping = await citizen.reads(SOON)
            assert ("Balas pesan ini" in ping.body, ping.media_urls) == (True, [])
            await until(program, ["sent", "held", "sent"])
            citizen.text("ya")
            shown = await citizen.reads(SOON)
            media = await twilio.fetched(shown)
            assert media
            assert (media.data, shown.seen) == (PHOTO, "Ini fotonya, Pak.")
            await until(program, ["sent", "sent", "sent"])
            assert program.rows("tasks") == []


async def test_a_file_that_was_taken_and_not_answered_is_not_sent_twice(tmp_path: Path) -> None:
    async with TwilioPeer() as twilio, connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        twilio.fault("createMessage", AcceptThenCut())
        await replies(program, "Ini fotonya, Pak.", PHOTO, "loket.jpg")
        await citizen.reads(SOON)
        await until(program, ["sent", "sent"])
        assert len(twilio.sent.of(CITIZEN)) == 2


async def test_without_a_public_address_nothing_is_sent_in_vain(tmp_path: Path) -> None:
    async with TwilioPeer() as twilio, connected(tmp_path, twilio=twilio, public_url=None) as program:
        twilio.webhook = f"{program.url}/webhooks/whatsapp"
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await replies(program, "", PHOTO, "loket.jpg")
        await until(program, ["sent", "failed"])
        assert [row["reason"] for row in program.rows("tasks")] == ["file not carried"]
