"""Passwords of officers: what they must be, how they are kept (argon2id), and those that are given for one time. Pure.

Hashing takes a tenth of a second and 64 MB: never inside a transaction, and never on the event loop.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Literal

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200  # characters
Fault = Literal["password_short", "password_long", "password_is_name"]

_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # without i, l and o, which look like others
_GROUPS, _OF = 4, 4  # 16 letters are 72 bits
COSTS = profiles.RFC_9106_LOW_MEMORY

hasher = PasswordHasher.from_parameters(COSTS)


def fault(password: str, username: str) -> Fault | None:
    """Why it cannot be taken."""
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    return "password_is_name" if password.casefold() == username.casefold() else None


def hashed(password: str) -> str:
    return hasher.hash(_bytes(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of this hash. It takes as long where there is none."""
    try:
        return hasher.verify(kept or _nobody(), _bytes(password[: LONGEST + 1])) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def one_time(random: Callable[[int], bytes]) -> str:
    """A password to read out: `kqtm-wzrp-hvna-dsey`."""
    number = int.from_bytes(random(16))
    letters = []
    for _ in range(_GROUPS * _OF):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "-".join("".join(letters[start : start + _OF]) for start in range(0, len(letters), _OF))


def _bytes(password: str) -> bytes:
    """Also of half a surrogate, which some character sets can write; left out, it would make two passwords one."""
    return password.encode("utf-8", "surrogatepass")


def _nobody() -> str:
    """A hash that no password has, and that costs as much to compare."""
    salt, digest = (b64encode(bytes(n)).decode().rstrip("=") for n in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"
