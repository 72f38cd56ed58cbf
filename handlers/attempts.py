"""How often a password may be tried: counted for a user name and for a network, each further wrong one waits longer.

An attempt is counted before it is looked at and taken back when it was right, so many at once get no further than one
after another. A name that nobody has is counted like any other.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.office import Office
from storage import sessions

FREE_BY_NAME = 5
FREE_BY_NETWORK = 30  # an office shares one address
FIRST_WAIT = timedelta(seconds=5)  # doubled with each further one
LONGEST_WAIT = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)  # without another one


def begin(office: Office, username: str, network: str) -> int:
    """Count an attempt. Returns 0, or the seconds to wait when it is too early; then it must not be looked at."""
    now = office.clock()
    free = {name_key(office, username): FREE_BY_NAME, network_key(office, network): FREE_BY_NETWORK}
    with office.database.transaction() as tx:
        sessions.forget_old_failures(tx, now - FORGOTTEN_AFTER)
        kept = sessions.failures_of(tx, free)
        wait = max((_wait(*kept[key], free[key], now) for key in kept), default=timedelta())
        if not wait:
            sessions.count_failure(tx, free, now)
    return math.ceil(wait.total_seconds())


def take_back(tx: Connection, office: Office, username: str, network: str) -> None:
    """It was right, as far as it goes; what was wrong before still counts."""
    sessions.take_back_failure(tx, [name_key(office, username), network_key(office, network)])


def succeeded(tx: Connection, office: Office, username: str, network: str) -> None:
    """It was right, and all that was asked for: the name begins anew. The network does not, or one account in it would
    open the way to guess all others.
    """
    take_back(tx, office, username, network)
    sessions.forget_failures(tx, name_key(office, username))


def name_key(office: Office, username: str) -> str:
    return office.keys.look_up("sign-in name", username)


def network_key(office: Office, network: str) -> str:
    return office.keys.look_up("sign-in network", network)


def _wait(count: int, last_at: datetime, free: int, now: datetime) -> timedelta:
    if count < free:
        return timedelta()
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(count - free, 16)))
    return max(timedelta(), last_at + wait - now)
