"""Prices of any source -> a curve per kWh, with warnings for the user."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from .curve import CostCurve, CostInterval
from .overlay import overlay
from .price_candidates import LeftOut
from .price_formats import ParsedPrices, RawPrice, find
from .price_times import spans
from .price_units import (
    CurrencySubunit,
    EnergyUnit,
    PriceError,
    PriceWarning,
    Unit,
    is_out_of_band,
    parse_unit,
)
from .price_words import contains_vat, is_forecast

# Attributes of some sensors: whether prices are in cents.
_CENT_FLAGS: Final = ("price_in_cents", "use_cent")


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceHints:
    """What is known of a source besides its answer; None is unknown.

    Hints override what the answer says, but not what the name of a price says.

    Attributes:
        zone: The zone of naive times.
        unit: Such as a sensor's unit of measurement: ``EUR/kWh``.
        currency: An ISO 4217 code.
        cents: Whether prices are in hundredths of the currency.
        per: The energy that a price is for; Nord Pool's action has prices per MWh.
        area: The series to use, where an answer has several areas or homes.
        day: The local date of prices without a date (PVPC).
    """

    zone: tzinfo
    unit: str | None = None
    currency: str | None = None
    cents: bool | None = None
    per: EnergyUnit | None = None
    area: str | None = None
    day: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceSeries:
    """The prices of a source.

    Attributes:
        curve: The published prices, per kWh; all other times are unknown.
        guesses: Forecast prices, for times without a published price.
        warnings: What the user should know.
        names: The names of the lists that were read.
        left_out: The lists that were not used.
        contains_vat: Whether names say that the prices contain VAT; None: unknown.
        unit: The unit that was read.
        is_forecast: Whether prices of times that have not begun are a forecast.
    """

    curve: CostCurve
    guesses: CostCurve
    warnings: frozenset[PriceWarning] = frozenset()
    names: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    contains_vat: bool | None = None
    unit: Unit = field(default_factory=Unit)
    is_forecast: bool = False

    def published(self, now: datetime) -> CostCurve:
        """Return the prices that are no forecast at a time."""
        items = self.curve.intervals
        if not self.is_forecast or not items:
            return self.curve
        present = self.curve.at(now)
        end = now if present is None else present.end
        return self.curve.between(items[0].start, end)

    def forecasts(self, now: datetime) -> CostCurve:
        """Return the source's own forecast at a time."""
        items, known = self.curve.intervals, self.published(now).intervals
        if not self.is_forecast or not items:
            return self.guesses
        begin = known[-1].end if known else now
        return self.curve.between(begin, max(begin, items[-1].end))


def parse_prices(answer: object, hints: PriceHints) -> PriceSeries:
    """Return the prices of a response, of a state's attributes or of a list.

    An answer without prices (None, an empty list, an error text) gives an empty series
    with a warning: unknown is never cheap. Prices that are None are dropped; negative
    prices are valid.

    Raises:
        PriceError: Prices cannot be read: a time or a price is invalid, an end is
            before its start, or a unit is not of electricity.
    """
    try:
        return _parsed(answer, hints)
    except OverflowError as err:
        raise PriceError("a time or a number is out of range") from err


def _parsed(answer: object, hints: PriceHints) -> PriceSeries:
    """Return the prices of an answer.

    Raises:
        PriceError: Prices cannot be read.
        OverflowError: A time is at the end of all calendars, or a number is.
    """
    found = find(answer, hints.zone, hints.area, hints.day)
    unit = _unit(found, hints)
    warnings: set[PriceWarning] = set()
    if found.several:
        warnings.add(PriceWarning.SEVERAL_SERIES)
    known = _intervals(found.prices, unit, hints.zone, warnings)
    guesses = _intervals(found.guesses, unit, hints.zone, warnings)
    named = (item.unit.currency for item in (*found.prices, *found.guesses))
    currency = unit.currency or next(filter(None, named), None)
    keys = {item.key for item in found.prices}
    read_unit = found.prices[0].unit.over(unit) if found.prices else unit
    return replace(
        _series(known, guesses, currency, warnings),
        names=found.names,
        left_out=found.left_out,
        contains_vat=contains_vat({*keys, *found.names}),
        is_forecast=is_forecast(keys, found.names),
        unit=replace(read_unit, currency=currency),
    )


def merge(*series: PriceSeries) -> PriceSeries:
    """Return several series of a source as one; where they overlap, a later one counts.

    A newer answer replaces an older one without a warning.

    Raises:
        PriceError: Their currencies differ.
    """
    currencies = {
        price.curve.currency for price in series if price.curve.currency is not None
    }
    if len(currencies) > 1:
        raise PriceError(f"Prices are in one currency, not in {sorted(currencies)}")
    warnings = {warning for price in series for warning in price.warnings}
    warnings -= {PriceWarning.NO_PRICES, PriceWarning.LOW_CONFIDENCE}
    layers = [interval for price in series for interval in price.curve.intervals]
    guesses = [interval for price in series for interval in price.guesses.intervals]
    merged = _series(
        _painted(layers, set()),
        _painted(guesses, set()),
        next(iter(currencies), None),
        warnings,
    )
    says = [price.contains_vat for price in series if price.contains_vat is not None]
    return replace(
        merged,
        names=tuple(dict.fromkeys(name for price in series for name in price.names)),
        left_out=tuple(
            dict.fromkeys(item for price in series for item in price.left_out)
        ),
        contains_vat=says[-1] if says else None,
        is_forecast=any(price.is_forecast for price in series),
        unit=series[-1].unit if series else Unit(),
    )


def gaps(
    curve: CostCurve, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of unknown costs between two instants (UTC)."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    for interval in curve.between(start, end).intervals:
        if interval.cost is None:
            continue
        if start < interval.start:
            yield start, interval.start
        start = interval.end
    if start < end:
        yield start, end


def has_gap(curve: CostCurve, start: datetime, end: datetime) -> bool:
    """Return whether a cost is unknown at any time between two instants."""
    return next(gaps(curve, start, end), None) is not None


def _series(
    known: Sequence[CostInterval],
    guesses: Sequence[CostInterval],
    currency: str | None,
    warnings: set[PriceWarning],
) -> PriceSeries:
    """Return a series of intervals in order, with warnings about all of them."""
    unpublished = tuple(_without(guesses, known))
    if not known:
        warnings.add(PriceWarning.NO_PRICES)
    if unpublished:
        warnings.add(PriceWarning.LOW_CONFIDENCE)
    costs = [item.cost for item in (*known, *unpublished) if item.cost is not None]
    if is_out_of_band(costs, currency):
        warnings.add(PriceWarning.OUT_OF_BAND)
    return PriceSeries(
        curve=CostCurve(intervals=tuple(known), currency=currency),
        guesses=CostCurve(intervals=unpublished, currency=currency),
        warnings=frozenset(warnings),
    )


def _unit(found: ParsedPrices, hints: PriceHints) -> Unit:
    """Return the unit of prices: from the hints, then from the attributes."""
    beside = found.attributes
    texts = [
        value
        for name in ("unit_of_measurement", "unit")
        if isinstance(value := beside.get(name), str)
    ]
    flags = [beside[name] for name in _CENT_FLAGS if isinstance(beside.get(name), bool)]
    cents = hints.cents if hints.cents is not None else next(iter(flags), None)
    currency = beside.get("currency")
    unit = Unit(
        currency=hints.currency,
        part=None
        if cents is None
        else CurrencySubunit.CENTS
        if cents
        else CurrencySubunit.WHOLE,
        per=hints.per,
    )
    for other in (
        parse_unit(hints.unit),
        *map(parse_unit, texts),
        Unit(currency=currency.upper() if isinstance(currency, str) else None),
    ):
        unit = unit.over(other)
    return unit


def _intervals(
    raw: Sequence[RawPrice],
    unit: Unit,
    zone: tzinfo,
    warnings: set[PriceWarning],
) -> list[CostInterval]:
    """Return prices as intervals in order without overlaps; add the warnings."""
    when, naive = spans([item.span for item in raw], zone)
    if naive:
        warnings.add(PriceWarning.NAIVE_TIMES)
    layers: list[CostInterval] = []
    for item, span in zip(raw, when, strict=True):
        if span is not None and item.price is not None:
            item_unit = item.unit.over(unit)
            warnings.update(item_unit.warnings)
            layers.append(
                CostInterval(
                    start=span.start, end=span.end, cost=item_unit.scale(item.price)
                )
            )
    return _painted(layers, warnings)


def _painted(
    layers: Sequence[CostInterval], warnings: set[PriceWarning]
) -> list[CostInterval]:
    """Return intervals in order; where they overlap, the later in the list counts.

    Adds a warning where overlapping prices differ.
    """
    result: list[CostInterval] = []
    top = -1
    for start, end, index, below in overlay(
        [(layer.start, layer.end) for layer in layers]
    ):
        layer = layers[index]
        if any(layers[hidden].cost != layer.cost for hidden in below):
            warnings.add(PriceWarning.OVERLAP_DROPPED)
        if index == top and result[-1].end == start:
            result[-1] = replace(result[-1], end=end)
        else:
            result.append(replace(layer, start=start, end=end))
        top = index
    return result


def _without(
    guesses: Sequence[CostInterval], known: Sequence[CostInterval]
) -> Iterator[CostInterval]:
    """Yield guesses for times without a known price."""
    both = (*guesses, *known)
    for start, end, index, _ in overlay([(item.start, item.end) for item in both]):
        if index < len(guesses):
            yield replace(guesses[index], start=start, end=end)
