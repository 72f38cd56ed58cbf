"""What `pasti doctor` says of PostgreSQL."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import text

from bot.doctor.tables import check_postgresql
from storage.database import Database
from tests import postgresql
from tests.storage.fresh import migrate


@pytest.fixture
def url() -> str:
    return postgresql.new_database("migrated", migrate)


def states(url: str) -> list[tuple[str, str]]:
    with closing(Database.open(url)) as database:
        return [(finding.state, finding.what) for finding in check_postgresql(database)]


def test_a_commit_that_may_be_lost_is_warned_of(url: str) -> None:
    (warned, what), (found, whole) = states(url)  # the tests' server keeps nothing safe
    assert (warned, what) == ("warning", postgresql.UNSAFE)
    assert found == "ok"
    assert "can be written" in whole


def test_tables_of_another_version_are_named(url: str) -> None:
    with closing(Database.open(url)) as database, database.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    [(found, what)] = states(url)
    assert (found, "newer version" in what) == ("wrong", True)
