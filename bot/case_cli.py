"""`pasti case …`: the register as the operator sees it. All but `import` only read: no database is made or migrated.

It shows what citizens confided, contacts and NIK in clear; only the table of `list` holds nothing personal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection, select

from bot.case_import_cli import import_register
from bot.command_line import AsJson, DatabaseUrl, failures_explained, print_json, table
from bot.keys import key_name, sealer_if_any
from bot.media_store import place_of
from bot.settings import load_settings
from handlers.case_numbers import find_numbers
from storage import audit, cases, media, standards
from storage.database import Database, DatabaseUnavailableError, sqlite_path
from storage.models import Case, Party
from storage.parties import parties
from storage.sealed import Sealer, SealError
from storage.statements import read

case_app = typer.Typer(
    no_args_is_help=True, help="The register of complaints and suggestions: list, show, verify and import cases."
)

case_app.command("import")(import_register)

OFFICE_TIME = ZoneInfo("Asia/Jakarta")
CONTACTS = ("phone", "email", "nik")

Json = dict[str, Any]


class UnknownNumberError(ValueError):
    """No case goes by what was typed; says why."""


@case_app.command("list")
def list_cases(as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """Show every case, oldest first. The table holds nothing personal; with --json it is all of `show`."""
    with failures_explained(), _register(database) as register:
        stored = cases.register(register.conn)
        if as_json:
            print_json([register.shown(case) for case in stored])
            return
    rows = table("Number", "Kind", "Stage", "Received", "Due", "Service")
    for case in stored:
        received = case.received_at.astimezone(OFFICE_TIME).strftime("%Y-%m-%d %H:%M")
        rows.add_row(case.number, case.kind, case.stage, received, _day(case.due_on), _printable(case.service))
    Console().print(rows)
    typer.echo(f"{len(stored)} cases.")


@case_app.command("show")
def show(
    number: Annotated[list[str], typer.Argument(metavar="NUMBER", help="Any number of the case, however it is typed.")],
    as_json: AsJson = False,
    database: DatabaseUrl = None,
) -> None:
    """Show one case with its reporter, evidence and history."""
    with failures_explained(), _register(database) as register:
        try:
            shown = register.shown(_find(register.conn, " ".join(number)))
        except UnknownNumberError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        except ValueError:
            typer.echo("Something of this case cannot be read: `pasti case verify` says what.", err=True)
            raise typer.Exit(1) from None
    if as_json:
        print_json(shown)
    else:
        _print_case(shown)


@case_app.command("verify")
def verify(as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """Check that every case's history is whole and says what the register does, and that no number is missing.

    Exit code 1 when something is wrong.
    """
    with failures_explained(), _register(database) as register:
        checked = list(audit.checked(register.conn))
        missing = audit.missing_numbers(register.conn)
    broken = [each for each in checked if each.broken_at is not None]
    if as_json:
        print_json(
            {
                "cases": len(checked),
                "events": sum(each.events for each in checked),
                "broken": [{"number": each.number, "event": each.broken_at, "why": each.why} for each in broken],
                "missing": missing,
            }
        )
    else:
        for each in broken:
            typer.echo(f"{each.number}: event {each.broken_at} {each.why}.", err=True)
        for number in missing:
            typer.echo(f"{number} is missing: it was given to a case that is not there any more.", err=True)
        events = sum(each.events for each in checked)
        typer.echo(f"{len(checked)} cases, {events} events: {_found_of(len(broken), len(missing))}.")
    if broken or missing:
        raise typer.Exit(1)


def _found_of(broken: int, missing: int) -> str:
    found = [f"{number} {word}" for number, word in ((broken, "broken"), (missing, "missing")) if number]
    return ", ".join(found) or "all whole"


class _Register:
    """The register while it is read, and the key to its contacts."""

    def __init__(self, conn: Connection, keys: Sealer | None) -> None:
        self.conn = conn
        self.sealed: list[str] = []  # numbers of the cases whose contacts stayed closed
        self._keys = keys
        self._standards: dict[str, Json | None] = {}

    def shown(self, case: Case) -> Json:
        """The case as one JSON object."""
        return {
            "number": case.number,
            "kind": case.kind,
            "stage": case.stage,
            "received": _time(case.received_at),
            "due": _iso(case.due_on),
            "reporter": self._reporter(case) | {"confidential": case.confidential},
            "subject": case.subject,
            "service": case.service,
            "happened_on": _iso(case.happened_on),
            "received_on": _iso(case.received_on),
            "standard": self._standard(case.standard_identity),
            "component": case.component,
            "evidence": self._evidence(case.id),
            "events": [
                {
                    "at": _time(event.at),
                    "actor": event.actor,
                    "kind": event.kind,
                    "before": event.before,
                    "after": event.after,
                    "note": event.note,
                }
                for event in audit.history(self.conn, case.id)
            ],
        }

    def _evidence(self, case_id: int) -> list[Json]:
        """What was handed in; where it is a file, also its path below DATA_DIR, or why there is none."""
        files = {row.id: row for row in media.of_case(self.conn, case_id)}
        shown: list[Json] = []
        for item in cases.evidence_of(self.conn, case_id):
            shown.append({"kind": item.kind, "name": item.name})
            if row := files.get(item.media_id or 0):
                path = place_of(row.sha256).as_posix() if row.sha256 else None
                shown[-1] |= {"file": path, "state": row.state, "error": row.error}
        return shown

    def _reporter(self, case: Case) -> Json:
        party = next(iter(read(self.conn, Party, select(parties).where(parties.c.id == case.reporter_id))), None)
        if party is None:
            return dict.fromkeys(("name", *CONTACTS))
        sealed: Mapping[str, str | None] = {contact: getattr(party, f"{contact}_sealed") for contact in CONTACTS}
        try:
            contacts = {contact: value and self._open(contact, value) for contact, value in sealed.items()}
        except SealError:
            self.sealed.append(case.number)
            contacts = dict.fromkeys(CONTACTS)
        return {"name": party.name or None, **contacts}

    def _open(self, contact: str, value: str) -> str:
        if self._keys is None:
            raise SealError("there is no key")
        return self._keys.open(contact, value)

    def _standard(self, identity: str | None) -> Json | None:
        """The standard that a case is linked to, as its newest edition has it."""
        if identity is not None and identity not in self._standards:
            newest = max(standards.history(self.conn, identity), key=lambda row: row[1].sequence, default=None)
            self._standards[identity] = newest and {
                "number": newest[0].number,
                "kbli": newest[0].kbli,
                "title": newest[0].title,
            }
        return self._standards[identity] if identity else None


@contextmanager
def _register(url: str | None) -> Iterator[_Register]:
    """The register of an existing database; afterwards says which contacts could not be opened."""
    settings = load_settings().with_database(url)
    path = sqlite_path(settings.database_url)
    if path and not path.exists():
        raise DatabaseUnavailableError(f"There is no database at {path}. `pasti run` and `pasti chat` make one.")
    with closing(Database.open(settings.database_url)) as database, database.reader() as conn:
        register = _Register(conn, sealer_if_any(settings))
        yield register
    if register.sealed:
        typer.echo(
            f"Contacts are left out, of {len(register.sealed)} cases: {key_name(settings)} does not open them. "
            "Set SECRET_KEY to the one that they were sealed with, or DATA_DIR to the folder in which it is kept.",
            err=True,
        )


def _find(conn: Connection, typed: str) -> Case:
    found = next(iter(find_numbers(typed)), None)
    if found is None or found.status == "foreign":
        raise UnknownNumberError(f"{typed!r} is not a case number of PASTI, such as ADU-2026-00001-6.")
    if found.status == "mistyped":
        raise UnknownNumberError(f"{found.number} is mistyped: its last character does not fit the others.")
    case = cases.get_by_number(conn, found.number)
    if case is None:
        raise UnknownNumberError(f"{found.number} is not in the register.")
    return case


def _print_case(shown: Json) -> None:
    facts = table("", "")
    facts.show_header = False
    reporter, standard = shown["reporter"], shown["standard"]
    for name, value in shown.items():
        if name not in ("reporter", "standard", "component", "evidence", "events"):
            facts.add_row(name.replace("_", " "), _printable(value))
    if standard:
        facts.add_row("standard", _printable(f"{standard['number']}. {standard['title']} ({standard['kbli'] or '-'})"))
    facts.add_row("component", _printable(shown["component"]))
    for name, value in reporter.items():
        facts.add_row(name if name == "confidential" else f"reporter {name}", _printable(value))
    for item in shown["evidence"]:
        facts.add_row("evidence", _printable(" ".join((item["kind"], item["name"], *_file_of(item)))))
    history = table("At", "Actor", "Event", "Note")
    for event in shown["events"]:
        at = datetime.fromisoformat(event["at"]).strftime("%Y-%m-%d %H:%M")
        history.add_row(at, event["actor"], event["kind"], _printable(event["note"]))
    console = Console()
    console.print(facts)
    console.print()
    console.print(history)


def _file_of(item: Json) -> Iterator[str]:
    """`media/ab/abcdef…`, or `(refused: too_large: more than 16 MB)`."""
    if "state" in item:
        yield item["file"] or f"({': '.join(filter(None, (item['state'], item['error'])))})"


def _printable(value: object) -> Text:
    """A citizen's words without what would command the terminal."""
    words = "-" if value is None else "yes" if value is True else "no" if value is False else str(value)
    return Text("".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in words))


def _time(at: datetime) -> str:
    return at.astimezone(OFFICE_TIME).isoformat()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"
