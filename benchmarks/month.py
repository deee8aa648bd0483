"""`python -m benchmarks.month`: a month of each, the table, and the curve.

Each job keeps what it came to in a file, with a fingerprint of the code it ran. A run
that is broken off goes on where it was, and what other code came to is run again, so a
table never stands on two states of the policy. `--write` writes it into docs/.
"""

import argparse
import asyncio
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
import logging
from pathlib import Path
import sys
import time
from typing import Final
import warnings

# Before any integration is loaded, whose imports it patches.
from pytest_homeassistant_custom_component import plugins  # noqa: F401

from .cars import TRIPS, Kind
from .chart import curve
from .footprint import Footprint, footprints
from .run import month
from .saved import Job, load, save
from .subjects import ADAPTIVE, SUBJECTS
from .truth import Result

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
RESULTS: Final = ROOT / ".benchmarks"

# Both ways of sleeping, with the shortest idle time and the longest. The replay has those
# in between.
KINDS: Final = tuple(
    Kind(idle=idle, kept_awake=kept_awake)
    for kept_awake in (True, False)
    for idle in (10, 30)
)
SENTRY: Final = Kind(idle=15, kept_awake=True, sentry=True)

SMALL: Final = (Kind(idle=15, kept_awake=True),)

HEADER: Final = (
    "| Who | Car | $ a month | reads | an event | left p95 | arrival p50 / p95 / max |"
    " plugged in p50 / p95 / max | missed | false | awake | extra min a day |"
    " commands | wakes | free calls |"
)


def main() -> int:
    """Run what is asked for and not yet kept, and write the table and the curve."""
    parser = argparse.ArgumentParser(prog="benchmarks.month", description=__doc__)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--only", help="name of one subject", default=None)
    parser.add_argument("--kinds", help="of a hint's cars: name of one", default=None)
    parser.add_argument("--small", action="store_true", help="one car for two days")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to keep")
    parser.add_argument("--footprint", action="store_true", help="measure that too")
    parser.add_argument("--write", action="store_true", help="into docs/")
    options = parser.parse_args()
    if options.small:
        print(table(asyncio.run(month(ADAPTIVE, SMALL, 2, ("full_time_commuter",)))))
        return 0
    jobs = [job for job in jobs_of(options.days) if options.only in (None, job.name)]
    todo = [job for job in jobs if load(options.results, job) is None]
    if options.kinds is not None:
        todo = [job for job in todo if job.kinds[0].name == options.kinds]
    with ProcessPoolExecutor(options.jobs, max_tasks_per_child=1) as pool:
        list(pool.map(_run, todo, [options.results] * len(todo)))
    results = [each for job in jobs for each in load(options.results, job) or []]
    text = table(results)
    if options.footprint:
        text += "\n" + footprint_table(asyncio.run(footprints()))
    print(text)
    if options.write:
        (DOCS / "benchmark.md").write_text(text, encoding="utf-8")
        (DOCS / "benchmark.svg").write_text(curve(results), encoding="utf-8")
    return 0


def jobs_of(days: int) -> list[Job]:
    """Return what a process of its own runs each, in the order of the table.

    All kinds of cars share an account, but for a hint, which is for the one car that can
    be at home: its cars have an account each, which takes as many times as long.
    """
    return [
        Job(subject=subject, kinds=kinds, days=days, trips=TRIPS)
        for subject in SUBJECTS
        for kinds in (
            [(kind,) for kind in KINDS]
            if subject.one_car_an_account
            else [(*KINDS, SENTRY)]
        )
    ]


def _run(job: Job, folder: Path) -> None:
    """Run a job and keep what it came to.

    Raises:
        RuntimeError: the code was changed meanwhile; it is not known what was run.
    """
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    began, code = time.perf_counter(), job.fingerprint
    results = asyncio.run(month(job.subject, job.kinds, job.days, job.trips))
    if job.fingerprint != code:
        raise RuntimeError(f"{job.title}: the code was changed while it ran")
    save(folder, job, results)
    took = time.perf_counter() - began
    print(f"{job.title}: {took:.0f} s", file=sys.stderr, flush=True)


def table(results: Iterable[Result]) -> str:
    """Return the table, in Markdown."""
    columns = HEADER.count("|") - 1
    lines = [HEADER, "|" + " --- |" * columns, *map(_row, results)]
    return "\n".join(lines) + "\n"


def _row(result: Result) -> str:
    """Return a row of the table."""
    score = result.score

    def delays(fact: str) -> str:
        """Return the percentiles of a delay, in minutes."""
        found = [score.percentile(fact, True, percent) for percent in (50, 95, 100)]
        return " / ".join("-" if one is None else f"{one:.1f}" for one in found)

    left = score.percentile("home", False, 95)
    extra = (result.awake - result.awake_unwatched) / result.cars / result.days
    cells = (
        result.subject,
        result.kind,
        f"{result.dollars:.2f}",
        f"{result.reads / result.cars:.0f}",
        f"{result.reads_per_event:.2f}",
        "-" if left is None else f"{left:.1f}",
        delays("home"),
        delays("plugged in"),
        f"{score.missed} of {score.events}",
        str(score.false),
        f"{result.waking:.2f} x",
        f"{extra:.0f}",
        f"{result.commands / result.cars:.0f}",
        f"{result.wakes / result.cars:.0f}",
        f"{result.free / result.cars:.0f}",
    )
    return "| " + " | ".join(cells) + " |"


def footprint_table(rows: Iterable[Footprint]) -> str:
    """Return what a sleeping account costs the machine, in Markdown."""
    lines = [
        "| Who | Cars | ms of the loop a round | state writes a round | calls a round |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row.subject} | {row.cars} | {row.milliseconds:.2f} |"
        f" {row.state_writes:.1f} | {row.calls:.0f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
