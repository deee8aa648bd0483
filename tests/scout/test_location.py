"""The Scout on places and levels: unknown is unknown, drift is no departure."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import HOME, VIN, WORK, pass_time, set_up, state_of, the_car, tick
from ..scout_helpers import (
    READ,
    answered,
    fired_events_of,
    payload,
    reads,
    scout_now,
    with_car,
)

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.usefixtures("discreet_log")]


@pytest.mark.all_entities
async def test_an_unknown_state_of_charge_stays_unknown(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """No guess: the level and ready are unknown, and nothing is told of it."""
    await set_up(hass, cloud)
    the_car(cloud).plug_in()
    await scout_now(hass)
    fired = fired_events_of(hass)
    with answered(cloud, "charge_state", battery_level=None):
        answer = await scout_now(hass)
        assert answer["battery_level"] is None
        assert answer["ready_to_charge"] is None
        assert state_of(hass, "sensor", "battery_level") == STATE_UNKNOWN
        assert state_of(hass, "binary_sensor", "ready_to_charge") == STATE_UNKNOWN
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "sensor", "battery_level") == "73"
    assert state_of(hass, "binary_sensor", "ready_to_charge") == "on"
    assert fired.kinds == []


@pytest.mark.all_entities
@pytest.mark.parametrize(
    "place",
    [
        {"latitude": None, "longitude": None},
        {"latitude": None},
        {"longitude": None},
        {"latitude": 0, "longitude": 0},
        {"latitude": 0.0, "longitude": 0.0},
        {"latitude": "<invalid>", "longitude": "<invalid>"},
        {"latitude": 152.2297},
        {"longitude": 321.0},
    ],
)
async def test_no_real_position_is_unknown(
    hass: HomeAssistant, cloud: Cloud, place: dict[str, Any]
) -> None:
    """Missing, null, 0/0 and out of range are no place; the next fix is one again."""
    await set_up(hass, cloud)
    fired = fired_events_of(hass)
    with answered(cloud, "drive_state", **place):
        await scout_now(hass)
        assert state_of(hass, "binary_sensor", "at_home") == STATE_UNKNOWN
        assert state_of(hass, "device_tracker", "location") == STATE_UNKNOWN
    await scout_now(hass)
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert state_of(hass, "device_tracker", "location") == "home"
    assert fired.kinds == []


async def test_gps_that_is_not_there_is_not_home(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A payload without a location, at the very first read, is nowhere."""
    data = the_car(cloud).vehicle_data(frozenset(["charge_state", "drive_state"]))
    fault = cloud.faults.add(Fault(path=READ, body={"response": data}))
    await set_up(hass, cloud)
    assert state_of(hass, "binary_sensor", "at_home") == STATE_UNKNOWN
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    cloud.faults.remove(fault)
    await scout_now(hass)
    assert state_of(hass, "binary_sensor", "at_home") == "on"


@pytest.mark.all_entities
async def test_a_home_without_coordinates_is_no_home(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A home at 0/0 makes the whereabouts unknown; real coordinates make them known."""
    await hass.config.async_update(latitude=0, longitude=0)
    await hass.async_block_till_done()
    await set_up(hass, cloud)
    assert state_of(hass, "binary_sensor", "at_home") == STATE_UNKNOWN
    assert state_of(hass, "device_tracker", "location") != STATE_UNKNOWN
    await hass.config.async_update(latitude=HOME.latitude, longitude=HOME.longitude)
    await hass.async_block_till_done()
    await scout_now(hass)
    assert state_of(hass, "binary_sensor", "at_home") == "on"


async def test_a_zone_that_is_gone_is_no_home(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A home zone that the user removed makes the whereabouts unknown."""
    entry = await set_up(hass, cloud)
    hass.config_entries.async_update_entry(entry, options={"home_zone": "zone.gone"})
    await scout_now(hass)
    assert state_of(hass, "binary_sensor", "at_home") == STATE_UNKNOWN
    hass.config_entries.async_update_entry(entry, options={})
    await scout_now(hass)
    assert state_of(hass, "binary_sensor", "at_home") == "on"


@pytest.mark.parametrize(
    ("radius", "at_home"), [(1.0, "on"), (100_000.0, "off"), (4_000.0, "off")]
)
async def test_a_radius_is_taken_in_its_range(
    hass: HomeAssistant, cloud: Cloud, radius: float, at_home: str
) -> None:
    """A zone of 1 m is 50 m wide for a car, one of 100 km is 5 km."""
    await hass.config.async_update(radius=radius)
    await hass.async_block_till_done()
    the_car(cloud).move(HOME if at_home == "on" else WORK)
    await set_up(hass, cloud)
    assert state_of(hass, "binary_sensor", "at_home") == at_home


@pytest.mark.parametrize("radius", [None, "wide", True, 10**400, []])
async def test_a_zone_without_a_radius_is_the_smallest_home(
    hass: HomeAssistant, cloud: Cloud, radius: object
) -> None:
    """A zone may be written by anything; the rounds go on."""
    hass.states.async_set(
        "zone.home",
        "0",
        {"latitude": HOME.latitude, "longitude": HOME.longitude, "radius": radius},
    )
    await set_up(hass, cloud)
    assert state_of(hass, "binary_sensor", "at_home") == "on"


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True, gps_drift_m=300))
async def test_drift_while_parked_is_no_departure(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A parked car whose fix wanders by 300 m tells nothing all day."""
    await set_up(hass, cloud)
    fired = fired_events_of(hass)
    await pass_time(hass, noon, timedelta(hours=10), timedelta(minutes=5))
    assert reads(cloud) > 10
    assert "left_home" not in fired.kinds
    assert fired.kinds.count("arrived_home") <= 1


async def test_a_cable_at_work_is_not_home(hass: HomeAssistant, cloud: Cloud) -> None:
    """Home on the cable at one read, at work on another one at the next."""
    the_car(cloud).plug_in()
    await set_up(hass, cloud)
    fired = fired_events_of(hass)
    the_car(cloud).move(WORK)
    await scout_now(hass)
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert state_of(hass, "binary_sensor", "at_home") == "off"
    assert fired.kinds == ["left_home", "not_ready"]


@pytest.mark.all_entities
async def test_a_drive_to_work_and_back(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Out, parked, back, on the cable, full: each told once, in order."""
    await set_up(hass, cloud)
    fired = fired_events_of(hass)
    car = the_car(cloud)
    car.drive(20, WORK, timedelta(minutes=25))
    await pass_time(hass, noon, HOUR)
    assert fired.kinds == ["left_home", "fell_asleep"]
    assert state_of(hass, "device_tracker", "location") == "not_home"
    car.drive(20, HOME, timedelta(minutes=25))
    await pass_time(hass, noon, timedelta(minutes=40))
    car.plug_in()
    await pass_time(hass, noon, 3 * HOUR)
    without_sleep = [
        kind for kind in fired.kinds if kind not in ("woke_up", "fell_asleep")
    ]
    assert without_sleep == [
        "left_home",
        "arrived_home",
        "ready_to_charge",
        "charging_started",
        "not_ready",
        "charging_stopped",
    ]


@pytest.mark.all_entities
async def test_a_position_from_before_a_drive_is_no_return(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In a garage at work the car goes on to send the last position, which was home."""
    await set_up(hass, cloud)
    fired = fired_events_of(hass)
    at_home = payload(the_car(cloud), "drive_state", {})["response"]["drive_state"]
    the_car(cloud).drive(20, WORK, timedelta(minutes=25))
    await pass_time(hass, noon, timedelta(minutes=20))
    assert state_of(hass, "binary_sensor", "at_home") == "off"
    measured = {key: at_home[key] for key in ("latitude", "longitude", "gps_as_of")}
    with answered(cloud, "drive_state", **measured, shift_state=None, speed=None):
        await pass_time(hass, noon, 2 * QUARTER)
        await scout_now(hass)
        assert state_of(hass, "binary_sensor", "at_home") == STATE_UNKNOWN
        assert state_of(hass, "device_tracker", "location") == STATE_UNKNOWN
    the_car(cloud).wake()
    await pass_time(hass, noon, QUARTER)
    assert state_of(hass, "binary_sensor", "at_home") == "off"
    assert "arrived_home" not in fired.kinds


@with_car(CarSettings(vin=VIN, home=HOME, plugged_in=True, charge_limit=70))
async def test_a_sleeping_car_gets_ready_when_it_is_back(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A home that moves to a sleeping car is told of once the car is online."""
    await hass.config.async_update(latitude=WORK.latitude, longitude=WORK.longitude)
    await set_up(hass, cloud)
    the_car(cloud).set_limit_by_owner(90)
    the_car(cloud).charge_stop()
    await scout_now(hass)
    await pass_time(hass, noon, HOUR)
    fired = fired_events_of(hass)
    await hass.config.async_update(latitude=HOME.latitude, longitude=HOME.longitude)
    await pass_time(hass, noon, HOUR)
    assert fired.kinds == []
    the_car(cloud).wake()
    await pass_time(hass, noon, timedelta(minutes=20))
    assert [kind for kind in fired.kinds if kind != "fell_asleep"] == [
        "woke_up",
        "ready_to_charge",
    ]


async def test_a_home_that_moves_is_no_trip(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The next free round sees the last place from there: not ready, but not left."""
    await set_up(hass, cloud)
    the_car(cloud).plug_in()
    await scout_now(hass)
    fired = fired_events_of(hass)
    await hass.config.async_update(latitude=WORK.latitude, longitude=WORK.longitude)
    await tick(hass, noon, timedelta(minutes=15))
    assert state_of(hass, "binary_sensor", "at_home") == "off"
    assert fired.kinds == ["not_ready"]
    await hass.config.async_update(latitude=HOME.latitude, longitude=HOME.longitude)
    await tick(hass, noon, timedelta(minutes=15))
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert fired.kinds == ["not_ready", "ready_to_charge"]
