"""Columns that are encrypted at rest: phone, email, address, NIK.

AES-256-GCM with a random nonce; the column's name is bound in, so a value moved to another column does not open. A row
is found by such a value through a keyed hash beside it (HMAC-SHA256) of its one spelling: `0812 34` is `+62 812-34`.
Both keys derive from SECRET_KEY, which lies outside the database: a copy of the database alone tells neither.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from phonenumbers import NumberParseException, PhoneNumberFormat

NONCE = 12  # bytes, as AES-GCM wants them
SECRET_FILE = "secret.key"  # noqa: S105 - the name of a file


class SealError(ValueError):
    """A secret that cannot be used, or a value that this secret did not seal."""


class Sealer:
    """Seals and opens values of columns, and hashes them for looking up."""

    def __init__(self, secret: str) -> None:
        if not secret.strip():
            raise SealError("SECRET_KEY is empty")
        self._cipher = AESGCM(_derive(secret, "seal"))
        self._hash_key = _derive(secret, "look up")

    def seal(self, column: str, value: str) -> str:
        nonce = os.urandom(NONCE)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, value.encode(), column.encode())).decode()

    def open(self, column: str, sealed: str) -> str:
        """Raises SealError when it was sealed with another secret, for another column, or was changed."""
        try:
            raw = urlsafe_b64decode(sealed)
            return self._cipher.decrypt(raw[:NONCE], raw[NONCE:], column.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealError(f"{column} does not open with this SECRET_KEY") from error

    def look_up(self, column: str, value: str) -> str:
        """The keyed hash under which a value of this column is found: 64 hexadecimal digits."""
        message = f"{column}\0{normalised(column, value)}".encode()
        return hmac.new(self._hash_key, message, hashlib.sha256).hexdigest()


def normalised(column: str, value: str) -> str:
    """One spelling for what is the same: `0812-3456` and `+62 812 3456`, `Yayat@Contoh.id` and `yayat@contoh.id`."""
    if column == "phone":
        with suppress(NumberParseException):
            return phonenumbers.format_number(phonenumbers.parse(value, "ID"), PhoneNumberFormat.E164)
    if column == "nik":
        return re.sub(r"\D", "", value)
    return " ".join(value.casefold().split())


def load_or_make_secret(data_dir: Path, configured: str | None) -> str:
    """SECRET_KEY as it was set, else the one kept in `data_dir`, made on first use and readable by its owner alone."""
    if configured:
        return configured
    path = data_dir / SECRET_FILE
    try:
        if not path.exists():
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_secret(path)
        secret = path.read_text().strip()
    except OSError as error:
        raise SealError(f"The secret key {path} cannot be read or made: {error.strerror}") from error
    if not secret:
        raise SealError(f"The secret key {path} is empty: restore it from a backup, or nothing sealed with it opens")
    return secret


def _make_secret(path: Path) -> None:
    """Whole or not at all, and never over another process's: a name is linked only when the bytes are on the disk."""
    with NamedTemporaryFile(dir=path.parent) as draft:  # mode 0600
        draft.write(urlsafe_b64encode(os.urandom(32)))
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name too, before anything is sealed with it
    finally:
        os.close(folder)


def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"pasti: {purpose}".encode()).derive(secret.encode())
