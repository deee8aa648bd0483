"""`python -m benchmarks.month`: a month of each, the table, and the curve."""

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

from .chart import curve
from .footprint import Footprint, footprints
from .run import Result, month
from .subjects import ADAPTIVE, SUBJECTS, Subject
from .world import Kind

DOCS: Final = Path(__file__).parents[1] / "docs"

# Both ways of sleeping, with the shortest, a usual and the longest idle time.
KINDS: Final = tuple(
    Kind(idle=idle, kept_awake=kept_awake)
    for kept_awake in (True, False)
    for idle in (10, 15, 30)
)
SENTRY: Final = (Kind(idle=15, kept_awake=True, sentry=True),)

SMALL: Final = (Kind(idle=15, kept_awake=True),)

# A hint's cars have an account each, which takes as many times as long.
HINTED_KINDS: Final = (Kind(idle=15, kept_awake=True), Kind(idle=30, kept_awake=False))

HEADER: Final = (
    "| Who | Car | $ a month | reads | an event | left p95 | arrival p50 / p95 / max |"
    " plugged in p50 / p95 / max | missed | false | awake | extra min a day |"
)


def main() -> int:
    """Run what is asked for, and write the table and the curve."""
    parser = argparse.ArgumentParser(prog="benchmarks.month", description=__doc__)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--only", help="name of one subject", default=None)
    parser.add_argument("--small", action="store_true", help="one car for two days")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--footprint", action="store_true", help="measure that too")
    parser.add_argument("--write", action="store_true", help="into docs/")
    options = parser.parse_args()
    jobs = [
        (subject, kinds, options.days)
        for subject in SUBJECTS
        if options.only in (None, subject.name)
        for kinds in (
            (HINTED_KINDS,) if subject.one_car_an_account else (KINDS, SENTRY)
        )
    ]
    if options.small:
        print(table(asyncio.run(month(ADAPTIVE, SMALL, 2, ("full_time_commuter",)))))
        return 0
    with ProcessPoolExecutor(options.jobs, max_tasks_per_child=1) as pool:
        results = [each for done in pool.map(_job, jobs) for each in done]
    text = table(results)
    if options.footprint:
        text += "\n" + footprint_table(asyncio.run(footprints()))
    print(text)
    if options.write:
        (DOCS / "benchmark.md").write_text(text, encoding="utf-8")
        (DOCS / "benchmark.svg").write_text(curve(results), encoding="utf-8")
    return 0


def _job(job: tuple[Subject, tuple[Kind, ...], int]) -> list[Result]:
    """Run one subject with some kinds of cars, in a process of its own."""
    subject, kinds, days = job
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    began = time.perf_counter()
    results = asyncio.run(month(subject, kinds, days))
    took = time.perf_counter() - began
    print(f"{subject.name}: {took:.0f} s", file=sys.stderr, flush=True)
    return results


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
