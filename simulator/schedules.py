"""Charge schedules and their windows. Pure.

Tesla documents the fields, the weekday bitmask, minutes into the car's local day and
windows over midnight. Radius, priority and daylight saving are not documented; each
function states its choice.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
import struct

from .geography import Place, distance_m

# Tesla says "approximate location"; the radius is not documented.
SAME_PLACE_M = 200.0

# Tesla's manual: a car plugged in within six hours after the start charges at once, a
# later one waits for the next start.
LATE_PLUG_IN = timedelta(hours=6)

MINUTES_A_DAY = 1440


@dataclass(frozen=True, kw_only=True)
class ChargeSchedule:
    """A charge schedule, with the fields of Tesla's `charge_schedule_data`.

    Attributes:
        id: Chosen by the client; unique.
        name: For display only.
        days_of_week: Bitmask of the days of its starts: Sunday 1, Monday 2,
            Tuesday 4, Wednesday 8, Thursday 16, Friday 32, Saturday 64.
        start_enabled: Whether `start_time` counts.
        start_time: Minutes into the car's local day, 0 to 1439.
        end_enabled: Whether `end_time` counts.
        end_time: Minutes likewise; on the next day if not after the start.
        one_time: Whether it has one window and is then removed.
        enabled: Whether it applies at all.
        latitude: Where it applies, in degrees.
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
        """Where the schedule applies."""
        return Place(latitude=self.latitude, longitude=self.longitude)


@dataclass(frozen=True, kw_only=True)
class Window:
    """A window of a schedule, from `start` until just before `end` (UTC).

    `open_ended` marks a window without an end of its own: a car that starts to charge
    before `end` charges to the limit.
    """

    start: datetime
    end: datetime
    open_ended: bool = False


def as_float32(value: float) -> float:
    """Return a number in single precision, as a car keeps coordinates."""
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


def day_bit(day: date) -> int:
    """Return the day's bit in `days_of_week`: Sunday 1, Monday 2 ... Saturday 64."""
    return 1 << day.isoweekday() % 7


def applies(schedule: ChargeSchedule, place: Place) -> bool:
    """Return whether a schedule applies at a place.

    It must be enabled, have a time and a day, and be made for this place.
    """
    return (
        schedule.enabled
        and (schedule.start_enabled or schedule.end_enabled)
        and schedule.days_of_week & 127 != 0
        and distance_m(schedule.place, place) <= SAME_PLACE_M
    )


def local_instant(day: date, minutes: int, zone: tzinfo) -> datetime:
    """Return the first instant with a local time of day.

    A time that the change to summer time skips becomes the instant of the change. Of a
    time that occurs twice, the first is returned.

    Args:
        day: The local day.
        minutes: Minutes of local time since midnight; 1440 and more is the next day.
        zone: The zone of the local time.

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
    """Return the window of a schedule that starts on a local day, or None.

    - Start and end: an end that is not after the start is on the next day.
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
    """Return the window that is active at an instant, else the next one.

    Args:
        schedule: Treated as repeating; see `ScheduleList` for one-time schedules.
        instant: Aware.
        zone: The car's zone.

    Returns:
        The first window that ends after `instant`; None if there is none.
    """
    today = instant.astimezone(zone).date()
    # A window of yesterday may last over midnight. The second week covers a window that
    # falls into the hour that the change to summer time skips.
    for offset in range(-1, 15):
        window = window_on(schedule, today + timedelta(days=offset), zone)
        if window is not None and window.end > instant:
            return window
    return None
