"""What energy cost: on a cost curve, as charged and in its cheapest hours. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..tariffs.curve import CostCurve, CostInterval
from .charge import Charge

# A gap in prices shorter than this is none.
_NO_GAP: Final = timedelta(seconds=0.5)

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthSavings:
    """Sums of a month's charging at home, in the currency of the prices.

    Attributes:
        month: The local month, such as 2026-11.
        since: When the sums began (UTC); None: no price was known yet.
        currency: An ISO 4217 code; None: no price was known yet.
        energy: Energy charged at home at a known price, in kWh.
        cost: Cost of that energy.
        on_arrival: Its cost if the car had charged as soon as it was plugged in.
    """

    month: str = ""
    since: datetime | None = None
    currency: str | None = None
    energy: float = 0.0
    cost: float = 0.0
    on_arrival: float = 0.0


def mean_cost(curve: CostCurve, start: datetime, end: datetime) -> float | None:
    """Return the time-weighted mean price between two instants.

    None: a part of the time has no known price.
    """
    known = list(_known(curve, start, end))
    hours = sum(map(_hours, known))
    if not hours or end - start - hours * _HOUR > _NO_GAP:
        return None
    return sum(_hours(item) * (item.cost or 0) for item in known) / hours


def least_cost(
    curve: CostCurve, start: datetime, end: datetime, energy: float, power: float
) -> float | None:
    """Return what energy costs in the cheapest hours between two instants.

    Args:
        curve: Prices of a kWh.
        start: From when the car could charge (UTC).
        end: Until when (UTC).
        energy: In kWh.
        power: Charging power, in kW. If the time is too short for it, all of it is used.

    Returns:
        The cost in the currency of the curve; None: a price is unknown.
    """
    if mean_cost(curve, start, end) is None:
        return None
    cheapest = sorted(_known(curve, start, end), key=lambda item: item.cost or 0)
    left, hours, total = energy / power, 0.0, 0.0
    for item in cheapest:
        used = min(_hours(item), left)
        hours, total = hours + used, total + used * (item.cost or 0)
        left -= used
    return energy * total / hours if hours else None


def with_prices(
    charge: Charge, savings: MonthSavings, curve: CostCurve, at: datetime
) -> tuple[Charge, MonthSavings]:
    """Return a charge and the month's sums with the prices that are known by now.

    Sums begin anew with prices in another currency. If the price on arrival is unknown,
    no saving is counted.

    Args:
        charge: Its ``unpriced`` parts get a price.
        savings: Sums of the present month.
        curve: What a kWh cost; without a currency it has no prices.
        at: The present (UTC).
    """
    if curve.currency is None or charge.currency not in (None, curve.currency):
        return charge, savings
    left = []
    for part in charge.unpriced:
        if (price := mean_cost(curve, part.start, part.end)) is None:
            left.append(part)
            continue
        at_once = mean_cost(curve, part.arrival_start, part.arrival_end)
        cost = part.energy * price
        on_arrival = part.energy * (price if at_once is None else at_once)
        charge = replace(
            charge,
            currency=curve.currency,
            priced=charge.priced + part.energy,
            cost=charge.cost + cost,
            on_arrival=charge.on_arrival + on_arrival,
        )
        savings = _with_part(savings, curve.currency, part.energy, cost, on_arrival, at)
    return replace(charge, unpriced=tuple(left)), savings


def with_cheapest(
    charge: Charge, curve: CostCurve, until: datetime, power: float
) -> Charge:
    """Return a charge with the least that its energy could have cost by an instant."""
    cost = charge.known_cost
    if cost is None or curve.currency != charge.currency:
        return charge
    end = max(until, charge.end)
    least = least_cost(curve, charge.free_from, end, charge.energy, power)
    return charge if least is None else replace(charge, cheapest=min(least, cost))


def _with_part(
    savings: MonthSavings,
    currency: str,
    energy: float,
    cost: float,
    on_arrival: float,
    at: datetime,
) -> MonthSavings:
    """Return the sums with energy that has a price."""
    if savings.currency != currency:
        savings = MonthSavings(month=savings.month, since=at, currency=currency)
    return replace(
        savings,
        energy=savings.energy + energy,
        cost=savings.cost + cost,
        on_arrival=savings.on_arrival + on_arrival,
    )


def _known(curve: CostCurve, start: datetime, end: datetime) -> Iterator[CostInterval]:
    """Yield the intervals with a known price between two instants."""
    for item in curve.between(start, end).intervals:
        if item.cost is not None:
            yield item


def _hours(item: CostInterval) -> float:
    """Return the length of an interval in hours."""
    return (item.end - item.start) / _HOUR
