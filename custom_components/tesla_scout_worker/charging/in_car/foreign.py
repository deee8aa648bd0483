"""Charge schedules that are not ours and charge outside of the plan. Pure.

The owner's schedules, and those of other programs, are never changed; a schedule that
defeats the plan is named (docs/lessons.md).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from ...gateways.models import ChargeSchedule, ChargeScheduleOrder, Position
from ..planning.model import Window
from .difference import ManagedSchedule, ScheduleRole
from .schedules import EVERY_DAY, same_place

DAY: Final = timedelta(days=1)


def foreign_schedules(
    found: Sequence[ChargeSchedule],
    ours: Collection[int],
    windows: Sequence[Window],
    position: Position,
    zone: tzinfo,
    now: datetime,
) -> tuple[ChargeSchedule, ...]:
    """Return the schedules of others that charge outside of the plan within a day.

    Args:
        found: The schedules in the car.
        ours: The ids of our schedules.
        windows: When the car should charge (UTC).
        position: Position of home; schedules for other places do not run here.
        zone: The time zone of the car.
        now: The present (UTC).
    """
    return tuple(
        schedule
        for schedule in found
        if schedule.id not in ours
        and schedule.enabled is not False
        and same_place(schedule.position, position)
        and not _within(schedule, windows, position, zone, now)
    )


def _within(
    schedule: ChargeSchedule,
    windows: Sequence[Window],
    position: Position,
    zone: tzinfo,
    now: datetime,
) -> bool:
    """Whether a schedule charges within the windows only; one without a start waits."""
    start = schedule.start_time
    if start is None:
        return True
    days = schedule.days_of_week
    order = ChargeScheduleOrder(
        id=schedule.id,
        days_of_week=EVERY_DAY if days is None else days,
        start_time=start,
        # Without an end it charges until the car is full.
        end_time=start if schedule.end_time is None else schedule.end_time,
        one_time=False,
        position=position,
    )
    weekly = ManagedSchedule(order=order, kind=ScheduleRole.PLAN)
    return all(
        any(
            window.start <= max(run.start, now) and run.end <= window.end
            for window in windows
        )
        for run in weekly.runs(now, now + DAY, zone)
    )
