"""How Twilio fetches the file of a message for WhatsApp: it looks at the type first, and refuses what WhatsApp would.

Sources: twilio.com/docs/messaging/guides/accepted-mime-types (GET and HEAD, the type has to be the true one),
twilio.com/docs/whatsapp/guidance-whatsapp-media-messages (16 MB, images 5 MB), and the pages of these errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from tests.peers.loopback import Reply

NOT_DOWNLOADED, WRONG_TYPE, TOO_LARGE = 63019, 12300, 11751
MEGABYTE = 1 << 20
_OFFICE = "application/vnd.openxmlformats-officedocument."
_LARGEST = {"image/jpeg": 5 * MEGABYTE, "image/png": 5 * MEGABYTE}
_TAKEN = {
    *("image/jpeg", "image/png", "audio/ogg", "audio/amr", "audio/aac", "audio/mpeg", "audio/mp4", "video/mp4"),
    *("application/pdf", "text/vcard", "application/msword"),
    *(_OFFICE + kind for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")),
}
_BEGINS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG", "application/pdf": b"%PDF", "audio/ogg": b"OggS"}

Ask = Callable[[str, str], Awaitable[Reply]]
"""Method and address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What WhatsApp is given."""

    content_type: str
    name: str
    data: bytes


class NotFetchedError(Exception):
    """The message fails with this error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def fetch(ask: Ask, url: str) -> Fetched:
    try:
        looked_at = await ask("HEAD", url)
        _check(looked_at, int(looked_at.headers.get("Content-Length") or 0))
        found = await ask("GET", url)
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise NotFetchedError(NOT_DOWNLOADED) from None
    content_type = _check(found, len(found.body))
    if not found.body.startswith(_BEGINS.get(content_type, b"")):
        raise NotFetchedError(WRONG_TYPE)
    _, said = aiohttp.parse_content_disposition(found.headers.get("Content-Disposition"))
    return Fetched(content_type, aiohttp.content_disposition_filename(said) or "", found.body)


def _check(reply: Reply, size: int) -> str:
    if reply.status != 200:
        raise NotFetchedError(NOT_DOWNLOADED)
    content_type = reply.headers.get("Content-Type", "").partition(";")[0].lower()
    if content_type not in _TAKEN:
        raise NotFetchedError(WRONG_TYPE)
    if size > _LARGEST.get(content_type, 16 * MEGABYTE):
        raise NotFetchedError(TOO_LARGE)
    return content_type
