"""What comes of charging in some windows: energy, cost, and why it is so."""

from collections.abc import Iterator, Sequence

from .battery import level_after
from .plan import Need, PlanReason
from .slots import Span, Stretch, within


def charged(need: Need, minutes: int, *, to: float) -> float:
    """Return the energy in kWh of the first minutes of charging up to a level."""
    level = level_after(need.battery, need.level, minutes / 60)
    return (min(level, to) - need.level) * need.battery.capacity / 100


def cost_of(
    need: Need, line: Sequence[Stretch], windows: Sequence[Span]
) -> float | None:
    """Return what the windows cost; None as far as a cost is unknown."""
    cost, done, before = 0.0, 0, 0.0
    for start, end in windows:
        for one in within(line, start, end):
            if one.cost is None:
                return None
            done += one.end - one.start
            after = charged(need, done, to=need.target)
            cost += (after - before) * one.cost
            before = after
    return cost


def why(
    line: Sequence[Stretch], windows: Sequence[Span], block: int
) -> Iterator[PlanReason]:
    """Yield what the windows say of the time they were chosen from.

    ``block`` is the shortest window that is allowed, in minutes.
    """
    used = [one for start, end in windows for one in within(line, start, end)]
    if any(one.cost is None for one in used):
        yield PlanReason.UNKNOWN_USED
    elif any(one.cost is None for one in line):
        yield PlanReason.UNKNOWN_AVOIDED
    if any(one.peak for one in used):
        yield PlanReason.PEAK_USED
    elif any(one.peak for one in line):
        yield PlanReason.PEAK_AVOIDED
    if _cheapest(line, windows, used):
        yield PlanReason.CHEAPEST_HOURS
    if _latest(line, windows, block):
        yield PlanReason.LATEST_HOURS


def _cheapest(
    line: Sequence[Stretch], windows: Sequence[Span], used: Sequence[Stretch]
) -> bool:
    """Return whether dearer minutes of the same kind were left out."""
    bounds = [line[0].start, *(at for span in windows for at in span), line[-1].end]
    unused = [
        one
        for start, end in zip(bounds[::2], bounds[1::2], strict=True)
        for one in within(line, start, end)
    ]
    for peak in (False, True):
        left, taken = (
            [one.cost for one in some if one.peak is peak and one.cost is not None]
            for some in (unused, used)
        )
        if left and taken and max(left) > min(taken):
            return True
    return False


def _latest(line: Sequence[Stretch], windows: Sequence[Span], block: int) -> bool:
    """Return whether a minute before a window costs what one at a later edge does.

    So an earlier plan would have cost the same.
    """
    later: set[tuple[float | None, bool]] = set()
    before = [line[0].start, *(end for _, end in windows[:-1])]
    for (start, end), previous in zip(windows[::-1], before[::-1], strict=True):
        last = _kind(line, end - 1)
        if start > previous and _kind(line, start - 1) in {last, *later}:
            return True
        if end - start > block:
            later |= {last, _kind(line, start)}
    return False


def _kind(line: Sequence[Stretch], minute: int) -> tuple[float | None, bool]:
    """Return the cost of a minute, and whether it is peak."""
    one = within(line, minute, minute + 1)[0]
    return one.cost, one.peak
