"""The plan of a charge, in stages: from the cheapest hours to charging at once.

Hours of peak or of unknown cost are avoided. The stages:

1. without avoided hours, over before the deadline less the buffer;
2. likewise with a shorter buffer, by no more minutes than it takes, but not less
   than ``least_buffer``;
3. with ``least_buffer`` and avoided hours, as few minutes of them as can be, and of
   so many rather peak hours of known cost than unknown ones: what they cost can be
   told, and the unknown may be anything;
4. from the first minute on, over before the deadline at least;
5. from the first minute until the deadline, though the target is not reached.

In the first three the plan is the best of its stage, in the order: least cost, fewest
windows, latest minutes (the greatest sum of their times). The modules `optimum` and
`fine` say in which model. The last minute counts as a whole one there.

No window is a day or longer: the car's schedules cannot say that. A longer one is split
in parts that touch, as far as there can be more windows; where one stretch of charging
must be as long as that, it is split all the same.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from ..tariffs.curve import CostCurve
from .battery import KNEE, energies, hours_to_charge, level_after
from .evaluation import charged, cost_of, plan_reasons
from .fine import best_to_the_minute
from .model import ChargeGoal, ChargePlan, PlanReason, Strategy
from .optimum import best, improves
from .timeline import (
    CostSegment,
    Span,
    as_windows,
    clip,
    instant_of,
    minute_from,
    minute_until,
    minutes,
    runs,
    split,
    step_of,
    stretches,
)
from .weights import Priced, Task

# Costs are compared in millionths of a currency's unit, energies in mWh.
_FINE: Final = 1_000_000

# More minutes than any deadline leaves; a charger without power never gets there.
_NEVER: Final = 10_000_000


def plan_charge(need: ChargeGoal, curve: CostCurve, now: datetime) -> ChargePlan:
    """Return when to charge so that a need is met, as cheaply as can be.

    Charging takes whole minutes, and begins with the first one from ``now`` on, or from
    ``limits.earliest`` where that is later. Of the stages above the first one that
    reaches the target makes the plan.

    Args:
        need: What to reach by when, and what to keep to.
        curve: What energy costs; times that it does not hold are unknown.
        now: When the plan is made (aware).
    """
    begin, deadline = minute_from(now), minute_until(need.ready_by)
    if need.limits.earliest is not None:
        begin = max(begin, minute_from(need.limits.earliest))
    if need.target <= need.level:
        return _nothing(need, Strategy.OPTIMAL, PlanReason.ALREADY_THERE)
    if deadline <= begin:
        reasons = (PlanReason.NO_TIME_LEFT, PlanReason.TARGET_SHORT)
        return _nothing(need, Strategy.FALLBACK, *reasons)
    case = _case(need, stretches(curve, begin, deadline))
    return _told(case, _chosen(case))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """A need in minutes; ``line`` is the time from ``begin`` to ``deadline``."""

    need: ChargeGoal
    line: list[CostSegment]
    begin: int
    deadline: int
    wanted: int
    block: int

    @property
    def most(self) -> int:
        """How many windows there may be."""
        return max(1, self.need.limits.most_windows)


def _case(need: ChargeGoal, line: list[CostSegment]) -> _Case:
    """Return a need in the minutes that are left for it."""
    hours = hours_to_charge(need.battery, need.level, need.target)
    # A rounding error of the logarithm is not worth another minute.
    wanted = max(1, ceil(round(min(hours * 60, _NEVER), 6)))
    return _Case(
        need=need,
        line=line,
        begin=line[0].start,
        deadline=line[-1].end,
        wanted=wanted,
        block=min(wanted, minutes(need.limits.least_block)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Choice:
    """Windows, and the stage that chose them; ``end`` is the latest they might have."""

    windows: Sequence[Span]
    end: int
    strategy: Strategy
    reasons: tuple[PlanReason, ...] = ()


def _chosen(case: _Case) -> _Choice:
    """Return the windows of the first stage that reaches the target."""
    limits = case.need.limits
    full = case.deadline - minutes(limits.buffer)
    least = max(full, case.deadline - minutes(limits.least_buffer))
    if _fits(case, full, case.most):
        return _calm(case, full, full)
    if _fits(case, least, case.most):
        ends = range(full + 1, least + 1)
        end = ends[bisect_left(ends, True, key=lambda end: _fits(case, end, case.most))]
        return _calm(case, end, full)
    if case.wanted <= least - case.begin:
        return _colliding(case, least)
    if case.wanted <= case.deadline - case.begin:
        end = case.begin + case.wanted
        return _Choice(
            windows=split([(case.begin, end)]),
            end=end,
            strategy=Strategy.MINIMAL_COLLISION,
            reasons=(PlanReason.BUFFER_SHRUNK,),
        )
    return _Choice(
        windows=split([(case.begin, case.deadline)]),
        end=case.deadline,
        strategy=Strategy.FALLBACK,
        reasons=(PlanReason.TARGET_SHORT,),
    )


def _fits(case: _Case, end: int, most: int) -> bool:
    """Return whether the need fits before ``end`` without avoided minutes.

    So many windows reach furthest in the longest runs, and each can be as short as a
    block, so every length between is possible.
    """
    lengths = sorted(
        (
            last - first
            for first, last in runs(clip(case.line, case.begin, end))
            if last - first >= case.block
        ),
        reverse=True,
    )
    longest = 0
    for count, length in enumerate(lengths[:most], 1):
        longest += length
        if count * case.block <= case.wanted <= longest:
            return True
    return False


def _calm(case: _Case, end: int, full: int) -> _Choice:
    """Return the best windows before ``end`` without avoided minutes."""
    line = clip(case.line, case.begin, end)
    windows, limited = _placed(case, line, avoid=True)
    if end > full:
        limited = limited or _fits(case, full, case.wanted)
        strategy, reasons = Strategy.MINIMAL_COLLISION, [PlanReason.BUFFER_SHRUNK]
    else:
        late = line[-1].avoided
        strategy, reasons = Strategy.EARLIER if late else Strategy.OPTIMAL, []
    if limited:
        reasons.append(PlanReason.WINDOWS_LIMITED)
    return _Choice(windows=windows, end=end, strategy=strategy, reasons=tuple(reasons))


def _colliding(case: _Case, end: int) -> _Choice:
    """Return the best windows before ``end`` with the fewest avoided minutes."""
    line = clip(case.line, case.begin, end)
    windows, limited = _placed(case, line, avoid=False)
    shrunk = end > case.deadline - minutes(case.need.limits.buffer)
    reasons = [PlanReason.BUFFER_SHRUNK] if shrunk else []
    if limited:
        reasons.append(PlanReason.WINDOWS_LIMITED)
    return _Choice(
        windows=windows,
        end=end,
        strategy=Strategy.MINIMAL_COLLISION,
        reasons=tuple(reasons),
    )


def _placed(
    case: _Case, line: list[CostSegment], *, avoid: bool
) -> tuple[list[Span], bool]:
    """Return the best windows, and whether more of them would be better."""
    whole = [(start, end) for start, end in runs(line) if end - start >= case.block]
    if avoid and sum(end - start for start, end in whole) == case.wanted:
        return split(whole), False
    most, block = case.most, case.block
    several = 2 * block <= case.wanted
    task = _task(case, line, block if several and most > 1 else 0, avoid=avoid)
    solve = best if task.energy is None else best_to_the_minute
    placed = solve(task, most if several else 1)
    for fewer in range(most - 1, 0, -1):
        # A window of a day or more takes several of those that the car holds.
        if placed is None or len(split(placed.windows)) <= most:
            break
        placed = solve(task, fewer) or placed
    assert placed is not None
    limited = False
    if several:
        free = task if task.block == block else _task(case, line, block, avoid=avoid)
        limited = improves(free, placed.worth)
    return split(placed.windows), limited


def _task(case: _Case, line: list[CostSegment], block: int, *, avoid: bool) -> Task:
    """Return what is to be placed."""
    # One more avoided minute outweighs all that could be unknown of them.
    heavy = case.wanted + 1
    priced = [
        Priced(start, end, round(cost * _FINE), heavy * peak, avoid and peak)
        if cost is not None
        else Priced(start, end, 0, heavy + 1, avoid)
        for start, end, cost, peak in line
    ]
    edges = [one.end for one in line]
    return Task(
        line=priced,
        step=step_of(edges, block),
        minutes=case.wanted,
        block=block,
        energy=_energy(case),
    )


def _energy(case: _Case) -> list[int] | None:
    """Return the energy of the first k minutes in mWh; None if all are alike."""
    need = case.need
    if need.target <= KNEE:
        return None
    each = energies(need.battery, need.level, case.wanted)
    return [round(energy * _FINE) for energy in each]


def _told(case: _Case, choice: _Choice) -> ChargePlan:
    """Return the plan that some windows make."""
    need, windows = case.need, choice.windows
    total = sum(end - start for start, end in windows)
    end = instant_of(windows[-1][1])
    line = clip(case.line, case.begin, choice.end)
    reasons = {*choice.reasons, *plan_reasons(line, windows)}
    reached = min(need.target, level_after(need.battery, need.level, total / 60))
    return ChargePlan(
        windows=as_windows(windows),
        energy=charged(need, total, to=need.target),
        cost=cost_of(need, line, windows),
        expected_level=need.target if total >= case.wanted else reached,
        expected_end=end,
        margin=need.ready_by - end,
        strategy=choice.strategy,
        reasons=tuple(reason for reason in PlanReason if reason in reasons),
    )


def _nothing(need: ChargeGoal, strategy: Strategy, *reasons: PlanReason) -> ChargePlan:
    """Return a plan that does not charge."""
    return ChargePlan(
        windows=(),
        energy=0.0,
        cost=0.0,
        expected_level=need.level,
        expected_end=None,
        margin=None,
        strategy=strategy,
        reasons=reasons,
    )
