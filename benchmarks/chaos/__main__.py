"""`python -m benchmarks.chaos`: nights with kills and faults, and the tables.

``--kills 1000 --cells 3000 --seed 1`` runs so many; ``--hours 3`` as many as there is
time for. ``--cell NAME`` repeats one cell, ``--kills 45 --cells 0 --seed 7`` the batch of
kills with that seed, as far as a real process repeats itself. Exit status 1: an invariant
did not hold.
"""

import argparse
from collections import Counter
import json
import os
from pathlib import Path
import sys
import time
from typing import Final

# Before Home Assistant is loaded, whose imports it patches.
from pytest_homeassistant_custom_component import plugins  # noqa: F401

from ..docs_tables import ROOT, fill
from .cells import cells
from .invariants import Break
from .jobs import Batch, Done, Job, Killed, batches, run_jobs
from .report import Row, kills_table, rows_table

# How much runs in a stretch of `--hours`, which ends between two of them.
KILLS_A_STRETCH: Final = 90
CELLS_A_STRETCH: Final = 270


class Tally:
    """Counts what became of each job, and keeps and prints what broke."""

    def __init__(self, log: Path | None, *, verbose: bool) -> None:
        """Keep a JSON line a job in a file, if there is to be one."""
        self._log = log
        self._verbose = verbose
        self.rows: dict[str, Row] = {}
        self.nights: dict[str, Row] = {}
        self.kills: Counter[str] = Counter()
        self.sites: Counter[str] = Counter()
        self.broken = 0

    def add(self, done: Done) -> None:
        """Count a result."""
        if isinstance(done, Killed):
            self._add_batch(done)
            return
        row = self.rows.setdefault(done.group, Row())
        row.add((each.invariant for each in done.breaks), kept=done.kept)
        self._tell(done.name, done.breaks, told=done.told, errors=done.errors[:2])

    def _add_batch(self, killed: Killed) -> None:
        """Count the nights of a batch."""
        report = killed.report
        self.kills.update(report.kills)
        self.sites.update(report.sites)
        row = self.nights.setdefault("night with kills", Row())
        for number in range(1, report.nights + 1):
            breaks = [each for night, each in report.breaks if night == number]
            row.add((each.invariant for each in breaks), kept=False)
        row.kept += report.sessions["completed"]
        name = f"kills {killed.batch.kills}, seed {killed.batch.seed}"
        whole = tuple(each for _, each in report.breaks)
        self._tell(name, whole, told=killed.said)

    def _tell(
        self,
        name: str,
        breaks: tuple[Break, ...],
        told: tuple[str, ...],
        errors: tuple[str, ...] = (),
    ) -> None:
        """Print what broke, and log all."""
        self.broken += bool(breaks)
        lines = [f"{name} | {each}" for each in breaks]
        if self._verbose:
            lines = [f"{name}: {each}" for each in (*told, *errors)] + lines
        for line in lines:
            # Half a surrogate pair of a payload cannot be printed.
            print(line.encode("utf-8", "backslashreplace").decode(), flush=True)
        if self._log is not None:
            found = {
                "name": name,
                "breaks": [[str(each.invariant), each.seen] for each in breaks],
                "told": told,
                "errors": errors,
            }
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(found) + "\n")

    @property
    def tables(self) -> str:
        """The tables, in Markdown."""
        parts = []
        if self.kills:
            parts.append(kills_table(self.kills, self.sites))
        if self.rows or self.nights:
            rows = {**self.nights, **dict(sorted(self.rows.items()))}
            parts.append(rows_table("What went wrong", rows))
        return "\n\n".join(parts)


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--cells", type=int, default=0, help="a sample of all")
    parser.add_argument("--hours", type=float, default=0.0, help="instead of both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cell", action="append", default=[], help="one by its name")
    parser.add_argument("--only", default=None, help="cells whose name has this")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--log", type=Path, default=None, help="a JSON line a job")
    parser.add_argument("--verbose", action="store_true", help="tell of each kill")
    parser.add_argument("--write", action="store_true", help="into docs/reliability.md")
    options = parser.parse_args()
    if Path("/dev/shm").is_dir():  # noqa: S108
        # Files are written safely, each with a wait for the disk: memory has none.
        os.environ["TMPDIR"] = "/dev/shm"  # noqa: S108
    tally = Tally(options.log, verbose=options.verbose or bool(options.cell))
    began = time.monotonic()
    seed, jobs = options.seed, _jobs(options, options.kills, options.cells)
    while True:
        for done in run_jobs(jobs, options.jobs):
            tally.add(done)
        seed += max(len(batches(KILLS_A_STRETCH, 0)), 1)
        took = (time.monotonic() - began) / 3600
        if took >= options.hours:
            break
        options.seed = seed
        jobs = _jobs(options, KILLS_A_STRETCH, CELLS_A_STRETCH)
    print(tally.tables)
    print(f"{took * 60:.0f} min, {tally.broken} jobs broken", file=sys.stderr)
    if options.write:
        fill(ROOT / "docs" / "reliability.md", "chaos", tally.tables)
    return int(tally.broken > 0)


def _jobs(options: argparse.Namespace, kills: int, count: int) -> list[Job]:
    """Return the jobs of a run or a stretch of one, kills and cells mixed."""
    if options.cell:
        if unknown := set(options.cell) - {each.name for each in cells(0)}:
            raise SystemExit(f"no such cell: {', '.join(sorted(unknown))}")
        return list(options.cell)
    if options.only:
        names = [each.name for each in cells(0) if options.only in each.name]
        return [*names[: count or None]]
    killing: list[Batch] = batches(kills, options.seed)
    names = [each.name for each in cells(options.seed, count)]
    return [*killing, *names]


if __name__ == "__main__":
    sys.exit(main())
