"""A charge goal, and the plan that meets it: plain data."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# Tesla's range of charge limits, in percent.
LEAST_LIMIT: Final = 50
MOST_LIMIT: Final = 100


class Strategy(StrEnum):
    """What a plan had to do to meet its deadline.

    OPTIMAL: the least cost, within the full buffer and without peak or unknown hours,
        and as late as equal costs allow.
    EARLIER: the same, but the last charging before the deadline less the buffer is
        not possible without peak or unknown hours, so all of it comes before them.
    MINIMAL_COLLISION: the buffer was shrunk, or peak or unknown hours are used, the
        least of them.
    FALLBACK: the target cannot be reached in time; charging goes from now on.
    """

    OPTIMAL = "optimal"
    EARLIER = "earlier"
    MINIMAL_COLLISION = "minimal_collision"
    FALLBACK = "fallback"


class PlanReason(StrEnum):
    """Why a plan is as it is.

    The time allowed is from the first minute until the deadline less the buffer, as far
    as that was not shrunk.

    ALREADY_THERE: the target is reached without charging.
    BUFFER_SHRUNK: less than the buffer is left before the deadline.
    CHEAPEST_HOURS: dearer hours of the time allowed were left out.
    LATEST_HOURS: earlier hours of the same cost as used ones were left out.
    NO_TIME_LEFT: no whole minute is left before the deadline.
    PEAK_AVOIDED, UNKNOWN_AVOIDED: there are such hours in the time allowed, and none of
        them is used.
    PEAK_USED, UNKNOWN_USED: without such hours the target would be missed.
    TARGET_SHORT: the target will not be reached by the deadline.
    WINDOWS_LIMITED: with more windows the plan would be cheaper, or keep more of the
        buffer, or more out of peak and unknown hours.
    """

    ALREADY_THERE = "already_there"
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
    """What a car takes: ``capacity`` in kWh, ``power`` in kW into the battery."""

    capacity: float
    power: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanConstraints:
    """Limits of a plan.

    Attributes:
        buffer: How long before the deadline charging should be over.
        least_buffer: What the buffer may shrink to before peak hours are used.
        least_block: The shortest window worth the switching.
        most_windows: How many windows there may be: the car's schedules are few.
        earliest: Nothing begins before (UTC); None: from now on.
    """

    buffer: timedelta = timedelta(minutes=60)
    least_buffer: timedelta = timedelta(minutes=30)
    least_block: timedelta = timedelta(minutes=15)
    most_windows: int = 3
    earliest: datetime | None = None

    def from_earliest(self, earliest: datetime) -> PlanConstraints:
        """Return the limits with a beginning (UTC)."""
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
    """When to charge, and what comes of it.

    Attributes:
        windows: In order, apart from each other; but the parts of one that is too long
            for the car's schedules (a day or more) touch.
        energy: Into the battery, in kWh.
        cost: In the curve's currency, or rank; None as far as a cost is unknown.
        expected_level: State of charge after the last window, in percent.
        expected_end: When that is (UTC); None if there is nothing to charge.
        margin: From ``expected_end`` to the deadline; None likewise.
        strategy: What the plan had to do.
        reasons: Why it is so, in the order of PlanReason.
        currency: That of the cost, an ISO 4217 code; None: the cost is a rank.
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
