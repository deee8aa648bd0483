"""Time as the planner counts it: whole minutes since 1970, in stretches of one cost."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final, NamedTuple

from ..tariffs.curve import CostCurve
from .model import Window

type Span = tuple[int, int]

# In minutes. The car's schedules name a minute of the day, so that a window must be
# shorter than a day, and in spring a day has 23 hours.
LONGEST_WINDOW: Final = 22 * 60

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)


class CostSegment(NamedTuple):
    """Minutes of one cost, from ``start`` until just before ``end``.

    ``cost`` is per kWh; None is unknown.
    """

    start: int
    end: int
    cost: float | None
    peak: bool = False

    @property
    def avoided(self) -> bool:
        """Whether these minutes are left alone as long as that is possible."""
        return self.peak or self.cost is None


def minute_from(instant: datetime) -> int:
    """Return the first whole minute that does not begin before an instant."""
    return -((_EPOCH - instant) // _MINUTE)


def minute_until(instant: datetime) -> int:
    """Return the last whole minute that an instant does not lie before."""
    return (instant - _EPOCH) // _MINUTE


def instant_of(minute: int) -> datetime:
    """Return when a minute begins (UTC)."""
    return _EPOCH + minute * _MINUTE


def minutes(length: timedelta) -> int:
    """Return a length in whole minutes, rounded up, 0 at least."""
    return max(0, -(-length // _MINUTE))


def stretches(curve: CostCurve, begin: int, end: int) -> list[CostSegment]:
    """Return the curve from ``begin`` until ``end`` without a gap.

    What the curve does not tell is unknown. An edge within a minute counts from the
    next minute on.
    """
    told: list[CostSegment] = []
    at, edge, minute = begin, None, begin
    for interval in curve.intervals:
        # Most begin where the one before ends, and a minute takes long to find.
        first = max(
            minute if interval.start == edge else minute_from(interval.start), begin
        )
        edge, minute = interval.end, minute_from(interval.end)
        last = min(minute, end)
        if first >= last:
            continue
        if first > at:
            told.append(CostSegment(at, first, None))
        told.append(CostSegment(first, last, interval.cost, interval.peak))
        at = last
    if at < end:
        told.append(CostSegment(at, end, None))
    return told


def clip(line: Sequence[CostSegment], begin: int, end: int) -> list[CostSegment]:
    """Return the stretches as far as they lie within two minutes."""
    first = bisect_right(line, begin, key=attrgetter("end"))
    last = bisect_left(line, end, key=attrgetter("start"))
    found = [*line[first:last]]
    if found and found[0].start < begin:
        found[0] = found[0]._replace(start=begin)
    if found and found[-1].end > end:
        found[-1] = found[-1]._replace(end=end)
    return found


def runs(line: Iterable[CostSegment]) -> list[Span]:
    """Return the runs of minutes that are not to be avoided."""
    found: list[Span] = []
    for item in line:
        if item.avoided:
            continue
        if found and found[-1][1] == item.start:
            found[-1] = (found[-1][0], item.end)
        else:
            found.append((item.start, item.end))
    return found


def split(windows: Iterable[Span]) -> list[Span]:
    """Return the windows, those cut in parts that are too long for a schedule."""
    return [
        (first, min(first + LONGEST_WINDOW, end))
        for start, end in windows
        for first in range(start, end, LONGEST_WINDOW)
    ]


def as_windows(windows: Sequence[Span]) -> tuple[Window, ...]:
    """Return windows of minutes as windows of time."""
    return tuple(
        Window(start=instant_of(start), end=instant_of(end)) for start, end in windows
    )
