"""`pasti officer …`: accounts from the command line, also while PASTI runs.

What is printed on standard output is the result: the one-time password alone, or JSON.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy import Connection

from bot.command_line import AsJson, DatabaseUrl, failures_explained, print_json, table
from bot.keys import secret_of
from bot.settings import load_settings
from handlers import accounts, passwords
from handlers.account_problems import LONGEST_NAME, AccountError, Problem
from handlers.accounts import OUTSIDE
from handlers.office import Office
from handlers.permissions import ROLES
from storage import officers
from storage.database import Database, DatabaseUnavailableError, sqlite_path
from storage.models import Officer
from storage.sealed import Sealer

officer_app = typer.Typer(no_args_is_help=True, help="Who signs in to the console: add, list, reset, deactivate.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user name: 3 to 32 of a-z, 0-9 and dots.")]
_ROLES = ", ".join((*ROLES, OUTSIDE))
_SAID: Mapping[Problem, str] = {
    "username": "A user name has 3 to 32 characters: lowercase letters, digits, dots.",
    "username_taken": "There is an officer of that name already. `pasti officer list` shows them.",
    "name": f"A name has 1 to {LONGEST_NAME} characters.",
    "role": f"There is no such role. There are {_ROLES}.",
    "last_admin": "This is the last active admin. Add another one first.",
    "outside": "An outside_superior does not sign in, and so has no password.",
    "password_short": f"A password has at least {passwords.SHORTEST} characters.",
    "password_long": f"A password has at most {passwords.LONGEST} characters.",
    "password_is_name": "A password is not the user name.",
}


@officer_app.command("add")
def add_officer(
    username: Name,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help=f"One of {_ROLES}.")],
    name: Annotated[str | None, typer.Option("--name", help="The full name. Default: the user name.")] = None,
    agency: Annotated[str, typer.Option("--agency", help="Where they work.")] = "",
    position: Annotated[str, typer.Option("--position", help="As what.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a lasting password, one line of standard input.")
    ] = False,
    as_json: AsJson = False,
    database: DatabaseUrl = None,
) -> None:
    """Add an officer. Prints a one-time password, which they replace when they first sign in."""
    with _explained(), _office(database, make=True) as office:
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        given = accounts.add_officer(
            office,
            username=username,
            name=name or username,
            role=role,
            password=password,
            agency=agency,
            position=position,
        )
        shown = _shown(office, username)
    if as_json:
        print_json(shown | {"one_time_password": given or None})
    elif given:
        _hand_over(username, given)
    else:
        typer.echo(f"{username} ({role}) was added.")


@officer_app.command("list")
def list_officers(as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """Show everybody who has an account, also those who left."""
    with _explained(), _office(database) as office, office.database.reader() as conn:
        shown = [_facts(conn, officer) for officer in officers.everyone(conn)]
    if as_json:
        print_json(shown)
        return
    listed = table("User name", "Name", "Role", "Agency", "Position", "State", "Second factor")
    for each in shown:
        listed.add_row(
            each["username"], escape(each["name"]), each["role"], escape(each["agency"]) or "-",
            escape(each["position"]) or "-", each["state"], "on" if each["second_factor"] else "off",
        )  # fmt: skip
    Console().print(listed)
    typer.echo(f"{len(shown)} officers.")


@officer_app.command("reset")
def reset(
    username: Name,
    without_second_factor: Annotated[
        bool, typer.Option("--without-second-factor", help="Also switch the codes of an app off.")
    ] = False,
    as_json: AsJson = False,
    database: DatabaseUrl = None,
) -> None:
    """Give an officer a new one-time password; ends all their sessions."""
    with _explained(), _office(database) as office:
        officer = _named(office, username)
        given = accounts.reset_password(office, officer.id, without_second_factor=without_second_factor)
        shown = _shown(office, username)
    if as_json:
        print_json(shown | {"one_time_password": given})
        return
    _hand_over(username, given)


@officer_app.command("deactivate")
def deactivate(username: Name, database: DatabaseUrl = None) -> None:
    """Close an account; ends all its sessions. What the officer did stays under their name."""
    with _explained(), _office(database) as office:
        officer = _named(office, username)
        with office.database.reader() as conn:
            facts = accounts.facts_of(conn, officer)
        accounts.update_officer(office, officer.id, replace(facts, active=False))
    typer.echo(f"{username} cannot sign in any more.")


@contextmanager
def _office(url: str | None, *, make: bool = False) -> Iterator[Office]:
    """The office on a database; one that is not there is made only by who adds something."""
    settings = load_settings().with_database(url)
    path = sqlite_path(settings.database_url)
    if not make and path and not path.exists():
        raise DatabaseUnavailableError(f"There is no database at {path}. `pasti run` makes one.")
    with closing(Database.open(settings.database_url)) as database:
        database.migrate()
        yield Office(database, Sealer(secret_of(settings)))


@contextmanager
def _explained() -> Iterator[None]:
    with failures_explained():
        try:
            yield
        except AccountError as error:
            raise typer.BadParameter(_SAID.get(error.problem, error.sentence)) from error


def _named(office: Office, username: str) -> Officer:
    with office.database.reader() as conn:
        officer = officers.by_username(conn, username)
    if officer is None:
        raise typer.BadParameter(f"There is no officer {username!r}. `pasti officer list` shows them.")
    return officer


def _shown(office: Office, username: str) -> dict[str, Any]:
    officer = _named(office, username)
    with office.database.reader() as conn:
        return _facts(conn, officer)


def _facts(conn: Connection, officer: Officer) -> dict[str, Any]:
    facts = accounts.facts_of(conn, officer)
    return {
        "id": officer.id,
        "username": officer.username,
        "name": officer.name,
        "role": officer.role,
        "agency": facts.agency,
        "position": officer.position,
        "active": officer.active,
        "state": _state(officer),
        "second_factor": officer.totp_sealed is not None,
    }


def _state(officer: Officer) -> str:
    if not officer.active:
        return "deactivated"
    if officer.role == OUTSIDE:
        return "does not sign in"
    if officer.password_hash is None:
        return "without a password"
    return "one-time password" if officer.password_temporary else "active"


def _hand_over(username: str, given: str) -> None:
    """The password alone goes to standard output."""
    typer.echo(f"{username} signs in at /petugas with this one-time password:", err=True)
    typer.echo(given)
