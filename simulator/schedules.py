"""The charge schedules that a car keeps, and its own rules for them. Pure.

Tesla documents the fields, the weekday bitmask, minutes into the car's local day and
windows over midnight; radius, order and daylight saving are not documented, and what is
chosen for them here stands at each function.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
import struct

from .geography import Place, distance_m

# "Approximate location" is all that Tesla says; its radius is not documented.
SAME_PLACE_M = 200.0

# Tesla's manual on scheduled charging: a car plugged in within six hours after the
# start charges at once, a later one waits for the next start.
LATE_PLUG_IN = timedelta(hours=6)

MINUTES_A_DAY = 1440


@dataclass(frozen=True, kw_only=True)
class ChargeSchedule:
    """One charge schedule, with the fields of Tesla's `charge_schedule_data`.

    Attributes:
        id: Given by whoever made the schedule; one id is one schedule.
        name: For people only.
        days_of_week: Bitmask of the days on which it starts: Sunday 1, Monday 2,
            Tuesday 4, Wednesday 8, Thursday 16, Friday 32, Saturday 64.
        start_enabled: Whether `start_time` counts.
        start_time: Minutes into the car's local day, 0 to 1439.
        end_enabled: Whether `end_time` counts.
        end_time: Minutes likewise; not after the start means on the next day.
        one_time: Whether it runs once, and is then removed.
        enabled: Whether it counts at all.
        latitude: Where it holds, in degrees.
        longitude: Likewise.
    """

    id: int
    name: str = ""
    days_of_week: int
    start_enabled: bool
    start_time: int
    end_enabled: bool
    end_time: int
    one_time: bool = False
    enabled: bool = True
    latitude: float
    longitude: float

    @property
    def place(self) -> Place:
        """Where the schedule holds."""
        return Place(latitude=self.latitude, longitude=self.longitude)


@dataclass(frozen=True, kw_only=True)
class Window:
    """One run of a schedule, from `start` until just before `end` (UTC).

    `open_ended` is a run without an end of its own: who begins to charge before `end`
    goes on to the charge limit.
    """

    start: datetime
    end: datetime
    open_ended: bool = False


def as_float32(value: float) -> float:
    """Return a number as a car keeps coordinates, rounded to single precision."""
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


def day_bit(day: date) -> int:
    """Return the day's bit in `days_of_week`: Sunday 1, Monday 2 ... Saturday 64."""
    return 1 << day.isoweekday() % 7


def applies(schedule: ChargeSchedule, place: Place) -> bool:
    """Return whether a schedule rules the charging at a place.

    It does if it is enabled, has a time and a day, and was made for this place.
    """
    return (
        schedule.enabled
        and (schedule.start_enabled or schedule.end_enabled)
        and schedule.days_of_week & 127 != 0
        and distance_m(schedule.place, place) <= SAME_PLACE_M
    )


def local_instant(day: date, minutes: int, zone: tzinfo) -> datetime:
    """Return when a clock on the wall first shows a time of day.

    A time that the spring change skips is taken at the change, the first instant whose
    wall clock is not before it. Of a time that autumn doubles, the first is taken.

    Args:
        day: The local day.
        minutes: Minutes on the wall clock since its midnight; 1440 and more is the
            next day.
        zone: The wall clock's zone.

    Returns:
        The instant in UTC.
    """
    days, minutes = divmod(minutes, MINUTES_A_DAY)
    wall = datetime.combine(
        day + timedelta(days=days), time(minutes // 60, minutes % 60)
    )
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    instant = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while instant.astimezone(zone).replace(tzinfo=None) < wall:
        instant += timedelta(minutes=1)
    return instant


def window_on(schedule: ChargeSchedule, day: date, zone: tzinfo) -> Window | None:
    """Return the run of a schedule that belongs to a local day, or None.

    - Start and end: from the one to the other; an end that is not after the start is on
      the next day, and the day that counts is the start's.
    - Start only: open-ended, with six hours for a late plug-in.
    - End only: from the day's midnight to the end.
    """
    if not schedule.days_of_week & day_bit(day):
        return None
    if not schedule.start_enabled and not schedule.end_enabled:
        return None
    first = schedule.start_time if schedule.start_enabled else 0
    start = local_instant(day, first, zone)
    if not schedule.end_enabled:
        return Window(start=start, end=start + LATE_PLUG_IN, open_ended=True)
    last = schedule.end_time
    if schedule.start_enabled and last <= first:
        last += MINUTES_A_DAY
    end = local_instant(day, last, zone)
    return Window(start=start, end=end) if end > start else None


def window_after(
    schedule: ChargeSchedule, instant: datetime, zone: tzinfo
) -> Window | None:
    """Return the run that is on at an instant, or else the next one.

    Args:
        schedule: The schedule, taken as repeating; see `ScheduleBook` for one-time.
        instant: Aware.
        zone: The car's zone.

    Returns:
        The first run that ends after `instant`; None if there is none, ever.
    """
    today = instant.astimezone(zone).date()
    # A run of yesterday may last over midnight. Within a week every weekday comes, and
    # the second week is there for a run that was lost in the hour that spring skips.
    for offset in range(-1, 15):
        window = window_on(schedule, today + timedelta(days=offset), zone)
        if window is not None and window.end > instant:
            return window
    return None
