"""Signing in and out: name and password, then a code where the officer wants one asked for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, assert_never

from aiohttp import web

from bot.console import account
from bot.console.console import Console, Route
from bot.console.devices import device
from bot.console.fields import form_text
from bot.console.guard import COOKIE, DOOR, HOME, LEAVE, see_other, session_in, signed_in
from bot.console.pages import render
from bot.webchat.limits import network
from handlers import passwords, signing_in
from handlers.signing_in import NeedsCode, NewSession, Throttled, TooLate, Wrong

AT_ONCE = 2  # passwords compared: each takes 64 MB
LONGEST_TICKET = 500  # characters

_WRONG = "Nama pengguna atau kata sandi tidak cocok."
_WRONG_CODE = "Kode tidak cocok. Pakai kode yang sedang tampil di aplikasi."
_TOO_LATE = "Langkah kedua ini sudah terlalu lama. Silakan mulai lagi."


class Entry:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office
        self._comparing = asyncio.Semaphore(AT_ONCE)

    async def door(self, request: web.Request) -> web.StreamResponse:
        after = _local(request.query.get("lanjut", ""))
        if await session_in(self._console, request):
            return see_other(after)
        return render(request, "entry/sign_in.html", after=after, username="", error="")

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        fields = await _form(request)
        username, after = form_text(fields, "username", 100), _local(form_text(fields, "lanjut", 2000))
        password = str(fields.get("password", ""))[: passwords.LONGEST + 1]
        async with self._comparing:
            outcome = await asyncio.to_thread(
                signing_in.sign_in, self._office, username, password, _network(request), _device(request)
            )
        match outcome:
            case NewSession():
                return await self._welcome(request, outcome, after)
            case NeedsCode(ticket):
                return render(request, "entry/code.html", after=after, ticket=ticket, error="")
            case Throttled(seconds):
                return _again(request, after, username, _too_often(seconds), seconds)
            case Wrong():
                return _again(request, after, username, _WRONG)
        assert_never(outcome)

    async def code(self, request: web.Request) -> web.StreamResponse:
        fields = await _form(request)
        after, ticket = _local(form_text(fields, "lanjut", 2000)), form_text(fields, "tiket", LONGEST_TICKET)
        code = form_text(fields, "kode", 20)
        outcome = await self._console.writer.run(
            signing_in.enter_code, self._office, ticket, code, _network(request), _device(request)
        )
        match outcome:
            case NewSession():
                return await self._welcome(request, outcome, after)
            case TooLate():
                return _again(request, after, "", _TOO_LATE)
            case Throttled(seconds):
                return _code_again(request, after, ticket, _too_often(seconds), 429)
            case Wrong():
                return _code_again(request, after, ticket, _WRONG_CODE, 422)
        assert_never(outcome)

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        await self._console.writer.run(signing_in.sign_out, self._office, signed_in(request))
        response = see_other(DOOR)
        response.headers["Clear-Site-Data"] = '"storage"'  # drafts of replies
        response.del_cookie(COOKIE, path=HOME, httponly=True, samesite="Lax", secure=self._console.secure_cookies)
        return response

    async def _welcome(self, request: web.Request, new: NewSession, after: str) -> web.StreamResponse:
        """The session that this browser had before, of whomever, ends."""
        if before := await session_in(self._console, request):
            await self._console.writer.run(signing_in.sign_out, self._office, before)
        response = see_other(after)
        response.set_cookie(
            COOKIE, new.token, path=HOME, httponly=True, samesite="Lax", secure=self._console.secure_cookies
        )
        return response


def routes(console: Console) -> list[Route]:
    entry = Entry(console)
    return [
        Route("GET", DOOR, entry.door, "open"),
        Route("POST", DOOR, entry.sign_in, "open"),
        Route("POST", f"{DOOR}/kode", entry.code, "open"),
        Route("POST", LEAVE, entry.sign_out, None),
        *account.routes(console),
    ]


def _local(path: str) -> str:
    """Where to after signing in: a page of the console, and nowhere else."""
    if not re.fullmatch(r"/petugas(?:[/?](?!masuk|keluar)[\x21-\x5b\x5d-\x7e]*)?", path) or ".." in path:
        return HOME
    return path


async def _form(request: web.Request) -> Mapping[str, Any]:
    """Nothing but a plain form, which the guard has found readable."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    return await request.post()


def _again(request: web.Request, after: str, username: str, error: str, wait: int = 0) -> web.Response:
    status = 429 if wait else 422
    response = render(request, "entry/sign_in.html", status=status, after=after, username=username, error=error)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _code_again(request: web.Request, after: str, ticket: str, error: str, status: int) -> web.Response:
    return render(request, "entry/code.html", status=status, after=after, ticket=ticket, error=error)


def _too_often(seconds: int) -> str:
    wait = f"{seconds} detik" if seconds < 60 else f"{-(-seconds // 60)} menit"
    return f"Terlalu banyak percobaan. Coba lagi dalam {wait}."


def _network(request: web.Request) -> str:
    return network(request.remote, request.headers.get("X-Forwarded-For"))


def _device(request: web.Request) -> str:
    return device(request.headers.get("User-Agent", ""))
