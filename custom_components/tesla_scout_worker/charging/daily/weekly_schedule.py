"""Weekly schedules for a fixed tariff, written once. Pure.

The choice depends only on the tariff, the departures and the usual energy. If it used
today's state of charge, the schedules would be sent again each day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from ..in_car.schedules import WeeklyWindow
from ..planning.timeline import Span, minute_from, runs, stretches
from ..tariffs.curve import CostCurve
from .departures import Departures

DAY: Final = 1440
WEEK: Final = 7 * DAY

# Part of a longer run starts at a quarter of an hour, as people write times.
_QUARTER: Final = 15


class _Pattern(NamedTuple):
    """A run, in minutes from the midnight that starts the day of the departure.

    ``whole``: it covers a complete run of off-peak hours, not a part of one.
    """

    whole: bool
    offset: int
    length: int

    def span(self, night: int) -> Span:
        """Return when it is in a week, by the departure that it is for."""
        start = night // DAY * DAY + self.offset
        return start, start + self.length


def typical_week(today: date) -> tuple[datetime, datetime]:
    """Return start and end of a week that is typical of a month (local, as if UTC).

    It is within the month, as is the day before it, and has no holidays or clock
    changes, so each day of the month gives the same week.
    """
    first = datetime(today.year, today.month, 8, tzinfo=UTC)
    monday = first + timedelta(days=-first.weekday() % 7)
    return monday, monday + timedelta(days=7)


def is_level(curve: CostCurve) -> bool:
    """Return whether all hours of a curve that are not peak cost the same.

    Only then a weekly plan is as good as a plan for each night.
    """
    return (
        len({interval.cost for interval in curve.intervals if not interval.peak}) <= 1
    )


def weekly_windows(
    curve: CostCurve,
    monday: datetime,
    leaving: Departures,
    needed: int,
    most: int,
) -> tuple[WeeklyWindow, ...]:
    """Return the off-peak windows that are needed before the departures.

    Takes complete runs of off-peak hours: the fewest that give enough time within the
    day before each departure, the later ones if equal. Without peak hours there is
    nothing to gain, so the result is empty.

    Args:
        curve: The cost curve of a typical week.
        monday: Start of that week (UTC).
        leaving: Departures by weekday.
        needed: Minutes of charging for the usual energy.
        most: Maximum number of windows.
    """
    begin = minute_from(monday)
    week = [
        (start - begin, end - begin)
        for start, end in runs(stretches(curve, begin, begin + WEEK))
    ]
    if week in ([], [(0, WEEK)]):
        return ()
    line = _joined(
        (start + turn * WEEK, end + turn * WEEK)
        for turn in (-1, 0, 1)
        for start, end in week
    )
    nights = [
        day * DAY + at.hour * 60 + at.minute
        for day, at in enumerate(leaving)
        if at is not None
    ]
    chosen = _chosen(line, nights, needed, most)
    apart = [_apart(item, chosen) for item in chosen]
    return tuple(
        sorted(
            (item for item in apart if item.days),
            key=lambda item: (item.start, item.end, item.days),
        )
    )


def _chosen(
    line: Sequence[Span], nights: Sequence[int], needed: int, most: int
) -> list[WeeklyWindow]:
    """Return windows chosen one by one, each with the most minutes for all nights."""
    left = dict.fromkeys(nights, max(1, needed))
    taken: dict[int, list[Span]] = {night: [] for night in nights}
    patterns = {
        pattern for night in nights for pattern in _patterns(line, night, needed)
    }
    chosen: list[WeeklyWindow] = []
    while len(chosen) < most and patterns:
        gains = {
            pattern: {
                night: gain
                for night, missing in left.items()
                if (gain := min(missing, _minutes(line, night, pattern, taken[night])))
            }
            for pattern in patterns
        }
        best = max(
            patterns, key=lambda pattern: (sum(gains[pattern].values()), pattern)
        )
        if not gains[best]:
            break
        chosen.append(_window(best, gains[best]))
        for night, gain in gains[best].items():
            left[night] -= gain
            taken[night].append(best.span(night))
        patterns.discard(best)
    return chosen


def _joined(spans: Iterator[Span]) -> list[Span]:
    """Return spans in order, with adjacent ones merged."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _patterns(line: Sequence[Span], night: int, needed: int) -> Iterator[_Pattern]:
    """Yield the runs of the day before a departure; of a longer run its end."""
    midnight = night // DAY * DAY
    for start, end in line:
        first, last = max(start, night - DAY), min(end, night)
        if first >= last:
            continue
        if end - start < DAY:
            yield _Pattern(True, start - midnight, end - start)
        else:
            begin = (last - min(needed, DAY - _QUARTER)) // _QUARTER * _QUARTER
            begin = max(first, begin, last - DAY + 1)
            yield _Pattern(False, begin - midnight, last - begin)


def _minutes(
    line: Sequence[Span], night: int, pattern: _Pattern, taken: Sequence[Span]
) -> int:
    """Return the minutes that a pattern adds before a departure; 0 if any is peak."""
    start, end = pattern.span(night)
    if not any(first <= start and end <= last for first, last in line):
        return 0
    first, last = max(start, night - DAY), min(end, night)
    doubled = sum(
        max(0, min(last, until) - max(first, since)) for since, until in taken
    )
    return max(0, last - first - doubled)


def _window(pattern: _Pattern, gained: dict[int, int]) -> WeeklyWindow:
    """Return the window of a pattern, on the days on which it adds minutes."""
    days = 0
    for night in gained:
        # Monday is day 0 of the week here, and bit 1 in Tesla's mask.
        days |= 1 << (night // DAY + pattern.offset // DAY + 1) % 7
    end = (pattern.offset + pattern.length) % DAY
    return WeeklyWindow(days=days, start=pattern.offset % DAY, end=end)


def _apart(window: WeeklyWindow, chosen: Sequence[WeeklyWindow]) -> WeeklyWindow:
    """Return a window without the days on which another window contains it."""
    end, days = _end(window), window.days
    for other in chosen:
        if other != window and other.start <= window.start and end <= _end(other):
            days &= ~other.days
    return replace(window, days=days)


def _end(window: WeeklyWindow) -> int:
    """Return the end of a window in minutes from the midnight before its start."""
    return window.end + (DAY if window.end <= window.start else 0)
