"""Learns how much energy a full battery holds, from what charges added. Pure.

A car reports whole percents, and the energy that its battery got (Tesla:
``charge_energy_added``), without the losses on the way to it. Over twenty percent the
rounding is an error of five percent at most; the median of several charges has less, and
is not moved by one that went wrong.
"""

from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from ..planning.model import CAPACITY

# In percent: over less than that the rounding weighs too much.
LEAST_RISE: Final = 20.0

# How many charges are kept, and how many it takes.
KEPT: Final = 7
LEAST_CHARGES: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargedLevel:
    """A state of charge in percent, and the energy that was added by then, in kWh."""

    level: float
    energy: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CapacityLog:
    """What charges showed of the capacity of a battery.

    Attributes:
        began: The first read of the charge that runs; None: none does.
        present: What that charge shows so far, in kWh; None: too little was charged.
        found: What the last charges showed, in kWh, in order.
    """

    began: ChargedLevel | None = None
    present: float | None = None
    found: tuple[float, ...] = ()

    @property
    def learnt(self) -> float | None:
        """The capacity in kWh; None: it is not known yet."""
        if len(self.found) < LEAST_CHARGES:
            return None
        return round(median(self.found), 1)

    def after(
        self, level: float | None, energy: float | None, *, charging: bool
    ) -> CapacityLog:
        """Return it after a read of a car at home.

        Args:
            level: State of charge in percent; None: unknown.
            energy: What was added since the car was plugged in, in kWh; None: unknown.
            charging: Whether it charged. The first read without that ends a charge.
        """
        if level is None or energy is None:
            return self if charging else self.ended()
        read = ChargedLevel(level=level, energy=energy)
        began = self.began
        if began is not None and (energy < began.energy or level < began.level):
            # It was plugged in anew, or used more than it got: no charge to learn from.
            return replace(self.ended(), began=read if charging else None)
        if began is None:
            return replace(self, began=read) if charging else self
        rise, present = level - began.level, self.present
        if rise >= LEAST_RISE:
            capacity = (energy - began.energy) / rise * 100
            least, most = CAPACITY
            present = capacity if least <= capacity <= most else None
        known = replace(self, present=present)
        return known if charging else known.ended()

    def ended(self) -> CapacityLog:
        """Return it after the end of the charge that runs."""
        found = self.found if self.present is None else (*self.found, self.present)
        return CapacityLog(found=found[-KEPT:])
