"""Time for the planner: whole minutes since 1970, in segments of one cost."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final, NamedTuple

from ..tariffs.curve import CostCurve
from .model import Window

type Span = tuple[int, int]

# In minutes. A schedule in the car is a minute of the day, so a window must be shorter
# than a day; in spring one day has 23 hours.
LONGEST_WINDOW: Final = 22 * 60

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)


class CostSegment(NamedTuple):
    """Minutes of the same cost, from ``start`` until just before ``end``.

    ``cost`` is per kWh; None is unknown.
    """

    start: int
    end: int
    cost: float | None
    peak: bool = False

    @property
    def avoided(self) -> bool:
        """Whether a plan avoids these minutes: peak hours or an unknown cost."""
        return self.peak or self.cost is None


def minute_from(instant: datetime) -> int:
    """Return the minute of an instant, rounded up."""
    return -((_EPOCH - instant) // _MINUTE)


def minute_until(instant: datetime) -> int:
    """Return the minute of an instant, rounded down."""
    return (instant - _EPOCH) // _MINUTE


def instant_of(minute: int) -> datetime:
    """Return the start of a minute (UTC)."""
    return _EPOCH + minute * _MINUTE


def minutes(length: timedelta) -> int:
    """Return a length in whole minutes, rounded up, at least 0."""
    return max(0, -(-length // _MINUTE))


def stretches(curve: CostCurve, begin: int, end: int) -> list[CostSegment]:
    """Return the curve from ``begin`` until ``end`` without gaps.

    Gaps of the curve become segments of unknown cost. An edge within a minute counts as
    the next minute.
    """
    found: list[CostSegment] = []
    at, edge, minute = begin, None, begin
    for interval in curve.intervals:
        # Most intervals start where the last one ends; computing a minute is slow.
        first = max(
            minute if interval.start == edge else minute_from(interval.start), begin
        )
        edge, minute = interval.end, minute_from(interval.end)
        last = min(minute, end)
        if first >= last:
            continue
        if first > at:
            found.append(CostSegment(at, first, None))
        found.append(CostSegment(first, last, interval.cost, interval.peak))
        at = last
    if at < end:
        found.append(CostSegment(at, end, None))
    return found


def clip(line: Sequence[CostSegment], begin: int, end: int) -> list[CostSegment]:
    """Return the parts of segments that lie between two minutes."""
    first = bisect_right(line, begin, key=attrgetter("end"))
    last = bisect_left(line, end, key=attrgetter("start"))
    found = [*line[first:last]]
    if found and found[0].start < begin:
        found[0] = found[0]._replace(start=begin)
    if found and found[-1].end > end:
        found[-1] = found[-1]._replace(end=end)
    return found


def runs(line: Iterable[CostSegment]) -> list[Span]:
    """Return the spans of minutes that a plan does not avoid."""
    found: list[Span] = []
    for segment in line:
        if segment.avoided:
            continue
        if found and found[-1][1] == segment.start:
            found[-1] = (found[-1][0], segment.end)
        else:
            found.append((segment.start, segment.end))
    return found


def split(windows: Iterable[Span]) -> list[Span]:
    """Return the windows; those too long for a schedule are cut into parts."""
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
