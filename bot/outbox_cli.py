"""`pasti outbox …`: what was to be sent, and how it fares. Reads only, and shows neither an address nor a word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot.command_line import AsJson, DatabaseUrl, failures_explained, print_json, table
from bot.settings import load_settings
from storage import outbox_report, tasks
from storage.database import Database, DatabaseUnavailableError, sqlite_path
from storage.models.messages import SEND_STATES
from storage.outbox_report import ReportedRow
from storage.statements import values

outbox_app = typer.Typer(no_args_is_help=True, help="What was to be sent, and what an officer must settle about it.")

OFFICE_TIME = ZoneInfo("Asia/Jakarta")

State = Annotated[str | None, typer.Option("--state", metavar="STATE", help=f"Only these: {', '.join(SEND_STATES)}.")]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="At most so many, the newest first: 50 in a table, all as JSON.")
]
_IN_A_TABLE = 50


@outbox_app.command("list")
def list_rows(state: State = None, as_json: AsJson = False, limit: Limit = None, database: DatabaseUrl = None) -> None:
    """Show messages to citizens without what they say, and without to whom."""
    if state is not None and state not in SEND_STATES:
        typer.echo(f"{state!r} is not a state of sending. There are {', '.join(SEND_STATES)}.", err=True)
        raise typer.Exit(1)
    with failures_explained(), _reading(database) as conn:
        shown = limit or (None if as_json else _IN_A_TABLE)
        rows = outbox_report.reported(conn, state, shown)
    if as_json:
        print_json([_shown(row) for row in rows])
        return
    listed = table(
        "Id", "Conversation", "Channel", "Position", "State", "Sender", "Tries", "Error", "Written", "Due", "Provider's"
    )
    listed.add_column("Kind", overflow="fold")
    for row in rows:
        due = _minute(row.due_at) if row.state in outbox_report.WAITING else "-"
        listed.add_row(
            str(row.id), str(row.conversation_id), row.channel, str(row.position), row.state, row.sender,
            str(row.attempts), row.error or "-", _minute(row.created_at), due, row.provider_id or "-", _kind(row),
        )  # fmt: skip
    Console().print(listed)
    typer.echo(f"{len(rows)} messages." if len(rows) != shown else f"The newest {shown} messages; more by --limit.")


@outbox_app.command("tasks")
def list_tasks(as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """Show what only an officer can settle: whom to telephone, what was refused, what may not have arrived."""
    with failures_explained(), _reading(database) as conn:
        found = tasks.open_tasks(conn)
    if as_json:
        print_json([values(task) | {"created_at": _time(task.created_at)} for task in found])
        return
    listed = table("Id", "Kind", "Conversation", "Message", "Since", "Reason")
    for task in found:
        message = str(task.outbox_id) if task.outbox_id else "-"
        listed.add_row(
            str(task.id), task.kind, str(task.conversation_id), message, _minute(task.created_at), task.reason
        )
    Console().print(listed)
    typer.echo(f"{len(found)} open tasks.")


@contextmanager
def _reading(url: str | None) -> Iterator[Connection]:
    """An existing database; none is made or migrated."""
    settings = load_settings().with_database(url)
    path = sqlite_path(settings.database_url)
    if path and not path.exists():
        raise DatabaseUnavailableError(f"There is no database at {path}. `pasti run` and `pasti chat` make one.")
    with closing(Database.open(settings.database_url)) as database, database.reader() as conn:
        yield conn


def _shown(row: ReportedRow) -> dict[str, Any]:
    times = {name: _time(getattr(row, name)) for name in ("created_at", "due_at", "sent_at")}
    return values(row) | times


def _kind(row: ReportedRow) -> str:
    """What sets it apart from a plain message."""
    found = [f"template {row.purpose}"] if row.template else []
    found += [f"replaces {row.replaces}"] if row.replaces else []
    return ", ".join([*found, *(["repeated"] if row.repeated else [])]) or "-"


def _time(at: datetime | None) -> str | None:
    return at.astimezone(OFFICE_TIME).isoformat() if at else None


def _minute(at: datetime) -> str:
    return at.astimezone(OFFICE_TIME).strftime("%Y-%m-%d %H:%M")
