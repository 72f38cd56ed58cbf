"""The one place that decides who may walk a route of the console: every handler is behind it.

A session is a random cookie, of which the database has the hash. What changes something has to come from our own page
and to carry the token of that session, as the field `csrf` or the header `X-CSRF-Token`; a form in parts, as scripts
post it, carries the header. A form is read here, so that one that cannot be read is refused in one place. Whatever goes
wrong is a sentence: a page, or, where a script of ours asks (`X-Requested-With: pasti`), plain text.

A session stays awake by what a person asks for: what a page refreshes by itself says so (`X-Background: 1`).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from bot.console.console import Console, Handler, Route
from bot.console.fields import UNREADABLE
from bot.console.pages import CSRF, SIGNED_IN, UNSEEN, render
from bot.logs import where
from bot.outgoing_files import UploadError
from handlers import accounts, deadlines
from handlers.access import Actor, NotAllowedError, NotFoundError
from handlers.account_problems import AccountError
from handlers.accounts import SignedIn
from storage.database import DatabaseUnavailableError

log = structlog.get_logger()

COOKIE = "pasti_petugas"
HOME, DOOR, OWN_PASSWORD, LEAVE = "/petugas", "/petugas/masuk", "/petugas/akun/sandi", "/petugas/keluar"

_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("Tidak terbaca", "Permintaan ini tidak dapat dibaca. Muat ulang halamannya, lalu coba lagi."),
    401: ("Silakan masuk lagi", "Sesi Anda sudah berakhir. Silakan masuk lagi."),
    403: ("Tidak diizinkan", "Peran Anda tidak mengizinkan ini. Daftarnya ada di Pengaturan, Hak akses."),
    404: ("Tidak ditemukan", "Halaman atau percakapan ini tidak ada, atau bukan untuk Anda."),
    405: ("Tidak ditemukan", "Alamat ini tidak dapat dibuka begitu saja."),
    413: ("Terlalu besar", "Isinya terlalu besar. Mohon dipendekkan."),
    415: ("Tidak terbaca", "Permintaan ini tidak dapat dibaca."),
    422: ("Belum lengkap", "Ada isian yang belum benar. Periksa lalu coba lagi."),
    500: (
        "Ada yang tidak beres",
        "Ada yang tidak beres di pihak kami. Coba muat ulang; kalau terulang, hubungi admin.",
    ),
    503: (
        "Data belum terjangkau",
        "Basis data sedang tidak terjangkau. Yang baru Anda kirim belum tersimpan. Coba lagi sebentar.",
    ),
}
_ELSEWHERE = "Permintaan ini tidak berasal dari halaman konsol PASTI."
_STALE = "Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu coba lagi."
_TEMPORARY = "Ganti dulu kata sandi sementara Anda."


def guarded(console: Console, routes: Sequence[Route]) -> list[web.RouteDef]:
    """The routes as aiohttp takes them, each behind the guard; any other address of the console is a page that is not
    there.
    """
    guard = _Guard(console)
    rest = Route("GET", "/petugas/{rest:.*}", _nothing, None)
    return [web.route(route.method, route.path, guard.before(route)) for route in (*routes, rest)]


def signed_in(request: web.Request) -> SignedIn:
    """Who is there; only behind the guard, and not on a route that is open."""
    return request[SIGNED_IN]


def actor(request: web.Request) -> Actor:
    return signed_in(request).actor


def csrf(request: web.Request) -> str:
    """The token that a form of this session carries."""
    return request[CSRF]


def session_token(request: web.Request) -> str:
    """What the cookie says."""
    return request.cookies.get(COOKIE, "")


async def session_in(console: Console, request: web.Request) -> SignedIn | None:
    """Whose session the cookie is of, if it still is one."""
    token = session_token(request)
    return await asyncio.to_thread(_session, console, token) if token else None


def asked_by_script(request: web.Request) -> bool:
    """A script of ours asks, or an event stream: neither can do anything with a page."""
    return request.headers.get("X-Requested-With") == "pasti" or "text/event-stream" in request.headers.get(
        "Accept", ""
    )


def see_other(path: str) -> web.Response:
    """To another page, as it is spelt."""
    return web.Response(status=303, headers={"Location": path})


class _Guard:
    def __init__(self, console: Console) -> None:
        self._console = console

    def before(self, route: Route) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            try:
                response = await self._answer(route, request)
            except web.HTTPException as redirected:
                _protect(redirected)
                raise
            _protect(response)
            return response

        return handler

    async def _answer(self, route: Route, request: web.Request) -> web.StreamResponse:
        try:
            return await self._refusal(route, request) or await route.handler(request)
        except Exception as error:
            if request.writer.output_size or (isinstance(error, web.HTTPException) and error.status < 400):
                raise  # an answer that has begun can only be cut off
            return _answer_to(error, route, request)

    async def _refusal(self, route: Route, request: web.Request) -> web.StreamResponse | None:
        """None: the handler may answer."""
        if route.changes and not await _readable(route, request):
            return _problem(request, 400)
        if route.needs == "open":
            return _problem(request, 403, _ELSEWHERE) if route.changes and not _from_our_page(request) else None
        who = await session_in(self._console, request)
        if who is None:
            return _to_the_door(route, request)
        request[SIGNED_IN] = who
        request[CSRF] = self._console.office.keys.look_up("csrf", who.token_hash)
        if (route.changes or route.leaves_a_trace) and not _from_our_page(request):
            return _problem(request, 403, _ELSEWHERE)
        if route.changes and not await _carries(request, request[CSRF]):
            stale = _problem(request, 403, _STALE)
            stale.headers["X-Reload"] = "1"
            return stale
        if not _by_itself(request) and self._console.office.clock() >= who.seen_at + accounts.SEEN_EVERY:
            await self._console.writer.run(accounts.seen, self._console.office, who.token_hash)
        if who.temporary_password and route.path not in (OWN_PASSWORD, LEAVE):
            background = asked_by_script(request) or route.changes
            return _problem(request, 403, _TEMPORARY) if background else see_other(OWN_PASSWORD)
        if not asked_by_script(request):
            request[UNSEEN] = await asyncio.to_thread(_unseen, self._console, who.actor)  # the bell of the page
        if route.needs is not None and not who.actor.may(route.needs):
            return _problem(request, 403)
        return None


def _session(console: Console, token: str) -> SignedIn | None:
    with console.office.database.reader() as conn:
        return accounts.session_of(conn, console.office, token)


def _unseen(console: Console, who: Actor) -> int:
    with console.office.database.reader() as conn:
        return deadlines.unseen(conn, console.office, who)


def _to_the_door(route: Route, request: web.Request) -> web.StreamResponse:
    if route.changes or asked_by_script(request):
        return _problem(request, 401)
    return see_other(f"{DOOR}?lanjut={quote(request.path_qs, safe='')}")


async def _readable(route: Route, request: web.Request) -> bool:
    """Reads a form, once and for all who ask for it later. One with files is left to its handler."""
    if route.takes_files and request.content_type.startswith("multipart/"):
        return True
    try:
        await request.post()
    except UNREADABLE:
        return False
    return True


def _from_our_page(request: web.Request) -> bool:
    """Browsers say where a request comes from; a program that does not carries nobody's cookie."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


async def _carries(request: web.Request, token: str) -> bool:
    given = request.headers.get("X-CSRF-Token")
    if given is None and request.content_type == "application/x-www-form-urlencoded":
        field = (await request.post()).get("csrf", "")
        given = field if isinstance(field, str) else ""
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), token.encode())


def _by_itself(request: web.Request) -> bool:
    """A page of ours asks, and nobody who sits before it."""
    return "X-Background" in request.headers or "text/event-stream" in request.headers.get("Accept", "")


def _answer_to(error: Exception, route: Route, request: web.Request) -> web.Response:
    match error:
        case NotFoundError():
            return _problem(request, 404)
        case NotAllowedError():
            return _problem(request, 403)
        case AccountError() | UploadError():
            return _problem(request, 422, error.sentence)
        case DatabaseUnavailableError():
            return _problem(request, 503)
        case ConnectionResetError():
            return _problem(request, 400)  # the browser has gone in the middle: nobody reads this
        case web.HTTPException():
            return _problem(request, error.status)
    log.error("a page failed", route=f"{route.method} {route.path}", error=where(error))
    return _problem(request, 500)


def _problem(request: web.Request, status: int, sentence: str = "") -> web.Response:
    heading, usual = _PROBLEMS.get(status, _PROBLEMS[400])
    sentence = sentence or usual
    if asked_by_script(request):
        return web.Response(text=sentence, status=status)
    return render(request, "error.html", status=status, heading=heading, sentence=sentence)


def _protect(response: web.StreamResponse) -> None:
    """Where a handler has set one of these itself, it knows better: a style sheet is kept, a file is shut in."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


async def _nothing(_: web.Request) -> web.StreamResponse:
    raise NotFoundError
