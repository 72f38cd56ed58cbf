"""What PASTI counts and times, for Prometheus. No label holds anything of a citizen, and each has few values.

What happens with every message is counted on children that were bound at the start: finding one costs more than
counting. What can be read from the database is read when somebody asks, in a reader connection.
"""

from __future__ import annotations

import sys
from collections import Counter as Counts
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.metadata import version
from typing import Literal, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from handlers.inbound import Decision
from handlers.messages import Channel
from handlers.parcels import Later, Outcome, Parcel, Refused, Sent, Uncertain, WindowClosed
from storage import outbox_report
from storage.database import HEAD, Database, DatabaseUnavailableError

CODES = 50  # distinct error codes that get a series of their own; a provider could invent them without end

Received = Literal["decided", "waiting", "duplicate", "failed", "spooled", "refused"]
SENT: dict[type[Outcome], str] = {
    Sent: "sent",
    Later: "later",
    Refused: "refused",
    WindowClosed: "window_closed",
    Uncertain: "uncertain",
}
_CHANNELS: tuple[Channel, ...] = get_args(Channel)
_PROVIDERS: tuple[Channel, ...] = tuple(
    channel for channel in _CHANNELS if channel != "web"
)  # the page reads the outbox itself
_ACK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15)  # Twilio waits 15 seconds
_TURN = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
_BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """One per process, over a registry of its own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # Prometheus's text format has no place for them
        self.registry = CollectorRegistry()
        messages = Counter("pasti_messages", "Messages taken in.", ("channel", "outcome"), registry=self.registry)
        ack = Histogram(
            "pasti_ack_seconds", "From receipt until durably kept.", ("channel",), buckets=_ACK, registry=self.registry
        )
        sent = Counter("pasti_sent", "Tries to send a message.", ("channel", "outcome"), registry=self.registry)
        rejected = Counter(
            "pasti_signature_rejections", "Calls without the provider's proof.", ("channel",), registry=self.registry
        )
        self._errors = Counter(
            "pasti_provider_errors", "Errors of providers.", ("channel", "code"), registry=self.registry
        )
        self._turn = Histogram(
            "pasti_turn_seconds", "A batch's transaction, per message.", buckets=_TURN, registry=self.registry
        )
        self._batch = Histogram(
            "pasti_batch_size", "Messages that shared a transaction.", buckets=_BATCH, registry=self.registry
        )
        self._messages = {
            (channel, outcome): messages.labels(channel, outcome)
            for channel in _CHANNELS
            for outcome in get_args(Received)
        }
        self._sent = {
            (channel, kind): sent.labels(channel, name) for channel in _PROVIDERS for kind, name in SENT.items()
        }
        self._ack = {channel: ack.labels(channel) for channel in _CHANNELS}
        self._rejected = {channel: rejected.labels(channel) for channel in _PROVIDERS}
        self._codes: set[str] = set()
        build = Gauge("pasti_build_info", "What runs.", ("version", "python", "migration"), registry=self.registry)
        build.labels(version("pasti"), ".".join(map(str, sys.version_info[:3])), HEAD).set(1)
        ProcessCollector(registry=self.registry)

    def decided(self, decisions: Iterable[Decision]) -> None:
        """What became of the messages of a batch."""
        became = Counts((decision.inbound.address.channel, _became(decision)) for decision in decisions)
        for key, count in became.items():
            self._messages[key].inc(count)

    def batch(self, messages: int, seconds: float) -> None:
        """A batch was kept and decided in so many seconds."""
        self._batch.observe(messages)
        each = seconds / messages
        for _ in range(messages):
            self._turn.observe(each)

    def spooled(self, channel: Channel) -> None:
        """A message went to the disk because the database was away."""
        self._messages[channel, "spooled"].inc()

    def refused(self, channel: Channel) -> None:
        """A message could not be kept, and was not acknowledged."""
        self._messages[channel, "refused"].inc()

    def acknowledged(self, channel: Channel, seconds: float) -> None:
        """A message is durably kept, so many seconds after it came."""
        self._ack[channel].observe(seconds)

    def tried(self, parcel: Parcel, outcome: Outcome) -> None:
        """A message was handed to its provider, and this came of it."""
        channel = parcel.address.channel
        self._sent[channel, type(outcome)].inc()
        if not isinstance(outcome, Sent):
            self.provider_error(channel, outcome.error)

    def provider_error(self, channel: Channel, code: str) -> None:
        if code not in self._codes:
            if len(self._codes) >= CODES:
                code = "other"
            else:
                self._codes.add(code)
        self._errors.labels(channel, code).inc()

    def signature_rejected(self, channel: Channel) -> None:
        self._rejected[channel].inc()

    def watch(self, database: Database, now: Callable[[], datetime], spooled: Callable[[], int]) -> None:
        """From now on what waits is shown too: in the database, and in the spool."""
        self.registry.register(_Waiting(database, now, spooled))

    def render(self) -> bytes:
        """Everything, in Prometheus's text format. Reads the database: call it in a thread."""
        return generate_latest(self.registry)


class _Waiting(Collector):
    """Asked for at each scrape. Without the database only says that it is away, and what needs none."""

    def __init__(self, database: Database, now: Callable[[], datetime], spooled: Callable[[], int]) -> None:
        self._database = database
        self._now = now
        self._spooled = spooled

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("pasti_spool_files", "Messages that wait for the database.", self._spooled())
        try:
            with self._database.reader() as conn:
                backlog = outbox_report.backlog(conn)
        except DatabaseUnavailableError:
            yield GaugeMetricFamily("pasti_database_up", "Whether the database can be read.", 0)
            return
        yield GaugeMetricFamily("pasti_database_up", "Whether the database can be read.", 1)
        rows = GaugeMetricFamily("pasti_outbox_rows", "Messages that are not settled.", labels=("state",))
        for state, count in backlog.rows.items():
            rows.add_metric((state,), count)
        yield rows
        age = max(0.0, (self._now() - backlog.oldest).total_seconds()) if backlog.oldest else 0
        yield GaugeMetricFamily("pasti_outbox_oldest_seconds", "Age of the oldest unsent message.", age)
        yield GaugeMetricFamily("pasti_tasks_open", "What only an officer can settle about sending.", backlog.tasks)
        yield GaugeMetricFamily("pasti_media_wanted", "Files that are still to be fetched.", backlog.media)


def _became(decision: Decision) -> Received:
    if decision.duplicate:
        return "duplicate"
    if decision.failed:
        return "failed"
    return "decided" if decision.decided else "waiting"
