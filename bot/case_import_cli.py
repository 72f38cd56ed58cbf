"""`pasti case import`: an old register of complaints, kept in a spreadsheet, comes into the one register.

Rows that cannot be read are told with their number and what to do, and the others come in; so a file is mended and
imported again until nothing is left. What is told names no citizen.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from bot.command_line import AsJson, DatabaseUrl, failures_explained, print_json
from bot.keys import secret_of
from bot.settings import Settings, load_settings
from bot.spreadsheet import NoValue, Row, Sheet, SpreadsheetError, read_sheet, write_template
from handlers.case_import import BATCH, Brought, bring_over, foresee
from handlers.case_printing import paper
from handlers.office import Office, now
from handlers.old_register import (
    HEADINGS,
    Field,
    HeadingsError,
    OldReport,
    Unreadable,
    columns_of,
    lacking,
    letter,
    read_register,
)
from handlers.old_values import Cell, key_of, text_of
from storage.database import Database, DatabaseUnavailableError, sqlite_path
from storage.sealed import Sealer

_HEADINGS_WITHIN = 20  # rows: a title and the office's name may stand above them
_UNUSED = {"", "no", "nomor", "nomer", "no urut", "nomor urut", "paraf"}  # nothing is lost with these
_EXAMPLE: dict[Field, str] = {
    "old_number": "12/PGD/2026",
    "received_at": "3 Februari 2026",
    "hour": "09.30",
    "way": "Surat",
    "name": "Yayat Hidayat",
    "phone": "081234500011",
    "service": "Loket MPP",
    "what": "Contoh: hapus baris ini. Antrean tiga jam tanpa penjelasan.",
    "happened_on": "2 Februari 2026",
    "suggestion": "pengaduan",
    "confidential": "tidak",
    "stage": "Selesai",
    "answer": "Sudah dijelaskan kepada pelapor.",
    "answered_on": "10 Februari 2026",
}


@dataclass(frozen=True, slots=True)
class _Read:
    reports: list[OldReport]
    refused: list[Unreadable]
    unused: list[str]  # columns that nobody understood


def import_register(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The old register: one row a report.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would happen.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Write an empty register to FILE.xlsx instead.")] = False,
    receipts: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write each new case's receipt there, as PDF with its access code."),
    ] = None,
    as_json: AsJson = False,
    database: DatabaseUrl = None,
) -> None:
    """Bring an old register over. Nobody is told. Exit code 1: some rows were refused; mend them and import again."""
    with failures_explained():
        if template:
            _write_template(file)
            return
        try:
            read = _read(file, now())
            done = _foreseen(read.reports, database) if dry_run else _brought_over(read.reports, database, receipts)
        except (SpreadsheetError, HeadingsError) as error:
            raise typer.BadParameter(str(error)) from error
    read.refused.extend(map(_differs, (each for each in done if each.outcome == "differs")))
    read.refused.sort(key=lambda each: each.row)
    _tell(read, [each for each in done if each.outcome != "differs"], dry_run=dry_run, as_json=as_json)
    if read.refused:
        raise typer.Exit(1)


def _differs(row: Brought) -> Unreadable:
    where = f"as {row.number}" if row.number else "from an earlier row"
    why = f"the register has this number {where}, but that says something else. Leave the row out, or number it anew."
    return Unreadable(row.row, (f"{HEADINGS['old_number']}: {why}",))


def _write_template(file: Path) -> None:
    if file.exists():
        raise typer.BadParameter(f"{file} is there already.")
    write_template(file, list(HEADINGS.values()), [_EXAMPLE.get(field, "") for field in HEADINGS])
    typer.echo(f"{file} was written. Its second row is an example: delete it.")


# ---------------------------------------------------------------- reading


def _read(file: Path, at: datetime) -> _Read:
    sheet = read_sheet(file)
    headings_at, columns = _headings(sheet)
    if merged := sheet.merged_below(headings_at):
        raise SpreadsheetError(f"Cells {', '.join(merged[:3])} are merged: unmerge them, and fill in each row.")
    rows = [row for row in sheet.rows if row[0] > headings_at]
    no_values = [bad for row in rows if (bad := _no_values(row, columns))]
    plain = [(number, _cells(cells)) for number, cells in rows if number not in {bad.row for bad in no_values}]
    found = read_register(plain, columns, at)
    refused = [*(each for each in found if isinstance(each, Unreadable)), *no_values]
    [headings] = [cells for number, cells in sheet.rows if number == headings_at]
    unused = [
        f"{letter(place)} ({text})"
        for place, text in enumerate(map(text_of, _cells(headings)))
        if place not in columns.values() and key_of(text) not in _UNUSED
    ]
    reports = [each for each in found if isinstance(each, OldReport)]
    reports.sort(key=lambda each: each.entry.received_at)  # so that the numbers follow each other as they came in
    return _Read(reports, sorted(refused, key=lambda each: each.row), unused)


def _headings(sheet: Sheet) -> tuple[int, dict[Field, int]]:
    """The row of the headings, and which column is what."""
    first: list[str] | None = None
    for number, cells in sheet.rows[:_HEADINGS_WITHIN]:
        columns = columns_of(_cells(cells))
        missing = lacking(columns)
        if not missing:
            return number, columns
        if len(columns) >= 3 and first is None:
            first = missing
    wanted = ", ".join(first or ("Tanggal masuk", "Jalur/Media", "Isi/Uraian"))
    raise HeadingsError(
        f"No row of headings was found, or it lacks: {wanted}. `pasti case import --template FILE.xlsx` writes one."
    )


def _cells(cells: Sequence[Cell | NoValue]) -> list[Cell]:
    return [None if isinstance(cell, NoValue) else cell for cell in cells]


def _no_values(row: Row, columns: dict[Field, int]) -> Unreadable | None:
    """A formula, or an error of Excel's, in a column that is read."""
    number, cells = row
    problems = []
    for field, place in columns.items():
        cell = cells[place] if place < len(cells) else None
        if isinstance(cell, NoValue):
            problems.append(f"column {letter(place)} ({HEADINGS[field]}): {cell.why}.")
    return Unreadable(number, tuple(problems)) if problems else None


# ---------------------------------------------------------------- writing


def _foreseen(reports: Sequence[OldReport], url: str | None) -> list[Brought]:
    """What would become of them. Nothing is written, not even a key or a newer table."""
    with _database(load_settings().with_database(url)) as database, database.reader() as conn:
        return foresee(conn, reports)


def _brought_over(reports: Sequence[OldReport], url: str | None, receipts: Path | None) -> list[Brought]:
    settings = load_settings().with_database(url)
    folder = _receipts_in(receipts) if receipts else None
    done: list[Brought] = []
    with _database(settings) as database:
        database.migrate()
        office = Office(database, Sealer(secret_of(settings)))
        starts = range(0, len(reports), BATCH)
        for start in track(starts, "Importing", console=Console(stderr=True), transient=True):
            brought = bring_over(office, reports[start : start + BATCH])
            if folder:
                _print_receipts(office, brought, folder)
            done += brought
    return done


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """One that is there."""
    path = sqlite_path(settings.database_url)
    if path and not path.exists():
        raise DatabaseUnavailableError(f"There is no database at {path}. `pasti run` makes one.")
    with closing(Database.open(settings.database_url)) as database:
        yield database


def _receipts_in(folder: Path) -> Path:
    """Only the operator may look into it: access codes stand in what comes here."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _print_receipts(office: Office, brought: Sequence[Brought], folder: Path) -> None:
    from bot.documents.receipt import receipt_pdf  # noqa: PLC0415 - the typesetter is large, and rarely asked for

    with office.database.reader() as conn:
        on = paper(conn, office, None)
    for each in brought:
        if each.outcome == "added" and each.number:
            place = folder / f"{each.number}.pdf"
            with os.fdopen(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(receipt_pdf(each.receipt, each.number, on))


# ---------------------------------------------------------------- telling


def _tell(read: _Read, done: Sequence[Brought], *, dry_run: bool, as_json: bool) -> None:
    counted = _counted(read, done)
    if as_json:
        refused = [{"row": each.row, "problems": list(each.problems)} for each in read.refused]
        cases = [
            {"row": e.row, "outcome": e.outcome, "number": e.number, "kind": e.kind, "stage": e.stage} for e in done
        ]
        print_json(counted | {"dry_run": dry_run, "unused_columns": read.unused, "refused": refused, "cases": cases})
        return
    for each in read.refused:
        for problem in each.problems:
            typer.echo(f"Row {each.row}, {problem}", err=True)
    for column in read.unused:
        typer.echo(f"Column {column} is not used.", err=True)
    typer.echo(_summary(counted, dry_run=dry_run))


def _counted(read: _Read, done: Sequence[Brought]) -> dict[str, Any]:
    new = [each for each in done if each.outcome == "added"]
    return {
        "rows": len(done) + len(read.refused),
        "added": len(new),
        "complaints": sum(each.kind == "complaint" for each in new),
        "suggestions": sum(each.kind == "suggestion" for each in new),
        "late": sum(each.late for each in new),
        "confidential": sum(each.confidential for each in new),
        "stages": dict(Counter(each.stage for each in new)),
        "there_already": len(done) - len(new),
        "rejected": len(read.refused),
    }


def _summary(counted: dict[str, Any], *, dry_run: bool) -> str:
    stages = ", ".join(f"{count} {stage.replace('_', ' ')}" for stage, count in sorted(counted["stages"].items()))
    added = f"{counted['added']} {'would be' if dry_run else 'were'} added"
    there, rejected = f"{counted['there_already']} are there already", f"{counted['rejected']} rejected"
    lines = [f"{counted['rows']} rows: {added}, {there}, {rejected}."]
    if counted["added"]:
        lines.append(
            f"Added: {counted['complaints']} complaints, {counted['suggestions']} suggestions; "
            f"{counted['late']} late, {counted['confidential']} confidential. Stages: {stages}."
        )
        lines.append("Each has a new access code, which is not shown; --receipts FOLDER prints them.")
    if dry_run:
        lines.append("This was a dry run: nothing was written.")
    return "\n".join(lines)
