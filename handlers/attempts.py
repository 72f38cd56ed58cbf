"""How often a password may be tried: each further wrong one waits longer.

It is counted for a user name as it is tried from one network, so nobody outside can keep an officer out; for a network;
and, for a guesser with many networks, for the name alone, far more freely. A code and the own password of who is signed
in are counted by themselves: only who is that far can use them up.

An attempt is counted before it is looked at and taken back when it was right, so many at once get no further than one
after another. A name that nobody has is counted like any other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.office import Office
from storage import sessions
from storage.sessions import Failures

FIRST_WAIT = timedelta(seconds=5)  # doubled with each further one
LONGEST_WAIT = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)  # without another one


@dataclass(frozen=True, slots=True)
class Limit:
    free: int
    one_forgotten_every: timedelta | None = None  # else all at once, after a quiet hour


ONE_DOOR = Limit(5)
NETWORK = Limit(30, timedelta(minutes=2))  # an office shares one address, and somebody there is always wrong
NAME = Limit(100, timedelta(minutes=2))  # faster than one network may go on guessing, so that it never adds up


@dataclass(frozen=True, slots=True)
class Attempt:
    wait: int = 0  # seconds, when it is too early: then it was not counted, and must not be looked at
    before: Mapping[str, Failures] = field(default_factory=dict)
    counted: Mapping[str, Failures] = field(default_factory=dict)


def begin(office: Office, username: str, network: str) -> Attempt:
    """Count an attempt with a password."""
    return _begin(office, _door(office, username, network))


def begin_code(office: Office, username: str, network: str) -> Attempt:
    """Count an attempt with a code, by who knows the password."""
    return _begin(office, {**_door(office, username, network), _code_key(office, username): ONE_DOOR})


def begin_own(office: Office, token_hash: str) -> Attempt:
    """Count an attempt with the own password, in this session."""
    return _begin(office, {office.keys.look_up("own password", token_hash): ONE_DOOR})


def take_back(tx: Connection, attempt: Attempt) -> None:
    """It was right, as far as it goes: all is as it was. What was wrong before, or meanwhile, still counts."""
    kept = sessions.lock_failures(tx, attempt.before)
    sessions.keep_failures(tx, {key: _without(attempt, key, kept[key]) for key in kept})


def succeeded(tx: Connection, office: Office, attempt: Attempt, username: str, network: str) -> None:
    """It was right, and all that was asked for: this name begins anew in this network. The network does not, or one
    account in it would open the way to guess all others.
    """
    forgotten = [_pair_key(office, username, network), _code_key(office, username)]
    sessions.lock_failures(tx, {*attempt.before, *forgotten})  # all at once: who locks in two goes may lock crosswise
    take_back(tx, attempt)
    sessions.forget_failures(tx, forgotten)


def forget(tx: Connection, office: Office, username: str) -> None:
    """The password is another: the name begins anew in every network."""
    sessions.forget_failures_like(tx, _half(name_key(office, username)))


def name_key(office: Office, username: str) -> str:
    return office.keys.look_up("sign-in name", username)


def network_key(office: Office, network: str) -> str:
    return office.keys.look_up("sign-in network", network)


def _pair_key(office: Office, username: str, network: str) -> str:
    """What belongs to a name begins like the name's own key."""
    return _half(name_key(office, username)) + _half(office.keys.look_up("sign-in pair", network))


def _code_key(office: Office, username: str) -> str:
    return _half(name_key(office, username)) + _half(office.keys.look_up("sign-in code", username))


def _half(key: str) -> str:
    return key[:32]  # 128 bits


def _door(office: Office, username: str, network: str) -> dict[str, Limit]:
    return {
        _pair_key(office, username, network): ONE_DOOR,
        network_key(office, network): NETWORK,
        name_key(office, username): NAME,
    }


def _begin(office: Office, limits: Mapping[str, Limit]) -> Attempt:
    now = office.clock()
    with office.database.transaction() as tx:
        kept = sessions.begin_failures(tx, limits, now)
        before = {
            key: each if each.last_at >= now - FORGOTTEN_AFTER else Failures(0, now) for key, each in kept.items()
        }
        left = {key: _left(before[key], limits[key], now) for key in limits}
        wait = max(_wait(left[key], before[key].last_at, limits[key].free, now) for key in limits)
        if wait:
            return Attempt(math.ceil(wait.total_seconds()))
        counted = {key: Failures(left[key] + 1, now) for key in limits}
        sessions.keep_failures(tx, counted)
        sessions.forget_old_failures(tx, now - FORGOTTEN_AFTER)
    return Attempt(0, before, counted)


def _left(kept: Failures, limit: Limit, now: datetime) -> int:
    if limit.one_forgotten_every is None:
        return kept.count
    return max(0, kept.count - max(0, (now - kept.last_at) // limit.one_forgotten_every))


def _wait(count: int, last_at: datetime, free: int, now: datetime) -> timedelta:
    if count < free:
        return timedelta()
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(count - free, 16)))
    return max(timedelta(), last_at + wait - now)


def _without(attempt: Attempt, key: str, kept: Failures) -> Failures:
    if kept == attempt.counted[key]:
        return attempt.before[key]
    return Failures(max(0, kept.count - 1), kept.last_at)  # others have tried since
