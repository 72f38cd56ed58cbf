"""The web chat from outside, over HTTP: what it says, whom it knows, what it refuses."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta

import pytest

from bot.webchat.limits import Limits, Rate
from bot.webchat.visitor import COOKIE, QUIET
from tests.bot.fake_chat import FakeChat
from tests.bot.visits import Open, message_id

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


async def test_while_the_database_is_away_that_is_said_and_the_page_may_send_again(visit: Open, fake: FakeChat) -> None:
    visitor = await visit()
    await visitor.say("halo")
    fake.away = True
    page, said = await visitor.http.get("/"), await visitor.say("masih ada?")
    assert (page.status, page.headers["Retry-After"], "Sedang ada gangguan" in await page.text()) == (503, "5", True)
    assert (said.status, "Sedang ada gangguan." in (await said.json())["error"]) == (503, True)
    fake.away = False
    assert (await visitor.say("masih ada?")).status == 200


async def test_no_personal_datum_is_logged(visit: Open, caplog: pytest.LogCaptureFixture) -> None:
    visitor = await visit()
    with caplog.at_level(logging.DEBUG):
        await visitor.say("nama saya Euis Nurlela")
        await visitor.say("x" * 5000)
    assert "Euis" not in caplog.text
    assert visitor.cookie not in caplog.text
