"""`pasti database copy`: an office that outgrew SQLite moves to PostgreSQL, or back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from bot.command_line import failures_explained
from bot.lock import hold, is_held
from bot.settings import SettingsError, load_settings
from storage import copying, notices
from storage.database import Database, sqlite_path

database_app = typer.Typer(no_args_is_help=True)

From = Annotated[str, typer.Argument(metavar="FROM", help="A SQLite file, or postgresql://user@host/name.")]
To = Annotated[str, typer.Argument(metavar="TO", help="Likewise: an empty database, or one where a copy was cut off.")]


@database_app.callback()
def about() -> None:
    """Makes `copy` a command of its own, though it is the only one."""


@database_app.command("copy")
def copy(source: From, target: To) -> None:
    """Copy an office into another database and compare every row. PASTI must be stopped; give it again to go on.

    A password in an address can be seen by other users of this machine: leave it out, and set PGPASSWORD.
    """
    with failures_explained(), _opened(source, target) as (from_, to):
        try:
            rows = copying.copy(from_, to, _tell)
        except copying.CopyError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{rows} rows are in {to.url}, each compared with the original.")
    typer.echo("Set DATABASE_URL to it. DATA_DIR stays: the files of citizens lie there, and the key.")
    typer.echo("Now `pasti doctor`, then start PASTI. What was copied from stays as it is: keep it until all is well.")


@contextmanager
def _opened(source: str, target: str) -> Iterator[tuple[Database, Database]]:
    """Both, while nothing serves from them. Raises SettingsError."""
    folder = load_settings().data_dir
    paths = [sqlite_path(url) for url in (source, target)]
    if paths[0] and not paths[0].is_file():
        raise SettingsError(f"There is no database at {paths[0]}.")
    with hold(folder):
        for path in paths:
            if path and path.parent.resolve() != folder.resolve() and is_held(path.parent):
                raise SettingsError(f"PASTI is running on {path.parent}. Stop it first.")
        with closing(Database.open(source)) as from_, closing(Database.open(target)) as to:
            for database in (from_, to):
                _refuse_served(database)
            yield from_, to


def _refuse_served(database: Database) -> None:
    with database.reader() as conn:
        if serving := notices.serving(conn):
            raise SettingsError(f"{serving} processes of PASTI serve from {database.url}. Stop them first.")


def _tell(table: str, rows: int) -> None:
    if rows:
        typer.echo(f"  {table}: {rows}", err=True)
