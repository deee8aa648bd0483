"""When to charge: the plan for a goal.

Minutes are compared by a lexicographic price:

1. the number of avoided minutes: peak hours or unknown cost;
2. the number of minutes of unknown cost;
3. minutes within the buffer, later ones weigh more. Avoided minutes do not count here:
   a plan that uses them may use any until ``least_buffer``;
4. the cost;
5. the number of windows, then how early they are.

No window is within ``least_buffer``. If the time before it is too short, charging starts
at the first minute and lasts until the target or the deadline.

The solver works with slots of five minutes by the clock: prices change at such times, a
car starts within a minute or two, and it reports whole percents. A window at the first or
last slot also gets the minutes beside that slot, such as 06:55 to 06:57 for a deadline at
06:57. Minutes that the target does not need are removed at the most expensive edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import batched, pairwise
from typing import Final

from ..tariffs.curve import CostCurve
from .battery import KNEE, energies, level_after, minutes_to_charge
from .evaluation import charged, cost_of, plan_reasons
from .model import ChargeGoal, ChargePlan, PlanReason, Strategy
from .solver import Solver, Task
from .timeline import (
    CostSegment,
    Span,
    as_windows,
    clip,
    instant_of,
    minute_from,
    minute_until,
    minutes,
    split,
    stretches,
)

# Precision of costs (parts of a unit of currency per kWh) and of power (parts of full).
_FINE_COST: Final = 1_000_000
_FINE_POWER: Final = 10_000

# Slots in minutes. The solver takes 0.1 to 0.2 ms for 1,000 states; a row takes as long as
# _ROW_STATES more. Beyond _MOST_STATES the slots are longer, so that no plan blocks the
# event loop.
_SLOTS: Final = (5, 15, 30, 60, 120, 240)
_ROW_STATES: Final = 10
_MOST_STATES: Final = 120_000


def plan_charge(goal: ChargeGoal, curve: CostCurve, now: datetime) -> ChargePlan:
    """Return the cheapest plan for a goal.

    Windows are in whole minutes, and start at ``now`` or ``limits.earliest``, whichever
    is later.

    Args:
        goal: Target, deadline and limits.
        curve: The cost of a kWh; it is unknown in gaps.
        now: The time of planning (aware).
    """
    limits, deadline = goal.limits, minute_until(goal.ready_by)
    begin = minute_from(max(now, limits.earliest or now))
    if goal.target <= goal.level:
        return _nothing(goal, PlanReason.ALREADY_THERE)
    if deadline <= begin:
        return _nothing(goal, PlanReason.NO_TIME_LEFT, PlanReason.TARGET_SHORT)
    wanted = max(1, minutes_to_charge(goal.battery, goal.level, goal.target))
    line = stretches(curve, begin, deadline)
    full = deadline - minutes(limits.buffer)
    end = max(full, deadline - minutes(limits.least_buffer))
    case = _Case(
        goal=goal,
        line=clip(line, begin, end),
        full=full,
        wanted=wanted,
        block=min(wanted, max(1, minutes(limits.least_block))),
        most=max(1, limits.most_windows),
    )
    windows, limited = _best(case) or ([(begin, min(begin + wanted, deadline))], False)
    return _plan(case, line, split(windows), limited=limited)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """A goal in minutes.

    Attributes:
        goal: The goal.
        line: The segments from the first minute until ``least_buffer``; may be empty.
        full: The minute at which the buffer starts.
        wanted: The minutes to charge.
        block: The minimum minutes of a window.
        most: The maximum number of windows.
    """

    goal: ChargeGoal
    line: Sequence[CostSegment]
    full: int
    wanted: int
    block: int
    most: int


def _best(case: _Case) -> tuple[list[Span], bool] | None:
    """Return the best windows, and whether more were better; None: too little time."""
    if not case.line:
        return None
    begin, end = case.line[0].start, case.line[-1].end
    # Solve for one more window than allowed, to find out whether it would be better.
    most = max(1, min(case.most + 1, case.wanted // case.block))
    for step in _SLOTS:
        first, wanted = -begin % step, -(-case.wanted // step)
        count = (end - begin - first) // step
        rows = (count - wanted + 1) * most
        if rows * (wanted + _ROW_STATES) <= _MOST_STATES:
            break
    if count < wanted:
        return None
    each, last = _each_minute(case, (wanted + 2) * step), first + count * step
    task = replace(
        each,
        fixed=_sums(each.fixed[first:last], step),
        prices=_sums(each.prices[first:last], step),
        amounts=[power // step for power in _sums(each.amounts, step)],
        wanted=wanted,
        block=-(-case.block // step),
        most=most,
    )
    windows, limited = _chosen(case, Solver(task), first, step)
    if windows[0][0] == first:
        windows[0] = 0, windows[0][1]
    if windows[-1][1] == last:
        windows[-1] = windows[-1][0], end - begin
    windows = _trimmed(windows, each, first, step)
    return [(begin + start, begin + stop) for start, stop in windows], limited


def _chosen(
    case: _Case, solver: Solver, first: int, step: int
) -> tuple[list[Span], bool]:
    """Return the best windows in minutes, and whether more of them would be better."""
    weights = solver.weights
    for most in range(case.most, 0, -1):
        weight, count = min((weights[n], n) for n in weights if n <= most)
        windows = [
            (first + start * step, first + end * step)
            for start, end in solver.windows(count)
        ]
        # A schedule in the car is shorter than a day: each part counts as a window.
        if len(split(windows)) <= case.most:
            break
    return windows, min(weights.values()) < weight


def _sums(values: Sequence[int], step: int) -> list[int]:
    """Return the sums of consecutive batches of ``step`` values."""
    return [sum(batch) for batch in batched(values, step, strict=True)]


def _each_minute(case: _Case, length: int) -> Task:
    """Return the task in minutes, for charging in at most ``length`` minutes."""
    line, full, powers = case.line, case.full, _powers(case.goal, length)
    costs = [round((item.cost or 0) * _FINE_COST) for item in line]
    # One minute at each level outweighs the largest sum of the levels below.
    buffer = (2 * max(map(abs, costs)) + 1) * sum(powers)
    depth = max(0, line[-1].end - full)
    unknown = buffer * (depth * (depth + 1) // 2 + 1)
    avoided = unknown * (line[-1].end - line[0].start + 1)
    fixed, prices = list[int](), list[int]()
    for item, cost in zip(line, costs, strict=True):
        prices += [cost] * (item.end - item.start)
        if item.avoided:
            fixed += [avoided + unknown * (item.cost is None)] * (item.end - item.start)
        else:
            # The minutes of the buffer that charging in each minute uses.
            taken = range(item.start + 1 - full, item.end + 1 - full)
            fixed += [buffer * max(0, minute) for minute in taken]
    return Task(
        fixed=fixed,
        prices=prices,
        amounts=powers,
        wanted=case.wanted,
        block=case.block,
        most=case.most,
    )


def _powers(goal: ChargeGoal, length: int) -> list[int]:
    """Return the power in each minute of charging, relative to full power."""
    if goal.target <= KNEE:
        return [1] * length
    full = goal.battery.power / 60
    done = energies(goal.battery, goal.level, length)
    return [round((end - start) / full * _FINE_POWER) for start, end in pairwise(done)]


def _trimmed(windows: list[Span], task: Task, first: int, step: int) -> list[Span]:
    """Return windows without surplus minutes, removed at the most expensive edges."""
    while surplus := sum(end - start for start, end in windows) - task.wanted:
        shorter: list[tuple[Fraction, list[Span]]] = []
        weight = task.weight(windows)
        for index, (start, end) in enumerate(windows):
            spare = min(surplus, end - start - task.block)
            # At most to the edge of the slot: its minutes cost the same.
            head = min(spare, (first - start) % step or step)
            tail = min(spare, (end - first) % step or step)
            for size, span in (
                (head, (start + head, end)),
                (tail, (start, end - tail)),
            ):
                if size:
                    tried = [*windows[:index], span, *windows[index + 1 :]]
                    rate = Fraction(task.weight(tried) - weight, size)
                    shorter.append((rate, tried))
        _, windows = min(shorter, key=lambda item: item[0])
    return windows


def _plan(
    case: _Case, line: Sequence[CostSegment], windows: Sequence[Span], *, limited: bool
) -> ChargePlan:
    """Return the plan for windows; ``line`` is the time until the deadline."""
    goal, last = case.goal, windows[-1][1]
    total = sum(end - start for start, end in windows)
    allowed = clip(line, line[0].start, max(case.full, last))
    reasons = {*plan_reasons(allowed, windows)}
    if limited:
        reasons.add(PlanReason.WINDOWS_LIMITED)
    if short := total < case.wanted:
        strategy = Strategy.FALLBACK
        reasons.add(PlanReason.TARGET_SHORT)
    elif last > case.full:
        strategy = Strategy.MINIMAL_COLLISION
        reasons.add(PlanReason.BUFFER_SHRUNK)
    elif reasons & {PlanReason.PEAK_USED, PlanReason.UNKNOWN_USED}:
        strategy = Strategy.MINIMAL_COLLISION
    else:
        strategy = Strategy.EARLIER if allowed[-1].avoided else Strategy.OPTIMAL
    level = level_after(goal.battery, goal.level, total / 60)
    return ChargePlan(
        windows=as_windows(windows),
        energy=charged(goal, total, to=goal.target),
        cost=cost_of(goal, allowed, windows),
        expected_level=min(goal.target, level) if short else goal.target,
        expected_end=instant_of(last),
        margin=goal.ready_by - instant_of(last),
        strategy=strategy,
        reasons=tuple(reason for reason in PlanReason if reason in reasons),
    )


def _nothing(goal: ChargeGoal, *reasons: PlanReason) -> ChargePlan:
    """Return a plan without windows."""
    short = PlanReason.TARGET_SHORT in reasons
    return ChargePlan(
        windows=(),
        energy=0.0,
        cost=0.0,
        expected_level=goal.level,
        expected_end=None,
        margin=None,
        strategy=Strategy.FALLBACK if short else Strategy.OPTIMAL,
        reasons=reasons,
    )
