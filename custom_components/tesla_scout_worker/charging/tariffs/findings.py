"""What was read from a source of prices, for a person to check before saving it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from .curve import CostCurve
from .price_parser import PriceSeries
from .price_units import PriceWarning

_DAY: Final = timedelta(days=1)
_HALF_A_DAY: Final = timedelta(hours=12)


class PriceProblem(StrEnum):
    """What a person should confirm before such prices are used."""

    NO_PRICES = "no_prices"
    # There are prices, but a grid fee or a currency makes the price of a kWh unknown.
    PRICE_UNKNOWN = "price_unknown"
    UNIT_UNKNOWN = "unit_unknown"
    OUT_OF_BAND = "out_of_band"
    SEVERAL_SERIES = "several_series"
    VAT_TWICE = "vat_twice"


# Warnings of the reader that need a confirmation.
_WARNINGS: Final = {
    PriceWarning.UNIT_UNKNOWN: PriceProblem.UNIT_UNKNOWN,
    PriceWarning.OUT_OF_BAND: PriceProblem.OUT_OF_BAND,
    PriceWarning.SEVERAL_SERIES: PriceProblem.SEVERAL_SERIES,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceFindings:
    """What was read, and what comes of it.

    Attributes:
        count: The number of prices.
        step: The shortest time with one price; None without prices.
        least: The least price of the source today, per kWh.
        greatest: The greatest price of the source today, per kWh.
        tomorrow: Whether prices of tomorrow are known.
        now: The price of a kWh now, by the formula; None: unknown.
        cheapest_at: The start of the cheapest time ahead.
        cheapest: The price of a kWh then.
        problems: What to confirm.
    """

    count: int
    step: timedelta | None
    least: float | None
    greatest: float | None
    tomorrow: bool
    now: float | None
    cheapest_at: datetime | None
    cheapest: float | None
    problems: tuple[PriceProblem, ...]


def findings(
    series: PriceSeries, prices: CostCurve, now: datetime, zone: tzinfo, *, vat: bool
) -> PriceFindings:
    """Return what was read from a source.

    Args:
        series: The prices of the source.
        prices: The price of a kWh by the formula, from now on.
        now: The present time (aware).
        zone: The zone of the day.
        vat: Whether the formula adds VAT.
    """
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    tomorrow = datetime.combine(midnight.date() + _DAY, time(), zone)
    today = [
        item.cost
        for item in series.curve.between(midnight, tomorrow).intervals
        if item.cost is not None
    ]
    ahead = [item for item in prices.intervals if item.cost is not None]
    cheapest = min(ahead, key=lambda item: item.cost or 0.0, default=None)
    current = prices.at(now)
    noon = series.curve.at(tomorrow + _HALF_A_DAY)
    known = [item for item in series.curve.intervals if item.cost is not None]
    return PriceFindings(
        count=len(known),
        step=min((item.end - item.start for item in known), default=None),
        least=min(today, default=None),
        greatest=max(today, default=None),
        tomorrow=noon is not None and noon.cost is not None,
        now=None if current is None else current.cost,
        cheapest_at=None if cheapest is None else cheapest.start,
        cheapest=None if cheapest is None else cheapest.cost,
        problems=_problems(series, bool(known), bool(ahead), vat=vat),
    )


def _problems(
    series: PriceSeries, known: bool, ahead: bool, *, vat: bool
) -> tuple[PriceProblem, ...]:
    """Return what to confirm, in the order of PriceProblem."""
    found = {
        problem for warning, problem in _WARNINGS.items() if warning in series.warnings
    }
    if not known:
        found.add(PriceProblem.NO_PRICES)
    elif not ahead:
        found.add(PriceProblem.PRICE_UNKNOWN)
    if vat and series.contains_vat:
        found.add(PriceProblem.VAT_TWICE)
    return tuple(problem for problem in PriceProblem if problem in found)
