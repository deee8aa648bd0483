"""`python -m benchmarks.chaos`: nights with kills and faults, and the table."""

import argparse
import json
import os
from pathlib import Path
import sys
import time

# Before Home Assistant is loaded, whose imports it patches.
from pytest_homeassistant_custom_component import plugins  # noqa: F401

from .cell_runs import run_cell, run_cells
from .cells import cells
from .virtual_night import Outcome


def main() -> int:
    """Run what is asked for; return 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="benchmarks.chaos", description=__doc__)
    parser.add_argument("--cells", type=int, default=None, help="how many; all if none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cell", action="append", default=[], help="one by its name")
    parser.add_argument("--only", default=None, help="cells whose name has this")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--log", type=Path, default=None, help="a JSON line a cell")
    options = parser.parse_args()
    if Path("/dev/shm").is_dir():  # noqa: S108
        # Files are written safely, each with a wait for the disk: memory has none.
        os.environ["TMPDIR"] = "/dev/shm"  # noqa: S108
    names = options.cell
    if not names:
        found = cells(options.seed, None if options.only else options.cells)
        names = [each.name for each in found if (options.only or "") in each.name]
        names = names[: options.cells]
    began = time.perf_counter()
    outcomes = map(run_cell, names) if options.cell else run_cells(names, options.jobs)
    broken = 0
    for outcome in outcomes:
        broken += bool(outcome.breaks)
        if options.log is not None:
            with options.log.open("a", encoding="utf-8") as log:
                log.write(_line(outcome) + "\n")
        if options.cell:
            print(_line(outcome))
        for each in outcome.breaks:
            # Half a surrogate pair of a payload cannot be printed.
            text = f"{outcome.name} | {each}".encode("utf-8", "backslashreplace")
            print(text.decode(), flush=True)
    took = time.perf_counter() - began
    print(f"{len(names)} cells, {broken} broken, {took:.0f} s", file=sys.stderr)
    return int(broken > 0)


def _line(outcome: Outcome) -> str:
    """Return an outcome as a line of JSON."""
    return json.dumps(
        {
            "name": outcome.name,
            "group": outcome.group,
            "kept": outcome.kept,
            "told": outcome.told,
            "breaks": [[str(each.invariant), each.seen] for each in outcome.breaks],
            "errors": outcome.errors[:2],
        }
    )


if __name__ == "__main__":
    sys.exit(main())
