"""`python -m benchmarks.report`: the policy before drivers that it was tuned on, and others.

Replays (`benchmarks.replay`) all drivers, all idle times and all hints, in some minutes.
`--write` writes it into docs/.
"""

import argparse
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
import sys
from typing import Final

from .cars import Kind
from .docs_tables import ROOT, fill
from .drivers import lot
from .replay import Job
from .scoring import Result
from .table import COMPACT, table

HELD_OUT: Final = "held-out"
TUNED_ON: Final = "tuned on"

# The lots of drivers, by what they are called in the tables.
LOTS: Final = {
    f"{HELD_OUT} files": "held-out files",
    f"{HELD_OUT} seeds 101 to 104": "seeds 101 to 104",
    f"{TUNED_ON}: files": "tuning files",
    f"{TUNED_ON}: seeds 11 to 14": "seeds 11 to 14",
    f"{TUNED_ON}: simulator/data": "simulator/data",
}

# Each hint with the idle times, in minutes, that it is replayed with.
HINTS: Final = {
    "adaptive": ({}, (10, 15, 20, 30)),
    "adaptive, plug hint": ({"plug": True}, (10, 30)),
    "adaptive, phone hint": ({"phone": True}, (10, 30)),
}


def jobs() -> Iterable[Job]:
    """Return all that is replayed, in the order of the table."""
    for label, name in LOTS.items():
        for who, (options, idles) in HINTS.items():
            for kept_awake in (True, False):
                for idle in idles:
                    yield Job(
                        who=f"{who}; {label}",
                        kind=Kind(idle=idle, kept_awake=kept_awake),
                        cars=lot(name),
                        options=options,
                    )


def main() -> int:
    """Replay all, print the table, and write it if that is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.report", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--write", action="store_true", help="into docs/")
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.jobs) as pool:
        results = list(pool.map(Job.run, jobs()))
    print(table(results, COMPACT))
    if asked.write:
        write(results)
    return 0


def write(results: Iterable[Result]) -> None:
    """Write the drivers that the policy never saw, and those that it was tuned on."""
    found = list(results)
    held_out = [item for item in found if HELD_OUT in item.subject]
    tuned_on = [item for item in found if TUNED_ON in item.subject]
    fill(ROOT / "docs" / "economy.md", "held-out", table(held_out, COMPACT))
    fill(ROOT / "docs" / "replay.md", "tuned-on", table(tuned_on, COMPACT))


if __name__ == "__main__":
    sys.exit(main())
