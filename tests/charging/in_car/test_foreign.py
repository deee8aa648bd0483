"""Schedules of others that charge outside of the plan, and those that do not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.in_car.foreign import (
    foreign_schedules,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    Position,
)

HOME = Position(latitude=52.2297, longitude=21.0122)
WORK = Position(latitude=52.1672, longitude=20.8679)
WARSAW = ZoneInfo("Europe/Warsaw")
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
NIGHT = Window(
    start=datetime(2026, 11, 25, 1, tzinfo=UTC),
    end=datetime(2026, 11, 25, 5, tzinfo=UTC),
)

# Each evening from 18:00, until the car is full.
EVENING = ChargeSchedule(
    id=5,
    days_of_week=127,
    start_time=18 * 60,
    end_time=None,
    one_time=False,
    enabled=True,
    position=HOME,
)


def defeats(schedule: ChargeSchedule, now: datetime = NOON) -> bool:
    """Whether a schedule is named beside a plan for the night."""
    found = foreign_schedules([schedule], {9}, [NIGHT], HOME, WARSAW, now)
    return found == (schedule,)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, True),
        ({"end_time": 19 * 60}, True),
        ({"days_of_week": None}, True),
        ({"enabled": None}, True),
        # 02:30 to 05:30 in Warsaw, within the window, and on past its end.
        ({"start_time": 150, "end_time": 330}, False),
        ({"start_time": 150, "end_time": 390}, True),
        # To the minute that of the window, or a minute more.
        ({"start_time": 120, "end_time": 360}, False),
        ({"start_time": 119, "end_time": 360}, True),
        ({"start_time": 120, "end_time": 361}, True),
        ({"start_time": 150}, True),
        # Only on Thursdays; off; for another place; an end alone starts nothing.
        ({"days_of_week": 16}, False),
        ({"enabled": False}, False),
        ({"position": WORK}, False),
        ({"position": None}, False),
        ({"start_time": None, "end_time": 420}, False),
        # Ours.
        ({"id": 9}, False),
    ],
)
def test_what_charges_outside_of_the_plan_is_named(
    changes: dict[str, object], named: bool
) -> None:
    """Whatever was set by whom: only what charges within a day, at home, by itself."""
    schedule = replace(EVENING, **changes)  # type: ignore[arg-type]
    assert (
        foreign_schedules([schedule], {9}, [NIGHT], HOME, WARSAW, NOON) == (schedule,)
    ) is named


def test_a_run_that_is_on_counts_from_now() -> None:
    """What was before the plan was made does no harm any more."""
    schedule = replace(EVENING, days_of_week=8, start_time=60, end_time=5 * 60)
    assert defeats(schedule)
    assert not defeats(schedule, NIGHT.start + timedelta(minutes=1))
