"""`make bench`: how fast PASTI decides, takes in and sends, and how much memory it takes.

One run on one machine: look at the ratios, and compare runs of one machine only. `--quick` measures a little of
everything, to see that it works. `--decisions` is only what happens without the server, `--served` what happens with
it, `--postgresql` the same with several processes on one PostgreSQL, `--console` what officers see. `--province` is a
day of a province on PostgreSQL, which takes long, and is only measured when it is asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from handlers.shipped import shipped_standards
from tests.benchmarks import console, decisions, province
from tests.benchmarks.corpus import MANY, invented
from tests.benchmarks.processes import Load
from tests.benchmarks.served import Bench, Plan, prepared, tell, tell_side_by_side
from tests.benchmarks.side_by_side import PROCESSES, TWO, prepared_server

PLAN = Plan(seconds=3.0, rounds=2, stored=(0, 100_000, 1_000_000))
PARTS = ("decisions", "console", "served", "postgresql")
ON_DEMAND = ("province",)
QUICK = Plan(seconds=1.0, rounds=1, stored=(0, 10_000))


def main() -> None:
    if {"-h", "--help"} & set(sys.argv):
        Console().print(__doc__, markup=False)
        return
    quick = "--quick" in sys.argv
    only = [part for part in (*PARTS, *ON_DEMAND) if f"--{part}" in sys.argv] or PARTS
    if "decisions" in only:
        decisions.measure(quick=quick)
    if "console" in only:
        with TemporaryDirectory(prefix="pasti-bench-") as name:
            console.measure(Path(name), console.Size(rounds=10) if quick else console.Size())
    if "served" in only:
        served(QUICK if quick else PLAN, MANY // 10 if quick else MANY)
    if "postgresql" in only:
        side_by_side(QUICK if quick else PLAN, MANY // 10 if quick else MANY)
    if "province" in only:
        province.measure(province.HUNDREDTH if quick else province.DAY, list(invented(MANY // 10 if quick else MANY)))


def side_by_side(plan: Plan, many: int) -> None:
    load = Load()
    try:
        with TemporaryDirectory(prefix="pasti-bench-") as name:
            bench = Bench(Path(name), load, plan)
            limit = bench.limit([32])[32]
            standards = list(invented(many))
            server, titles = prepared_server(standards), [standard.title for standard in standards]
            found = {str(count): bench.side_by_side(server, titles, count) for count in PROCESSES}
            more = max(plan.stored)
            found[f"{TWO}, {more:,} stored"] = bench.side_by_side(server, titles, TWO, stored=more)
            tell_side_by_side(Console(), limit, found, f"PostgreSQL, {many:,} standards, 32 connections")
    finally:
        load.close()


def served(plan: Plan, many: int) -> None:
    load = Load()
    try:
        with TemporaryDirectory(prefix="pasti-bench-") as name:
            folder = Path(name)
            one = prepared(folder, "one", shipped_standards())
            more = prepared(folder, "many", list(invented(many)))
            titles = [standard.title for standard in invented(many)]
            bench = Bench(folder, load, plan)
            limit = bench.limit()
            offices = [
                bench.office("1 standard", one, [standard.title for standard in shipped_standards()]),
                bench.office(f"{many:,} standards", more, titles),
            ]
            tell(Console(), limit, offices, bench.grown(more, titles))
    finally:
        load.close()


if __name__ == "__main__":
    main()
