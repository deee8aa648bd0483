"""A charge goal and its plan: plain data."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# Tesla's range of charge limits, in percent.
LEAST_LIMIT: Final = 50
MOST_LIMIT: Final = 100

# What a person may enter for a car: kWh of the full battery, and kW at home.
CAPACITY: Final = (10, 250)
POWER: Final = (1, 22)

# The highest safety floor: above it a car would charge at any price on most days.
MOST_FLOOR: Final = 50


class Strategy(StrEnum):
    """How a plan meets its deadline.

    OPTIMAL: the least cost, with the full buffer and without peak or unknown hours.
        Of equal costs, the latest hours.
    EARLIER: the same, but the last hours before the buffer are peak or unknown, so
        that charging ends before them.
    MINIMAL_COLLISION: the buffer is shrunk, or peak or unknown hours are used, as few
        as possible.
    FALLBACK: the target cannot be reached in time; charging starts now.
    """

    OPTIMAL = "optimal"
    EARLIER = "earlier"
    MINIMAL_COLLISION = "minimal_collision"
    FALLBACK = "fallback"


class PlanReason(StrEnum):
    """Why a plan has these windows.

    The time allowed is from the first minute to the start of the buffer.

    ALREADY_THERE: the target is reached without charging.
    AT_ONCE: a person asked for charging from now on.
    BUFFER_SHRUNK: less than the buffer is left before the deadline.
    CHEAPEST_HOURS: more expensive hours of the time allowed are not used.
    LATEST_HOURS: earlier hours of the same cost are not used.
    NO_TIME_LEFT: no whole minute is left before the deadline.
    PEAK_AVOIDED, UNKNOWN_AVOIDED: the time allowed has such hours, and none is used.
    PEAK_USED, UNKNOWN_USED: the target cannot be reached without such hours.
    TARGET_SHORT: the target will not be reached by the deadline.
    WINDOWS_LIMITED: with more windows the plan would be cheaper, keep more of the
        buffer, or use fewer peak and unknown hours.
    """

    ALREADY_THERE = "already_there"
    AT_ONCE = "at_once"
    BUFFER_SHRUNK = "buffer_shrunk"
    CHEAPEST_HOURS = "cheapest_hours"
    LATEST_HOURS = "latest_hours"
    NO_TIME_LEFT = "no_time_left"
    PEAK_AVOIDED = "peak_avoided"
    PEAK_USED = "peak_used"
    TARGET_SHORT = "target_short"
    UNKNOWN_AVOIDED = "unknown_avoided"
    UNKNOWN_USED = "unknown_used"
    WINDOWS_LIMITED = "windows_limited"


@dataclass(frozen=True, kw_only=True, slots=True)
class Battery:
    """A battery: ``capacity`` in kWh, charging ``power`` in kW into the battery."""

    capacity: float
    power: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanConstraints:
    """Limits of a plan.

    Attributes:
        buffer: Time between the end of charging and the deadline.
        least_buffer: The buffer shrinks to this before peak hours are used.
        least_block: The shortest window.
        most_windows: The most windows; a car holds few schedules.
        earliest: The earliest start (UTC); None: now.
    """

    buffer: timedelta = timedelta(minutes=60)
    least_buffer: timedelta = timedelta(minutes=30)
    least_block: timedelta = timedelta(minutes=15)
    most_windows: int = 3
    earliest: datetime | None = None

    def from_earliest(self, earliest: datetime) -> PlanConstraints:
        """Return the limits with an earliest start (UTC)."""
        return replace(self, earliest=earliest)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeGoal:
    """Charge from ``level`` to ``target`` (percent) by ``ready_by`` (UTC)."""

    level: float
    target: float
    ready_by: datetime
    battery: Battery
    limits: PlanConstraints


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Charging from ``start`` until just before ``end`` (UTC, whole minutes)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargePlan:
    """When to charge, and the result.

    Attributes:
        windows: In order, with gaps between them. Only the parts of a window that is too
            long for a schedule (a day or more) touch.
        energy: Energy into the battery, in kWh.
        cost: In the currency of the curve, or as a rank; None: unknown.
        expected_level: State of charge after the last window, in percent.
        expected_end: The end of the last window (UTC); None: nothing to charge.
        margin: From ``expected_end`` to the deadline; None: nothing to charge.
        strategy: How the plan meets its deadline.
        reasons: Why it has these windows, in the order of PlanReason.
        currency: The currency of the cost, an ISO 4217 code; None: the cost is a rank.
    """

    windows: tuple[Window, ...]
    energy: float
    cost: float | None
    expected_level: float
    expected_end: datetime | None
    margin: timedelta | None
    strategy: Strategy
    reasons: tuple[PlanReason, ...]
    currency: str | None = None
