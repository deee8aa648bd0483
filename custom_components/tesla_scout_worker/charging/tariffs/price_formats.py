"""Find the prices in an answer by their shape."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
import re
from typing import Final

from .price_candidates import Candidate, Chosen, LeftOut, LeftOutReason, choose
from .price_days import clock_of, day_steps, hours_of, period_of
from .price_rows import RawPrice, number, read_rows
from .price_times import RawSpan, is_reversed, parse_moment, spans
from .price_units import PriceError, Unit
from .price_words import END_KEYS, KEY_UNITS, PRICE_KEYS, START_KEYS, day_offset
from .wall_clock import is_doubled

__all__ = ["PRICE_KEYS", "ParsedPrices", "RawPrice", "find", "number"]

# Zonneplan's hourly prices have a common name; these other fields identify them.
_ZONNEPLAN_KEY: Final = "electricity_price"
_ZONNEPLAN_SIGNS: Final = frozenset({"electricity_price_excl_tax", "tariff_group"})

# PVPC has an attribute for each local hour, without a date.
_HOUR_NAME: Final = re.compile(r"price_(next_day_)?(\d\d)h(_d)?")

_DEEPEST: Final = 4
_FEWEST_DATES: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedPrices:
    """The prices in an answer.

    Attributes:
        prices: The published prices.
        guesses: The forecast prices.
        attributes: Other fields of the answer, such as a unit.
        names: The names of the lists that are used.
        left_out: The lists that are not used.
    """

    prices: tuple[RawPrice, ...] = ()
    guesses: tuple[RawPrice, ...] = ()
    attributes: Mapping[object, object] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def several(self) -> bool:
        """Whether the answer has other series, of other areas or homes."""
        return any(item.reason is LeftOutReason.OTHER_SERIES for item in self.left_out)


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
    search = _Search(zone=zone, day=day)
    for dated in (True, False):
        found = search.lists(answer, dated=dated)
        if any(item.prices for item in found):
            break
    else:
        if search.errors:
            raise search.errors[0]
    chosen = choose(found, area, zone)
    attributes = answer if isinstance(answer, Mapping) else {}
    return _parsed(chosen, attributes, search, area)


def _parsed(
    chosen: Chosen,
    attributes: Mapping[object, object],
    search: _Search,
    area: str | None,
) -> ParsedPrices:
    """Return the prices of the chosen lists; an area that was asked for is one series."""
    left_out = chosen.left_out
    if area is not None:
        left_out = tuple(
            item for item in left_out if item.reason is not LeftOutReason.OTHER_SERIES
        )
    return ParsedPrices(
        prices=tuple(price for item in chosen.lists for price in item.prices),
        guesses=tuple(price for item in chosen.guesses for price in item.prices),
        attributes=attributes,
        names=tuple(item.name for item in chosen.lists if item.path),
        left_out=(*left_out, *search.unreadable),
    )


class _Search:
    """A search for lists of prices in an answer."""

    def __init__(self, *, zone: tzinfo, day: date | None) -> None:
        """Start without errors."""
        self._zone = zone
        self._day = day
        self.errors: list[PriceError] = []
        self.unreadable: list[LeftOut] = []

    def lists(self, answer: object, *, dated: bool) -> list[Candidate]:
        """Return the lists of prices in an answer: those with a date, or without."""
        return [*self._walk(answer, (), dated=dated)]

    def _walk(
        self, value: object, path: tuple[object, ...], *, dated: bool
    ) -> Iterator[Candidate]:
        """Yield the lists of prices in a value."""
        if len(path) > _DEEPEST:
            return
        prices: Iterable[RawPrice] = ()
        others: tuple[str, ...] = ()
        try:
            if isinstance(value, list | tuple):
                prices, others = self._list(value, path, dated=dated)
            elif isinstance(value, Mapping):
                prices = self._mapping(value, path, dated=dated)
            found = tuple(prices)
            if is_reversed([price.span for price in found]):
                found = found[::-1]
            # The times are checked here, so that an error has the name of its list.
            spans([price.span for price in found], self._zone)
        except PriceError as err:
            self.errors.append(err)
            size = len(value) if isinstance(value, list | tuple | Mapping) else 0
            name = " / ".join(map(str, path))
            self.unreadable.append(
                LeftOut(name=name, count=size, reason=LeftOutReason.UNREADABLE)
            )
            return
        if found:
            yield Candidate(path=path, prices=found, others=others)
        if isinstance(value, Mapping):
            for name, item in value.items():
                yield from self._walk(item, (*path, name), dated=dated)

    def _list(
        self, value: Sequence[object], path: tuple[object, ...], *, dated: bool
    ) -> tuple[Iterable[RawPrice], tuple[str, ...]]:
        """Return the prices of a list, and the names of columns that might be prices."""
        if any(map(_is_price, value)):
            starts = [
                _first(item, START_KEYS) for item in value if isinstance(item, Mapping)
            ]
            if not all(map(_is_clock, starts)) or len(starts) < len(value):
                return (_known_rows(value) if dated else ()), ()
        rows = [item for item in value if isinstance(item, Mapping)]
        if rows and len(rows) == len(value):
            day = None if dated else self._day_of(path)
            read = read_rows(rows, self._zone, day)
            return ((), ()) if read is None else (read.prices, read.others)
        if dated or not value or any(map(_is_row, value)):
            return (), ()
        return self._day_list(value, path), ()

    def _day_list(
        self, value: Sequence[object], path: tuple[object, ...]
    ) -> Iterable[RawPrice]:
        """Return the prices of a list of numbers that begins at midnight."""
        day = self._day_of(path)
        starts = None if day is None else day_steps(len(value), day, self._zone)
        if starts is None:
            return ()
        try:
            numbers = [number(item) for item in value]
        except PriceError:
            return ()
        return _at(starts, numbers)

    def _mapping(
        self, value: Mapping[object, object], path: tuple[object, ...], *, dated: bool
    ) -> Iterable[RawPrice]:
        """Return the prices of a mapping whose keys are times."""
        if dated:
            rows = [
                (moment, item)
                for name, item in value.items()
                if (moment := _named_moment(name)) is not None
            ]
            if len(rows) < _FEWEST_DATES:
                return ()
            return _by_time(rows)
        if any(_HOUR_NAME.fullmatch(str(name)) for name in value):
            return _pvpc_hours(value, self._zone, self._day)
        day = self._day_of(path)
        hours = None if day is None else hours_of(value, day, self._zone)
        return () if hours is None else _by_time(hours)

    def _day_of(self, path: Iterable[object]) -> date | None:
        """Return the local date of a list without dates."""
        if self._day is None:
            return None
        return self._day + timedelta(days=day_offset(path))


def _is_price(item: object) -> bool:
    """Return whether an item has a known key for a time and one for a price."""
    return isinstance(item, Mapping) and all(
        any(key in item for key in keys) for keys in (START_KEYS, PRICE_KEYS)
    )


def _is_row(item: object) -> bool:
    """Return whether an item of a list is not a number."""
    return isinstance(item, Mapping | list | tuple)


def _is_clock(value: object) -> bool:
    """Return whether a time has no date: an hour, a clock time or a period."""
    return clock_of(value) is not None or period_of(value) is not None


def _named_moment(name: object) -> datetime | None:
    """Return a time that is the name of an attribute; None if it is not one."""
    try:
        return parse_moment(name)
    except PriceError:
        return None


def _by_time(rows: Iterable[tuple[datetime, object]]) -> Iterator[RawPrice]:
    """Yield prices by their starts; a price may be a field of a mapping.

    Only numbers are prices: an attribute may have the name of a time by chance.
    """
    for start, item in rows:
        value = _price(item)[1] if isinstance(item, Mapping) else item
        yield RawPrice(span=RawSpan(start=start), price=number(value))


def _at(
    starts: Sequence[datetime], numbers: Sequence[float | None]
) -> tuple[RawPrice, ...]:
    """Return prices by their starts."""
    return tuple(
        RawPrice(span=RawSpan(start=start), price=price)
        for start, price in zip(starts, numbers, strict=True)
    )


def _known_rows(items: Iterable[object]) -> Iterator[RawPrice]:
    """Yield the prices of a list with known names, unknown prices included.

    Raises:
        PriceError: An item is not a price.
    """
    for item in items:
        if item is None:
            continue
        if not isinstance(item, Mapping):
            raise PriceError(f"{item!r} stands among prices")
        key, price = _price(item)
        unit = KEY_UNITS.get(key, Unit())
        if key == _ZONNEPLAN_KEY and not _ZONNEPLAN_SIGNS.isdisjoint(item):
            unit = KEY_UNITS["price_tax_included"]
        span = RawSpan(
            start=_first(item, START_KEYS),
            end=_first(item, END_KEYS),
            length=item.get("duration"),
        )
        yield RawPrice(span=span, price=price, unit=unit, key=key)


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


def _pvpc_hours(
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
