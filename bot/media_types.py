"""What a file is, by its bytes; None for what is not kept. No name and no word of the sender makes a file harmless.

What its provider calls it only decides what the bytes leave open: whether an MP4 is heard or seen, whether a text is a
list. Weak marks, the two bytes that an MP3 begins with, count only for what is called a sound.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from bot.packages import package_type

_HEAD = 4096
_UNSAID = ("", "application/octet-stream", "binary/octet-stream")

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
)
_BRANDS: tuple[tuple[str, str], ...] = (  # of ISO base media files, as https://mp4ra.org lists them
    (r"hei[csmx]|hev[cmsx]", "image/heic"),
    (r"M4[AB] ", "audio/mp4"),
    (r"qt  ", "video/quicktime"),
    (r"3g[2eghpr].", "video/3gpp"),
    (r"iso.|mp4[12]|avc1|M4V.|MSNV|mmp4|dash|f4v ", "video/mp4"),
)
_OGG_SOUNDS = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
_TEXTS = {
    "text/plain": "text/plain",
    ".txt": "text/plain",
    "text/csv": "text/csv",
    "text/comma-separated-values": "text/csv",
    "application/csv": "text/csv",
    ".csv": "text/csv",
    "text/vcard": "text/vcard",
    "text/x-vcard": "text/vcard",
    ".vcf": "text/vcard",
}
_NO_TEXT = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"
_MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)|\A\s*(#!|\{\\rtf)", re.I
)


def recognise(path: Path, said: str, name: str = "") -> str | None:
    """The content type of a file. `said` is the provider's, `name` the sender's."""
    said = said.partition(";")[0].strip().lower()
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(b"PK\x03\x04"):
            return package_type(file, head)
        return _marked(head, said) or _text(path, head, said, name)


def _marked(head: bytes, said: str) -> str | None:
    for mark, content_type in _MARKS:
        if head.startswith(mark):
            return content_type
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head, said)
    if head.startswith(b"OggS"):
        return "audio/ogg" if any(sound in head[:128] for sound in _OGG_SOUNDS) else None
    if head.startswith(b"\x1aE\xdf\xa3"):  # Matroska, of which only WebM is kept
        return _heard_or_seen("webm", said) if b"\x42\x82\x84webm" in head[:128] else None
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "application/pdf"
    return _frames(head) if said.startswith("audio/") else None


def _iso_media(head: bytes, said: str) -> str | None:
    """By its major brand, then by those it is compatible with."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    for brand in brands:
        for pattern, content_type in _BRANDS:
            if re.fullmatch(pattern, brand.decode("latin-1")):
                return _heard_or_seen("mp4", said) if content_type == "video/mp4" else content_type
    return None


def _heard_or_seen(container: str, said: str) -> str:
    return f"audio/{container}" if said.startswith("audio/") else f"video/{container}"


def _frames(head: bytes) -> str | None:
    """MPEG audio without a tag: eleven bits of a frame, and a header that can be (ISO 11172-3, 13818-7)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer, bitrate, rate = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    if layer == 0:
        return "audio/aac" if head[1] & 0xF0 == 0xF0 else None
    return "audio/mpeg" if layer in (1, 2) and bitrate != 15 and rate != 3 else None


def _text(path: Path, head: bytes, said: str, name: str) -> str | None:
    """A text by what it is called, if all of it is one and it is not markup or a script."""
    suffix = PurePath(name.strip()).suffix.lower()
    unsaid = said in _UNSAID or said == "application/vnd.ms-excel"  # what Windows calls a .csv
    content_type = _TEXTS.get(said) or (_TEXTS.get(suffix) if unsaid else None)
    if content_type is None or not head or _MARKUP.search(head):
        return None
    if content_type == "text/vcard" and not head.lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(b"BEGIN:VCARD"):
        return None
    with path.open("rb") as file:
        while chunk := file.read(1 << 16):
            if len(chunk.translate(None, _NO_TEXT)) != len(chunk):
                return None
    return content_type
