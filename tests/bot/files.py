"""Files as citizens send them, and as nobody should: made here, byte by byte where no library makes them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from random import Random

from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
DOCX = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>", "word/document.xml": b"<w:document/>"}


def picture(format_: str = "JPEG", size: tuple[int, int] = (40, 30), frames: int = 1) -> bytes:
    """Noise, so that no part of it can be left out."""
    random, out = Random(7), io.BytesIO()
    images = [Image.frombytes("RGB", size, random.randbytes(size[0] * size[1] * 3)) for _ in range(frames)]
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(out, format_, **more)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG of one colour whose kilobytes unfold to width × height bytes."""
    squeezed = zlib.compressobj(9)
    rows = b"".join(squeezed.compress(bytes(1 + width)) for _ in range(height)) + squeezed.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def zipped(entries: dict[str, bytes], stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(zipfile.ZipInfo(name), content, None if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def open_document(kind: str = "text") -> dict[str, bytes]:
    return {"mimetype": f"{ODF}{kind}".encode(), "content.xml": b"<x/>", "META-INF/manifest.xml": b"<m/>"}


def iso_media(brand: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + brand + b"\0\0\2\0" + b"".join(compatible)
    return struct.pack(">I", len(body) + 4) + body + b"\0\0\0\x08moov"


def webm(kind: bytes = b"webm") -> bytes:
    doctype = b"\x42\x82" + bytes([0x80 | len(kind)]) + kind
    return b"\x1aE\xdf\xa3" + bytes([0x80 | len(doctype)]) + doctype + b"\x18S\x80g\xff"
