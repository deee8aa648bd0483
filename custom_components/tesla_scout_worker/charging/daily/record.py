"""What is kept of a car's daily plan over restarts. Pure."""

from dataclasses import dataclass, field
from datetime import time
from typing import Protocol

from ..in_car.delivery_state import DeliveryState
from ..in_car.difference import ManagedSchedule
from .night_plan import NightPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class DailySettings:
    """What the user set for the daily plan of a car.

    Attributes:
        sync: Whether the schedules in the car are kept right.
        shadow: Whether everything is done but to send. The first plan is only shown;
            the user turns this off once it was seen.
        target: State of charge in percent to plan for; None: the car's own limit.
        floor: Below this percentage the car charges now, whatever the price.
        departure: When it usually leaves, on the user's wall clock.
    """

    sync: bool = True
    shadow: bool = True
    target: int | None = None
    floor: int = 20
    departure: time = time(7)


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncState:
    """How far the car holds the daily plan.

    Attributes:
        schedules: What is in the car, or was about to be.
        plan: The plan by prices that is in the car.
        confirmed: Whether the car was read back, and holds the schedules.
        saved: How many sync cycles with a new plan needed no command.
        delivery: How sending goes.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    plan: NightPlan | None = None
    confirmed: bool = False
    saved: int = 0
    delivery: DeliveryState = field(default_factory=DeliveryState)


class DailyRecord(Protocol):
    """A record that holds the daily plan of a car, whatever else it holds."""

    @property
    def settings(self) -> DailySettings:
        """What the user set."""

    @property
    def sync(self) -> SyncState:
        """How far the car holds the plan."""
