"""Case numbers and access codes: made, found in what people type, and guarded against guessing.

A complaint is `ADU-2026-00042-X`, a suggestion `SRN-2026-00017-4`. The last character is ISO 7064 MOD 11-2 over a kind
digit (1, 2), year and number: it catches every single wrong character and every two that were swapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rapidfuzz.distance import OSA
from stdnum.iso7064 import mod_11_2

from handlers.case_rules import Kind

_PREFIX: Mapping[Kind, str] = {"complaint": "ADU", "suggestion": "SRN"}
_KIND_DIGIT: Mapping[Kind, str] = {"complaint": "1", "suggestion": "2"}
_LOOKALIKES = str.maketrans("OoIiLlx", "001111X")
_DIGITS = re.compile(
    r"(?<![^\W_])(?P<prefix>[A-Z]{2,4})(?P<rest>(?:[\s\-–—_./:#]{0,3}[0-9OILX]){7,18})(?![^\W_])",
    re.ASCII | re.IGNORECASE,
)
_SHAPED = re.compile(r"(?<!\w)(?:ADU|SRN)[-–—]\w{3,5}[-–—]\w{3,7}[-–—]\w{1,2}(?!\w)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberFound:
    """valid: one of ours. mistyped: its check character does not fit. foreign: no number that this register gives."""

    number: str  # as we write it; a foreign one as it was typed
    status: Literal["valid", "mistyped", "foreign"]
    start: int  # where it stands in the message
    end: int

    @property
    def valid(self) -> bool:
        return self.status == "valid"


def make_number(kind: Kind, year: int, number: int) -> str:
    """number: 1 and up, counted by kind and year (the year in Jakarta)."""
    if not (2000 <= year <= 2099 and number >= 1):
        raise ValueError(f"no case number for {number} of {year}")
    counted = f"{year}{number:05d}"
    check = mod_11_2.calc_check_digit(_KIND_DIGIT[kind] + counted)
    return f"{_PREFIX[kind]}-{year}-{number:05d}-{check}"


def find_numbers(text: str) -> list[NumberFound]:
    """Every case number in a message, typed in any case, with spaces or without dashes, with O for 0 and l for 1."""
    dated = _DIGITS.finditer(text) if "2" in text else ()  # there is none without the 2 of its year
    found = [number for match in dated if (number := _judge(match)) is not None]
    for match in _SHAPED.finditer(text):
        if not any(number.start < match.end() and match.start() < number.end for number in found):
            found.append(NumberFound(match.group().upper(), "mistyped", *match.span()))
    return sorted(found, key=lambda number: number.start)


def _judge(match: re.Match[str]) -> NumberFound | None:
    prefix, start = match["prefix"].upper(), match.start()
    kind = next((kind for kind, ours in _PREFIX.items() if OSA.distance(prefix, ours) <= 1), None)
    readings = sorted(_readings(match), key=lambda reading: not reading[2])
    if kind is None or not readings:
        return None
    for body, end, _ in readings:
        if _checks(kind, body):
            return NumberFound(_written(kind, body), "valid" if prefix == _PREFIX[kind] else "mistyped", start, end)
    body, end, _ = next((reading for reading in readings if len(reading[0]) >= 10), readings[-1])
    typed = match.string[start:end]
    if re.search(r"[\W_]\d{6,}$", typed):  # a long last group: there is no check character at all
        return NumberFound(typed, "foreign", start, end)
    return NumberFound(_written(kind, body), "mistyped", start, end)


def _readings(match: re.Match[str]) -> Iterator[tuple[str, int, bool]]:
    """Year, number and check character as one string, where they end, and whether the check character stands apart.

    Shortest first; each ends with a word, because more digits may follow in the sentence.
    """
    body, rest = "", match["rest"]
    for place, character in enumerate(rest):
        if character.isalnum():
            body += character.translate(_LOOKALIKES)
            ends = place + 1 == len(rest) or not (rest[place + 1].isalnum() or rest[place + 1] in "-–—")
            if ends and len(body) >= 7 and re.fullmatch(r"20\d+X?", body):
                yield body, match.start("rest") + place + 1, not rest[place - 1].isalnum()


def _checks(kind: Kind, body: str) -> bool:
    number = body[4:-1]
    counted = len(number) == 5 or (len(number) in (6, 7) and number[0] != "0")
    return counted and int(number) > 0 and mod_11_2.is_valid(_KIND_DIGIT[kind] + body)


def _written(kind: Kind, body: str) -> str:
    return f"{_PREFIX[kind]}-{body[:4]}-{body[4:-1]}-{body[-1]}"


# ---------------------------------------------------------------- access codes

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base 32 without I, L, O and U
_CODE = re.compile(r"(?<![\w-])(?P<left>[0-9A-Z]{4})(?P<gap>[-–— _.]?)(?P<right>[0-9A-Z]{4})(?![\w-])", re.I | re.ASCII)
_CODE_CUE = re.compile(r"(?:kode|akses|pin|code)\w*\W*(?:akses|saya|nya)?\W*$", re.I)


def make_code(random: bytes) -> str:
    """`ABCD-EFGH` out of five random bytes."""
    if len(random) != 5:
        raise ValueError("an access code takes five random bytes")
    value = int.from_bytes(random, "big")
    symbols = "".join(_CROCKFORD[value >> shift & 31] for shift in range(35, -1, -5))
    return f"{symbols[:4]}-{symbols[4:]}"


def normalise_code(typed: str) -> str | None:
    """The code as it was given, or None when it cannot be one: lower case, O for 0, I and L for 1, spaces, no dash."""
    symbols = re.sub(r"[\s\-–—_.]", "", typed).upper().translate(_LOOKALIKES)
    if len(symbols) != 8 or not set(symbols) <= set(_CROCKFORD):
        return None
    return f"{symbols[:4]}-{symbols[4:]}"


def find_codes(text: str) -> list[str]:
    """Access codes in a message: the whole of it, or what looks like one more than like two words."""
    whole = normalise_code(text)
    if whole:
        return [whole]
    codes = []
    for match in _CODE.finditer(text):
        code = normalise_code(match.group())
        symbols = match["left"] + match["right"]
        like_words = symbols.isalpha() and not (match["gap"] == "-" and symbols.isupper())
        if code and (not like_words or _CODE_CUE.search(text[: match.start()])):
            codes.append(code)
    return codes


# ---------------------------------------------------------------- guessing

_WAITS = (timedelta(0), timedelta(0), timedelta(seconds=10), timedelta(seconds=30), timedelta(hours=1))
LOCK = _WAITS[-1]


@dataclass(frozen=True, slots=True)
class CodeGuard:
    """Wrong access codes for one case number. It guards the code path only: the owner's account never passes here."""

    wrong: int = 0
    last_wrong: datetime | None = None

    @classmethod
    def restored(cls, wrong: int, until: datetime | None) -> CodeGuard:
        """From what is kept of it: how often, and until when it blocked (or the last wrong code, if it did not)."""
        wait = _WAITS[min(wrong, len(_WAITS)) - 1] if wrong else timedelta(0)
        return cls(wrong, until - wait if until else None)

    def blocked_until(self) -> datetime | None:
        """Until when no code is even looked at; None when it may be tried at once."""
        if self.last_wrong is None or self.wrong == 0:
            return None
        wait = _WAITS[min(self.wrong, len(_WAITS)) - 1]
        return self.last_wrong + wait if wait else None

    def may_try(self, now: datetime) -> bool:
        until = self.blocked_until()
        return until is None or now >= until

    def after_wrong(self, now: datetime) -> CodeGuard:
        """One more wrong code, counted from nothing when the last one lies an hour back."""
        stale = self.last_wrong is not None and now - self.last_wrong >= LOCK
        return CodeGuard(1 if stale else self.wrong + 1, now)
