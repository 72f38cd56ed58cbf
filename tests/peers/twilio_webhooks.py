"""How Twilio calls the bot: signed forms, five seconds to connect, fifteen in all, and no second try but after a failed
connection. What was not taken then is gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from tests.peers.faults import Watch
from tests.peers.loopback import Reply
from tests.peers.records import Record
from tests.peers.twilio_messages import TwilioMessage
from tests.peers.twilio_rules import Forgery, Sids, sign

CONNECT = 5.0
IN_ALL = 15.0


@dataclass(frozen=True, slots=True)
class Lost:
    """A call that the bot did not take, and that is not made again. `status` is None when nothing was answered."""

    message: TwilioMessage
    params: Mapping[str, str]
    url: str
    status: int | None
    reason: str


class Webhooks:
    def __init__(
        self,
        post: Callable[[str, bytes, Mapping[str, str], aiohttp.ClientTimeout], Awaitable[Reply]],
        watch: Watch,
        auth_token: str,
        sids: Sids,
        limit: int | None,
        limits: aiohttp.ClientTimeout,
    ) -> None:
        self._post = post
        self._watch = watch
        self._auth_token = auth_token
        self._sids = sids
        self.limits = limits
        self.lost: Record[Lost] = Record(limit)
        self.taken = 0
        self.under_way = 0

    async def call(
        self, url: str, params: Mapping[str, str], message: TwilioMessage, forgery: Forgery | None = None
    ) -> int | None:
        """The status of the answer, None when there was none."""
        self.under_way += 1
        try:
            status, reason = await self._call(url, params, forgery)
        finally:
            self.under_way -= 1
        if status is not None and 200 <= status < 300:
            self.taken += 1
        elif forgery is None:
            self.lost.keep(Lost(message, params, url, status, reason))
        self._watch.changed("webhook")
        return status

    async def _call(self, url: str, params: Mapping[str, str], forgery: Forgery | None) -> tuple[int | None, str]:
        body = urlencode(params).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": self._sids.make(""),
            **self._signature(url, params, forgery),
        }
        for tries_left in (1, 0):
            try:
                reply = await self._post(url, body, headers, self.limits)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                if not tries_left:
                    return None, f"no connection: {type(error).__name__}"
            except TimeoutError:
                return None, "no answer in time"
            except (aiohttp.ClientError, OSError) as error:
                return None, f"cut off: {type(error).__name__}"
            else:
                return reply.status, f"HTTP {reply.status}"
        raise AssertionError("there are two tries")

    def _signature(self, url: str, params: Mapping[str, str], forgery: Forgery | None) -> dict[str, str]:
        match forgery:
            case None:
                signature = sign(self._auth_token, url, params.items())
            case Forgery.BAD_SIGNATURE:
                signature = sign(f"not {self._auth_token}", url, params.items())
            case Forgery.OTHER_BODY:
                signature = sign(self._auth_token, url, {**params, "Body": "something else"}.items())
            case Forgery.MISSING:
                return {}
        return {"X-Twilio-Signature": signature}
