"""A day of a province, replayed as fast as it goes: signed webhooks to two `pasti run` on one PostgreSQL.

Besides how fast it went it is looked at what came of it: every message decided once, and no gap in any numbering.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from rich.console import Console

from knowledge.standards import ServiceStandard
from tests.benchmarks.bare import TOKEN
from tests.benchmarks.processes import PUBLIC_URL, Load, pasti
from tests.benchmarks.side_by_side import one_database, prepared_server

PROCESSES = 2
CONNECTIONS = 32
HOURS, PEAK = 10, 0.2  # of a real day, and the share of its messages that comes in the worst of them
SETTLED = 30.0  # seconds until the last thoughts, which wait for a rest that does not come, are decided


@dataclass(frozen=True)
class Size:
    count: int  # citizens
    messages: int


DAY = Size(100_000, 400_000)
HUNDREDTH = Size(1_000, 4_000)

KEPT = {
    "messages": "SELECT count(*) FROM inbox",
    "conversations": "SELECT count(*) FROM conversations",
    "cases": "SELECT count(*) FROM cases",
    "rows of the outbox": "SELECT count(*) FROM outbox",
    "of them sent": "SELECT count(*) FROM outbox WHERE state = 'sent'",
    "deadlocks": "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
}
DATABASE_SIZE = "SELECT pg_database_size(current_database())"
UNDECIDED = "SELECT count(*) FROM inbox WHERE decided_at IS NULL"
FAULTS = {
    "messages are not decided": UNDECIDED,
    "messages failed": "SELECT count(*) FROM inbox WHERE failed",
    "messages were answered twice": """
        SELECT count(*) FROM (SELECT FROM outbox GROUP BY inbox_id, lines HAVING count(*) > 1) AS twice""",
    "conversations have a gap": """
        SELECT count(*) FROM conversations JOIN (
            SELECT conversation_id AS id, count(*) AS held, count(DISTINCT position) AS places, max(position) AS last
            FROM (SELECT conversation_id, position FROM inbox
                  UNION ALL SELECT conversation_id, position FROM outbox
                  UNION ALL SELECT conversation_id, position FROM handover_events) AS each GROUP BY conversation_id
        ) AS thread USING (id)
        WHERE held <> last OR places <> last OR last <> position""",
    "series of case numbers have a gap": """
        SELECT count(*) FROM (
            SELECT count(DISTINCT place) AS given, max(place) AS last
            FROM (SELECT left(number, 8) AS series, split_part(number, '-', 3)::int AS place FROM cases) AS numbered
            GROUP BY series
        ) AS counted WHERE given <> last""",
}


def measure(size: Size, standards: Sequence[ServiceStandard]) -> None:
    load = Load()
    try:
        server = prepared_server(standards)
        with one_database(server) as url, ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="pasti-bench-")))
            processes = [stack.enter_context(pasti(folder, load.door, url)) for _ in range(PROCESSES)]
            ports = [each.port for each in processes]
            services = [standard.title for standard in standards]
            order = {"size": asdict(size), "services": services, "public_url": PUBLIC_URL, "token": TOKEN}
            before = sum(each.cpu_seconds() for each in processes)
            result = load.order(do="province", ports=ports, connections=CONNECTIONS, **order)
            result["cpu"] = sum(each.cpu_seconds() for each in processes) - before
            memory = [each.megabytes("VmHWM") for each in processes]
            with psycopg.connect(url, autocommit=True) as conn:
                settle(conn)
                tell(Console(), size, result, _counts(conn, KEPT), memory)
                Console().print(f"database: {_count(conn, DATABASE_SIZE) / 1024**2:,.0f} MB")
                check(size, result, _counts(conn, KEPT), _counts(conn, FAULTS))
            print("each message was acknowledged and decided once; no gap in a series of cases or a conversation")
    finally:
        load.close()


def settle(conn: psycopg.Connection) -> None:
    """Waits until the last thoughts are decided."""
    until = time.monotonic() + SETTLED
    while _count(conn, UNDECIDED) and time.monotonic() < until:
        time.sleep(0.5)


def check(size: Size, result: dict[str, Any], kept: dict[str, int], faults: dict[str, int]) -> None:
    """Raises RuntimeError when not all came of it that should have."""
    faults |= {
        "messages were refused": result["refused"],
        "messages were not acknowledged": size.messages - result["answered"],
        "messages are missing": size.messages - kept["messages"],
        "citizens have no conversation": size.count - kept["conversations"],
    }
    if found := [f"{count} {name}" for name, count in faults.items() if count]:
        raise RuntimeError("; ".join(found))


def tell(console: Console, size: Size, result: dict[str, Any], kept: dict[str, int], memory: Sequence[float]) -> None:
    per_second = result["per_second"]
    peak = size.messages * PEAK / 3600
    console.print(
        f"a day of a province: {size.messages:,} messages of {size.count:,} citizens, {PROCESSES} processes on "
        f"PostgreSQL, {CONNECTIONS} connections\n"
        f"{per_second:,.0f} messages a second for {result['seconds']:.0f} s; "
        f"ack p50 {result['p50']:.1f} ms, p99 {result['p99']:.1f} ms; "
        f"CPU of the processes {1000 * result['cpu'] / size.messages:.2f} ms a message\n"
        f"a real day of {HOURS} hours, {PEAK:.0%} of it in one: {peak:.1f} a second in that hour, "
        f"{peak / per_second:.1%} of what went; {size.messages / HOURS / 3600:.1f} on average\n"
        + "; ".join(f"{count:,} {name}" for name, count in kept.items())
        + f"\nmemory of the processes at most, MB: {', '.join(f'{each:.0f}' for each in memory)}",
        soft_wrap=True,
    )


def _counts(conn: psycopg.Connection, queries: dict[str, str]) -> dict[str, int]:
    return {name: _count(conn, query) for name, query in queries.items()}


def _count(conn: psycopg.Connection, query: str) -> int:
    row = conn.execute(query).fetchone()
    assert row
    return int(row[0])
