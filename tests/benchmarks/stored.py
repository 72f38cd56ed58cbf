"""A past for an office: so many messages that came and were answered, of 20,000 citizens over the last months."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import psycopg
from psycopg import sql
from sqlalchemy import insert

from handlers.case_numbers import make_number
from handlers.case_rules import Kind
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import cases, officers, parties
from storage.models import Case, Officer, Step, table
from storage.parties import PartyDetails
from tests.benchmarks.corpus import MONDAY

CITIZENS = 20_000


def store(path: Path, messages: int, citizens: int = CITIZENS) -> None:
    """In a file of SQLite: half of them in the inbox, half in the outbox, all settled."""
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA foreign_keys=OFF")
    conn.execute("PRAGMA synchronous=OFF")
    with conn:
        for name, columns, rows in _past(messages, citizens):
            marks = ", ".join("?" * len(columns))
            conn.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


def store_on_postgresql(url: str, messages: int, citizens: int = CITIZENS) -> None:
    """The same in a database of PostgreSQL, and what it plans by is counted anew."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SET timezone = 'UTC'")
        for name, columns, rows in _past(messages, citizens):
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names)
            with conn.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
        conn.execute("VACUUM ANALYZE")


def _past(messages: int, citizens: int) -> Iterator[tuple[str, Sequence[str], Iterator[Sequence[object]]]]:
    """Tables, their columns, and rows."""
    for name, columns, rows in (
        (
            "conversations",
            "id channel address state position version updated_at last_inbound_at",
            _conversations(messages, citizens),
        ),
        (
            "inbox",
            "id channel external_id conversation_id position received_at kind text attachments decided_at failed",
            _inbox(messages // 2, citizens),
        ),
        (
            "outbox",
            (
                "id conversation_id position inbox_id lines buttons sender state template "
                "repeated attempts due_at provider_id created_at sent_at"
            ),
            _outbox(messages // 2, citizens),
        ),
    ):
        yield name, columns.split(), rows


def _conversations(messages: int, citizens: int) -> Iterator[Sequence[object]]:
    each = max(1, messages // citizens)
    for n in range(citizens):
        yield n + 1, "whatsapp", f"+62812{n:08d}", "{}", each + 2, 1, _time(0), _time(0)


def _inbox(count: int, citizens: int) -> Iterator[Sequence[object]]:
    for n in range(count):
        yield (
            *(n + 1, "whatsapp", f"past-{n}", n % citizens + 1, n // citizens * 2 + 1),
            *(_time(n), "text", "berapa biaya izinnya?", "[]", _time(n), 0),
        )


def _outbox(count: int, citizens: int) -> Iterator[Sequence[object]]:
    lines = json.dumps([["strong", "Biaya/Tarif"], ["quote", "Gratis"], ["source", "Sumber: Standar Pelayanan " * 6]])
    for n in range(count):
        yield (
            *(n + 1, n % citizens + 1, n // citizens * 2 + 2, n + 1, lines, "[]", "bot", "delivered", 0),
            *(0, 0, _time(n), f"SMpast{n:026d}", _time(n), _time(n)),
        )


def _time(n: int) -> str:
    return (MONDAY - timedelta(days=30) - timedelta(seconds=n)).strftime("%Y-%m-%d %H:%M:%S.000000")


STAGES = ("received", "under_review", "in_progress", "answered", *("closed",) * 5, "withdrawn")
WAYS = ("letter", "whatsapp", "mpp_counter", "box", "telegram")


def store_cases(office: Office, count: int) -> None:
    """A register: most of it closed, a tenth suggestions, a twentieth confidential, each with somebody who reported."""
    chance, now = Random(26), office.clock()
    today = jakarta_day(now)
    holders = [office.new_id() for _ in range(6)]
    made: list[dict[str, object]] = []
    for n in range(1, count + 1):
        kind: Kind = "suggestion" if n % 10 == 0 else "complaint"
        received = now - timedelta(hours=n)
        suggested = kind == "suggestion"
        case = Case(
            id=office.new_id(),
            number=make_number(kind, 2026, n),
            kind=kind,
            stage="noted" if suggested else chance.choice(STAGES),
            channel=chance.choice(WAYS),
            reporter_id=n,
            officer_id=chance.choice((*holders, None)),
            received_at=received,
            clock_started_at=None if suggested else received,
            due_on=None if suggested else today + timedelta(days=20 - n // 20),
            subject=f"antrean ke-{n} di loket tanpa penjelasan " + "dan uraian panjang dari pelapor " * 6,
            service=f"Izin usaha nomor {n % 80}",
            component=n % 14 + 1,
            visible_to="manager" if n % 20 == 0 else None,
            confidential=n % 20 == 0,
            updated_at=now,
        )
        made.append(case.model_dump())
    with office.database.transaction() as tx:
        for n, id_ in enumerate(holders):
            officers.add(tx, Officer(id=id_, name=f"Petugas {n}", username=f"pegawai{n}", role="officer"))
        for n in range(1, count + 1):
            reporter = PartyDetails(n, f"Warga {n}", phone=f"08123450{n:04d}")
            parties.add(tx, office.keys, reporter, now)
        tx.execute(insert(cases.cases), made)
        given = [{"number": row["number"], "case_id": row["id"], "given_at": now} for row in made]
        tx.execute(insert(cases.case_numbers), given)
        steps = [
            Step(
                id=office.new_id(),
                case_id=int(str(row["id"])),
                sequence=1,
                route="internal",
                officer_id=holders[0],
                given_at=now,
            )
            for row in made[::3]
        ]
        tx.execute(insert(table(Step)), [step.model_dump() for step in steps])
