"""Gives a kept file to a browser, or to Twilio. Whatever it holds, it runs nowhere: it is saved, or it is a picture.

Only a picture, an image that was decoded when it came, is shown inline. The headers say the rest: no guessing of types,
no scripts, no other site, no cache.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.media_store import place_of
from handlers.parcels import OutgoingFile
from storage.media import MediaRow

SUFFIXES: dict[str, tuple[str, ...]] = {  # the first is given to a name that has none of them
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a", ".mp4"),
    "audio/amr": (".amr",),
    "audio/aac": (".aac",),
    "audio/wav": (".wav",),
    "audio/webm": (".weba", ".webm"),
    "video/mp4": (".mp4", ".m4v"),
    "video/3gpp": (".3gp", ".3gpp"),
    "video/quicktime": (".mov",),
    "video/webm": (".webm",),
    "application/pdf": (".pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "application/vnd.oasis.opendocument.graphics": (".odg",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
    "text/vcard": (".vcf",),
}
_UNKNOWN = "application/octet-stream"
_LONGEST = 100  # characters of a name without its suffix
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)  # Windows: devices, whatever their suffix
_PLAIN = "!#$&+-.^_`|~"  # what RFC 5987 leaves as it is, beside letters and digits


def response(kept: MediaRow, folder: Path) -> web.StreamResponse:
    """The file of a row that was kept; 404 for any other. `folder` is DATA_DIR."""
    if kept.state != "kept" or kept.sha256 is None:
        raise web.HTTPNotFound
    return _response(folder / place_of(kept.sha256), file_name(kept), kept.content_type, picture=kept.picture)


def sent_response(stored: Mapping[str, Any], folder: Path) -> web.StreamResponse:
    """The file that an officer sent, as the outbox has it. `folder` is DATA_DIR."""
    file = OutgoingFile.stored(stored)
    return _response(folder / place_of(file.sha256), sent_name(file), file.content_type, picture=file.picture)


def _response(path: Path, name: str, content_type: str, *, picture: bool) -> web.StreamResponse:
    headers = {
        "Content-Type": content_type if content_type in SUFFIXES else _UNKNOWN,
        "Content-Disposition": f"{'inline' if picture else 'attachment'}; {_as_parameters(name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return web.FileResponse(path, headers=headers)


def file_name(kept: MediaRow) -> str:
    """Of what a citizen sent."""
    return _safe_name(kept.name, kept.content_type, f"{kept.kind}-{kept.id}")


def sent_name(file: OutgoingFile) -> str:
    """Of what an officer sends."""
    return _safe_name(file.name, file.content_type, "berkas")


def _safe_name(name: str, content_type: str, otherwise: str) -> str:
    """A name under which it can be saved anywhere, and which says what it is: `foto.exe` becomes `foto.exe.jpg`."""
    suffixes = SUFFIXES.get(content_type, (".bin",))
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    safe = "".join("_" if c in '<>:"|?*%;' else c for c in last if unicodedata.category(c)[0] != "C")
    safe = " ".join(safe.split()).strip(". ")
    written = PurePosixPath(safe).suffix.lower()
    suffix = written if written in suffixes else suffixes[0]
    stem = safe[: -len(written)] if written == suffix and written else safe
    stem = stem[:_LONGEST].strip(". ") or otherwise
    return f"{'_' if _RESERVED.fullmatch(stem) else ''}{stem}{suffix}"


def _as_parameters(name: str) -> str:
    """For every browser (RFC 6266, appendix D): letters of ASCII, and beside them the name as it is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[\\"]', "_", plain)
    plain = f"berkas{plain}" if plain.startswith(".") else plain
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_PLAIN)}"
