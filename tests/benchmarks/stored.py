"""A past for an office: so many messages that came and were answered, of 20,000 citizens over the last months."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.corpus import MONDAY

CITIZENS = 20_000


def store(path: Path, messages: int, citizens: int = CITIZENS) -> None:
    """Half of them in the inbox, half in the outbox, all settled; every tenth citizen has filed something."""
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA foreign_keys=OFF")
    conn.execute("PRAGMA synchronous=OFF")
    with conn:
        conn.executemany(
            "INSERT INTO conversations (id, channel, address, state, position, version, updated_at, last_inbound_at) "
            "VALUES (?, 'whatsapp', ?, '{}', ?, 1, ?, ?)",
            _conversations(messages, citizens),
        )
        conn.executemany(
            "INSERT INTO inbox (id, channel, external_id, conversation_id, position, received_at, kind, text, "
            "attachments, decided_at, failed) VALUES (?, 'whatsapp', ?, ?, ?, ?, 'text', ?, '[]', ?, 0)",
            _inbox(messages // 2, citizens),
        )
        conn.executemany(
            "INSERT INTO outbox (id, conversation_id, position, inbox_id, lines, buttons, sender, state, template, "
            "repeated, attempts, due_at, provider_id, created_at, sent_at) "
            "VALUES (?, ?, ?, ?, ?, '[]', 'bot', 'delivered', 0, 0, 0, ?, ?, ?, ?)",
            _outbox(messages // 2, citizens),
        )
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


def _conversations(messages: int, citizens: int) -> Iterator[tuple[object, ...]]:
    each = max(1, messages // citizens)
    for n in range(citizens):
        yield n + 1, f"+62812{n:08d}", each + 2, _time(0), _time(0)


def _inbox(count: int, citizens: int) -> Iterator[tuple[object, ...]]:
    for n in range(count):
        yield n + 1, f"past-{n}", n % citizens + 1, n // citizens * 2 + 1, _time(n), "berapa biaya izinnya?", _time(n)


def _outbox(count: int, citizens: int) -> Iterator[tuple[object, ...]]:
    lines = json.dumps([["strong", "Biaya/Tarif"], ["quote", "Gratis"], ["source", "Sumber: Standar Pelayanan " * 6]])
    for n in range(count):
        place = n // citizens * 2 + 2
        yield n + 1, n % citizens + 1, place, n + 1, lines, _time(n), f"SMpast{n:026d}", _time(n), _time(n)


def _time(n: int) -> str:
    return (MONDAY - timedelta(days=30) - timedelta(seconds=n)).strftime("%Y-%m-%d %H:%M:%S.000000")
