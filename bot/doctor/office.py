"""What PASTI works with: the database, the key, the standards, the calendar, and what waits to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, inspect

from bot.doctor.findings import Finding, ok, spoken, warning, wrong
from bot.doctor.tables import check_postgresql, other_revision
from bot.keys import key_name, sealer_if_any
from bot.settings import Settings
from handlers.library import working_days
from knowledge.calendar import jakarta_day
from storage import outbox_report, sealed_values, standards
from storage.database import HEAD, Database, DatabaseUnavailableError, sqlite_path
from storage.models.knowledge import CURRENT
from storage.sealed import SealError

LARGE_LOG = 256_000_000  # bytes of the write-ahead log
LATE = timedelta(minutes=15)  # for an answer
LATE_FILE = timedelta(hours=1)
LATELY = timedelta(days=7)

_RESTORE = "Restore the last backup: pasti restore FILE."
_REACH = "Does PostgreSQL run, and may this machine and user connect to it? Check DATABASE_URL."


def check_office(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everything that the database knows. One that is not there yet is not made."""
    path = sqlite_path(settings.database_url)
    if path and not path.exists():
        yield warning(
            "database",
            f"{path} is not there yet",
            "PASTI makes it when it starts. Should it be there? Then check DATA_DIR.",
        )
        return
    try:
        with closing(Database.open(settings.database_url)) as database:
            usable = []
            for finding in _check_database(database, path) if path else check_postgresql(database):
                usable.append(finding.state != "wrong")
                yield finding
            if all(usable):
                with database.reader() as conn:
                    yield from _check_contents(settings, conn, now)
    except DatabaseUnavailableError as error:
        mend = f"Who runs this command, and may they? If it is damaged: {_RESTORE}" if path else _REACH
        yield wrong("database", str(error), mend)


def _check_database(database: Database, path: Path) -> Iterator[Finding]:
    """The last finding is wrong when the tables cannot be read."""
    with database.reader() as conn:
        if conn.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            yield wrong("database", f"{path} is damaged", f"Stop PASTI, keep a copy of the file. {_RESTORE}")
            return
        known = inspect(conn).has_table("alembic_version")
        revision = str(conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()) if known else ""
    if revision != HEAD:
        yield other_revision(str(path), revision)
        return
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > LARGE_LOG:
        mend = "Something has been reading for long, a backup perhaps. If not: restart PASTI."
        yield warning("database", f"its write-ahead log has {size / 1e6:.0f} MB", mend)
    try:
        with database.transaction():
            pass
    except DatabaseUnavailableError as error:
        yield wrong("database", str(error), "Give file and folder to the user that runs PASTI; is the disk full?")
        return
    yield ok("database", f"{path} is whole, up to date ({HEAD}) and can be written")


def _check_contents(settings: Settings, conn: Connection, now: datetime) -> Iterator[Finding]:
    yield _check_key(settings, conn)
    in_force = sum(entry.status == CURRENT for entry in standards.all_entries(conn))
    if in_force:
        yield ok("standards", f"{in_force} in force")
    else:
        yield wrong("standards", "none is in force: nothing can be answered", "pasti knowledge import FILE")
    yield _check_calendar(conn, now)
    yield from _check_outbox(conn, now)


def _check_key(settings: Settings, conn: Connection) -> Finding:
    name = key_name(settings)
    try:
        keys = sealer_if_any(settings)
    except SealError as error:
        return wrong("key", str(error), "Restore it from a backup.")
    opened = sealed_values.opens(conn, keys)
    if opened is False:
        what = f"{name} does not open the contacts" if keys else f"{name} is missing, and there are contacts sealed"
        return wrong("key", what, "Put back the key that they were sealed with; no other opens them.")
    if keys is None:
        return warning("key", "there is none yet", "PASTI makes it when it starts.")
    return ok("key", f"{name} opens the contacts" if opened else f"{name} is there; no contact is sealed yet")


def _check_calendar(conn: Connection, now: datetime) -> Finding:
    year = jakarta_day(now).year
    known = working_days(conn).complete_years
    missing = [str(each) for each in (year, year + 1) if each not in known]
    if missing:
        mend = "Enter the holidays and cuti bersama of the SKB 3 Menteri (CONTRIBUTING.md); until then PASTI says so."
        return warning("calendar", f"{' and '.join(missing)} is not complete: due dates may move", mend)
    return ok("calendar", f"{year} and {year + 1} are complete")


def _check_outbox(conn: Connection, now: datetime) -> Iterator[Finding]:
    waiting = outbox_report.backlog(conn)
    rows = waiting.rows
    unsent = rows["queued"] + rows["sending"]
    failed = outbox_report.failed_since(conn, now - LATELY)
    if waiting.oldest and now - waiting.oldest > LATE:
        age = spoken(now - waiting.oldest)
        mend = "Is PASTI running, and its channel on? pasti outbox list --state queued shows the errors."
        yield warning("outbox", f"{unsent} messages are not sent, the oldest for {age}", mend)
    if failed:
        yield warning("outbox", f"{failed} of the last 7 days failed", "pasti outbox list --state failed")
    if rows["unknown"]:
        yield warning("outbox", f"{rows['unknown']} may not have arrived", "pasti outbox list --state unknown")
    yield ok("outbox", f"{unsent} to be sent, {rows['held']} held until the citizen writes again")
    if waiting.tasks:
        yield warning("tasks", f"{waiting.tasks} wait for an officer", "pasti outbox tasks")
    if waiting.oldest_media and now - waiting.oldest_media > LATE_FILE:
        age = spoken(now - waiting.oldest_media)
        mend = "Is PASTI running, and can it reach the providers? Its log says what they answer."
        yield warning("files", f"{waiting.media} files of citizens are not fetched, the oldest for {age}", mend)
