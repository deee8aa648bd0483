"""Schedules that Home Assistant holds are shown as those of a car."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.tesla_scout_worker.gateways.held import HeldCar, HeldSchedules
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeScheduleOrder,
    Position,
    VehicleSnapshot,
)

ZONE = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 24, 21, tzinfo=UTC)  # A Tuesday, 22:00 in Warsaw.
HOME = Position(latitude=52.2297, longitude=21.0122)
TUESDAY, WEDNESDAY = 4, 8


def order(number: int, days: int, start: int, end: int) -> ChargeScheduleOrder:
    """Return a one-time schedule; times are minutes of the day."""
    return ChargeScheduleOrder(
        id=number,
        days_of_week=days,
        start_time=start,
        end_time=end,
        one_time=True,
        position=HOME,
    )


def ids(held: HeldSchedules, at: datetime) -> list[int]:
    """Return the ids of the schedules that a read shows at a time."""
    snapshot = VehicleSnapshot.parse(
        {"charge_schedule_data": held.section("x", at)}, at
    )
    assert snapshot.schedules is not None
    return [schedule.id for schedule in snapshot.schedules]


def test_what_was_added_is_read_back_and_stored() -> None:
    """A car without any has an empty list, which is not an unknown one."""
    cars: dict[str, HeldCar] = {}
    stored: list[int] = []
    held = HeldSchedules(cars, lambda: stored.append(len(cars["x"].schedules)))
    assert ids(held, NOW) == []

    held.add("x", order(7, WEDNESDAY, 120, 240), NOW, ZONE)
    held.add("x", order(7, WEDNESDAY, 180, 240), NOW, ZONE)
    held.add("x", order(8, WEDNESDAY, 300, 360), NOW, ZONE)
    held.remove("x", 9)

    assert ids(held, NOW) == [7, 8]
    assert stored == [1, 1, 2]
    held.remove("x", 7)
    assert ids(HeldSchedules(cars, lambda: None), NOW) == [8]


def test_a_one_time_schedule_is_gone_after_its_run() -> None:
    """As in a car: the run that begins before midnight ends on the next day."""
    held = HeldSchedules({}, lambda: None)
    held.add("x", order(1, TUESDAY, 23 * 60, 60), NOW, ZONE)

    assert ids(held, NOW + timedelta(hours=2, minutes=59)) == [1]
    assert ids(held, NOW + timedelta(hours=3)) == []


def test_a_weekly_schedule_stays() -> None:
    """It has no last run."""
    held = HeldSchedules({}, lambda: None)
    weekly = ChargeScheduleOrder(
        id=1,
        days_of_week=127,
        start_time=0,
        end_time=60,
        one_time=False,
        position=HOME,
    )
    held.add("x", weekly, NOW, ZONE)

    assert ids(held, NOW + timedelta(days=60)) == [1]


def test_a_limit_is_held() -> None:
    """That of a car whose limit cannot be set."""
    held = HeldSchedules({}, lambda: None)
    assert held.of("x").limit is None

    held.set_limit("x", 90)

    assert held.of("x").limit == 90
