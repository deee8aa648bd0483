"""A list of rows with unknown names -> prices, by the shape of its columns.

A column is a time if all its values are instants, a price if all are numbers (text too).
Rows may have a period of the day (``00:00 - 00:15``), a clock time or an hour instead of
an instant, and a date beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
import re
from typing import Final

from .price_days import clock_of, on_day, period_of
from .price_times import RawSpan, parse_moment
from .price_units import PriceError, Unit
from .price_words import START_KEYS, is_end, key_unit, price_rank, words_of
from .wall_clock import is_doubled

type Row = Mapping[str, object]
type Columns = dict[str, list[object]]

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)

# PSE marks the second hour of the day of 25 hours with a letter: 02a:15.
_SECOND: Final = re.compile(r"(?<=[\sT]\d\d)a(?=:)")

_NO_VALUE: Final = frozenset({"", "none", "unknown", "unavailable"})


@dataclass(frozen=True, kw_only=True, slots=True)
class RawPrice:
    """A price as a source gives it, and the unit implied by its name.

    ``price`` None is unknown; its times still bound its neighbours. ``key`` is the name
    of the price.
    """

    span: RawSpan
    price: float | None
    unit: Unit = field(default_factory=Unit)
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRows:
    """The prices of a list of rows, and the columns that might be prices too."""

    prices: tuple[RawPrice, ...]
    others: tuple[str, ...] = ()


def read_rows(rows: Sequence[Row], zone: tzinfo, day: date | None) -> ReadRows | None:
    """Return the prices of rows; None if they have no times or no prices.

    Args:
        rows: The rows, all of the same kind.
        zone: The zone of naive times.
        day: The local date of times without a date; None: unknown.
    """
    columns = _columns(rows)
    times = _time_columns(columns, zone)
    spans = _spans_of(columns, times, zone, day)
    ranked = {
        name: rank
        for name, values in columns.items()
        if (rank := price_rank(name)) is not None
        and name not in times
        and _numbers(values) is not None
    }
    if spans is None or not ranked:
        return None
    best = max(ranked, key=lambda name: ranked[name])
    prices = _numbers(columns[best]) or []
    others = (
        name
        for name, rank in ranked.items()
        if name != best and rank == ranked[best] and columns[name] != columns[best]
    )
    return ReadRows(
        prices=tuple(
            RawPrice(span=span, price=price, unit=key_unit(best), key=best)
            for span, price in zip(spans, prices, strict=True)
        ),
        others=tuple(others),
    )


def number(value: object) -> float | None:
    """Return a price as a number; None: unknown. A decimal comma is read too.

    Raises:
        PriceError: It is not a number.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in _NO_VALUE:
            return None
        try:
            value = float(text.replace(",", "."))
        except ValueError as err:
            raise PriceError(f"'{value}' is no price") from err
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise PriceError(f"{value!r} is no price")
    try:
        price = float(value)
    except OverflowError as err:
        raise PriceError("a number of more than 300 digits is no price") from err
    return price if price - price == 0 else None


def _columns(rows: Sequence[Row]) -> Columns:
    """Return the values of each field by row; fields in a field get a dotted name."""
    flat: list[dict[str, object]] = []
    for row in rows:
        fields: dict[str, object] = {}
        for name, value in row.items():
            if isinstance(value, Mapping):
                fields |= {f"{name}.{inner}": item for inner, item in value.items()}
            else:
                fields[str(name)] = value
        flat.append(fields)
    names = dict.fromkeys(name for fields in flat for name in fields)
    return {name: [fields.get(name) for fields in flat] for name in names}


def _numbers(values: Sequence[object]) -> list[float | None] | None:
    """Return a column as numbers; None if it is not one of numbers."""
    try:
        found = [number(value) for value in values]
    except PriceError:
        return None
    return found if any(value is not None for value in found) else None


def _spans_of(
    columns: Columns,
    times: Mapping[str, list[datetime]],
    zone: tzinfo,
    day: date | None,
) -> list[RawSpan] | None:
    """Return the times of each row; None if there are none."""
    periods = _read_all(columns, period_of)
    if times:
        return _by_instants(times, periods, zone)
    dates = _read_all(columns, _date_of)
    days = next(iter(dates.values()), None)
    if days is None and day is not None:
        days = [day] * len(next(iter(columns.values()), []))
    if days is None:
        return None
    if periods:
        pairs = next(iter(periods.values()))
        walls = [
            (datetime.combine(date_of, start), datetime.combine(date_of, end))
            for date_of, (start, end) in zip(days, pairs, strict=True)
        ]
        starts = _aware([start for start, _ in walls], zone)
        lengths = [(end - start) % _DAY or _DAY for start, end in walls]
        return [
            RawSpan(start=start, length=length)
            for start, length in zip(starts, lengths, strict=True)
        ]
    clocks = _read_all(columns, clock_of)
    if not clocks or _distinct(next(iter(clocks.values()))) < len(days) / 3:
        return None
    hours = next(iter(clocks.values()))
    starts_at = on_day([*zip(days, hours, strict=True)], zone)
    return [RawSpan(start=start) for start in starts_at]


def _time_columns(columns: Columns, zone: tzinfo) -> dict[str, list[datetime]]:
    """Return the columns of instants in UTC, each with different values."""
    found: dict[str, list[datetime]] = {}
    for name, values in columns.items():
        in_utc = "utc" in words_of(name)
        try:
            moments = [_moment(value) for value in values]
        except PriceError:
            continue
        instants = _aware(moments, UTC if in_utc else zone)
        enough = _distinct(instants) * 2 > len(instants)
        if enough and instants not in found.values():
            found[name] = instants
    return found


def _by_instants(
    times: Mapping[str, list[datetime]],
    periods: dict[str, list[tuple[time, time]]],
    zone: tzinfo,
) -> list[RawSpan]:
    """Return the times of rows with columns of instants."""
    ordered = sorted(
        times,
        key=lambda name: (name not in START_KEYS, is_end(name), min(times[name])),
    )
    first, starts = ordered[0], times[ordered[0]]
    for name in ordered[1:]:
        pairs = zip(starts, times[name], strict=True)
        if all(timedelta(0) < end - start <= _DAY for start, end in pairs):
            return [
                RawSpan(start=start, end=end)
                for start, end in zip(starts, times[name], strict=True)
            ]
    if _are_ends(first, starts, periods, zone):
        return _until(starts)
    return [RawSpan(start=start) for start in starts]


def _are_ends(
    name: str,
    instants: Sequence[datetime],
    periods: dict[str, list[tuple[time, time]]],
    zone: tzinfo,
) -> bool:
    """Return whether instants are the ends of their periods.

    The periods of the day beside them say so, or a name, or a whole day that begins one
    step after midnight and ends at midnight.
    """
    clocks = [instant.astimezone(zone).time() for instant in instants]
    for pairs in periods.values():
        if clocks == [end for _, end in pairs]:
            return True
        if clocks == [start for start, _ in pairs]:
            return False
    if is_end(name):
        return True
    if name in START_KEYS or len(instants) < 20:
        return False
    step = min(later - earlier for earlier, later in pairwise(sorted(instants)))
    earliest, latest = min(instants).astimezone(zone), max(instants).astimezone(zone)
    return latest.time() == time() and (earliest - step).time() == time()


def _until(ends: Sequence[datetime]) -> list[RawSpan]:
    """Return spans by their ends: each begins where the one before ends."""
    ordered = sorted({*ends})
    gaps = [later - end for end, later in pairwise(ordered)]
    usual = min((gap for gap in gaps if gap <= _HOUR), default=_HOUR / 4)
    before = {
        end: gap if gap <= _HOUR else usual
        for end, gap in zip(ordered, [usual, *gaps], strict=True)
    }
    return [RawSpan(start=end - before[end], end=end) for end in ends]


def _moment(value: object) -> datetime:
    """Return a time with a date; the mark of PSE's second hour becomes the fold.

    Raises:
        PriceError: It is not a time with a date.
    """
    if isinstance(value, str) and _SECOND.search(value):
        return parse_moment(_SECOND.sub("", value)).replace(fold=1)
    return parse_moment(value)


def _aware(moments: Sequence[datetime], zone: tzinfo) -> list[datetime]:
    """Return times in UTC; of two equal naive ones in a doubled hour, each is one."""
    walls = [moment.replace(tzinfo=None) for moment in moments]
    if walls and walls[0] > walls[-1]:
        return _aware(moments[::-1], zone)[::-1]
    seen: set[datetime] = set()
    found: list[datetime] = []
    for moment in moments:
        aware = moment
        if moment.utcoffset() is None:
            twice = moment in seen and is_doubled(moment, zone)
            fold = 1 if moment.fold or twice else 0
            aware = moment.replace(tzinfo=zone, fold=fold)
            seen.add(moment)
        found.append(aware.astimezone(UTC))
    return found


def _distinct(values: Sequence[object]) -> int:
    """Return how many different values there are."""
    return len({*values})


def _read_all[T](
    columns: Columns, read: Callable[[object], T | None]
) -> dict[str, list[T]]:
    """Return the columns of which each value can be read."""
    found: dict[str, list[T]] = {}
    for name, values in columns.items():
        read_values = [item for value in values if (item := read(value)) is not None]
        if read_values and len(read_values) == len(values):
            found[name] = read_values
    return found


def _date_of(value: object) -> date | None:
    """Return a date without a time; None if it is not one."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value.strip()) == 10:
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    return None
