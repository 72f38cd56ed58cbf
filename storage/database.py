"""The database: opened, brought up to date, read and written. SQLite to start with; a URL leads to PostgreSQL.

SQLite runs with a write-ahead log, so readers never wait for the writer, and with `synchronous=FULL`, so a commit is on
the disk when it returns. A writer begins with BEGIN IMMEDIATE: it waits its turn at the start, not in the middle.

PostgreSQL has many writers: each locks the rows that it decides upon, in the order of their keys. Where two waited for
each other all the same, one of them is told so (`DatabaseConflictError`), and does its work again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from storage import postgresql_engine, sqlite_engine

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0010"  # the newest revision under migrations/versions


class DatabaseUnavailableError(RuntimeError):
    """The database cannot be opened, read or written. The message is for the operator and quotes no row."""


class DatabaseConflictError(RuntimeError):
    """PostgreSQL undid a transaction because two waited for each other. Nothing was written: do it again."""


@dataclass(frozen=True, slots=True)
class Database:
    url: str  # without its password
    engine: Engine
    readers: Engine  # the same connections, for reading only
    writers: Engine  # likewise, for writing

    @classmethod
    def open(cls, url: str) -> Database:
        """Connect to `sqlite:///path`, a plain path, or `postgresql://…`; the folder and file of SQLite are made."""
        address = _address(url)
        if path := sqlite_path(url):
            _make_folder(path)
        engine = _engine(address)
        reading = {} if engine.dialect.name == "sqlite" else postgresql_engine.READER
        readers, writers = engine.execution_options(**reading), engine.execution_options(writes=True)
        database = cls(address.render_as_string(hide_password=True), engine, readers, writers)
        with database.reader():
            return database

    def migrate(self) -> None:
        """Bring the tables to the newest revision; returns at once when they are there."""
        with self.reader() as conn:
            if inspect(conn).has_table("alembic_version"):
                revision = conn.scalar(text("SELECT version_num FROM alembic_version"))
                if revision == HEAD:
                    return
        from alembic import command, util  # noqa: PLC0415 - 0.1 s that only a change of tables needs

        with self.schema_change() as tx:
            try:
                command.upgrade(alembic_config(tx), "head")
            except util.CommandError as error:
                raise DatabaseUnavailableError(f"{self.url} was made by a newer version of PASTI: {error}") from error

    @contextmanager
    def transaction(self, alone: str | None = None) -> Iterator[Connection]:
        """A writer: commits at the end, rolls back when the block raises.

        Args:
            alone: one at a time of all that say the same name, as all writers of SQLite are. For who decides by rows
                that are not there to be locked: whether a name is taken, whether a thing was done already.
        """
        with self._errors_named(), self.writers.begin() as tx:
            if alone is not None and not self.is_sqlite:
                postgresql_engine.be_alone(tx, alone)
            yield tx

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A consistent view for reading; never waits for the writer."""
        with self._errors_named(), self.readers.begin() as conn:
            yield conn

    @contextmanager
    def schema_change(self) -> Iterator[Connection]:
        """A writer that may rebuild tables: in SQLite that needs foreign keys off from before it begins."""
        change = self._sqlite_schema_change if self.is_sqlite else self._postgresql_schema_change
        with self._errors_named(), change() as tx:
            yield tx

    @contextmanager
    def _sqlite_schema_change(self) -> Iterator[Connection]:
        with self.writers.connect() as conn:
            sqlite_engine.foreign_keys(conn, "OFF")
            try:
                with conn.begin():
                    yield conn
                    if table := sqlite_engine.first_orphan(conn):
                        raise DatabaseUnavailableError(
                            f"The tables cannot be changed: rows of {table} refer to nothing"
                        )
            finally:
                sqlite_engine.foreign_keys(conn, "ON")

    @contextmanager
    def _postgresql_schema_change(self) -> Iterator[Connection]:
        with self.writers.begin() as tx:
            postgresql_engine.lock_for_migration(tx)
            yield tx

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def checkpoint(self) -> None:
        """Move SQLite's log into its file, as far as nobody reads it, while others write: no commit waits for it.

        In a large file that is many places on the disk, and a commit that had to do it took most of a second.
        """
        if self.is_sqlite:
            with self._errors_named(), self.engine.connect() as conn:
                driver: Any = conn.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeoutError as error:
            raise DatabaseUnavailableError(f"All connections to the database {self.url} are busy") from error
        except DBAPIError as error:
            if not self.is_sqlite:
                postgresql_engine.without_details(error)
            if self._is_conflict(error):
                raise DatabaseConflictError(f"Two waited for each other in {self.url}") from error
            if is_away(error):
                raise DatabaseUnavailableError(f"The database {self.url} is not available: {error.orig}") from error
            raise

    def _is_conflict(self, error: DBAPIError) -> bool:
        return not self.is_sqlite and postgresql_engine.is_conflict(error)


def is_away(error: Exception) -> bool:
    """Whether the database did not answer, and not what it was told is wrong: a broken constraint is the caller's.

    Inside a transaction a conflict of two counts too: nothing more can be done in it.
    """
    if isinstance(error, DBAPIError) and hasattr(error.orig, "sqlstate"):  # PostgreSQL's
        return postgresql_engine.is_away(error) or postgresql_engine.is_conflict(error)
    # `DatabaseError` itself is SQLite's "file is not a database".
    return isinstance(error, OperationalError | DatabaseUnavailableError) or type(error) is DatabaseError


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL or plain path; None for anything else."""
    address = _address(url)
    is_file = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return Path(str(address.database)) if is_file else None


def alembic_config(tx: Connection) -> Config:
    """What alembic's commands need to work inside the caller's transaction."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config(stdout=sys.stderr)  # what alembic says is no result of a command
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = tx
    return config


def _address(url: str) -> URL:
    try:
        address = make_url(url) if "://" in url else URL.create("sqlite", database=str(Path(url).expanduser()))
    except ArgumentError as error:
        raise DatabaseUnavailableError("The database's address is neither sqlite:///path nor postgresql://…") from error
    if address.drivername in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnavailableError(f"{address.drivername} is not supported: use sqlite:///path or postgresql://…")
    return address


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailableError(f"The folder of the database {path} cannot be made: {error.strerror}") from error


def _engine(address: URL) -> Engine:
    is_sqlite = address.get_backend_name() == "sqlite"
    dialect = sqlite_engine if is_sqlite else postgresql_engine
    try:
        engine = create_engine(
            address,
            hide_parameters=True,  # or an error message would hold personal data
            json_serializer=_as_json,
            json_deserializer=orjson.loads,
            paramstyle="qmark" if is_sqlite else "format",  # in their order, as `many_rows` has them
            connect_args=dialect.CONNECT_ARGS,
            **({} if is_sqlite else postgresql_engine.POOL),
        )
    except ModuleNotFoundError as error:
        raise DatabaseUnavailableError(f"The driver {error.name} for this database is not installed") from error
    dialect.set_up(engine)
    return engine


def _as_json(value: Any) -> str:
    return orjson.dumps(value).decode()
