"""What a cycle asks of the schedules that it sent, or is about to send. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import Final

from ...gateways.models import VehicleSnapshot
from ..in_car.difference import ManagedSchedule, ScheduleDiff, ScheduleRole
from ..planning.battery import level_after
from ..planning.model import Battery, Window
from .night_plan import OffPeakRecord

# A look so old is still what the car holds; after that it is looked at before sending.
FRESH: Final = timedelta(seconds=60)

# A car that was told a running window, or is plugged in within one, starts by itself
# within a minute or two.
STARTS_WITHIN: Final = timedelta(minutes=3)

# A car that did not wake is not woken for hours, however its plan moves on with time.
WAKES_APART: Final = timedelta(hours=6)


def plan_runs(record: OffPeakRecord, now: datetime) -> bool:
    """Whether a window of the plan by prices is running."""
    return record.night is not None and any(
        one.start <= now < one.end for one in record.night.windows
    )


def level_by_now(
    record: OffPeakRecord,
    snapshot: VehicleSnapshot,
    battery: Battery,
    now: datetime,
    zone: tzinfo,
) -> float | None:
    """Return the state of charge in percent by what the schedules in the car have charged.

    Else a car that charged unseen would seem to need it all again, and be woken for it.
    A run in which the last look saw it not charging is not counted.
    """
    charge, seen_at = snapshot.charge, snapshot.seen_at
    level, limit = charge.battery_level, charge.charge_limit
    if level is None or limit is None or not (record.plugged_in and record.confirmed):
        return level
    idle = charge.charging_state is not None and not charge.charging_state.is_charging
    minutes: set[int] = set()
    for one in record.own:
        if one.kind is ScheduleRole.GUARD:
            continue
        for run in one.runs(seen_at, now, zone):
            if idle and run.start + STARTS_WITHIN <= seen_at:
                continue
            first, last = max(run.start, seen_at), min(run.end, now)
            minutes.update(
                range(int(first.timestamp() // 60), int(last.timestamp() // 60))
            )
    # A car tells whole percents, the last of them for as long as it is not full.
    charged = ceil(level_after(battery, level, len(minutes) / 60))
    return max(level, min(charged, limit))


def may_wake(record: OffPeakRecord, what: str, now: datetime) -> bool:
    """Whether a car may be woken for a change: once for each, and not in a row."""
    again = record.woken_at is None or now - record.woken_at >= WAKES_APART
    return again and record.woken_for != what


def expired_since(
    own: Iterable[ManagedSchedule], seen_at: datetime, now: datetime
) -> tuple[ManagedSchedule, ...]:
    """Return the one-time schedules whose run ended after a look."""
    return tuple(
        one
        for one in own
        if one.is_expired(now) and one.run is not None and seen_at < one.run.end + FRESH
    )


def active_window(
    own: Iterable[ManagedSchedule], now: datetime, zone: tzinfo
) -> Window | None:
    """Return the run that is on, of those in which the car should charge."""
    runs = (
        run
        for one in own
        if one.kind is not ScheduleRole.GUARD
        for run in one.runs(now, now + timedelta(seconds=1), zone)
    )
    return next(iter(runs), None)


def first_effect(
    changed: Iterable[ManagedSchedule], now: datetime, zone: tzinfo
) -> datetime | None:
    """Return when what is added or removed first matters; None: nothing that hurries."""
    starts = [
        max(run.start, now)
        for one in changed
        if one.kind is not ScheduleRole.GUARD
        and (run := one.current_run(now, zone)) is not None
    ]
    return min(starts, default=None)


def fingerprint(change: ScheduleDiff) -> str:
    """Return what a change says, as a text to compare."""
    added = sorted(
        f"{one.order.days_of_week}/{one.order.start_time}-{one.order.end_time}"
        for one in change.add
    )
    return " ".join((*added, *map(str, sorted(change.remove))))
