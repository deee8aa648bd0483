"""Running cells in several processes."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache

from .cells import cells, fill_disk
from .virtual_night import Outcome, Trouble, run_night

# A process is renewed after so many nights, and what they left in memory is gone.
NIGHTS_A_PROCESS = 60


def run_cells(names: Sequence[str], jobs: int) -> Iterator[Outcome]:
    """Run cells by their names, and yield each outcome as it comes."""
    with ProcessPoolExecutor(jobs, max_tasks_per_child=NIGHTS_A_PROCESS) as pool:
        for future in as_completed([pool.submit(run_cell, name) for name in names]):
            yield future.result()


def run_cell(name: str) -> Outcome:
    """Run a cell by its name."""
    try:
        return run_night(_cells()[name])
    finally:
        fill_disk(full=False)


@cache
def _cells() -> dict[str, Trouble]:
    """Return all cells by their names."""
    return {each.name: each for each in cells(0)}
