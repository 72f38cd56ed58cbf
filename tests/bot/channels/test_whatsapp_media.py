"""Files of WhatsApp messages: fetched from Twilio and from nowhere else, whatever an address or a redirect says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.channels.channel import MediaRefusedError, MediaTooLargeError, MediaUnavailableError
from bot.channels.twilio_media import LARGEST, PrivateAddressError, PublicResolver, TwilioMedia, is_public
from tests.peers.faults import BadGateway, Cut, Fault, Refusal, ServerError, TooManyRequests
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, TwilioPeer

PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 1000


@pytest_asyncio.fixture
async def twilio() -> AsyncIterator[TwilioPeer]:
    async with TwilioPeer() as peer:
        yield peer


@pytest_asyncio.fixture
async def media(twilio: TwilioPeer) -> AsyncIterator[TwilioMedia]:
    async with aiohttp.ClientSession() as session:
        media = TwilioMedia(session, ACCOUNT_SID, AUTH_TOKEN, f"{twilio.url}/")
        yield media
        await media.close()


@pytest.fixture
def source(twilio: TwilioPeer) -> str:
    return twilio.citizen("+6281200000001").photo(PICTURE, deliver=False).params["MediaUrl0"]


async def fetched(media: TwilioMedia, source: str) -> bytes:
    return b"".join([chunk async for chunk in media.fetch(source)])


async def test_a_file_comes_as_it_was_sent(media: TwilioMedia, source: str) -> None:
    assert await fetched(media, source) == PICTURE


async def test_a_redirect_within_the_same_origin_is_followed(
    twilio: TwilioPeer, media: TwilioMedia, source: str
) -> None:
    twilio.account.media_redirect = f"{twilio.url}/cdn"
    assert await fetched(media, source) == PICTURE


async def test_redirects_end(twilio: TwilioPeer, media: TwilioMedia, source: str) -> None:
    twilio.account.media_redirect = source.rpartition("/")[0]
    with pytest.raises(MediaRefusedError, match="too many redirects"):
        await fetched(media, source)
    assert len(twilio.calls_of("fetchMedia")) == 4


ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:9/secret",
    "https://127.0.0.1:9/secret",
    "https://[::1]/secret",
    "http://api.twilio.com/x",  # not https
    "https://twilio.com.example/x",
    "https://example-twilio.com/x",
    "https://api.twilio.com@example.com/x",
    "https://AC1:token@api.twilio.com/x",
    "file:///etc/passwd",
    "ftp://api.twilio.com/x",
    "//example.com/x",
    "https://",
    "https://[x/",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
async def test_nothing_else_is_fetched(media: TwilioMedia, address: str) -> None:
    with pytest.raises(MediaRefusedError) as refused:
        await fetched(media, address)
    assert not address or address not in str(refused.value)


@pytest.mark.parametrize("address", ELSEWHERE[:6])
async def test_nor_where_a_redirect_leads(twilio: TwilioPeer, media: TwilioMedia, source: str, address: str) -> None:
    twilio.account.media_redirect = address
    with pytest.raises(MediaRefusedError, match="not a host of Twilio"):
        await fetched(media, source)


async def test_another_port_of_the_same_host_is_another_origin(twilio: TwilioPeer, media: TwilioMedia) -> None:
    with pytest.raises(MediaRefusedError, match="not a host of Twilio"):
        await fetched(media, f"http://127.0.0.1:{twilio.port + 1}/x")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Refusal(404, "gone", 20404), MediaRefusedError),
        (Refusal(410, "gone", 20404), MediaRefusedError),
        (Refusal(401, "no", 20003), MediaUnavailableError),
        (TooManyRequests(), MediaUnavailableError),
        (ServerError(), MediaUnavailableError),
        (BadGateway(), MediaUnavailableError),
        (Cut(), MediaUnavailableError),
    ],
    ids=str,
)
async def test_what_twilio_does_not_give(
    twilio: TwilioPeer, media: TwilioMedia, source: str, fault: Fault, error: type[Exception]
) -> None:
    twilio.fault("fetchMedia", fault, times=2)
    with pytest.raises(error):
        await fetched(media, source)


async def test_a_file_that_says_it_is_too_large_is_not_read() -> None:
    async def huge(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * (LARGEST + 1))

    app = web.Application()
    app.router.add_get("/huge", huge)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        media = TwilioMedia(session, ACCOUNT_SID, AUTH_TOKEN, url)
        with pytest.raises(MediaTooLargeError):
            await fetched(media, f"{url}/huge")
        await media.close()
    await runner.cleanup()


# ---------------------------------------------------------------- where a name leads


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["3.5.140.2", "52.84.1.1", "2600:9000::1", "::ffff:52.84.1.1", "64:ff9b::3405:101"])
def test_an_address_of_the_internet(address: str) -> None:
    assert is_public(address)


async def test_a_name_that_leads_inside_is_refused() -> None:
    resolver = PublicResolver()
    with pytest.raises(PrivateAddressError):
        await resolver.resolve("localhost", 443)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver)) as session:
        with pytest.raises((PrivateAddressError, aiohttp.ClientConnectorError)):
            await session.get("https://localhost/")
