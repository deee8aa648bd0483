"""The Scout through Home Assistant: how rarely it reads, and what it tells of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import (
    HOME,
    OTHER_VIN,
    VIN,
    WORK,
    count,
    entity_id,
    pass_time,
    set_up,
    state_of,
    the_car,
    tick,
)
from ..scout_helpers import (
    LIST,
    READ,
    READ_SECTIONS,
    fired_events_of,
    lists,
    press,
    reads,
    reload,
    scout_now,
    state,
    wakes,
    with_car,
)

pytestmark = pytest.mark.fixed_rhythm

WARSAW = ZoneInfo("Europe/Warsaw")
QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ready_car = CarSettings(vin=VIN, home=HOME, plugged_in=True)
sleeping_car = CarSettings(vin=VIN, home=HOME, starts_asleep=True)
sentry_car = CarSettings(vin=VIN, home=HOME, sentry=True)


async def stopped_and_ready(hass: HomeAssistant, cloud: Cloud) -> None:
    """Have the car wait on its cable, known to be ready."""
    the_car(cloud).charge_stop()
    answer = await scout_now(hass)
    assert answer["ready_to_charge"] is True
    assert state_of(hass, "sensor", "charging_state") == "stopped"


async def test_a_read_asks_for_four_sections(hass: HomeAssistant, cloud: Cloud) -> None:
    """Ask only for what the Scout reads."""
    await set_up(hass, cloud)
    [look] = [
        request for request in cloud.requests if request.path.endswith("/vehicle_data")
    ]
    assert look.query == {"endpoints": READ_SECTIONS}


async def test_one_list_call_serves_two_cars(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A round is one free call for all cars, and one read for each that is due."""
    for car in two_cars.cars.values():
        car.set_sentry(True)
    await set_up(hass, two_cars)
    lists_before, before = lists(two_cars), len(two_cars.requests)
    await tick(hass, noon, QUARTER)
    assert lists(two_cars) == lists_before + 1
    assert len(two_cars.requests) == before + 3
    assert (reads(two_cars), reads(two_cars, OTHER_VIN)) == (2, 2)
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert state_of(hass, "sensor", "battery_level", OTHER_VIN) == "40"


@pytest.mark.all_entities
@with_car(CarSettings(vin=VIN, home=HOME, sentry=True, battery_level=50))
async def test_the_rhythm_of_a_day(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Every 15 min from 07:00 to 23:00, every 60 min at night, 07:00 not skipped."""
    await set_up(hass, cloud)
    begun = len(cloud.requests)
    assert state_of(hass, "sensor", "next_look") == "2026-11-24T11:15:00+00:00"
    await pass_time(hass, noon, timedelta(hours=24))
    rounds = [
        request.at.astimezone(WARSAW).strftime("%H:%M")
        for request in cloud.requests[begun:]
        if request.path == LIST
    ]
    quarters = [
        f"{hour:02}:{quarter:02}" for hour in range(24) for quarter in (0, 15, 30, 45)
    ]
    by_day = [time for time in quarters if "12:00" < time <= "23:00"]
    by_night = [f"{hour:02}:00" for hour in range(8)]
    morning = [time for time in quarters if "07:00" < time <= "12:00"]
    assert rounds == [*by_day, *by_night, *morning]


@with_car(CarSettings(vin=VIN, home=HOME, self_wake_every=timedelta(hours=3)))
async def test_a_night_of_scouting_wakes_nobody(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """No wake ever, and a sleeping car is not read, however often it was polled."""
    noon.move_to(datetime(2026, 11, 24, 20, tzinfo=UTC))
    await set_up(hass, cloud)
    await pass_time(hass, noon, timedelta(hours=12), timedelta(minutes=5))
    assert wakes(cloud) == count(cloud, "wake") == 0
    assert count(cloud, "command") == 0
    read = [
        request for request in cloud.requests if request.path.endswith("/vehicle_data")
    ]
    assert {item.status for item in read} == {200}
    slept = the_car(cloud).awake_minutes(read[0].at, noon().replace(tzinfo=UTC))
    assert slept < 4 * 60


@with_car(sleeping_car)
async def test_a_sleeping_car_is_not_read(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Asked for or not, a car that sleeps goes on sleeping."""
    await set_up(hass, cloud)
    await pass_time(hass, noon, 2 * HOUR, timedelta(minutes=5))
    answer = await scout_now(hass)
    await press(hass)
    assert answer["reason"] == "asleep"
    assert answer["battery_level"] is None
    assert reads(cloud) == wakes(cloud) == 0
    assert the_car(cloud).record == []


@pytest.mark.all_entities
@with_car(sleeping_car)
async def test_an_asleep_car_does_not_hold_up_the_set_up(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What was never told is unknown, not unavailable, until the car wakes."""
    entry = await set_up(hass, cloud)
    assert state(entry) is ConfigEntryState.LOADED
    assert state_of(hass, "binary_sensor", "online") == "off"
    for platform, key in (
        ("sensor", "battery_level"),
        ("sensor", "last_seen"),
        ("binary_sensor", "at_home"),
        ("binary_sensor", "ready_to_charge"),
        ("device_tracker", "location"),
    ):
        assert state_of(hass, platform, key) == STATE_UNKNOWN
    fired = fired_events_of(hass)
    the_car(cloud).plug_in()
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "sensor", "battery_level") == "73"
    assert fired.kinds == ["woke_up", "ready_to_charge"]


@pytest.mark.all_entities
async def test_an_offline_car_does_not_hold_up_the_set_up(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car without a signal is unknown until it has one."""
    the_car(cloud).set_signal(False)
    entry = await set_up(hass, cloud)
    assert state(entry) is ConfigEntryState.LOADED
    assert state_of(hass, "binary_sensor", "online") == "off"
    assert state_of(hass, "sensor", "battery_level") == STATE_UNKNOWN
    the_car(cloud).set_sentry(True)
    the_car(cloud).set_signal(True)
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "sensor", "battery_level") == "70"


@pytest.mark.all_entities
@pytest.mark.parametrize("word", ["waking", None, 7])
async def test_a_connectivity_that_nobody_knows_is_unknown(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, word: object
) -> None:
    """A word of Tesla's that is new says nothing, and nobody is woken to find out."""
    row = {**the_car(cloud).summary(), "state": word}
    fault = cloud.faults.add(Fault(path=LIST, body={"response": [row]}))
    await set_up(hass, cloud)
    assert state_of(hass, "binary_sensor", "online") == STATE_UNKNOWN
    assert reads(cloud) == 0
    cloud.faults.remove(fault)
    the_car(cloud).set_sentry(True)
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "binary_sensor", "online") == "on"
    assert reads(cloud) == 1


@pytest.mark.all_entities
async def test_asleep_keeps_the_last_values(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car that fell asleep stays available, with what it told last."""
    await set_up(hass, cloud)
    fired = fired_events_of(hass)
    await pass_time(hass, noon, HOUR)
    assert state_of(hass, "binary_sensor", "online") == "off"
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert state_of(hass, "device_tracker", "location") == "home"
    assert fired.kinds == ["fell_asleep"]


@with_car(
    CarSettings(vin=VIN, home=HOME, plugged_in=True, battery_level=60, charger_kw=0.1)
)
async def test_the_same_state_is_no_second_trigger(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Hours on the cable, and a restart, tell of the cable once."""
    entry = await set_up(hass, cloud)
    event = hass.states.get(entity_id(hass, "event", "scout"))
    assert event is not None
    assert event.attributes["event_type"] == "ready_to_charge"
    fired = fired_events_of(hass)
    await pass_time(hass, noon, 2 * HOUR, timedelta(minutes=5))
    await reload(hass, entry)
    await pass_time(hass, noon, HOUR, timedelta(minutes=5))
    assert fired.kinds == []


@pytest.mark.all_entities
@with_car(ready_car)
async def test_a_ready_car_is_left_to_sleep(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Once ready is known there is no paid read, and the car falls asleep."""
    await set_up(hass, cloud)
    await stopped_and_ready(hass, cloud)
    before = reads(cloud)
    await pass_time(hass, noon, 3 * HOUR)
    assert reads(cloud) == before
    assert the_car(cloud).state == "asleep"
    assert [event.kind for event in the_car(cloud).record].count("slept") == 1
    assert state_of(hass, "binary_sensor", "ready_to_charge") == "on"


@with_car(CarSettings(vin=VIN, home=HOME, idle_before_sleep=timedelta(minutes=30)))
async def test_an_idle_car_is_left_to_sleep(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car that has nothing to tell gets the half hour that it needs."""
    await set_up(hass, cloud)
    await pass_time(hass, noon, 3 * HOUR)
    assert reads(cloud) == 2
    assert the_car(cloud).state == "asleep"


@with_car(sentry_car)
async def test_a_sentry_car_costs_no_more_than_the_rhythm(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car that never sleeps is read less than every half hour over a day."""
    await set_up(hass, cloud)
    await pass_time(hass, noon, timedelta(hours=24), timedelta(minutes=5))
    assert 24 <= reads(cloud) <= 32
    assert the_car(cloud).awake_minutes(
        datetime(2026, 11, 24, 11, tzinfo=UTC), noon().replace(tzinfo=UTC)
    ) == pytest.approx(24 * 60)


@pytest.mark.all_entities
async def test_offline_is_not_asleep(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car underground is neither woken nor told to have slept; it keeps its values."""
    the_car(cloud).set_sentry(True)
    await set_up(hass, cloud)
    fired = fired_events_of(hass)
    the_car(cloud).set_signal(False)
    await pass_time(hass, noon, 2 * HOUR, timedelta(minutes=5))
    assert state_of(hass, "binary_sensor", "online") == "off"
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert (reads(cloud), wakes(cloud)) == (1, 0)
    the_car(cloud).set_signal(True)
    await tick(hass, noon, QUARTER)
    assert state_of(hass, "binary_sensor", "online") == "on"
    assert reads(cloud) == 2
    assert fired.kinds == []


@with_car(ready_car)
async def test_offline_is_remembered(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A lost signal, with a restart in it, repeats no trigger."""
    entry = await set_up(hass, cloud)
    await stopped_and_ready(hass, cloud)
    fired = fired_events_of(hass)
    the_car(cloud).set_sentry(True)
    for there in (False, True, False, True):
        the_car(cloud).set_signal(there)
        await tick(hass, noon, QUARTER)
        await reload(hass, entry)
    assert fired.kinds == []
    assert reads(cloud) == 4


async def test_the_store_is_written_on_change_alone(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """Rounds that learn nothing write nothing."""
    entry = await set_up(hass, cloud)
    key = f"{DOMAIN}.{entry.entry_id}"
    await pass_time(hass, noon, HOUR)
    assert hass_storage.pop(key)["data"]["cars"][VIN]["confirmed"]["asleep"] is True
    before = lists(cloud)
    await pass_time(hass, noon, HOUR)
    assert lists(cloud) == before + 4
    assert key not in hass_storage
    the_car(cloud).plug_in()
    await pass_time(hass, noon, QUARTER + MINUTE)
    assert hass_storage[key]["data"]["cars"][VIN]["confirmed"]["ready"] is True


async def test_a_car_that_only_just_wakes_is_read_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Online and yet too slow (408) is no failure, but the read is made up for."""
    the_car(cloud).plug_in()
    await set_up(hass, cloud)
    await stopped_and_ready(hass, cloud)
    await pass_time(hass, noon, timedelta(minutes=35))
    assert the_car(cloud).state == "asleep"
    fired = fired_events_of(hass)
    before = reads(cloud)
    the_car(cloud).unplug()
    cloud.faults.add(Fault(path=READ, status=408, times=1))
    await tick(hass, noon, timedelta(minutes=10))
    assert reads(cloud) == before + 1
    assert fired.kinds == ["woke_up"]
    the_car(cloud).set_sentry(True)
    await tick(hass, noon, QUARTER)
    assert reads(cloud) == before + 2
    assert fired.kinds == ["woke_up", "not_ready"]


async def test_a_car_in_service_is_left_alone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A workshop's car is not read until it comes back, unless asked for."""
    the_car(cloud).set_sentry(True)
    row = {**the_car(cloud).summary(), "in_service": True}
    fault = cloud.faults.add(Fault(path=LIST, body={"response": [row]}))
    await set_up(hass, cloud)
    await pass_time(hass, noon, HOUR, timedelta(minutes=5))
    assert reads(cloud) == 0
    assert (await scout_now(hass))["battery_level"] == 70
    cloud.faults.remove(fault)
    await pass_time(hass, noon, timedelta(minutes=20))
    assert reads(cloud) == 2


@pytest.mark.all_entities
async def test_a_round_just_before_seven_is_the_round_of_seven(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant's timer may fire a moment early; 07:00 is one round all the same."""
    noon.move_to(datetime(2026, 11, 24, 5, 40, tzinfo=UTC))
    the_car(cloud).set_sentry(True)
    await set_up(hass, cloud)
    assert state_of(hass, "sensor", "next_look") == "2026-11-24T06:00:00+00:00"
    before = lists(cloud)
    noon.tick(timedelta(minutes=19, seconds=59, milliseconds=500))
    await scout_now(hass)
    assert lists(cloud) == before + 1
    assert state_of(hass, "sensor", "next_look") == "2026-11-24T06:15:00+00:00"
    await pass_time(hass, noon, timedelta(minutes=14))
    assert lists(cloud) == before + 1
    await tick(hass, noon, MINUTE)
    assert lists(cloud) == before + 2


async def test_an_event_entity_that_was_disabled_tells_what_is_pending(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What happened while nobody listened is told on enabling, if it is younger than 6 h."""
    await set_up(hass, cloud)
    event = entity_id(hass, "event", "scout")
    registry = er.async_get(hass)
    fired = fired_events_of(hass)
    registry.async_update_entity(event, disabled_by=er.RegistryEntryDisabler.USER)
    await tick(hass, noon, MINUTE)
    the_car(cloud).set_sentry(True)
    the_car(cloud).move(WORK)
    await pass_time(hass, noon, 4 * HOUR, timedelta(minutes=5))
    the_car(cloud).move(HOME)
    await pass_time(hass, noon, timedelta(minutes=150), timedelta(minutes=5))
    assert fired.kinds == []
    registry.async_update_entity(event, disabled_by=None)
    await pass_time(hass, noon, timedelta(minutes=1), timedelta(seconds=30))
    assert fired.kinds == ["arrived_home"]
    await pass_time(hass, noon, HOUR, timedelta(minutes=5))
    assert fired.kinds == ["arrived_home"]


@pytest.mark.all_entities
async def test_what_an_event_starts_reads_the_same_round(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """An automation on ``ready_to_charge`` finds the cable in and the car ready."""
    await set_up(hass, cloud)
    keys = ("plugged_in", "ready_to_charge")
    read: list[list[str]] = []

    @callback
    def automation(_event: Event[EventStateChangedData]) -> None:
        """Read what an automation would read."""
        read.append([state_of(hass, "binary_sensor", key) for key in keys])

    async_track_state_change_event(hass, entity_id(hass, "event", "scout"), automation)
    the_car(cloud).plug_in()
    await scout_now(hass)
    await hass.async_block_till_done()
    assert read
    assert all(states == ["on", "on"] for states in read)
