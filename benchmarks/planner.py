"""The planner beside an exact solver, on every night of real price series.

``python -m benchmarks.planner --prices DIR`` plans each night of each series in a folder,
in several cases, and compares its cost with the least that is possible by `exact`, minute
by minute. It prints a row for each, and a summary. It exits with 1 if a deadline was
missed, if the plans of all nights cost more than 0.02 % above the least, or if one night
costs more than 0.5 % of the range between its least and its greatest cost. Without a
folder it prints how long plans take (`plan_time`).
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
import sys

from custom_components.tesla_scout_worker.charging.planning.battery import energies
from custom_components.tesla_scout_worker.charging.planning.model import ChargeGoal
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge

from . import plan_time, unpublished
from .exact import least_cost
from .price_stays import BLOCK, Case, Series, each_minute, minutes_in

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

# What may be lost to slots of five minutes: of all nights, and of the range of one.
MOST_IN_SUM = 0.0002
MOST_OF_RANGE = 0.005


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What a plan costs, the least and the most that is possible, and if it is in time."""

    cost: float
    least: float
    most: float
    in_time: bool

    @property
    def of_range(self) -> float:
        """How much dearer the plan is than the least, as a share of the range."""
        return (self.cost - self.least) / max(self.most - self.least, 1e-9)


@dataclass(kw_only=True, slots=True)
class Summary:
    """What the nights of some series come to.

    Attributes:
        excess: How much dearer all plans are than the least.
        least: The sum of the least costs.
        worst: The greatest share of a night's range.
        missed: How many deadlines were missed.
        nights: How many nights there were.
    """

    excess: float = 0.0
    least: float = 0.0
    worst: float = 0.0
    missed: int = 0
    nights: int = 0

    @property
    def share(self) -> float:
        """How much dearer all plans are, as a share of the least cost."""
        return self.excess / max(self.least, 1e-9)

    @property
    def failed(self) -> bool:
        """Whether the planner is worse than it may be."""
        return bool(
            self.missed or self.share > MOST_IN_SUM or self.worst > MOST_OF_RANGE
        )

    def add(self, gaps: Sequence[Gap]) -> None:
        """Add nights. Costs below zero count as much as those above."""
        self.excess += sum(each_gap.cost - each_gap.least for each_gap in gaps)
        self.least += sum(abs(each_gap.least) for each_gap in gaps)
        self.worst = max([self.worst, *(each_gap.of_range for each_gap in gaps)])
        self.missed += sum(not each_gap.in_time for each_gap in gaps)
        self.nights += len(gaps)

    @property
    def row(self) -> str:
        """The summary as a part of a row."""
        return (
            f"{self.nights} nights | above the least: {self.share:.4%}, "
            f"of a night's range at most {self.worst:.4%} | missed: {self.missed}"
        )


def gap(series: Series, goal: ChargeGoal, start: datetime) -> Gap:
    """Plan a night, and compare it with the exact solver."""
    known = series.curve.between(start - timedelta(hours=1), goal.ready_by)
    plan = plan_charge(goal, known, start)
    charged = minutes_in(plan.windows, start)
    done = energies(goal.battery, goal.level, len(charged))
    amounts = [after - before for before, after in pairwise(done)]
    prices = each_minute(series.curve, start, goal.ready_by)
    windows = goal.limits.most_windows
    return Gap(
        cost=sum(prices[at] * kwh for at, kwh in zip(charged, amounts, strict=True)),
        least=least_cost(prices, amounts, windows, BLOCK),
        most=-least_cost([-price for price in prices], amounts, windows, BLOCK),
        in_time=plan.expected_level >= goal.target
        and plan.expected_end is not None
        and plan.expected_end <= goal.ready_by,
    )


def run(series: Series, case: Case, nights: int | None) -> list[Gap]:
    """Print how the nights of a series came out, and return them."""
    stays = islice(series.stays(case), nights)
    gaps = [gap(series, case.need(leaves), start) for start, leaves in stays]
    summary = Summary()
    summary.add(gaps)
    print(f"{series.name} | {case.name} | {summary.row}", flush=True)
    return gaps


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare all cases over all series; return 1 if the planner is too far off."""
    parser = ArgumentParser(prog="python -m benchmarks.planner", description=__doc__)
    parser.add_argument("--prices", type=Path, metavar="DIR")
    parser.add_argument("--nights", type=int, help="of each series; all without it")
    parser.add_argument("--unpublished", action="store_true", help="see `unpublished`")
    parser.add_argument("--write", action="store_true", help="into docs/off-peak.md")
    parser.add_argument("--plans", type=int, default=300, help="how many to time")
    chosen = parser.parse_args(arguments)
    if chosen.prices is None:
        plan_time.main(chosen.plans)
        return 0
    paths = sorted(chosen.prices.glob("*.csv"))
    if not paths:
        parser.error(f"No series in {chosen.prices}")
    if chosen.unpublished:
        unpublished.main(paths, chosen.nights, write=chosen.write)
        return 0
    total = Summary()
    for path in paths:
        series = Series.of(path)
        for case in CASES:
            total.add(run(series, case, chosen.nights))
    print(f"all | {total.row}")
    return int(total.failed)


if __name__ == "__main__":
    sys.exit(main())
