"""Signing in: a password, and a code where the officer has a second factor. Each wrong one makes the next wait longer.

What is wrong is never said: a name that nobody has takes as long, and is answered alike.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import accounts, attempts, passwords
from handlers.access import Actor
from handlers.accounts import SignedIn
from handlers.attempts import Attempt
from handlers.office import Office
from handlers.second_factor import use_code
from storage import officers, sessions
from storage.models import Officer
from storage.sealed import SealError
from storage.sessions import SessionRow

PATIENCE = timedelta(minutes=5)  # between the password and the code


@dataclass(frozen=True, slots=True)
class NewSession:
    token: str  # for the cookie; the database has its hash
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Wrong:
    """The name, the password, or the code."""


@dataclass(frozen=True, slots=True)
class Throttled:
    seconds: int  # to wait


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password was right. The ticket, sealed, stands for it until the code comes."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TooLate:
    """The ticket is no longer good: from the start."""


def sign_in(
    office: Office, username: str, password: str, network: str, device: str
) -> NewSession | NeedsCode | Wrong | Throttled:
    """Two short transactions, and between them the costly comparison: for a thread, and not the writer's."""
    username = username.strip().lower()
    attempt = attempts.begin(office, username, network)
    if attempt.wait:
        return Throttled(attempt.wait)
    with office.database.reader() as conn:
        officer = officers.by_username(conn, username)
    kept = officer.password_hash if officer and accounts.may_sign_in(officer) else None
    if not passwords.matches(kept, password) or officer is None:
        return Wrong()
    if officer.totp_sealed:
        with office.database.transaction() as tx:
            attempts.take_back(tx, attempt)
        return NeedsCode(_ticket(office, officer))
    return _admit(office, officer, attempt, network, device) or Wrong()


def enter_code(
    office: Office, ticket: str, code: str, network: str, device: str
) -> NewSession | Wrong | Throttled | TooLate:
    """The second step."""
    officer = _holder(office, ticket)
    if officer is None:
        return TooLate()
    attempt = attempts.begin_code(office, officer.username, network)
    if attempt.wait:
        return Throttled(attempt.wait)
    return _admit(office, officer, attempt, network, device, code) or Wrong()


def sign_out(office: Office, who: SignedIn) -> None:
    accounts.end_session(office, who, who.token_hash)


def _admit(
    office: Office, known: Officer, attempt: Attempt, network: str, device: str, code: str | None = None
) -> NewSession | None:
    """A session, where nothing about the account has changed since it was looked at, and the code is right."""
    token = urlsafe_b64encode(office.random(32)).decode().rstrip("=")
    now = office.clock()
    with office.database.transaction() as tx:
        officer = officers.locked(tx, known.id)
        if officer is None or not accounts.may_sign_in(officer) or officer.password_hash != known.password_hash:
            return None
        if officer.totp_sealed:
            used = use_code(office.keys, officer.totp_sealed, code or "", now)
            if used is None:
                return None
            officers.change(tx, officer.id, {"totp_sealed": used})
        sessions.forget_ended(tx, now, now - accounts.IDLE)
        session = SessionRow(accounts.hash_of(token), officer.id, now, now, now + accounts.LONGEST, device)
        sessions.add(tx, session)
        attempts.succeeded(tx, office, attempt, officer.username, network)
    actor = Actor(officer.id, officer.name, officer.role, officer.username)
    return NewSession(
        token, SignedIn(actor, session.token_hash, officer.password_temporary, now, now, session.expires_at)
    )


def _ticket(office: Office, officer: Officer) -> str:
    """Good for a while, and only until the password is another."""
    return office.keys.seal("sign-in", f"{officer.id} {_print_of(officer)} {office.clock().isoformat()}")


def _holder(office: Office, ticket: str) -> Officer | None:
    try:
        id_, print_, at = office.keys.open("sign-in", ticket).split(" ")
    except SealError:
        return None
    if office.clock() - datetime.fromisoformat(at) > PATIENCE:
        return None
    with office.database.reader() as conn:
        officer = officers.by_id(conn, int(id_))
    return officer if officer and accounts.may_sign_in(officer) and _print_of(officer) == print_ else None


def _print_of(officer: Officer) -> str:
    return hashlib.sha256((officer.password_hash or "").encode()).hexdigest()[:16]
