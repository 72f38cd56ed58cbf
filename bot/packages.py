"""Which office document a zip file is, by the names of its entries. Nothing is unpacked.

Only the directory at the end is read, and only a small one: a zip with a million entries is not a letter.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import BinaryIO

_END = b"PK\x05\x06"  # APPNOTE.TXT 4.3.16
_ENTRY = b"PK\x01\x02"  # 4.3.12
_LONGEST_END = 22 + 0xFFFF
_LARGEST_DIRECTORY = 1 << 20

_OOXML = "application/vnd.openxmlformats-officedocument."
_OFFICE = {
    "word": f"{_OOXML}wordprocessingml.document",
    "xl": f"{_OOXML}spreadsheetml.sheet",
    "ppt": f"{_OOXML}presentationml.presentation",
}
_BESIDE = {"[Content_Types].xml", "_rels", "docProps", "customXml", "docMetadata", "_xmlsignatures", "customUI"}
_OPEN_DOCUMENT = re.compile(
    rb"mimetype(application/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation|graphics))PK"
)
_MACROS = re.compile(r"(^|/)vbaProject\.bin$|^(Basic|Scripts)/", re.I)


def package_type(file: BinaryIO, head: bytes) -> str | None:
    """The content type of a Microsoft Office or OpenDocument file without macros; None for any other zip."""
    names = set(_names(_directory(file)))
    if any(_MACROS.search(name) for name in names):
        return None
    if found := _OPEN_DOCUMENT.match(head, 30):  # its first entry, and stored: OpenDocument 1.3, part 2, 3.3
        return found[1].decode() if {"content.xml", "META-INF/manifest.xml"} <= names else None
    roots = {name.partition("/")[0] for name in names}
    parts = roots & _OFFICE.keys()
    if len(parts) != 1 or not roots - parts <= _BESIDE or not {"[Content_Types].xml", "_rels/.rels"} <= names:
        return None
    return _OFFICE[parts.pop()]


def _directory(file: BinaryIO) -> bytes:
    """The central directory; empty when there is none, or when it is not where a plain zip has it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        return b""
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    start = size - len(tail) + at - length
    if length > _LARGEST_DIRECTORY or start < 0:
        return b""
    file.seek(start)
    return file.read(length)


def _names(directory: bytes) -> Iterator[str]:
    at = 0
    while directory.startswith(_ENTRY, at) and at + 46 <= len(directory):
        name, extra, comment = (int.from_bytes(directory[at + n : at + n + 2], "little") for n in (28, 30, 32))
        yield directory[at + 46 : at + 46 + name].decode("utf-8", "replace")
        at += 46 + name + extra + comment
