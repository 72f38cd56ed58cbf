"""The web chat from outside, over HTTP: what it says, whom it knows, what it refuses."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.live import Live
from bot.webchat import add_routes
from bot.webchat.limits import Buckets, Limits, Rate, network
from bot.webchat.presentation import blocks
from bot.webchat.visitor import COOKIE, QUIET
from handlers.messages import Line
from tests.bot.fake_chat import LONG_QUOTE, FakeChat

WIDE = Limits(visitor=Rate(6000, 1000), address=Rate(6000, 1000))
Open = Callable[..., Awaitable["Visitor"]]


def message_id(number: int) -> str:
    return str(UUID(int=number))


@dataclass
class Visitor:
    """A browser of its own: a client with a cookie jar."""

    http: TestClient[web.Request, web.Application]
    said: int = 0

    async def say(self, text: str, **fields: object) -> ClientResponse:
        self.said += 1
        return await self.post({"id": message_id(self.said), "text": text, **fields})

    async def post(self, body: object, **headers: str) -> ClientResponse:
        return await self.http.post("/chat/messages", json=body, headers=headers)

    async def page(self) -> str:
        return await (await self.http.get("/")).text()

    @property
    def cookie(self) -> str:
        return self.http.session.cookie_jar.filter_cookies(self.http.make_url("/"))[COOKIE].value


@pytest.fixture
def fake() -> FakeChat:
    return FakeChat()


@pytest_asyncio.fixture
async def visit(fake: FakeChat) -> AsyncIterator[Open]:
    """Opens visitors of one running chat; the first call says how the chat is set up."""
    servers: list[TestServer] = []
    clients: list[TestClient[web.Request, web.Application]] = []

    async def open_visitor(limits: Limits = WIDE, ping_seconds: float = 15) -> Visitor:
        if not servers:
            app = web.Application()
            add_routes(app, fake.web_chat(limits=limits, ping_seconds=ping_seconds))
            servers.append(TestServer(app))
            await servers[0].start_server()
        clients.append(TestClient(servers[0], cookie_jar=CookieJar(unsafe=True)))
        return Visitor(clients[-1])

    yield open_visitor
    fake.live.close()
    for client in clients:
        await client.session.close()
    for server in servers:
        await server.close()


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


# The page


async def test_the_page_greets_before_the_first_message(visit: Open) -> None:
    page = await (await visit()).page()
    assert "Sampurasun! Saya PASTI" in page
    assert 'data-payload="syarat">Lihat persyaratan</button>' in page
    assert "Pelayanan Sepenuh Hati" in page
    assert "<noscript>" in page
    assert "081809898222" in page


async def test_nothing_on_the_page_needs_a_looser_policy_or_another_site(visit: Open) -> None:
    response = await (await visit()).http.get("/")
    page = await response.text()
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert {"Referrer-Policy", "Permissions-Policy"} <= set(response.headers)
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page) == []
    assert set(re.findall(r"https?://([^/\"]+)", page)) == {"wa.me"}


async def test_assets_are_kept_for_good_under_the_hash_of_their_content(visit: Open) -> None:
    visitor = await visit()
    script = re.search(r'src="([^"]+chat\.js)"', await visitor.page())
    assert script
    fresh = await visitor.http.get(script[1])
    assert fresh.content_type == "text/javascript"
    assert "immutable" in fresh.headers["Cache-Control"]
    assert fresh.headers["X-Content-Type-Options"] == "nosniff"
    old = await visitor.http.get("/chat/static/000000000000/chat.js")
    assert old.status == 200
    assert old.headers["Cache-Control"] == "no-cache"
    for elsewhere in ("routes.py", "..%2Froutes.py", "missing.js"):
        assert (await visitor.http.get(f"/chat/static/0/{elsewhere}")).status == 404


async def test_what_citizens_write_stays_text(visit: Open) -> None:
    visitor = await visit()
    answer = await (await visitor.say("<script>alert(1)</script> & \"'")).json()
    page = await visitor.page()
    assert "<script>alert" not in page + answer["bubbles"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;&#39;" in page


async def test_times_are_those_of_the_office(visit: Open) -> None:
    visitor = await visit()
    await visitor.say("halo")
    assert '<time datetime="2026-11-23T07:05:00+00:00">14.05</time>' in await visitor.page()


# A message


async def test_a_message_is_answered_and_survives_a_reload(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    page = await visitor.page()
    response = await visitor.say("halo")
    answer = await response.json()
    assert response.status == 200
    assert answer["position"] == 2
    assert f'data-conversation="{answer["conversation"]}"' in page
    assert f'data-position="1" data-id="{message_id(1)}"' in answer["bubbles"]
    assert "Jawaban atas: halo" in answer["bubbles"]
    assert "Jawaban atas: halo" in await visitor.page()
    assert fake.taken[0].address.channel == "web"
    assert fake.taken[0].received_at == fake.clock()


async def test_the_answer_holds_only_what_the_page_does_not_have(visit: Open) -> None:
    visitor = await visit()
    first = await (await visitor.say("satu")).json()
    second = await (await visitor.say("dua", after=first["position"])).json()
    assert "dua" in second["bubbles"]
    assert "satu" not in second["bubbles"]


async def test_the_same_id_twice_is_one_message(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    answers = [await (await visitor.post({"id": message_id(1), "text": "halo"})).json() for _ in range(2)]
    assert len(fake.taken) == 1
    assert answers[0]["bubbles"] == answers[1]["bubbles"]


async def test_a_button_carries_its_payload_and_its_title(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    await visitor.post({"id": message_id(1), "payload": "biaya", "title": "Berapa biayanya?"})
    assert (fake.taken[0].payload, fake.taken[0].text) == ("biaya", "Berapa biayanya?")


async def test_text_is_cleaned_of_what_no_storage_takes(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    assert (await visitor.say(" a\x00b\ud800c\r\nd ")).status == 200
    assert fake.taken[0].text == "abc\nd"


# Who it is


async def test_the_cookie_is_closed_to_scripts_and_other_sites(visit: Open) -> None:
    response = await (await visit()).http.get("/")
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "7200")


async def test_visitors_do_not_see_each_other(visit: Open) -> None:
    one, other = await visit(), await visit()
    await one.say("rahasia saya")
    assert "rahasia saya" not in await other.page()


async def test_a_forged_cookie_is_a_new_visitor(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    await visitor.say("halo")
    forged = fake.taken[0].address.user + visitor.cookie[len(fake.taken[0].address.user) :][::-1]
    for cookie, known in ((visitor.cookie, True), (forged, False)):
        page = await (await (await visit()).http.get("/", headers={"Cookie": f"{COOKIE}={cookie}"})).text()
        assert ("Jawaban atas: halo" in page) == known


async def test_the_visit_lasts_while_there_are_messages_and_is_forgotten_after_a_quiet_while(
    visit: Open, fake: FakeChat
) -> None:
    visitor = await visit()
    for _ in range(3):
        assert (await visitor.say("masih di sini")).status == 200
        fake.clock.advance(QUIET - timedelta(minutes=1))
    assert len({inbound.address for inbound in fake.taken}) == 1
    fake.clock.advance(timedelta(minutes=2))
    assert "masih di sini" not in await visitor.page()


async def test_a_message_after_the_quiet_while_starts_a_new_conversation(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    before = await (await visitor.say("dulu")).json()
    fake.clock.advance(QUIET + timedelta(seconds=1))
    answer = await (await visitor.say("sekarang", after=2)).json()
    assert answer["conversation"] != before["conversation"]
    assert "sekarang" in answer["bubbles"]
    assert "dulu" not in answer["bubbles"]
    assert fake.taken[0].address != fake.taken[1].address


async def test_leaving_forgets_the_visitor(visit: Open) -> None:
    visitor = await visit()
    await visitor.say("halo")
    assert (await visitor.http.post("/chat/leave", json={})).status == 200
    assert "Jawaban atas: halo" not in await visitor.page()


# What it refuses


@pytest.mark.parametrize("path", ["/chat/messages", "/chat/leave"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://lain.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_sites_cannot_post_in_a_visitors_name(
    visit: Open, fake: FakeChat, path: str, headers: dict[str, str]
) -> None:
    visitor = await visit()
    body = {"id": message_id(1), "text": "halo"}
    response = await visitor.http.post(path, json=body, headers=headers)
    assert response.status == 403
    assert (await response.json())["error"]
    assert fake.taken == []


async def test_our_own_page_may_post(visit: Open) -> None:
    visitor = await visit()
    origin = str(visitor.http.make_url("")).rstrip("/")
    assert (await visitor.post({"id": message_id(1), "text": "halo"}, Origin=origin)).status == 200
    assert (
        await visitor.post({"id": message_id(2), "text": "halo"}, **{"Sec-Fetch-Site": "same-origin"})
    ).status == 200


async def test_a_plain_html_form_cannot_post(visit: Open) -> None:
    response = await (await visit()).http.post("/chat/messages", data={"text": "halo"})
    assert response.status == 415


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("[" * 60_000, 400),
        ('{"text": "halo"}', 422),
        ('{"id": "bukan-uuid", "text": "halo"}', 422),
        (json.dumps({"id": message_id(1)}), 422),
        (json.dumps({"id": message_id(1), "text": "  \n "}), 422),
        (json.dumps({"id": message_id(1), "text": 5}), 422),
        (json.dumps({"id": message_id(1), "text": "halo", "after": -1}), 422),
        (json.dumps({"id": message_id(1), "text": "halo", "after": 10**30}), 422),
        (json.dumps({"id": message_id(1), "text": "a" * 4001}), 422),
        (json.dumps({"id": message_id(1), "payload": "é" * 33}), 422),
        (json.dumps({"id": message_id(1), "payload": "a", "title": "a" * 81}), 422),
        (json.dumps({"id": message_id(1), "text": "a" * 70_000}), 413),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_words(visit: Open, fake: FakeChat, body: str, status: int) -> None:
    visitor = await visit()
    response = await visitor.http.post("/chat/messages", data=body, headers={"Content-Type": "application/json"})
    assert response.status == status
    assert re.search(r"Pesan|Tombol", (await response.json())["error"])
    assert fake.taken == []


async def test_the_longest_message_counts_characters_not_bytes(visit: Open, fake: FakeChat) -> None:
    assert (await (await visit()).say("🙏" * 4000)).status == 200
    assert len(fake.taken[0].text) == 4000


async def test_a_hasty_visitor_is_asked_to_wait_and_nobody_else_is(visit: Open, fake: FakeChat) -> None:
    hasty, other = await visit(Limits(visitor=Rate(per_minute=20, burst=2))), await visit()
    await hasty.page()
    assert [(await hasty.say("x")).status for _ in range(3)] == [200, 200, 429]
    refused = await hasty.say("x")
    assert refused.headers["Retry-After"] == "3"
    assert (await refused.json())["error"] == "Pesannya datang terlalu cepat. Mohon tunggu 3 detik."
    assert (await other.say("y")).status == 200
    fake.clock.advance(timedelta(seconds=3))
    assert (await hasty.say("x")).status == 200


async def test_one_address_cannot_make_visitors_without_end(visit: Open) -> None:
    limits = Limits(address=Rate(per_minute=60, burst=3))
    pages = [await (await visit(limits)).http.get("/") for _ in range(4)]
    assert [page.status for page in pages] == [200, 200, 200, 429]
    assert pages[3].headers["Retry-After"] == "1"
    assert "Mohon tunggu" in await pages[3].text()


async def test_no_personal_datum_is_logged(visit: Open, caplog: pytest.LogCaptureFixture) -> None:
    visitor = await visit()
    with caplog.at_level(logging.DEBUG):
        await visitor.say("nama saya Euis Nurlela")
        await visitor.say("x" * 5000)
    assert "Euis" not in caplog.text
    assert visitor.cookie not in caplog.text


# The stream


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


# The parts


async def test_a_notice_reaches_those_who_wait_for_it_and_ends_for_all() -> None:
    live = Live()
    with live.subscribe("a") as a, live.subscribe("b") as b:
        live.notify("a")
        live.notify("nobody")
        assert (a.is_set(), b.is_set()) == (True, False)
        live.close()
        assert a.ended
        assert b.ended
    with live.subscribe("a") as late:
        assert late.ended
        assert late.is_set()


@given(st.lists(st.floats(0, 600), max_size=60), st.integers(1, 10), st.floats(1, 600))
def test_a_bucket_never_gives_more_than_its_rate_and_keeps_its_word(gaps: list[float], burst: int, rate: float) -> None:
    buckets = Buckets(Rate(rate, burst))
    now, granted = 0.0, 0
    for gap in gaps:
        now += gap
        wait = buckets.take("k", now)
        granted += wait == 0
        if wait:
            now += wait + 1e-6
            assert buckets.take("k", now) == 0
            granted += 1
    assert granted <= burst + now * rate / 60 + 1e-6


def test_buckets_remember_only_so_many_keys() -> None:
    buckets = Buckets(Rate(1, 1), keep=2)
    assert buckets.take("a", 0) == 0
    assert buckets.take("a", 0) > 0
    buckets.take("b", 0)
    buckets.take("c", 0)
    assert buckets.take("a", 0) == 0  # forgotten


@pytest.mark.parametrize(
    ("remote", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, ""),
        ("", ""),
    ],
)
def test_an_address_is_known_by_its_network(remote: str | None, key: str) -> None:
    assert network(remote) == key


def test_list_markers_hang_at_the_level_of_their_kind() -> None:
    (quote,) = blocks(LONG_QUOTE)
    assert quote.style == "quote"
    assert "".join(str(item.depth) for item in quote.items) == "01111101122" + "11"
    assert (quote.items[0].marker, quote.items[0].text) == ("A.", "Persyaratan Umum:")


@pytest.mark.parametrize("text", ["7 hari kerja", "PP Nomor 5", "Rp. 10", "3.5 persen", "www.example.id", "1.", "a.b"])
def test_an_ordinary_sentence_has_no_marker(text: str) -> None:
    assert blocks([Line(text)])[0].items[0].marker == ""


@given(st.lists(st.builds(Line, st.text(), st.sampled_from(["plain", "strong", "quote", "source"]))))
def test_rendering_groups_lines_and_loses_no_word(lines: list[Line]) -> None:
    grouped = blocks(lines)
    words = [(b.style, word) for b in grouped for i in b.items for word in f"{i.marker} {i.text}".split()]
    assert words == [(line.style, word) for line in lines for word in line.text.split()]
    assert all(one.style != next_one.style for one, next_one in itertools.pairwise(grouped))
