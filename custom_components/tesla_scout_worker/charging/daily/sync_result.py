"""Triggers of a sync cycle, and its result for the daily plan. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from ...gateways.models import ChargeSchedule
from ..in_car.difference import ScheduleDiff
from ..planning.model import Window
from .daily_state import DailyState, PlanReadiness, VehicleFacts


class PlanStatus(StrEnum):
    """Status of the daily plan of a car."""

    IN_CAR = "in_car"
    PENDING = "pending"
    SHADOW = "shadow"
    BLOCKED = "blocked"
    NO_PRICES = "no_prices"
    NOT_HOME = "not_home"
    FAILED = "failed"


class SyncTrigger(StrEnum):
    """What triggers a sync cycle, in ascending priority."""

    SCOUTED = "scouted"
    TIMER = "timer"
    STARTED = "started"
    DAILY_CHECK = "daily_check"
    DAY_TURN = "day_turn"
    NEW_PRICES = "new_prices"
    SESSION_OVER = "session_over"
    SETTINGS = "settings"
    ARRIVED = "arrived_home"
    READY = "ready_to_charge"
    ACTION = "action"


# These triggers make a new plan by prices, unless a window of the plan is running.
PLANNING: Final = frozenset(SyncTrigger) - {
    SyncTrigger.SCOUTED,
    SyncTrigger.TIMER,
    SyncTrigger.DAILY_CHECK,
}

# These make a new plan even during a window, because the goal changed.
DECIDED: Final = frozenset(
    {
        *(SyncTrigger.SESSION_OVER, SyncTrigger.SETTINGS, SyncTrigger.ARRIVED),
        *(SyncTrigger.READY, SyncTrigger.ACTION),
    }
)

# A person may have solved the problem: skip the pause.
MANUAL: Final = frozenset({SyncTrigger.ACTION, SyncTrigger.STARTED})

# After these triggers unsent sessions are planned again with the present prices.
REPRICED: Final = frozenset({SyncTrigger.NEW_PRICES, SyncTrigger.DAILY_CHECK})


def higher_priority(first: SyncTrigger, second: SyncTrigger) -> SyncTrigger:
    """Return the trigger of the higher priority."""
    return max(first, second, key=tuple(SyncTrigger).index)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cycle:
    """How a cycle went.

    Attributes:
        status: How the daily plan stands; None while sync is off.
        trigger: What triggered the cycle.
        skipped: Why nothing was sent, if so: a translation key.
        sent: Whether anything was sent.
        again_at: When the next cycle comes by itself (UTC).
    """

    status: PlanStatus | None = None
    trigger: SyncTrigger = SyncTrigger.STARTED
    skipped: str | None = None
    sent: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped(_Cycle):
    """A cycle without a daily plan."""

    windows: ClassVar[tuple[Window, ...]] = ()
    energy: ClassVar[float | None] = None
    cost: ClassVar[float | None] = None
    currency: ClassVar[str | None] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned(_Cycle):
    """A cycle with a daily plan.

    Attributes:
        state: What the car should hold.
        facts: What was known of the car.
        change: What makes it hold that.
        found: The schedules that it holds; None: it did not say.
        foreign: Those of others that charge outside of the plan.
        energy: What is planned until it leaves, in kWh.
        cost: What that costs, in ``currency``; None: unknown.
        currency: An ISO 4217 code.
    """

    state: DailyState
    facts: VehicleFacts
    change: ScheduleDiff = field(default_factory=ScheduleDiff)
    found: tuple[ChargeSchedule, ...] | None = None
    foreign: tuple[ChargeSchedule, ...] = ()
    energy: float | None = None
    cost: float | None = None
    currency: str | None = None

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows until the departure."""
        return self.state.windows(self.facts)


type SyncResult = Skipped | Planned


def status_of(state: DailyState, *, shadow: bool) -> PlanStatus:
    """Return the plan status of a car that holds the state."""
    if shadow:
        return PlanStatus.SHADOW
    return {
        PlanReadiness.READY: PlanStatus.IN_CAR,
        PlanReadiness.NO_PRICES: PlanStatus.NO_PRICES,
        PlanReadiness.PENDING: PlanStatus.PENDING,
    }[state.readiness]
