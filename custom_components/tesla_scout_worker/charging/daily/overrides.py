"""What a person says about the coming days: skip, another target, a vacation. Pure.

An override changes the daily plan until it ends. It never touches the safety floor, and
a session is above it: the daily plan waits for that.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ..tariffs.wall_clock import first_instant
from .departures import Departures, next_departure

# Nothing is said for longer: a clock or a finger that is wrong is seen at once.
LONGEST_SKIP: Final = timedelta(days=7)
LATEST_END: Final = timedelta(days=366)


class OverrideKind(StrEnum):
    """The kinds of overrides of the daily plan, by priority."""

    SKIP = "skip"
    TARGET = "target"
    VACATION = "vacation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """One override; ``since`` and ``until`` are in UTC.

    Attributes:
        kind: What it does.
        since: When it begins. Of a target, the start of its day.
        until: When it ends by itself. Of a target, the end of its day.
        target: Target or level to hold, in percent; None: of a skip.
        cancelled: The ids of the sessions that a skip cancelled, as was confirmed.
    """

    kind: OverrideKind
    since: datetime
    until: datetime
    target: int | None = None
    cancelled: tuple[str, ...] = ()

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended."""
        return self.until <= now

    def runs(self, now: datetime) -> bool:
        """Whether it holds at an instant."""
        return self.since <= now < self.until


type Overrides = tuple[Override, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """What the overrides make of the daily plan at an instant.

    Attributes:
        not_before: Nothing is planned before this instant (UTC); None: from now on.
        target: Target in percent, at most the car's limit; None: the usual one.
        until: When the last of them ends (UTC); None: none is in force.
        kinds: Those in force, by priority.
    """

    not_before: datetime | None = None
    target: int | None = None
    until: datetime | None = None
    kinds: tuple[OverrideKind, ...] = ()

    @property
    def any(self) -> bool:
        """Whether any override is in force."""
        return bool(self.kinds)


def in_force(
    overrides: Overrides, leaving: Departures, now: datetime, zone: tzinfo
) -> InForce:
    """Return what the overrides make of the daily plan.

    A target of a day is for the departure of that day. While it is the next one, the
    target is in force, and a vacation in which it lies is not.

    Args:
        overrides: All of a car.
        leaving: Departures by weekday.
        now: The present (UTC).
        zone: The user's time zone.
    """
    skips = [item for item in overrides if _is(item, OverrideKind.SKIP, now)]
    not_before = max((item.until for item in skips), default=None)
    departure = next_departure(leaving, not_before or now, zone)
    days = [
        item
        for item in overrides
        if item.kind is OverrideKind.TARGET
        and departure is not None
        and item.since <= departure < item.until
    ]
    vacations = [item for item in overrides if _is(item, OverrideKind.VACATION, now)]
    # The last one that was said counts.
    targets = (days or vacations)[-1:]
    found = [*skips, *targets]
    return InForce(
        not_before=not_before,
        target=targets[0].target if targets else None,
        until=max((item.until for item in found), default=None),
        kinds=tuple(
            sorted({item.kind for item in found}, key=list(OverrideKind).index)
        ),
    )


def _is(override: Override, kind: OverrideKind, now: datetime) -> bool:
    """Whether an override is of a kind, and runs."""
    return override.kind is kind and override.runs(now)


def without_ended(overrides: Overrides, now: datetime) -> Overrides:
    """Return the overrides that have not ended."""
    return tuple(item for item in overrides if not item.is_over(now))


def with_override(overrides: Overrides, new: Override) -> Overrides:
    """Return the overrides with a new one, instead of what it replaces.

    There is one skip and one vacation, and one target for each day.
    """
    kept = tuple(
        item
        for item in overrides
        if item.kind is not new.kind
        or (new.kind is OverrideKind.TARGET and item.since != new.since)
    )
    return (*kept, new)


def edges(overrides: Overrides, now: datetime) -> tuple[datetime, ...]:
    """Return the instants ahead at which an override begins or ends (UTC)."""
    instants = (at for item in overrides for at in (item.since, item.until))
    return tuple(at for at in instants if at > now)


def is_believed(override: Override) -> bool:
    """Whether a stored override has values that can be set."""
    target = override.target
    skips = override.kind is OverrideKind.SKIP
    return override.since < override.until and (
        skips if target is None else 0 < target <= 100
    )


def day_begins(day: date, zone: tzinfo) -> datetime:
    """Return the first instant of a day in the user's zone."""
    return first_instant(datetime.combine(day, time()), zone)


def day_target(day: date, target: int, zone: tzinfo) -> Override:
    """Return the target (percent) for the departure of a day in the user's zone."""
    return Override(
        kind=OverrideKind.TARGET,
        since=day_begins(day, zone),
        until=day_begins(day + timedelta(days=1), zone),
        target=target,
    )


def skip_end(leaving: Departures, now: datetime, zone: tzinfo) -> datetime:
    """Return when a skip ends that names no time: the next departure, or in a day."""
    return next_departure(leaving, now, zone) or now + timedelta(days=1)
