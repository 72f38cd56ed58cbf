"""A visitor of the console without a page around them: asks, carries a cookie, and gets answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy

from handlers import accounts
from tests.bot.connected import Connected, connected
from tests.offices import Clock

PASSWORD = "kata sandi untuk uji coba"
SCRIPT = {"X-Requested-With": "pasti"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: CIMultiDictProxy[str]
    text: str

    @property
    def place(self) -> str:
        """Where it leads."""
        return self.headers.get("Location", "")

    @property
    def notice(self) -> str:
        """What stands in the box for faults."""
        found = re.search(r'role="alert">([^<]*)<', self.text)
        return found[1] if found else ""


@dataclass
class Visitor:
    """Follows nothing by itself, so that a test sees each step."""

    url: str
    http: aiohttp.ClientSession
    csrf: str = ""

    async def ask(self, method: str, path: str, headers: dict[str, str] | None = None, data: object = None) -> Answer:
        asked = self.http.request(method, self.url + path, headers=headers, data=data, allow_redirects=False)
        async with asked as answer:
            text = unescape(await answer.text()) if answer.content_type.startswith("text/") else ""
            return Answer(answer.status, answer.headers, text)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return await self.ask("GET", path, headers)

    async def post(self, path: str, **fields: str) -> Answer:
        """A form of a page of this session."""
        return await self.ask("POST", path, data={"csrf": self.csrf, **fields})

    async def enter(self, username: str, password: str = PASSWORD, after: str = "") -> Answer:
        """Name and password, and the token that forms carry from then on."""
        answer = await self.post("/petugas/masuk", username=username, password=password, lanjut=after)
        if answer.status == 303:
            page = await self.get("/petugas/akun/sandi")
            found = re.search(r'name="csrf" value="([^"]+)"', page.text)
            assert found
            self.csrf = found[1]
        return answer

    @property
    def cookie(self) -> str:
        return next((cookie.value for cookie in self.http.cookie_jar if cookie.key == "pasti_petugas"), "")


@dataclass
class Town:
    """A running program with a few officers, whose password is PASSWORD, and a clock that stands still."""

    program: Connected
    clock: Clock
    visitors: list[Visitor]

    def officer(self, username: str, role: str = "officer", **more: Any) -> str:
        facts: dict[str, Any] = {"name": username.capitalize(), "password": PASSWORD, **more}
        password = facts.pop("password") or None
        office = self.program.pasti.office
        return accounts.add_officer(office, username=username, role=role, password=password, **facts)

    def visitor(self) -> Visitor:
        jar = aiohttp.CookieJar(unsafe=True)  # it may come from an address without a name
        self.visitors.append(Visitor(self.program.url, aiohttp.ClientSession(cookie_jar=jar)))
        return self.visitors[-1]

    async def entered(self, username: str, role: str = "officer") -> Visitor:
        self.officer(username, role)
        visitor = self.visitor()
        assert (await visitor.enter(username)).status == 303
        return visitor


@asynccontextmanager
async def open_town(folder: Path, **settings: Any) -> AsyncIterator[Town]:
    async with connected(folder, **{"public_url": "http://127.0.0.1", **settings}) as program:
        town = Town(program, Clock(), [])
        program.pasti.office.clock = town.clock
        try:
            yield town
        finally:
            for visitor in town.visitors:
                await visitor.http.close()
