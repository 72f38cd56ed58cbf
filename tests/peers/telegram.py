"""`TelegramPeer`: the Bot API on a loopback port, root before `/bot<token>`, and citizens who write to the bot."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web

from tests.peers.bot_api_rules import BotApiError
from tests.peers.faults import PATIENCE, Fault, Planned
from tests.peers.loopback import LoopbackPeer, Reply, json_response, read_form
from tests.peers.records import Mailboxes, Record
from tests.peers.telegram_citizen import Channel, Citizen, Group
from tests.peers.telegram_delivery import Deliveries, Lane, Update
from tests.peers.telegram_messages import Answered, Edit, SentMessage
from tests.peers.telegram_methods import BotMethods, Params, Uploaded

TOKEN = "700000001:INVENTED-token-of-the-tests"


class TelegramPeer(LoopbackPeer):
    """`webhook_timeout` is how long it waits for the bot's webhook, in real seconds."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        enforce_pace: bool = False,
        record: bool | int = True,
        second: float = 1.0,
        webhook_timeout: float = 60.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(record=record, second=second, clock=clock)
        self.token = token
        self.deliveries = Deliveries(self._post, self._spawn, self.watch, second, webhook_timeout, self._obey)
        self.bot = BotMethods(self.deliveries, self.watch, self.limit, clock)
        self.bot.enforce_pace = enforce_pace

    # Its citizens

    def citizen(self, chat_id: int, first_name: str = "Siti") -> Citizen:
        """Somebody with whom the bot may talk from now on."""
        return Citizen(self.bot, chat_id, first_name)

    def group(self, chat_id: int, title: str = "RT 05", kind: str = "supergroup") -> Group:
        return Group(self.bot, chat_id, title, kind)

    def channel(self, chat_id: int, title: str = "Kabar Kelurahan") -> Channel:
        return Channel(self.bot, chat_id, title)

    def raw(self, body: dict[str, Any], chat_id: int = 0) -> Update:
        """An update as it stands, with an `update_id` if it has none."""
        return self.deliveries.add(body, Lane(chat_id, callbacks=False))

    def replay(self, update: Update) -> Update:
        """The same update once more."""
        return self.deliveries.add(update.body, update.lane)

    def restart_update_ids(self, at: int) -> None:
        self.deliveries.restart_update_ids(at)

    def expire_callbacks(self) -> None:
        """From now on it is too late to answer what was pressed so far."""
        for callback in self.bot.callbacks.values():
            callback.too_old = True

    # What it saw

    @property
    def sent(self) -> Mailboxes[SentMessage]:
        return self.bot.sent

    @property
    def edits(self) -> Record[Edit]:
        return self.bot.edits

    @property
    def answered(self) -> Record[Answered]:
        return self.bot.answered

    @property
    def commands(self) -> list[dict[str, str]]:
        """Those for everybody."""
        return self.bot.commands.get("default//", [])

    def next_message(
        self, chat_id: int, after: SentMessage | None = None, timeout: float = PATIENCE
    ) -> Coroutine[Any, Any, SentMessage]:
        """The first message to this chat after that one, waited for."""
        return self.sent.next(chat_id, after.number if after else 0, timeout)

    def messages_of(
        self, chat_id: int, count: int, timeout: float = PATIENCE
    ) -> Coroutine[Any, Any, list[SentMessage]]:
        """All messages to this chat, as soon as there are so many."""
        return self.sent.first(chat_id, count, timeout)

    def delivered(self, update: Update, timeout: float = PATIENCE) -> Coroutine[Any, Any, bool]:
        """Until the bot has taken this update: a 2xx of its webhook, or a later offset."""
        return self.deliveries.until_delivered(update, timeout)

    def quiet(self, timeout: float = PATIENCE) -> Coroutine[Any, Any, bool]:
        """Until no update is on its way."""
        return self.deliveries.until_quiet(timeout)

    # What goes wrong

    def fault(self, method: str | None, fault: Fault, times: int | None = 1, chat_id: int | None = None) -> Planned:
        """Hits the next `times` calls of the method (None: of any), or all (None), maybe of one chat only."""
        return self._plan(method, fault, times, chat_id)

    # The server

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        _, root, method, *rest = [*request.path.split("/", 3), "", ""]
        if root == "file":
            return self._download(method, rest[0])
        if root != f"bot{self.token}":
            return self._refusal(401, "Unauthorized")
        if self._faults and self._faults.take_cut(method):
            self._note_call(method, {})
            return self._cut(request)
        params = await _read_params(request)
        self._note_call(method, params)
        chat_id = str(params.get("chat_id") or "")
        fault = (
            self._faults.take(method, int(chat_id) if chat_id.lstrip("-").isdigit() else None) if self._faults else None
        )
        if fault is None:
            return await self._answer(method, params)
        return await self._suffer(fault, request, partial(self._answer, method, params))

    async def _answer(self, method: str, params: Params) -> web.Response:
        try:
            if method.lower() == "getupdates":
                return json_response({"ok": True, "result": await self.bot.get_updates(params)})
            carry_out = self.bot.table.get(method.lower())
            if carry_out is None:
                return self._refusal(404, "Not Found: method not found")
            return json_response({"ok": True, "result": carry_out(params)})
        except BotApiError as error:
            return self._refusal(error.status, error.description, retry_after=error.retry_after)

    def _refusal(
        self, status: int, description: str, *, code: int | None = None, retry_after: int | None = None
    ) -> web.Response:
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if retry_after is not None:
            body["parameters"] = {"retry_after": retry_after}
        return json_response(body, status)

    def _download(self, bot: str, path: str) -> web.Response:
        if bot != f"bot{self.token}":
            return self._refusal(401, "Unauthorized")
        self._note_call("file", {"path": path})
        stored = self.bot.files_by_path.get(path)
        if stored is None:
            return self._refusal(404, "Not Found")
        return web.Response(body=stored.data, content_type="application/octet-stream")

    async def _obey(self, reply: Reply) -> None:
        """A webhook may call a method in its answer."""
        if not reply.headers.get("Content-Type", "").startswith("application/json"):
            return
        try:
            params = json.loads(reply.body)
        except ValueError:
            return
        if isinstance(params, dict) and "method" in params:
            method = params.pop("method")
            self._note_call(method, params)
            await self._answer(method, params)


async def _read_params(request: web.BaseRequest) -> Params:
    """From the query, a form, a multipart form or JSON, whichever the bot likes."""
    params: Params = dict(request.query) if request.query_string else {}
    kind = request.content_type
    if kind == "application/json":
        params |= json.loads(await request.read() or b"{}")
    elif kind == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                with value.file as file:
                    params[name] = Uploaded(value.filename, file.read(), value.content_type)
            else:
                params[name] = value
    elif request.can_read_body:
        params |= dict(await read_form(request))
    return params
