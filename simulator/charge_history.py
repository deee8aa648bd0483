"""The history of a car's charging: changes and intervals. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .car_rules import ChargeCause
from .schedules import ChargeSchedule


@dataclass(frozen=True, kw_only=True)
class ChargeChange:
    """A change of the cable, the limit, the schedules or the charging.

    Attributes:
        at: When, in UTC.
        kind: `began` (the first entry), `plugged_in`, `unplugged`, `limit_set`,
            `schedule_added`, `schedule_removed`, `charge_start`, `charge_stop`,
            `charging_started`, `charging_cause` (the charge goes on for another cause)
            or `charging_stopped`.
        detail: The new value, the source of the change, or the cause.
        level: State of charge in percent.
        plugged_in: Whether a cable is in after the change.
        limit: Charge limit after it, in percent.
        schedules: The schedules after it.
        cause: Why the car charges after the change; None if it does not.
    """

    at: datetime
    kind: str
    detail: str
    level: float
    plugged_in: bool
    limit: int
    schedules: tuple[ChargeSchedule, ...]
    cause: ChargeCause | None


@dataclass(frozen=True, kw_only=True)
class ChargeInterval:
    """A time during which a car charged for one cause.

    Attributes:
        start: In UTC.
        end: In UTC; None while it lasts.
        cause: Why.
    """

    start: datetime
    end: datetime | None
    cause: ChargeCause

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Return whether the car charged between two instants."""
        return self.start < end and (self.end is None or self.end > start)


def charge_intervals(changes: Iterable[ChargeChange]) -> list[ChargeInterval]:
    """Return when a car charged and why, in order.

    An interval of no length is kept: a real car may have charged for some seconds.
    """
    found: list[ChargeInterval] = []
    since: datetime | None = None
    cause: ChargeCause | None = None
    for change in changes:
        if change.cause is cause:
            continue
        if cause is not None and since is not None:
            found.append(ChargeInterval(start=since, end=change.at, cause=cause))
        since, cause = change.at, change.cause
    if cause is not None and since is not None:
        found.append(ChargeInterval(start=since, end=None, cause=cause))
    return found
