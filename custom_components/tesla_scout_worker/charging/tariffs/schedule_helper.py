"""A schedule helper of Home Assistant as a tariff: its blocks are the cheap hours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, tzinfo
from typing import Final

from .curve import CostCurve
from .price_rows import number
from .price_units import PriceError
from .price_words import PRICE_KEYS
from .tariff import PeakWindow, Tariff, TariffZone, merged, tariff_curve

# Names of a price or a fee in the data of a block.
_COST_KEYS: Final = (*PRICE_KEYS, "fee", "grid_fee", "rate", "tariff", "cost")

_DAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday"),
    *("friday", "saturday", "sunday"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """Hours of a weekday, and the price of a kWh in them; None: no price."""

    window: PeakWindow
    price: float | None


def schedule_curve(
    blocks: object,
    start: datetime,
    end: datetime,
    zone: tzinfo,
    *,
    currency: str | None = None,
) -> CostCurve:
    """Return the curve of a schedule from ``start`` until just before ``end``.

    Blocks without prices are off-peak, with a rank of 0; the hours between them are
    peak, with a rank of 1. Blocks may have a price per kWh in their data, under a
    name such as ``price`` or ``fee``. Then every block must have one, and the hours between them are peak
    hours of unknown cost.

    Args:
        blocks: The answer of ``schedule.get_schedule``, or one entity's part of it.
            Without any weekday the curve is empty: unknown, not cheap.
        start: An aware time.
        end: An aware time after it.
        zone: The zone of the wall clock.
        currency: The currency of the prices.

    Raises:
        PriceError: A block cannot be read, or only some blocks have a price.
        ValueError: A time is naive.
    """
    days = _days(blocks)
    if days is None:
        return CostCurve()
    found = [
        block
        for weekday, name in enumerate(_DAYS)
        for block in _blocks(days.get(name) or (), weekday)
    ]
    costs = _costs(found)
    ranked = tariff_curve(_tariff(found), start, end, zone).intervals
    intervals = (
        replace(item, cost=costs[int(item.cost or 0)], peak=not item.cost)
        for item in ranked
    )
    priced = costs[0] is None
    return CostCurve(intervals=merged(intervals), currency=currency if priced else None)


def _tariff(blocks: Sequence[_Block]) -> Tariff:
    """Return each block as a zone, so that its rank is its number."""
    return Tariff(
        zones=tuple(
            TariffZone(key=str(index), windows=(block.window,), peak=False)
            for index, block in enumerate(blocks, start=1)
        )
    )


def _costs(blocks: Sequence[_Block]) -> tuple[float | None, ...]:
    """Return the cost of a kWh between the blocks, and in each block.

    Raises:
        PriceError: Only some blocks have a price.
    """
    prices = [block.price for block in blocks if block.price is not None]
    if not prices:
        return (1.0, *(0.0 for _ in blocks))
    if len(prices) != len(blocks):
        raise PriceError("Either every block of a schedule has a price or none")
    return (None, *prices)


def _days(answer: object) -> Mapping[object, object] | None:
    """Return the weekdays of an answer, or of its only entity; None: no weekdays."""
    if not isinstance(answer, Mapping):
        return None
    if any(day in answer for day in _DAYS):
        return answer
    if len(answer) == 1:
        return _days(next(iter(answer.values())))
    return None


def _blocks(value: object, weekday: int) -> Iterator[_Block]:
    """Yield the blocks of a weekday.

    Raises:
        PriceError: A block cannot be read.
    """
    if not isinstance(value, list | tuple):
        raise PriceError(f"{value!r} are no blocks of a schedule")
    for item in value:
        if not isinstance(item, Mapping):
            raise PriceError(f"{item!r} is no block of a schedule")
        window = PeakWindow(
            start=_clock(item.get("from")),
            end=_clock(item.get("to")),
            weekdays=frozenset({weekday}),
        )
        data = item.get("data")
        fields = data if isinstance(data, Mapping) else {}
        prices = (number(fields[key]) for key in _COST_KEYS if key in fields)
        yield _Block(
            window=window,
            price=next((price for price in prices if price is not None), None),
        )


def _clock(value: object) -> time:
    """Return a time of a block in whole minutes; 24:00 is 00:00 of the next day.

    Home Assistant gives 24:00 as the last instant of the day. Schedules in YAML often
    end at 23:59:59.

    Raises:
        PriceError: It is not a time.
    """
    try:
        clock = value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError as err:
        raise PriceError(f"{value!r} is no time of a schedule") from err
    if clock >= time(23, 59, 59):
        return time()
    return clock.replace(second=0, microsecond=0, tzinfo=None)
