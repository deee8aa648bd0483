"""Conversion between windows and the charge schedules of a car. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count, islice
from typing import Final

from ...gateways.models import ChargeSchedule, ChargeScheduleOrder, Position
from ..planning.model import Window

# Tesla stores coordinates in single precision, which moves them by a few metres.
SAME_PLACE: Final = 1e-4
DAY_MINUTES: Final = 1440

# All bits of the mask of days.
EVERY_DAY: Final = 127


@dataclass(frozen=True, kw_only=True, slots=True)
class WeeklyWindow:
    """Weekly charging, in local time.

    Attributes:
        days: Tesla's bitmask of the days on which it starts (Sunday 1, Monday 2 ...
            Saturday 64).
        start: Minutes into the day, 0 to 1439.
        end: The same; an end not after the start is on the next day.
    """

    days: int
    start: int
    end: int

    def shifted(self, minutes: int) -> WeeklyWindow:
        """Return the window on a clock that is ahead by this many minutes."""
        turn, start = divmod(self.start + minutes, DAY_MINUTES)
        days = self.days
        for _ in range(turn % 7):
            days = (days << 1 | days >> 6) & 127
        return replace(
            self, days=days, start=start, end=(self.end + minutes) % DAY_MINUTES
        )


def fresh_ids(number: int, taken: Collection[int], now: datetime) -> tuple[int, ...]:
    """Return unused ids for new schedules; none if the number is 0 or less.

    Tesla's own clients use the Unix second, so two schedules made in one second would
    collide. Taken seconds are skipped.
    """
    seconds = count(int(now.timestamp()))
    return tuple(
        islice((second for second in seconds if second not in taken), max(number, 0))
    )


def schedule_for_window(
    window: Window, schedule_id: int, position: Position, zone: tzinfo
) -> ChargeScheduleOrder:
    """Return the one-time schedule for a window of a plan at a place.

    The car counts minutes in its own local time, and an end not after the start is on
    the next day. The weekday is that of the start: a schedule for all days would run
    again the next day (docs/lessons.md).
    """
    start = window.start.astimezone(zone)
    end = _unmistakable(window.end.astimezone(zone))
    return ChargeScheduleOrder(
        id=schedule_id,
        days_of_week=1 << start.isoweekday() % 7,
        start_time=start.hour * 60 + start.minute,
        end_time=end.hour * 60 + end.minute,
        one_time=True,
        position=position,
    )


def _unmistakable(end: datetime) -> datetime:
    """Return an end whose local time occurs only once.

    In the night in which an hour occurs twice, a car might stop an hour early, below
    the target. So an end in the second of these hours is moved after it.
    """
    while end.fold:
        end = (end.astimezone(UTC) + timedelta(minutes=1)).astimezone(end.tzinfo)
    return end


def matches(found: ChargeSchedule, wanted: ChargeScheduleOrder) -> bool:
    """Whether a schedule in the car has the content of the ordered one."""
    return (
        found.enabled is True
        and found.days_of_week == wanted.days_of_week
        and found.start_time == wanted.start_time
        and found.end_time == wanted.end_time
        and found.one_time == wanted.one_time
        and same_place(found.position, wanted.position)
    )


def same_place(one: Position | None, other: Position) -> bool:
    """Whether a schedule is for a place, within single precision."""
    return (
        one is not None
        and abs(one.latitude - other.latitude) <= SAME_PLACE
        and abs(one.longitude - other.longitude) <= SAME_PLACE
    )
