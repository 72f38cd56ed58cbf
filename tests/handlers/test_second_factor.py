"""The second factor: codes of an app that are good once, and slowed down like passwords."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import accounts, second_factor, signing_in
from handlers.access import Actor, NotAllowedError
from handlers.account_problems import AccountError
from handlers.accounts import SignedIn
from handlers.signing_in import NeedsCode, NewSession, Throttled, TooLate, Wrong
from storage import officers
from storage.sealed import Sealer
from tests.handlers.test_signing_in import NETWORK, PASSWORD, attempt, enter, wait_for, who
from tests.offices import Desk, desk_at
from tests.storage.fresh import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """With an officer `budi`, whose password is PASSWORD."""
    with desk_at(tmp_path, "empty") as desk:
        accounts.add_officer(desk.office, username="budi", name="Budi", role="officer", password=PASSWORD)
        yield desk


def switched_on(desk: Desk) -> tuple[SignedIn, pyotp.TOTP]:
    """The officer with a second factor; its first code is used up."""
    new = enter(desk)
    drafted = second_factor.draft(desk.office, new.signed_in)
    app = pyotp.TOTP(drafted.secret)
    second_factor.switch_on(desk.office, new.signed_in, drafted.sealed, app.at(desk.clock.now))
    desk.clock.now += timedelta(seconds=30)
    return new.signed_in, app


def ticket(desk: Desk, network: str = NETWORK) -> str:
    found = attempt(desk, network=network)
    assert isinstance(found, NeedsCode)
    return found.ticket


def give(desk: Desk, of: str, code: str, network: str = NETWORK) -> object:
    return signing_in.enter_code(desk.office, of, code, network, "")


def test_with_a_second_factor_the_password_alone_opens_nothing(desk: Desk) -> None:
    _, app = switched_on(desk)
    new = give(desk, ticket(desk), app.at(desk.clock.now))
    assert isinstance(new, NewSession)
    assert who(desk, new.token)
    with desk.office.database.reader() as conn:
        officer = officers.by_username(conn, "budi")
    assert officer
    assert app.secret not in str(officer.totp_sealed)


def test_a_code_is_good_once(desk: Desk) -> None:
    _, app = switched_on(desk)
    code = app.at(desk.clock.now)
    assert isinstance(give(desk, ticket(desk), code), NewSession)
    assert give(desk, ticket(desk), code) == Wrong()
    assert give(desk, ticket(desk), app.at(desk.clock.now, counter_offset=-1)) == Wrong()  # nor one from before it
    assert isinstance(give(desk, ticket(desk), app.at(desk.clock.now, counter_offset=1)), NewSession)


def test_two_at_once_with_one_code_are_one(desk: Desk) -> None:
    _, app = switched_on(desk)
    tickets, code = [ticket(desk), ticket(desk)], app.at(desk.clock.now)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda of: give(desk, of, code), tickets))
    assert sum(isinstance(each, NewSession) for each in found) == 1


@given(seconds=st.integers(0, 10_000_000), off=st.integers(-3, 3))
def test_a_clock_may_be_half_a_minute_wrong(seconds: int, off: int) -> None:
    keys, app, now = (
        Sealer("a secret for tests"),
        pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
        NOW + timedelta(seconds=seconds),
    )
    code = app.at(now, counter_offset=off)
    near = {app.at(now, counter_offset=each) for each in (-1, 0, 1)}
    used = second_factor.use_code(keys, keys.seal("totp", f"{app.secret} 0"), f"{code[:3]} {code[3:]}", now)
    assert (used is not None) == (code in near)


def test_wrong_codes_wait_longer_too_and_a_right_password_does_not_help(desk: Desk) -> None:
    switched_on(desk)
    first = ticket(desk)
    assert [give(desk, first, "000000") for _ in range(4)] == [Wrong()] * 4
    second = ticket(desk)
    assert give(desk, second, "000000") == Wrong()
    assert give(desk, second, "000000") == Throttled(5)
    assert attempt(desk) == Throttled(5)


def test_after_many_wrong_passwords_a_right_one_leads_to_the_code(desk: Desk) -> None:
    _, app = switched_on(desk)
    for _ in range(12):
        desk.clock.now += timedelta(seconds=wait_for(desk))
        attempt(desk, password="bukan ini")
    desk.clock.now += timedelta(minutes=5)
    first = ticket(desk)
    assert give(desk, first, "000000") == Wrong()
    assert give(desk, first, app.at(desk.clock.now)) == Throttled(300)
    desk.clock.now += timedelta(minutes=5)
    assert isinstance(give(desk, ticket(desk), app.at(desk.clock.now)), NewSession)


def test_codes_are_guessed_no_faster_from_many_networks(desk: Desk) -> None:
    switched_on(desk)
    found = [give(desk, ticket(desk, f"198.51.100.{n}"), "000000", f"198.51.100.{n}") for n in range(6)]
    assert found == [Wrong()] * 5 + [Throttled(5)]


def test_a_ticket_is_good_for_five_minutes_and_for_one_password(desk: Desk) -> None:
    signed_in, app = switched_on(desk)
    late, other = ticket(desk), ticket(desk)
    desk.clock.now += timedelta(minutes=5, seconds=1)
    assert give(desk, late, app.at(desk.clock.now)) == TooLate()
    other = ticket(desk)
    accounts.reset_password(desk.office, signed_in.actor.id)
    assert give(desk, other, app.at(desk.clock.now)) == TooLate()
    for forged in ("", "x", other[:-4], desk.office.keys.seal("phone", "1 2 3")):
        assert give(desk, forged, "000000") == TooLate()


def test_a_second_factor_is_on_only_after_a_right_code_of_the_same_draft(desk: Desk) -> None:
    new = enter(desk)
    drafted = second_factor.draft(desk.office, new.signed_in)
    assert f"secret={drafted.secret}" in drafted.address
    assert second_factor.draft(desk.office, new.signed_in, drafted.sealed).secret == drafted.secret
    app = pyotp.TOTP(drafted.secret)
    accounts.add_officer(desk.office, username="euis", name="Euis", role="officer", password=PASSWORD)
    found = []
    for signed_in, sealed, code, later in (
        (new.signed_in, drafted.sealed, "12345", 0),
        (enter(desk, "euis").signed_in, drafted.sealed, app.at(desk.clock.now), 0),
        (new.signed_in, "x", app.at(desk.clock.now), 0),
        (new.signed_in, drafted.sealed, app.at(desk.clock.now), 16),
    ):
        desk.clock.now += timedelta(minutes=later)
        with pytest.raises(AccountError) as error:
            second_factor.switch_on(desk.office, signed_in, sealed, code)
        found.append(error.value.problem)
    assert found == ["code_wrong", "code_late", "code_late", "code_late"]
    assert isinstance(attempt(desk), NewSession)


def test_it_is_switched_off_with_the_password_or_by_an_admin(desk: Desk) -> None:
    signed_in, _ = switched_on(desk)
    with pytest.raises(AccountError) as error:
        second_factor.switch_off(desk.office, signed_in, "bukan ini")
    assert error.value.problem == "password_wrong"
    second_factor.switch_off(desk.office, signed_in, PASSWORD)
    assert isinstance(attempt(desk), NewSession)
    switched_on(desk)
    with pytest.raises(NotAllowedError):
        second_factor.switch_off_for(desk.office, signed_in.actor.id, by=Actor(9, "Asep", "head"))
    second_factor.switch_off_for(desk.office, signed_in.actor.id, by=Actor(signed_in.actor.id, "Rina", "admin"))
    assert isinstance(attempt(desk), NewSession)
    switched_on(desk)
    given = accounts.reset_password(desk.office, signed_in.actor.id, without_second_factor=True)
    assert isinstance(attempt(desk, password=given), NewSession)
    kinds = [row["kind"] for row in desk.rows("office_events", "id, kind")]
    assert kinds == [
        "officer_added",
        *("second_factor_on", "second_factor_off") * 2,
        *("second_factor_on", "password_reset", "second_factor_off"),
    ]


def test_a_second_factor_is_not_replaced_by_whoever_has_the_session(desk: Desk) -> None:
    signed_in, app = switched_on(desk)
    drafted = second_factor.draft(desk.office, signed_in)
    with pytest.raises(AccountError) as error:
        second_factor.switch_on(desk.office, signed_in, drafted.sealed, pyotp.TOTP(drafted.secret).at(desk.clock.now))
    assert error.value.problem == "code_on"
    assert isinstance(give(desk, ticket(desk), app.at(desk.clock.now)), NewSession)


def test_what_another_key_has_sealed_opens_nothing(desk: Desk) -> None:
    _, app = switched_on(desk)
    desk.office.keys = Sealer("another secret")
    assert give(desk, ticket(desk), app.at(desk.clock.now)) == Wrong()
