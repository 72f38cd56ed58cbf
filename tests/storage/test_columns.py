from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateTable

from storage.columns import Document, Id, Moment

sample = Table(
    "sample",
    MetaData(),
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("at", Moment),
    Column("facts", Document),
)


@pytest.fixture(scope="module")
def conn() -> Iterator[Connection]:
    with create_engine("sqlite://").connect() as conn:
        sample.create(conn)
        yield conn


def kept(conn: Connection, at: datetime | None = None, facts: object = None) -> tuple[datetime | None, object]:
    conn.execute(sample.delete())
    conn.execute(insert(sample).values(id=1, at=at, facts=facts))
    row = conn.execute(select(sample.c.at, sample.c.facts)).one()
    return row.at, row.facts


@given(
    at=st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_instant_comes_back_as_the_same_instant_in_utc(conn: Connection, at: datetime) -> None:
    back, _ = kept(conn, at=at)
    assert back == at
    assert back is not None
    assert back.tzinfo is UTC


def test_instants_compare_by_time_whatever_their_zone(conn: Connection) -> None:
    jakarta = timezone(timedelta(hours=7))
    kept(conn, at=datetime(2026, 11, 9, 6, 0, tzinfo=jakarta))  # 23.00 UTC of the day before
    assert conn.scalar(select(sample.c.id).where(sample.c.at < datetime(2026, 11, 9, 0, 0, tzinfo=UTC))) == 1


def test_a_naive_time_is_refused(conn: Connection) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        kept(conn, at=datetime(2026, 11, 9, 6, 0))  # noqa: DTZ001 - what must not be


def test_a_document_comes_back_and_none_is_null(conn: Connection) -> None:
    facts = {"nama": "Hasan – “Asep”", "daftar": [1, None, {"a": True}]}
    assert kept(conn, facts=facts) == (None, facts)
    kept(conn, facts=None)
    assert conn.scalar(select(sample.c.id).where(sample.c.facts.is_(None))) == 1


def test_each_database_gets_its_own_types() -> None:
    in_sqlite = str(CreateTable(sample).compile(dialect=create_engine("sqlite://").dialect))
    in_postgresql = str(CreateTable(sample).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "id INTEGER NOT NULL" in in_sqlite
    assert "facts JSON" in in_sqlite
    assert "id BIGINT NOT NULL" in in_postgresql
    assert "at TIMESTAMP WITH TIME ZONE" in in_postgresql
    assert "facts JSONB" in in_postgresql
