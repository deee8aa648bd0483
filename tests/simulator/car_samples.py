"""What the tests of the simulated world share."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulator.car import Car, CarSettings, CarState
from simulator.clock import ManualClock
from simulator.geography import Place
from simulator.schedules import ChargeSchedule

HOME = Place(latitude=52.2297, longitude=21.0122)
WORK = Place(latitude=52.18, longitude=20.95)
TRIPS = Path(__file__).parents[2] / "simulator/data/part_time_commuter.csv"

# A Tuesday, 12:00 in Warsaw.
NOON = datetime(2026, 6, 2, 10, tzinfo=UTC)

SETTINGS = CarSettings(vin="5YJ3E7EB0KF000001", home=HOME)


def hours(number: float) -> timedelta:
    """Return a time of some hours."""
    return timedelta(hours=number)


def minutes(number: float) -> timedelta:
    """Return a time of some minutes."""
    return timedelta(minutes=number)


def a_schedule(
    start: int | None, end: int | None, days: int = 127, schedule_id: int = 1
) -> ChargeSchedule:
    """Return a charge schedule at home, its times in minutes of the local day."""
    return ChargeSchedule(
        id=schedule_id,
        days_of_week=days,
        start_enabled=start is not None,
        start_time=start or 0,
        end_enabled=end is not None,
        end_time=end or 0,
        latitude=HOME.latitude,
        longitude=HOME.longitude,
    )


def once(schedule: ChargeSchedule) -> ChargeSchedule:
    """Return a schedule as a one-time one."""
    return replace(schedule, one_time=True)


def a_car(
    *schedules: ChargeSchedule,
    settings: CarSettings = SETTINGS,
    start: datetime = NOON,
) -> tuple[Car, ManualClock]:
    """Return a car at home and the clock that moves it."""
    clock = ManualClock(start)
    return Car(settings, clock, schedules=schedules), clock


def happened(car: Car, kind: str) -> list[tuple[datetime, str]]:
    """Return when something happened to a car, with its detail."""
    return [(event.at, event.detail) for event in car.record if event.kind == kind]


def state_of(car: Car) -> CarState:
    """Return a car's state; as a call, which no type checker takes for constant."""
    return car.state
