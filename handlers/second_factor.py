"""The second factor: six digits of an authenticator app (TOTP, RFC 6238), each good for one time.

Beside the secret, under the same seal, stands the counter of the last code that was taken.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from handlers.access import Actor, NotFoundError, require
from handlers.account_problems import AccountError
from handlers.accounts import SignedIn, check_own_password, record
from handlers.office import Office
from storage import officers
from storage.sealed import Sealer, SealError

ISSUER = "PASTI Purwakarta"
PATIENCE = timedelta(minutes=15)  # between the QR code and the first code


@dataclass(frozen=True, slots=True)
class Draft:
    """A second factor that is not on yet: what the app reads, and the same sealed, to be handed back with a code."""

    sealed: str
    secret: str
    address: str  # otpauth://…, for the QR code


def draft(office: Office, who: SignedIn, sealed: str = "") -> Draft:
    """A new one, or the one that was shown before."""
    secret = _drafted(office, who, sealed) if sealed else b32encode(office.random(20)).decode()
    at = office.clock().isoformat()
    address = pyotp.TOTP(secret).provisioning_uri(name=who.actor.username, issuer_name=ISSUER)
    return Draft(sealed or office.keys.seal("totp draft", f"{secret} {who.actor.id} {at}"), secret, address)


def switch_on(office: Office, who: SignedIn, sealed: str, code: str) -> None:
    """Once the app has shown a right code. One that is on already is only replaced by who can switch it off first.

    Raises AccountError.
    """
    kept = office.keys.seal("totp", f"{_drafted(office, who, sealed)} 0")
    used = use_code(office.keys, kept, code, office.clock())
    if used is None:
        raise AccountError("code_wrong")
    with office.database.transaction() as tx:
        officer = officers.locked(tx, who.actor.id)
        if officer is None:
            raise NotFoundError(who.actor.id)
        if officer.totp_sealed:
            raise AccountError("code_on")
        officers.change(tx, who.actor.id, {"totp_sealed": used})
        record(tx, office, who.actor, "second_factor_on", who.actor.username)


def switch_off(office: Office, who: SignedIn, password: str) -> None:
    """By the officer, with the password. Raises AccountError."""
    check_own_password(office, who, password)
    _off(office, who.actor.id, who.actor)


def switch_off_for(office: Office, officer_id: int, *, by: Actor) -> None:
    """By an admin, for who has lost the app."""
    require(by, "officers.keep")
    _off(office, officer_id, by)


def use_code(keys: Sealer, kept: str, code: str, now: datetime) -> str | None:
    """The second factor after this code was used, to be kept instead; None when the code is wrong or used up.

    The code before and the one after are right too: telephones' clocks differ by a few seconds.
    """
    try:
        secret, used = keys.open("totp", kept).split(" ")
    except SealError:
        return None  # sealed with another key: an admin has to switch it off
    app = pyotp.TOTP(secret)
    current = app.timecode(now)
    given = "".join(code.split()).encode()
    for counter in range(max(current - 1, int(used) + 1), current + 2):
        if hmac.compare_digest(app.generate_otp(counter).encode(), given):
            return keys.seal("totp", f"{secret} {counter}")
    return None


def _off(office: Office, officer_id: int, by: Actor) -> None:
    with office.database.transaction() as tx:
        officer = officers.locked(tx, officer_id)
        if officer is None:
            raise NotFoundError(officer_id)
        if officer.totp_sealed:
            officers.change(tx, officer_id, {"totp_sealed": None})
            record(tx, office, by, "second_factor_off", officer.username)


def _drafted(office: Office, who: SignedIn, sealed: str) -> str:
    """The secret of a draft of this officer."""
    try:
        secret, id_, at = office.keys.open("totp draft", sealed).split(" ")
    except SealError:
        raise AccountError("code_late") from None
    if int(id_) != who.actor.id or office.clock() - datetime.fromisoformat(at) > PATIENCE:
        raise AccountError("code_late")
    return secret
