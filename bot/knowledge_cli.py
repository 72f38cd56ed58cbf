"""`pasti knowledge …`: a scanned regulation goes in, and what is in force can be seen and checked.

Results go to standard output, everything else to standard error. Exit code 1: nothing was changed. What is in force is
checked by `bot.knowledge_check_cli`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text
from sqlalchemy import Connection

from bot.command_line import AsJson, DatabaseUrl, failures_explained, print_json, table
from bot.keys import secret_of
from bot.knowledge_check_cli import ask_all, check
from bot.settings import load_settings
from handlers import editions, golden, kbli_list
from handlers.editions import ImportReport, Published
from handlers.office import Office
from knowledge.ingest import IngestError, parse, read_scan
from knowledge.kbli import KbliError, read_list
from knowledge.standards import Finding, ServiceStandard
from storage.database import Database, sqlite_path
from storage.sealed import Sealer

knowledge_app = typer.Typer(no_args_is_help=True, help="The regulation's service standards: import, look at, check.")

knowledge_app.command("check")(check)

Scan = Annotated[Path, typer.Argument(metavar="FILE", help="A scanned regulation, as text, Markdown or HTML.")]
Scans = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Scans; several of them are one edition.")]

Item = TypeVar("Item")

ASKED_AT_IMPORT = 100  # standards: each is asked its own questions, in a tenth of a second


@knowledge_app.command("import")
def import_files(
    files: Scans,
    edition: Annotated[str | None, typer.Option(help="The edition's title, as citizens will read it.")] = None,
    effective: Annotated[str | None, typer.Option(metavar="DATE", help="When it takes effect: YYYY-MM-DD.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Withdraw the standards that it no longer has.")] = False,
    database: DatabaseUrl = None,
) -> None:
    """Publish the standards of a scanned regulation as an edition. A file that cannot be read changes nothing."""
    with failures_explained():
        effective_on = _date(effective)
        standards = [standard for file in files for standard in _parsed(file)]
        sha256 = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        with _office(database) as office:
            report = editions.import_edition(
                office,
                standards,
                title=edition,
                effective_on=effective_on,
                source_name=", ".join(file.name for file in files),
                source_sha256=sha256,
                whole=whole,
            )
            if effective_on and effective_on > office.clock().astimezone(editions.JAKARTA).date():
                typer.echo(f"Mind: it takes effect on {effective_on}, and PASTI answers from it already.", err=True)
            own = [] if report.already_imported else _own_questions(office, standards)
        typer.echo(_summary(report))
        for line in own:
            typer.echo(line)
        if findings := _counted(finding for standard in standards for finding in standard.findings):
            typer.echo(f"To look at, with `pasti knowledge check`: {findings}.")


@knowledge_app.command("import-kbli")
def import_kbli(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Code, title and description, with tabs between.")],
    database: DatabaseUrl = None,
) -> None:
    """Take in the official list of business codes, in the place of the one before. A faulty file changes nothing."""
    with failures_explained():
        try:
            found = read_list(file.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise typer.BadParameter(f"{file}: not UTF-8 (byte {error.start}). Save it as UTF-8 with tabs.") from error
        except KbliError as error:
            raise typer.BadParameter(f"{file}: {error}") from error
        with _office(database) as office:
            kbli_list.replace_list(office, found.codes)
            with office.database.reader() as conn:
                lacking = kbli_list.unknown_codes(conn)
        passed_over = f" {found.groups} sections and groups were passed over." if found.groups else ""
        typer.echo(f"{len(found.codes)} codes are in the list now.{passed_over}")
        if lacking:
            typer.echo(f"Standards in force with a code that is not in it: {', '.join(lacking[:20])}.", err=True)


@knowledge_app.command("parse")
def parse_file(file: Scan, as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """Show what a scan would give. Changes nothing, and asks no database."""
    del database  # taken so that every command of this group can be given the same options
    with failures_explained():
        standards = _parsed(file)
    if as_json:
        print_json([_parsed_as_json(standard) for standard in standards])
        return
    rows = table("No.", "KBLI", "Risk", "Title", "Components", "Findings")
    for standard in standards:
        rows.add_row(*_heading(standard), str(len(standard.components)), _counted(standard.findings))
    Console().print(rows)


@knowledge_app.command("list")
def list_standards(
    every: Annotated[bool, typer.Option("--all", help="History too: replaced and withdrawn standards.")] = False,
    as_json: AsJson = False,
    database: DatabaseUrl = None,
) -> None:
    """Show the standards in force."""
    with failures_explained():
        stored = _stored(database, editions.everything if every else _current)
    if as_json:
        print_json([_listed_as_json(published, status) for published, status in stored])
        return
    rows = table("No.", "KBLI", "Risk", "Title", "Edition", "Effective", "Status", "Findings")
    for (standard, edition, effective_on), status in stored:
        findings = str(len(standard.findings) or "")
        rows.add_row(*_heading(standard), Text(edition), str(effective_on or ""), status, findings)
    Console().print(rows)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"--effective: {text!r} is not a date; write it as 2026-11-30.") from error


def _parsed(file: Path) -> list[ServiceStandard]:
    text = read_scan(file)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(file.name, total=None)
        try:
            return parse(text, lambda done, total: bar.update(task, completed=done, total=total))
        except IngestError as error:
            bar.remove_task(task)
            raise IngestError(f"{file}: {error}") from error


@contextmanager
def _office(url: str | None) -> Iterator[Office]:
    settings = load_settings().with_database(url)
    with closing(Database.open(settings.database_url)) as database:
        database.migrate()
        yield Office(database, Sealer(secret_of(settings)))


def _stored(url: str | None, read: Callable[[Connection], list[Item]]) -> list[Item]:
    """What is read from the database; nothing when there is none yet, and none is made."""
    url = url or load_settings().database_url
    if (path := sqlite_path(url)) and not path.exists():
        return []
    with closing(Database.open(url)) as database:
        database.migrate()
        with database.reader() as conn:
            return read(conn)


def _current(conn: Connection) -> list[tuple[Published, str]]:
    return [(published, "current") for published in editions.current(conn)]


def _summary(report: ImportReport) -> str:
    if report.already_imported:
        return f"{report.edition}: already imported, nothing changed."
    counted = (
        f"{report.edition}: {report.added} added, {report.replaced} replaced, {report.unchanged} unchanged, "
        f"{report.withdrawn} withdrawn, {report.older} older than what is in force."
    )
    return f"{counted} {report.later} of later editions stay in force." if report.later else counted


def _own_questions(office: Office, standards: Iterable[ServiceStandard]) -> list[str]:
    """Asks the standards that are in force now their own questions, and says how many are not answered from them."""
    identities = {standard.identity for standard in standards}
    with office.database.reader() as conn:
        bot = golden.bot(office, conn)
    entries = [entry for entry in bot.knowledge.catalogue.published if entry.standard.identity in identities]
    if len(entries) > ASKED_AT_IMPORT:
        return [f"{len(entries)} standards have questions of their own: `pasti knowledge check` asks them, in minutes."]
    asked, failing = ask_all(bot, entries)
    said = f"Golden questions: {asked} asked, {len(failing)} not answered as they should be"
    return [f"{said}; see `pasti knowledge check`." if failing else f"{said}."]


def _counted(findings: Iterable[Finding]) -> str:
    """`3 ocr_doubt, 1 number_gap`."""
    kinds = Counter(finding.kind for finding in findings)
    return ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())


def _heading(standard: ServiceStandard) -> tuple[str, str, str, Text]:
    return str(standard.number), standard.kbli or "", standard.risk or "", Text(standard.title)


def _parsed_as_json(standard: ServiceStandard) -> dict[str, Any]:
    return {
        "number": standard.number,
        "title": standard.title,
        "kbli": standard.kbli,
        "risk": standard.risk,
        "components": {str(number): text for number, text in sorted(standard.components.items())},
        "findings": [asdict(finding) for finding in standard.findings],
    }


def _listed_as_json(published: Published, status: str) -> dict[str, Any]:
    standard, edition, effective_on = published
    return {
        "number": standard.number,
        "title": standard.title,
        "kbli": standard.kbli,
        "risk": standard.risk,
        "product": standard.product,
        "edition": edition,
        "effective": effective_on and effective_on.isoformat(),
        "status": status,
        "findings": len(standard.findings),
    }
