"""Schedules that Home Assistant holds are shown as those of a car."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.gateways.held import (
    AFTER_END,
    HeldCar,
    HeldSchedules,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
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


def test_one_answer_that_lists_schedules_is_enough() -> None:
    """A later one without a list says nothing of what the way can do; it is stored."""
    cars: dict[str, HeldCar] = {}
    held = HeldSchedules(cars, lambda: None)
    held.add("x", order(7, WEDNESDAY, 120, 240), NOW, ZONE)
    assert held.answered("x", listed=False) is False
    assert held.answered("x", listed=True) is True
    assert held.answered("x", listed=False) is True
    assert cars["x"].listed is True
    assert held.answered("y", listed=False) is False
    assert ids(held, NOW) == [7]


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

    held.add("x", order(7, WEDNESDAY, 120, 240), NOW, ZONE)
    held.set_limit("x", 90)

    assert held.of("x").limit == 90
    assert ids(held, NOW) == [7]


def test_a_held_schedule_is_shown_as_a_car_shows_it() -> None:
    """All of it, as it was ordered, and switched on."""
    held = HeldSchedules({}, lambda: None)
    held.add("x", order(7, WEDNESDAY, 120, 240), NOW, ZONE)
    snapshot = VehicleSnapshot.parse(
        {"charge_schedule_data": held.section("x", NOW)}, NOW
    )
    assert snapshot.schedules == (
        ChargeSchedule(
            id=7,
            days_of_week=WEDNESDAY,
            start_time=120,
            end_time=240,
            one_time=True,
            enabled=True,
            position=HOME,
        ),
    )


@pytest.mark.parametrize(
    ("days", "start", "end", "hours"),
    [
        # It is Tuesday, 22:00: one that is on, that of tomorrow, that of next week.
        (TUESDAY, 21 * 60, 22 * 60 + 30, 0.5),
        (TUESDAY, 21 * 60, 22 * 60, 7 * 24),
        (WEDNESDAY, 120, 240, 6),
        (TUESDAY | WEDNESDAY, 60, 120, 4),
        # It began yesterday, and ends after midnight; a whole day from 23:00 on.
        (2, 23 * 60, 22 * 60 + 30, 0.5),
        (TUESDAY, 23 * 60, 23 * 60, 25),
    ],
)
def test_a_one_time_schedule_has_the_first_run_that_is_not_over(
    days: int, start: int, end: int, hours: float
) -> None:
    """Then it is shown no more, and is kept for an hour, since clocks change."""
    held = HeldSchedules({}, lambda: None)
    held.add("x", order(1, days, start, end), NOW, ZONE)
    over = NOW + timedelta(hours=hours)
    second = timedelta(seconds=1)
    [item] = held.of("x").schedules
    assert item.until == over
    assert ids(held, over - second) == [1]
    assert ids(held, over) == []
    assert ids(held, over + AFTER_END - second) == []
    assert held.of("x").schedules == (item,)
    assert ids(held, over + AFTER_END) == []
    assert held.of("x").schedules == ()
