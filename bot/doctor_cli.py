"""`pasti doctor`, in words."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.command_line import AsJson, print_json
from bot.doctor.examination import examine
from bot.doctor.findings import Finding, wrong
from bot.settings import SettingsError, load_settings
from handlers.office import now

_COLOURS = {"ok": "green", "warning": "yellow", "wrong": "bold red"}


def doctor(as_json: AsJson = False) -> None:
    """Check settings, database, channels, clock and disk; say what is wrong and how to mend it."""
    try:
        findings = asyncio.run(examine(load_settings(), now))
    except SettingsError as error:
        findings = [wrong("settings", *_split(str(error)))]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


def _split(explained: str) -> tuple[str, str]:
    """What is wrong, and the advice in the last line."""
    what, _, mend = explained.rpartition("\n")
    return what or mend, mend if what else ""


def _print(findings: list[Finding]) -> None:
    shown = Table(box=None, show_header=False, pad_edge=False)
    for column in ("state", "area", "what"):
        shown.add_column(column, overflow="fold")
    for finding in findings:
        shown.add_row(Text(finding.state, _COLOURS[finding.state]), Text(finding.area), Text(finding.what))
        if finding.mend:
            shown.add_row("", "", Text(f"→ {finding.mend}", "dim"))
    Console().print(shown)
    count = {state: sum(finding.state == state for finding in findings) for state in _COLOURS}
    typer.echo(f"{count['wrong']} wrong, {count['warning']} to look at, {count['ok']} in order.")
