"""`pasti backup` and `pasti restore`, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.backup import Backup, BackupError, back_up
from bot.command_line import DatabaseUrl, failures_explained
from bot.keys import key_name
from bot.restore import Restored, is_migrated
from bot.restore import restore as put_back
from bot.settings import Settings, load_settings
from handlers.office import now
from storage.database import HEAD

Forced = Annotated[bool, typer.Option("--force", help="Replace what is there; a restore sets it aside.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to: a name that ends with .tar.gz or .tar.")],
    force: Forced = False,
    database: DatabaseUrl = None,
) -> None:
    """Write database, media, spool and key into one file, while PASTI runs."""
    with failures_explained():
        settings = load_settings().with_database(database)
        try:
            made = back_up(settings, file, now(), force=force)
        except BackupError as error:
            raise _failure(error) from None
    _tell_backup(settings, made)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `pasti backup` wrote.")],
    force: Forced = False,
    database: DatabaseUrl = None,
) -> None:
    """Put a backup in place. PASTI must be stopped."""
    with failures_explained():
        settings = load_settings().with_database(database)
        try:
            restored = put_back(settings, file, now(), force=force)
        except BackupError as error:
            raise _failure(error) from None
    _tell_restored(settings, restored)


def _failure(error: BackupError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(1)


def _tell_backup(settings: Settings, made: Backup) -> None:
    typer.echo(f"{made.file} holds PASTI as of {made.created:%Y-%m-%d %H:%M:%S} UTC ({_size(made.size)}):")
    typer.echo(f"  the database, checked (migration {made.migration})")
    typer.echo(f"  {_count(made.count('media'), 'file')} of citizens and officers")
    typer.echo(f"  {_count(made.count('spool'), 'message')} that waited for the database")
    if made.key:
        typer.echo("  the key: whoever has this file can read everything. Keep it where only the office comes.")
    else:
        typer.echo(f"  but not the key, {key_name(settings)}: without it no contact can be read. Keep it elsewhere.")
    if made.missing:
        are, them = ("is", "it") if made.missing == 1 else ("are", "them")
        typer.echo(
            f"{_count(made.missing, 'file')} of citizens or officers {are} not where the database knows {them}.",
            err=True,
        )
    for name in made.damaged:
        typer.echo(f"{name} is not what it was when it was kept: the disk may be failing.", err=True)


def _tell_restored(settings: Settings, restored: Restored) -> None:
    typer.echo(f"Restored, as of {restored.created:%Y-%m-%d %H:%M:%S} UTC:")
    migrated = f", brought from migration {restored.migrated_from} to {HEAD}" if is_migrated(restored) else ""
    typer.echo(f"  the database {restored.database}{migrated}")
    typer.echo(f"  {_count(restored.count('media'), 'file')} of citizens")
    typer.echo(f"  {_count(restored.count('spool'), 'message')} that PASTI takes in when it starts")
    if restored.opens is False:
        typer.echo(f"The contacts do not open with {key_name(settings)}. Set SECRET_KEY to what it was.", err=True)
    elif restored.opens:
        typer.echo(f"  the contacts open with {key_name(settings)}")
    for folder in restored.set_aside:
        typer.echo(f"What was there before is in {folder}; remove it when nobody misses anything.")
    if restored.unsent:
        typer.echo(f"{_count(restored.unsent, 'message')} were not sent yet then: PASTI sends them when it starts.")
    typer.echo("What came later is not in it, and the case numbers given since then will be given again.")
    typer.echo("Now `pasti doctor`, then start PASTI.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
