"""What is counted and timed, as Prometheus reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.metrics import CODES, Metrics
from handlers.messages import Address, Channel
from handlers.parcels import Later, Parcel, Refused, Sent, Uncertain, WindowClosed
from storage import outbox_report
from storage.database import HEAD
from tests.offices import Clock, Desk, desk_at
from tests.postgresql import about_sqlite
from tests.storage.fresh import NOW, away


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path) as desk:
        yield desk


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """By name and the values of the labels, as a scraper sees them."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def parcel(channel: Channel = "whatsapp") -> Parcel:
    return Parcel(1, 1, Address(channel, "+6281200000001"), 2, (), (), "bot", NOW)


def test_messages_by_channel_and_what_became_of_them(desk: Desk) -> None:
    metrics = Metrics()
    answered = desk.say("biaya 29102")
    metrics.decided([answered, desk.say("halo", channel="telegram", burst=True), answered._replace(duplicate=True)])
    metrics.decided([answered._replace(failed=True)])
    metrics.spooled("whatsapp")
    metrics.refused("telegram")
    seen = samples(metrics)
    of_messages = {key[1:]: value for key, value in seen.items() if key[0] == "pasti_messages_total" and value}
    assert of_messages == {
        ("whatsapp", "decided"): 1,
        ("whatsapp", "duplicate"): 1,
        ("whatsapp", "failed"): 1,
        ("whatsapp", "spooled"): 1,
        ("telegram", "waiting"): 1,
        ("telegram", "refused"): 1,
    }
    assert seen["pasti_messages_total", "web", "decided"] == 0, "a series is there before anything happens"


def test_what_takes_how_long(desk: Desk) -> None:
    metrics = Metrics()
    metrics.batch(4, 0.02)
    metrics.acknowledged("whatsapp", 0.3)
    seen = samples(metrics)
    assert (seen["pasti_batch_size_count",], seen["pasti_batch_size_sum",]) == (1, 4)
    assert seen["pasti_turn_seconds_count",] == 4
    assert seen["pasti_turn_seconds_sum",] == pytest.approx(0.02)
    assert (seen["pasti_turn_seconds_bucket", "0.005"], seen["pasti_turn_seconds_bucket", "0.0025"]) == (4, 0)
    assert (seen["pasti_ack_seconds_count", "whatsapp"], seen["pasti_ack_seconds_count", "telegram"]) == (1, 0)


def test_what_became_of_each_try_to_send() -> None:
    metrics = Metrics()
    for outcome in (Sent("SM1"), Later("429"), Refused("21211"), WindowClosed(), Uncertain("TimeoutError")):
        metrics.tried(parcel(), outcome)
    metrics.tried(parcel("telegram"), Refused("403", "blocked"))
    metrics.signature_rejected("whatsapp")
    seen = samples(metrics)
    sent = {key[1:]: value for key, value in seen.items() if key[0] == "pasti_sent_total" and value}
    outcomes = ("sent", "later", "refused", "window_closed", "uncertain")
    assert sent == {("whatsapp", outcome): 1 for outcome in outcomes} | {("telegram", "refused"): 1}
    errors = {key[1:] for key in seen if key[0] == "pasti_provider_errors_total"}
    assert errors == {("whatsapp", code) for code in ("429", "21211", "63016", "TimeoutError")} | {("telegram", "403")}
    assert seen["pasti_signature_rejections_total", "whatsapp"] == 1


def test_a_provider_cannot_make_series_without_end() -> None:
    metrics = Metrics()
    for code in range(CODES + 20):
        metrics.provider_error("whatsapp", str(code))
    metrics.provider_error("telegram", "7")
    seen = {key[1:]: value for key, value in samples(metrics).items() if key[0] == "pasti_provider_errors_total"}
    assert len(seen) == CODES + 2
    assert seen["whatsapp", "other"] == 20
    assert seen["telegram", "7"] == 1


def test_what_waits_is_read_when_it_is_asked_for(desk: Desk) -> None:
    metrics = Metrics()
    metrics.watch(desk.office.database, Clock(NOW + timedelta(minutes=5)), lambda: 3)
    assert samples(metrics)["pasti_outbox_oldest_seconds",] == 0
    desk.say("biaya 29102")
    desk.say("biaya 29102", user="tetangga")
    with desk.office.database.transaction() as tx:
        tx.execute(text("UPDATE outbox SET state = 'held' WHERE id = (SELECT max(id) FROM outbox)"))
    seen = samples(metrics)
    rows = {key[1]: value for key, value in seen.items() if key[0] == "pasti_outbox_rows"}
    assert rows == {"queued": 1, "sending": 0, "unknown": 0, "held": 1}
    assert seen["pasti_outbox_oldest_seconds",] == 300
    assert (seen["pasti_spool_files",], seen["pasti_media_wanted",], seen["pasti_tasks_open",]) == (3, 0, 0)
    assert seen["pasti_database_up",] == 1


@about_sqlite
def test_the_backlog_is_read_from_the_small_indexes(desk: Desk) -> None:
    """A table of millions must not be read at each scrape."""
    with desk.office.database.reader() as conn:
        statements: list[str] = []
        conn.connection.driver_connection.set_trace_callback(statements.append)  # type: ignore[union-attr]
        outbox_report.backlog(conn)
        conn.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        plans = [conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}").all() for each in statements if "SELECT" in each]
    steps = [str(step[3]) for plan in plans for step in plan if "TEMP B-TREE" not in str(step[3])]
    assert len(steps) == 5
    assert [step for step in steps if not re.search(r"INDEX ix_\w+_(due|unsent|held|open|wanted)", step)] == []


def test_without_its_database_the_rest_is_still_told(desk: Desk) -> None:
    metrics = Metrics()
    metrics.watch(desk.office.database, desk.office.clock, lambda: 1)
    with away(desk.office.database):
        seen = samples(metrics)
    assert (seen["pasti_database_up",], seen["pasti_spool_files",]) == (0, 1)
    assert ("pasti_outbox_oldest_seconds",) not in seen


def test_each_has_a_registry_of_its_own_and_says_what_runs() -> None:
    first, second = Metrics(), Metrics()
    first.signature_rejected("telegram")
    assert samples(second)["pasti_signature_rejections_total", "telegram"] == 0
    [build] = [key for key in samples(first) if key[0] == "pasti_build_info"]
    assert HEAD in build
    assert ("process_resident_memory_bytes",) in samples(first)
    assert [key for key in samples(first) if key[0].endswith("_created")] == []
