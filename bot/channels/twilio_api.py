"""Twilio's REST API over the program's own HTTP session.

twilio's AsyncTwilioHttpClient ignores its timeout, and with retries it sends a message twice after a 5xx
(twilio-python#925): this one asks once, waits as long as it says, and tells what never left from what was cut off.
"""

from __future__ import annotations

import logging
import math
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.settings import TWILIO_API

CONNECT, WHOLE = 5.0, 15.0  # seconds
_LONGEST = 3600.0
CONTENT_API = "https://content.twilio.com"

_PASSWORD = 401

_quiet = logging.getLogger("pasti.twilio")


class NotReachedError(Exception):
    """The request never left: it may be made again."""


class CutOffError(Exception):
    """The request left, and no answer came: it may have been carried out."""


class ThrottledError(Exception):
    """429: too many requests. `after` is what Twilio asks to wait, in seconds."""

    def __init__(self, after: float | None) -> None:
        super().__init__("20429")
        self.after = after


class ServerFailedError(Exception):
    """5xx: carried out or not, Twilio itself does not say."""


class TwilioHttp(AsyncHttpClient):
    """What twilio's client speaks through. Every trouble is one of the four errors above."""

    def __init__(self, session: aiohttp.ClientSession, whole: float = WHOLE) -> None:
        super().__init__(_quiet, is_async=True)
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=whole, connect=CONNECT)

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the base class names it so
        allow_redirects: bool = False,
    ) -> Response:
        headers = dict(headers or {})
        if auth:
            headers["Authorization"] = aiohttp.encode_basic_auth(*auth)
        as_json = "json" in headers.get("Content-Type", "")
        form = urlencode(data or {}, doseq=True).encode()
        try:
            async with self._session.request(
                method.upper(),
                uri,
                params=params,  # type: ignore[arg-type]
                data=None if as_json or not data else form,  # aiohttp's own form costs three times as much
                json=data if as_json else None,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                text = await answer.text(errors="replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReachedError(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CutOffError(type(error).__name__) from None
        if answer.status == 429:
            raise ThrottledError(_seconds(answer.headers.get("Retry-After")))
        if answer.status >= 500:
            raise ServerFailedError(str(answer.status))
        return Response(answer.status, text, answer.headers)


UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What twilio's classes raise when they are given an answer that is none."""


def code_of(error: TwilioException) -> str:
    """The number of an error, else the status. A list that could not be had comes without a number."""
    if isinstance(error, TwilioRestException):
        return "20003" if error.status == _PASSWORD else str(error.code or error.status)
    status = getattr(error.args[-1], "status_code", None) if error.args else None
    return "20003" if status == _PASSWORD else str(status or type(error).__name__)


def _seconds(text: str | None) -> float | None:
    """Of Retry-After; a proxy may write anything there, and an hour is as long as we believe it."""
    try:
        return min(max(0.0, float(text)), _LONGEST) if text and not math.isnan(float(text)) else None
    except ValueError:
        return None


def make_client(session: aiohttp.ClientSession, account_sid: str, token: str, root: str, whole: float = WHOLE) -> Any:
    """twilio's Client on this session. root: TWILIO_API_URL; the Content API lies beside it unless it is Twilio's.

    It costs 0.06 ms a call beside the request itself, so the hot calls go through it too.
    """
    client = Client(account_sid, token, http_client=TwilioHttp(session, whole), environment={"-": ""})
    client.api.base_url = root
    client.content.base_url = CONTENT_API if root == TWILIO_API else root
    return client


__all__ = [
    "UNREADABLE",
    "CutOffError",
    "NotReachedError",
    "ServerFailedError",
    "ThrottledError",
    "TwilioException",
    "TwilioHttp",
    "TwilioRestException",
    "code_of",
    "make_client",
]
