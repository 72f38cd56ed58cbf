"""What the groups of commands share: their options, how results are printed, how failures are told.

Results go to standard output, everything else to standard error, so that `--json` can be piped on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.settings import SettingsError
from knowledge.ingest import IngestError
from storage.database import DatabaseUnavailableError
from storage.sealed import SealError

DatabaseUrl = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Default: DATABASE_URL, else pasti.db in DATA_DIR.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@contextmanager
def failures_explained() -> Iterator[None]:
    """What can go wrong outside the program, as one message and exit code 1."""
    try:
        yield
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}", err=True)
        raise typer.Exit(1) from error
    except (IngestError, DatabaseUnavailableError, SealError, SettingsError, typer.BadParameter) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def table(*headings: str) -> Table:
    """Without lines; numbers to the right."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        made.add_column(heading, justify="right" if heading in ("No.", "Count") else "left", overflow="fold")
    return made


def print_json(result: Any) -> None:
    """UTF-8 whatever the terminal's encoding."""
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2).encode())
