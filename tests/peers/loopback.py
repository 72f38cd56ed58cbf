"""What both peers are: a small HTTP server on a free loopback port, and a client that calls the bot's webhooks."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from tests.peers import faults
from tests.peers.faults import PATIENCE, Fault, FaultPlan, Found, Planned, Watch
from tests.peers.records import Call, Record

LARGEST_REQUEST = 64 * 1024 * 1024
_PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook of the bot answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def json_response(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=json.dumps(content, ensure_ascii=False).encode(),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )


async def read_form(request: web.BaseRequest) -> list[tuple[str, str]]:
    return parse_qsl((await request.read()).decode("utf-8"), keep_blank_values=True)


class LoopbackPeer(ABC):
    """Use it as `async with SomePeer(…) as peer:`; `peer.url` is then its root.

    `record` keeps all calls and messages (True), none (False), or about the last so many. `second` is the length of a
    provider's second in real ones: below 1 its retries come sooner. `clock` says what time it is.
    """

    def __init__(
        self,
        *,
        record: bool | int = True,
        second: float = 1.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limit = None if record is True else int(record)
        self.second = second
        self.clock = clock
        self.watch = Watch()
        self.calls: Record[Call] = Record(self.limit)
        self.port = 0
        self._faults = FaultPlan()
        self._rerouted: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.ServerRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._closing = asyncio.Event()
        self._failures: list[Exception] = []  # of its own tasks, raised when it ends

    # Its life

    @property
    def url(self) -> str:
        assert self.port, "the peer has not been started"
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if kind is None and self._failures:
            raise ExceptionGroup("Work of the peer itself failed", self._failures)

    async def start(self) -> None:
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        await self._listen()

    async def stop(self) -> None:
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        await self._fall_silent()

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Nobody listens at the port: connections are refused until the block ends."""
        await self._fall_silent()
        try:
            yield
        finally:
            await self._listen()

    async def _listen(self) -> None:
        self._closing = asyncio.Event()
        server = web.Server(self._serve, request_factory=_request, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _fall_silent(self) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            assert isinstance(error, Exception)
            self._failures.append(error)

    # What it is asked

    @abstractmethod
    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse: ...

    @abstractmethod
    def _refusal(self, status: int, description: str, *, code: int | None, retry_after: int | None) -> web.Response:
        """A no in this provider's form."""

    def _plan(self, method: str | None, fault: Fault, times: int | None, recipient: Hashable | None) -> Planned:
        return self._faults.add(method, fault, times, recipient)

    def clear_faults(self) -> None:
        self._faults.clear()

    async def _suffer(
        self, fault: Fault, request: web.BaseRequest, carry_out: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        """The answer as this fault lets it through."""
        match fault:
            case faults.TooManyRequests(retry_after):
                description = f"Too Many Requests: retry after {retry_after}"
                return self._refusal(429, description, code=None, retry_after=retry_after)
            case faults.Refusal(status, description, code):
                return self._refusal(status, description, code=code, retry_after=None)
            case faults.ServerError(accepted):
                if accepted:
                    await carry_out()
                return self._refusal(500, "Internal Server Error", code=None, retry_after=None)
            case faults.BadGateway(accepted):
                if accepted:
                    await carry_out()
                return web.Response(text=_PROXY_PAGE, status=502, content_type="text/html")
            case faults.Garbage(body, accepted):
                if accepted:
                    await carry_out()
                return web.Response(body=body, content_type="application/json")
            case faults.Slow(seconds):
                response = await carry_out()
                await asyncio.sleep(seconds)
                return response
            case faults.Hang():
                return await self._never_answer()
            case faults.AcceptThenHang():
                await carry_out()
                return await self._never_answer()
            case faults.AcceptThenCut():
                await carry_out()
                return self._cut(request)
            case faults.Cut():
                return self._cut(request)

    async def _never_answer(self) -> web.Response:
        """Until the other side gives up, which cancels this, or the peer stops."""
        await self._closing.wait()
        return web.Response(status=503)

    @staticmethod
    def _cut(request: web.BaseRequest) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=503)  # nobody is there to read it

    # What it asks of the bot

    def reroute(self, public: str, really: str) -> None:
        """Addresses below `public` are called where the bot really listens; what is signed stays public."""
        self._rerouted[public.rstrip("/")] = really.rstrip("/")

    def real_address(self, url: str) -> str:
        for public, really in self._rerouted.items():
            if url.startswith(public) and url[len(public) : len(public) + 1] in {"", "/", "?"}:
                return really + url[len(public) :]
        return url

    async def _ask(self, method: str, url: str) -> Reply:
        """What a stranger is answered there."""
        assert self._session is not None, "the peer has not been started"
        async with self._session.request(method, self.real_address(url), allow_redirects=False) as response:
            return Reply(response.status, response.headers, await response.read())

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str], limits: aiohttp.ClientTimeout) -> Reply:
        assert self._session is not None, "the peer has not been started"
        async with self._session.post(
            self.real_address(url),
            data=body,
            headers=headers,
            timeout=limits,
            allow_redirects=False,
        ) as response:
            return Reply(response.status, response.headers, await response.read())

    # Waiting

    def wait_for(self, find: Callable[[], Found | None], timeout: float = PATIENCE) -> Coroutine[Any, Any, Found]:
        """What `find` finds, looked for again after each thing that happens at this peer."""
        return self.watch.until(find, timeout)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def next_call(self, method: str, timeout: float = PATIENCE, *, count: int = 1) -> Coroutine[Any, Any, Call]:
        """The `count`th call of this method, waited for."""
        return self.watch.until(
            lambda: calls[count - 1] if len(calls := self.calls_of(method)) >= count else None,
            timeout,
            otherwise=lambda: (
                f"fewer than {count} calls of {method}; there were {[each.method for each in self.calls]}"
            ),
        )

    def _note_call(self, method: str, params: dict[str, Any]) -> None:
        self.calls.keep(Call(method, params, self.clock()))
        self.watch.changed()


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: Any,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST_REQUEST)
