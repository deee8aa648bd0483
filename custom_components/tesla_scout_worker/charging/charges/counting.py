"""Counts the energy that a car charges at home: reads and meter in, charges out. Pure.

A car reports energy in hundredths of a kWh, from 0 each time it is plugged in, and goes
on reporting it after it was unplugged (Tesla: ``charge_energy_added``). What it reports
is what the battery got; an energy meter before it counts losses as well.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import Final

from .charge_steps import IDLE, Prices, Step, after_end, after_prices, after_step
from .count import Counted, LastRead, MeterSample, PlugInPeriod, UnreadPeriod
from .pricing import MonthSavings

_LEAST: Final = 0.005
_HOUR: Final = timedelta(hours=1)

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
        content: Energy in the battery by its state of charge, in kWh, of a car that
            reports none; None: it is not to be estimated.
    """

    at: datetime
    at_home: bool
    plugged_in: bool | None
    charging: bool = False
    energy: float | None = None
    by_meter: bool = False
    content: float | None = None


def after_reading(before: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted after a read; a read that is not newer adds nothing."""
    counted = _in_month(before, reading.at, prices)
    last = counted.log.last
    if reading.at_home and reading.plugged_in is None:
        return after_prices(counted, reading.at, prices)
    if last is None or reading.at > last.at:
        counted = _read(counted, reading, prices)
        log = replace(
            counted.log,
            last=_last_read(counted, reading),
            energy=counted.log.energy or 0.0,
        )
        counted = replace(counted, log=log)
    return after_prices(counted, reading.at, prices)


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
    step = Step(start=old.at, end=sample.at, energy=energy, added=0, metered=True)
    return after_prices(after_step(counted, step, prices), sample.at, prices)


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
    if reading.content is not None and counted.log.meter is None:
        return _by_content(counted, reading, reading.content, prices)
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


def _by_content(
    counted: Counted, reading: Reading, content: float, prices: Prices
) -> Counted:
    """Return what is counted by the energy in the battery, which is an estimate.

    Only a car that charges gains energy: otherwise its level is rounded to another
    percent. While it charges, a lower level is one that is rounded, too.
    """
    period, here = counted.plugged_in, reading.at_home and reading.plugged_in
    if period is not None:
        charged = reading.charging or period.charging
        energy = max(content, period.energy) if charged else content
        by_level = replace(reading, energy=energy)
        if charged:
            counted = _by_car(counted, period, by_level, prices, inf)
        else:
            period = replace(period, seen_at=reading.at, energy=energy)
            counted = replace(counted, plugged_in=period)
        if here:
            return _idle(counted, reading, prices)
    if not here:
        return _unplugged(counted, reading, prices)
    period = PlugInPeriod(
        since=reading.at,
        seen_at=reading.at,
        energy=content,
        charging=reading.charging,
    )
    return replace(counted, plugged_in=period)


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
    step = Step(start=since, end=reading.at, energy=charged, added=charged)
    return after_step(counted, step, prices)


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
    step = Step(
        start=period.seen_at,
        end=reading.at,
        energy=energy,
        added=delta,
        estimated=reading.content is not None,
    )
    return after_step(replace(counted, plugged_in=after, log=log), step, prices)


def _unplugged(counted: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted after a car was unplugged."""
    closed = after_end(counted, reading.at, prices)
    log = replace(closed.log, meter=None, ahead=0.0)
    return replace(closed, plugged_in=None, log=log)


def _idle(counted: Counted, reading: Reading, prices: Prices) -> Counted:
    """Return what is counted, without a present charge that ended long ago."""
    present = counted.log.present
    if present is None or reading.at - present.end < IDLE:
        return counted
    return after_end(counted, reading.at, prices)
