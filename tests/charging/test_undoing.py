"""Undoing all of a car that is no longer ours: limit, schedules, and a charge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord
from custom_components.tesla_scout_worker.charging.daily.record import SyncState
from custom_components.tesla_scout_worker.charging.in_car.charge_control import (
    ChargeControl,
)
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ScheduleRole,
    one_time_schedule,
)
from custom_components.tesla_scout_worker.charging.in_car.vehicle_change import (
    STOP,
    Command,
    CommandKind,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.undoing import (
    must_stop,
    undoing_change,
    undoing_commands,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    ChargeSnapshot,
    ChargingState,
    DriveSnapshot,
    Position,
    VehicleSnapshot,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOME = Position(latitude=52.2297, longitude=21.0122)

# 03:00 in Warsaw.
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUNNING, NEXT = (
    one_time_schedule(Window(start=at, end=at + HOUR), ScheduleRole.PLAN, HOME, WARSAW)
    for at in (NOW, NOW + 2 * HOUR)
)
RECORD = CarRecord(
    sync=SyncState(schedules=(RUNNING.with_id(1), NEXT.with_id(2))),
    sessions=CarSessions(override=LimitOverride(original=70, raised_to=90)),
    control=ChargeControl(stop_at=NOW + HOUR, start_by=NOW - HOUR),
)


def schedule(schedule_id: int, start: int, end: int) -> ChargeSchedule:
    """Return a schedule of every day in the car, from and to an hour."""
    return ChargeSchedule(
        id=schedule_id,
        days_of_week=127,
        start_time=start * 60,
        end_time=end * 60,
        one_time=False,
        enabled=True,
        position=HOME,
    )


OURS = (schedule(1, 3, 4), schedule(2, 5, 6))
OWNERS = schedule(7, 13, 15)
CAR = VehicleSnapshot(
    payload={},
    seen_at=NOW,
    charge=ChargeSnapshot(
        plugged_in=True, charge_limit=90, charging_state=ChargingState.CHARGING
    ),
    drive=DriveSnapshot(),
    schedules=(*OURS, OWNERS),
    max_schedules=10,
)


def remove(schedule_id: int) -> Command:
    """Return the command that removes a schedule."""
    return Command(kind=CommandKind.REMOVE, schedule_id=schedule_id)


def test_the_commands_are_in_a_safe_order() -> None:
    """The limit first, and of the schedules the one that runs last; then the charge."""
    assert undoing_commands(RECORD, CAR, NOW, WARSAW) == (
        Command(kind=CommandKind.SET_LIMIT, limit=70),
        remove(2),
        remove(1),
        STOP,
    )
    # The car lists the one that runs last: it is the last all the same.
    car = replace(CAR, schedules=(OWNERS, *reversed(OURS)))
    assert undoing_commands(RECORD, car, NOW, WARSAW)[1:3] == (remove(2), remove(1))
    # The one that was sent first runs last.
    car = replace(CAR, schedules=(OWNERS, schedule(1, 5, 6), schedule(2, 3, 4)))
    assert undoing_commands(RECORD, car, NOW, WARSAW)[1:3] == (remove(1), remove(2))


def test_what_is_the_owners_stays() -> None:
    """A limit that a person has set since, and each schedule that is not ours."""
    car = replace(CAR, schedules=(OWNERS,), charge=replace(CAR.charge, charge_limit=85))
    assert undoing_change(RECORD.put_in_car, car, NOW).empty
    unknown = replace(
        CAR, schedules=None, charge=replace(CAR.charge, charge_limit=None)
    )
    assert undoing_change(RECORD.put_in_car, unknown, NOW).empty
    restored = replace(CAR, charge=replace(CAR.charge, charge_limit=70))
    assert undoing_change(RECORD.put_in_car, restored, NOW).limit is None


@pytest.mark.parametrize(
    ("record", "car", "stops"),
    [
        (RECORD, CAR, True),
        (replace(RECORD, control=ChargeControl()), CAR, False),
        (RECORD, replace(CAR, schedules=OURS), False),
        (RECORD, replace(CAR, schedules=None), False),
        (RECORD, replace(CAR, schedules=(schedule(7, 2, 6),)), False),
        (RECORD, replace(CAR, schedules=(schedule(7, 3, 6),)), False),
        # It ended just now in Warsaw; by UTC it would begin.
        (RECORD, replace(CAR, schedules=(schedule(7, 2, 3),)), True),
        (RECORD, replace(CAR, schedules=(OWNERS, schedule(8, 2, 6))), False),
        (RECORD, replace(CAR, schedules=(replace(OWNERS, enabled=False),)), False),
        (RECORD, replace(CAR, charge=replace(CAR.charge, plugged_in=False)), False),
        (
            RECORD,
            replace(
                CAR, charge=replace(CAR.charge, charging_state=ChargingState.STOPPED)
            ),
            False,
        ),
    ],
    ids=[
        "started by us",
        "started by others",
        "no schedule of the owner",
        "schedules unknown",
        "the owner's runs",
        "the owner's begins",
        "the owner's ended",
        "one of two runs",
        "the owner's is off",
        "unplugged",
        "stopped already",
    ],
)
def test_a_charge_of_ours_is_stopped_if_the_owners_schedule_takes_over(
    record: CarRecord, car: VehicleSnapshot, stops: bool
) -> None:
    """A car without any schedule of its owner charges on, as it would without us."""
    assert must_stop(record, car, NOW, WARSAW) is stops
    assert (STOP in undoing_commands(record, car, NOW, WARSAW)) is stops
