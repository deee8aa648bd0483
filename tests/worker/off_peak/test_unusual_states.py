"""What is rarely met: a car in service, on the road, asleep or silent at the wrong moment."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.tesla_scout_worker.charging.daily.sync_result import SyncTrigger
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import VIN, WORK, act, state_of, the_car, tick
from ...scout_helpers import answered, devices, scout_now, wakes, with_car
from ..special_charging.session_helpers import add
from .off_peak_helpers import (
    ASLEEP,
    G13,
    MINUTE,
    NIGHT,
    PLUGGED,
    QUARTER,
    SECOND,
    TUESDAY,
    WEDNESDAY,
    arrive,
    by_prices,
    cheap_at,
    choose,
    clock,
    commands,
    cycle,
    day_prices,
    guards,
    held,
    in_earnest,
    moving_on,
    planned,
    publish,
    status,
    switch,
    troubles,
    until,
    windows,
)


async def test_a_car_that_drove_off_unseen_gets_no_command(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The read before sending finds it away: its schedules are bound to home."""
    entry = await in_earnest(hass, cloud)
    await tick(hass, noon, 2 * MINUTE)
    the_car(cloud).move(WORK)
    assert await hass.config_entries.async_unload(entry.entry_id)
    options = {**entry.options, "off_peak": {"price_source": "g13"}}
    hass.config_entries.async_update_entry(entry, options=options)
    # The Scout's first read fails, and so the car is at home as far as is known.
    cloud.faults.add(Fault(path="*/vehicle_data", status=503, times=1))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await tick(hass, noon, 2 * MINUTE)
    await cycle(hass)
    assert held(cloud) == [NIGHT]
    assert status(hass) == "not_home"


@with_car(ASLEEP)
async def test_a_wake_whose_answer_is_lost_is_not_asked_for_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tesla has it, and bills it: the car wakes, and is told."""
    entry = await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    await choose(hass, entry, price_source="g13")
    cloud.faults.add(Fault(path="*/wake_up", tear="after", times=1))
    await until(hass, noon, clock("2026-11-24 19:50"), QUARTER)
    await until(hass, noon, clock("2026-11-24 20:10"), 20 * SECOND)
    assert held(cloud) == [G13]
    assert wakes(cloud) == 1


@with_car(ASLEEP)
async def test_a_sleeping_car_cannot_be_reset(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is forgotten then, and it works once the car is awake and tells."""
    await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    device = devices(hass)[VIN]
    with pytest.raises(HomeAssistantError, match="asleep"):
        await act(hass, "remove_schedules", device_id=device)
    the_car(cloud).set_sentry(True)
    with (
        answered(cloud, "charge_schedule_data", charge_schedules=None),
        pytest.raises(HomeAssistantError, match="asleep"),
    ):
        await act(hass, "remove_schedules", device_id=device)
    assert held(cloud) == [NIGHT]
    assert state_of(hass, "switch", "off_peak_sync") == "on"
    yes = {"response": {"result": True, "reason": ""}}
    lie = cloud.faults.add(Fault(path="*/remove_charge_schedule", status=200, body=yes))
    with pytest.raises(HomeAssistantError, match="not_in_car"):
        await act(hass, "remove_schedules", device_id=device)
    cloud.faults.remove(lie)
    assert (await act(hass, "remove_schedules", device_id=device))["removed"] == 1
    assert held(cloud) == []


@with_car(PLUGGED)
async def test_a_read_without_a_place_is_no_arrival(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nor is the cable, which was in all the time, plugged in anew by it."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    entry = await by_prices(hass, cloud)
    sent = commands(cloud)
    worker = entry.runtime_data.worker
    await until(hass, noon, clock("2026-11-25 03:00"), QUARTER)
    with answered(cloud, "drive_state", latitude=None, longitude=None):
        await tick(hass, noon, 2 * MINUTE)
        await scout_now(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert worker.repository.record(VIN).plugged_in
    await tick(hass, noon, 2 * MINUTE)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert worker.result(VIN).trigger in (SyncTrigger.SCOUTED, SyncTrigger.TIMER)
    assert commands(cloud) == sent


@with_car(ASLEEP)
async def test_a_full_car_is_not_woken_to_lose_a_window(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The owner charged it by hand: what is in the car would do nothing."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    car = the_car(cloud)
    car.charge_start()
    await until(hass, noon, clock("2026-11-24 16:00"), QUARTER)
    assert round(car.battery_level) == 80
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    assert wakes(cloud) == 0


@with_car(ASLEEP)
async def test_a_smaller_target_is_worth_a_wake(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The window in the car is too long by then; without one it would charge at once."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 14:00"))
    assert the_car(cloud).state == "asleep"
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.scout_target_level", "value": 50},
        blocking=True,
    )
    await until(hass, noon, clock("2026-11-25 01:00"), QUARTER)
    await until(hass, noon, clock("2026-11-25 01:30"), 20 * SECOND)
    assert wakes(cloud) == 1
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert 49 < the_car(cloud).battery_level < 52


async def test_a_car_that_is_being_repaired_is_waited_for(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """T26: it may be online in the workshop, and is not told anything there."""
    entry = await in_earnest(hass, cloud)
    await tick(hass, noon, 2 * MINUTE)
    row = {**the_car(cloud).summary(), "in_service": True}
    workshop = cloud.faults.add(
        Fault(path="/api/1/vehicles", body={"response": [row], "count": 1})
    )
    await choose(hass, entry, price_source="g13")
    answer = await cycle(hass)
    assert (answer["status"], answer["skipped"]) == ("pending", "in_service")
    assert held(cloud) == [NIGHT]
    cloud.faults.remove(workshop)
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert held(cloud) == [G13]


async def test_a_car_that_is_unplugged_is_not_believed_to_have_charged(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its windows went by: the plan that is asked for in the morning needs it all."""
    night, noon_of = cheap_at(2, 3, 4), cheap_at(12, 13, 14, cheap=0.1)
    publish(
        hass,
        day_prices(TUESDAY, night),
        day_prices(WEDNESDAY, lambda hour: min(night(hour), noon_of(hour))),
    )
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-25 03:58"), QUARTER)
    plan = await planned(hass)
    assert plan["energy"] == pytest.approx(11.5, abs=0.5)
    await until(hass, noon, clock("2026-11-25 07:10"), QUARTER)
    plan = await planned(hass)
    assert plan["energy"] == 30
    assert plan["ready_by"] == "2026-11-26T07:00:00+01:00"


async def test_nothing_is_begun_while_home_assistant_stops(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The next start finds it due."""
    await in_earnest(hass, cloud)
    sent = len(cloud.requests)
    cloud.faults.add(Fault(path="*", status=500))
    hass.set_state(CoreState.stopping)
    noon.move_to(clock("2026-11-25 00:00:30"))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    hass.set_state(CoreState.running)
    assert not any("command" in request.path for request in cloud.requests[sent:])


@with_car(PLUGGED)
async def test_a_session_that_begins_with_the_switch_off(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The session has the car to itself; the guard leaves when it is over."""
    publish(hass)
    await by_prices(hass, cloud)
    await add(hass, "2026-11-24 16:00:00", 60)
    await until(hass, noon, clock("2026-11-24 12:10"), MINUTE)
    assert status(hass) == "blocked"
    await switch(hass, "off_peak_sync", False)
    assert status(hass) == "unknown"
    assert guards(cloud) == 1
    await until(hass, noon, clock("2026-11-24 17:30"), QUARTER)
    assert guards(cloud) == 0
    assert not troubles(hass)


async def test_time_that_passes_while_tesla_answers_changes_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A whole evening with requests of a second each: the same commands and windows."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    with moving_on(cloud, noon):
        await by_prices(hass, cloud)
        await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
        await arrive(hass, cloud)
        await until(hass, noon, clock("2026-11-24 23:50"), QUARTER)
    assert windows(cloud) == [("02:16", "05:00")]
    assert commands(cloud) == 2
    assert (await planned(hass))["energy"] == 30
