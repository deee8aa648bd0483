"""Find the prices in an answer by their shape."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from math import isfinite
import re
from typing import Final

from .price_times import RawSpan
from .price_units import CurrencySubunit, EnergyUnit, PriceError, Unit
from .wall_clock import is_doubled

START_KEYS: Final = (
    *("start", "start_time", "time", "hour", "timestamp"),
    *("datetime", "from", "start_date", "starts_at"),
)
END_KEYS: Final = ("end", "end_time", "till", "end_date")
PRICE_KEYS: Final = (
    *("price", "value", "per_kwh", "total", "price_per_kwh", "value_inc_vat"),
    *("price_tax_included", "electricity_price", "price_ct_per_kwh"),
)

# Today and tomorrow, or both in one list. A day's list may be missing or empty.
GROUPS: Final = (
    ("raw_today", "raw_tomorrow"),
    ("prices_today", "prices_tomorrow"),
    ("today_interval_prices", "tomorrow_interval_prices"),
    *(("prices",), ("forecasts",), ("rates",), ("forecast",), ("data",)),
)
GUESS: Final = "forecast"

# Units implied by the name of a price.
_KEY_UNITS: Final = {
    "per_kwh": Unit(per=EnergyUnit.KWH),
    "price_per_kwh": Unit(per=EnergyUnit.KWH),
    "price_ct_per_kwh": Unit(per=EnergyUnit.KWH, part=CurrencySubunit.CENTS),
    "price_tax_included": Unit(per=EnergyUnit.KWH, part=CurrencySubunit.TEN_MILLIONTHS),
}

# Zonneplan's hourly prices have a common name; these other fields identify them.
_ZONNEPLAN_KEY: Final = "electricity_price"
_ZONNEPLAN_SIGNS: Final = frozenset({"electricity_price_excl_tax", "tariff_group"})

# PVPC has an attribute for each local hour, without a date.
_HOUR_NAME: Final = re.compile(r"price_(next_day_)?(\d\d)h(_d)?")

_NO_STATE: Final = frozenset({"", "none", "unknown", "unavailable"})
_DEEPEST: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class RawPrice:
    """A price as a source gives it, and the unit implied by its name.

    ``price`` None is unknown; its times still bound its neighbours.
    """

    span: RawSpan
    price: float | None
    unit: Unit = field(default_factory=Unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedPrices:
    """The prices in an answer.

    Attributes:
        prices: The published prices.
        guesses: The forecast prices.
        attributes: Other fields of the answer, such as a unit.
        several: Whether the answer has other series, of other areas or homes.
    """

    prices: tuple[RawPrice, ...] = ()
    guesses: tuple[RawPrice, ...] = ()
    attributes: Mapping[object, object] = field(default_factory=dict)
    several: bool = False


def find(
    answer: object, zone: tzinfo, area: str | None, day: date | None
) -> ParsedPrices:
    """Return the prices in an answer; empty if it has none.

    Args:
        answer: A response, the attributes of a state, or a list of prices.
        zone: The zone of the source.
        area: The name of the series to use, where there are several.
        day: The local date of prices without a date.

    Raises:
        PriceError: Prices cannot be read.
    """
    if not isinstance(answer, Mapping):
        prices, several = _chosen(answer, area)
        return ParsedPrices(prices=prices, several=several)
    if any(_HOUR_NAME.fullmatch(str(name)) for name in answer):
        return ParsedPrices(prices=tuple(_hours(answer, zone, day)), attributes=answer)
    for names in GROUPS:
        chosen = [_chosen(answer.get(name), area) for name in names]
        if any(prices for prices, _ in chosen):
            guesses, _ = (
                ((), False) if GUESS in names else _chosen(answer.get(GUESS), area)
            )
            return ParsedPrices(
                prices=tuple(price for prices, _ in chosen for price in prices),
                guesses=guesses,
                attributes=answer,
                several=any(several for _, several in chosen),
            )
    prices, several = _chosen(answer, area)
    return ParsedPrices(prices=prices, attributes=answer, several=several)


def number(value: object) -> float | None:
    """Return a price as a number; None: unknown.

    Raises:
        PriceError: It is not a number.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if value.strip().lower() in _NO_STATE:
            return None
        try:
            value = float(value)
        except ValueError as err:
            raise PriceError(f"'{value}' is no price") from err
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise PriceError(f"{value!r} is no price")
    price = float(value)
    return price if isfinite(price) else None


def _chosen(value: object, area: str | None) -> tuple[tuple[RawPrice, ...], bool]:
    """Return the prices of an area, and whether there are other series.

    Prices of another area are never used instead.
    """
    series = list(_series(value, ()))
    if area is not None:
        series = [price for price in series if not price[0] or area in price[0]]
    return (series[0][1] if series else ()), len(series) > 1


def _series(
    value: object, path: tuple[object, ...]
) -> Iterator[tuple[tuple[object, ...], tuple[RawPrice, ...]]]:
    """Yield the lists of prices in a value, each with its path of names."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _series(item, (*path, name))
    elif isinstance(value, list | tuple) and any(map(_is_price, value)):
        yield path, tuple(_raw_prices(value))


def _is_price(item: object) -> bool:
    """Return whether an item has a key for a time and one for a price."""
    return isinstance(item, Mapping) and all(
        any(key in item for key in keys) for keys in (START_KEYS, PRICE_KEYS)
    )


def _raw_prices(items: Iterable[object]) -> Iterator[RawPrice]:
    """Yield the prices of a list, unknown prices included.

    Raises:
        PriceError: An item is not a price.
    """
    for item in items:
        if item is None:
            continue
        if not isinstance(item, Mapping):
            raise PriceError(f"{item!r} stands among prices")
        key, price = _price(item)
        unit = _KEY_UNITS.get(key, Unit())
        if key == _ZONNEPLAN_KEY and not _ZONNEPLAN_SIGNS.isdisjoint(item):
            unit = _KEY_UNITS["price_tax_included"]
        span = RawSpan(
            start=_first(item, START_KEYS),
            end=_first(item, END_KEYS),
            length=item.get("duration"),
        )
        yield RawPrice(span=span, price=price, unit=unit)


def _price(item: Mapping[object, object]) -> tuple[str, float | None]:
    """Return the first known price of an item, and its name."""
    for key in PRICE_KEYS:
        value = item.get(key)
        if isinstance(value, Mapping):
            value = value.get("amount")
        price = number(value)
        if price is not None:
            return key, price
    return "", None


def _first(item: Mapping[object, object], keys: Iterable[str]) -> object:
    """Return the first value under one of the names."""
    return next((item[key] for key in keys if item.get(key) is not None), None)


def _hours(
    attributes: Mapping[object, object], zone: tzinfo, day: date | None
) -> Iterator[RawPrice]:
    """Yield the prices of the hours of a day and the next, named after the hour.

    ``price_02h_d`` is the second 02:00 of a day of 25 hours.

    Raises:
        PriceError: The day is unknown.
    """
    if day is None:
        raise PriceError("Prices by the hour of the day need the day")
    for name, value in attributes.items():
        match = _HOUR_NAME.fullmatch(str(name))
        price = number(value) if match is not None else None
        if match is None or price is None:
            continue
        date_of = day + timedelta(days=1 if match[1] else 0)
        wall = datetime.combine(date_of, time(int(match[2])))
        if match[3] and not is_doubled(wall, zone):
            raise PriceError(f"{name} is an hour that {date_of} does not have")
        start = wall.replace(tzinfo=zone, fold=1 if match[3] else 0)
        span = RawSpan(start=start, length=60)
        yield RawPrice(span=span, price=price)
