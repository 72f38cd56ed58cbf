"""Officers' accounts: who gets one, what may become of it, and that nothing secret is told of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from handlers import accounts, passwords, signing_in
from handlers.access import Actor, NotAllowedError, NotFoundError
from handlers.account_problems import AccountError, Problem
from handlers.accounts import SignedIn, session_of
from handlers.signing_in import NewSession
from storage import officers
from storage.models import Officer
from tests.offices import Desk, desk_at
from tests.storage.fresh import document

PASSWORD = "pagi hari di waduk"
ADMIN = Actor(1, "Rina", "admin", "rina")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, "empty") as desk:
        yield desk


def add(desk: Desk, username: str = "budi", role: str = "officer", **more: Any) -> Officer:
    """An officer without a password to compare, which is what takes time."""
    password = more.pop("password", None)
    accounts.add_officer(desk.office, username=username, name=username, role=role, password=password, **more)
    return officer(desk, username)


def officer(desk: Desk, username: str) -> Officer:
    with desk.office.database.reader() as conn:
        found = officers.by_username(conn, username)
    assert found
    return found


def enter(desk: Desk, username: str = "budi", password: str = PASSWORD) -> NewSession:
    new = signing_in.sign_in(desk.office, username, password, "192.0.2.1", "Firefox di Linux")
    assert isinstance(new, NewSession)
    return new


def who(desk: Desk, new: NewSession) -> SignedIn | None:
    with desk.office.database.reader() as conn:
        return session_of(conn, desk.office, new.token)


def change(desk: Desk, username: str, by: Actor | None = None, **facts: Any) -> None:
    with desk.office.database.reader() as conn:
        known = officers.by_username(conn, username)
        assert known
        kept = accounts.facts_of(conn, known)
    accounts.update_officer(desk.office, known.id, replace(kept, **facts), by=by)


def problem(error: pytest.ExceptionInfo[AccountError]) -> Problem:
    assert str(error.value)[-1] == "."
    return error.value.problem


# ------------------------------------------------------------ new accounts


@given(st.binary(min_size=16, max_size=16))
def test_a_one_time_password_can_be_read_out(chance: bytes) -> None:
    password = passwords.one_time(lambda _: chance)
    assert re.fullmatch(r"([a-hjkmnp-z]{4}-){3}[a-hjkmnp-z]{4}", password)
    assert passwords.fault(password, "budi") is None


def test_a_one_time_password_opens_the_door_and_asks_for_another(desk: Desk) -> None:
    given = accounts.add_officer(desk.office, username="budi", name="Budi", role="officer")
    assert officer(desk, "budi").password_temporary
    new = enter(desk, password=given)
    assert new.signed_in.temporary_password
    accounts.set_password(desk.office, new.signed_in, PASSWORD)
    assert not officer(desk, "budi").password_temporary
    found = who(desk, new)
    assert found
    assert not found.temporary_password


def test_a_password_is_kept_as_argon2id(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher.from_parameters(passwords.COSTS))
    add(desk, password=PASSWORD)
    kept = officer(desk, "budi").password_hash
    assert kept
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    files = [path.read_bytes() for path in tmp_path.glob("pasti.db*")]
    assert not any(PASSWORD.encode() in data for data in files)


def test_nobody_is_as_costly_to_compare_as_somebody() -> None:
    costs = passwords.hashed(PASSWORD).rsplit("$", 2)[0]
    assert passwords._nobody().rsplit("$", 2)[0] == costs
    assert not passwords.matches(None, "")


@pytest.mark.parametrize("username", ["ab", "a" * 33, "Budi", "budi ", "budi_1", "bud@", "", "b\u0131di"])
def test_a_user_name_is_plain(desk: Desk, username: str) -> None:
    with pytest.raises(AccountError) as error:
        accounts.add_officer(desk.office, username=username, name="Budi", role="officer")
    assert problem(error) == "username"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"role": "king"}, "role"),
        ({"password": "sembilan9"}, "password_short"),
        ({"password": "x" * 201}, "password_long"),
        ({"password": "Budi.Santoso"}, "password_is_name"),
        ({"password": PASSWORD, "role": "outside_superior"}, "outside"),
    ],
)
def test_what_is_wrong_is_said(desk: Desk, wrong: dict[str, str], expected: str) -> None:
    facts: dict[str, Any] = {"username": "budi.santoso", "name": "Budi", "role": "officer"} | wrong
    with pytest.raises(AccountError) as error:
        accounts.add_officer(desk.office, **facts)
    assert problem(error) == expected
    assert desk.rows("officers") == []


def test_a_name_is_taken_once(desk: Desk) -> None:
    add(desk)
    with pytest.raises(AccountError) as error:
        add(desk)
    assert problem(error) == "username_taken"


def test_an_outside_superior_does_not_sign_in(desk: Desk) -> None:
    assert accounts.add_officer(desk.office, username="bupati", name="Bupati", role="outside_superior") == ""
    assert officer(desk, "bupati").password_hash is None
    with pytest.raises(AccountError) as error:
        accounts.reset_password(desk.office, officer(desk, "bupati").id)
    assert problem(error) == "outside"


def test_an_agency_is_made_once_and_of_its_kind(desk: Desk) -> None:
    add(desk, "budi", agency="Dinas Kesehatan", role="technical_team")
    add(desk, "euis", agency="dinas  kesehatan", role="technical_team")
    add(desk, "apip", agency="Inspektorat", role="inspector")
    add(desk, "rina", agency="DPMPTSP", role="admin")
    assert [(row["name"], row["kind"]) for row in desk.rows("agencies")] == [
        ("Dinas Kesehatan", "other"),
        ("Inspektorat", "inspectorate"),
        ("DPMPTSP", "own"),
    ]
    assert officer(desk, "budi").agency_id == officer(desk, "euis").agency_id


def test_the_first_admin_is_made_where_there_is_nobody(desk: Desk) -> None:
    given = accounts.first_admin(desk.office)
    assert given
    assert enter(desk, "admin", given).signed_in.actor.role == "admin"
    assert accounts.first_admin(desk.office) is None


def test_only_who_keeps_accounts_does_so(desk: Desk) -> None:
    id_ = add(desk).id
    head = Actor(7, "Asep", "head")
    with pytest.raises(NotAllowedError):
        accounts.add_officer(desk.office, username="euis", name="Euis", role="officer", by=head)
    with pytest.raises(NotAllowedError):
        accounts.reset_password(desk.office, id_, by=head)
    with pytest.raises(NotAllowedError):
        change(desk, "budi", by=head, role="admin")
    with pytest.raises(NotFoundError):
        accounts.reset_password(desk.office, 987654321)


# ------------------------------------------------------------ changes


def test_the_last_admin_stays(desk: Desk) -> None:
    add(desk, "rina", role="admin")
    facts: dict[str, Any]
    for facts in ({"role": "head"}, {"active": False}):
        with pytest.raises(AccountError) as error:
            change(desk, "rina", **facts)
        assert problem(error) == "last_admin"
    add(desk, "asep", role="admin")
    change(desk, "asep", active=False)
    with pytest.raises(AccountError):
        change(desk, "rina", active=False)  # the other one has left: the last that is active
    change(desk, "asep", active=True)
    change(desk, "rina", role="officer")


def test_a_line_of_superiors_has_an_end(desk: Desk) -> None:
    ids = [add(desk, name).id for name in ("satu", "dua.dua", "tiga")]
    change(desk, "satu", superior_id=ids[1])
    change(desk, "dua.dua", superior_id=ids[2])
    for superior in (ids[0], ids[2]):
        with pytest.raises(AccountError) as error:
            change(desk, "tiga", superior_id=superior)
        assert problem(error) == "superior_circle"
    with pytest.raises(AccountError) as error:
        change(desk, "tiga", superior_id=987654321)
    assert problem(error) == "superior"


def test_a_deputy_is_somebody_else_for_some_days(desk: Desk) -> None:
    budi, euis = add(desk).id, add(desk, "euis").id
    days: dict[str, Any] = {"deputy_from": date(2026, 11, 9), "deputy_until": date(2026, 11, 13)}
    change(desk, "budi", deputy_id=euis, **days)
    kept = officer(desk, "budi")
    assert (kept.deputy_id, kept.deputy_from, kept.deputy_until) == (euis, *days.values())
    facts: dict[str, Any]
    for facts, expected in (
        ({"deputy_id": budi}, "deputy"),
        ({"deputy_from": None}, "deputy_days"),
        ({"deputy_until": date(2026, 11, 1)}, "deputy_days"),
    ):
        with pytest.raises(AccountError) as error:
            change(desk, "budi", **facts)
        assert problem(error) == expected
    change(desk, "euis", active=False)
    change(desk, "budi", active=False)  # whose deputy has left meanwhile may leave too
    change(desk, "budi", deputy_id=None)
    assert officer(desk, "budi").deputy_from is None


def test_who_stands_above_the_office_leaves_the_console(desk: Desk) -> None:
    add(desk, password=PASSWORD)
    new = enter(desk)
    change(desk, "budi", role="outside_superior")
    assert who(desk, new) is None
    assert officer(desk, "budi").password_hash is None


@pytest.mark.parametrize("facts", [{"active": False}, {"role": "technical_team"}])
def test_leaving_and_another_role_end_all_sessions(desk: Desk, facts: dict[str, Any]) -> None:
    add(desk, password=PASSWORD)
    new = enter(desk)
    change(desk, "budi", position="Analis")
    assert who(desk, new)
    change(desk, "budi", **facts)
    assert who(desk, new) is None


# ------------------------------------------------------------ passwords


def test_a_reset_ends_all_sessions_and_gives_a_password_for_once(desk: Desk) -> None:
    add(desk, password=PASSWORD)
    new = enter(desk)
    given = accounts.reset_password(desk.office, officer(desk, "budi").id)
    assert who(desk, new) is None
    assert enter(desk, password=given).signed_in.temporary_password


def test_an_own_password_needs_the_one_before_and_ends_the_other_sessions(desk: Desk) -> None:
    add(desk, password=PASSWORD)
    here, elsewhere = enter(desk), enter(desk)
    for new, current, expected in (
        ("senja di waduk", "bukan ini", "password_wrong"),
        ("senja di waduk", None, "password_wrong"),
        ("pendek", PASSWORD, "password_short"),
        (PASSWORD, PASSWORD, "password_same"),
    ):
        with pytest.raises(AccountError) as error:
            accounts.set_password(desk.office, here.signed_in, new, current)
        assert problem(error) == expected
    assert who(desk, elsewhere)
    accounts.set_password(desk.office, here.signed_in, "senja di waduk", PASSWORD)
    assert who(desk, here)
    assert who(desk, elsewhere) is None
    assert enter(desk, password="senja di waduk")


def test_who_sits_at_a_foreign_session_cannot_guess_on(desk: Desk) -> None:
    add(desk, password=PASSWORD)
    new = enter(desk)
    found = []
    for _ in range(6):
        with pytest.raises(AccountError) as error:
            accounts.set_password(desk.office, new.signed_in, "senja di waduk", "tebakan")
        found.append(problem(error))
    assert found == ["password_wrong"] * 5 + ["password_too_often"]


# ------------------------------------------------------------ what is written down


def test_every_change_is_an_event_and_none_tells_a_secret(desk: Desk) -> None:
    add(desk, "rina", role="admin")
    admin = Actor(officer(desk, "rina").id, "Rina", "admin", "rina")
    given = accounts.add_officer(
        desk.office, username="budi", name="Budi", role="officer", agency="DPMPTSP", position="Analis", by=admin
    )
    change(desk, "budi", by=admin, role="head", superior_id=admin.id)
    change(desk, "budi", by=admin)  # nothing is different
    accounts.set_password(desk.office, enter(desk, password=given).signed_in, PASSWORD)
    again = accounts.reset_password(desk.office, officer(desk, "budi").id, by=admin)
    events = desk.rows("office_events")
    budi = officer(desk, "budi")
    assert [(event["kind"], event["subject"], event["officer_id"]) for event in events] == [
        ("officer_added", "rina", None),
        ("officer_added", "budi", admin.id),
        ("officer_changed", "budi", admin.id),
        ("password_changed", "budi", budi.id),
        ("password_reset", "budi", admin.id),
    ]
    before, after = (document(events[2][column]) for column in ("before", "after"))
    assert (before, after) == ({"role": "officer", "superior": ""}, {"role": "head", "superior": "rina"})
    told = json.dumps([dict(event) for event in events], default=str)
    assert not [secret for secret in (given, again, PASSWORD, "argon2", "hash") if secret in told]


def test_a_session_is_seen_again(desk: Desk) -> None:
    add(desk, password=PASSWORD)
    new = enter(desk)
    desk.clock.now += timedelta(hours=11)
    accounts.seen(desk.office, new.signed_in.token_hash)
    desk.clock.now += timedelta(hours=11)
    found = who(desk, new)
    assert found
    assert found.seen_at == desk.clock.now - timedelta(hours=11)
