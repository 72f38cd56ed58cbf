"""Officers' accounts, kept by admins: the list, a new one, and one of them to change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.console.console import Console, Route
from bot.console.fields import day_in, form_text, id_in
from bot.console.guard import actor, see_other
from bot.console.pages import render
from handlers import accounts, second_factor
from handlers.access import NotFoundError
from handlers.account_problems import AccountError
from handlers.accounts import OUTSIDE, Facts
from handlers.permissions import ROLES
from storage import officers
from storage.models import Officer

LIST = "/petugas/pengaturan/petugas"
_EMPTY = {"username": "", "name": "", "role": "officer", "agency": "", "position": ""}


@dataclass(frozen=True, slots=True)
class Given:
    """A one-time password, shown once."""

    username: str
    password: str


class Officers:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    # ------------------------------------------------------------ all of them

    async def list(self, request: web.Request) -> web.StreamResponse:
        return await self._list(request)

    async def add(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        filled = {name: form_text(fields, name) for name in _EMPTY}
        try:
            password = await asyncio.to_thread(accounts.add_officer, self._office, **filled, by=actor(request))
        except AccountError as error:
            return await self._list(request, filled=filled, errors={error.field: error.sentence})
        return await self._list(request, given=Given(filled["username"], password))

    async def _list(
        self,
        request: web.Request,
        *,
        given: Given | None = None,
        filled: Mapping[str, str] = _EMPTY,
        errors: Mapping[str, str] | None = None,
    ) -> web.Response:
        def read() -> tuple[list[Officer], dict[int, str]]:
            with self._office.database.reader() as conn:
                return officers.everyone(conn), {each.id: each.name for each in officers.every_agency(conn)}

        everyone, agencies = await asyncio.to_thread(read)
        return render(
            request,
            "officers.html",
            status=422 if errors else 200,
            officers=sorted(everyone, key=lambda officer: not officer.active),
            agencies=agencies,
            roles=(*ROLES, OUTSIDE),
            given=given,
            filled=filled,
            errors=errors or {},
        )

    # ------------------------------------------------------------ one of them

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await self._page(request, saved=request.query.get("tersimpan") == "1")

    async def change(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        filled = {name: form_text(fields, name) for name in _FACTS}
        try:
            facts = _facts(filled, await asyncio.to_thread(self._known, request))
            await self._keep(request, facts)
        except AccountError as error:
            return await self._page(request, filled=filled, errors={error.field: error.sentence})
        return see_other(f"{_address(request)}?tersimpan=1")

    async def set_active(self, request: web.Request) -> web.StreamResponse:
        active = form_text(await request.post(), "aktif") == "ya"
        try:
            known = await asyncio.to_thread(self._known, request)
            await self._keep(request, replace(known, active=active))
        except AccountError as error:
            return await self._page(request, errors={"active": error.sentence})
        return see_other(f"{_address(request)}?tersimpan=1")

    async def reset(self, request: web.Request) -> web.StreamResponse:
        password = await asyncio.to_thread(accounts.reset_password, self._office, id_in(request), by=actor(request))
        return await self._page(request, password=password)

    async def without_second_factor(self, request: web.Request) -> web.StreamResponse:
        await self._console.writer.run(second_factor.switch_off_for, self._office, id_in(request), by=actor(request))
        return see_other(f"{_address(request)}?tersimpan=1")

    async def _keep(self, request: web.Request, facts: Facts) -> None:
        await self._console.writer.run(accounts.update_officer, self._office, id_in(request), facts, by=actor(request))

    def _known(self, request: web.Request) -> Facts:
        with self._office.database.reader() as conn:
            return accounts.facts_of(conn, _officer(conn, request))

    async def _page(
        self,
        request: web.Request,
        *,
        filled: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
        password: str = "",
        saved: bool = False,
    ) -> web.Response:
        values = await asyncio.to_thread(self._values, request)
        return render(
            request,
            "officer.html",
            status=422 if errors else 200,
            **values | {"filled": filled or values["filled"]},
            errors=errors or {},
            given=Given(values["officer"].username, password) if password else None,
            saved=saved,
        )

    def _values(self, request: web.Request) -> dict[str, Any]:
        with self._office.database.reader() as conn:
            officer = _officer(conn, request)
            facts = asdict(accounts.facts_of(conn, officer))
            others = [each for each in officers.everyone(conn) if each.id != officer.id and each.active]
            agencies = [each.name for each in officers.every_agency(conn)]
        return {
            "officer": officer,
            "filled": {form: _field(facts[name]) for form, name in _FACTS.items()},
            "superiors": others,
            "deputies": [each for each in others if each.role != OUTSIDE],
            "agencies": agencies,
            "roles": (*ROLES, OUTSIDE),
            "outside": officer.role == OUTSIDE,
        }


# Fields of the form, and the facts that they fill.
_FACTS: Mapping[str, str] = {
    "name": "name",
    "role": "role",
    "agency": "agency",
    "position": "position",
    "superior": "superior_id",
    "deputy": "deputy_id",
    "deputy_from": "deputy_from",
    "deputy_until": "deputy_until",
}


def routes(console: Console) -> list[Route]:
    page = Officers(console)
    one = LIST + r"/{id:\d{1,18}}"
    return [
        Route("GET", LIST, page.list, "officers.keep"),
        Route("POST", LIST, page.add, "officers.keep"),
        Route("GET", one, page.page, "officers.keep"),
        Route("POST", one, page.change, "officers.keep"),
        Route("POST", f"{one}/aktif", page.set_active, "officers.keep"),
        Route("POST", f"{one}/sandi", page.reset, "officers.keep"),
        Route("POST", f"{one}/faktor-kedua", page.without_second_factor, "officers.keep"),
    ]


def _address(request: web.Request) -> str:
    return f"{LIST}/{id_in(request)}"


def _officer(conn: Connection, request: web.Request) -> Officer:
    officer = officers.by_id(conn, id_in(request))
    if officer is None:
        raise NotFoundError
    return officer


def _facts(filled: Mapping[str, str], known: Facts) -> Facts:
    """What was filled in; whether the account is active is not asked in that form."""
    return Facts(
        name=filled["name"],
        role=filled["role"],
        agency=filled["agency"],
        position=filled["position"],
        superior_id=_number(filled["superior"]),
        deputy_id=_number(filled["deputy"]),
        deputy_from=day_in(filled["deputy_from"]),
        deputy_until=day_in(filled["deputy_until"]),
        active=known.active,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _field(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
