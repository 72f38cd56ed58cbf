"""What both peers have in common: faults, waiting, what they remember, and that they can be down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, NamedTuple

import aiohttp
import pytest
import pytest_asyncio

from tests.peers.faults import (
    AcceptThenCut,
    AcceptThenHang,
    BadGateway,
    Cut,
    Fault,
    Garbage,
    Hang,
    Refusal,
    ServerError,
    Slow,
    TooManyRequests,
    Watch,
)
from tests.peers.loopback import LoopbackPeer
from tests.peers.records import Record, Shelf
from tests.peers.telegram import TelegramPeer
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioPeer

SITI = 91_000_001
NUMBER = "+6281200000001"
Answer = tuple[int, str, dict[str, str]]
AUTHORIZATION = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)}


class Talk(NamedTuple):
    """A peer and how a message is sent through it."""

    peer: TelegramPeer | TwilioPeer
    method: str
    send: Callable[[], Coroutine[Any, Any, Answer]]


@pytest_asyncio.fixture(params=["telegram", "twilio"])
async def talk(request: pytest.FixtureRequest, session: aiohttp.ClientSession) -> AsyncIterator[Talk]:
    peer = TelegramPeer() if request.param == "telegram" else TwilioPeer()
    async with peer:
        if isinstance(peer, TelegramPeer):
            peer.citizen(SITI)
            yield Talk(peer, "sendMessage", lambda: send_telegram(session, peer.url, peer.token))
        else:
            yield Talk(peer, "createMessage", lambda: send_whatsapp(session, peer.url))


async def send_telegram(session: aiohttp.ClientSession, url: str, token: str, chat_id: int = SITI) -> Answer:
    data = {"chat_id": str(chat_id), "text": "halo"}
    async with session.post(f"{url}/bot{token}/sendMessage", data=data) as response:
        return response.status, await response.text("utf-8", "replace"), dict(response.headers)


async def send_whatsapp(session: aiohttp.ClientSession, url: str, number: str = NUMBER) -> Answer:
    data = {"To": f"whatsapp:{number}", "From": SENDER, "Body": "halo"}
    address = f"{url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    async with session.post(address, data=data, headers=AUTHORIZATION) as response:
        return response.status, await response.text("utf-8", "replace"), dict(response.headers)


@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [
        (TooManyRequests(7), 429, 0),
        (ServerError(), 500, 0),
        (ServerError(accepted=True), 500, 1),
        (BadGateway(), 502, 0),
        (BadGateway(accepted=True), 502, 1),
        (Garbage(), 200, 0),
        (Garbage(accepted=True), 200, 1),
        (Refusal(400, "no", 63007), 400, 0),
        (Refusal(403, "Forbidden: user is deactivated"), 403, 0),
    ],
    ids=str,
)
async def test_a_fault_answers_as_such_and_only_once(talk: Talk, fault: Fault, status: int, accepted: int) -> None:
    talk.peer.fault(talk.method, fault)
    assert (await talk.send())[0] == status
    assert talk.peer.sent.total == accepted
    assert (await talk.send())[0] in {200, 201}
    assert talk.peer.sent.total == accepted + 1


async def test_a_refusal_has_the_form_of_its_provider(talk: Talk) -> None:
    talk.peer.fault(talk.method, TooManyRequests(7))
    talk.peer.fault(talk.method, Refusal(400, "no", 63007))
    talk.peer.fault(talk.method, BadGateway())
    _, late, headers = await talk.send()
    _, refused, _ = await talk.send()
    _, page, gateway = await talk.send()
    if isinstance(talk.peer, TelegramPeer):
        assert '"parameters": {"retry_after": 7}' in late
        assert refused == '{"ok": false, "error_code": 400, "description": "no"}'
    else:
        assert headers["Retry-After"] == "7"
        assert '"code": 20429' in late
        more = "https://www.twilio.com/docs/errors/63007"
        assert refused == f'{{"code": 63007, "message": "no", "more_info": "{more}", "status": 400}}'
    assert gateway["Content-Type"].startswith("text/html")
    assert "<h1>502" in page


@pytest.mark.parametrize(("fault", "accepted"), [(Hang(), 0), (AcceptThenHang(), 1)], ids=str)
async def test_a_hanging_call_never_ends(talk: Talk, fault: Fault, accepted: int) -> None:
    talk.peer.fault(talk.method, fault)
    hanging = asyncio.create_task(talk.send())
    await talk.peer.next_call(talk.method)
    assert (await talk.send())[0] in {200, 201}
    assert talk.peer.sent.total == accepted + 1
    assert not hanging.done()
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging


async def test_who_hangs_is_let_go_when_the_peer_stops(session: aiohttp.ClientSession) -> None:
    async with TwilioPeer() as peer:
        peer.fault("createMessage", Hang())
        hanging = asyncio.create_task(send_whatsapp(session, peer.url))
        await peer.next_call("createMessage")
    await asyncio.wait([hanging], timeout=5)
    assert hanging.done()
    assert hanging.exception() or hanging.result()[0] == 503


@pytest.mark.parametrize(("fault", "accepted"), [(Cut(), 0), (AcceptThenCut(), 1)], ids=str)
async def test_a_connection_is_cut(talk: Talk, fault: Fault, accepted: int) -> None:
    talk.peer.fault(talk.method, fault)
    with pytest.raises(aiohttp.ClientConnectionError):
        await talk.send()
    assert talk.peer.sent.total == accepted
    assert (await talk.send())[0] in {200, 201}


async def test_a_slow_answer_comes_after_the_message(talk: Talk) -> None:
    talk.peer.fault(talk.method, Slow(3600))
    slow = asyncio.create_task(talk.send())
    await talk.peer.wait_for(lambda: talk.peer.sent.total == 1)
    assert not slow.done()
    slow.cancel()
    talk.peer.fault(talk.method, Slow(0))
    assert (await talk.send())[0] in {200, 201}


async def test_faults_follow_each_other_and_know_times_and_methods(talk: Talk) -> None:
    talk.peer.fault("somethingElse", ServerError(), times=None)
    talk.peer.fault(talk.method, ServerError(), times=2)
    talk.peer.fault(None, BadGateway(), times=None)
    assert [(await talk.send())[0] for _ in range(4)] == [500, 500, 502, 502]
    talk.peer.clear_faults()
    assert (await talk.send())[0] in {200, 201}


async def test_a_fault_may_be_meant_for_one_recipient(session: aiohttp.ClientSession) -> None:
    async with TelegramPeer() as telegram, TwilioPeer() as twilio:
        for chat_id in (SITI, SITI + 1):
            telegram.citizen(chat_id)
        telegram.fault("sendMessage", ServerError(), chat_id=SITI + 1)
        twilio.fault("createMessage", Cut(), to="+6281200000002")
        assert (await send_telegram(session, telegram.url, telegram.token))[0] == 200
        assert (await send_telegram(session, telegram.url, telegram.token, SITI + 1))[0] == 500
        assert (await send_whatsapp(session, twilio.url))[0] == 201
        with pytest.raises(aiohttp.ClientConnectionError):
            await send_whatsapp(session, twilio.url, "+6281200000002")


async def test_nobody_is_at_the_door_while_it_is_down(talk: Talk) -> None:
    await talk.send()
    url = talk.peer.url
    async with talk.peer.down():
        with pytest.raises(aiohttp.ClientConnectionError):
            await talk.send()
    assert (talk.peer.url, (await talk.send())[0] in {200, 201}) == (url, True)
    assert talk.peer.sent.total == 2


async def test_it_waits_for_messages_and_says_what_did_not_come(talk: Talk) -> None:
    who: Any = SITI if isinstance(talk.peer, TelegramPeer) else NUMBER
    waiting = asyncio.create_task(talk.peer.next_message(who))
    await talk.send()
    first = await waiting
    await talk.send()
    second = await talk.peer.next_message(who, after=first)  # type: ignore[arg-type]
    assert await talk.peer.messages_of(who, 2) == [first, second]
    with pytest.raises(TimeoutError, match="fewer than 3 messages to"):
        await talk.peer.messages_of(who, 3, timeout=0.001)
    with pytest.raises(TimeoutError, match="fewer than 3 calls of"):
        await talk.peer.next_call(talk.method, 0.001, count=3)


@pytest.mark.parametrize(("record", "kept"), [(True, 9), (False, 0), (2, 3)])
async def test_it_remembers_as_much_as_it_should(session: aiohttp.ClientSession, record: bool | int, kept: int) -> None:
    async with TelegramPeer(record=record) as telegram, TwilioPeer(record=record) as twilio:
        telegram.citizen(SITI)
        for _ in range(9):
            await send_telegram(session, telegram.url, telegram.token)
            await send_whatsapp(session, twilio.url)
        peers: tuple[TelegramPeer | TwilioPeer, ...] = (telegram, twilio)
        for peer in peers:
            assert (peer.sent.total, len(peer.sent), len(peer.calls)) == (9, kept, kept)
        assert [len(telegram.bot.messages), len(twilio.account.messages.by_sid)] == [kept, kept]


def test_a_record_and_a_shelf_keep_the_newest() -> None:
    record: Record[int] = Record(2)
    shelf: Shelf[int, int] = Shelf(2)
    for number in range(8):
        record.keep(number)
        shelf.keep(number, number)
        assert number in record
        assert number in shelf
    assert (record, list(shelf), record.total) == ([6, 7], [6, 7], 8)


async def test_a_watch_wakes_by_key() -> None:
    watch = Watch()
    seen: list[str] = []
    looked: list[str] = []

    def look(name: str) -> Callable[[], bool]:
        return lambda: looked.append(name) or bool(seen)  # type: ignore[func-returns-value]

    tasks = [asyncio.create_task(watch.until(look(key), key=key)) for key in ("a", "b")]
    anything = asyncio.create_task(watch.until(look("any")))
    await asyncio.sleep(0)
    watch.changed("a")
    await asyncio.sleep(0)
    assert looked == ["a", "b", "any", "any", "a"]
    seen.append("it")
    watch.changed("a", "b")
    assert await asyncio.gather(*tasks, anything) == [True, True, True]


async def test_a_peer_whose_own_work_fails_says_so_at_its_end() -> None:
    class Broken(TwilioPeer):
        async def work(self) -> None:
            raise ValueError("in the peer")

    with pytest.RaisesGroup(pytest.RaisesExc(ValueError, match="in the peer")):
        async with Broken() as peer:
            peer._spawn(peer.work())
            await peer.quiet()


def test_an_address_is_rerouted_whole_or_not_at_all() -> None:
    peer: LoopbackPeer = TwilioPeer()
    peer.reroute("https://pasti.example/", "http://127.0.0.1:81")
    assert peer.real_address("https://pasti.example/a?b") == "http://127.0.0.1:81/a?b"
    assert peer.real_address("https://pasti.example.org/a") == "https://pasti.example.org/a"
