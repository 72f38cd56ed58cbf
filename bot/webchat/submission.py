"""What the page posts, read with distrust: from our own page, small enough, well formed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web

from handlers.messages import Address, Inbound

MAX_BODY = 64 * 1024  # bytes
MAX_TEXT = 4_000  # characters (code points), as the page counts them
MAX_TITLE = 80  # characters
MAX_PAYLOAD = 64  # bytes, as in handlers.messages.Button
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class RefusedError(Exception):
    """A request that is answered with a kind sentence and nothing else."""

    def __init__(self, status: int, error: str, *, wait: float = 0) -> None:
        super().__init__(error)
        self.status = status
        self.error = error  # Indonesian, for the citizen
        self.wait = wait  # seconds until it is worth trying again


@dataclass(frozen=True, slots=True)
class Submission:
    """One message from the page."""

    external_id: str  # a UUID made by the page: the same twice is the same message
    text: str  # of a button its title
    payload: str | None
    after: int  # the last position that the page has

    def inbound(self, address: Address, at: datetime) -> Inbound:
        return Inbound(address, self.external_id, at, text=self.text, payload=self.payload)


def check_same_origin(request: web.Request) -> None:
    """Refuse what another site's page posts with our visitor's cookie.

    Browsers say where a request comes from: `Sec-Fetch-Site` over https and on localhost, `Origin` with every POST. A
    program that says neither carries nobody's cookie, and the JSON content type keeps plain HTML forms out.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        same = site in {"same-origin", "none"}
    else:
        same = origin is None or urlsplit(origin).netloc == request.host
    if not same:
        raise RefusedError(403, "Permintaan ini tidak berasal dari halaman PASTI.")
    if request.content_type != "application/json":
        raise RefusedError(415, "Permintaan ini tidak dapat dibaca.")


async def read_submission(request: web.Request) -> Submission:
    """Read and check the body. Raises RefusedError with what the citizen can do about it."""
    fields = _fields(await _body(request))
    external_id, after = fields.get("id"), fields.get("after", 0)
    if not isinstance(external_id, str) or not _UUID.fullmatch(external_id):
        raise RefusedError(422, "Pesan ini tidak memiliki nomor yang dikenal.")
    if not isinstance(after, int) or not 0 <= after < 2**53:
        raise RefusedError(422, "Pesan ini tidak dapat dibaca.")
    if fields.get("payload") is not None:
        title, payload = _words(fields.get("title", ""), MAX_TITLE), _words(fields["payload"], MAX_PAYLOAD)
        if not payload or len(payload.encode()) > MAX_PAYLOAD:
            raise RefusedError(422, "Tombol ini tidak dikenal.")
        return Submission(external_id, title, payload, after)
    text = _words(fields.get("text", ""), MAX_TEXT)
    if not text:
        raise RefusedError(422, "Pesannya masih kosong.")
    return Submission(external_id, text, None, after)


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY:
            raise RefusedError(413, "Pesannya terlalu besar. Mohon dipendekkan.")
    return bytes(body)


def _fields(body: bytes) -> dict[str, object]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise RefusedError(400, "Pesan ini tidak dapat dibaca.")
    return fields


def _words(value: object, longest: int) -> str:
    """Text that any storage takes: without NUL and without half a surrogate pair, which JSON can smuggle in."""
    if not isinstance(value, str):
        raise RefusedError(422, "Pesan ini tidak dapat dibaca.")
    text = value.replace("\x00", "").encode("utf-8", "ignore").decode().replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise RefusedError(422, f"Pesannya terlalu panjang: paling banyak {longest:,} huruf.".replace(",", "."))
    return text
