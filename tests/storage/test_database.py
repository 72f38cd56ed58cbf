from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from storage.database import HEAD, Database, DatabaseUnavailableError, alembic_config, sqlite_path
from storage.models import metadata
from tests.postgresql import about_sqlite
from tests.storage.schemas import schema


def test_migrations_make_what_the_models_say(database: Database) -> None:
    with database.schema_change() as tx:
        command.check(alembic_config(tx))


@about_sqlite
def test_migrations_make_every_constraint_that_the_models_have(database: Database, tmp_path: Path) -> None:
    declared = Database.open(str(tmp_path / "declared.db"))
    with declared.transaction() as tx:
        metadata.create_all(tx)
    with declared.reader() as conn, database.reader() as migrated:
        made, wanted = schema(migrated), schema(conn)
    declared.close()
    assert {name for name in made if name not in wanted} == {"case_events_no_update", "case_events_no_delete"}
    assert {name: made.get(name) for name in wanted} == wanted


def test_migrations_go_down_to_nothing_and_up_again(database: Database) -> None:
    with database.reader() as conn:
        before = schema(conn)
    with database.schema_change() as tx:
        command.downgrade(alembic_config(tx), "base")
    with database.reader() as conn:
        assert inspect(conn).get_table_names() == ["alembic_version"]
    database.migrate()
    with database.reader() as conn:
        assert schema(conn) == before


def test_the_head_is_the_newest_revision(database: Database) -> None:
    with database.reader() as conn:
        assert ScriptDirectory.from_config(alembic_config(conn)).get_current_head() == HEAD


def test_migrating_again_costs_nothing(database: Database) -> None:
    began = time.process_time()
    database.migrate()
    assert time.process_time() - began < 0.05


def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path) -> None:
    database = Database.open(str(tmp_path / "pasti.db"))
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE outbox (id INTEGER)"))  # somebody else's
    with pytest.raises(DatabaseUnavailableError, match="outbox already exists"):
        database.migrate()
    with database.reader() as conn:
        assert inspect(conn).get_table_names() == ["outbox"]
    database.close()


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailableError, match="newer version"):
        database.migrate()


@about_sqlite
def test_a_schema_change_that_orphans_rows_is_refused(database: Database) -> None:
    orphan = text("INSERT INTO case_numbers (number, case_id, given_at) VALUES ('ADU', 1, '2026-01-01')")
    with pytest.raises(DatabaseUnavailableError, match="case_numbers refer to nothing"), database.schema_change() as tx:
        tx.execute(orphan)
    with pytest.raises(IntegrityError), database.transaction() as tx:  # and foreign keys are on again
        tx.execute(orphan)


@about_sqlite
def test_commits_are_durable_and_references_hold(database: Database) -> None:
    with database.reader() as conn:
        settings = {
            name: conn.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_transaction_that_raises_changes_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.transaction() as tx:
            tx.execute(text("INSERT INTO counters VALUES ('ADU-2026', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.reader() as conn:
        assert conn.scalar(text("SELECT count(*) FROM counters")) == 0


def test_a_reader_neither_waits_for_the_writer_nor_sees_half_of_its_work(database: Database) -> None:
    with database.transaction() as tx, database.reader() as conn:
        tx.execute(text("INSERT INTO counters VALUES ('ADU-2026', 1)"))
        assert conn.scalar(text("SELECT count(*) FROM counters")) == 0


def test_a_second_writer_waits_for_the_first(database: Database) -> None:
    done: list[str] = []

    def write() -> None:
        with database.transaction() as tx:
            tx.execute(text("UPDATE counters SET value = value + 1"))
            done.append("second")

    with database.transaction() as tx:
        tx.execute(text("INSERT INTO counters VALUES ('ADU-2026', 1)"))
    with database.transaction() as tx:
        tx.execute(text("UPDATE counters SET value = value * 10"))  # PostgreSQL locks what is touched, SQLite all
        second = threading.Thread(target=write)
        second.start()
        done.append("first")
    second.join()
    with database.reader() as conn:
        assert (done, conn.scalar(text("SELECT value FROM counters"))) == (["first", "second"], 11)


@pytest.mark.parametrize("url", ["{}/new/folder/pasti.db", "sqlite:///{}/new/folder/pasti.db"])
def test_the_folder_of_a_new_database_is_made(url: str, tmp_path: Path) -> None:
    Database.open(url.format(tmp_path)).close()
    assert (tmp_path / "new/folder/pasti.db").exists()


def test_a_plain_path_may_hold_any_character(tmp_path: Path) -> None:
    path = tmp_path / "50% lebih? #1.db"
    Database.open(str(path)).close()
    assert sqlite_path(str(path)) == path
    assert path.exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://localhost/pasti"])
def test_not_every_database_is_a_file(url: str) -> None:
    assert sqlite_path(url) is None


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Kepada Yth. Kepala DPMPTSP, " * 100)
    with pytest.raises(DatabaseUnavailableError, match=r"letter\.txt is not available: file is not a database"):
        Database.open(str(tmp_path / "letter.txt"))


def test_a_path_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailableError, match=r"folder of the database .*file/pasti\.db cannot be made"):
        Database.open(str(tmp_path / "file" / "pasti.db"))
    with pytest.raises(DatabaseUnavailableError, match="unable to open database file"):
        Database.open(str(tmp_path))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("oracle://scott:tiger@host/pasti", "oracle is not supported"),
        ("://", "neither sqlite:///path nor postgresql"),
        ("postgresql://pasti:hush@127.0.0.1:1/pasti", "is not available: connection failed"),
    ],
)
def test_a_url_that_leads_nowhere_is_explained_without_its_password(url: str, said: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match=said) as caught:
        Database.open(url)
    assert "tiger" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_an_error_quotes_no_row(database: Database) -> None:
    insert = text("INSERT INTO counters VALUES (:name, 1)")
    with pytest.raises(IntegrityError) as caught, database.transaction() as tx:
        tx.execute(insert, [{"name": "081200001111"}, {"name": "081200001111"}])
    assert "081200001111" not in str(caught.value)


@about_sqlite
def test_a_locked_database_is_reported_as_unavailable(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "pasti.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with database.reader() as conn:
        conn.exec_driver_sql("PRAGMA busy_timeout=1")  # kept by the one connection of the pool
    with pytest.raises(DatabaseUnavailableError, match="database is locked"), database.transaction():
        pass
    other.close()


@about_sqlite
def test_the_log_is_moved_into_the_file_beside_the_commits(database: Database, tmp_path: Path) -> None:
    with database.transaction() as tx:
        tx.execute(text("INSERT INTO counters VALUES ('ADU-2026', 1)"))
    database.checkpoint()
    alone = tmp_path / "copy.db"
    alone.write_bytes((tmp_path / "pasti.db").read_bytes())
    with sqlite3.connect(alone) as copied:
        assert copied.execute("SELECT value FROM counters").fetchall() == [(1,)]
    copied.close()
