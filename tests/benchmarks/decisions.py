"""How fast PASTI decides and how much memory it takes, without the server: one standard against 1,790 invented ones."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from handlers import editions
from handlers.dialogue.engine import Context, step
from handlers.dialogue.state import State
from handlers.inbound import receive
from handlers.messages import Address, Inbound
from handlers.office import Office
from handlers.shipped import shipped_standards
from knowledge.base import KnowledgeBase
from knowledge.ingest import parse
from knowledge.standards import ServiceStandard
from storage.database import Database
from storage.sealed import Sealer
from tests.benchmarks.corpus import MANY, MONDAY, invented, messages, scan


@dataclass
class Bench:
    """One office on a database of its own, and what is measured there."""

    office: Office
    texts: list[str]

    def knowledge(self) -> KnowledgeBase:
        with self.office.database.reader() as conn:
            return self.office.library.current(conn)

    def deciding(self) -> list[float]:
        """Milliseconds of CPU of each pure decision: understanding and answering, without the database."""
        knowledge = self.knowledge()
        inbounds = [Inbound(Address("web", "bench"), str(n), MONDAY, text) for n, text in enumerate(self.texts)]
        return [
            _timed(partial(step, inbound, State(), Context(knowledge, MONDAY)), time.process_time)
            for inbound in inbounds
        ]

    def turns(self) -> list[float]:
        """Milliseconds of each whole turn: claimed, decided and committed, on the disk when it returns."""
        return [_timed(partial(receive, self.office, batch)) for batch in self._batches(1)]

    def per_second(self, size: int) -> float:
        """Turns a second when so many messages of different citizens share a commit."""
        batches = self._batches(size)
        milliseconds = sum(_timed(partial(receive, self.office, batch)) for batch in batches)
        return 1000 * len(self.texts) / milliseconds

    def _batches(self, size: int) -> list[list[Inbound]]:
        inbounds = [
            Inbound(Address("web", f"citizen-{self.office.new_id()}"), "1", MONDAY, text) for text in self.texts
        ]
        inbounds = [inbound._replace(external_id=inbound.address.user) for inbound in inbounds]
        return [inbounds[at : at + size] for at in range(0, len(inbounds), size)]


def _timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds by this clock: the CPU's says the same on a busy machine, but does not see waiting for the disk."""
    started = clock()
    work()
    return (clock() - started) * 1000


def opened(folder: Path) -> Office:
    database = Database.open(str(folder / "bench.db"))
    database.migrate()
    return Office(database, Sealer("a secret of the bench"))


def published(office: Office, standards: Sequence[ServiceStandard]) -> None:
    editions.import_edition(
        office, standards, title="Bench", effective_on=None, source_name="bench", source_sha256="0" * 64, whole=True
    )


def ingested(folder: Path, standards: Sequence[ServiceStandard]) -> float:
    """Seconds from the text of a scan to standards in force."""
    text = "\n\n".join(map(scan, standards))
    office = opened(folder)
    seconds = _timed(lambda: published(office, parse(text))) / 1000
    office.database.close()
    return seconds


def megabytes() -> float:
    """Resident memory at its highest so far, as the system counts it (in kB on Linux, in bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


@dataclass(frozen=True)
class Measured:
    """What one office gave; times in milliseconds, of CPU where nothing waits for the disk."""

    built: float
    first: list[float]  # decisions on messages, half of which name a standard that nobody asked about before
    again: list[float]  # the same messages once more
    turns: list[float]
    singly: float  # turns a second
    batched: float
    memory: float  # MB


def measured(folder: Path, standards: Sequence[ServiceStandard], count: int) -> Measured:
    office = opened(folder)
    published(office, standards)
    bench = Bench(office, messages([standard.title for standard in standards], count))
    built = _timed(bench.knowledge, time.process_time)
    first, again, turns = bench.deciding(), bench.deciding(), bench.turns()
    result = Measured(built, first, again, turns, bench.per_second(1), bench.per_second(32), megabytes())
    office.database.close()
    return result


def measure(*, quick: bool) -> None:
    """Measures and tells. quick: a tenth of it, to see that it works."""
    count, many = (60, MANY // 10) if quick else (400, MANY)
    with TemporaryDirectory(prefix="pasti-bench-") as folder:
        places = [Path(folder) / name for name in ("one", "many", "scan")]
        for place in places:
            place.mkdir()
        one = measured(places[0], shipped_standards(), count)
        more = measured(places[1], list(invented(many)), count)
        seconds = ingested(places[2], list(invented(many)))

    table = Table(title="PASTI, measured", title_justify="left", box=None, header_style="bold")
    for heading in ("", "1 standard", f"{many:,}", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    for (name, a), (_, b) in zip(rows(one), rows(more), strict=True):
        table.add_row(name, _number(a), _number(b), f"{b / a:.2f}")
    console = Console()
    console.print(table)
    gains = f"{one.batched / one.singly:.1f}, with {many:,} standards {more.batched / more.singly:.1f}"
    console.print(f"32 in a commit against one by one: {gains}")
    console.print(f"import of a scan of {many:,} standards: {seconds:.1f} s")


def rows(of: Measured) -> Iterator[tuple[str, float]]:
    yield "knowledge built, ms of CPU", of.built
    for name, times in (
        ("decision, ms of CPU", of.again),
        ("first about a standard, ms of CPU", of.first),
        ("whole turn on SQLite, ms", of.turns),
    ):
        yield f"{name}, median", statistics.median(times)
        yield f"{name}, p99", statistics.quantiles(times, n=100)[98]
    yield "turns a second, one by one", of.singly
    yield "turns a second, 32 in a commit", of.batched
    yield "memory of the process, MB", of.memory


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
