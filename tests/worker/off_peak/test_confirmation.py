"""What counts as in the car: only what a read after the last command has shown."""

from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import VIN, act, the_car, tick
from ...scout_helpers import devices, reload, with_car
from .off_peak_helpers import (
    AWAKE,
    GUARD,
    MINUTE,
    PLUGGED,
    SECOND,
    by_prices,
    clock,
    commands,
    depart,
    held,
    moving_on,
    publish,
    status,
    switch,
    two_days,
    until,
    windows,
)

ADD = "*/add_charge_schedule"
REMOVE = "*/remove_charge_schedule"
YES = {"response": {"result": True, "reason": ""}}

# The cheap hours, and the windows for a departure at 07:00 and for one at 05:00.
HOURS = (1, 3, 4, 5, 6)
USUAL = [("03:16", "06:00")]


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is plugged in at home and does not fall asleep."""
    return PLUGGED


async def confirmed_plan(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    *,
    guard: bool = True,
) -> ConfigEntry[Any]:
    """Set up with a plan that is in the car, and confirmed some minutes ago."""
    publish(hass, *two_days(*HOURS))
    entry = await by_prices(hass, cloud, guard=guard)
    assert windows(cloud) == USUAL
    assert status(hass) == "in_car"
    await tick(hass, noon, 2 * MINUTE)
    return entry


async def lose_another_plan(
    hass: HomeAssistant, cloud: Cloud, *, taken: int
) -> list[tuple[str, str]]:
    """Send a plan whose last answer is lost; return its windows in the car.

    ``taken`` is how many of its schedules were answered before.
    """
    lost = cloud.faults.add(Fault(path=ADD, tear="after", after=taken, times=1))
    await depart(hass, "05:00:00")
    assert lost not in cloud.faults.active
    assert status(hass) == "pending"
    return [window for window in windows(cloud) if window not in USUAL]


async def assert_only_the_usual_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """See that soon the car holds the windows of the usual plan, and no others."""
    await until(hass, noon, clock("2026-11-24 12:40"), MINUTE)
    assert windows(cloud) == USUAL
    assert status(hass) == "in_car"


@pytest.mark.parametrize("taken", [0, 1], ids=["the first is lost", "the second"])
async def test_a_snapshot_from_before_the_commands_confirms_no_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, taken: int
) -> None:
    """The user changes the departure and changes it back; the car took the other plan."""
    with moving_on(cloud, noon):
        await confirmed_plan(hass, cloud, noon)
        assert await lose_another_plan(hass, cloud, taken=taken)
        await depart(hass, "07:00:00")
        await assert_only_the_usual_plan(hass, cloud, noon)


async def test_prices_that_return_confirm_no_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The same without a person: the prices change, and are as before a moment later."""
    with moving_on(cloud, noon):
        await confirmed_plan(hass, cloud, noon)
        cloud.faults.add(Fault(path=ADD, tear="after", times=1))
        publish(hass, *two_days(0, 1, 2))
        await hass.async_block_till_done(wait_background_tasks=True)
        assert len(windows(cloud)) == 2
        publish(hass, *two_days(*HOURS))
        await hass.async_block_till_done(wait_background_tasks=True)
        await assert_only_the_usual_plan(hass, cloud, noon)


async def test_a_snapshot_from_before_a_restart_confirms_no_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant restarts after the lost answer, and finds its old snapshot."""
    with moving_on(cloud, noon):
        entry = await confirmed_plan(hass, cloud, noon)
        assert await lose_another_plan(hass, cloud, taken=0)
        noon.tick(SECOND)
        await reload(hass, entry)
        await depart(hass, "07:00:00")
        await assert_only_the_usual_plan(hass, cloud, noon)


async def test_shadow_mode_confirms_no_plan_by_an_old_snapshot(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is sent in it, but what may be in the car is remembered and removed later."""
    with moving_on(cloud, noon):
        await confirmed_plan(hass, cloud, noon, guard=False)
        assert await lose_another_plan(hass, cloud, taken=0)
        await switch(hass, "shadow_mode", True)
        await depart(hass, "07:00:00")
        await tick(hass, noon, MINUTE)
        await switch(hass, "shadow_mode", False)
        await assert_only_the_usual_plan(hass, cloud, noon)


@with_car(replace(AWAKE, battery_level=80))
async def test_a_guard_whose_answer_was_lost_is_released(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Sync is turned off before a read: the guard would block charging for days."""
    publish(hass)
    lost = cloud.faults.add(Fault(path=ADD, tear="after", times=1))
    with moving_on(cloud, noon):
        await by_prices(hass, cloud)
        assert lost not in cloud.faults.active
        assert held(cloud) == [GUARD]
        await switch(hass, "off_peak_sync", False)
        await until(hass, noon, clock("2026-11-24 12:40"), MINUTE)
        assert held(cloud) == []


# The action that removes everything.


async def removed(hass: HomeAssistant) -> int:
    """Have the plan's schedules removed, and return how many that were."""
    answer = await act(hass, "remove_schedules", device_id=devices(hass)[VIN])
    await hass.async_block_till_done(wait_background_tasks=True)
    return int(answer["removed"])


@pytest.mark.parametrize("ignored", [1, 2], ids=["one of them", "both"])
async def test_what_leaves_the_car_at_the_second_removal_was_removed(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, ignored: int
) -> None:
    """The car says yes and keeps schedules once: all that it held are counted."""
    with moving_on(cloud, noon):
        await confirmed_plan(hass, cloud, noon)
        assert len(held(cloud)) == 2
        cloud.faults.add(Fault(path=REMOVE, status=200, body=YES, times=ignored))
        assert await removed(hass) == 2
        assert held(cloud) == []
        sent = commands(cloud)
        assert await removed(hass) == 0
        assert commands(cloud) == sent


async def test_what_the_car_keeps_after_two_removals_is_still_known(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The action fails then, and removes them once the car does as it says."""
    with moving_on(cloud, noon):
        await confirmed_plan(hass, cloud, noon)
        lie = cloud.faults.add(Fault(path=REMOVE, status=200, body=YES))
        sent = commands(cloud)
        with pytest.raises(HomeAssistantError):
            await removed(hass)
        assert commands(cloud) == sent + 4
        assert len(the_car(cloud).charge_schedules) == 2
        cloud.faults.remove(lie)
        assert await removed(hass) == 2
        assert held(cloud) == []
