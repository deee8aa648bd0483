"""What comes of charging in some windows: energy, cost, and why it is so."""

from collections.abc import Iterator, Sequence

from .battery import level_after
from .plan import Need, PlanReason
from .slots import Span, Stretch


def charged(need: Need, minutes: int, *, to: float) -> float:
    """Return the energy in kWh of the first minutes of charging up to a level."""
    level = level_after(need.battery, need.level, minutes / 60)
    return (min(level, to) - need.level) * need.battery.capacity / 100


def cost_of(
    need: Need, line: Sequence[Stretch], windows: Sequence[Span]
) -> float | None:
    """Return what the windows cost; None as far as a cost is unknown."""
    cost, done = 0.0, 0
    for start, end in windows:
        for one in line:
            if (length := min(one.end, end) - max(one.start, start)) <= 0:
                continue
            if one.cost is None:
                return None
            taken = charged(need, done + length, to=need.target)
            cost += (taken - charged(need, done, to=need.target)) * one.cost
            done += length
    return cost


def why(
    line: Sequence[Stretch], windows: Sequence[Span], block: int
) -> Iterator[PlanReason]:
    """Yield what the windows say of the time they were chosen from.

    ``block`` is the shortest window that is allowed, in minutes.
    """
    used = [_overlap(one, windows) for one in line]
    unknown = [
        minutes for one, minutes in zip(line, used, strict=True) if one.cost is None
    ]
    if any(unknown):
        yield PlanReason.UNKNOWN_USED
    elif unknown:
        yield PlanReason.UNKNOWN_AVOIDED
    peak = [minutes for one, minutes in zip(line, used, strict=True) if one.peak]
    if any(peak):
        yield PlanReason.PEAK_USED
    elif peak:
        yield PlanReason.PEAK_AVOIDED
    if _cheapest(line, used):
        yield PlanReason.CHEAPEST_HOURS
    if _latest(line, windows, block):
        yield PlanReason.LATEST_HOURS


def _cheapest(line: Sequence[Stretch], used: Sequence[int]) -> bool:
    """Return whether dearer minutes of the same kind were left out."""
    least: dict[bool, float] = {}
    for one, minutes in zip(line, used, strict=True):
        if minutes and one.cost is not None:
            least[one.peak] = min(one.cost, least.get(one.peak, one.cost))
    return any(
        one.cost is not None
        and one.peak in least
        and one.cost > least[one.peak]
        and minutes < one.end - one.start
        for one, minutes in zip(line, used, strict=True)
    )


def _latest(line: Sequence[Stretch], windows: Sequence[Span], block: int) -> bool:
    """Return whether a minute before a window costs what one at a later edge does.

    So an earlier plan would have cost the same.
    """
    later: set[tuple[float | None, bool]] = set()
    for (start, end), before in zip(
        reversed(windows), [*(last for _, last in windows[-2::-1]), None], strict=True
    ):
        ahead = _kind(line, start - 1) if start - 1 != before else None
        if ahead is not None and ahead in later | {_kind(line, end - 1)}:
            return True
        if end - start > block:
            later |= {kind for at in (start, end - 1) if (kind := _kind(line, at))}
    return False


def _kind(line: Sequence[Stretch], minute: int) -> tuple[float | None, bool] | None:
    """Return the cost of a minute and whether it is peak; None outside the line."""
    for one in line:
        if one.start <= minute < one.end:
            return one.cost, one.peak
    return None


def _overlap(one: Stretch, windows: Sequence[Span]) -> int:
    """Return how many minutes of a stretch are charged in."""
    return sum(
        max(0, min(one.end, end) - max(one.start, start)) for start, end in windows
    )
