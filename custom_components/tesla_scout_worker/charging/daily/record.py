"""The stored part of a car's daily plan. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Protocol

from ..in_car.delivery_state import DeliveryState
from ..in_car.difference import ManagedSchedule
from ..planning.model import Battery
from .departures import Departures, departures
from .night_plan import NightPlan
from .overrides import Overrides


@dataclass(frozen=True, kw_only=True, slots=True)
class DayDeparture:
    """The departure of a weekday, Monday is 0; None: the car does not leave."""

    day: int
    at: time | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DailySettings:
    """What the user set for a car.

    Attributes:
        sync: Whether the car is kept in sync with the plan.
        shadow: Shadow mode: plan and compare, send nothing. On until the user has seen
            the first plan and turns it off.
        target: Target in percent; None: the car's own limit.
        floor: Safety floor in percent: below it the car charges at once, at any price.
        departure: The usual departure, in the user's local time.
        capacity: Energy that the full battery holds, in kWh; None: as in the options of
            an account that was set up before cars had a capacity of their own.
        power: Charging power at home in kW, until it is measured; None: likewise.
        exceptions: The weekdays with another departure; None: likewise.
        budget_share: The share of the monthly budget that the car's reads may spend, in
            percent. Sessions are not bound by it.
    """

    sync: bool = True
    shadow: bool = True
    target: int | None = None
    floor: int = 20
    departure: time = time(7)
    capacity: float | None = None
    power: float | None = None
    exceptions: tuple[DayDeparture, ...] | None = None
    budget_share: int = 100

    def battery(self, account: Battery, measured: float | None) -> Battery:
        """Return the battery of the car.

        Args:
            account: What holds for cars without values of their own.
            measured: The charging power that was measured, in kW, if it was.
        """
        return Battery(
            capacity=self.capacity or account.capacity,
            power=measured or self.power or account.power,
        )

    def leaving(self, account: Mapping[int, time | None]) -> Departures:
        """Return the departure of each weekday, Monday first; None where there is none.

        ``account`` has the exceptions of cars that have none of their own.
        """
        if self.exceptions is None:
            return departures(self.departure, account)
        return departures(
            self.departure, {item.day: item.at for item in self.exceptions}
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncState:
    """How far the car holds the daily plan.

    Attributes:
        schedules: Schedules in the car, or about to be sent.
        plan: The plan by prices that is in the car.
        confirmed: Whether a read confirmed the schedules.
        saved: Number of sync cycles with a new plan that needed no command.
        delivery: The delivery state.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    plan: NightPlan | None = None
    confirmed: bool = False
    saved: int = 0
    delivery: DeliveryState = field(default_factory=DeliveryState)


class DailyRecord(Protocol):
    """A record with the daily plan of a car, among other fields."""

    @property
    def settings(self) -> DailySettings:
        """What the user set."""

    @property
    def sync(self) -> SyncState:
        """How far the car holds the plan."""

    @property
    def overrides(self) -> Overrides:
        """What a person said about the coming days."""
