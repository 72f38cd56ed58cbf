"""Officers' accounts: made, changed, given another password; and who a session belongs to.

Everything that changes an account is an office event, and none of them tells a secret. The last admin stays one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from handlers import attempts, officer_telegram, passwords
from handlers.access import Actor, NotFoundError, require
from handlers.account_problems import LONGEST_NAME, AccountError
from handlers.case_leaving import leave_cases
from handlers.office import Office
from handlers.permissions import ROLES
from storage import office_events, officers, sessions
from storage.models import Agency, Officer
from storage.office_events import OfficeEventRow

IDLE = timedelta(hours=12)  # without a page asked for
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)  # a session's last use is written no more often
OUTSIDE = "outside_superior"  # stands above the head, and does not sign in


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An officer and the session in which they act."""

    actor: Actor
    token_hash: str
    temporary_password: bool
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What an admin keeps of an officer."""

    name: str
    role: str
    agency: str = ""
    position: str = ""
    superior_id: int | None = None
    deputy_id: int | None = None
    deputy_from: date | None = None
    deputy_until: date | None = None  # the last day, included
    active: bool = True


# ------------------------------------------------------------ accounts


def add_officer(
    office: Office,
    *,
    username: str,
    name: str,
    role: str,
    password: str | None = None,
    agency: str = "",
    position: str = "",
    by: Actor | None = None,
) -> str:
    """A new account. Returns the one-time password when none is given; empty for who does not sign in.

    by: the admin; None: the command line. Raises AccountError, NotAllowedError.
    """
    _require(by)
    if not re.fullmatch(r"[a-z0-9.]{3,32}", username):
        raise AccountError("username")
    name, position = _checked_name(name), _line(position)
    _check_role(role)
    given, kept = _first_password(office, username, role, password)
    with office.database.transaction(alone="officers") as tx:
        if officers.by_username(tx, username):
            raise AccountError("username_taken")
        officer = Officer(
            id=office.new_id(),
            name=name,
            username=username,
            role=role,
            agency_id=_agency(tx, office, agency, role),
            position=position,
            password_hash=kept,
            password_temporary=bool(given),
        )
        officers.add(tx, officer)
        record(tx, office, by, "officer_added", username, after=_told(tx, officer))
    return given


def first_admin(office: Office) -> str | None:
    """Where nobody has an account yet, one `admin` is made; returns their one-time password."""
    with office.database.reader() as conn:
        if officers.are_there(conn):
            return None
    try:
        return add_officer(office, username="admin", name="Admin", role="admin")
    except AccountError:
        return None  # another process, which begins just now too, was first


def update_officer(office: Office, officer_id: int, facts: Facts, *, by: Actor | None = None) -> None:
    """Keeps the facts of an officer. Another role, and leaving, end their sessions, and take their cases from them.

    Raises AccountError, NotFoundError, NotAllowedError.
    """
    _require(by)
    name, position = _checked_name(facts.name), _line(facts.position)
    _check_role(facts.role)
    with office.database.transaction(alone="officers") as tx:
        admins = officers.lock_active(tx, "admin")
        officer = _locked(tx, officer_id)
        if admins == [officer_id] and (facts.role != "admin" or not facts.active):
            raise AccountError("last_admin")
        known = facts_of(tx, officer)  # what stays as it is may have become wrong meanwhile
        if facts.superior_id != known.superior_id:
            _check_superior(tx, officer_id, facts.superior_id)
        if _deputy(facts) != _deputy(known):
            _check_deputy(tx, officer_id, facts)
        changed = {
            "name": name,
            "role": facts.role,
            "position": position,
            "agency_id": _agency(tx, office, facts.agency, facts.role),
            "superior_id": facts.superior_id,
            "deputy_id": facts.deputy_id,
            "deputy_from": facts.deputy_from if facts.deputy_id else None,
            "deputy_until": facts.deputy_until if facts.deputy_id else None,
            "active": facts.active,
        }
        if facts.role == OUTSIDE:
            changed |= {"password_hash": None, "password_temporary": False, "totp_sealed": None}
        before = _told(tx, officer)
        officers.change(tx, officer_id, changed)
        after = _told(tx, _locked(tx, officer_id))
        if before == after:
            return
        if not facts.active or facts.role != officer.role:
            sessions.end_all(tx, officer_id)
            leave_cases(tx, office, officer_id, facts.role if facts.active else None, by)
        record(tx, office, by, "officer_changed", officer.username, *_difference(before, after))
        if not facts.active or facts.role == OUTSIDE:
            officer_telegram.end(tx, office, officer_id, "telegram_unlinked", by=by.id if by else None)


def facts_of(conn: Connection, officer: Officer) -> Facts:
    """As they are kept now, to change some of them."""
    agency = next((each.name for each in officers.every_agency(conn) if each.id == officer.agency_id), "")
    same = {each.name: getattr(officer, each.name) for each in fields(Facts) if each.name != "agency"}
    return Facts(agency=agency, **same)


# ------------------------------------------------------------ passwords


def reset_password(
    office: Office, officer_id: int, *, by: Actor | None = None, without_second_factor: bool = False
) -> str:
    """A new one-time password, which is returned; ends all their sessions. Raises AccountError, NotFoundError."""
    _require(by)
    given = passwords.one_time(office.random)
    kept = passwords.hashed(given)
    with office.database.transaction() as tx:
        officer = _locked(tx, officer_id)
        if officer.role == OUTSIDE:
            raise AccountError("outside")
        changed: dict[str, Any] = {"password_hash": kept, "password_temporary": True}
        if without_second_factor:
            changed["totp_sealed"] = None
        officers.change(tx, officer_id, changed)
        sessions.end_all(tx, officer_id)
        attempts.forget(tx, office, officer.username)
        record(tx, office, by, "password_reset", officer.username)
        if without_second_factor and officer.totp_sealed:
            record(tx, office, by, "second_factor_off", officer.username)
    return given


def set_password(office: Office, who: SignedIn, new: str, current: str | None = None) -> None:
    """The officer's own choice; ends their other sessions. The current one is asked for, but not a temporary one.

    Raises AccountError.
    """
    if fault := passwords.fault(new, who.actor.username):
        raise AccountError(fault)
    kept = check_own_password(office, who, current) if not who.temporary_password else _kept(office, who)
    if passwords.matches(kept, new):
        raise AccountError("password_same")
    new_hash = passwords.hashed(new)
    with office.database.transaction() as tx:
        if _locked(tx, who.actor.id).password_hash != kept:
            raise AccountError("password_wrong")  # it was reset meanwhile
        officers.change(tx, who.actor.id, {"password_hash": new_hash, "password_temporary": False})
        sessions.end_all(tx, who.actor.id, but=who.token_hash)
        record(tx, office, who.actor, "password_changed", who.actor.username)


def check_own_password(office: Office, who: SignedIn, password: str | None) -> str | None:
    """Returns the hash that it belongs to. Guessing is slowed down as at the door, but apart from it: what a stranger
    tries there keeps nobody from this. Raises AccountError.
    """
    attempt = attempts.begin_own(office, who.token_hash)
    if attempt.wait:
        raise AccountError("password_too_often")
    kept = _kept(office, who)
    if not passwords.matches(kept, password or ""):
        raise AccountError("password_wrong")
    with office.database.transaction() as tx:
        attempts.take_back(tx, attempt)
    return kept


# ------------------------------------------------------------ sessions


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def session_of(conn: Connection, office: Office, token: str) -> SignedIn | None:
    """Whose session this is; None when it has ended, was never one, or its officer has left."""
    session = sessions.by_hash(conn, hash_of(token)) if token else None
    now = office.clock()
    if session is None or now >= session.expires_at or now >= session.seen_at + IDLE:
        return None
    officer = officers.by_id(conn, session.officer_id)
    if officer is None or not may_sign_in(officer):
        return None
    return SignedIn(
        Actor(officer.id, officer.name, officer.role, officer.username),
        session.token_hash,
        officer.password_temporary,
        session.created_at,
        session.seen_at,
        session.expires_at,
    )


def may_sign_in(officer: Officer) -> bool:
    return officer.active and officer.role != OUTSIDE and officer.password_hash is not None


def seen(office: Office, token_hash: str) -> None:
    with office.database.transaction() as tx:
        sessions.seen(tx, token_hash, office.clock())


def end_session(office: Office, who: SignedIn, token_hash: str) -> None:
    """One of the officer's own."""
    with office.database.transaction() as tx:
        sessions.end(tx, token_hash, who.actor.id)


def end_other_sessions(office: Office, who: SignedIn) -> None:
    with office.database.transaction() as tx:
        sessions.end_all(tx, who.actor.id, but=who.token_hash)


# ------------------------------------------------------------ the small print


def record(
    tx: Connection,
    office: Office,
    by: Actor | None,
    kind: str,
    subject: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    event = OfficeEventRow(office.new_id(), office.clock(), by.id if by else None, kind, subject, before, after)
    office_events.add(tx, event)


def _require(by: Actor | None) -> None:
    if by is not None:
        require(by, "officers.keep")


def _locked(tx: Connection, officer_id: int) -> Officer:
    officer = officers.locked(tx, officer_id)
    if officer is None:
        raise NotFoundError(officer_id)
    return officer


def _kept(office: Office, who: SignedIn) -> str | None:
    with office.database.reader() as conn:
        officer = officers.by_id(conn, who.actor.id)
    return officer.password_hash if officer else None


def _first_password(office: Office, username: str, role: str, password: str | None) -> tuple[str, str | None]:
    """The one to read out, and the hash to keep."""
    if role == OUTSIDE:
        if password is not None:
            raise AccountError("outside")
        return "", None
    if password is None:
        given = passwords.one_time(office.random)
        return given, passwords.hashed(given)
    if fault := passwords.fault(password, username):
        raise AccountError(fault)
    return "", passwords.hashed(password)


def _line(text: str) -> str:
    """On one line, without what does not print."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_NAME]


def _checked_name(name: str) -> str:
    if not _line(name) or len(name) > LONGEST_NAME:
        raise AccountError("name")
    return _line(name)


def _check_role(role: str) -> None:
    if role not in (*ROLES, OUTSIDE):
        raise AccountError("role")


def _agency(tx: Connection, office: Office, name: str, role: str) -> int | None:
    """The agency of this name; a new one is of the kind that the role belongs to."""
    name = _line(name)
    if not name:
        return None
    if agency := officers.agency_named(tx, name):
        return agency.id
    kind = {"inspector": "inspectorate", "technical_team": "other", OUTSIDE: "other"}.get(role, "own")
    agency = Agency(id=office.new_id(), name=name, kind=kind)
    officers.add_agency(tx, agency)
    return agency.id


def _check_superior(tx: Connection, officer_id: int, superior_id: int | None) -> None:
    """Up the line one comes to nobody twice."""
    above, met = superior_id, {officer_id}
    while above is not None:
        superior = officers.by_id(tx, above)
        if superior is None:
            raise AccountError("superior")
        if above in met:
            raise AccountError("superior_circle")
        met.add(above)
        above = superior.superior_id


def _deputy(facts: Facts) -> tuple[int | None, date | None, date | None]:
    return facts.deputy_id, facts.deputy_from, facts.deputy_until


def _check_deputy(tx: Connection, officer_id: int, facts: Facts) -> None:
    if facts.deputy_id is None:
        return
    deputy = officers.by_id(tx, facts.deputy_id)
    if deputy is None or deputy.id == officer_id or not deputy.active or deputy.role == OUTSIDE:
        raise AccountError("deputy")
    if facts.deputy_from is None or facts.deputy_until is None or facts.deputy_from > facts.deputy_until:
        raise AccountError("deputy_days")


def _told(conn: Connection, officer: Officer) -> dict[str, Any]:
    """What an event tells of an officer: by user names, and nothing that opens a door."""
    facts = facts_of(conn, officer)
    told: dict[str, Any] = {"name": facts.name, "role": facts.role, "active": facts.active}
    told |= {"agency": facts.agency, "position": facts.position}
    for key, id_ in (("superior", facts.superior_id), ("deputy", facts.deputy_id)):
        other = officers.by_id(conn, id_) if id_ else None
        told[key] = other.username if other else ""
    days = (facts.deputy_from, facts.deputy_until)
    return {**told, "deputy_days": " – ".join(day.isoformat() for day in days if day)}


def _difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changed = [key for key in after if after[key] != before[key]]
    return {key: before[key] for key in changed}, {key: after[key] for key in changed}
