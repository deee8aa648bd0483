"""Rules of a sync cycle about schedules in the car or about to be sent. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from math import ceil

from ...gateways.models import VehicleSnapshot
from ..in_car.charge_control import STARTS_WITHIN
from ..in_car.difference import ManagedSchedule, ScheduleDiff, ScheduleRole
from ..planning.battery import level_after
from ..planning.model import Battery, Window
from .record import SyncState


def plan_runs(sync: SyncState, now: datetime) -> bool:
    """Whether a window of the plan by prices is running."""
    return sync.plan is not None and any(
        window.start <= now < window.end for window in sync.plan.windows
    )


def level_by_now(
    sync: SyncState,
    snapshot: VehicleSnapshot,
    battery: Battery,
    now: datetime,
    zone: tzinfo,
) -> float | None:
    """Return the level in percent, including what the schedules have charged since.

    Otherwise a car that charged unseen would seem to need the energy again, and would
    be woken for it. A run in which the last read found it not charging is skipped.
    """
    charge, seen_at = snapshot.charge, snapshot.seen_at
    level, limit = charge.battery_level, charge.charge_limit
    if level is None or limit is None or not (charge.plugged_in and sync.confirmed):
        return level
    idle = charge.charging_state is not None and not charge.charging_state.is_charging
    minutes: set[int] = set()
    for schedule in sync.schedules:
        if schedule.kind is ScheduleRole.GUARD:
            continue
        for run in schedule.runs(seen_at, now, zone):
            if idle and run.start + STARTS_WITHIN <= seen_at:
                continue
            first, last = max(run.start, seen_at), min(run.end, now)
            minutes.update(
                range(int(first.timestamp() // 60), int(last.timestamp() // 60))
            )
    # A car reports whole percents, and the last of them until it is full.
    charged = ceil(level_after(battery, level, len(minutes) / 60))
    return max(level, min(charged, limit))


def active_window(
    schedules: Iterable[ManagedSchedule], now: datetime, zone: tzinfo
) -> Window | None:
    """Return the present run of the schedules in which the car should charge."""
    runs = (
        run
        for item in schedules
        if item.kind is not ScheduleRole.GUARD
        for run in item.runs(now, now + timedelta(seconds=1), zone)
    )
    return next(iter(runs), None)


def first_effect(
    changed: Iterable[ManagedSchedule], now: datetime, zone: tzinfo
) -> datetime | None:
    """Return when a change first takes effect; None: it is not urgent."""
    starts = [
        max(run.start, now)
        for item in changed
        if item.kind is not ScheduleRole.GUARD
        and (run := item.current_run(now, zone)) is not None
    ]
    return min(starts, default=None)


def fingerprint(change: ScheduleDiff) -> str:
    """Return a text that identifies the content of a change."""
    added = sorted(
        f"{schedule.order.days_of_week}/{schedule.order.start_time}-{schedule.order.end_time}"
        for schedule in change.add
    )
    return " ".join((*added, *map(str, sorted(change.remove))))
