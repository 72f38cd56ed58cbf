"""WhatsApp from end to end: a peer plays Twilio, and everything that it may do wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import aiohttp
import pytest
import pytest_asyncio

from tests.bot.connected import Connected, connected
from tests.peers.faults import AcceptThenCut, AcceptThenHang, Cut, Refusal, ServerError, TooManyRequests
from tests.peers.twilio import TwilioPeer
from tests.peers.twilio_rules import Forgery

SOON = 20.0
CITIZEN = "+6281200000001"


@pytest_asyncio.fixture
async def twilio() -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer() as peer:
        yield peer


async def until(program: Connected, states: list[str]) -> None:
    """Waits until the outbox looks so."""
    async with asyncio.timeout(SOON):
        while program.states() != states:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)


async def test_a_question_is_answered_with_a_numbered_menu_and_a_number_chooses(
    twilio: TwilioPeer, tmp_path: Path
) -> None:
    async with connected(tmp_path, twilio=twilio):
        citizen = twilio.citizen(CITIZEN, "Yayat")
        citizen.text("brp biaya izin mobil desa?")
        answer = (await citizen.reads(SOON)).body
        assert answer.startswith("*Biaya/Tarif*\n> Gratis\n")
        assert "_Sumber: Standar Pelayanan No. 61" in answer
        assert answer.endswith("\n1. Lama proses\n2. Persyaratan\n3. Kurang tepat")
        citizen.text("1")
        assert "> 7 hari kerja" in (await citizen.reads(SOON)).body


async def test_a_complaint_with_everything_a_citizen_sends(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN, "Yayat")
        citizen.text("saya Yayat, mau lapor: kmrn di loket MPP saya dimintai 200rb padahal gratis")
        assert "Sudah benar?" in (await citizen.reads(SOON)).body
        citizen.photo(b"\xff\xd8\xff picture one", deliver=True)
        citizen.photo(b"\xff\xd8\xff picture two", deliver=True)
        assert "2 lampiran" in (await citizen.reads(SOON)).body, "two photos are one thought"
        citizen.location(label="MPP Bale Madukara")
        assert "3 lampiran" in (await citizen.reads(SOON)).body
        citizen.text("ya")
        assert "Pengaduan sudah dicatat" in (await citizen.reads(SOON)).body
        evidence = program.rows("evidence")
        assert [row["kind"] for row in evidence] == ["photo", "photo", "location"]
        assert "MPP Bale Madukara" in str(evidence[2]["name"])


async def test_fragments_are_one_thought(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        for text in ("min", "mau tanya", "syarat khusus 29102 apa?"):
            await twilio.outcome(citizen.text(text), SOON)
        assert "Persyaratan Khusus" in (await citizen.reads(SOON)).body
        assert len(program.rows("outbox")) == 1


async def test_order_is_kept_for_each_of_many(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        citizens = [twilio.citizen(f"+6281200000{n:03d}") for n in range(20)]
        for text in ("biaya 29102", "lama 29102", "jumlah petugas 29102", "menu"):
            await asyncio.gather(*(twilio.outcome(citizen.text(text), SOON) for citizen in citizens))
        for citizen in citizens:
            bodies = [message.body for message in await citizen.got(4, SOON)]
            marks = ("Biaya/Tarif", "Jangka Waktu", "Jumlah Pelaksana", "Menu PASTI")
            assert all(mark in body for mark, body in zip(marks, bodies, strict=True))
        assert len(program.rows("outbox")) == 80


async def test_every_kind_of_message_replayed_is_one_message(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        sent = [
            citizen.text("biaya 29102"), citizen.photo(b"\xff\xd8\xff"), citizen.document(b"%PDF-1.4"),
            citizen.voice(), citizen.video(), citizen.sticker(), citizen.contact(), citizen.location(),
            citizen.unknown("order", Something="new"), citizen.stop(), citizen.start(),
        ]  # fmt: skip
        for message in sent:
            assert await twilio.outcome(message, SOON) == 200
        async with asyncio.timeout(SOON):
            while any(row["decided_at"] is None for row in program.rows("inbox")):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        before = answers(program)
        for message in sent:
            twilio.replay(message)
            assert await twilio.outcome(message, SOON) == 200
        assert len(program.rows("inbox")) == len(sent)
        assert answers(program) == before
        assert len(program.rows("cases", "id")) == 1, "the voice note"


def answers(program: Connected) -> int:
    """How many there are; what is said of files that were no pictures comes by itself."""
    return sum(row["sender"] == "bot" for row in program.rows("outbox"))


@pytest.mark.parametrize("forgery", list(Forgery))
async def test_what_twilio_did_not_sign_changes_nothing(twilio: TwilioPeer, tmp_path: Path, forgery: Forgery) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        message = twilio.citizen(CITIZEN).text("biaya 29102", forgery=forgery)
        assert await twilio.outcome(message, SOON) == 403
        assert program.rows("inbox") == []
        async with aiohttp.ClientSession() as session, session.get(f"{program.url}/metrics") as answer:
            assert 'pasti_signature_rejections_total{channel="whatsapp"} 1.0' in await answer.text()


async def test_a_status_without_a_signature_changes_nothing(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        sent = await citizen.reads(SOON)
        await until(program, ["sent"])
        form = {"MessageSid": sent.sid, "MessageStatus": "read"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{program.url}/webhooks/whatsapp/status", data=form) as answer,
        ):
            assert answer.status == 403
        assert program.states() == ["sent"]


async def test_states_move_forward_in_whatever_order_they_are_reported(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        sent = await citizen.reads(SOON)
        twilio.status(sent, "read", "sent", "delivered", "queued", "read")
        await twilio.quiet(SOON)
        await until(program, ["read"])


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("fault", [AcceptThenCut(), ServerError(accepted=True)])
async def test_what_was_accepted_and_not_answered_is_not_sent_twice(
    twilio: TwilioPeer, tmp_path: Path, fault: AcceptThenCut | ServerError
) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        twilio.fault("createMessage", fault)
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        await citizen.reads(SOON)
        await until(program, ["sent"])  # it was asked after
        assert len(twilio.sent.of(CITIZEN)) == 1
        assert program.rows("outbox")[0]["provider_id"] == twilio.sent.of(CITIZEN)[0].sid


@pytest.mark.parametrize("fault", [Cut(), ServerError()])
async def test_what_was_not_accepted_is_sent_again(
    twilio: TwilioPeer, tmp_path: Path, fault: Cut | ServerError
) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        twilio.fault("createMessage", fault)
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        assert "Gratis" in (await citizen.reads(SOON)).body
        await until(program, ["sent"])


async def test_a_storm_of_429_is_waited_out_and_nothing_is_lost(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        twilio.fault("createMessage", TooManyRequests(1), times=6)
        citizens = [twilio.citizen(f"+628120000000{n}") for n in range(5)]
        for citizen in citizens:
            citizen.text("biaya 29102")
        for citizen in citizens:
            assert "Gratis" in (await citizen.reads(SOON)).body
        await until(program, ["sent"] * 5)


@pytest.mark.parametrize(
    ("code", "status", "unreachable", "task"),
    [
        (21211, 400, "gone", "undelivered"),
        (21610, 400, "opted_out", "undelivered"),
        (63024, 400, "not_on_whatsapp", "telephone"),
        (21617, 400, None, "undelivered"),
        (63007, 400, None, "undelivered"),
        (21620, 400, None, "undelivered"),
    ],
)
async def test_a_final_no_is_a_task(
    twilio: TwilioPeer, tmp_path: Path, code: int, status: int, unreachable: str | None, task: str
) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        twilio.fault("createMessage", Refusal(status, "no", code))
        twilio.citizen(CITIZEN).text("biaya 29102")
        await until(program, ["failed"])
        assert program.rows("outbox")[0]["error"] == str(code)
        assert program.rows("conversations")[0]["unreachable"] == unreachable
        assert [(row["kind"], row["reason"]) for row in program.rows("tasks")] == [(task, str(code))]


@pytest.mark.parametrize("window", ["refused", "callback"])
async def test_a_closed_window_holds_the_reply_and_asks_once(
    tmp_path: Path, window: Literal["refused", "callback"]
) -> None:
    async with TwilioPeer(window=window) as twilio:
        asking = twilio.content.add("Bapak/Ibu, balas pesan ini untuk membacanya.", name="answer_ready")
        templates = {"answer_ready": asking.sid}
        async with connected(tmp_path, twilio=twilio, twilio_templates=templates) as program:
            citizen = twilio.citizen(CITIZEN)
            message = citizen.text("biaya 29102", deliver=False)
            citizen.let_window_close()
            twilio.replay(message)
            if window == "callback":
                await citizen.reads(SOON)  # what Twilio took, and WhatsApp then refused
            assert "balas pesan ini" in (await citizen.reads(SOON)).body
            await until(program, ["failed", "held", "sent"])
            citizen.text("ya")
            assert "Gratis" in (await citizen.reads(SOON)).body
            await until(program, ["failed", "sent", "sent"])
            assert program.rows("tasks") == []


async def test_messages_that_never_arrived_are_taken_in_at_the_start(twilio: TwilioPeer, tmp_path: Path) -> None:
    citizen = twilio.citizen(CITIZEN)
    citizen.text("biaya 29102", deliver=False)
    async with connected(tmp_path, twilio=twilio):
        assert "Gratis" in (await citizen.reads(SOON)).body
    citizen.text("lama 29102", deliver=False)
    async with connected(tmp_path, twilio=twilio) as program:
        assert "7 hari kerja" in (await citizen.reads(SOON)).body
        assert len(program.rows("inbox")) == 2


async def test_a_file_is_fetched_and_kept_and_led_to_by_its_message(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        twilio.citizen(CITIZEN).document(b"%PDF-1.4 invented", "../../etc/\u202esurat.pdf")
        async with asyncio.timeout(SOON):
            while [row["state"] for row in program.rows("media")] != ["kept"]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        [kept] = program.rows("media")
        assert kept["name"] == "surat.pdf"
        path = tmp_path / "data" / "media" / str(kept["sha256"])[:2] / str(kept["sha256"])
        assert path.read_bytes() == b"%PDF-1.4 invented"


async def test_a_file_that_is_redirected_elsewhere_is_not_fetched(twilio: TwilioPeer, tmp_path: Path) -> None:
    twilio.account.media_redirect = "http://127.0.0.1:9/secret"
    async with connected(tmp_path, twilio=twilio) as program:
        citizen = twilio.citizen(CITIZEN)
        citizen.photo(b"\xff\xd8\xff")
        async with asyncio.timeout(SOON):
            while [row["state"] for row in program.rows("media")] not in (["refused"], ["failed"]):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_who_does_not_answer_in_time_is_asked_after(twilio: TwilioPeer, tmp_path: Path) -> None:
    async with connected(tmp_path, twilio=twilio) as program:
        twilio.fault("createMessage", AcceptThenHang())
        citizen = twilio.citizen(CITIZEN)
        citizen.text("biaya 29102")
        sent = await citizen.reads(SOON)
        twilio.status(sent, "sent")  # it tells by itself before that
        await until(program, ["sent"])
    assert len(twilio.sent.of(CITIZEN)) == 1
