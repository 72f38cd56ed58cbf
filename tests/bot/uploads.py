"""A browser's upload, as aiohttp reads it, and a file that was kept."""

from __future__ import annotations

from pathlib import Path

from bot.outgoing_files import keep_upload
from handlers.parcels import OutgoingFile


class Part:
    """As `BodyPartReader`: the bytes of one part of a form, piece by piece. `pieces` may be raised, too."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self._pieces = list(pieces)
        self.read = 0

    async def read_chunk(self, size: int = 8192) -> bytes:
        if not self._pieces:
            return b""
        piece = self._pieces[0]
        if isinstance(piece, Exception):
            raise piece
        self._pieces[0] = piece[size:]
        if not self._pieces[0]:
            del self._pieces[0]
        self.read += len(piece[:size])
        return piece[:size]


async def uploaded(folder: Path, data: bytes, name: str = "surat.pdf") -> OutgoingFile:
    return await keep_upload(Part(data), name, folder)
