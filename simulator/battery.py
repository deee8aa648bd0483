"""The battery: taper, and how its level moves while resting, charging or driving. Pure.

Each level is a closed form of the time since the flow began, so the result does not
depend on how often it is computed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from typing import Protocol, override

# Where the charging power begins to fall, in percent, and the share of it that is left
# at 100 %: an approximation of the taper that owners see, not a measured curve.
TAPER_FROM = 80.0
TAPER_LEAST = 0.2

_TAPER_SLOPE = (1 - TAPER_LEAST) / (100 - TAPER_FROM)


def power_kw(level: float, charger_kw: float) -> float:
    """Return the power into the battery in kW.

    It is the charger's up to 80 %, then falls linearly to a fifth of it at 100 %.

    Args:
        level: State of charge in percent, 0 to 100.
        charger_kw: The charger's power before the taper.
    """
    return charger_kw * (1 - _TAPER_SLOPE * max(0.0, level - TAPER_FROM))


def hours_to_charge(
    level: float, to: float, charger_kw: float, capacity_kwh: float
) -> float:
    """Return the hours that charging takes, 0 if there is nothing to charge.

    Args:
        level: State of charge at first, in percent.
        to: State of charge at last, in percent, up to 100.
        charger_kw: The charger's power before the taper.
        capacity_kwh: Energy of the full battery.
    """
    if to <= level:
        return 0.0
    percent_an_hour = 100 * charger_kw / capacity_kwh
    flat = max(0.0, min(to, TAPER_FROM) - level)
    first, last = (power_kw(each, 1.0) for each in (level, to))
    # Above the knee the rate falls with the level itself, so the level nears its end
    # exponentially, and the time is a logarithm.
    return (flat + log(first / last) / _TAPER_SLOPE) / percent_an_hour


def level_after(
    level: float, hours: float, charger_kw: float, capacity_kwh: float
) -> float:
    """Return the state of charge after charging for some hours, in percent, up to 100.

    The reverse of `hours_to_charge`, with the same arguments.
    """
    if hours <= 0:
        return level
    percent_an_hour = 100 * charger_kw / capacity_kwh
    flat = min(hours, max(0.0, TAPER_FROM - level) / percent_an_hour)
    level += flat * percent_an_hour
    if hours <= flat:
        return level
    left = power_kw(level, 1.0) * exp(-_TAPER_SLOPE * percent_an_hour * (hours - flat))
    return min(100.0, TAPER_FROM + (1 - left) / _TAPER_SLOPE)


class Flow(Protocol):
    """How the level changes from some instant on."""

    def level_at(self, at: datetime) -> float:
        """Return the state of charge in percent at an instant."""


@dataclass(frozen=True, kw_only=True)
class Resting(Flow):
    """The level stays."""

    level: float

    @override
    def level_at(self, at: datetime) -> float:
        """Return the level."""
        return self.level


@dataclass(frozen=True, kw_only=True)
class Charging(Flow):
    """Charging from `level` at `since` to the charge limit, with taper."""

    since: datetime
    level: float
    limit: float
    charger_kw: float
    capacity_kwh: float

    @property
    def until(self) -> datetime:
        """When the charge limit is reached."""
        return self.since + timedelta(
            hours=hours_to_charge(
                self.level, self.limit, self.charger_kw, self.capacity_kwh
            )
        )

    @override
    def level_at(self, at: datetime) -> float:
        """Return the level, at most the limit."""
        if at >= self.until:
            return self.limit
        hours = (at - self.since) / timedelta(hours=1)
        level = level_after(self.level, hours, self.charger_kw, self.capacity_kwh)
        return min(self.limit, level)

    def energy_kwh_at(self, at: datetime) -> float:
        """Return the energy charged so far in kWh."""
        return (self.level_at(at) - self.level) * self.capacity_kwh / 100


@dataclass(frozen=True, kw_only=True)
class Draining(Flow):
    """Driving: `percent` is drawn evenly from `since` to `until`, down to 0 at most."""

    since: datetime
    until: datetime
    level: float
    percent: float

    @override
    def level_at(self, at: datetime) -> float:
        """Return the level, at least 0."""
        length = self.until - self.since
        share = (at - self.since) / length if length > timedelta(0) else 1.0
        return max(0.0, self.level - self.percent * min(1.0, share))
