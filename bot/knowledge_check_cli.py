"""`pasti knowledge check`: what a person should look at in the standards in force, and whether they are answered.

Every standard is asked the questions that are made from it, and the bot those that officers keep. Exit code 1: a
standard that no citizen can be answered from, or a question that is not answered as it should be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from textwrap import shorten
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection

from bot.command_line import AsJson, DatabaseUrl, failures_explained, print_json, table
from bot.settings import load_settings
from handlers import golden
from handlers.library import Library
from handlers.office import now
from handlers.own_answers import OwnFailing, failing_of
from handlers.review import Concern, review
from handlers.trial import Bot
from knowledge.search import Published
from knowledge.standards import Finding
from storage import golden as golden_rows
from storage.database import Database, sqlite_path
from storage.models import GoldenQuestion


def check(as_json: AsJson = False, database: DatabaseUrl = None) -> None:
    """Look through the standards in force, and ask all golden questions. Exit code 1: one fails, or a text is amiss."""
    with failures_explained():
        bot, kept = _loaded(database)
    entries = bot.knowledge.catalogue.published if bot else []
    concerns = review([entry.standard for entry in entries])
    asked, failing = ask_all(bot, entries) if bot else (0, [])
    failed = [r.question for r in golden.run(bot, kept) if not r.passed] if bot else []
    concerns += [_concern_of(each) for each in failing]
    concerns.sort(key=lambda each: (each.level != "error", each.standard.number, each.standard.identity))
    if as_json:
        print_json([*map(_concern_as_json, concerns), *map(_golden_as_json, failed)])
    else:
        _print_concerns(concerns)
        for question in failed:
            typer.echo(f"error golden_question: {question.question}")
        typer.echo(f"{len(entries)} standards in force, {len(concerns)} things to look at.")
        wrong = len(failing) + len(failed)
        typer.echo(f"{asked + len(kept)} golden questions asked, {wrong} not answered as they should be.")
    if not entries:
        typer.echo("The knowledge base is empty. Fill it with `pasti knowledge import FILE`.", err=True)
    if not entries or failed or any(concern.level == "error" for concern in concerns):
        raise typer.Exit(1)


def ask_all(bot: Bot, entries: Sequence[Published]) -> tuple[int, list[OwnFailing]]:
    """Asks the standards their own questions, with a progress bar: how many were asked, and those that fail."""
    asked, failing = 0, list[OwnFailing]()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("golden questions", total=len(entries))
        for number, failed in failing_of(bot, entries):
            asked += number
            failing += failed
            bar.advance(task)
    return asked, failing


def _loaded(url: str | None) -> tuple[Bot | None, list[GoldenQuestion]]:
    """The bot of a database and the questions that its officers keep. Where there is none yet, none is made."""
    url = url or load_settings().database_url
    if (path := sqlite_path(url)) and not path.exists():
        return None, []
    with closing(Database.open(url)) as database:
        database.migrate()
        with database.reader() as conn:
            return _bot(conn), golden_rows.everything(conn)


def _bot(conn: Connection) -> Bot:
    return Bot(*Library().read(conn), now())


def _concern_of(failing: OwnFailing) -> Concern:
    question = failing.question
    message = f"Pertanyaan ini tidak dijawab dari standarnya (yang terjadi: {failing.got.outcome.kind})."
    return Concern(failing.entry.standard, Finding("golden_question", message, question.component, question.text))


def _print_concerns(concerns: Sequence[Concern]) -> None:
    """Line by line under each standard, then a table that counts: a regulation may well have ten thousand."""
    for standard, group in groupby(concerns, key=attrgetter("standard")):
        typer.echo(f"{standard.number}. {standard.name}")
        for concern in group:
            finding = concern.finding
            place = f"component {finding.component}: " if finding.component else ""
            excerpt = f" [{shorten(finding.excerpt, 80)}]" if finding.excerpt else ""
            typer.echo(f"  {concern.level} {finding.kind}: {place}{finding.message}{excerpt}")
    rows = table("Level", "Finding", "Count")
    for (level, kind), count in Counter((concern.level, concern.finding.kind) for concern in concerns).most_common():
        rows.add_row(level, kind, str(count))
    if concerns:
        Console().print(rows)


def _golden_as_json(question: GoldenQuestion) -> dict[str, Any]:
    nothing = dict.fromkeys(("number", "kbli", "title", "component"))
    message = "Pertanyaan uji petugas ini tidak dijawab seperti seharusnya."
    return {"level": "error", **nothing, "kind": "golden_question", "message": message, "excerpt": question.question}


def _concern_as_json(concern: Concern) -> dict[str, Any]:
    standard = concern.standard
    about = {"level": concern.level, "number": standard.number, "kbli": standard.kbli, "title": standard.title}
    return about | asdict(concern.finding)
