"""Prices that are not published yet, by those of the same hours of past days. Pure.

Each past day is a sample of a day to come: its hours, moved by as much as the last
published hours differ from the same ones before that day, since calm hours follow calm
hours. Recent days count more than old ones, and weekdays and weekends are apart: a day of
the other kind counts little.

A price that is published before its hour comes is worth more than its mean: who waits
takes the cheapest hours of whatever comes. So the k-th cheapest hour of a day is expected
to cost what the k-th cheapest hours of the samples cost on average. That is less than the
mean of any hour, and the less the wider the samples spread.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from .curve import CostCurve, CostInterval
from .price_history import PriceHistory

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5

# Tuned on every second stay of the series of docs/off-peak.md, measured on the others.
_DAYS: Final = 14
_EACH_DAY: Final = 0.9
_OTHER_KIND: Final = 0.3
_LAST_HOURS: Final = 3
_PULL: Final = 0.9
_EACH_HOUR: Final = 0.95


class _Slot(NamedTuple):
    """An hour without a price: ``ahead`` counts from the last published one."""

    start: datetime
    end: datetime
    local: datetime
    ahead: int


class _Sample(NamedTuple):
    """A past day as a sample of another: its prices for the hours of that day."""

    weight: float
    prices: list[float]


def forecast(
    history: PriceHistory, begin: datetime, until: datetime, zone: tzinfo
) -> CostCurve:
    """Return the expected prices from the end of the published ones until an instant.

    Args:
        history: What was published; empty: nothing is expected.
        begin: The end of the published prices (UTC).
        until: The end of the forecast (UTC).
        zone: The zone of the history's days.
    """
    slots = [*_slots(begin, until, zone)]
    last = [(begin - ago * _HOUR).astimezone(zone) for ago in range(1, _LAST_HOURS + 1)]
    found: list[CostInterval] = []
    for day in dict.fromkeys(slot.local.date() for slot in slots):
        hours = [slot for slot in slots if slot.local.date() == day]
        samples = [*_samples(history, hours, last)]
        if samples:
            found += [
                CostInterval(start=slot.start, end=slot.end, cost=cost)
                for slot, cost in zip(hours, _expected(samples), strict=True)
            ]
    return CostCurve(intervals=tuple(found), currency=history.currency)


def _slots(begin: datetime, until: datetime, zone: tzinfo) -> Iterator[_Slot]:
    """Yield the hours between two instants."""
    ahead = 0
    while begin < until:
        full = begin.replace(minute=0, second=0, microsecond=0) + _HOUR
        end = min(full, until)
        yield _Slot(begin, end, begin.astimezone(zone), ahead)
        begin, ahead = end, ahead + 1


def _samples(
    history: PriceHistory, hours: Sequence[_Slot], last: Sequence[datetime]
) -> Iterator[_Sample]:
    """Yield the past days as samples of some hours of one day."""
    day, newest = hours[0].local.date(), last[0].date()
    for ago in range(1, _DAYS + 1):
        past = newest - (ago - 1) * _DAY
        prices = [history.price(past, slot.local.hour) for slot in hours]
        known = [price for price in prices if price is not None]
        if past >= day or len(known) < len(prices):
            continue
        move = _move(history, last, day - past)
        yield _Sample(
            _EACH_DAY**ago * (1 if _kind(past) == _kind(day) else _OTHER_KIND),
            [
                price + move * _PULL * _EACH_HOUR**slot.ahead
                for price, slot in zip(known, hours, strict=True)
            ],
        )


def _move(history: PriceHistory, last: Sequence[datetime], back: timedelta) -> float:
    """Return how much dearer the last published hours are than some days before."""
    pairs = [
        (history.price(at.date(), at.hour), history.price(at.date() - back, at.hour))
        for at in last
    ]
    moves = [new - old for new, old in pairs if new is not None and old is not None]
    return sum(moves) / len(moves) if moves else 0.0


def _kind(day: date) -> bool:
    """Return whether a day is of the weekend."""
    return day.weekday() >= _SATURDAY


def _expected(samples: Sequence[_Sample]) -> list[float]:
    """Return the expected price of each hour; see the module."""
    total = sum(sample.weight for sample in samples)
    count = len(samples[0].prices)
    means, ranked = [0.0] * count, [0.0] * count
    for weight, prices in samples:
        ordered = sorted(prices)
        for at in range(count):
            means[at] += weight * prices[at] / total
            ranked[at] += weight * ordered[at] / total
    expected = [0.0] * count
    for rank, at in enumerate(sorted(range(count), key=means.__getitem__)):
        expected[at] = ranked[rank]
    return expected
