"""Tests of driving, and that the steps of time do not matter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from simulator.car import Car, CarSettings, CarState, Place
from simulator.clock import ManualClock
from simulator.geography import distance_m
from simulator.schedules import ChargeSchedule
from simulator.trips import Trip, read_trips

from ..search import times
from .car_samples import (
    HOME,
    NOON,
    SETTINGS,
    TRIPS,
    WORK,
    a_car,
    a_schedule,
    happened,
    hours,
    minutes,
    state_of,
)

WARSAW = ZoneInfo("Europe/Warsaw")
PLUGGED = replace(SETTINGS, plugged_in=True, battery_level=50.0)

NIGHT = a_schedule(22 * 60, 6 * 60)


def test_drive_takes_energy_time_and_the_cable() -> None:
    """It unplugs, moves along the way, drains evenly and arrives on time."""
    car, clock = a_car(settings=PLUGGED)
    car.drive(75, WORK, hours(1))
    assert car.plugged_in is False
    clock.advance(minutes(30))
    assert state_of(car) is CarState.ONLINE
    assert car.battery_level == pytest.approx(50 - 8)
    half = distance_m(HOME, WORK) / 2
    assert distance_m(HOME, car.position) == pytest.approx(half, abs=1)
    clock.advance(minutes(30))
    assert car.position == WORK
    assert car.battery_level == pytest.approx(50 - 16)
    kinds = [event.kind for event in car.record]
    assert kinds == [
        "charging_started",
        "charging_stopped",
        "unplugged",
        "departed",
        "arrived",
    ]
    clock.advance(minutes(15))
    assert state_of(car) is CarState.ASLEEP


def test_driving_car_cannot_be_plugged_in_moved_or_sent_off() -> None:
    """It refuses until it has arrived."""
    car, clock = a_car()
    car.drive(10, WORK, minutes(20))
    for act in (
        car.plug_in,
        lambda: car.move(HOME),
        lambda: car.drive(1, HOME, minutes(5)),
    ):
        with pytest.raises(ValueError, match="drives"):
            act()
    clock.advance(minutes(20))
    car.plug_in()
    assert car.charging_state == "Charging"


def test_impossible_drive_ends_with_an_empty_battery() -> None:
    """An impossible drive ends empty, and the car can charge again."""
    car, clock = a_car(settings=replace(SETTINGS, battery_level=5.0))
    car.drive(200, WORK, hours(3))
    clock.advance(hours(4))
    assert car.battery_level == 0
    car.plug_in()
    clock.advance(hours(24))
    assert car.battery_level == 80


def a_trip(
    start: float, end: float, origin: str, destination: str, plug: float | None = None
) -> Trip:
    """Return a trip of 10 km, its times in hours after noon, the plug-in's too."""
    return Trip(
        depart=NOON + hours(start),
        arrive=NOON + hours(end),
        km=10,
        origin=origin,
        destination=destination,
        plugged_in_after=None if plug is None else hours(plug),
    )


def test_trips_depart_arrive_and_plug_in_later() -> None:
    """The plug-in comes when the row says so, unless the car has left by then."""
    clock = ManualClock(NOON)
    trips = [
        a_trip(1, 2, "home", "shopping"),
        a_trip(3, 4, "shopping", "home", plug=3),
        a_trip(5, 6, "home", "leisure"),
        a_trip(7, 8, "leisure", "home", plug=0.5),
    ]
    car = Car(SETTINGS, clock, trips)
    clock.advance(hours(2.5))
    assert 5000 < distance_m(HOME, car.position) < 10_000
    clock.advance(hours(2))
    assert car.position == HOME
    clock.advance(hours(20))
    assert happened(car, "plugged_in") == [(NOON + hours(8.5), "")]
    assert happened(car, "arrived")[-1] == (NOON + hours(8), "home")


def test_rows_that_skip_or_overlap_do_not_break_it() -> None:
    """A trip leaves from wherever the car is, and not before it is there."""
    clock = ManualClock(NOON)
    trips = [
        a_trip(-1, 0.5, "home", "leisure"),
        a_trip(1, 3, "home", "workplace"),
        a_trip(2, 4, "home", "shopping"),
        a_trip(9, 10, "errands", "home", plug=0),
    ]
    car = Car(SETTINGS, clock, trips)
    clock.advance(hours(10) + minutes(5))
    departed = [at - NOON for at, _ in happened(car, "departed")]
    arrived = [at - NOON for at, _ in happened(car, "arrived")]
    assert departed == [hours(1), hours(3), hours(9)]
    assert arrived == [hours(3), hours(5), hours(10)]
    assert car.position == HOME
    assert car.charging_state == "Charging"


def a_month(*schedules: ChargeSchedule) -> tuple[Car, ManualClock, list[Trip]]:
    """Return a car that drives four real weeks, its clock at the first of May."""
    clock = ManualClock(datetime(2026, 5, 1, tzinfo=WARSAW))
    trips = read_trips(TRIPS, WARSAW)
    settings = replace(SETTINGS, self_wake_every=hours(1), gps_drift_m=100.0)
    return Car(settings, clock, trips, schedules), clock, trips


def test_four_real_weeks() -> None:
    """Every trip departs and arrives on time, and the battery stays plausible."""
    car, clock, trips = a_month(NIGHT)
    odometer = car.vehicle_data(None)["vehicle_state"]["odometer"]
    levels = []
    for _ in range(29 * 24):
        clock.advance(hours(1))
        levels.append(car.battery_level)
    assert [at for at, _ in happened(car, "departed")] == [
        trip.depart for trip in trips
    ]
    assert [at for at, _ in happened(car, "arrived")] == [trip.arrive for trip in trips]
    plugs = [trip for trip in trips if trip.plugged_in_after is not None]
    assert 0 < len(happened(car, "plugged_in")) <= len(plugs)
    assert min(levels) > 20
    assert max(levels) == 80
    km = sum(trip.km for trip in trips)
    driven = car.vehicle_data(None)["vehicle_state"]["odometer"] - odometer
    assert driven == pytest.approx(km / 1.609344, abs=1e-3)
    starts = [at.astimezone(WARSAW) for at, _ in happened(car, "charging_started")]
    assert starts
    assert all(at.hour >= 22 or at.hour < 6 for at in starts)
    assert car.position == HOME


@pytest.mark.slow
def test_month_in_one_step_is_the_same_as_by_minutes() -> None:
    """A step may be a month long."""
    at_once, clock, _ = a_month(NIGHT)
    clock.advance(timedelta(days=30))
    assert at_once.record
    by_minutes, other, _ = a_month(NIGHT)
    while other.now() < clock.now():
        other.advance(minutes(1))
        by_minutes.vehicle_data(frozenset({"charge_state"}))
    assert by_minutes.record == at_once.record
    assert by_minutes.vehicle_data(None) == at_once.vehicle_data(None)


def drive_if_parked(car: Car, to: Place) -> None:
    """Send a car off unless it drives."""
    if not car.driving:
        car.drive(12, to, minutes(25))


def plug_in_if_parked(car: Car) -> None:
    """Plug a car in unless it drives."""
    if not car.driving:
        car.plug_in()


ACTS: dict[str, Callable[[Car], object]] = {
    "add open": lambda car: car.add_charge_schedule(
        a_schedule(1200, None, schedule_id=4)
    ),
    "add over midnight": lambda car: car.add_charge_schedule(
        a_schedule(1300, 200, schedule_id=5)
    ),
    "amps": lambda car: car.set_charging_amps(7),
    "charge_start": Car.charge_start,
    "charge_stop": Car.charge_stop,
    "drive": lambda car: drive_if_parked(car, WORK),
    "drive home": lambda car: drive_if_parked(car, HOME),
    "limit 60": lambda car: car.set_charge_limit(60),
    "limit 95": lambda car: car.set_limit_by_owner(95),
    "lose signal": lambda car: car.set_signal(False),
    "plug in": plug_in_if_parked,
    "read": Car.record_read,
    "remove": lambda car: car.remove_charge_schedule(1),
    "sentry off": lambda car: car.set_sentry(False),
    "sentry on": lambda car: car.set_sentry(True),
    "signal": lambda car: car.set_signal(True),
    "unplug": Car.unplug,
    "wake": Car.wake,
}

schedules_at_home = st.builds(
    ChargeSchedule,
    id=st.integers(1, 3),
    days_of_week=st.integers(0, 127),
    start_enabled=st.booleans(),
    start_time=st.integers(0, 1439),
    end_enabled=st.booleans(),
    end_time=st.integers(0, 1439),
    one_time=st.booleans(),
    enabled=st.just(True),
    latitude=st.just(HOME.latitude),
    longitude=st.just(HOME.longitude),
)
any_settings = st.builds(
    lambda **changes: replace(SETTINGS, **changes),
    battery_level=st.floats(0, 100),
    plugged_in=st.booleans(),
    starts_asleep=st.booleans(),
    sentry=st.booleans(),
    reads_keep_awake=st.booleans(),
    self_wake_every=st.sampled_from([None, hours(1), minutes(17)]),
    charger_kw=st.sampled_from([2.3, 11.0, 22.0]),
    idle_before_sleep=st.sampled_from([timedelta(0), minutes(3), minutes(15)]),
)
seconds_of_four_days = st.integers(0, 4 * 86_400)


@given(
    any_settings,
    st.lists(schedules_at_home, max_size=3, unique_by=lambda each: each.id),
    st.lists(
        st.tuples(seconds_of_four_days, st.sampled_from(sorted(ACTS))), max_size=12
    ),
    st.lists(seconds_of_four_days, max_size=40),
    st.sampled_from(["2026-03-27T12:00", "2026-05-14T12:00", "2026-10-23T12:00"]),
)
@times(3)
def test_time_steps_do_not_matter_to_a_car(
    settings: CarSettings,
    schedules: list[ChargeSchedule],
    acts: list[tuple[int, str]],
    accesses: list[int],
    start: str,
) -> None:
    """The same events happen at the same times, however often the car is accessed."""

    def run(accesses: list[int]) -> tuple[object, ...]:
        begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
        clock = ManualClock(begin)
        car = Car(settings, clock, read_trips(TRIPS, WARSAW), schedules)
        timed = [(at, name) for at, name in sorted(acts, key=lambda act: act[0])]
        steps = sorted(
            [*timed, *((at, "") for at in accesses)], key=lambda step: step[0]
        )
        for at, name in steps:
            clock.set(begin + timedelta(seconds=at))
            if name:
                ACTS[name](car)
            else:
                car.vehicle_data(None)
        clock.set(begin + timedelta(days=5))
        everything = frozenset({"location_data", "charge_schedule_data"})
        awake = car.awake_minutes(begin, clock.now())
        data = car.vehicle_data(None), car.vehicle_data(everything)
        return car.record, data, car.battery_level, awake

    seen = run(accesses)
    assert seen == run([])
    record = seen[0]
    assert isinstance(record, list)
    assert [event.at for event in record] == sorted(event.at for event in record)
