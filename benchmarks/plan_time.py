"""How long a plan takes: random prices, two days at a quarter of an hour.

The time is that of the processor, so that a busy machine does not count.
"""

from collections.abc import Callable
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

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOURS = 48
MINUTE = timedelta(minutes=1)


def curve(random: Random, step: int = 15) -> CostCurve:
    """Return prices like a day-ahead market's, ``step`` minutes each."""
    length = step * MINUTE
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=START + index * length,
                end=START + (index + 1) * length,
                cost=round(random.uniform(-0.02, 0.5), 5),
            )
            for index in range(HOURS * 60 // step)
        ),
        currency="EUR",
    )


def need(
    level: float = 26,
    target: float = 80,
    power: float = 11,
    block: int = 15,
    early: int = 0,
) -> ChargeGoal:
    """Return a need for a battery of 75 kWh by the end of the curve."""
    return ChargeGoal(
        level=level,
        target=target,
        ready_by=START + timedelta(hours=HOURS) - early * MINUTE,
        battery=Battery(capacity=75, power=power),
        limits=PlanConstraints(least_block=block * MINUTE),
    )


CASES: dict[str, tuple[Callable[[Random], CostCurve], ChargeGoal, int]] = {
    "about 4 h, 3 windows": (curve, need(), 0),
    "from an odd minute on": (curve, need(), 7),
    "with taper, 50 to 90 %": (curve, need(level=50, target=90), 0),
    "taper from an odd minute": (curve, need(level=50, target=90), 7),
    "prices by the hour": (lambda random: curve(random, 60), need(), 0),
    "blocks of 30 minutes": (curve, need(block=30), 0),
    "2.3 kW, about 20 h": (curve, need(level=20, power=2.3), 0),
    "deadline at :55": (curve, need(early=5), 0),
    "deadline at :57": (curve, need(early=3), 0),
}


def main(count: int) -> None:
    """Print the median and the worst of each case in milliseconds."""
    for name, (make, wanted, late) in CASES.items():
        # The odd deadlines take long, and differ little.
        times = sorted(
            _time(wanted, make(Random(seed)), START + late * MINUTE)
            for seed in range(count if ":" not in name else count // 10 + 1)
        )
        print(f"{name:26} median {median(times):7.2f} ms, worst {times[-1]:7.2f} ms")


def _time(wanted: ChargeGoal, prices: CostCurve, now: datetime) -> float:
    """Return the milliseconds of a plan."""
    start = process_time()
    plan_charge(wanted, prices, now)
    return (process_time() - start) * 1000
