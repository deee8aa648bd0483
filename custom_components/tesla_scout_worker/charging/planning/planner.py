"""When to charge: the plan that meets a goal.

One lexicographic price of each minute decides:

1. avoided minutes: those of peak hours or of unknown cost;
2. of those, the minutes of unknown cost, as they may cost anything;
3. minutes within the buffer, the later the worse. Avoided minutes do not count here: a
   plan that needs them may take any until ``least_buffer``;
4. the cost;
5. the number of windows, then how early they are.

Nothing is placed within ``least_buffer``. Where the time before it is too short, charging
starts with the first minute and lasts until the target or the deadline.

The solver charges whole slots, multiples of five minutes by the clock: prices change at
such times, a car starts within a minute or two, and it reports whole percents. A window
beside the first or the last slot also gets the odd minutes before or after it, such as
those before a deadline at 06:57. The minutes that the target does not need are then given
back at the dearest edges.
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

# Parts of a currency's unit per kWh, and of the full power, that count as equal.
_FINE_COST: Final = 1_000_000
_FINE_POWER: Final = 10_000

# Slots in minutes. The solver takes 0.1 to 0.2 ms for 1,000 states. Each row of them takes
# as long as so many more. With more in all, slots are longer: no plan blocks the event loop.
_SLOTS: Final = (5, 15, 30, 60, 120, 240)
_ROW_STATES: Final = 10
_MOST_STATES: Final = 120_000


def plan_charge(goal: ChargeGoal, curve: CostCurve, now: datetime) -> ChargePlan:
    """Return when to charge so that a goal is met, as cheaply as possible.

    Charging takes whole minutes and begins with the first one from ``now`` on, or from
    ``limits.earliest`` where that is later.

    Args:
        goal: What to reach by when, and what to keep to.
        curve: What energy costs; times that it does not hold are unknown.
        now: When the plan is made (aware).
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
        line: The time from the first minute until ``least_buffer``; empty if none is left.
        full: The minute in which the buffer begins.
        wanted: How many minutes to charge.
        block: The fewest minutes of a window.
        most: The most windows.
    """

    goal: ChargeGoal
    line: Sequence[CostSegment]
    full: int
    wanted: int
    block: int
    most: int


def _best(case: _Case) -> tuple[list[Span], bool] | None:
    """Return the best windows, and if more would be better; None if they do not fit."""
    if not case.line:
        return None
    begin, end = case.line[0].start, case.line[-1].end
    # Solve for one window more than allowed, to find out whether that would be better.
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
        # Schedules in the car cannot express a day or more: parts count as windows.
        if len(split(windows)) <= case.most:
            break
    return windows, min(weights.values()) < weight


def _sums(values: Sequence[int], step: int) -> list[int]:
    """Return the sums of each ``step`` values."""
    return [sum(some) for some in batched(values, step, strict=True)]


def _each_minute(case: _Case, length: int) -> Task:
    """Return the task in minutes, for charging in ``length`` of them at most."""
    line, full, powers = case.line, case.full, _powers(case.goal, length)
    costs = [round((item.cost or 0) * _FINE_COST) for item in line]
    # A minute of each of these weighs more than all that the next one can make.
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
            # How many minutes of the buffer a charge in each minute takes.
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
    """Return the power in each minute of charging, as a share of the full power."""
    if goal.target <= KNEE:
        return [1] * length
    full = goal.battery.power / 60
    done = energies(goal.battery, goal.level, length)
    return [round((end - start) / full * _FINE_POWER) for start, end in pairwise(done)]


def _trimmed(windows: list[Span], task: Task, first: int, step: int) -> list[Span]:
    """Return windows of no more minutes than wanted, less the dearest at their edges."""
    while surplus := sum(end - start for start, end in windows) - task.wanted:
        shorter: list[tuple[Fraction, list[Span]]] = []
        weight = task.weight(windows)
        for at, (start, end) in enumerate(windows):
            spare = min(surplus, end - start - task.block)
            # No more at once than the rest of a slot, whose minutes cost the same.
            head = min(spare, (first - start) % step or step)
            tail = min(spare, (end - first) % step or step)
            for size, span in (
                (head, (start + head, end)),
                (tail, (start, end - tail)),
            ):
                if size:
                    tried = [*windows[:at], span, *windows[at + 1 :]]
                    rate = Fraction(task.weight(tried) - weight, size)
                    shorter.append((rate, tried))
        _, windows = min(shorter, key=lambda item: item[0])
    return windows


def _plan(
    case: _Case, line: Sequence[CostSegment], windows: Sequence[Span], *, limited: bool
) -> ChargePlan:
    """Return the plan of windows on a line until the deadline."""
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
    """Return a plan that does not charge."""
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
