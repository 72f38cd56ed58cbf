"""`pasti`: the command line."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.backup_cli import backup, restore
from bot.case_cli import case_app
from bot.database_cli import database_app
from bot.doctor_cli import doctor
from bot.knowledge_cli import knowledge_app
from bot.logs import set_up_logs
from bot.officer_cli import officer_app
from bot.outbox_cli import outbox_app
from bot.settings import SettingsError, load_settings
from bot.telegram_cli import telegram_app
from bot.whatsapp_cli import whatsapp_app
from storage.database import DatabaseUnavailableError
from storage.sealed import SealError

app = typer.Typer(
    help="PASTI: answers citizens from the official service standards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(knowledge_app, name="knowledge", help="Import, list and check the service standards.")
app.add_typer(case_app, name="case", help="The register: list, show, verify, import.")
app.add_typer(officer_app, name="officer", help="Who signs in to the console: add, list, reset, deactivate.")
app.add_typer(outbox_app, name="outbox", help="What was to be sent, and what became of it.")
app.add_typer(database_app, name="database", help="Move the office to another database: copy.")
app.add_typer(telegram_app, name="telegram", help="Telegram's webhook: set, show, delete.")
app.add_typer(whatsapp_app, name="whatsapp", help="WhatsApp's message templates: push, list.")
app.command()(doctor)
app.command()(backup)
app.command()(restore)

DatabaseOption = Annotated[str | None, typer.Option("--database", help="URL of the database, instead of DATABASE_URL.")]


@app.command()
def run() -> None:
    """Serve the web chat and the channels; prints what is on, what is off and why."""
    from bot.serve import serve  # noqa: PLC0415 - the web server is not needed by the other commands

    serve(load_settings())


@app.command()
def chat(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line in, one out.")] = False,
    database: DatabaseOption = None,
) -> None:
    """Talk to PASTI in the terminal, or by JSON lines (a temporary database unless one is given)."""
    from bot.app import office_from, open_office  # noqa: PLC0415
    from bot.jsonl import converse  # noqa: PLC0415
    from bot.terminal import chat as talk  # noqa: PLC0415
    from handlers.dialogue.engine import greeting  # noqa: PLC0415

    settings = load_settings().with_database(database)
    if not jsonl:
        talk(office_from(settings, shipped=True), greeting())
        return
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="pasti-") as folder:
        if database:
            office = office_from(settings, shipped=True)
        else:
            office = open_office(
                f"sqlite:///{folder}/chat.db", "a temporary database has a temporary secret", shipped=True
            )
        try:
            for line in converse(office, sys.stdin):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
        finally:
            office.database.close()


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Files of labelled messages, JSON lines.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    database: DatabaseOption = None,
) -> None:
    """Measure how well labelled messages are understood."""
    from bot import memory  # noqa: PLC0415
    from bot.app import office_from, open_office  # noqa: PLC0415
    from bot.evaluate import EvaluationError, print_result  # noqa: PLC0415
    from bot.evaluate import evaluate as measure  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="pasti-") as folder:
        if database:
            office = office_from(load_settings().with_database(database), shipped=False)
        else:
            office = open_office(f"sqlite:///{folder}/evaluate.db", "a temporary secret", shipped=True)
        with office.database.reader() as conn:
            knowledge = office.library.current(conn)
        memory.settle()
        try:
            results = [measure(path, knowledge, office.clock()) for path in files]
        except EvaluationError as error:
            raise _failure(str(error)) from None
        finally:
            office.database.close()
    if as_json:
        typer.echo(json.dumps([result.as_dict() for result in results], ensure_ascii=False, indent=2))
        return
    for result in results:
        print_result(result, Console())


def _failure(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)


def main() -> None:
    """The console script. An error that an operator can mend is a sentence, never a stack trace."""
    set_up_logs("WARNING")  # `run` sets its own level
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that what is temporary is removed
    try:
        app()
    except (SettingsError, DatabaseUnavailableError, SealError) as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
