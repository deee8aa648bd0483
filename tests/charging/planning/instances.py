"""Needs and curves to plan for, and what the stages of the planner must answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from custom_components.tesla_scout_worker.charging.planning.battery import (
    hours_to_charge,
)
from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    ChargePlan,
    PlanConstraints,
    Strategy,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

from .exact import Puzzle, Worth, by_minutes

MINUTE = timedelta(minutes=1)
CENT = 0.01

# Evenings before ordinary nights and before nights of 23 and 25 hours, local.
EVENINGS = [
    datetime(2026, 11, 24, 21, tzinfo=ZoneInfo("Europe/Warsaw")),
    datetime(2026, 3, 28, 22, tzinfo=ZoneInfo("Europe/Warsaw")),
    datetime(2026, 10, 24, 23, tzinfo=ZoneInfo("Europe/Warsaw")),
    datetime(2026, 3, 28, 23, 30, tzinfo=ZoneInfo("Europe/London")),
    datetime(2026, 10, 25, 0, 15, tzinfo=ZoneInfo("Europe/London")),
    datetime(2026, 4, 4, 23, tzinfo=ZoneInfo("Australia/Sydney")),
    datetime(2026, 10, 3, 23, 45, tzinfo=ZoneInfo("Australia/Sydney")),
]


@dataclass(frozen=True, kw_only=True)
class Instance:
    """The planner's arguments."""

    need: ChargeGoal
    curve: CostCurve
    now: datetime


@st.composite
def instances(
    draw: st.DrawFn, *, longest: int, steps: tuple[int, ...], shortest: int = 20
) -> Instance:
    """Draw an instance of up to ``longest`` minutes; costs are whole cents."""
    target = 80.0
    start = draw(st.sampled_from(EVENINGS)).astimezone(UTC)
    length = draw(st.integers(shortest, longest))
    curve = draw(curves(start, length + 30, steps))
    limits = PlanConstraints(
        buffer=draw(st.sampled_from([0, 5, 15, 20, 7])) * MINUTE,
        least_buffer=draw(st.sampled_from([0, 5, 10, 3])) * MINUTE,
        least_block=draw(st.sampled_from([15, 15, 0, 1, 5, 10, 20, 30])) * MINUTE,
        most_windows=draw(st.integers(1, 4)),
    )
    share = draw(st.integers(2, 60)) / 100
    # Each minute is two thirds of a percent, or a ninth of it for a long night.
    capacity = 75 if length < 120 else 450
    level = max(0.0, target - max(1, length * share) * 50 / capacity)
    late = draw(st.sampled_from([0, 0, 4, 7, 11, 15]))
    return Instance(
        need=ChargeGoal(
            level=level,
            target=target,
            ready_by=start + length * MINUTE + draw(st.integers(0, 1)) * MINUTE / 2,
            battery=Battery(capacity=capacity, power=30),
            limits=limits,
        ),
        curve=curve,
        now=start + late * MINUTE - timedelta(seconds=draw(st.integers(0, 59))),
    )


@st.composite
def curves(
    draw: st.DrawFn, start: datetime, length: int, steps: tuple[int, ...]
) -> CostCurve:
    """Draw a curve with peaks, unknown intervals and gaps."""
    step = draw(st.sampled_from(steps))
    costs = st.sampled_from(
        draw(
            st.sampled_from(
                [
                    ["1", "1", "2", "3", "-1", "5", "peak", "unknown", "gap"],
                    ["0", "0", "0", "1 peak"],
                    ["-3", "-1", "0", "2", "4", "7", "11"],
                    ["1", "1", "1", "2", "4 peak", "3 peak", "unknown"],
                    ["1", "gap", "peak"],
                ]
            )
        )
    )
    first = start - draw(st.sampled_from([0, 0, 5, 60])) * MINUTE
    first -= timedelta(minutes=first.minute % step)
    intervals = []
    for index in range(length // step + 2):
        kind = draw(costs)
        if kind == "gap":
            continue
        cost = (
            None if kind == "unknown" else 6 if kind == "peak" else int(kind.split()[0])
        )
        intervals.append(
            CostInterval(
                start=first + index * step * MINUTE,
                end=first + (index + 1) * step * MINUTE,
                cost=None if cost is None else cost * CENT,
                peak="peak" in kind,
            )
        )
    return CostCurve(intervals=tuple(intervals))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the stages must come to; ``worth`` is None where all is charged at once."""

    strategy: Strategy
    begin: datetime
    end: datetime
    worth: Worth | None


def needed(need: ChargeGoal) -> int:
    """Return the minutes of charging that a need takes."""
    return ceil(round(hours_to_charge(need.battery, need.level, need.target) * 60, 6))


def expected(
    instance: Instance, solve: Callable[[Puzzle], Worth | None] = by_minutes
) -> Answer:
    """Return what the stages must come to, by an exact solver, minute by minute."""
    need, limits = instance.need, instance.need.limits
    begin = ceil_minute(max(instance.now, limits.earliest or instance.now))
    count = (need.ready_by - begin) // MINUTE
    full = count - limits.buffer // MINUTE
    least = max(full, count - limits.least_buffer // MINUTE)

    def answer(strategy: Strategy, end: int, worth: Worth | None) -> Answer:
        return Answer(
            strategy=strategy, begin=begin, end=begin + end * MINUTE, worth=worth
        )

    def calm(end: int) -> Worth | None:
        return solve(puzzle(instance, begin, end, bar=True)) if end > 0 else None

    if worth := calm(full):
        last = instance.curve.at(begin + (full - 1) * MINUTE)
        late = last is None or last.peak or last.cost is None
        return answer(Strategy.EARLIER if late else Strategy.OPTIMAL, full, worth)
    if calm(least):
        low, high = max(0, full), least
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if calm(middle) else (middle, high)
        return answer(Strategy.MINIMAL_COLLISION, high, calm(high))
    if needed(need) <= least:
        worth = solve(puzzle(instance, begin, least, bar=False))
        assert worth is not None
        return answer(Strategy.MINIMAL_COLLISION, least, worth)
    if needed(need) <= count:
        return answer(Strategy.MINIMAL_COLLISION, needed(need), None)
    return answer(Strategy.FALLBACK, count, None)


def puzzle(instance: Instance, begin: datetime, end: int, *, bar: bool) -> Puzzle:
    """Return the minutes from ``begin`` on as a puzzle, costs in cents."""
    need = instance.need
    minutes = needed(need)
    held = [instance.curve.at(begin + at * MINUTE) for at in range(end)]
    costs: list[int | None] = []
    penalties = []
    for one in held:
        unknown = one is None or one.cost is None
        avoided = unknown or (one is not None and one.peak)
        cost = 0 if one is None or one.cost is None else round(one.cost / CENT)
        costs.append(None if bar and avoided else cost)
        penalties.append(avoided * (minutes + 1) + unknown)
    return Puzzle(
        costs=costs,
        minutes=minutes,
        windows=need.limits.most_windows,
        block=min(minutes, need.limits.least_block // MINUTE),
        penalties=[0] * end if bar else penalties,
    )


def worth_of(instance: Instance, answer: Answer, plan: ChargePlan) -> Worth:
    """Return what a plan is worth, on the same scale as the solvers."""
    end = (answer.end - answer.begin) // MINUTE
    whole = puzzle(instance, answer.begin, end, bar=False)
    charged = [
        at
        for window in plan.windows
        for at in range(
            (window.start - answer.begin) // MINUTE,
            (window.end - answer.begin) // MINUTE,
        )
    ]
    assert len(charged) == len(set(charged)) == whole.minutes
    assert all(0 <= at < end for at in charged)
    return (
        sum(whole.penalties[at] for at in charged),
        sum(whole.costs[at] or 0 for at in charged),
        len(plan.windows),
        sum(end - 1 - at for at in charged),
    )


def ceil_minute(instant: datetime) -> datetime:
    """Return the first whole minute that is not before an instant."""
    rest = timedelta(seconds=instant.second, microseconds=instant.microsecond)
    return instant + (MINUTE - rest if rest else timedelta())
