"""Five-digit KBLI codes in a message, and what only looks like one."""

from __future__ import annotations

import re
from typing import NamedTuple

_CODE = re.compile(
    r"(?:(?<![\w.,/-])|(?<=kbli)|(?<=KBLI)|(?<=\d{5},)|(?<=\d{5}/))"
    r"(?:[0-9OoIlSBZ]{5}|[0-9](?: [0-9]){4})(?![\w-]|[./]\d|,\d(?!\d{4}\b))"
)
_DIGIT = re.compile(r"[0-9]")
_LOOKS_LIKE = str.maketrans("OoIlSBZ", "0011582")
_NOT_A_CODE_BEFORE = re.compile(r"(rp\.?|pos|rupiah|(?<!kbli )(?:nomor|no\.?)|hp|wa)$", re.IGNORECASE)
_LONGEST_BEFORE = len("kbli nomor")
_NOT_A_CODE_AFTER = re.compile(r"\s*(rupiah|ribu|rb|juta|perak)", re.IGNORECASE)


class Code(NamedTuple):
    """A five-digit KBLI code in a message. `exact`: written in digits; else letters were read as digits (`29l02`)."""

    digits: str
    written: str
    exact: bool


def find_codes(text: str) -> list[Code]:
    """KBLI codes in a message, also spaced out or with letters like digits; amounts and telephone numbers are none."""
    found: dict[str, Code] = {}
    if not _DIGIT.search(text):
        return []
    for match in _CODE.finditer(text):
        written = match.group()
        digits = written.replace(" ", "").translate(_LOOKS_LIKE)
        if sum(c.isdigit() for c in written) < 3:
            continue
        before = text[: match.start()].rstrip()[-_LONGEST_BEFORE:]
        if _NOT_A_CODE_BEFORE.search(before) or _NOT_A_CODE_AFTER.match(text, match.end()):
            continue
        found.setdefault(digits, Code(digits, written, written.replace(" ", "").isdigit()))
    return list(found.values())
