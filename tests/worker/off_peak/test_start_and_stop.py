"""Charging now: a car that should charge is started, and what was started is ended."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import the_car, tick
from ...scout_helpers import answered, reads, reload, scout_now, with_car
from ..special_charging.session_helpers import happened, local
from .off_peak_helpers import (
    AWAKE,
    MINUTE,
    NIGHT,
    QUARTER,
    SECOND,
    clock,
    commands,
    cycle,
    depart,
    held,
    in_earnest,
    number,
    status,
    switch,
    troubles,
    until,
)

pytestmark = pytest.mark.slow


async def late(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    at: str = "2026-11-25 04:02",
) -> None:
    """Plug in within the night's window, and have the car not start."""
    await in_earnest(hass, cloud)
    await until(hass, noon, clock(at), QUARTER)
    the_car(cloud).plug_in()
    the_car(cloud).charge_stop()
    await scout_now(hass)


async def test_a_car_that_does_not_start_is_started_once_and_stopped_in_time(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Plugged in within a window it must really charge, but not beyond the window."""
    await late(hass, cloud, noon)
    car = the_car(cloud)
    await until(hass, noon, clock("2026-11-25 04:10"), MINUTE)
    assert car.charging_state == "Charging"
    assert commands(cloud) == 2
    await until(hass, noon, clock("2026-11-25 05:59"), MINUTE)
    await until(hass, noon, clock("2026-11-25 06:01"), 5 * SECOND)
    assert car.charging_state == "Stopped"
    assert commands(cloud) == 3
    stopped = happened(cloud, "charging_stopped")[-1]
    assert local(stopped.at) == "06:00"


@pytest.mark.parametrize("signal", [True, False])
async def test_a_car_that_starts_by_itself_is_not_started(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, signal: bool
) -> None:
    """Nor one that cannot be reached by the time that it should have."""
    await late(hass, cloud, noon)
    car = the_car(cloud)
    car.charge_start()
    car.set_signal(signal)
    await until(hass, noon, clock("2026-11-25 05:30"), MINUTE)
    assert commands(cloud) == 1


async def test_a_window_that_has_just_begun_is_given_time(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A read within its first minutes that sees no charging is none of its end."""
    await in_earnest(hass, cloud)
    car = the_car(cloud)
    car.plug_in()
    await until(hass, noon, clock("2026-11-24 22:00"), QUARTER)
    car.charge_stop()
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert commands(cloud) == 1
    await until(hass, noon, clock("2026-11-24 22:10"), MINUTE)
    assert commands(cloud) == 2
    assert car.charging_state == "Charging"


async def test_a_start_that_is_refused_is_reported_and_not_repeated(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A person must see to it; the repair goes with the window."""
    no = {"response": {"result": False, "reason": "no_power"}}
    cloud.faults.add(Fault(path="*/charge_start", status=200, body=no))
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    assert status(hass) == "failed"
    [trouble] = troubles(hass)
    assert trouble.translation_key == "off_peak_not_started"
    assert trouble.translation_placeholders == {
        "car": "Scout",
        "reason": "no power",
        "session": "",
        "limit": "",
    }
    assert commands(cloud) == 2
    before = reads(cloud)
    await until(hass, noon, clock("2026-11-25 06:10"), MINUTE)
    assert commands(cloud) == 2
    assert reads(cloud) - before <= 4
    assert status(hass) == "in_car"
    assert not troubles(hass)


async def test_a_start_that_tesla_did_not_take_is_tried_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A server error at 04:05 is no reason to leave with an empty battery."""
    cloud.faults.add(Fault(path="*/charge_start", status=503, times=2))
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:50"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    assert commands(cloud) == 4
    await until(hass, noon, clock("2026-11-25 06:05"), 10 * SECOND)
    assert the_car(cloud).charging_state == "Stopped"


async def test_an_automation_does_not_put_off_the_start(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Cycles in between, each minute, are no plugging in anew."""
    await late(hass, cloud, noon)
    for _ in range(8):
        await cycle(hass)
        await tick(hass, noon, MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    assert commands(cloud) == 2


async def test_a_stop_that_is_refused_is_not_repeated(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It was started by us, and the owner may stop it: no command each quarter."""
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    no = {"response": {"result": False, "reason": "no"}}
    cloud.faults.add(Fault(path="*/charge_stop", status=200, body=no))
    await until(hass, noon, clock("2026-11-25 07:00"), MINUTE)
    assert commands(cloud) == 3


@pytest.mark.all_entities
async def test_a_car_is_not_stopped_within_another_window(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It was started for the safety floor, which is reached in the cheap hours."""
    await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 21:30"), QUARTER)
    car = the_car(cloud)
    car.plug_in()
    car.charge_start()
    car.charge_stop()
    await scout_now(hass)
    await number(hass, "safety_floor", 50)
    await until(hass, noon, clock("2026-11-24 21:45"), MINUTE)
    assert car.charging_state == "Charging"
    assert commands(cloud) == 3
    await until(hass, noon, clock("2026-11-24 23:30"), MINUTE)
    assert car.charging_state == "Charging"
    assert commands(cloud) == 3


async def test_a_car_that_cannot_be_reached_is_stopped_when_it_is_back(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It charges on beyond the window until then, and no longer."""
    await late(hass, cloud, noon, "2026-11-25 05:02")
    car = the_car(cloud)
    await until(hass, noon, clock("2026-11-25 05:30"), MINUTE)
    assert car.charging_state == "Charging"
    car.set_signal(False)
    await until(hass, noon, clock("2026-11-25 06:30"), MINUTE)
    assert car.charging_state == "Charging"
    car.set_signal(True)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert car.charging_state == "Stopped"


async def test_a_stop_that_failed_is_tried_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Else the car would go on to its limit through the dear hours."""
    cloud.faults.add(Fault(path="*/charge_stop", status=503, times=1))
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 05:59"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    await until(hass, noon, clock("2026-11-25 06:20"), MINUTE)
    assert the_car(cloud).charging_state == "Stopped"
    await until(hass, noon, clock("2026-11-25 09:00"), QUARTER)
    # The schedule; the start; the stop, twice.
    assert commands(cloud) == 4


async def test_what_the_owner_starts_is_not_stopped(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The night's start ended with the cable; the one at noon is the owner's."""
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:20"), MINUTE)
    car = the_car(cloud)
    assert car.charging_state == "Charging"
    car.unplug()
    await scout_now(hass)
    car.set_signal(False)
    await until(hass, noon, clock("2026-11-25 06:10"), QUARTER)
    car.set_signal(True)
    car.plug_in()
    car.charge_start()
    await scout_now(hass)
    await until(hass, noon, clock("2026-11-25 06:30"), MINUTE)
    assert car.charging_state == "Charging"


async def test_a_car_with_unknown_charging_state_gets_no_command(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What is unknown is no reason for a command."""
    await late(hass, cloud, noon)
    car = the_car(cloud)
    sent = commands(cloud)
    cloud.faults.add(
        Fault(
            path="*/vehicle_data",
            body={
                "response": {
                    **car.vehicle_data(frozenset({"charge_schedule_data"})),
                    "charge_state": {
                        "battery_level": 40,
                        "charge_limit_soc": 80,
                        "conn_charge_cable": "IEC",
                    },
                }
            },
        )
    )
    await until(hass, noon, clock("2026-11-25 05:00"), MINUTE)
    assert commands(cloud) == sent


# What becomes of a charge that was begun, whatever the owner switches meanwhile.


@pytest.mark.parametrize(
    ("key", "on"), [("off_peak_sync", False), ("shadow_mode", True)]
)
async def test_what_was_started_is_stopped_though_the_rest_is_switched_off(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, key: str, on: bool
) -> None:
    """As the schedule that is left in the car would have done it."""
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    await switch(hass, key, on)
    await until(hass, noon, clock("2026-11-25 05:59"), MINUTE)
    car = the_car(cloud)
    assert car.charging_state == "Charging"
    await until(hass, noon, clock("2026-11-25 06:01"), 5 * SECOND)
    assert car.charging_state == "Stopped"
    assert commands(cloud) == 3
    assert held(cloud) == [NIGHT]
    # What the owner begins after that is the owner's.
    car.charge_start()
    await until(hass, noon, clock("2026-11-25 06:20"), MINUTE)
    assert car.charging_state == "Charging"
    await switch(hass, key, not on)
    await until(hass, noon, clock("2026-11-25 06:40"), MINUTE)
    assert car.charging_state == "Charging"
    assert commands(cloud) == 3


async def test_a_stop_that_failed_is_tried_again_though_it_is_switched_off(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Error and recovery, over a restart; and no repair for who switched it off."""
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    await switch(hass, "off_peak_sync", False)
    cloud.faults.add(Fault(path="*/charge_stop", status=503, times=1))
    await until(hass, noon, clock("2026-11-25 06:03"), MINUTE)
    assert the_car(cloud).charging_state == "Charging"
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-25 06:30"), MINUTE)
    assert the_car(cloud).charging_state == "Stopped"
    assert status(hass) == "unknown"
    assert not troubles(hass)


async def test_what_was_started_is_stopped_though_a_change_cannot_be_sent(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The pause after a refusal is the schedule's, and not the end's."""
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    no = {"response": {"result": False, "reason": "no"}}
    cloud.faults.add(Fault(path="*/add_charge_schedule", status=200, body=no))
    await depart(hass, "05:30:00")
    await cycle(hass)
    await until(hass, noon, clock("2026-11-25 06:05"), MINUTE)
    assert the_car(cloud).charging_state == "Stopped"


@pytest.mark.parametrize("sync", [True, False])
async def test_a_charge_that_the_owner_ended_is_not_ended_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, sync: bool
) -> None:
    """Stopped by hand within the window, and begun anew by hand: the owner's own."""
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    await switch(hass, "off_peak_sync", sync)
    car = the_car(cloud)
    car.charge_stop()
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    car.charge_start()
    await scout_now(hass)
    await until(hass, noon, clock("2026-11-25 06:30"), MINUTE)
    assert car.charging_state == "Charging"
    assert commands(cloud) == 2


async def test_an_outage_of_the_power_does_not_end_what_was_started(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It goes on by itself when the power is back, and is stopped with the window."""
    await late(hass, cloud, noon)
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    with answered(cloud, "charge_state", charging_state="NoPower"):
        await scout_now(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2026-11-25 06:05"), MINUTE)
    assert the_car(cloud).charging_state == "Stopped"


@pytest.mark.all_entities
@with_car(replace(AWAKE, charge_limit=100))
async def test_a_start_in_one_window_is_stopped_at_the_end_of_the_next(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Begun for the safety floor, on into the cheap hours, but not to the limit."""
    await in_earnest(hass, cloud)
    car = the_car(cloud)
    await until(hass, noon, clock("2026-11-24 21:30"), QUARTER)
    car.plug_in()
    car.charge_stop()
    await scout_now(hass)
    await number(hass, "safety_floor", 50)
    await until(hass, noon, clock("2026-11-24 21:45"), MINUTE)
    assert car.charging_state == "Charging"
    # So slowly that the limit is far.
    car.set_charging_amps(5)
    await until(hass, noon, clock("2026-11-25 05:50"), QUARTER)
    assert car.charging_state == "Charging"
    await until(hass, noon, clock("2026-11-25 06:05"), MINUTE)
    assert car.charging_state == "Stopped"
