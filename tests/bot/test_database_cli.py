"""`pasti database copy`: an office in another database is the same office, however often the copy was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Table, insert, select, text, update
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.app import open_office
from bot.lock import hold
from handlers.inbound import receive
from handlers.office import any_process
from storage import audit, copying
from storage.database import Database, DatabaseUnavailableError
from storage.models import metadata
from storage.notices import Line
from storage.sealed import load_or_make_secret
from tests import postgresql
from tests.bot.kept_offices import COMPLAINT, working
from tests.offices import said
from tests.staff import hired
from tests.storage.fresh import migrate

pytestmark = postgresql.about_sqlite  # of whose file the copies are made, into PostgreSQL and back
SECOND = "6281210002001"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With an office of two cases, the first of them merged into the second, and an officer whose head came later."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with working(tmp_path / "data") as office:
        for user in ("6281210002000", SECOND):
            for words in (COMPLAINT, "ya", "biaya 29102"):
                office.say(words, user)
        with office.office.database.transaction() as tx:
            rows = metadata.tables["cases"]
            first, second = sorted(tx.scalars(select(rows.c.id)))
            tx.execute(update(rows).where(rows.c.id == first).values(merged_into=second))
        budi = hired(office.office, "officer", name="Budi")
        head = hired(office.office, "head")
        change("data/pasti.db", f"UPDATE officers SET superior_id = {head.id} WHERE id = {budi.id}")
    return tmp_path


@pytest.fixture
def url() -> str:
    return postgresql.new_database("migrated", migrate)


def copy(source: str, target: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["database", "copy", source, target])
    assert result.exit_code == exit_code, result.output + str(result.exception)
    return result


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    def rows(table: Table) -> list[tuple[object, ...]]:
        return sorted((tuple(row) for row in conn.execute(select(table))), key=lambda row: str(row[0]))

    with closing(Database.open(url)) as database, database.reader() as conn:
        return {table.name: rows(table) for table in metadata.sorted_tables}


def test_there_and_back_all_is_as_before(folder: Path, url: str) -> None:
    copy("data/pasti.db", url)
    copy(url, "back/pasti.db")
    before = contents("data/pasti.db")
    assert len(before["cases"]) == 2
    assert [bool(row[6]) for row in before["officers"]] == [True, False]
    assert contents(url) == before
    assert contents("back/pasti.db") == before
    for address in (url, "back/pasti.db"):
        with closing(Database.open(address)) as database, database.reader() as conn:
            assert [case.broken_at for case in audit.checked(conn)] == [None, None]


def test_the_office_goes_on_where_it_was(folder: Path, url: str) -> None:
    copy("data/pasti.db", url)
    office = open_office(url, load_or_make_secret(folder / "data", None), shipped=True)
    with working(folder / "data") as before:
        message = before.message("biaya 29102", SECOND)
        there, here = receive(office, [message])[0], receive(before.office, [message])[0]
    office.database.close()
    assert there.conversation == here.conversation
    assert said(there) == said(here)


def cut_off_after(chunks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The target goes away in the middle of a chunk, after so many were written."""
    written = count()

    def inserting(table: Table) -> object:
        if next(written) == chunks:
            raise DatabaseUnavailableError("the line was cut")
        return insert(table)

    monkeypatch.setattr(copying, "insert", inserting)


@pytest.mark.parametrize("chunks", [1, 4, 9, 14])
def test_cut_off_anywhere_it_goes_on_and_nothing_serves_from_it_before(
    chunks: int, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "CHUNK", 2)
    with monkeypatch.context() as patch:
        cut_off_after(chunks, patch)
        assert "the line was cut" in copy("data/pasti.db", url, 1).output
    with pytest.raises(DatabaseUnavailableError, match="copy into it was cut off"):
        open_office(url, "the key", shipped=True)
    copy("data/pasti.db", url)
    assert contents(url) == contents("data/pasti.db")


def change(url: str, statement: str) -> None:
    with closing(Database.open(url)) as database, database.transaction() as tx:
        tx.execute(text(statement))


def test_a_target_with_anything_in_it_is_left_alone(url: str) -> None:
    change(url, "INSERT INTO counters VALUES ('ADU-2026', 7)")
    assert "is not empty: there are rows in counters" in copy("data/pasti.db", url, 1).output
    assert [name for name, rows in contents(url).items() if rows] == ["counters"]
    copied = "copied/pasti.db"
    copy("data/pasti.db", copied)
    assert "is not empty" in copy("data/pasti.db", copied, 1).output


def test_a_source_that_changed_after_the_cut_is_noticed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        cut_off_after(12, patch)
        copy("data/pasti.db", url, 1)
    change("data/pasti.db", "UPDATE counters SET value = value + 1")
    assert "counters is not the same" in copy("data/pasti.db", url, 1).output
    with pytest.raises(DatabaseUnavailableError, match="copy into it was cut off"):
        open_office(url, "the key", shipped=True)


def test_what_is_no_whole_office_is_not_copied(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no database at" in copy("nowhere.db", url, 1).output
    with closing(Database.open("empty.db")):
        pass
    assert "no office of PASTI" in copy("empty.db", url, 1).output
    cut_off_after(12, monkeypatch)
    copy("data/pasti.db", url, 1)
    assert "a copy that was not finished" in copy(url, "other.db", 1).output
    change("data/pasti.db", "UPDATE alembic_version SET version_num = '0001'")
    assert "migration 0001" in copy("data/pasti.db", "another.db", 1).output


def serving(url: str) -> Iterator[Line]:
    with closing(Database.open(url)) as database, closing(Line(database, any_process())) as line:
        line.connect()
        yield line


def test_nothing_is_copied_from_what_is_served(folder: Path, url: str) -> None:
    with hold(folder / "data"):
        assert "already running" in copy("data/pasti.db", url, 1).output
        assert not any(contents(url).values())
    for _ in serving(url):
        assert "1 processes of PASTI serve" in copy(url, "other.db", 1).output
        assert "1 processes of PASTI serve" in copy("data/pasti.db", url, 1).output


def test_what_no_text_of_postgresql_can_hold_stays_behind(url: str) -> None:
    change("data/pasti.db", "UPDATE inbox SET text = 'satu' || char(0) || 'dua', payload = char(0)")
    copy("data/pasti.db", url)
    with closing(Database.open(url)) as database, database.reader() as conn:
        assert set(conn.execute(text("SELECT text, payload FROM inbox"))) == {("satudua", "")}
