"""Cost of charging at home, and its cost if the car had charged on arrival. Pure.

Both use the same prices and the energy reported by the car. Energy charged at an
unknown price is in neither.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..planning.model import Window
from ..tariffs.curve import CostCurve

# A car reports energy in hundredths of a kWh, from 0 each time it is plugged in.
_LEAST: Final = 0.005


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthSavings:
    """Sums of a month's charging at home, in the currency of the prices.

    Attributes:
        month: The local month, such as 2026-11.
        currency: An ISO 4217 code; None: nothing was charged yet.
        energy: Energy charged at home at a known price, in kWh.
        cost: Cost of that energy.
        on_arrival: Its cost if the car had charged as soon as it was plugged in.
    """

    month: str = ""
    currency: str | None = None
    energy: float = 0.0
    cost: float = 0.0
    on_arrival: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PlugInPeriod:
    """A period in which a car is plugged in at home.

    Attributes:
        since: When the car was first seen plugged in (UTC).
        seen_at: When the car was last read (UTC).
        energy: Energy since the car was plugged in, by the last read, in kWh.
        base: The same by the first read.
    """

    since: datetime
    seen_at: datetime
    energy: float
    base: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One read: its time (UTC), and the kWh charged since the car was plugged in.

    ``energy`` is None if the car is not plugged in at home, or did not report it.
    """

    at: datetime
    energy: float | None


def after_reading(
    period: PlugInPeriod | None,
    savings: MonthSavings,
    reading: Reading,
    curve: CostCurve,
    runs: Sequence[Window],
    power: float,
    month: str,
) -> tuple[PlugInPeriod | None, MonthSavings]:
    """Return the period and the month's sums after a read.

    Sums begin anew with a month, and with prices in another currency.

    Args:
        period: The one before; None: the car was not plugged in at home.
        savings: The sums before.
        reading: What was read.
        curve: What energy cost and costs.
        runs: When charging was planned since the read before.
        power: In kW; on arrival the car would have charged with it.
        month: The present one, such as 2026-11.
    """
    if savings.month != month:
        savings = MonthSavings(month=month)
    energy = reading.energy
    if energy is None:
        return None, savings
    if period is None or energy < period.energy - _LEAST:
        begun = PlugInPeriod(
            since=reading.at, seen_at=reading.at, energy=energy, base=energy
        )
        return begun, savings
    if reading.at <= period.seen_at:
        return period, savings
    after = replace(period, seen_at=reading.at, energy=energy)
    return after, _summed(savings, period, after, curve, runs, power)


def _summed(
    savings: MonthSavings,
    before: PlugInPeriod,
    after: PlugInPeriod,
    curve: CostCurve,
    runs: Sequence[Window],
    power: float,
) -> MonthSavings:
    """Return the sums with the energy charged between two reads at a known price."""
    added = after.energy - before.energy
    if added < _LEAST or curve.currency is None or power <= 0:
        return savings
    if savings.currency != curve.currency:
        savings = MonthSavings(month=savings.month, currency=curve.currency)
    price = mean_cost(curve, _charged(before, after, runs))
    at_once = mean_cost(curve, [_on_arrival(before, after, power)])
    if price is None or at_once is None:
        return savings
    return replace(
        savings,
        energy=savings.energy + added,
        cost=savings.cost + added * price,
        on_arrival=savings.on_arrival + added * at_once,
    )


def _charged(
    before: PlugInPeriod, after: PlugInPeriod, runs: Iterable[Window]
) -> list[Window]:
    """Return when the car charged between two reads: as planned, else all the time."""
    planned = [
        Window(start=max(run.start, before.seen_at), end=min(run.end, after.seen_at))
        for run in runs
        if run.start < after.seen_at and before.seen_at < run.end
    ]
    return planned or [Window(start=before.seen_at, end=after.seen_at)]


def _on_arrival(before: PlugInPeriod, after: PlugInPeriod, power: float) -> Window:
    """Return the window in which the same energy would have been charged on arrival."""
    first, last = (
        before.since + timedelta(hours=(energy - before.base) / power)
        for energy in (before.energy, after.energy)
    )
    return Window(start=first, end=last)


def mean_cost(curve: CostCurve, windows: Iterable[Window]) -> float | None:
    """Return the time-weighted mean price of windows; None if any part is unknown."""
    total, weighted = 0.0, 0.0
    for window in windows:
        known = 0.0
        for interval in curve.between(window.start, window.end).intervals:
            if interval.cost is not None:
                seconds = (interval.end - interval.start).total_seconds()
                known += seconds
                weighted += seconds * interval.cost
        length = (window.end - window.start).total_seconds()
        if known < length - 0.5:
            return None
        total += length
    return weighted / total if total else None
