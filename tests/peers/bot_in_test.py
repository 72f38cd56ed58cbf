"""What the peers are tested with: a bot of a few lines, and plain clients of the two interfaces."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.peers.faults import PATIENCE, Watch
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER

BUTTONS = {
    "inline_keyboard": [[{"text": "Ya, kirim", "callback_data": "y"}], [{"text": "Batal", "callback_data": "n"}]]
}
NUMBER = "+6281200000001"
ACCOUNT = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
PUBLIC = "https://pasti.example"
MONDAY = datetime(2026, 11, 9, 3, 30, 15, 250_000, tzinfo=UTC)


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
    """It keeps what its webhook gets. `answers` are given in turn, then 200."""

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


class Clock:
    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


class Rest:
    """A client that knows the password."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)}

    async def get(self, path: str, **query: str) -> tuple[int, Any]:
        address = self.url + path
        async with self.session.get(address, params=query or None, headers=self.headers) as response:
            return response.status, await response.json()

    async def send(self, body: str = "halo", **more: str) -> tuple[int, Any]:
        data = {"To": f"whatsapp:{NUMBER}", "From": SENDER, "Body": body, **more}
        kept = {name: value for name, value in data.items() if value}
        async with self.session.post(f"{self.url}{ACCOUNT}/Messages.json", data=kept, headers=self.headers) as response:
            return response.status, await response.json()

    async def content(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with self.session.request(method, f"{self.url}/v1/{path}", json=body, headers=self.headers) as response:
            return response.status, await response.json() if response.status != 204 else None
