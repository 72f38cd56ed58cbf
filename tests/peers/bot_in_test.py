"""A bot of a few lines, to test the peers with: it keeps what its webhook gets and answers as it is told."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.peers.faults import PATIENCE, Watch


@dataclass(frozen=True, slots=True)
class Got:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class BotInTest(AbstractAsyncContextManager["BotInTest"]):
    """`answers` are given in turn, then 200."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: deque[web.Response] = deque()
        self.watch = Watch()
        self._runner: web.ServerRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._serve), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.got.append(Got(request.path, dict(request.headers), await request.read()))
        self.watch.changed()
        return self.answers.popleft() if self.answers else web.Response()

    async def gets(self, count: int) -> list[Got]:
        return await self.watch.until(lambda: self.got if len(self.got) >= count else None, PATIENCE)


class BotApiClient:
    """Calls methods of the Bot API."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self.root = f"{url}/bot{token}"

    async def call(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        async with self._session.post(f"{self.root}/{method}", json=params) as response:
            return response.status, await response.json()

    async def ok(self, method: str, **params: Any) -> Any:
        status, answer = await self.call(method, **params)
        assert (status, answer["ok"]) == (200, True), answer
        return answer["result"]

    async def error(self, method: str, **params: Any) -> tuple[int, str]:
        status, answer = await self.call(method, **params)
        assert (answer["ok"], answer["error_code"]) == (False, status)
        return status, answer["description"]
