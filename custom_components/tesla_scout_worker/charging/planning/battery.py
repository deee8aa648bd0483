"""How long a battery takes, and how full it gets: constant power, then the taper."""

from dataclasses import replace
from math import ceil, exp, inf, log
from typing import Final

from .model import Battery

# Every car's power falls near the end. Owners' curves differ; a straight line from
# full power at 80 % to a fifth at 100 % is a cautious estimate for all of them.
KNEE: Final = 80.0
FULL: Final = 100.0
LEAST_SHARE: Final = 0.2

# Tesla rounds the charging power to whole kilowatts.
POWER_ROUNDING: Final = 1.0

# Charger and cable take a part of the charging power: owners' meters and cars differ by 5
# to 15 % (docs/charges.md).
MOST_LOSS: Final = 0.15

# Less energy, in kWh, is too little to measure power by: some cars tell tenths.
LEAST_ENERGY: Final = 3.0

# The share by which two measured powers differ by chance.
_SAME_POWER: Final = 0.03

# In kW: minimum power of a charging car, since Tesla may round it down to 0.
LEAST_POWER: Final = 0.5

# More minutes than any deadline leaves; a charger without power never gets there.
_NEVER: Final = 10_000_000

# How much of the power each percent above the knee takes away.
_FALL: Final = (1 - LEAST_SHARE) / (FULL - KNEE)


def hours_to_charge(battery: Battery, level: float, target: float) -> float:
    """Return the hours from ``level`` to ``target`` (percent, 100 at most).

    It is 0 where nothing is to be charged and infinite where nothing can be.
    """
    if target <= level:
        return 0.0
    if battery.power <= 0:
        return inf
    flat = max(0.0, min(target, KNEE) - level)
    # Above the knee each percent takes the reciprocal of a falling line, and the
    # integral of that is a logarithm.
    curved = log(_share(level) / _share(target)) / _FALL
    return (flat + curved) / _percent_per_hour(battery)


def minutes_to_charge(battery: Battery, level: float, target: float) -> int:
    """Return the whole minutes that `hours_to_charge` takes, rounded up."""
    # A rounding error of the logarithm is not worth another minute.
    return ceil(round(min(hours_to_charge(battery, level, target) * 60, _NEVER), 6))


def level_after(battery: Battery, level: float, hours: float) -> float:
    """Return the level in percent after ``hours`` of charging, 100 at most.

    The inverse of `hours_to_charge`.
    """
    if hours <= 0 or battery.power <= 0:
        return level
    return min(FULL, _risen(level, hours * _percent_per_hour(battery)))


def energies(battery: Battery, level: float, minutes: int) -> list[float]:
    """Return the kWh of the first k minutes of charging from a level, at index k.

    The last minute counts as a whole one, though the battery may be full within it.
    """
    pace, unit = _percent_per_hour(battery) / 60, battery.capacity / 100
    return [(_risen(level, done * pace) - level) * unit for done in range(minutes + 1)]


def power_at(battery: Battery, level: float) -> float:
    """Return the power in kW that the battery takes at a level in percent."""
    return battery.power * _share(level)


def measured(battery: Battery, level: float, power: float) -> Battery:
    """Return the battery with the charging power (kW) that a car at a level shows.

    That is the charger's, before its losses. It is the same battery while the difference
    is within Tesla's rounding, or is such a loss.
    """
    usual = power_at(battery, level)
    least = power * (1 - MOST_LOSS) - POWER_ROUNDING
    if least <= usual <= power + POWER_ROUNDING:
        return battery
    return replace(battery, power=battery.power * max(power, LEAST_POWER) / usual)


def measured_by_energy(
    battery: Battery, level: float, power: float, energy: float, hours: float
) -> Battery | None:
    """Return the battery with the power (kW) that reached it; None: it is not known.

    Args:
        battery: Capacity, and the power as it is planned with.
        level: The level in percent at the end.
        power: The charging power in kW that the car shows: it has no losses yet.
        energy: The energy in kWh that the battery got.
        hours: In which time; a pause within it is noticed by the power.
    """
    if level > KNEE or energy < LEAST_ENERGY or hours <= 0:
        return None
    found, rounding = energy / hours, POWER_ROUNDING / 2
    if not (power - rounding) * (1 - MOST_LOSS) <= found <= power + rounding:
        return None
    same = abs(found - battery.power) <= battery.power * _SAME_POWER
    return battery if same else replace(battery, power=found)


def _risen(level: float, percent: float) -> float:
    """Return the level once so much was charged as raises it by that below the knee."""
    to_knee = max(0.0, KNEE - level)
    if percent <= to_knee:
        return level + percent
    share = _share(level) * exp(-_FALL * (percent - to_knee))
    return KNEE + (1 - share) / _FALL


def _share(level: float) -> float:
    """Return the share of the full power that the battery takes at a level."""
    return 1 - _FALL * max(0.0, min(level, FULL) - KNEE)


def _percent_per_hour(battery: Battery) -> float:
    """Return how fast the level rises below the knee."""
    return 100 * battery.power / battery.capacity
