"""Running cells and batches of kills in several processes."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
import tempfile
from typing import Final

# Before Home Assistant is loaded, whose imports it patches.
from pytest_homeassistant_custom_component import plugins  # noqa: F401

from .cells import cells, fill_disk
from .invariants import Break, Invariant
from .kill_nights import Report, run_kills
from .virtual_night import Outcome, Trouble, run_night

# A process is renewed after so many jobs, and what they left in memory is gone.
JOBS_A_PROCESS: Final = 60

# In one Home Assistant: five nights.
KILLS_A_BATCH: Final = 45


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some kills of one Home Assistant, drawn from a seed."""

    kills: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Killed:
    """What became of a batch, and what was told of each kill."""

    batch: Batch
    report: Report
    said: tuple[str, ...]


type Job = str | Batch
type Done = Outcome | Killed


def batches(kills: int, seed: int) -> list[Batch]:
    """Return batches with a number of kills in all."""
    return [
        Batch(kills=min(KILLS_A_BATCH, kills - first), seed=seed + number)
        for number, first in enumerate(range(0, kills, KILLS_A_BATCH))
    ]


def run_jobs(jobs: Sequence[Job], processes: int) -> Iterator[Done]:
    """Run cells by their names, and batches; yield each result as it comes.

    A job that raises an error is broken: it is told, and the others go on.
    """
    with ProcessPoolExecutor(processes, max_tasks_per_child=JOBS_A_PROCESS) as pool:
        futures = {pool.submit(run_job, job): job for job in jobs}
        for future in as_completed(futures):
            yield _result(future, futures[future])


def _result(future: Future[Done], job: Job) -> Done:
    """Return the result of a job; an error is a break of its own."""
    if (err := future.exception()) is None:
        return future.result()
    broken = Break(invariant=Invariant.STUCK, seen=repr(err))
    if isinstance(job, Batch):
        report = Report(nights=1, breaks=[(1, broken)])
        return Killed(batch=job, report=report, said=())
    return Outcome(
        name=job, group="no result", breaks=(broken,), kept=False, requests=0
    )


def run_job(job: Job) -> Done:
    """Run a cell by its name, or a batch."""
    if isinstance(job, Batch):
        return run_batch(job)
    try:
        return run_night(_cells()[job])
    finally:
        fill_disk(full=False)


def run_batch(batch: Batch) -> Killed:
    """Run a batch of kills in a folder of its own."""
    said: list[str] = []
    with tempfile.TemporaryDirectory(prefix="scout-chaos-") as folder:
        report = asyncio.run(
            run_kills(Path(folder), batch.kills, batch.seed, said.append)
        )
    return Killed(batch=batch, report=report, said=tuple(said))


@cache
def _cells() -> dict[str, Trouble]:
    """Return all cells by their names."""
    return {each.name: each for each in cells(0)}
