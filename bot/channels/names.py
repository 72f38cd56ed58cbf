"""Names of files as strangers give them, made harmless: they are shown, and never used as a path."""

from __future__ import annotations

import re
import unicodedata

_MOST = 120  # characters
_NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, bidi and other invisible characters


def harmless_name(name: str) -> str:
    """The last part of a path, without what does not show; empty when nothing is left."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c) not in _NOT_SHOWN)
    plain = " ".join(shown.split()).strip(". ")
    if len(plain) <= _MOST:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: _MOST - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else plain[:_MOST]
