"""Signing in: what opens the door, and what slows a guesser down."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers import accounts, attempts, signing_in
from handlers.account_problems import AccountError
from handlers.accounts import SignedIn, session_of
from handlers.signing_in import NewSession, Throttled, Wrong
from storage import officers
from tests.offices import Desk, desk_at
from tests.storage.fresh import NOW

PASSWORD = "pagi hari di waduk"
NETWORK = "192.0.2.1"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """With an officer `budi`, whose password is PASSWORD."""
    with desk_at(tmp_path, "empty") as desk:
        accounts.add_officer(desk.office, username="budi", name="Budi", role="officer", password=PASSWORD)
        yield desk


def attempt(desk: Desk, username: str = "budi", password: str = PASSWORD, network: str = NETWORK) -> object:
    return signing_in.sign_in(desk.office, username, password, network, "Firefox di Linux")


def enter(desk: Desk, username: str = "budi") -> NewSession:
    new = attempt(desk, username)
    assert isinstance(new, NewSession)
    return new


def who(desk: Desk, token: str) -> SignedIn | None:
    with desk.office.database.reader() as conn:
        return session_of(conn, desk.office, token)


def wait_for(desk: Desk, username: str = "budi", network: str = NETWORK) -> int:
    """Begin an attempt without comparing a password. Returns how long it has to wait."""
    return attempts.begin(desk.office, username, network).wait


# ------------------------------------------------------------ sessions


def test_the_right_password_opens_a_session_that_the_database_cannot_give_away(desk: Desk, tmp_path: Path) -> None:
    new = enter(desk)
    assert len(new.token) == 43  # 256 bits
    assert who(desk, new.token) == new.signed_in
    assert (new.signed_in.actor.name, new.signed_in.actor.role) == ("Budi", "officer")
    assert not any(new.token.encode() in path.read_bytes() for path in tmp_path.glob("pasti.db*"))
    assert who(desk, new.signed_in.token_hash) is None
    assert enter(desk).token != new.token


def test_a_user_name_may_be_typed_as_phones_type_it(desk: Desk) -> None:
    assert isinstance(attempt(desk, " Budi "), NewSession)


@pytest.mark.parametrize("token", ["", "x", "x" * 4000, "\udcff", "\x00", "' OR 1=1 --"])
def test_no_other_token_is_one(desk: Desk, token: str) -> None:
    assert who(desk, token) is None


def test_a_session_ends_after_a_quiet_while_and_after_a_week(desk: Desk) -> None:
    quiet, busy = enter(desk), enter(desk)
    desk.clock.now += timedelta(hours=12) - timedelta(seconds=1)
    assert who(desk, quiet.token)
    accounts.seen(desk.office, busy.signed_in.token_hash)
    desk.clock.now += timedelta(seconds=1)
    assert who(desk, quiet.token) is None
    while who(desk, busy.token):
        accounts.seen(desk.office, busy.signed_in.token_hash)
        desk.clock.now += timedelta(hours=1)
    assert desk.clock.now - NOW == timedelta(days=7)
    enter(desk)
    with desk.office.database.reader() as conn:
        assert conn.scalar(text("SELECT count(*) FROM sessions")) == 1  # what has ended is forgotten


def test_sessions_end_one_by_one_or_all_others(desk: Desk) -> None:
    here, phone, tablet = enter(desk), enter(desk), enter(desk)
    accounts.add_officer(desk.office, username="euis", name="Euis", role="officer", password=PASSWORD)
    euis = enter(desk, "euis")
    accounts.end_session(desk.office, here.signed_in, euis.signed_in.token_hash)
    assert who(desk, euis.token)  # somebody else's
    accounts.end_session(desk.office, here.signed_in, phone.signed_in.token_hash)
    assert [bool(who(desk, each.token)) for each in (here, phone, tablet)] == [True, False, True]
    accounts.end_other_sessions(desk.office, here.signed_in)
    assert [bool(who(desk, each.token)) for each in (here, tablet, euis)] == [True, False, True]
    signing_in.sign_out(desk.office, here.signed_in)
    assert who(desk, here.token) is None


# ------------------------------------------------------------ what is wrong


def test_it_is_never_said_what_was_wrong(desk: Desk) -> None:
    office = desk.office
    accounts.add_officer(office, username="bupati", name="Bupati", role="outside_superior")
    accounts.add_officer(office, username="euis", name="Euis", role="officer", password=PASSWORD)
    with office.database.reader() as conn:
        euis = officers.by_username(conn, "euis")
        assert euis
        facts = accounts.facts_of(conn, euis)
    accounts.update_officer(office, euis.id, accounts.Facts(facts.name, facts.role, active=False))
    for username, password in (
        ("budi", "bukan ini"),
        ("budi", ""),
        ("budi", "x" * 100_000),
        ("siapa", PASSWORD),
        ("euis", PASSWORD),
        ("bupati", ""),
        ("", ""),
        ("%_*", PASSWORD),
    ):
        assert attempt(desk, username, password) == Wrong()


@pytest.mark.parametrize("username", ["budi", "nobody.at.all"])
def test_each_further_wrong_one_waits_longer(desk: Desk, username: str) -> None:
    assert [wait_for(desk, username) for _ in range(6)] == [0, 0, 0, 0, 0, 5]
    waits = []
    for _ in range(8):
        waits.append(wait_for(desk, username))
        desk.clock.now += timedelta(seconds=waits[-1])
        assert wait_for(desk, username) == 0
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    desk.clock.now += timedelta(hours=1, seconds=1)
    assert [wait_for(desk, username) for _ in range(6)] == [0, 0, 0, 0, 0, 5]


def test_a_network_that_tries_many_names_waits_too(desk: Desk) -> None:
    assert [wait_for(desk, f"nama{n}") for n in range(31)] == [0] * 30 + [5]
    assert attempt(desk) == Throttled(5)
    assert wait_for(desk, network="198.51.100.7") == 0


def test_who_is_made_to_wait_is_not_even_looked_at(desk: Desk) -> None:
    for _ in range(5):
        wait_for(desk)
    assert attempt(desk) == Throttled(5)
    desk.clock.now += timedelta(seconds=5)
    assert isinstance(attempt(desk), NewSession)
    assert [wait_for(desk) for _ in range(6)] == [0, 0, 0, 0, 0, 5]  # it began anew


def test_many_at_once_get_no_further_than_one_after_another(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: attempt(desk, password=f"tebakan {n}"), range(8)))
    assert [found.count(Wrong()), found.count(Throttled(5))] == [5, 3]


def test_what_is_counted_names_nobody(desk: Desk) -> None:
    wait_for(desk, "asep.sunandar")
    with desk.office.database.reader() as conn:
        keys = list(conn.scalars(text("SELECT key FROM sign_in_failures")))
    assert len(keys) == 3
    assert all(len(key) == 64 for key in keys)


OUTSIDE = "203.0.113.9"


def guess_all_day(desk: Desk) -> None:
    """Somebody outside, as fast as they are let, for a day."""
    for _ in range(24 * 12):
        while not wait_for(desk, network=OUTSIDE):
            pass
        desk.clock.now += timedelta(minutes=5)


def test_nobody_outside_keeps_an_officer_out(desk: Desk) -> None:
    signed_in = enter(desk).signed_in
    guess_all_day(desk)
    assert isinstance(attempt(desk, network=OUTSIDE), NewSession)  # the longest wait is over there, too
    while not wait_for(desk, network=OUTSIDE):
        pass
    assert attempt(desk, network=OUTSIDE) == Throttled(5)
    assert isinstance(attempt(desk), NewSession)
    accounts.set_password(desk.office, signed_in, "senja di tepi waduk", PASSWORD)


def test_the_own_password_is_guessed_no_faster_and_keeps_nobody_from_the_door(desk: Desk) -> None:
    here, phone = enter(desk).signed_in, enter(desk).signed_in
    found = []
    for password in (*["bukan ini"] * 5, PASSWORD):
        with pytest.raises(AccountError) as error:
            accounts.set_password(desk.office, here, "senja di tepi waduk", password)
        found.append(error.value.problem)
    assert found == ["password_wrong"] * 5 + ["password_too_often"]
    assert isinstance(attempt(desk), NewSession)
    accounts.set_password(desk.office, phone, "senja di tepi waduk", PASSWORD)


def test_a_name_that_many_networks_try_waits_at_last(desk: Desk) -> None:
    assert [wait_for(desk, network=f"198.51.100.{n}") for n in range(101)] == [0] * 100 + [5]
    assert attempt(desk) == Throttled(5)
    desk.clock.now += timedelta(minutes=10)
    assert [wait_for(desk, network=f"192.0.2.{n}") for n in range(100, 106)] == [0] * 5 + [5]  # 5 were forgotten


def test_who_is_right_is_not_counted_for_the_network(desk: Desk) -> None:
    for n in range(30):
        wait_for(desk, f"nama{n}")
    desk.clock.now += timedelta(seconds=6)
    before = network_row(desk)
    for _ in range(3):
        enter(desk)
        assert network_row(desk) == before
        desk.clock.now += timedelta(minutes=10)


def test_two_that_are_right_at_once_are_both_taken_back(desk: Desk) -> None:
    office = desk.office
    first, wrong, last = (attempts.begin(office, "budi", NETWORK) for _ in range(3))
    assert not wrong.wait
    with office.database.transaction() as tx:
        attempts.take_back(tx, first)
        attempts.take_back(tx, last)
    assert [wait_for(desk) for _ in range(5)] == [0, 0, 0, 0, 5]  # the wrong one still counts


def test_a_new_password_begins_anew_in_every_network(desk: Desk) -> None:
    officer_id = enter(desk).signed_in.actor.id
    for network in (NETWORK, OUTSIDE):
        while not wait_for(desk, network=network):
            pass
    given = accounts.reset_password(desk.office, officer_id)
    assert isinstance(attempt(desk, password=given), NewSession)
    assert isinstance(attempt(desk, password=given, network=OUTSIDE), NewSession)


def network_row(desk: Desk) -> object:
    with desk.office.database.reader() as conn:
        query = text("SELECT count, last_at FROM sign_in_failures WHERE key = :key")
        return conn.execute(query, {"key": attempts.network_key(desk.office, NETWORK)}).one()


def test_failures_are_kept_by_the_thousand_and_forgotten(desk: Desk) -> None:
    for n in range(20):
        wait_for(desk, f"nama{n}", f"192.0.2.{n}")
    desk.clock.now += accounts.LONGEST
    wait_for(desk)
    with desk.office.database.reader() as conn:
        keys = set(conn.scalars(text("SELECT key FROM sign_in_failures")))
    assert len(keys) == 3
    assert {attempts.name_key(desk.office, "budi"), attempts.network_key(desk.office, NETWORK)} < keys
