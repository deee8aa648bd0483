"""Charges out of energy that was charged between two instants: their cost and reason. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..planning.model import Window
from ..tariffs.curve import CostCurve
from .charge import Charge, ChargePart, ChargeReason
from .count import MOST_KEPT, ChargeLog, Counted, PlugInPeriod
from .pricing import with_cheapest, with_prices

_HOUR: Final = timedelta(hours=1)

# A charge ends when nothing was charged for this long: windows of a night are closer.
IDLE: Final = timedelta(hours=6)

# A price that is not known by then is not published any more.
PRICES_KEPT: Final = timedelta(days=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRun:
    """A run of our schedules, and why the car charges in it."""

    window: Window
    reason: ChargeReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """What is known beside a reading.

    Attributes:
        curve: What energy cost and costs.
        runs: When charging was planned, in order, without overlaps.
        power: Charging power at home, in kW.
        month: The present local month, such as 2026-11.
    """

    curve: CostCurve
    runs: Sequence[PlannedRun]
    power: float
    month: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Energy charged between two instants: counted, and counted by the car, in kWh."""

    start: datetime
    end: datetime
    energy: float
    added: float
    metered: bool = False
    estimated: bool = False


def after_step(counted: Counted, step: Step, prices: Prices) -> Counted:
    """Return what is counted with the energy of a step."""
    log, period = counted.log, counted.plugged_in
    if period is None:
        return counted
    parts = tuple(_parts(step, period, prices))
    first, currency = parts[0].start, prices.curve.currency
    if log.present is not None and (
        first - log.present.end >= IDLE
        or (
            None not in (currency, log.present.currency)
            and currency != log.present.currency
        )
    ):
        counted = after_end(counted, first, prices)
        log = counted.log
    present = log.present or _begun(log, period, parts[0], prices)
    present = replace(
        present,
        end=max(present.end, parts[-1].end),
        energy=present.energy + step.energy,
        added=present.added + step.added,
        metered=present.metered or step.metered,
        estimated=present.estimated or step.estimated,
        unpriced=(*present.unpriced, *(part for part in parts if part.energy > 0)),
    )
    period = replace(
        period,
        added=period.added + step.added,
        counted=period.counted + step.energy,
    )
    return replace(
        counted,
        plugged_in=period,
        log=replace(log, present=present, energy=(log.energy or 0.0) + step.energy),
    )


def _begun(
    log: ChargeLog, period: PlugInPeriod, part: ChargePart, prices: Prices
) -> Charge:
    """Return a charge that begins with a part."""
    free_from = period.since
    if log.finished and log.finished[-1].end > free_from:
        free_from = log.finished[-1].end
    reason = next(
        (
            run.reason
            for run in prices.runs
            if run.window.start < part.end and part.start < run.window.end
        ),
        ChargeReason.UNPLANNED,
    )
    return Charge(
        start=part.start,
        end=part.start,
        free_from=min(free_from, part.start),
        reason=reason,
    )


def _parts(step: Step, period: PlugInPeriod, prices: Prices) -> Iterator[ChargePart]:
    """Yield the energy of a step by the planned runs in it, else over all its time."""
    planned = [
        Window(
            start=max(run.window.start, step.start), end=min(run.window.end, step.end)
        )
        for run in prices.runs
        if run.window.start < step.end and step.start < run.window.end
    ]
    windows = planned or [Window(start=step.start, end=step.end)]
    total = sum(((each.end - each.start) / _HOUR for each in windows), 0.0)
    counted = period.counted
    for window in windows:
        energy = step.energy * ((window.end - window.start) / _HOUR) / total
        arrival_start, arrival_end = (
            period.since + timedelta(hours=kwh / prices.power)
            for kwh in (counted, counted + energy)
        )
        counted += energy
        yield ChargePart(
            start=window.start,
            end=window.end,
            energy=energy,
            arrival_start=arrival_start,
            arrival_end=arrival_end,
        )


def after_end(counted: Counted, at: datetime, prices: Prices) -> Counted:
    """Return what is counted with the present charge ended, if there is one."""
    counted = after_prices(counted, at, prices)
    if (present := counted.log.present) is None:
        return counted
    finished = (*counted.log.finished, present)[-MOST_KEPT:]
    log = replace(counted.log, present=None, finished=finished)
    return replace(counted, log=log)


def after_prices(counted: Counted, at: datetime, prices: Prices) -> Counted:
    """Return what is counted with the prices that are known by now."""
    log, savings = counted.log, counted.savings
    present, finished = log.present, list(log.finished)
    for index, charge in enumerate(finished):
        if charge.unpriced:
            charge, savings = with_prices(charge, savings, prices.curve, at)
            charge = with_cheapest(charge, prices.curve, charge.end, prices.power)
            finished[index] = _without_old(charge, at)
    if present is not None:
        present, savings = with_prices(present, savings, prices.curve, at)
        present = _without_old(present, at)
        if counted.plugged_in is not None:
            until = counted.plugged_in.seen_at
            present = with_cheapest(present, prices.curve, until, prices.power)
    log = replace(log, present=present, finished=tuple(finished))
    return replace(counted, savings=savings, log=log)


def _without_old(charge: Charge, at: datetime) -> Charge:
    """Return a charge without the parts whose price stays unknown."""
    left = tuple(part for part in charge.unpriced if at - part.end < PRICES_KEPT)
    return charge if left == charge.unpriced else replace(charge, unpriced=left)
