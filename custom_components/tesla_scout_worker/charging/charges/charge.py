"""The record of a charge at home. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

# Energy at an unknown price that is too little to leave the cost of a charge unknown.
_NEGLIGIBLE: Final = 0.02


class ChargeReason(StrEnum):
    """Why a car charged: what of ours ran when it began, or nothing of ours."""

    CHARGE_NOW = "charge_now"
    OFF_PEAK = "off_peak"
    SAFETY_FLOOR = "safety_floor"
    SPECIAL_CHARGING = "special_charging"
    UNPLANNED = "unplanned"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargePart:
    """Energy charged evenly between two instants.

    Attributes:
        start, end: When it was charged (UTC).
        energy: In kWh.
        arrival_start, arrival_end: When it would have been charged (UTC) if the car had
            charged as soon as it was plugged in.
    """

    start: datetime
    end: datetime
    energy: float
    arrival_start: datetime
    arrival_end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """A charge at home: energy, cost and reason.

    It ends with the cable, or when nothing was charged for six hours.

    Attributes:
        start, end: When energy first and last flowed, as far as is known (UTC).
        free_from: From when the car could have charged (UTC).
        energy: In kWh; by the energy meter if there is one, else by the car.
        added: Energy that the car counted, in kWh.
        metered: Whether the energy is by the energy meter.
        estimated: Whether it is estimated by the state of charge.
        priced: The part of the energy whose price is known, in kWh.
        cost: Cost of that part, in the currency.
        on_arrival: Its cost if the car had charged as soon as it was plugged in.
        cheapest: The least that the energy could have cost while the car was plugged in;
            None: unknown.
        currency: An ISO 4217 code; None: no price was known.
        reason: Why the car charged when it began.
        unpriced: Energy of which the price may still become known.
    """

    start: datetime
    end: datetime
    free_from: datetime
    energy: float = 0.0
    added: float = 0.0
    metered: bool = False
    estimated: bool = False
    priced: float = 0.0
    cost: float = 0.0
    on_arrival: float = 0.0
    cheapest: float | None = None
    currency: str | None = None
    reason: ChargeReason = ChargeReason.UNPLANNED
    unpriced: tuple[ChargePart, ...] = ()

    @property
    def known_cost(self) -> float | None:
        """The cost of all the energy; None: the price of some of it is unknown."""
        if self.currency is None or self.energy - self.priced > _NEGLIGIBLE:
            return None
        return self.cost

    @property
    def average_price(self) -> float | None:
        """The mean price of a kWh; None: the cost is unknown."""
        cost = self.known_cost
        return None if cost is None or not self.energy else cost / self.energy

    @property
    def losses(self) -> float | None:
        """Energy by the meter that the car did not count, in kWh; None: no meter."""
        return max(0.0, self.energy - self.added) if self.metered else None
