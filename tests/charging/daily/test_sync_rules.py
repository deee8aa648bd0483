"""What a cycle asks of the schedules in the car: the level by now, and when to wake."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.daily.night_plan import NightPlan
from custom_components.tesla_scout_worker.charging.daily.record import SyncState
from custom_components.tesla_scout_worker.charging.daily.sync_rules import (
    active_window,
    fingerprint,
    first_effect,
    level_by_now,
    plan_runs,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ManagedSchedule,
    ScheduleDiff,
    ScheduleRole,
    expired_since,
    one_time_schedule,
    weekly_schedule,
)
from custom_components.tesla_scout_worker.charging.in_car.schedules import WeeklyWindow
from custom_components.tesla_scout_worker.charging.planning.model import Battery, Window
from custom_components.tesla_scout_worker.gateways.models import (
    Position,
    VehicleSnapshot,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOME = Position(latitude=52.2297, longitude=21.0122)
HOUR = timedelta(hours=1)
SEEN = datetime(2026, 11, 24, 20, tzinfo=UTC)
BATTERY = Battery(capacity=75, power=7.5)


def window(
    begins: float, ends: float, kind: ScheduleRole = ScheduleRole.PLAN
) -> ManagedSchedule:
    """Return a one-time schedule, in hours after the read."""
    run = Window(start=SEEN + begins * HOUR, end=SEEN + ends * HOUR)
    return one_time_schedule(run, kind, HOME, WARSAW)


def look(**charge: Any) -> VehicleSnapshot:
    """Return a read of a car that is plugged in at 40 %, with a limit of 80 %."""
    state = {
        "battery_level": 40,
        "charge_limit_soc": 80,
        "charging_state": "Stopped",
        **charge,
    }
    return VehicleSnapshot.parse({"charge_state": state}, SEEN)


def level(
    *own: ManagedSchedule,
    hours: float,
    confirmed: bool = True,
    plugged_in: bool = True,
    **charge: Any,
) -> float | None:
    """Return the level some hours after the read."""
    if not plugged_in:
        charge["charging_state"] = "Disconnected"
    sync = SyncState(schedules=own, confirmed=confirmed)
    return level_by_now(sync, look(**charge), BATTERY, SEEN + hours * HOUR, WARSAW)


@pytest.mark.parametrize(
    ("hours", "expected"), [(1, 40), (2, 40), (3, 50), (4, 60), (9, 60)]
)
def test_what_was_planned_is_believed(hours: float, expected: float) -> None:
    """10 % an hour, within the window alone."""
    assert level(window(2, 4), hours=hours) == expected


def test_windows_that_overlap_charge_once_and_to_the_limit() -> None:
    """An hour in two schedules is one hour; and a car stops at its limit."""
    assert level(window(2, 4), window(3, 5), hours=9) == 70
    assert level(window(1, 9), hours=9) == 80
    night = weekly_schedule(WeeklyWindow(days=127, start=1320, end=360), HOME)
    assert level(night, hours=3) == 60


def test_what_is_not_known_is_not_believed() -> None:
    """Not told to the car for sure, unplugged, a guard, or a car that did not follow."""
    one = window(2, 4)
    assert level(one, hours=4, confirmed=False) == 40
    assert level(one, hours=4, plugged_in=False) == 40
    assert level(one, hours=4, battery_level=None) is None
    assert level(one, hours=4, charge_limit_soc=None) == 40
    assert level(window(2, 4, ScheduleRole.GUARD), hours=4) == 40
    idle = window(-1, 2)
    assert level(idle, hours=2) == 40
    assert level(idle, hours=2, charging_state="Charging") == 60
    # It has just begun: a car takes a minute or two.
    assert level(window(-0.02, 2), hours=2) == 60
    assert level(window(2, 4), hours=4, battery_level=85) == 85


def test_a_plan_by_prices_runs_in_its_windows() -> None:
    """From the start of one until just before its end."""
    run = Window(start=SEEN, end=SEEN + HOUR)
    plan = NightPlan(
        deadline=SEEN + 9 * HOUR, windows=(run,), energy=1, cost=1, waiting=False
    )
    assert plan_runs(SyncState(plan=plan), SEEN)
    assert not plan_runs(SyncState(plan=plan), SEEN + HOUR)
    assert not plan_runs(SyncState(plan=plan), SEEN - HOUR)
    assert not plan_runs(SyncState(), SEEN)


def test_when_a_change_first_matters() -> None:
    """A guard never hurries, and what is over does not matter."""
    assert first_effect([window(2, 4), window(1, 3)], SEEN, WARSAW) == SEEN + HOUR
    assert first_effect([window(-1, 3)], SEEN, WARSAW) == SEEN
    assert (
        first_effect([window(-2, -1), window(1, 2, ScheduleRole.GUARD)], SEEN, WARSAW)
        is None
    )


def test_what_runs_and_what_ran() -> None:
    """Of those that charge; and of those that ended after the read."""
    assert active_window([window(0, 1, ScheduleRole.GUARD)], SEEN, WARSAW) is None
    assert active_window([window(0, 1)], SEEN, WARSAW) == window(0, 1).run
    assert active_window([window(0, 1)], SEEN + HOUR, WARSAW) is None
    ran, ahead, before = window(1, 2), window(5, 6), window(-3, -2)
    assert expired_since([ran, ahead, before], SEEN, SEEN + 3 * HOUR) == (ran,)
    # A car drops what is over in its own time; a read within that minute may show it.
    half, whole = timedelta(seconds=30), timedelta(seconds=60)
    end = SEEN + 2 * HOUR
    assert expired_since([ran], end + half, SEEN + 3 * HOUR) == (ran,)
    assert expired_since([ran], end + whole, SEEN + 3 * HOUR) == ()


def test_a_change_as_a_text() -> None:
    """The same change says the same, in whatever order it is told."""
    one, other = window(1, 2), window(3, 4)
    assert fingerprint(ScheduleDiff(add=(one, other))) == fingerprint(
        ScheduleDiff(add=(other, one))
    )
    assert fingerprint(ScheduleDiff(add=(one,))) != fingerprint(
        ScheduleDiff(add=(other,))
    )
    assert fingerprint(ScheduleDiff(remove=frozenset({7}))) == "7"
