"""The load: a process that plays Twilio as fast as it can, and the door that PASTI's answers go to.

It speaks HTTP over bare sockets, for a client library would be slower than the server that it measures. Requests are
made and signed beforehand, but for those of a whole province, which are too many. Commands come as JSON lines on
standard input, results go as JSON lines to standard output.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import math
import random
import sys
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

import uvloop

from tests.benchmarks.citizens import citizens, lanes

CITIZENS = 20_000
_END = b"\r\n\r\n"


Request = tuple[str, bytes]  # whom it comes from, and what goes over the line


def requests(texts: Sequence[str], public_url: str, token: str, seed: int) -> Iterator[Request]:
    """Signed webhooks of different citizens, each with an id of its own."""
    rng = random.Random(seed)
    for number, text in enumerate(texts):
        citizen = f"+62812{rng.randrange(CITIZENS):08d}"
        yield _request(citizen, text, f"SM{seed:08d}{number:024d}", public_url, token)


def days(of: Iterable[Sequence[str]], public_url: str, token: str) -> Iterator[Iterator[Request]]:
    """What each citizen writes in a day as signed webhooks, each of them made when it is wanted."""
    for number, texts in enumerate(of):
        yield _day(f"+62812{number:08d}", texts, f"SM{number:08d}", public_url, token)


def _day(citizen: str, texts: Sequence[str], sids: str, public_url: str, token: str) -> Iterator[Request]:
    for number, text in enumerate(texts):
        yield _request(citizen, text, f"{sids}{number:024d}", public_url, token)


def _request(citizen: str, text: str, sid: str, public_url: str, token: str) -> Request:
    url = f"{public_url}/webhooks/whatsapp"
    form = {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": f"whatsapp:{citizen}",
        "To": "whatsapp:+6281809898222",
        "Body": text,
        "NumMedia": "0",
        "NumSegments": "1",
        "ProfileName": "Warga Contoh",
        "WaId": citizen[1:],
        "MessageType": "text",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    signed = url + "".join(name + form[name] for name in sorted(form))
    signature = b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
    body = urlencode(form).encode()
    head = (
        f"POST /webhooks/whatsapp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Twilio-Signature: {signature}\r\n"
        f"I-Twilio-Idempotency-Token: {sid}\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return citizen, head.encode() + body


@dataclass
class Tally:
    """What a run brought."""

    waits: list[float] = field(default_factory=list)  # seconds from request to answer
    refused: int = 0  # answers other than 200
    until: float = 0.0
    running: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    asked_at: dict[str, float] = field(default_factory=dict)  # by citizen, while the door waits for the answer


class _Connection(asyncio.Protocol):
    """Sends the next request when the last one is answered."""

    def __init__(self, work: Iterator[Request], tally: Tally) -> None:
        self._work = work
        self._tally = tally
        self._heard = b""
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def _next(self) -> None:
        now = time.perf_counter()
        request = next(self._work, None) if now < self._tally.until else None
        if request is None:
            self._transport.close()
            self._tally.running -= 1
            if not self._tally.running:
                self._tally.ended.set()
            return
        self._since = now
        self._transport.write(request[1])

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, end, body = self._heard.partition(_END)
        if not end or len(body) < _length(head):
            return
        self._tally.waits.append(time.perf_counter() - self._since)
        self._tally.refused += not self._heard.startswith(b"HTTP/1.1 200")
        self._heard = b""
        self._next()


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def storm(ports: Sequence[int], seconds: float, work: Sequence[Iterator[Request]]) -> dict[str, Any]:
    """As many requests as the servers answer in this time. Each work has a connection, dealt out to them in turn."""
    tally = Tally(until=time.perf_counter() + seconds, running=len(work))
    started = time.perf_counter()
    for number, its in enumerate(work):
        port = ports[number % len(ports)]
        await asyncio.get_running_loop().create_connection(partial(_Connection, its, tally), "127.0.0.1", port)
    await tally.ended.wait()
    lasted = time.perf_counter() - started
    waits = sorted(tally.waits)
    return {
        "per_second": len(waits) / lasted,
        "p50": _at(waits, 0.5) * 1000,
        "p99": _at(waits, 0.99) * 1000,
        "answered": len(waits),
        "refused": tally.refused,
        "seconds": lasted,
    }


async def province(
    ports: Sequence[int],
    connections: int,
    size: dict[str, int],
    services: Sequence[str],
    public_url: str,
    token: str,
) -> dict[str, Any]:
    """Everything that the citizens of a province write in a day, as fast as it is answered."""
    written = citizens(**size, services=services, seed=1)
    return await storm(ports, math.inf, lanes(connections, days(written, public_url, token)))


class Door:
    """Where PASTI's messages go: takes each, and knows when its citizen had asked."""

    def __init__(self) -> None:
        self.asked_at: dict[str, float] = {}
        self.waits: list[float] = []
        self.sent = 0

    async def start(self) -> int:
        server = await asyncio.get_running_loop().create_server(lambda: _Caller(self), "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def take(self, body: bytes) -> bytes:
        self.sent += 1
        at = body.find(b"To=whatsapp%3A%2B")
        citizen = "+" + body[at + 17 :].split(b"&", 1)[0].decode() if at >= 0 else ""
        if since := self.asked_at.pop(citizen, None):
            self.waits.append(time.perf_counter() - since)
        answer = json.dumps({"sid": f"SM{self.sent:032d}", "status": "queued", "error_code": None}).encode()
        return (
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
            + answer
        )


class _Caller(asyncio.Protocol):
    def __init__(self, door: Door) -> None:
        self._door = door
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, end, body = self._heard.partition(_END)
        if not end or len(body) < (length := _length(head)):
            return
        self._heard = body[length:]
        if head.startswith(b"POST"):
            self._transport.write(self._door.take(body[:length]))
        else:  # the list of recent messages, and whatever else is asked for at the start
            self._transport.write(_answered("200 OK", b'{"messages": [], "next_page_uri": null}'))


def _answered(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def calmly(port: int, door: Door, per_second: float, seconds: float, work: Iterator[Request]) -> dict[str, Any]:
    """A steady trickle: how long from the citizen's message to the answer at the provider's door."""
    door.waits.clear()
    writers = []
    for _ in range(4):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append((reader, writer))
    count = int(per_second * seconds)
    started = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        citizen, request = next(work)
        door.asked_at[citizen] = time.perf_counter()
        reader, writer = writers[number % len(writers)]
        writer.write(request)
        head = await reader.readuntil(_END)
        await reader.readexactly(_length(head))
    await asyncio.sleep(2.0)
    for _, writer in writers:
        writer.close()
    waits = sorted(door.waits)
    return {"asked": count, "answered": len(waits), "p50": _at(waits, 0.5) * 1000, "p99": _at(waits, 0.99) * 1000}


def _at(sorted_values: Sequence[float], share: float) -> float:
    return (
        sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)] if sorted_values else float("nan")
    )


async def main() -> None:
    door = Door()
    print(json.dumps({"door": await door.start()}), flush=True)
    work: Iterator[Request] = iter(())
    orders = asyncio.StreamReader(limit=1 << 28)  # the door answers while nothing is ordered
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        match order.pop("do"):
            case "prepare":
                work = iter(list(requests(**order)))
                result: dict[str, Any] = {}
            case "storm":
                result = await storm(work=[work] * order.pop("connections"), **order)
            case "province":
                result = await province(**order)
            case "calmly":
                result = await calmly(door=door, work=work, **order)
            case _:
                raise ValueError(line)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
