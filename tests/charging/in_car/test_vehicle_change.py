"""The order of commands where a car lacks room, or holds what nobody knows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ManagedSchedule,
    ScheduleDiff,
    ScheduleRole,
    one_time_schedule,
)
from custom_components.tesla_scout_worker.charging.in_car.vehicle_change import (
    Command,
    CommandKind,
    VehicleChange,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    Position,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOME = Position(latitude=52.2297, longitude=21.0122)
# 00:30 in Warsaw.
NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def new(schedule_id: int, hours: float) -> ManagedSchedule:
    """Return a schedule of ours that runs some hours from now on."""
    start = NOW + hours * HOUR
    window = Window(start=start, end=start + HOUR)
    order = one_time_schedule(window, ScheduleRole.PLAN, HOME, WARSAW)
    return order.with_id(schedule_id)


def held(schedule_id: int, start: int | None, days: int | None = 127) -> ChargeSchedule:
    """Return a schedule in the car that runs for an hour from an hour on."""
    return ChargeSchedule(
        id=schedule_id,
        days_of_week=days,
        start_time=None if start is None else start * 60,
        end_time=None if start is None else start * 60 + 60,
        one_time=False,
        enabled=True,
        position=HOME,
    )


def short(commands: Sequence[Command]) -> list[tuple[CommandKind, int | None]]:
    """Return the kinds of commands, and what they are about."""
    return [
        (item.kind, item.limit if item.schedule_id is None else item.schedule_id)
        for item in commands
    ]


ADD, REMOVE = CommandKind.ADD, CommandKind.REMOVE


def test_what_has_no_room_follows_a_removal_each() -> None:
    """A car with a full list refuses what comes too early."""
    add = (new(11, 1), new(12, 2), new(13, 3), new(14, 4))
    change = VehicleChange(
        schedules=ScheduleDiff(add=add, remove=frozenset({1, 2})),
        found=(held(1, 5), held(2, 6)),
        most=3,
    )
    assert short(change.commands(NOW, WARSAW)) == [
        (ADD, 11),
        (REMOVE, 2),
        (ADD, 12),
        (REMOVE, 1),
        (ADD, 13),
        (ADD, 14),
    ]
    full = VehicleChange(schedules=change.schedules, found=change.found, most=1)
    assert short(full.commands(NOW, WARSAW))[:2] == [(REMOVE, 2), (ADD, 11)]
    # Where nobody knows how many it takes, all have room.
    unknown = VehicleChange(schedules=change.schedules, found=change.found)
    kinds = [kind for kind, _ in short(unknown.commands(NOW, WARSAW))]
    assert kinds == [ADD] * 4 + [REMOVE] * 2


def test_what_never_runs_is_removed_first() -> None:
    """A schedule that is not in the list any more, or that cannot be understood."""
    change = VehicleChange(
        schedules=ScheduleDiff(remove=frozenset({1, 2, 3, 4})),
        found=(held(1, 1), held(2, None), held(4, 2)),
    )
    assert short(change.commands(NOW, WARSAW)) == [
        (REMOVE, 3),
        (REMOVE, 2),
        (REMOVE, 4),
        (REMOVE, 1),
    ]


def test_the_next_run_is_by_the_clock_of_the_car() -> None:
    """At 00:30 in Warsaw the one of 00:00 runs; by UTC it would be 30 minutes away."""
    change = VehicleChange(
        schedules=ScheduleDiff(remove=frozenset({1, 2})),
        found=(held(1, 0), held(2, 23)),
    )
    assert short(change.commands(NOW, WARSAW)) == [(REMOVE, 2), (REMOVE, 1)]


def test_the_limit_is_lowered_first_and_raised_last() -> None:
    """One that is unknown may be raised."""
    schedules = ScheduleDiff(remove=frozenset({1}))
    for limit, current, first in ((70, 90, True), (90, 70, False), (70, None, False)):
        change = VehicleChange(
            schedules=schedules,
            limit=limit,
            current_limit=current,
            found=(held(1, 5),),
        )
        commands = [(REMOVE, 1), (CommandKind.SET_LIMIT, limit)]
        expected = commands[::-1] if first else commands
        assert short(change.commands(NOW, WARSAW)) == expected
        assert not change.empty
    assert VehicleChange().empty
    assert not VehicleChange(schedules=schedules).empty
