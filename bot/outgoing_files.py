"""Keeps a file that an officer sends along: from their browser to its place on the disk, judged by its bytes.

It lies where citizens' files lie (`bot.media_store`), so a backup takes it too, and nothing removes it.
"""

from __future__ import annotations

import asyncio
from errno import errorcode
from pathlib import Path
from typing import Protocol

import structlog

from bot.channels.carriage import LARGEST, MEGABYTE
from bot.channels.channel import MediaTooLargeError
from bot.channels.names import harmless_name
from bot.media_store import Incoming
from bot.media_types import recognise
from bot.pictures import is_picture
from handlers.parcels import OutgoingFile

TOO_LARGE = f"Berkas ini lebih dari {LARGEST // MEGABYTE} MB. Pilih yang lebih kecil."  # the page says it first

_CHUNK = 1 << 16

log = structlog.get_logger()


class Upload(Protocol):
    """What is read from: a part of a form, as aiohttp's `BodyPartReader` is."""

    async def read_chunk(self, size: int = ...) -> bytes: ...


class UploadError(Exception):
    """The file is not kept. `sentence` says why, in Indonesian, to the officer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


async def keep_upload(part: Upload, name: str, data_dir: Path, *, content_type: str = "") -> OutgoingFile:
    """All that is left of `part`, kept. It is never whole in memory, and what is refused leaves nothing behind.

    Args:
        name: as the browser calls it.
        content_type: as the browser says; it decides only what the bytes leave open.

    Raises:
        UploadError: too large, empty, not a kind of file that is kept, or the disk does not take it.
    """
    try:
        incoming = await asyncio.to_thread(Incoming, data_dir, LARGEST)
    except OSError as error:
        raise _not_written(error) from error
    try:
        while chunk := await part.read_chunk(_CHUNK):
            await _write(incoming, chunk)
        if not incoming.size:
            raise UploadError("Berkas ini kosong. Pilih berkas yang lain.")
        return await _judged(incoming, name, content_type)
    finally:
        await asyncio.to_thread(incoming.discard)


async def _write(incoming: Incoming, chunk: bytes) -> None:
    try:
        await asyncio.to_thread(incoming.write, chunk)
    except MediaTooLargeError:
        raise UploadError(TOO_LARGE) from None
    except OSError as error:
        raise _not_written(error) from error


async def _judged(incoming: Incoming, name: str, said: str) -> OutgoingFile:
    shown = harmless_name(name) or "berkas"
    try:
        await asyncio.to_thread(incoming.flush)
        content_type = await asyncio.to_thread(recognise, incoming.path, said, shown)
        if content_type is None:
            raise UploadError(
                "Jenis berkas ini tidak bisa dikirim. Kirim sebagai PDF, gambar, dokumen kantor, suara, atau video."
            )
        picture = await asyncio.to_thread(is_picture, incoming.path, content_type)
        sha256 = await asyncio.to_thread(incoming.keep)
    except OSError as error:
        raise _not_written(error) from error
    return OutgoingFile(sha256, shown, content_type, incoming.size, picture)


def _not_written(error: OSError) -> UploadError:
    log.error("upload not written", error=errorcode.get(error.errno or 0, type(error).__name__))
    return UploadError("Berkas ini belum bisa disimpan. Coba lagi sebentar lagi, atau hubungi petugas TI.")
