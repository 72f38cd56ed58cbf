"""What is posted as a reply: words, quotes by their place in a standard, at most one file. Read with distrust."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import BodyPartReader, web

from bot.console.fields import UNREADABLE, clean
from bot.outgoing_files import UploadError, keep_upload
from handlers.parcels import OutgoingFile

LONGEST_FIELD = 64 * 1024  # bytes
MOST_QUOTES = 10
_QUOTE = re.compile(r"(?P<key>[\w.:-]{1,100})/(?P<component>\d{1,2})")
_KEY = re.compile(r"[\w-]{8,64}")


@dataclass(slots=True)
class PostedReply:
    text: str = ""
    key: str = ""  # made by the page: the same twice is the same reply
    quotes: list[tuple[str, int]] = field(default_factory=list)  # key of a standard, component
    file: OutgoingFile | None = None


async def read_reply(request: web.Request, data_dir: Path) -> PostedReply:
    """Fields and file as they come.

    Raises HTTPBadRequest for what cannot be read, and UploadError with a sentence for the officer where a file cannot
    be sent.
    """
    reply = PostedReply()
    if not request.content_type.startswith("multipart/"):
        fields = await request.post()
        reply.text = clean(str(fields.get("text", "")))
        reply.key = str(fields.get("key", ""))
        return _checked(reply)
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                await _take(reply, part, data_dir)
    except UNREADABLE as error:
        raise web.HTTPBadRequest from error
    return _checked(reply)


async def _take(reply: PostedReply, part: BodyPartReader, data_dir: Path) -> None:
    if part.name != "file":
        await _take_field(reply, part)
    elif part.filename:
        if reply.file is not None:
            raise UploadError("Satu balasan membawa satu berkas.")
        reply.file = await keep_upload(part, part.filename, data_dir)


def _checked(reply: PostedReply) -> PostedReply:
    if not _KEY.fullmatch(reply.key):
        reply.key = ""
    return reply


async def _take_field(reply: PostedReply, part: BodyPartReader) -> None:
    value = clean((await _bytes_of(part)).decode("utf-8", "replace"))
    match part.name:
        case "text":
            reply.text = value
        case "key":
            reply.key = value
        case "quote" if found := _QUOTE.fullmatch(value):
            if len(reply.quotes) == MOST_QUOTES:
                raise UploadError(f"Satu balasan memuat paling banyak {MOST_QUOTES} kutipan.")
            reply.quotes.append((found["key"], int(found["component"])))


async def _bytes_of(part: BodyPartReader) -> bytes:
    """A field comes in pieces as the network cut it."""
    found = bytearray()
    while chunk := await part.read_chunk():
        found += chunk
        if len(found) > LONGEST_FIELD:
            raise UploadError("Balasannya terlalu panjang.")
    return bytes(found)
