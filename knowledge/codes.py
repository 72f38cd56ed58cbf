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


_SLIPS = re.compile(  # a letter in the midst of a code; after the word for one also one digit too few or too many
    r"(?<![\w.,/-])(?P<bare>\d(?=\d*[a-z]\d+\b)[0-9a-z]{4})(?![\w.,/-])"
    r"|\bkbli(?:\s+(?:nya|no|nomor))*\s*:?\s*(?P<named>\d{4}|\d{6}|(?=\w*\d\w*\d\w*\d\w*\d)[0-9a-z]{5})\b"
    r"(?![-./]\d)",
    re.IGNORECASE,
)


class Code(NamedTuple):
    """A KBLI code in a message, or what was meant for one.

    digits: five, where it can be read so. exact: written in five digits; else letters were read as digits (`29l02`), or
    it is as it was written (`29q02`, `2910`).
    """

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
    return list(found.values()) or _slips(text)


def _slips(text: str) -> list[Code]:
    """What was meant for a code and has one letter, or a digit too few or too many."""
    found: dict[str, Code] = {}
    for match in _SLIPS.finditer(text):
        written = match["bare"] or match["named"]
        if not written.isdigit() or len(written) != 5:
            found.setdefault(written, Code(written, written, exact=False))
    return list(found.values())


def slips(code: str) -> set[str]:
    """The codes one slip away: a wrong digit or letter, two that changed places, one too few or too many."""
    at = range(len(code))
    wrong = {code[:i] + digit + code[i + 1 :] for i in at for digit in "0123456789"}
    swapped = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in at[:-1]}
    missing = {code[:i] + digit + code[i:] for i in range(len(code) + 1) for digit in "0123456789"}
    doubled = {code[:i] + code[i + 1 :] for i in at}
    return {other for other in wrong | swapped | missing | doubled if len(other) == 5 and other.isdigit()} - {code}
