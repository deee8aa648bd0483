"""The times of prices, in any format -> spans in UTC. Gaps stay gaps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median_low
from typing import Final

from .price_units import PriceError
from .wall_clock import first_instant, is_doubled

_NOTHING: Final = timedelta(0)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)

# For a single price without an end: the step of the European market since October 2025.
_QUARTER: Final = timedelta(minutes=15)

# Fewer seconds since 1970 are no date of this century; more are milliseconds.
_LEAST_EPOCH: Final = 946_684_800
_MOST_EPOCH: Final = 100_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RawSpan:
    """The times of a price as a source gives them. ``length``: minutes, or a timedelta."""

    start: object
    end: object = None
    length: object = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From ``start`` until just before ``end`` (UTC)."""

    start: datetime
    end: datetime


def parse_moment(value: object) -> datetime:
    """Return a time given as a datetime, ISO 8601 or seconds since 1970.

    Milliseconds since 1970 are accepted too. The time may be naive.

    Raises:
        PriceError: It is not a time, or has no date.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 10:
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                pass
        if text.isdecimal():
            value = int(text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if abs(value) >= _MOST_EPOCH else value
        if _LEAST_EPOCH <= seconds < _MOST_EPOCH:
            return datetime.fromtimestamp(seconds, UTC)
    raise PriceError(f"{value!r} is no time such as 2026-10-05T14:00:00+02:00")


def spans(raw: Sequence[RawSpan], zone: tzinfo) -> tuple[list[Span | None], bool]:
    """Return each price's span in UTC, and whether there were naive times.

    Naive times are in the zone. Starts are rounded to the minute, since some sources
    give them a second late. A span without an end or a length lasts until the next
    start, but no longer than its neighbours: a gap stays a gap. None is a span without
    length, such as one at a time that the clocks skip.

    Raises:
        PriceError: A time cannot be read, or an end is before its start.
    """
    moments = [parse_moment(item.start) for item in raw]
    naive = any(moment.utcoffset() is None for moment in moments)
    starts = _instants(moments, zone)
    lengths = _steps(starts)
    result: list[Span | None] = []
    for item, local, start in zip(raw, moments, starts, strict=True):
        end = start + lengths[start]
        if item.end is not None:
            end = _end(parse_moment(item.end), local, start, zone)
        elif item.length is not None:
            end = start + _length(item.length)
        if end < start:
            raise PriceError(f"A price from {item.start} ends before that, {item.end}")
        result.append(Span(start=start, end=end) if start < end else None)
    return result, naive


def is_reversed(raw: Sequence[RawSpan]) -> bool:
    """Return whether the spans are in descending order.

    Raises:
        PriceError: A time cannot be read.
    """
    if len(raw) < 2:
        return False
    first, last = (parse_moment(item.start) for item in (raw[0], raw[-1]))
    return first.replace(tzinfo=None) > last.replace(tzinfo=None)


def _instants(moments: Iterable[datetime], zone: tzinfo) -> list[datetime]:
    """Return times in UTC. A naive time that comes twice in a doubled hour is both."""
    seen: set[datetime] = set()
    result: list[datetime] = []
    for moment in moments:
        if moment.utcoffset() is not None:
            instant = moment.astimezone(UTC)
        elif is_doubled(moment, zone):
            fold = 1 if moment in seen else 0
            seen.add(moment)
            instant = moment.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        else:
            instant = first_instant(moment, zone)
        result.append(_to_minute(instant))
    return result


def _to_minute(instant: datetime) -> datetime:
    """Return the nearest whole minute."""
    rest = timedelta(seconds=instant.second, microseconds=instant.microsecond)
    return instant - rest + (_MINUTE if rest >= _MINUTE / 2 else _NOTHING)


def _end(moment: datetime, local: datetime, start: datetime, zone: tzinfo) -> datetime:
    """Return the end of a span (UTC).

    A step of at most an hour by the wall clock is never longer: some sources count by
    the wall clock alone, and their step at the end of a doubled hour would be an hour
    too long.
    """
    if moment.utcoffset() is not None:
        end = _to_minute(moment.astimezone(UTC))
    else:
        both = (
            moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        end = min(
            (item for item in map(_to_minute, both) if item > start),
            default=_to_minute(first_instant(moment, zone)),
        )
    wall = moment.replace(tzinfo=None) - local.replace(tzinfo=None)
    if _MINUTE <= wall <= _HOUR and end - start == wall + _HOUR:
        return start + wall
    return end


def _length(value: object) -> timedelta:
    """Return a length in minutes as a timedelta.

    Raises:
        PriceError: It is not a length.
    """
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return timedelta(minutes=value)
    raise PriceError(f"{value!r} is no length in minutes")


def _steps(starts: Iterable[datetime]) -> dict[datetime, timedelta]:
    """Return how long each price without an end lasts, by its start."""
    ordered = sorted(set(starts))
    gaps = [later - item for item, later in pairwise(ordered)]
    usual = median_low([gap for gap in gaps if gap <= _HOUR] or [_QUARTER])
    result: dict[datetime, timedelta] = {}
    for index, start in enumerate(ordered):
        beside = [
            gaps[other]
            for other in (index - 1, index + 1)
            if 0 <= other < len(gaps) and gaps[other] <= _HOUR
        ]
        gap = gaps[index] if index < len(gaps) else None
        if gap is None or gap > max(beside, default=_HOUR):
            result[start] = min(beside, default=usual)
        else:
            result[start] = gap
    return result
