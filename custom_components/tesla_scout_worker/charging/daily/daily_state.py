"""What a car should hold for off-peak charging, and what it is decided by. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Protocol

from ...gateways.models import Position
from ..in_car.difference import ManagedSchedule, ScheduleRole
from ..planning.model import Battery, ChargeGoal, PlanConstraints, Window
from ..tariffs.curve import CostCurve
from ..tariffs.tariff import PeakWindow
from .departures import Departures
from .night_plan import DAY, NightPlan, energy_and_cost


class PlanReadiness(StrEnum):
    """How complete the daily state is."""

    READY = "ready"
    PENDING = "pending"
    NO_PRICES = "no_prices"


class Reason(StrEnum):
    """Reasons of a daily state, in addition to those of the planner."""

    CHARGES_AT_ONCE = "charges_at_once"
    FLOOR = "floor"
    GUARD = "guard"
    LEVEL_UNKNOWN = "level_unknown"
    NO_DEPARTURE = "no_departure"
    NO_PRICES = "no_prices"
    PLAN_KEPT = "plan_kept"
    PRICES_AWAITED = "prices_awaited"
    SKIPPED = "skipped"
    TARGET_OF_DAY = "target_of_day"
    VACATION = "vacation"
    WEEKLY = "weekly"


class Prices(Protocol):
    """Prices of energy."""

    guesses: CostCurve

    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the cost curve between two instants."""

    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week and its start; None if weeks differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleFacts:
    """Facts about a car at home.

    Attributes:
        now: The present (UTC).
        level: State of charge in percent.
        limit: The car's charge limit in percent.
        plugged_in: Whether the cable is in.
        charging: Whether it charges.
        room: How many of our schedules fit beside the owner's; None: unknown.
        position: Position of home.
        car_zone: Time zone of the car, in which its schedules run.
        zone: Time zone of the user, in which tariffs and departures are given.
    """

    now: datetime
    level: float | None
    limit: int | None
    plugged_in: bool | None
    charging: bool | None
    room: int | None
    position: Position
    car_zone: tzinfo
    zone: tzinfo


@dataclass(frozen=True, kw_only=True, slots=True)
class OffPeakSettings:
    """The user's settings.

    Attributes:
        battery: Capacity and charging power.
        limits: Limits of a plan.
        leaving: Departures by weekday.
        guard: Whether a guard stops a car from charging before prices are known.
        peaks: Hours to avoid where no price can even be estimated.
    """

    battery: Battery
    limits: PlanConstraints
    leaving: Departures
    guard: bool
    peaks: tuple[PeakWindow, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DailyState:
    """What a car should hold for the daily plan.

    Attributes:
        schedules: The schedules, the most important first.
        plan: The plan by prices behind the schedules.
        readiness: How complete the state is.
        reasons: Reasons for the state.
        goal: The charge goal of the next departure; None: unknown.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    plan: NightPlan | None = None
    readiness: PlanReadiness
    reasons: tuple[str, ...] = ()
    goal: ChargeGoal | None = None

    def with_schedules(
        self, schedules: tuple[ManagedSchedule, ...], reason: str
    ) -> DailyState:
        """Return it with other schedules, and why they are so."""
        return replace(self, schedules=schedules, reasons=(*self.reasons, reason))

    @property
    def expected_saving(self) -> int | None:
        """By how many percent waiting for prices is expected to be cheaper."""
        share = None if self.plan is None else self.plan.cheaper
        return None if share is None else round(100 * share)

    def windows(self, facts: VehicleFacts) -> tuple[Window, ...]:
        """Return the windows until the departure, or within a day."""
        until = facts.now + DAY if self.goal is None else self.goal.ready_by
        runs = (
            run
            for schedule in self.schedules
            if schedule.kind is not ScheduleRole.GUARD
            for run in schedule.runs(facts.now, until, facts.car_zone)
        )
        return tuple(sorted(runs, key=lambda each_run: each_run.start))

    def energy_and_cost(
        self, facts: VehicleFacts, prices: Prices
    ) -> tuple[float, float | None]:
        """Return the planned energy in kWh, and its cost."""
        if self.goal is None:
            return 0.0, None
        curve = prices.curve(facts.now, max(self.goal.ready_by, facts.now + DAY))
        return energy_and_cost(self.goal, curve, self.windows(facts), facts.now)
