"""WhatsApp by Twilio: how a file that an officer sends leaves, what does not, and how one is found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.channels.carriage import can_carry
from handlers.messages import Channel, Line
from handlers.parcels import Absent, OutgoingFile, Refused, Sent, Uncertain
from tests.bot.channels.desk import answering
from tests.bot.channels.test_whatsapp_sending import CITIZEN, PUBLIC, channel_to, parcel
from tests.peers.faults import AcceptThenCut, Cut
from tests.peers.twilio import TwilioPeer

PDF = OutgoingFile("ab" * 32, "surat.pdf", "application/pdf", 250_000, picture=False)
PHOTO = OutgoingFile("cd" * 32, "loket.jpg", "image/jpeg", 250_000, picture=True)
OFFICE = "application/vnd.openxmlformats-officedocument."
WORDS = (Line("Ini *fotonya*, Pak", "plain"),)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (PDF, None),
        (PHOTO, None),
        (replace(PDF, size=16 << 20), None),
        (replace(PDF, size=(16 << 20) + 1), "16 MB"),
        (replace(PHOTO, size=5 << 20), None),
        (replace(PHOTO, size=(5 << 20) + 1), "5 MB"),
        (replace(PHOTO, picture=False), "rusak"),
        (replace(PHOTO, content_type="image/webp"), "jenis"),
        (replace(PHOTO, content_type="image/gif"), "jenis"),
        (replace(PDF, content_type="text/plain"), "jenis"),
        (replace(PDF, content_type="video/quicktime"), "jenis"),
        (replace(PDF, content_type="video/mp4"), None),
        (replace(PDF, content_type="audio/ogg"), None),
        (replace(PDF, content_type=f"{OFFICE}wordprocessingml.document"), None),
    ],
    ids=str,
)
def test_the_officer_is_told_what_whatsapp_does_not_take(file: OutgoingFile, reason: str | None) -> None:
    said = can_carry("whatsapp", file, public_url=PUBLIC)
    assert said is None if reason is None else reason in (said or "")


def test_twilio_needs_an_address_to_fetch_from() -> None:
    assert "PUBLIC_URL" in (can_carry("whatsapp", PDF, public_url=None) or "")


@pytest.mark.parametrize("channel", ["telegram", "web"])
def test_the_others_take_whatever_is_kept(channel: Channel) -> None:
    for file in (PDF, replace(PHOTO, content_type="image/webp", size=16 << 20)):
        assert can_carry(channel, file, public_url=None) is None
    assert "16 MB" in (can_carry(channel, replace(PDF, size=17 << 20), public_url=None) or "")


async def test_a_picture_goes_with_its_words_and_a_document_without() -> None:
    async with TwilioPeer() as twilio, channel_to(twilio.url) as channel, giving(twilio, PHOTO):
        first = await channel.send(parcel(lines=WORDS, file=PHOTO, sender="officer"))
        second = await channel.send(parcel(id=43, lines=(), file=PDF, sender="officer"))
        with_words, without = twilio.sent.of(CITIZEN)
        assert [first, second] == [Sent(with_words.sid), Sent(without.sid)]
        assert (with_words.media_urls, with_words.body) == ([f"{PUBLIC}/files/42"], "Ini *\u2060fotonya*, Pak")
        assert (without.media_urls, without.body) == ([f"{PUBLIC}/files/43"], "")
        assert with_words.status_callback == f"{PUBLIC}/webhooks/whatsapp/status?id=42"


async def test_what_would_be_dropped_silently_is_refused_aloud() -> None:
    async with TwilioPeer() as twilio:
        async with channel_to(twilio.url) as channel:
            assert await channel.send(parcel(lines=WORDS, file=PDF)) == Refused("words beside a file")
            assert await channel.send(parcel(lines=(), file=replace(PDF, content_type="text/csv"))) == Refused(
                "file not carried"
            )
        async with channel_to(twilio.url, public_url=None) as channel:
            assert await channel.send(parcel(lines=(), file=PDF)) == Refused("file not carried")
        assert twilio.sent.of(CITIZEN) == []


@asynccontextmanager
async def giving(twilio: TwilioPeer, file: OutgoingFile) -> AsyncIterator[None]:
    """Where Twilio fetches this file, whatever it asks for."""
    body = b"%PDF" if file is PDF else b"\xff\xd8\xff"
    async with answering(200, body, {"Content-Type": file.content_type}) as root:
        twilio.reroute(PUBLIC, root)
        yield
        await twilio.quiet()


@pytest.mark.parametrize(("lines", "file"), [(WORDS, PHOTO), ((), PHOTO), ((), PDF)])
async def test_a_file_that_may_have_gone_is_found(lines: tuple[Line, ...], file: OutgoingFile) -> None:
    async with TwilioPeer() as twilio, channel_to(twilio.url) as channel, giving(twilio, file):
        sent = parcel(lines=lines, file=file)
        twilio.fault("createMessage", AcceptThenCut())
        assert isinstance(await channel.send(sent), Uncertain)
        assert await channel.look_up(sent, frozenset()) == Sent(twilio.sent.of(CITIZEN)[0].sid)


async def test_what_twilio_could_not_fetch_meanwhile_is_found_refused() -> None:
    async with TwilioPeer() as twilio, channel_to(twilio.url) as channel, answering(404, b"") as root:
        twilio.reroute(PUBLIC, root)
        sent = parcel(lines=(), file=PDF)
        twilio.fault("createMessage", AcceptThenCut())
        await channel.send(sent)
        assert await twilio.fetched(twilio.sent.of(CITIZEN)[0]) is None
        assert await channel.look_up(sent, frozenset()) == Refused("63019")


async def test_words_alone_are_not_taken_for_a_file_nor_a_file_for_words() -> None:
    async with TwilioPeer() as twilio, channel_to(twilio.url) as channel, giving(twilio, PHOTO):
        alone, beside = parcel(lines=WORDS), parcel(lines=WORDS, file=PHOTO)
        await channel.send(alone)
        twilio.fault("createMessage", Cut())
        await channel.send(beside)
        assert await channel.look_up(beside, frozenset()) == Absent()
        await channel.send(beside)
        words, picture = (message.sid for message in twilio.sent.of(CITIZEN))
        assert await channel.look_up(beside, frozenset()) == Sent(picture)
        assert await channel.look_up(alone, frozenset()) == Sent(words)
        assert await channel.look_up(alone, frozenset({words})) == Absent()
