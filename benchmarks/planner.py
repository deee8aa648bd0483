"""The planner beside an exact solver, on every night of real price series.

``python -m benchmarks.planner --prices DIR`` plans each night of each series in a
folder, in several cases, and holds its cost against the least that is possible by
`exact`. It prints a row for each, and leaves with 1 if a night was dearer. Without a
folder it tells how long plans take (`plan_time`).
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
import sys

from custom_components.tesla_scout_worker.charging.planning.battery import energies
from custom_components.tesla_scout_worker.charging.planning.model import (
    ChargeGoal,
    Window,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge

from . import plan_time
from .exact import least_cost
from .price_stays import BLOCK, MINUTE, Case, Series, each_minute

CASES = (
    Case(name="40 to 80 %, 3 windows"),
    Case(name="40 to 80 %, 1 window", windows=1),
    Case(name="stay of 3 days", days=3),
    Case(name="60 to 100 %, 3 windows", level=60, target=100),
    Case(name="60 to 100 %, 1 window", level=60, target=100, windows=1),
    Case(name="20 to 100 %, 2 windows", level=20, target=100, windows=2),
    Case(name="50 to 90 %, from noon", level=50, target=90, home=12),
    Case(name="30 to 90 %, stay of 2 days", level=30, target=90, days=2),
)

# The planner counts in millionths of a currency, and in mWh where the power falls.
ROUNDING = 2e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What a plan costs, and the least that is possible."""

    told: float
    least: float

    @property
    def dearer(self) -> bool:
        """Whether the plan is not the best, by more than what rounding makes."""
        return self.told > self.least + ROUNDING

    @property
    def share(self) -> float:
        """How much dearer the plan is, as a share."""
        return max(0.0, self.told - self.least) / max(abs(self.least), ROUNDING)


def minutes_in(windows: Sequence[Window], start: datetime) -> list[int]:
    """Return the minutes of windows, counted from a start."""
    return [
        minute
        for one in windows
        for minute in range((one.start - start) // MINUTE, (one.end - start) // MINUTE)
    ]


def gap(series: Series, need: ChargeGoal, start: datetime) -> Gap:
    """Plan a night, and hold it against the exact solver."""
    known = series.curve.between(start - timedelta(hours=1), need.ready_by)
    charged = minutes_in(plan_charge(need, known, start).windows, start)
    done = energies(need.battery, need.level, len(charged))
    amounts = [after - before for before, after in pairwise(done)]
    prices = each_minute(series.curve, start, need.ready_by)
    told = sum(prices[at] * kwh for at, kwh in zip(charged, amounts, strict=True))
    least = least_cost(prices, amounts, need.limits.most_windows, BLOCK)
    return Gap(told=told, least=least)


def run(series: Series, case: Case, nights: int | None) -> int:
    """Print how the nights of a series came out; return how many were dearer."""
    stays = islice(series.stays(case), nights)
    gaps = [gap(series, case.need(leaves), start) for start, leaves in stays]
    dearer = sum(one.dearer for one in gaps)
    worst = max((one.share for one in gaps if one.dearer), default=0.0)
    print(
        f"{series.name} | {case.name} | {len(gaps)} nights | dearer: {dearer}"
        f"{f', by {worst:.4%} at most' if dearer else ''}",
        flush=True,
    )
    return dearer


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare all cases over all series; return 1 if a night was not the best."""
    parser = ArgumentParser(prog="python -m benchmarks.planner", description=__doc__)
    parser.add_argument("--prices", type=Path, metavar="DIR")
    parser.add_argument("--nights", type=int, help="of each series; all without it")
    parser.add_argument("--plans", type=int, default=300, help="how many to time")
    chosen = parser.parse_args(arguments)
    if chosen.prices is None:
        plan_time.main(chosen.plans)
        return 0
    paths = sorted(chosen.prices.glob("*.csv"))
    if not paths:
        parser.error(f"No series in {chosen.prices}")
    dearer = 0
    for path in paths:
        series = Series.of(path)
        dearer += sum(run(series, case, chosen.nights) for case in CASES)
    return 1 if dearer else 0


if __name__ == "__main__":
    sys.exit(main())
