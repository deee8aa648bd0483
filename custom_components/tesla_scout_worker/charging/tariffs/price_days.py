"""Prices by the clock of a day: hours, periods, and lists that begin at midnight."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
import re
from typing import Final

from .wall_clock import first_instant, is_doubled

_CLOCK: Final = re.compile(r"(\d{1,2})(?::(\d\d))?(?::00)?")
_PERIOD: Final = re.compile(
    r"(\d{1,2})a?(?::(\d\d))?\s*[-\u2013]\s*(\d{1,2})a?(?::(\d\d))?"
)
_ONE_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)

# A mapping with fewer hours than this is not a day of prices.
_FEWEST_HOURS: Final = 20

# Steps of a day's list, in an hour.
_PER_HOUR: Final = (1, 2, 4, 12)


def clock_of(value: object) -> time | None:
    """Return a clock time such as ``7``, ``07`` or ``07:15``; None if it is not one."""
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    return None if found is None else _time(found[1], found[2])


def period_of(value: object) -> tuple[time, time] | None:
    """Return a period such as ``00:00 - 00:15``; None if it is not one."""
    found = _PERIOD.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    start, end = _time(found[1], found[2]), _time(found[3], found[4])
    return None if start is None or end is None else (start, end)


def _time(hour: str, minute: str | None) -> time | None:
    """Return a time; 24:00 is midnight."""
    if int(hour) == 24 and not int(minute or 0):
        return time()
    if int(hour) > 23 or int(minute or 0) > 59:
        return None
    return time(int(hour), int(minute or 0))


def on_day(clocks: Sequence[tuple[date, time]], zone: tzinfo) -> list[datetime]:
    """Return local times as instants; of two in a doubled hour, the second is later."""
    seen: set[datetime] = set()
    found: list[datetime] = []
    for day, clock in clocks:
        wall = datetime.combine(day, clock)
        if wall in seen and is_doubled(wall, zone):
            found.append(wall.replace(tzinfo=zone, fold=1).astimezone(UTC))
        else:
            found.append(first_instant(wall, zone))
        seen.add(wall)
    return found


def hours_of(
    value: Mapping[object, object], day: date, zone: tzinfo
) -> list[tuple[datetime, object]] | None:
    """Return the starts and values of ``{hour: price}``; None if it is no such mapping.

    Keys are hours, clock times or periods. Hours from 1 to 24 name the hour that ends.
    On a day of 23 or 25 hours, consecutive numbers count the hours.
    """
    read: list[tuple[time, object]] = []
    for key, item in value.items():
        period = period_of(key)
        clock = clock_of(key) if period is None else period[0]
        if clock is not None:
            read.append((clock, item))
        elif str(key).strip() == "25":
            read.append((time(), item))
    if len(read) < _FEWEST_HOURS:
        return None
    numbers = [int(text) for key in value if (text := str(key).strip()).isdecimal()]
    if len(numbers) == len(read):
        counted = [*range(min(numbers), min(numbers) + len(numbers))]
        if sorted(numbers) == counted and min(numbers) in (0, 1):
            ordered = sorted(zip(numbers, read, strict=True), key=lambda pair: pair[0])
            starts = day_steps(len(ordered), day, zone)
            if starts is not None:
                values = [item for _, (_, item) in ordered]
                return [*zip(starts, values, strict=True)]
    instants = on_day([(day, clock) for clock, _ in read], zone)
    return [*zip(instants, (item for _, item in read), strict=True)]


def day_steps(count: int, day: date, zone: tzinfo) -> list[datetime] | None:
    """Return the starts of a list of a local day; None if the number does not fit.

    A day of 23 or 25 hours has so many hours; a list of 24 goes by the wall clock.
    """
    begin = first_instant(datetime.combine(day, time()), zone)
    end = first_instant(datetime.combine(day + _ONE_DAY, time()), zone)
    hours = (end - begin) / _HOUR
    for per_hour in _PER_HOUR:
        step = _HOUR / per_hour
        if count == hours * per_hour:
            return [begin + step * at for at in range(count)]
        if count == 24 * per_hour:
            return [*_by_wall_clock(day, step, count, zone)]
    return None


def _by_wall_clock(
    day: date, step: timedelta, count: int, zone: tzinfo
) -> Iterator[datetime]:
    """Yield the starts of a day by the wall clock."""
    for at in range(count):
        yield first_instant(datetime.combine(day, time()) + step * at, zone)
