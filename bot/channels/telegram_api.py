"""The Bot API through python-telegram-bot's `Bot`, over the program's own HTTP session.

Its usual client, httpx, takes 2.3 ms of CPU a request where aiohttp takes 0.05. This one also tells what never left
from what was cut off: only the first may be sent again.
"""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from telegram import Bot, InputFile
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT, WHOLE = 5.0, 20.0  # seconds
SLOWEST = 50_000  # bytes a second at which a file still has to leave: 16 MB in five and a half minutes
_LONGEST = 7 * 24 * 3600.0  # seconds; whoever asks us to wait for longer did not mean it
_TELLING = (400, 401, 403, 404, 409)  # what they mean is told apart where the answer is used


class NotReachedError(NetworkError):
    """The request never left, or not all of it."""


class CutOffError(TimedOut):
    """The request left, and no answer came, or one that is none: it may have been carried out."""


class ThrottledError(NetworkError):
    """It was too many. `after`: the seconds that Telegram asks to wait."""

    def __init__(self, after: float) -> None:
        super().__init__("429")
        self.after = after


class ServerFailedError(NetworkError):
    """It was not carried out, and may be next time: 5xx, or a no that is not Telegram's but of something on the way."""


class Upload(io.BufferedReader):
    """A file on its way out, read piece by piece as the line takes it, that knows whether all of it was."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self.size = os.fstat(self.fileno()).st_size
        self._taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self._taken += len(chunk)
        return chunk

    def as_input(self, name: str, content_type: str) -> InputFile:
        made = InputFile(self, name, read_file_handle=False)
        made.mimetype = content_type  # the library goes by the name
        return made

    @property
    def taken(self) -> bool:
        """Whether the last byte of it may have left."""
        return self._taken >= self.size


class AiohttpRequest(BaseRequest):
    """What the Bot speaks through. The session is the program's: it is neither opened nor closed here."""

    def __init__(self, session: aiohttp.ClientSession, whole: float) -> None:
        self._session = session
        self._whole = whole

    @property
    def read_timeout(self) -> float:
        return self._whole

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        patience = read_timeout if isinstance(read_timeout, float | int) else self._whole
        body, uploads = _body(request_data)
        whole = CONNECT + patience + sum(upload.size for upload in uploads) / SLOWEST
        limits = aiohttp.ClientTimeout(total=whole, connect=CONNECT, sock_read=float(patience))
        try:
            async with self._session.request(method, url, data=body, timeout=limits, allow_redirects=False) as answer:
                return _checked(answer, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReachedError(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:  # its words may hold the token
            all_left = all(upload.taken for upload in uploads)  # half a file is nothing that could be carried out
            raise (CutOffError if all_left else NotReachedError)(type(error).__name__) from None


def _body(data: RequestData | None) -> tuple[Any, list[Upload]]:
    """A form. With files it has several parts, and names are not quoted: Telegram would show them so."""
    if data is None or not data.contains_files:
        return data.json_parameters if data else None, []
    form, uploads = aiohttp.FormData(data.json_parameters, quote_fields=False, default_to_multipart=True), []
    for field, (name, content, content_type) in data.multipart_data.items():
        assert isinstance(content, Upload)
        form.add_field(field, content, filename=name, content_type=content_type)
        uploads.append(content)
    return form, uploads


def _checked(answer: aiohttp.ClientResponse, payload: bytes) -> tuple[int, bytes]:
    """The answer as the Bot can read it. What cannot be read stays here: the library would log it, words and all."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        found = None
    said = found if isinstance(found, dict) else {}
    if answer.status < 300:
        if "result" not in said:
            raise CutOffError("garbage")
        return answer.status, payload
    parameters = said.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    seconds = float(asked) if isinstance(asked, int | float) and 0 <= asked < _LONGEST else None
    if answer.status == 429 or seconds is not None:
        raise ThrottledError(1.0 if seconds is None else seconds)
    if answer.status not in _TELLING or not _is_telegrams(said):
        raise ServerFailedError(str(answer.status))
    return answer.status, payload


def _is_telegrams(said: dict[str, Any]) -> bool:
    """Whether a no has the form that Telegram's have: a filter's 403 must not count as a citizen who blocks us."""
    return (
        said.get("ok") is False
        and isinstance(said.get("description"), str)
        and isinstance(said.get("parameters") or {}, dict)
    )


@contextmanager
def garbage_told() -> Iterator[None]:
    """Around a call of the Bot: a result that the library cannot read becomes a CutOffError, for it was carried out."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise CutOffError("garbage") from None


def make_bot(session: aiohttp.ClientSession, token: str, root: str, *, whole: float = WHOLE) -> Bot:
    """root: TELEGRAM_API_URL, before `/bot<token>` and `/file/bot<token>`. No request is made yet."""
    logging.getLogger("telegram").setLevel(logging.WARNING)  # below, it logs what is sent, and the token with it
    request = AiohttpRequest(session, whole)
    return Bot(
        token,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=request,
        get_updates_request=request,
    )
