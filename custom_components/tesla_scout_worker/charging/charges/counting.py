"""Counts the energy that a car charges at home: reads and meter in, charges out. Pure.

A car reports energy in hundredths of a kWh, from 0 each time it is plugged in, and goes
on reporting it after it was unplugged (Tesla: ``charge_energy_added``). What it reports
is what the battery got; an energy meter before it counts losses as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..planning.model import Window
from ..tariffs.curve import CostCurve
from .charge import Charge, ChargePart, ChargeReason
from .count import (
    MOST_KEPT,
    ChargeLog,
    Counted,
    LastRead,
    MeterSample,
    PlugInPeriod,
    UnreadPeriod,
)
from .pricing import MonthSavings, with_cheapest, with_prices

_LEAST: Final = 0.005
_HOUR: Final = timedelta(hours=1)

# A charge ends when nothing was charged for this long: windows of a night are closer.
IDLE: Final = timedelta(hours=6)

# A price that is not known by then is not published any more.
PRICES_KEPT: Final = timedelta(days=4)

# More than any car charges at home (three phases of 32 A are 22 kW), in kW.
MOST_POWER: Final = 25.0

# A car may charge faster than it was measured to, and times are rounded.
_TOLERANCE: Final = 1.25
_SPARE: Final = 0.5

# A meter is read a while after the car. One that is further behind what the battery got
# does not count this car. In kWh.
_METER_LAG: Final = 1.0

# Some meters are read from their maker's cloud, once an hour.
METER_LATE: Final = _HOUR
METER_WAIT: Final = timedelta(minutes=15)

# The recorder of Home Assistant takes a smaller fall of a meter for no reset either.
_DIP: Final = 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A read of a car.

    Attributes:
        at: When it was read (UTC).
        at_home: Whether the car was at home.
        plugged_in: Whether it was plugged in; None: unknown.
        charging: Whether it charged.
        energy: Energy since it was plugged in last, in kWh; None: it was not reported.
        by_meter: Whether the energy meter counts what this car charges.
    """

    at: datetime
    at_home: bool
    plugged_in: bool | None
    charging: bool = False
    energy: float | None = None
    by_meter: bool = False


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
class _Step:
    """Energy charged between two instants: counted, and counted by the car, in kWh."""

    start: datetime
    end: datetime
    energy: float
    added: float
    metered: bool = False


def after_reading(before: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted after a read; a read that is not newer adds nothing."""
    counted = _in_month(before, reading.at, prices)
    last = counted.log.last
    if reading.at_home and reading.plugged_in is None:
        return _priced(counted, reading.at, prices)
    if last is None or reading.at > last.at:
        counted = _read(counted, reading, prices)
        log = replace(
            counted.log,
            last=_last_read(counted, reading),
            energy=counted.log.energy or 0.0,
        )
        counted = replace(counted, log=log)
    return _priced(counted, reading.at, prices)


def after_meter(before: Counted, sample: MeterSample, prices: Prices) -> Counted:
    """Return what is counted after a value of the energy meter.

    A car that is not plugged in at home does not charge there. A fall to less than nine
    tenths is a reset: the meter counts from zero.
    """
    counted = _in_month(before, sample.at, prices)
    log, period = counted.log, counted.plugged_in
    if period is None:
        return counted
    if (old := log.meter) is None:
        return replace(counted, log=replace(log, meter=sample))
    if sample.at <= old.at or old.energy * _DIP <= sample.energy < old.energy:
        return counted
    if sample.energy == old.energy:
        # What it shows next was charged since it last changed, if that was just now.
        waited = replace(old, at=max(old.at, sample.at - METER_WAIT))
        return replace(counted, log=replace(log, meter=waited))
    risen = sample.energy - (old.energy if sample.energy >= old.energy else 0.0)
    counted = replace(counted, log=replace(log, meter=sample))
    if risen > MOST_POWER * ((sample.at - old.at + METER_LATE) / _HOUR):
        # Another meter, or another unit.
        return counted
    energy, ahead = max(0.0, risen - log.ahead), max(0.0, log.ahead - risen)
    counted = replace(counted, log=replace(counted.log, ahead=ahead))
    step = _Step(start=old.at, end=sample.at, energy=energy, added=0, metered=True)
    return _priced(_charged(counted, step, prices), sample.at, prices)


def without_meter(counted: Counted) -> Counted:
    """Return what is counted without a meter: it does not count this car alone."""
    if counted.log.meter is None:
        return counted
    return replace(counted, log=replace(counted.log, meter=None, ahead=0.0))


def _in_month(counted: Counted, at: datetime, prices: Prices) -> Counted:
    """Return what is counted, with the sums of a month that begins, or of a currency.

    They begin at 0 as soon as prices have a currency: long-term statistics take the
    first value of a sum for its start.
    """
    savings, currency = counted.savings, prices.curve.currency
    if savings.month != prices.month:
        savings = MonthSavings(month=prices.month)
    if currency not in (None, savings.currency) and not savings.energy:
        savings = MonthSavings(month=prices.month, since=at, currency=currency)
    return replace(counted, savings=savings)


# Reads.


def _read(counted: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted after a new read."""
    if counted.log.unread is not None and reading.energy is not None:
        counted = _made_good(counted, counted.log.unread, reading, prices)
    period = counted.plugged_in
    if reading.plugged_in is False and reading.energy is None:
        unread = _unread(counted, reading)
        if unread is not None:
            log = replace(counted.log, unread=unread)
            return replace(counted, plugged_in=None, log=log)
    if not (reading.at_home and reading.plugged_in):
        if period is not None and reading.plugged_in is False:
            most = _late(period, reading, prices)
            counted = _by_car(counted, period, reading, prices, most)
        return _unplugged(counted, reading, prices)
    if reading.energy is None:
        if period is not None and reading.charging:
            period = replace(period, charging=True)
        return replace(counted, plugged_in=period)
    if period is None:
        return _plugged_in(counted, reading, prices)
    if reading.energy < period.energy - _LEAST:
        # Tesla counts anew: the cable was pulled and plugged in again.
        if counted.log.meter is None:
            closed = _unplugged(counted, reading, prices)
            return _plugged_in(closed, reading, prices)
        # The meter counted on.
        period = replace(period, energy=0.0)
    most = MOST_POWER * ((reading.at - period.seen_at) / _HOUR) + _SPARE
    return _idle(_by_car(counted, period, reading, prices, most), reading, prices)


def _unread(counted: Counted, reading: Reading) -> UnreadPeriod | None:
    """Return the period that ends by a report without energy; None: nothing is missing.

    A car goes on showing its energy after it was unplugged, so the next read tells it.
    """
    log, period = counted.log, counted.plugged_in
    if log.meter is not None:
        return None
    if period is not None:
        return UnreadPeriod(period=period, until=reading.at)
    last = log.last
    if last is None or last.cable_since is None or not last.charged_since:
        return None
    period = PlugInPeriod(
        since=last.cable_since, seen_at=last.cable_since, energy=0.0, charging=True
    )
    return UnreadPeriod(period=period, until=reading.at, before=last.energy or 0.0)


def _made_good(
    counted: Counted, unread: UnreadPeriod, reading: Reading, prices: Prices
) -> Counted:
    """Return what is counted with the energy of a period that ended unread.

    What a car shows that has charged since then is of another period.
    """
    last, energy = counted.log.last, reading.energy or 0.0
    since = last is not None and last.charged_since
    anew = bool(reading.plugged_in) and (
        reading.charging or since or not reading.at_home
    )
    before, period = unread.before, unread.period
    if anew or energy < period.energy - _LEAST:
        before = energy
    if last is not None:
        last = replace(last, energy=energy if not anew else last.energy)
    log = replace(counted.log, unread=None, last=last)
    counted = replace(counted, plugged_in=period, log=log)
    at_end = replace(reading, at=unread.until, charging=False)
    if before is None or abs(energy - before) >= _LEAST:
        most = _late(period, at_end, prices)
        counted = _by_car(counted, period, at_end, prices, most)
    return _unplugged(counted, at_end, prices)


def _last_read(counted: Counted, reading: Reading) -> LastRead:
    """Return what is kept of a new read; one without energy hides no earlier one."""
    if reading.energy is not None:
        return LastRead(at=reading.at, at_home=reading.at_home, energy=reading.energy)
    last = counted.log.last
    energy = None if last is None else last.energy
    since, charged = None, False
    if reading.at_home and reading.plugged_in and counted.plugged_in is None:
        since, charged = reading.at, reading.charging
        if last is not None and last.cable_since is not None:
            since, charged = last.cable_since, charged or last.charged_since
    return LastRead(
        at=reading.at,
        at_home=reading.at_home,
        energy=energy,
        cable_since=since,
        charged_since=charged,
    )


def _plugged_in(counted: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted after the first read of a car that was plugged in.

    A read that comes late shows what was charged before it.
    """
    energy, since = reading.energy or 0.0, reading.at
    last = counted.log.last
    charged = _since_plug_in(last, reading, prices.power)
    if last is not None and last.cable_since is not None:
        since = last.cable_since
    elif last is not None and charged:
        since = max(last.at, reading.at - timedelta(hours=charged / prices.power))
    period = PlugInPeriod(
        since=since, seen_at=reading.at, energy=energy, charging=reading.charging
    )
    counted = replace(counted, plugged_in=period)
    if not charged or since >= reading.at:
        return counted
    step = _Step(start=since, end=reading.at, energy=charged, added=charged)
    return _charged(counted, step, prices)


def _since_plug_in(last: LastRead | None, reading: Reading, power: float) -> float:
    """Return the energy charged here before the first read, as far as is certain.

    The number stays that of an earlier charge until the car charges anew. Another
    number is of this plug-in if the car charges or charged here, or was read at home
    before.
    """
    energy = reading.energy
    if energy is None or last is None or last.energy is None:
        return 0.0
    here = last.at_home if last.cable_since is None else last.charged_since
    if abs(energy - last.energy) < _LEAST or not (reading.charging or here):
        return 0.0
    since = last.cable_since or last.at
    return energy if energy <= _most(power, reading.at - since) else 0.0


def _most(power: float, time: timedelta) -> float:
    """Return the most energy that a car charges in a time, in kWh."""
    return power * _TOLERANCE * (time / _HOUR) + _SPARE


def _late(period: PlugInPeriod, reading: Reading, prices: Prices) -> float:
    """Return what a car can have charged at home since a read, until it was unplugged.

    It charged then, or only as planned: more was charged elsewhere. In kWh.
    """
    if period.charging:
        return _most(prices.power, reading.at - period.seen_at)
    hours = sum(
        (run.window.end - max(run.window.start, period.seen_at)) / _HOUR
        for run in prices.runs
        if run.window.end > period.seen_at
    )
    return prices.power * _TOLERANCE * hours + _SPARE if hours else 0.0


def _by_car(
    counted: Counted,
    period: PlugInPeriod,
    reading: Reading,
    prices: Prices,
    most: float,
) -> Counted:
    """Return what is counted with the energy by the car since its last read.

    More than ``most`` (kWh) is not what was charged here.
    """
    energy, log = reading.energy, counted.log
    if energy is None:
        return counted
    after = replace(
        period, seen_at=reading.at, energy=energy, charging=reading.charging
    )
    delta = energy - period.energy
    most = min(most, MOST_POWER * ((reading.at - period.seen_at) / _HOUR) + _SPARE)
    if delta < _LEAST or delta > most:
        return replace(counted, plugged_in=after)
    metered = log.meter is not None
    uncounted = period.added + delta - period.counted
    least = _METER_LAG if metered and reading.by_meter else 0.0
    energy = uncounted if uncounted > least else 0.0
    if metered:
        log = replace(log, ahead=log.ahead + energy)
    step = _Step(start=period.seen_at, end=reading.at, energy=energy, added=delta)
    return _charged(replace(counted, plugged_in=after, log=log), step, prices)


def _unplugged(counted: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted after a car was unplugged."""
    closed = _closed(counted, reading.at, prices)
    log = replace(closed.log, meter=None, ahead=0.0)
    return replace(closed, plugged_in=None, log=log)


def _idle(counted: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted, without a present charge that ended long ago."""
    present = counted.log.present
    if present is None or reading.at - present.end < IDLE:
        return counted
    return _closed(counted, reading.at, prices)


# Charges.


def _charged(counted: Counted, step: _Step, prices: Prices) -> Counted:
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
        counted = _closed(counted, first, prices)
        log = counted.log
    present = log.present or _begun(log, period, parts[0], prices)
    present = replace(
        present,
        end=max(present.end, parts[-1].end),
        energy=present.energy + step.energy,
        added=present.added + step.added,
        metered=present.metered or step.metered,
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


def _parts(step: _Step, period: PlugInPeriod, prices: Prices) -> Iterator[ChargePart]:
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


def _closed(counted: Counted, at: datetime, prices: Prices) -> Counted:
    """Return what is counted with the present charge ended, if there is one."""
    counted = _priced(counted, at, prices)
    if (present := counted.log.present) is None:
        return counted
    finished = (*counted.log.finished, present)[-MOST_KEPT:]
    log = replace(counted.log, present=None, finished=finished)
    return replace(counted, log=log)


def _priced(counted: Counted, at: datetime, prices: Prices) -> Counted:
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
