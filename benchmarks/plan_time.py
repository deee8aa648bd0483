"""How long a plan takes, with random prices of a quarter of an hour.

The time is that of the processor, so that a busy machine does not count.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import process_time

from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    PlanConstraints,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

START = datetime(2026, 11, 24, 18, tzinfo=UTC)
NIGHT = timedelta(hours=13)
MINUTE = timedelta(minutes=1)


def curve(random: Random, length: timedelta = NIGHT, step: int = 15) -> CostCurve:
    """Return prices like a day-ahead market's, ``step`` minutes each."""
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=START + at * step * MINUTE,
                end=START + (at + 1) * step * MINUTE,
                cost=round(random.uniform(-0.02, 0.5), 5),
            )
            for at in range(length // (step * MINUTE))
        ),
        currency="EUR",
    )


def goal(
    level: float = 26,
    target: float = 80,
    power: float = 11,
    windows: int = 3,
    ahead: timedelta = NIGHT,
) -> ChargeGoal:
    """Return a goal for a battery of 75 kWh, which takes about 4 h if not told else."""
    return ChargeGoal(
        level=level,
        target=target,
        ready_by=START + ahead,
        battery=Battery(capacity=75, power=power),
        limits=PlanConstraints(most_windows=windows),
    )


HOURS_48 = timedelta(hours=48)
WEEK = timedelta(days=7)

# A name, the goal, and by how many minutes the car comes home after the first price.
CASES: tuple[tuple[str, ChargeGoal, int], ...] = (
    ("a night, about 4 h", goal(), 0),
    ("a night from 18:07 to 06:57", goal(ahead=NIGHT - 3 * MINUTE), 7),
    ("a night to 100 %", goal(level=40, target=100), 0),
    ("two days", goal(ahead=HOURS_48), 0),
    ("two days, until :57", goal(ahead=HOURS_48 - 3 * MINUTE), 7),
    ("two days at 2.3 kW, about 20 h", goal(level=20, power=2.3, ahead=HOURS_48), 0),
    ("a week", goal(ahead=WEEK), 0),
    ("a week, 24 windows", goal(windows=24, ahead=WEEK), 0),
    ("a week, 24 windows, 100 %", goal(target=100, windows=24, ahead=WEEK), 7),
    (
        "a week at 1 kW, 24 windows",
        goal(target=100, power=1, windows=24, ahead=WEEK - 3 * MINUTE),
        7,
    ),
)


def main(count: int) -> None:
    """Print the median and the worst of each case in milliseconds."""
    for name, wanted, late in CASES:
        # A long stay takes long, and differs little.
        seeds = count if wanted.ready_by - START <= NIGHT else count // 10 + 1
        now, ahead = START + late * MINUTE, wanted.ready_by - START
        times = [
            _time(wanted, curve(Random(seed), ahead), now) for seed in range(seeds)
        ]
        print(f"{name:30} median {median(times):6.2f} ms, worst {max(times):6.2f} ms")


def _time(wanted: ChargeGoal, prices: CostCurve, now: datetime) -> float:
    """Return the milliseconds of a plan."""
    start = process_time()
    plan_charge(wanted, prices, now)
    return (process_time() - start) * 1000
