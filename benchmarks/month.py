"""`python -m benchmarks.month`: a month of each, the table, and the curve.

Each job keeps what it came to in a file, with a fingerprint of the code it ran. A run
that is broken off goes on where it was, and what other code came to is run again, so a
table never stands on two states of the policy. `--write` writes it into docs/ and README.
"""

import argparse
import asyncio
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
import sys
import time
from typing import Final

# Before any integration is loaded, whose imports it patches.
from pytest_homeassistant_custom_component import plugins  # noqa: F401

from .cars import TRIPS, Kind
from .docs_tables import ROOT, write
from .footprint import Footprint, footprints, hush
from .integrations_under_test import ADAPTIVE, SUBJECTS
from .results_cache import Job, load, save
from .run import month
from .table import WHOLE, Columns, table

RESULTS: Final = ROOT / ".benchmarks"

# Both ways of sleeping, with the shortest idle time and the longest. The replay has those
# in between.
KINDS: Final = tuple(
    Kind(idle=idle, kept_awake=kept_awake)
    for kept_awake in (True, False)
    for idle in (10, 30)
)
SENTRY: Final = Kind(idle=15, kept_awake=True, sentry=True)

FOOTPRINT: Final[Columns[Footprint]] = {
    "Who": lambda item: item.subject,
    "Cars": lambda item: str(item.cars),
    "ms of the loop a round": lambda item: f"{item.milliseconds:.2f}",
    "state writes a round": lambda item: f"{item.state_writes:.2f}",
    "calls a round": lambda item: f"{item.calls:.0f}",
    "KB an account": lambda item: f"{item.kilobytes:.0f}",
    "KB more after 2 h": lambda item: f"{item.growth:.0f}",
}

# A car and some days of it, for the tests.
SMALL: Final = (Kind(idle=15, kept_awake=True),)
SMALL_DAYS: Final = 4
SMALL_TRIPS: Final = ("free_time_driver",)


def main() -> int:
    """Run what is asked for and not yet kept, and write the table and the curve."""
    parser = argparse.ArgumentParser(prog="benchmarks.month", description=__doc__)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--only", help="name of one subject", default=None)
    parser.add_argument("--kind", help="name of one kind of car", default=None)
    parser.add_argument("--small", action="store_true", help="one car for days")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to keep")
    parser.add_argument("--footprint", action="store_true", help="measure that too")
    parser.add_argument("--write", action="store_true", help="into the pages")
    options = parser.parse_args()
    if options.small:
        results = asyncio.run(month(ADAPTIVE, SMALL, SMALL_DAYS, SMALL_TRIPS))
        print(table(results, WHOLE))
        return 0
    runs = [
        [job for job in run if options.kind in (None, job.kind.name)]
        for run in runs_of(options.days)
        if options.only in (None, run[0].subject.name)
    ]
    todo = [
        rest
        for run in runs
        if (rest := [job for job in run if load(options.results, job) is None])
    ]
    with ProcessPoolExecutor(options.jobs, max_tasks_per_child=1) as pool:
        list(pool.map(_run, todo, [options.results] * len(todo)))
    results = [
        result
        for run in runs
        for job in run
        if (result := load(options.results, job)) is not None
    ]
    print(table(results, WHOLE))
    footprint = None
    if options.footprint:
        footprint = footprint_table(footprints())
        print(footprint)
    if options.write:
        write(results, footprint)
    return 0


def runs_of(days: int) -> list[list[Job]]:
    """Return what a process runs at a time each, in the order of the table.

    All kinds of cars share an account, but for a hint, which is for the one car that can
    be at home: its cars have an account each, which takes as many times as long.
    """
    runs: list[list[Job]] = []
    for subject in SUBJECTS:
        kinds = KINDS if subject.one_car_an_account else (*KINDS, SENTRY)
        jobs = [
            Job(subject=subject, kind=kind, days=days, trips=TRIPS) for kind in kinds
        ]
        runs += [[job] for job in jobs] if subject.one_car_an_account else [jobs]
    return runs


def _run(jobs: list[Job], folder: Path) -> None:
    """Run jobs of one subject, and keep what each came to.

    Raises:
        RuntimeError: the code was changed meanwhile; it is not known what was run.
    """
    hush()
    began, code = time.perf_counter(), [job.fingerprint for job in jobs]
    kinds = [job.kind for job in jobs]
    results = asyncio.run(month(jobs[0].subject, kinds, jobs[0].days, jobs[0].trips))
    if [job.fingerprint for job in jobs] != code:
        raise RuntimeError(f"{jobs[0].title}: the code was changed while it ran")
    for job, result in zip(jobs, results, strict=True):
        save(folder, job, result)
    took = time.perf_counter() - began
    titles = "; ".join(job.title for job in jobs)
    print(f"{titles}: {took:.0f} s", file=sys.stderr, flush=True)


def footprint_table(rows: Iterable[Footprint]) -> str:
    """Return what a sleeping account costs the machine, in Markdown."""
    return table(rows, FOOTPRINT)


if __name__ == "__main__":
    sys.exit(main())
