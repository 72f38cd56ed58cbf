"""Short answers: yes, no, and the empty ones. Shared by every question that PASTI asks."""

from __future__ import annotations

import re

_AFTER = (
    r"(?:\W+(?:kirim|benar|bener|betul|lanjut|yakin|sesuai|pas|min|pak|bu|kak|ya|saja|aja|dong|silakan|sudah|semua|udah|setuju|oke"
    r"|atuh|mangga|cabut))*\W*$"
)
_THUMBS = frozenset("👍👌✅🆗")
_YES = re.compile(
    r"^\W*(?:y|ya|iya|yaa+|iyah|yes|yup|yap|yoi|yo|heeh|he eh|ho oh|iyo|yups|sudah|udah|udh|sdh"
    r"|ok(?:e|ay|eh)?|sip|siap|yakin|betul|benar|bener|sudah benar|udah bener|sesuai|setuju"
    r"|lanjut(?:kan)?|kirim(?:kan)?|muhun|enya|leres|sumuhun|mangga|boleh|gas)" + _AFTER,
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:(?:eh|oh|ya|jangan|aduh)\W+)*"
    r"(?:tidak|tdk|ga|gak|nggak|ngga|enggak|no|jangan|batal|teu|henteu|ga jadi|gak jadi|tidak jadi|belum)"
    r"(?:\W+(?:jadi|usah|deh|min|pak|bu|kak|ah|dulu|mau))*\W*$",
    re.IGNORECASE,
)


def is_yes(text: str) -> bool:
    return bool(_YES.match(text)) or (not text.isascii() and _only_thumbs(text))


def _only_thumbs(text: str) -> bool:
    bare = "".join(c for c in text if c not in " \ufe0f" and not "\U0001f3fb" <= c <= "\U0001f3ff")
    return bool(bare) and set(bare) <= _THUMBS


def is_no(text: str) -> bool:
    return bool(_NO.match(text))
