"""`pasti doctor`: whether the tables are those of this version; on PostgreSQL also whether a commit is kept."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect, text

from bot.doctor.findings import Finding, ok, warning, wrong
from storage.database import HEAD, Database, DatabaseUnavailableError

_KEEPS = ("fsync", "full_page_writes", "synchronous_commit")  # each off loses what was acknowledged


def check_postgresql(database: Database) -> Iterator[Finding]:
    """The last finding is wrong when the tables cannot be used."""
    with database.reader() as conn:
        known = inspect(conn).has_table("alembic_version")
        revision = str(conn.scalar(text("SELECT version_num FROM alembic_version"))) if known else ""
        version = conn.scalar(text("SHOW server_version"))
        losing = [
            name for name in _KEEPS if conn.scalar(text("SELECT current_setting(:name)"), {"name": name}) == "off"
        ]
    if revision != HEAD:
        yield other_revision(database.url, revision)
        return
    if losing:
        mend = "Switch it on in postgresql.conf: without it a power cut loses messages that were acknowledged."
        yield warning("database", f"{', '.join(losing)} of PostgreSQL is off", mend)
    try:
        with database.transaction() as tx:
            tx.execute(text("SELECT txid_current()"))  # which a server that may only read refuses
    except DatabaseUnavailableError as error:
        yield wrong(
            "database", str(error), "Is it a standby, or is its disk full? PASTI needs one that can be written."
        )
        return
    yield ok("database", f"{database.url} (PostgreSQL {version}) is up to date ({HEAD}) and can be written")


def other_revision(path: str, revision: str) -> Finding:
    if not revision:
        return wrong("database", f"{path} is no database of PASTI", "Check DATABASE_URL and DATA_DIR.")
    if revision > HEAD:
        mend = "Install the version of PASTI that made it."
        return wrong("database", f"{path} has tables of a newer version ({revision}, not {HEAD})", mend)
    mend = "Start PASTI: it brings them up to date. Make a backup before."
    return wrong("database", f"{path} has tables of an older version ({revision}, not {HEAD})", mend)
