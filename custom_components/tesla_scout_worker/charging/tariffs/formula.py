"""From a feed to the price of a kWh: markup, VAT, grid fee, fixed fees.

``price = (feed * factor + markup) * (1 + VAT) + grid fee + fixed``

Day-ahead feeds are net wholesale prices. Where the grid fee has zones, its spread is about
as large as the spread of the feed (Poland: 0.19 to 0.35 PLN/kWh in 2026), so the feed
alone picks the wrong hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Final

from .curve import CostCurve, CostInterval
from .overlay import overlay
from .price_units import PriceError
from .tariff import merged


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceFormula:
    """The parts of a price that are the same at all times; each is optional.

    Attributes:
        factor: Multiplies the feed, such as an exchange rate.
        markup: Added to the feed, per kWh before VAT.
        vat: VAT as a share: 0.23 is 23 %.
        fixed: Other fees, per kWh with VAT.
    """

    factor: float = 1.0
    markup: float = 0.0
    vat: float = 0.0
    fixed: float = 0.0

    def __post_init__(self) -> None:
        """Check the parts.

        Raises:
            ValueError: A part is not a finite number.
        """
        if not all(map(isfinite, (self.factor, self.markup, self.vat, self.fixed))):
            raise ValueError("The parts of a price are finite numbers")

    @property
    def adds_money(self) -> bool:
        """Whether the formula adds an amount of money to the feed."""
        return bool(self.markup or self.fixed)

    def price(self, feed: float, grid_fee: float = 0.0) -> float:
        """Return the price of a kWh; ``grid_fee`` is per kWh with VAT."""
        net = feed * self.factor + self.markup
        return net * (1 + self.vat) + grid_fee + self.fixed


# Changes nothing.
PLAIN: Final = PriceFormula()


def priced(
    feed: CostCurve, formula: PriceFormula, grid_fees: CostCurve | None, currency: str
) -> CostCurve:
    """Return the price of a kWh over time, for the times of a feed.

    Where the feed or the grid fee is unknown, the price is unknown. Peak hours are those
    of the feed: a price with a grid fee needs no rank.

    Args:
        feed: The prices of a source.
        formula: The other parts of the price.
        grid_fees: The grid fee over time, per kWh with VAT; None: no grid fee.
        currency: The currency of the parts and of the result, an ISO 4217 code.

    Raises:
        PriceError: The feed is in another currency, and no factor converts it.
    """
    foreign = feed.currency not in (None, currency)
    adds_money = formula.adds_money or grid_fees is not None
    if foreign and formula.factor == 1:
        if adds_money:
            raise PriceError(
                f"Fees in {currency} cannot be added to prices in {feed.currency}"
            )
        currency = feed.currency or currency
    if grid_fees is None:
        intervals = tuple(
            replace(item, cost=_price(formula, item.cost, 0.0))
            for item in feed.intervals
        )
        return CostCurve(intervals=intervals, currency=currency)
    pieces = (
        replace(item, start=start, end=end, cost=_price(formula, item.cost, fee))
        for item, start, end, fee in _pieces(feed, grid_fees)
    )
    return CostCurve(intervals=merged(pieces), currency=currency)


def _price(
    formula: PriceFormula, feed: float | None, grid_fee: float | None
) -> float | None:
    """Return a price; None: a part is unknown."""
    if feed is None or grid_fee is None:
        return None
    return formula.price(feed, grid_fee)


def _pieces(
    feed: CostCurve, fees: CostCurve
) -> Iterator[tuple[CostInterval, datetime, datetime, float | None]]:
    """Yield pieces of the feed in order, each with its grid fee; None: unknown."""
    spans = [(item.start, item.end) for item in (*fees.intervals, *feed.intervals)]
    count = len(fees.intervals)
    for start, end, index, below in overlay(spans):
        if index >= count:
            fee = fees.intervals[below[-1]].cost if below else None
            yield feed.intervals[index - count], start, end, fee
