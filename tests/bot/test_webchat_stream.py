"""The stream that keeps a page live: server-sent events, to its own visitor, from where the page was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer

from bot.webchat import add_routes
from bot.webchat.limits import Limits
from bot.webchat.visitor import QUIET
from tests.bot.fake_chat import FakeChat
from tests.bot.visits import Open


async def events(response: ClientResponse) -> AsyncIterator[dict[str, str]]:
    """Server-sent events as a browser reads them: fields by name, `data` joined, comments left out."""
    event: dict[str, str] = {}
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if not line and "data" in event:
            yield event
        if not line:
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            event[name] = f"{event[name]}\n{value}" if name in event else value


async def next_event(stream: AsyncIterator[dict[str, str]]) -> dict[str, str]:
    """The next one after the greeting of the stream."""
    async with asyncio.timeout(5):
        event = await anext(stream)
        return await anext(stream) if event["event"] == "conversation" else event


async def test_the_stream_brings_what_comes_and_resumes_where_it_was(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    await visitor.say("halo")
    async with visitor.http.get("/chat/stream?after=1") as response:
        assert response.headers["X-Accel-Buffering"] == "no"
        stream = events(response)
        first = await next_event(stream)
        assert first["id"] == "2"
        assert "Jawaban atas: halo" in first["data"]
        fake.officer_says("Selamat siang")
        assert "Selamat siang" in (await next_event(stream))["data"]
    fake.officer_says("Masih di sana?")
    async with visitor.http.get("/chat/stream?after=1", headers={"Last-Event-ID": "3"}) as response:
        resumed = await next_event(events(response))
        assert resumed["id"] == "4"
        assert "Masih di sana?" in resumed["data"]


async def test_the_stream_is_the_visitors_own(visit: Open, fake: FakeChat) -> None:
    one, other = await visit(ping_seconds=0.01), await visit()
    await one.say("halo")
    await other.page()
    async with other.http.get("/chat/stream") as response:
        stream = events(response)
        fake.officer_says("hanya untuk yang pertama", fake.taken[0].address)
        assert (await next_event(stream))["event"] == "ping"


async def test_a_quiet_stream_shows_that_it_is_alive(visit: Open) -> None:
    visitor = await visit(ping_seconds=0.01)
    await visitor.page()
    async with visitor.http.get("/chat/stream") as response:
        async with asyncio.timeout(5):
            lines = [await response.content.readline() for _ in range(8)]
    assert lines[5:] == [b": ping\n", b"event: ping\n", b"data:\n"]


@pytest.mark.parametrize("strange", ["-1", "1e9", "9" * 400, "٣", "x"])
async def test_a_strange_position_is_the_beginning(visit: Open, strange: str) -> None:
    visitor = await visit()
    await visitor.say("halo")
    async with visitor.http.get("/chat/stream", params={"after": strange}) as response:
        assert (await next_event(events(response)))["id"] == "1"


async def test_text_with_strange_line_ends_does_not_break_the_stream(visit: Open) -> None:
    visitor = await visit()
    await visitor.say("satu\rdua\u2028tiga\x0bid: 99")
    async with visitor.http.get("/chat/stream") as response:
        stream = events(response)
        said = await next_event(stream)
        assert said["id"] == "1"
        assert "satu\ndua\u2028tiga\x0bid: 99" in said["data"]
        assert (await next_event(stream))["id"] == "2"


async def test_the_stream_says_whose_conversation_it_is(visit: Open) -> None:
    visitor = await visit()
    page = await visitor.page()
    async with visitor.http.get("/chat/stream") as response:
        first = await anext(events(response))
    assert first["event"] == "conversation"
    assert f'data-conversation="{first["data"]}"' in page
    assert visitor.cookie not in first["data"]


async def test_a_stranger_is_told_that_the_visit_has_ended(visit: Open) -> None:
    async with (await visit()).http.get("/chat/stream") as response:
        assert (await next_event(events(response)))["event"] == "ended"


async def test_a_stream_ends_with_its_cookie(visit: Open, fake: FakeChat) -> None:
    visitor = await visit(ping_seconds=0.01)
    await visitor.page()
    async with visitor.http.get("/chat/stream") as response:
        fake.clock.advance(QUIET)
        async with asyncio.timeout(5):
            await response.content.read()
        assert response.content.at_eof()


async def test_the_oldest_of_too_many_tabs_gives_way(visit: Open) -> None:
    visitor = await visit(Limits(streams_per_visitor=1))
    await visitor.page()
    async with visitor.http.get("/chat/stream") as older:
        waiting = events(older)
        async with visitor.http.get("/chat/stream"):
            assert (await next_event(waiting))["event"] == "parked"


async def test_one_address_has_so_many_streams(visit: Open) -> None:
    visitor = await visit(Limits(streams_per_address=1))
    await visitor.page()
    async with visitor.http.get("/chat/stream"):
        refused = await visitor.http.get("/chat/stream")
        assert refused.status == 429
        assert int(refused.headers["Retry-After"]) > 0


async def test_an_open_stream_does_not_hold_up_the_shutdown(fake: FakeChat) -> None:
    app = web.Application()
    add_routes(app, fake.web_chat())

    async def close_streams(_: web.Application) -> None:
        fake.live.close()

    app.on_shutdown.append(close_streams)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=30)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        await browser.get(server.make_url("/"))
        async with browser.get(server.make_url("/chat/stream")) as response:
            await response.content.readline()
            async with asyncio.timeout(2):
                await server.close()
            assert b"parked" not in await response.content.read()  # the page is to come back by itself
