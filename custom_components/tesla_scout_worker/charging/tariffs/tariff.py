"""A tariff: zones with weekly windows in wall-clock time -> a cost curve."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import isfinite
import re
from typing import Final

from .curve import CostCurve, CostInterval
from .overlay import overlay
from .wall_clock import end_instant, first_instant

WEEK: Final = frozenset(range(7))
YEAR: Final = frozenset(range(1, 13))
SUNDAY: Final = 6

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_DASH: Final = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_CLOCK: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?", re.ASCII)
_ONE_DAY: Final = timedelta(days=1)


# No plan is for longer: a request is for 30 days at most. A time in the store that is
# decades away must not block Home Assistant.
LONGEST_CURVE: Final = timedelta(days=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeakWindow:
    """Peak hours by the wall clock, in whole minutes.

    An end that is not after the start is on the next day; 00:00 to 00:00 is a whole
    day. ``weekdays`` and ``months`` are those of the day on which the window begins.

    Attributes:
        start: Its start, without a zone.
        end: Its end, without a zone.
        weekdays: The weekdays; Monday is 0.
        months: The months, 1 to 12.
    """

    start: time
    end: time
    weekdays: frozenset[int] = WEEK
    months: frozenset[int] = YEAR

    def __post_init__(self) -> None:
        """Check the window.

        Raises:
            ValueError: A time has a zone or seconds, or a weekday or month is not one.
        """
        for clock in (self.start, self.end):
            if clock.tzinfo is not None or clock.second or clock.microsecond:
                raise ValueError("A peak window has naive times in whole minutes")
        if not self.weekdays or not self.weekdays <= WEEK:
            raise ValueError("A peak window has weekdays from 0 to 6")
        if not self.months or not self.months <= YEAR:
            raise ValueError("A peak window has months from 1 to 12")

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return start and end of the window that begins on a day (UTC).

        On nights when the clocks change, it starts when they first show its start (at
        the change if they skip it), and ends when they last show its end.
        """
        last = day if self.end > self.start else day + _ONE_DAY
        return (
            first_instant(datetime.combine(day, self.start), zone),
            end_instant(datetime.combine(last, self.end), zone),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """The price of a kWh: off-peak first, then each zone of a tariff in its order.

    ``currency`` is an ISO 4217 code.
    """

    currency: str
    prices: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the prices.

        Raises:
            ValueError: A price is not a finite number.
        """
        if not all(map(isfinite, self.prices)):
            raise ValueError("A rate is a finite number")


@dataclass(frozen=True, kw_only=True, slots=True)
class TariffZone:
    """Hours of one price in a tariff. ``peak``: avoid charging in them."""

    key: str
    windows: tuple[PeakWindow, ...]
    peak: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Tariff:
    """Zones, the cheapest first; all other hours are off-peak.

    ``holidays_off``: a public holiday counts as a Sunday.
    """

    zones: tuple[TariffZone, ...] = ()
    holidays_off: bool = False


def parse_peaks(text: str) -> tuple[PeakWindow, ...]:
    """Return the peak windows in a text, in its order.

    ``06:00-10:00, 19-22:30`` is on every day. Days, months or both may stand before
    a window. They also hold for the windows after the next commas, up to a semicolon:
    ``Mon-Fri 06:00-10:00, 19:00-22:00; Sat Sun Oct-Mar 17:00-21:00``. An end may be
    24:00. Names are the first three letters in English, in any case. An empty text is
    no windows.

    Raises:
        ValueError: A part of the text cannot be read; the message quotes it.
    """
    if not text.strip():
        return ()
    return tuple(
        window
        for group in text.split(";")
        for window in _parse_group(_DASH.sub("-", group))
    )


def peaks_text(windows: Iterable[PeakWindow]) -> str:
    """Return peak windows as a text for `parse_peaks`."""
    return "; ".join(map(_window_text, windows))


def _window_text(window: PeakWindow) -> str:
    """Return a window as a text."""
    days = [_DAYS[day] for day in sorted(window.weekdays)]
    months = [_MONTHS[month - 1] for month in sorted(window.months)]
    names = [] if window.weekdays == WEEK else days
    names += [] if window.months == YEAR else months
    return " ".join((*names, f"{window.start:%H:%M}-{window.end:%H:%M}"))


def peak_curve(
    peaks: Sequence[PeakWindow],
    start: datetime,
    end: datetime,
    zone: tzinfo,
    *,
    holidays: Callable[[date], bool] | None = None,
    rates: Rates | None = None,
) -> CostCurve:
    """Return the curve of peak windows from ``start`` until just before ``end``.

    Without rates the cost is a rank: 0 off-peak, 1 in peak hours.

    Args:
        peaks: The peak hours.
        start: An aware time.
        end: An aware time after it.
        zone: The zone of the wall clock.
        holidays: Returns whether a local date counts as a Sunday.
        rates: The price of a kWh off-peak, and in peak hours.

    Raises:
        ValueError: The times are naive, or there are not two rates.
    """
    tariff = Tariff(
        zones=(TariffZone(key="peak", windows=tuple(peaks)),), holidays_off=True
    )
    return tariff_curve(tariff, start, end, zone, holidays=holidays, rates=rates)


def tariff_curve(
    tariff: Tariff,
    start: datetime,
    end: datetime,
    zone: tzinfo,
    *,
    holidays: Callable[[date], bool] | None = None,
    rates: Rates | None = None,
) -> CostCurve:
    """Return the curve of a tariff from ``start`` until just before ``end``.

    It is ``LONGEST_CURVE`` long at most. It has no gaps, and neighbouring intervals differ. Where windows overlap, the later
    zone counts. Without rates the cost is a rank: 0 off-peak, then 1, 2...

    Raises:
        ValueError: The times are naive, or there is not one rate for each zone.
    """
    if start.utcoffset() is None or end.utcoffset() is None:
        raise ValueError("A curve begins and ends at aware times")
    count = len(tariff.zones) + 1
    prices = tuple(map(float, range(count))) if rates is None else rates.prices
    if len(prices) != count:
        raise ValueError(f"This tariff has {count} rates, not {len(prices)}")
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end - start > LONGEST_CURVE:
        end = start + LONGEST_CURVE
    off = holidays if tariff.holidays_off else None
    spans = [(start, end, 0)] if start < end else []
    for rank, priced in enumerate(tariff.zones, start=1):
        spans.extend(
            (*span, rank) for span in _spans(priced.windows, start, end, zone, off)
        )
    peaks = (False, *(priced.peak for priced in tariff.zones))
    intervals = (
        CostInterval(
            start=begin,
            end=finish,
            cost=prices[spans[index][2]],
            peak=peaks[spans[index][2]],
        )
        for begin, finish, index, _ in overlay([span[:2] for span in spans])
    )
    return CostCurve(
        intervals=merged(intervals), currency=None if rates is None else rates.currency
    )


def merged(intervals: Iterable[CostInterval]) -> tuple[CostInterval, ...]:
    """Return intervals in order, with equal neighbours joined."""
    result: list[CostInterval] = []
    for interval in intervals:
        last = result[-1] if result else None
        if (
            last is not None
            and last.end == interval.start
            and (last.cost, last.peak) == (interval.cost, interval.peak)
        ):
            result[-1] = replace(last, end=interval.end)
        else:
            result.append(interval)
    return tuple(result)


def _spans(
    windows: Iterable[PeakWindow],
    start: datetime,
    end: datetime,
    zone: tzinfo,
    holidays: Callable[[date], bool] | None,
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of windows between two instants, also those over midnight."""
    windows = tuple(windows)
    day = start.astimezone(zone).date() - _ONE_DAY
    last = end.astimezone(zone).date()
    while day <= last:
        weekday = SUNDAY if holidays is not None and holidays(day) else day.weekday()
        for window in windows:
            if weekday in window.weekdays and day.month in window.months:
                begin, finish = window.on(day, zone)
                begin, finish = max(begin, start), min(finish, end)
                if begin < finish:
                    yield begin, finish
        day += _ONE_DAY


def _parse_group(text: str) -> Iterator[PeakWindow]:
    """Yield the windows of a text without semicolons."""
    weekdays, months = WEEK, YEAR
    for part in text.split(","):
        *names, span = part.split() or [""]
        start, end = _parse_span(span, part)
        if names:
            weekdays, months = _parse_names(names, part)
        yield PeakWindow(start=start, end=end, weekdays=weekdays, months=months)


def _parse_names(
    names: Iterable[str], part: str
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the weekdays and the months of a text; without names, all of them.

    Raises:
        ValueError: A name is unknown.
    """
    weekdays: set[int] = set()
    months: set[int] = set()
    for name in names:
        first, dash, last = name.title().partition("-")
        last = last if dash else first
        if first in _DAYS and last in _DAYS:
            weekdays.update(_circle(_DAYS.index(first), _DAYS.index(last), 7))
        elif first in _MONTHS and last in _MONTHS:
            run = _circle(_MONTHS.index(first), _MONTHS.index(last), 12)
            months.update(month + 1 for month in run)
        else:
            raise ValueError(
                f"'{name}' in '{part.strip()}' is no day or month such as Mon-Fri"
            )
    return frozenset(weekdays) or WEEK, frozenset(months) or YEAR


def _circle(first: int, last: int, size: int) -> Iterator[int]:
    """Yield the numbers from first to last, modulo a size, both included."""
    for step in range((last - first) % size + 1):
        yield (first + step) % size


def _parse_span(span: str, part: str) -> tuple[time, time]:
    """Return the two times of a span such as ``6-10`` or ``22:00-24:00``.

    Raises:
        ValueError: The text is not such a time or span.
    """
    first, dash, last = span.partition("-")
    if not dash:
        raise ValueError(f"'{part.strip()}' does not end in hours such as 06:00-10:00")
    end = time() if last in {"24", "24:00"} else _parse_clock(last, part)
    return _parse_clock(first, part), end


def _parse_clock(text: str, part: str) -> time:
    """Return a time such as ``6`` or ``06:30``.

    Raises:
        ValueError: The text is not such a time or span.
    """
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(f"'{text}' in '{part.strip()}' is no time such as 06:00")
    return time(int(found[1]), int(found[2] or 0))
