"""Energy, cost and reasons of a plan with given windows. Pure."""

from collections.abc import Iterator, Sequence

from .battery import level_after
from .model import ChargeGoal, PlanReason
from .timeline import CostSegment, Span, clip


def charged(goal: ChargeGoal, minutes: int, *, to: float) -> float:
    """Return the energy in kWh of the first minutes of charging up to a level."""
    level = level_after(goal.battery, goal.level, minutes / 60)
    return (min(level, to) - goal.level) * goal.battery.capacity / 100


def cost_of(
    goal: ChargeGoal, line: Sequence[CostSegment], windows: Sequence[Span]
) -> float | None:
    """Return what the windows cost; None as far as a cost is unknown."""
    cost, done, before = 0.0, 0, 0.0
    for start, end in windows:
        for item in clip(line, start, end):
            if item.cost is None:
                return None
            done += item.end - item.start
            after = charged(goal, done, to=goal.target)
            cost += (after - before) * item.cost
            before = after
    return cost


def plan_reasons(
    line: Sequence[CostSegment], windows: Sequence[Span]
) -> Iterator[PlanReason]:
    """Yield what the windows say of the time they were chosen from."""
    used = [item for start, end in windows for item in clip(line, start, end)]
    bounds = [line[0].start, *(at for span in windows for at in span), line[-1].end]
    left = [
        item
        for start, end in zip(bounds[::2], bounds[1::2], strict=True)
        for item in clip(line, start, end)
    ]
    if any(item.cost is None for item in used):
        yield PlanReason.UNKNOWN_USED
    elif any(item.cost is None for item in left):
        yield PlanReason.UNKNOWN_AVOIDED
    if any(item.peak for item in used):
        yield PlanReason.PEAK_USED
    elif any(item.peak for item in left):
        yield PlanReason.PEAK_AVOIDED
    if any(_cheaper(used, left, peak) for peak in (False, True)):
        yield PlanReason.CHEAPEST_HOURS
    latest = {(item.cost, item.peak): item.start for item in used}
    if any(
        item.start < latest.get((item.cost, item.peak), item.start) for item in left
    ):
        yield PlanReason.LATEST_HOURS


def _cheaper(
    used: Sequence[CostSegment], left: Sequence[CostSegment], peak: bool
) -> bool:
    """Return whether minutes were left that are dearer than the cheapest used ones.

    Peak hours are compared with peak hours only, and others with others.
    """
    most, least = (
        [item.cost for item in some if item.peak is peak and item.cost is not None]
        for some in (left, used)
    )
    return bool(most and least) and max(most) > min(least)
