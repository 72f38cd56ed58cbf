"""`TwilioPeer`: Twilio's REST API on a loopback port, with its webhooks, and citizens who write on WhatsApp."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from tests.peers.content_api import ContentApi
from tests.peers.faults import PATIENCE, Fault, Planned
from tests.peers.loopback import LoopbackPeer, json_response, read_form
from tests.peers.records import Mailboxes, Record
from tests.peers.twilio_account import Fate, TwilioAccount, WindowCheck
from tests.peers.twilio_citizen import Citizen
from tests.peers.twilio_fetching import NotFetchedError, fetch
from tests.peers.twilio_messages import Media, TwilioMessage
from tests.peers.twilio_rules import MESSAGES, Forgery, TwilioError, error_json
from tests.peers.twilio_webhooks import CONNECT, IN_ALL, Lost, Webhooks

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "invented-token-of-the-tests"
SENDER = "whatsapp:+622518300000"
SERVICE = "MG" + "0123456789abcdef" * 2
WEBHOOK = "https://pasti.example/webhooks/whatsapp"


class TwilioPeer(LoopbackPeer):
    """`webhook` is the public address that it signs; `reroute(public, really)` says where the bot listens.

    `window` says what becomes of free text outside the 24-hour window: nothing is checked, 63016 at once, or 63016 by
    callback. `statuses` are the callbacks that it sends of itself for each message. `rate` is how many messages it
    takes in a second before it answers 429. `call_limits` are the seconds to connect and in all. All but the last may
    be changed later in `account`, which also knows who opted out or is not on WhatsApp.
    """

    def __init__(
        self,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        sender: str = SENDER,
        service: str = SERVICE,
        webhook: str = WEBHOOK,
        window: WindowCheck = "off",
        statuses: Sequence[str] = (),
        rate: int | None = None,
        record: bool | int = True,
        call_limits: tuple[float, float] = (CONNECT, IN_ALL),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(record=record, clock=clock)
        self.webhook = webhook
        self.auth_token = auth_token
        self.account = TwilioAccount(account_sid, sender, service, self.limit, self.watch, clock, lambda: self.url)
        self.account.window, self.account.statuses, self.account.rate = window, statuses, rate
        self._authorization = "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        limits = aiohttp.ClientTimeout(total=call_limits[1], connect=call_limits[0])
        self.webhooks = Webhooks(self._post, self.watch, auth_token, self.account.sids, self.limit, limits)

    # Its citizens

    def citizen(self, number: str, profile_name: str = "Siti") -> Citizen:
        return Citizen(self.account, self._deliver, number, profile_name)

    def replay(self, message: TwilioMessage) -> None:
        """The same webhook once more."""
        self._deliver(message, None)

    def _deliver(self, message: TwilioMessage, forgery: Forgery | None) -> None:
        message.webhook_ended = False
        self._spawn(self._call_webhook(message, forgery))

    async def _call_webhook(self, message: TwilioMessage, forgery: Forgery | None) -> None:
        message.webhook_status = await self.webhooks.call(self.webhook, message.params, message, forgery)
        message.webhook_ended = True
        self.watch.changed(("webhook", message.sid))

    # What it saw

    @property
    def sent(self) -> Mailboxes[TwilioMessage]:
        return self.account.sent

    @property
    def content(self) -> ContentApi:
        return self.account.content

    @property
    def lost(self) -> Record[Lost]:
        return self.webhooks.lost

    def next_message(
        self, number: str, after: TwilioMessage | None = None, timeout: float = PATIENCE
    ) -> Coroutine[Any, Any, TwilioMessage]:
        """The first message to this number after that one (inbound or not), waited for."""
        return self.sent.next(number, after.number if after else 0, timeout)

    def messages_of(
        self, number: str, count: int, timeout: float = PATIENCE
    ) -> Coroutine[Any, Any, list[TwilioMessage]]:
        """All messages to this number, as soon as there are so many."""
        return self.sent.first(number, count, timeout)

    async def outcome(self, message: TwilioMessage, timeout: float = PATIENCE) -> int | None:  # noqa: ASYNC109
        """The status with which the bot answered the webhook of this message, None when it did not."""
        await self.watch.until(
            lambda: message.webhook_ended,
            timeout,
            key=("webhook", message.sid),
            otherwise=lambda: f"the webhook of {message} has not ended",
        )
        return message.webhook_status

    async def fetched(self, message: TwilioMessage, timeout: float = PATIENCE) -> Media | None:  # noqa: ASYNC109
        """The file of this message as Twilio fetched it; None when it could not, and the message failed."""
        await self.watch.until(
            lambda: message.media or message.error_code,
            timeout,
            key=("media", message.sid),
            otherwise=lambda: f"nothing was fetched for {message}",
        )
        return message.media[0] if message.media else None

    def quiet(self, timeout: float = PATIENCE) -> Coroutine[Any, Any, bool]:
        """Until no webhook and no callback is on its way."""
        return self.watch.until(
            lambda: not self._tasks, timeout, key="quiet", otherwise=lambda: "webhooks are still on their way"
        )

    def _ended(self, task: asyncio.Task[None]) -> None:
        super()._ended(task)
        if not self._tasks:
            self.watch.changed("quiet")

    # What goes wrong

    def fault(self, method: str | None, fault: Fault, times: int | None = 1, to: str | None = None) -> Planned:
        """Hits the next `times` calls of the method (None: of any), or all (None), maybe to one number only.

        The methods are createMessage, listMessages, fetchMessage, listMedia, fetchMedia, deleteMedia, fetchAccount and
        content.
        """
        return self._plan(method, fault, times, to)

    # Status callbacks

    def status(
        self, message: TwilioMessage, *statuses: str, error_code: int | None = None, explanation: str = ""
    ) -> None:
        """Sends these callbacks one after the other."""
        self._spawn(self._report(message, statuses, error_code, explanation))

    async def _fetch(self, message: TwilioMessage, fate: Fate) -> None:
        """The file of a message, which is sent then."""
        try:
            found = await fetch(self._ask, message.media_urls[0])
        except NotFetchedError as error:
            fate = Fate(("failed",), error.code)
        else:
            sid = self.account.sids.make("ME")
            message.media.append(Media(sid, found.content_type, found.data, self.clock(), found.name))
        await self._report(message, fate.statuses, fate.error_code)
        self.watch.changed(("media", message.sid))

    async def _report(
        self, message: TwilioMessage, statuses: Sequence[str], error_code: int | None, explanation: str = ""
    ) -> None:
        for status in statuses:
            message.advance(status, error_code, self.clock())
            message.statuses.append(status)
            if message.status_callback:
                params = self._status_params(message, status, error_code, explanation)
                await self.webhooks.call(message.status_callback, params, message)

    def _status_params(
        self, message: TwilioMessage, status: str, error_code: int | None, explanation: str
    ) -> dict[str, str]:
        params = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": message.to,
            "From": message.sender,
            "ChannelToAddress": message.to,
            "AccountSid": self.account.sid,
            "ApiVersion": "2010-04-01",
            "ChannelPrefix": "whatsapp",
            **self.account.new_fields,
        }
        if message.service:
            params["MessagingServiceSid"] = message.service
        if error_code is not None:
            params["ErrorCode"] = str(error_code)
            params["ChannelStatusMessage"] = explanation or MESSAGES.get(error_code, "Unknown error")
        return params

    # The server

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        parts = request.path.strip("/").split("/")
        if parts[0] == "cdn":  # a place that media may be redirected to; it asks for no password
            return self.account.media_bytes(parts[-1])
        method = _method(request.method, parts)
        if self._faults and self._faults.take_cut(method):
            self._note_call(method, {})
            return self._cut(request)
        params, media = await _read_params(request)
        self._note_call(method, {"sid": parts[-1], **params} if method.startswith(("fetch", "delete")) else params)
        to = str(params.get("To", "")).removeprefix("whatsapp:")
        fault = self._faults.take(method, to) if self._faults else None
        answer = partial(self._answer, request, method, parts, params, media)
        return await (answer() if fault is None else self._suffer(fault, request, answer))

    async def _answer(
        self, request: web.BaseRequest, method: str, parts: list[str], params: dict[str, Any], media: list[str]
    ) -> web.Response:
        try:
            if request.headers.get("Authorization") != self._authorization:
                raise TwilioError(20003)
            if method == "content":
                return self._answer_content(request, parts, params)
            if len(parts) < 3 or parts[2].removesuffix(".json") != self.account.sid:
                raise TwilioError(20404, request.path)
            if method == "createMessage":
                message, fate = self.account.create(params, media)
                if media and fate.error_code is None:
                    self._spawn(self._fetch(message, fate))
                elif fate.statuses:
                    self._spawn(self._report(message, fate.statuses, fate.error_code))
                return json_response(message.json(self.account.sid), 201)
            return self.account.answer(method, parts, request.query)
        except TwilioError as error:
            retry_after = 1 if error.status == 429 else None
            return self._refusal(error.status, error.message, code=error.code, retry_after=retry_after)

    def _answer_content(self, request: web.BaseRequest, parts: list[str], params: dict[str, Any]) -> web.Response:
        if parts[:2] == ["v1", "ContentAndApprovals"]:
            return json_response(self.content.with_approvals(request.query))
        status, content = self.content.answer(request.method, parts[2:], params, request.query)
        return web.Response(status=status) if content is None else json_response(content, status)

    def _refusal(self, status: int, description: str, *, code: int | None, retry_after: int | None) -> web.Response:
        """Without a code of Twilio's: 20429 for 429, and 20500."""
        number = code or (20429 if status == 429 else 20500)
        headers = None if retry_after is None else {"Retry-After": str(retry_after)}
        return json_response(error_json(status, number, description), status, headers)


def _method(verb: str, parts: list[str]) -> str:
    """The name under which calls are recorded and faults planned."""
    if parts[0] == "v1":
        return "content" if parts[1:2] in (["Content"], ["ContentAndApprovals"]) else "unknown"
    match verb, [part.removesuffix(".json") for part in parts[3:]]:
        case "GET", []:
            return "fetchAccount"
        case "POST", ["Messages"]:
            return "createMessage"
        case "GET", ["Messages"]:
            return "listMessages"
        case "GET", ["Messages", _]:
            return "fetchMessage"
        case "GET", ["Messages", _, "Media"]:
            return "listMedia"
        case "GET", ["Messages", _, "Media", _]:
            return "fetchMedia"
        case "DELETE", ["Messages", _, "Media", _]:
            return "deleteMedia"
    return "unknown"


async def _read_params(request: web.BaseRequest) -> tuple[dict[str, Any], list[str]]:
    """What was handed over, and apart from it the media, of which there may be several."""
    if request.method != "POST":
        return dict(request.query), []
    if request.content_type == "application/json":
        return json.loads(await request.read() or b"{}"), []
    form = await read_form(request)
    return dict(form), [value for name, value in form if name == "MediaUrl"]
