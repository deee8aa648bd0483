"""Plans to the minute where the power falls, beside a solver that sees each minute."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
import os
from random import Random

import pytest

from benchmarks.exact import least_cost
from custom_components.tesla_scout_worker.charging.planning.battery import (
    energies,
    hours_to_charge,
)
from custom_components.tesla_scout_worker.charging.planning.fine import (
    best_to_the_minute,
)
from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    PlanConstraints,
)
from custom_components.tesla_scout_worker.charging.planning.optimum import best
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.planning.weights import Priced, Task
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

MORE = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 1
START = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BATTERY = Battery(capacity=75, power=11)


def task(costs: list[int], level: float, minutes: int, block: int = 15) -> Task:
    """Return quarters of an hour of these costs, and a charge from a level."""
    return Task(
        line=[Priced(15 * at, 15 * at + 15, cost) for at, cost in enumerate(costs)],
        step=15,
        minutes=minutes,
        block=block,
        energy=[round(kwh * 1e6) for kwh in energies(BATTERY, level, minutes)],
    )


def least(whole: Task, windows: int) -> float:
    """Return the least cost of a task."""
    assert whole.energy is not None
    prices = [one.cost for one in whole.line for _ in range(one.start, one.end)]
    amounts = [float(after - before) for before, after in pairwise(whole.energy)]
    return least_cost(prices, amounts, windows, whole.block)


def test_a_window_begins_and_ends_within_slots() -> None:
    """No edge of it is one of the costs."""
    costs = [200, 300, 50, 50, 200, 100, 50, 300, 400, 300]
    whole = task(costs, 70, 95, block=0)
    slots, minutes = best(whole, 1), best_to_the_minute(whole, 1)
    assert slots is not None
    assert minutes is not None
    assert minutes.worth == pytest.approx(least(whole, 1), abs=1)
    assert minutes.worth < slots.worth
    ((start, end),) = minutes.windows
    assert start % 15
    assert end % 15
    assert end - start == 95


def test_a_dear_slot_is_left_for_some_minutes() -> None:
    """A window is parted at an edge of the costs, as long as there may be more."""
    costs = [500] * 4 + [105, 100, 100, 100, 100, 100, 104, 100, 100, 100] + [101] * 4
    for windows in (1, 2, 3):
        whole = task(costs, 60, 200)
        placed = best_to_the_minute(whole, windows)
        assert placed is not None
        assert placed.worth == pytest.approx(least(whole, windows), abs=1)
        assert len(placed.windows) <= windows
        assert sum(end - start for start, end in placed.windows) == 200


def test_where_all_costs_are_equal_the_latest_minutes_are_taken() -> None:
    """In one window: it is moved by cost alone, and by lateness where that is equal."""
    placed = best_to_the_minute(task([7] * 12, 70, 100), 3)
    assert placed is not None
    assert placed.windows == ((80, 180),)


def test_nothing_is_placed_where_nothing_fits() -> None:
    """Barred slots are not charged in, and without others there is no plan."""
    whole = task([1] * 8, 75, 60)
    line = [one._replace(barred=at != 3) for at, one in enumerate(whole.line)]
    barred = Task(
        line=line, step=15, minutes=60, block=15, energy=list(whole.energy or ())
    )
    assert best_to_the_minute(barred, 3) is None


def random_night(seed: int) -> tuple[ChargeGoal, CostCurve]:
    """Return prices of one of three kinds for a night, and a need into the taper."""
    random = Random(seed)
    step, count = random.choice([(15, 40), (30, 22), (60, 12)])
    walk, costs = 0.3, list[float]()
    kind = random.randrange(3)
    for _ in range(count):
        walk += random.gauss(0, 0.04)
        uniform = random.uniform(-0.02, 0.5)
        costs.append([uniform, walk, random.choice([0.1, 0.2, 0.3, -0.05])][kind])
    intervals = tuple(
        CostInterval(
            start=START + at * step * MINUTE,
            end=START + (at + 1) * step * MINUTE,
            cost=round(cost, 5),
        )
        for at, cost in enumerate(costs)
    )
    need = ChargeGoal(
        level=random.uniform(55, 85),
        target=random.choice([88, 95, 100]),
        ready_by=START + count * step * MINUTE,
        battery=BATTERY,
        limits=PlanConstraints(
            most_windows=random.choice([1, 2, 3, 3]),
            buffer=timedelta(0),
            least_buffer=timedelta(0),
        ),
    )
    return need, CostCurve(intervals=intervals, currency="EUR")


@pytest.mark.timeout(600 * MORE)
def test_plans_into_the_taper_are_the_best_to_the_minute() -> None:
    """Their cost is that of the exact solver, on random prices of every kind.

    It is not proven to be so always: of 5928 others 2 came out dearer by 0.03 %.
    """
    for seed in range(150 * MORE):
        need, curve = random_night(seed)
        if need.target <= need.level:
            continue
        plan = plan_charge(need, curve, START)
        charged = [
            minute
            for one in plan.windows
            for minute in range(
                (one.start - START) // MINUTE, (one.end - START) // MINUTE
            )
        ]
        hours = hours_to_charge(need.battery, need.level, need.target)
        assert 0 <= len(charged) - hours * 60 < 1
        done = energies(need.battery, need.level, len(charged))
        amounts = [after - before for before, after in pairwise(done)]
        prices = [
            one.cost or 0.0
            for one in curve.intervals
            for _ in range((one.end - one.start) // MINUTE)
        ]
        told = sum(prices[at] * kwh for at, kwh in zip(charged, amounts, strict=True))
        exact = least_cost(prices, amounts, need.limits.most_windows, 15)
        assert told == pytest.approx(exact, abs=5e-6), seed
