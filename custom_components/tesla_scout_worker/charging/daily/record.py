"""The stored part of a car's daily plan. Pure."""

from dataclasses import dataclass, field
from datetime import time
from typing import Protocol

from ..in_car.delivery_state import DeliveryState
from ..in_car.difference import ManagedSchedule
from .night_plan import NightPlan
from .overrides import Overrides


@dataclass(frozen=True, kw_only=True, slots=True)
class DailySettings:
    """The user's settings for the daily plan of a car.

    Attributes:
        sync: Whether the car is kept in sync with the plan.
        shadow: Shadow mode: plan and compare, send nothing. On until the user has seen
            the first plan and turns it off.
        target: Target in percent; None: the car's own limit.
        floor: Safety floor in percent: below it the car charges at once, at any price.
        departure: The usual departure, in the user's local time.
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
