"""The web chat at `/`: the page, the messages posted from it, and the stream that keeps it live."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.assets import Assets
from bot.live import Notice, conversation_key
from bot.media_files import sent_response
from bot.webchat.chat import WebChat
from bot.webchat.limits import Buckets, Places, network
from bot.webchat.presentation import render_bubbles, render_busy, render_page
from bot.webchat.submission import RefusedError, check_same_origin, read_submission
from bot.webchat.visitor import Visit, Visitors
from storage.database import DatabaseUnavailableError, is_away

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_NOT_KEPT = {**_HEADERS, "Cache-Control": "no-store"}
_STREAM = {**_NOT_KEPT, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_AWAY = 503
_PING = b": ping\nevent: ping\ndata:\n\n"  # the comment keeps proxies awake, the event shows the page that we live
_RECONNECT = b"retry: 1000\n\n"  # milliseconds
_LINE_END = re.compile(r"\r\n|\r|\n")  # of the event stream format; str.splitlines knows more


def add_routes(app: web.Application, chat: WebChat) -> None:
    """Put the web chat into the application. `chat.live.close` belongs in its `on_shutdown`."""
    routes = _Routes(chat)
    app.router.add_get("/", _if_not_away(routes.page, routes.busy))
    app.router.add_post("/chat/messages", _if_not_away(routes.say, _refusal))
    app.router.add_get("/chat/stream", routes.stream, allow_head=False)
    app.router.add_post("/chat/leave", routes.leave)
    app.router.add_get(r"/chat/files/{position:\d{1,15}}", _if_not_away(routes.file, _refusal))
    app.router.add_get("/chat/static/{version}/{name}", routes.asset)


def _if_not_away(handle: _Handler, refuse: Callable[[RefusedError], web.Response]) -> _Handler:
    """While the database is away that is said; the page keeps what was written and sends it again."""

    async def handled(request: web.Request) -> web.StreamResponse:
        try:
            return await handle(request)
        except (SQLAlchemyError, DatabaseUnavailableError) as error:
            if not is_away(error):
                raise
            return refuse(RefusedError(_AWAY, "Sedang ada gangguan. Mohon coba sebentar lagi, Bapak/Ibu.", wait=5))

    return handled


class _Routes:
    def __init__(self, chat: WebChat) -> None:
        self._chat = chat
        self._assets = Assets(Path(__file__).with_name("static"), "/chat/static")
        self._visitors = Visitors(chat.secret, secure=chat.secure_cookies, now=chat.now)
        self._by_visitor = Buckets(chat.limits.visitor)
        self._by_address = Buckets(chat.limits.address)
        self._streams = Places(chat.limits.streams_per_address)

    async def page(self, request: web.Request) -> web.Response:
        """The whole conversation so far, rendered here: it reads and prints without a script."""
        try:
            self._admit(request)
        except RefusedError as refused:
            return self.busy(refused)
        visit = self._visitors.known(request) or self._visitors.new()
        bubbles = [] if visit.new else await self._chat.thread(visit.address, 0)
        response = _html(
            render_page(self._chat.greeting(), bubbles, conversation=visit.conversation, assets=self._assets.url)
        )
        self._visitors.remember(response, visit)
        return response

    def busy(self, refused: RefusedError) -> web.Response:
        """The page of whoever cannot be served now."""
        return _html(render_busy(assets=self._assets.url, away=refused.status == _AWAY), refused)

    async def say(self, request: web.Request) -> web.Response:
        """Take one message. Answers once it is kept and decided, with all bubbles that the page does not have yet."""
        try:
            check_same_origin(request)
            visit = self._visitors.known(request) or self._visitors.new()
            self._admit(request, visit)
            said = await read_submission(request)
        except RefusedError as refused:
            return _refusal(refused)
        await self._chat.take(said.inbound(visit.address, self._chat.now()))
        bubbles = await self._chat.thread(visit.address, 0 if visit.new else said.after)
        response = _json(
            {
                "conversation": visit.conversation,
                "position": bubbles[-1].position if bubbles else said.after,
                "bubbles": render_bubbles(bubbles),
            }
        )
        self._visitors.remember(response, visit)
        return response

    async def leave(self, request: web.Request) -> web.Response:
        """Forget the visitor, as on a shared computer. What was said stays with the office."""
        try:
            check_same_origin(request)
        except RefusedError as refused:
            return _refusal(refused)
        response = _json({})
        self._visitors.forget(response)
        return response

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one bubble an event, its position as the id, so that a reader resumes where it was."""
        address = _client(request)
        try:
            self._admit(request)
            if self._streams.full(address):
                raise RefusedError(429, "Terlalu banyak sambungan dari jaringan ini.", wait=30)
        except RefusedError as refused:
            return _refusal(refused)
        response = web.StreamResponse(headers=_STREAM)
        with self._streams.hold(address), suppress(ConnectionResetError):  # the reader may go at any time
            await response.prepare(request)
            visit = self._visitors.known(request)
            if visit is None:
                await response.write(_event("ended"))
                return response
            key, tabs = conversation_key(visit.address), self._chat.limits.streams_per_visitor
            with self._chat.live.subscribe(key, at_most=tabs) as notice:
                await self._follow(response, visit, notice, _position(request))
        return response

    async def _follow(self, response: web.StreamResponse, visit: Visit, notice: Notice, position: int) -> None:
        """Send what is past `position`, then what comes, until the cookie runs out: the page returns with a newer."""
        await response.write(_RECONNECT + _event("conversation", visit.conversation))
        while not notice.ended:
            notice.clear()
            for bubble in await self._chat.thread(visit.address, position):
                position = bubble.position
                await response.write(f"id: {position}\n".encode() + _event("message", render_bubbles([bubble])))
            if self._chat.now() >= visit.until:
                return
            try:
                async with asyncio.timeout(self._chat.ping_seconds):
                    await notice.wait()
            except TimeoutError:
                await response.write(_PING)
        if not self._chat.live.closed:
            await response.write(_event("parked"))

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file that an officer sent to this visitor; 404 for everybody else, as if there were none."""
        try:
            self._admit(request)
        except RefusedError as refused:
            return _refusal(refused)
        visit = self._visitors.known(request)
        file = await self._chat.file(visit.address, int(request.match_info["position"])) if visit else None
        if file is None:
            raise web.HTTPNotFound
        return sent_response(file, self._chat.folder)

    async def asset(self, request: web.Request) -> web.Response:
        response = self._assets.response(request.match_info["version"], request.match_info["name"])
        response.headers.update(_HEADERS)
        return response

    def _admit(self, request: web.Request, visit: Visit | None = None) -> None:
        """Count one request of this address, and of this visitor when it is a message."""
        now = self._chat.now().timestamp()
        wait = self._by_visitor.take(visit.address.user, now) if visit else 0
        wait = wait or self._by_address.take(_client(request), now)
        if wait:
            raise RefusedError(429, f"Pesannya datang terlalu cepat. Mohon tunggu {math.ceil(wait)} detik.", wait=wait)


def _client(request: web.Request) -> str:
    return network(request.remote, request.headers.get("X-Forwarded-For"))


def _position(request: web.Request) -> int:
    """The last position that the reader has: the browser's own word when it reconnects, else the page's."""
    text = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _event(name: str, data: str = "") -> bytes:
    lines = "".join(f"data: {line}\n" for line in _LINE_END.split(data))
    return f"event: {name}\n{lines}\n".encode()


def _html(text: str, refused: RefusedError | None = None) -> web.Response:
    headers = dict(_NOT_KEPT)
    if refused:
        headers["Retry-After"] = str(math.ceil(refused.wait))
    return web.Response(text=text, content_type="text/html", headers=headers, status=refused.status if refused else 200)


def _json(fields: Mapping[str, object]) -> web.Response:
    return web.json_response(fields, headers=_NOT_KEPT)


def _refusal(refused: RefusedError) -> web.Response:
    response = web.json_response({"error": refused.error}, status=refused.status, headers=_NOT_KEPT)
    if refused.wait:
        response.headers["Retry-After"] = str(math.ceil(refused.wait))
    return response
