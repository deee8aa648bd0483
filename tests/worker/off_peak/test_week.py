"""A week in fast motion: two cars, an outage, a night of 25 hours, a session, an owner.

Both cars drive on each day, and are plugged in when they are back. The hours from 01:00
to 05:00 are cheap; the prices of tomorrow come at 13:00, but on Tuesday they do not.
"""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud
from simulator.schedules import ChargeSchedule, local_instant

from ...common import HOME, OTHER_VIN, VIN, WORK, tick
from ...scout_helpers import wakes
from ..special_charging.session_helpers import WARSAW, add
from .off_peak_helpers import (
    HOME_CAR,
    HOUR,
    MINUTE,
    PRICES,
    QUARTER,
    cheap_at,
    clock,
    commands,
    day_prices,
    in_earnest,
    publish,
    status,
    switch,
)

pytestmark = pytest.mark.fixed_rhythm

CHEAP = cheap_at(1, 2, 3, 4)
BEGIN = clock("2026-10-22 12:00")
DAYS = 7

# The outage: no prices of tomorrow on Tuesday, and none at all until Wednesday, 10:00.
AWAY, BACK = clock("2026-10-27 13:00"), clock("2026-10-28 10:00")

# The owner's, on a Sunday's noon, which is dear: hers, and none of ours to judge.
OWNERS = ChargeSchedule(
    id=5,
    days_of_week=1,
    start_enabled=True,
    start_time=720,
    end_enabled=True,
    end_time=725,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)

# One way, in kilometres.
TRIPS = {VIN: 30.0, OTHER_VIN: 55.0}


@pytest.fixture
async def garage(
    socket_enabled: None, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Cloud]:
    """Run a cloud with two cars that sleep when they have nothing to do."""
    freezer.move_to(BEGIN)
    system = SystemClock()
    first = replace(HOME_CAR, battery_level=80)
    second: CarSettings = replace(first, vin=OTHER_VIN, name="Second")
    cars = [Car(first, system), Car(second, system)]
    cars[1].add_charge_schedule(OWNERS)
    running = Cloud(clock=system, cars=cars)
    await running.start()
    yield running
    await running.stop()


def drive(cloud: Cloud, now: datetime) -> None:
    """Have the cars leave at 07:30, come back at 17:00 and be plugged in at 17:30."""
    at = now.astimezone(WARSAW).time().isoformat("minutes")
    half = timedelta(minutes=30)
    for vin, car in cloud.cars.items():
        if at == "07:30":
            car.unplug()
            car.drive(TRIPS[vin], WORK, half)
        elif at == "17:00" and now - BEGIN > timedelta(hours=12):
            car.drive(TRIPS[vin], HOME, half)
        elif at == "17:30":
            car.plug_in()


def tell(hass: HomeAssistant, now: datetime) -> None:
    """Have the sensor tell what is published at a time."""
    local = now.astimezone(WARSAW)
    days = [local.date()]
    if local.hour >= 13:
        days.append(local.date() + timedelta(days=1))
    if AWAY <= now < BACK:
        publish(hass)
    else:
        publish(hass, *(day_prices(day, CHEAP) for day in days))


def ours(car: Car) -> list[ChargeSchedule]:
    """Return the one-time windows in a car, without guards."""
    return [
        schedule
        for schedule in car.charge_schedules.values()
        if schedule.one_time and schedule.end_time != 1439
    ]


def guards(car: Car) -> list[ChargeSchedule]:
    """Return the guards in a car."""
    return [
        schedule
        for schedule in car.charge_schedules.values()
        if schedule.end_time == 1439
    ]


def special_night(now: datetime) -> bool:
    """Whether the session of the first car is on."""
    return clock("2026-10-26 18:00") <= now < clock("2026-10-27 08:00")


def check(cloud: Cloud, now: datetime) -> None:
    """Check what the cars hold, at a full hour."""
    local = now.astimezone(WARSAW)
    for vin, car in cloud.cars.items():
        held = ours(car)
        if vin == OTHER_VIN:
            assert 5 in car.charge_schedules, local
        assert guards(car), local
        if vin == VIN and special_night(now):
            continue
        if local.hour >= 19 or local.hour < 5:
            # At home and plugged in: one window, up to the end of the cheap hours.
            if car.charging_state != "Complete" and car.battery_level < 78:
                [window] = held
                assert window.end_time == 300, local
                assert 60 <= window.start_time < 300
        elif 6 <= local.hour < 17:
            assert held == [], local


def cheap_minutes(cloud: Cloud, vin: str) -> tuple[int, int]:
    """Return how many minutes a car charged at night's prices, and at others."""
    cheap, dear, begun = 0, 0, None
    for event in cloud.cars[vin].record:
        if event.kind == "charging_started":
            begun = event.at
        elif event.kind == "charging_stopped" and begun is not None:
            while begun < event.at:
                if 1 <= begun.astimezone(WARSAW).hour < 5:
                    cheap += 1
                else:
                    dear += 1
                begun += MINUTE
            begun = None
    return cheap, dear


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_a_week_in_fast_motion(
    hass: HomeAssistant, garage: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """The schedules are right at each hour, and the commands are counted."""
    tell(hass, BEGIN)
    await in_earnest(hass, garage, price_source="entities", price_entities=[PRICES])
    await switch(hass, "shadow_mode", False, OTHER_VIN)
    end = BEGIN + timedelta(days=DAYS)
    session = False
    mornings: dict[str, list[float]] = {VIN: [], OTHER_VIN: []}
    while (now := datetime.now(UTC)) < end:
        if now.minute == 0 and now.astimezone(WARSAW).hour in (0, 10, 13):
            tell(hass, now)
        drive(garage, now)
        if not session and now >= clock("2026-10-26 18:30"):
            session = True
            await add(hass, "2026-10-27 07:00:00", 90)
        await tick(hass, freezer, QUARTER)
        if (now := datetime.now(UTC)).minute == 0:
            check(garage, now)
            if now.astimezone(WARSAW).hour == 7:
                for vin, car in garage.cars.items():
                    mornings[vin].append(round(car.battery_level))
    # Charged each night, also in that of the outage; on Tuesday as it was requested.
    assert mornings[VIN] == [80, 80, 80, 80, 90, 80, 80]
    assert mornings[OTHER_VIN] == [80, 80, 80, 80, 80, 80, 80]
    for vin in (VIN, OTHER_VIN):
        assert status(hass, vin) == "not_home"
        cheap, dear = cheap_minutes(garage, vin)
        assert cheap > 250
        # The session went on after the cheap hours, as its own peak hours allow.
        assert dear <= (60 if vin == VIN else 1)
    assert garage.cars[VIN].charge_limit == 80
    # Each car: a guard and its renewal, and a window a night, also that of the outage.
    # The session: the limit up and down, and its window; two wakes are its own.
    kinds = Counter(
        (request.vin, request.path.rsplit("/", 1)[-1])
        for request in garage.requests
        if request.kind == "command"
    )
    assert kinds == {
        (VIN, "add_charge_schedule"): 9,
        (VIN, "set_charge_limit"): 2,
        (OTHER_VIN, "add_charge_schedule"): 8,
    }
    assert commands(garage) == 19
    assert wakes(garage) == 2


def test_the_night_of_25_hours_is_in_the_week() -> None:
    """Else the test above would say less than it does."""
    night = date(2026, 10, 25)
    start, after = (local_instant(night, minutes, WARSAW) for minutes in (0, 1440))
    assert (after - start) / HOUR == 25
    assert BEGIN < start < BEGIN + timedelta(days=DAYS)
