"""Home Assistant's own integrations for Tesla, unmodified but for addresses.

Nothing of them is imported by the integration: only their entities and actions are used.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.car_settings import CarState
from simulator.cloud import Cloud

from ...common import HOME, VIN, act, state_of, the_car
from ...config.test_entity_steps import set_up_found
from ...provider_entries import TESLEMETRY, TESSIE, Theirs, theirs
from ...scout_helpers import devices, reload
from ...tesla_fleet_entry import TESLA_FLEET
from ..off_peak.off_peak_helpers import (
    PRICES,
    choose,
    depart,
    held,
    publish,
    switch,
    two_days,
)
from ..special_charging.session_helpers import charges
from .any_car import WARSAW

__all__ = ["theirs"]

EACH = pytest.mark.parametrize(
    "theirs",
    # Tessie's commands wait until the car is awake.
    [TESLA_FLEET, pytest.param(TESSIE, marks=pytest.mark.slow), TESLEMETRY],
    indirect=True,
)
MORNING = datetime(2026, 11, 25, 7, tzinfo=WARSAW)
MINUTE = timedelta(minutes=1)
SLOWLY = timedelta(minutes=5)


WAITING = CarSettings(vin=VIN, home=HOME, battery_level=50, charge_limit=50)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that waits for a cable, and for a target above its limit."""
    return WAITING


def at(hour: int, minute: int = 0) -> datetime:
    """Return a time of the night."""
    return MORNING.replace(hour=hour, minute=minute)


def repairs(hass: HomeAssistant) -> list[str]:
    """Return the repairs of the integration."""
    return [
        issue.translation_key or ""
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == "tesla_scout_worker"
        and issue.translation_key != "shadow_mode"
    ]


async def special_evening(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> ConfigEntry[Any]:
    """Set up what was found, ask for a target in the morning, and plug in."""
    entry = await set_up_found(hass)
    await theirs.async_pass(timedelta(seconds=5), timedelta(seconds=5))
    assert state_of(hass, "sensor", "battery_level") == "50"
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        ready_by=MORNING.isoformat(),
        target=70,
    )
    the_car(cloud).plug_in()
    await theirs.async_pass(theirs.late, MINUTE)
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    return entry


def assert_kept(hass: HomeAssistant, cloud: Cloud) -> None:
    """Check that the target was reached, and that nothing raised is left raised."""
    car = the_car(cloud)
    assert round(car.battery_level) >= 70
    assert car.charge_limit == 50
    assert not car.charge_schedules
    assert state_of(hass, "sensor", "special_charging") == "idle"
    assert not repairs(hass)


@EACH
@pytest.mark.slow
async def test_a_special_night(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """From the plug to the target, and back to the owner's limit; the car sleeps."""
    car = the_car(cloud)
    await special_evening(hass, cloud, theirs)
    assert car.charge_limit == 50
    await theirs.async_until(at(2, 20), SLOWLY)
    # Tesla Fleet reads a car that is awake so often that it stays awake.
    awake = theirs.entry.domain == TESLA_FLEET
    assert car.state is (CarState.ONLINE if awake else CarState.ASLEEP)
    await theirs.async_until(at(4))
    # Only Teslemetry has actions for schedules: its car charges without Home Assistant.
    # Nothing else keeps a car from charging up to a limit that is raised too early.
    starts_itself = theirs.entry.domain == TESLEMETRY
    assert bool(car.charge_schedules) == starts_itself
    assert car.charge_limit == (70 if starts_itself else 50)
    await theirs.async_until(at(6, 25), SLOWLY)
    assert round(car.battery_level) >= 70
    [charge] = charges(cloud)
    assert at(4, 30) < charge.start < at(4, 50)
    await theirs.async_until(at(7, 45), SLOWLY)
    assert_kept(hass, cloud)


@pytest.mark.slow
@EACH
async def test_a_service_that_is_down_over_the_send_time_and_the_restore(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """The limit is raised and restored late, and nothing raised is left raised."""
    await special_evening(hass, cloud, theirs)
    for start, end in ((at(2, 20), at(3, 30)), (at(6, 20), at(7, 10))):
        await theirs.async_until(start, SLOWLY)
        with theirs.down():
            await theirs.async_until(end)
    assert the_car(cloud).charge_limit == 70
    assert round(the_car(cloud).battery_level) >= 70
    await theirs.async_until(at(8, 30))
    assert_kept(hass, cloud)


@EACH
@pytest.mark.parametrize("car_settings", [replace(WAITING, sentry=True)])
@pytest.mark.slow
async def test_commands_that_reach_nobody_do_not_end_a_session(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """The car is seen and awake, and the service cannot command it for an hour."""
    await special_evening(hass, cloud, theirs)
    # Teslemetry's is sent two hours ahead, the others are commanded as they charge. What
    # could not be written into Teslemetry's is timed by Home Assistant as of the others.
    ahead = theirs.entry.domain == TESLEMETRY
    start, end = (at(2, 20), at(3, 50)) if ahead else (at(4, 20), at(5, 20))
    await theirs.async_until(start, SLOWLY)
    assert the_car(cloud).state is CarState.ONLINE
    with theirs.down("*/command/*"):
        await theirs.async_until(end)
    tried = [each for each in cloud.requests if "/command/" in each.path]
    assert len(tried) >= (1 if ahead else 4)
    shown = state_of(hass, "sensor", "special_charging")
    assert shown == ("active" if ahead else "falling_behind")
    await theirs.async_until(at(6, 25) if ahead else MORNING)
    assert round(the_car(cloud).battery_level) >= 70
    assert charges(cloud)[0].start > at(4, 30)
    await theirs.async_until(at(7, 45), SLOWLY)
    assert_kept(hass, cloud)


@pytest.mark.slow
@EACH
async def test_a_sign_out_of_the_other_integration(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """It asks for another key itself; after that the night goes on."""
    await special_evening(hass, cloud, theirs)
    await theirs.async_until(at(2, 20), SLOWLY)
    await theirs.async_sign_out()
    await theirs.async_until(at(3, 30))
    assert the_car(cloud).charge_limit == 50
    [flow] = hass.config_entries.flow.async_progress_by_handler(theirs.entry.domain)
    assert flow["context"]["source"] == SOURCE_REAUTH
    await theirs.async_sign_in()
    await theirs.async_until(at(6, 25))
    assert round(the_car(cloud).battery_level) >= 70
    await theirs.async_until(at(7, 45), SLOWLY)
    assert_kept(hass, cloud)


@pytest.mark.slow
@EACH
async def test_a_restart_at_each_step(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """Both are loaded anew before the send, after it, in the charge, before the end."""
    entry = await special_evening(hass, cloud, theirs)
    for hour, minute in ((2, 20), (2, 50), (5, 0), (6, 28)):
        await theirs.async_until(at(hour, minute), SLOWLY)
        await theirs.async_reload()
        await reload(hass, entry)
    await theirs.async_until(at(7, 45))
    assert_kept(hass, cloud)
    assert at(4, 30) < charges(cloud)[-1].start < at(4, 50)


@pytest.mark.slow
@EACH
async def test_what_they_show_is_old_after_commands(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """A memory that is not renewed, a stream that is cut: the target is kept."""
    await special_evening(hass, cloud, theirs)
    for start, end in ((at(2, 20), at(3)), (at(4, 30), at(5)), (at(6, 25), at(6, 50))):
        await theirs.async_until(start, SLOWLY)
        with theirs.showing_old():
            await theirs.async_until(end)
    await theirs.async_until(at(8))
    assert_kept(hass, cloud)
    assert at(4, 30) < charges(cloud)[-1].start < at(4, 50)


async def off_peak_evening(
    hass: HomeAssistant, theirs: Theirs, hours: Iterable[int]
) -> ConfigEntry[Any]:
    """Set up what was found, by prices that are low in some hours; leave at 07:00."""
    publish(hass, *two_days(*hours))
    entry = await set_up_found(hass)
    await theirs.async_pass(MINUTE, timedelta(seconds=10))
    await choose(hass, entry, price_source="entities", price_entities=[PRICES])
    await switch(hass, "shadow_mode", False)
    await depart(hass, "07:00")
    return entry


def wakes(cloud: Cloud) -> int:
    """Return how often the car was woken."""
    return sum(each.path.endswith("/wake_up") for each in cloud.requests)


@pytest.mark.slow
@EACH
@pytest.mark.parametrize("trouble", ["none", "restart"])
async def test_an_off_peak_night(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs, trouble: str
) -> None:
    """By prices; also if both are loaded anew while it charges."""
    car = the_car(cloud)
    car.plug_in()
    entry = await off_peak_evening(hass, theirs, range(2, 7))
    car.set_charge_limit(80)
    await theirs.async_until(at(1))
    assert car.battery_level < (54 if theirs.entry.domain == TESLA_FLEET else 52)
    await theirs.async_until(at(4, 30))
    if trouble == "restart":
        await theirs.async_reload()
        await reload(hass, entry)
    await theirs.async_until(at(7))
    assert round(car.battery_level) == 80
    assert charges(cloud)[-1].start >= at(2)
    assert not repairs(hass)


@pytest.mark.slow
@pytest.mark.parametrize("theirs", [TESLEMETRY], indirect=True)
async def test_a_car_that_sleeps_is_not_woken_for_each_plan(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """Its schedules are written into it an hour before they matter: a wake is dear."""
    car = the_car(cloud)
    car.plug_in()
    await off_peak_evening(hass, theirs, (4, 5, 6))
    car.set_charge_limit(60)
    await theirs.async_until(at(1))
    assert car.state is CarState.ASLEEP
    before = wakes(cloud)
    for minutes, hours in ((20, (3,)), (45, (5,)), (70, (4,))):
        publish(hass, *two_days(*hours))
        await theirs.async_until(at(1) + minutes * MINUTE)
    await theirs.async_until(at(3))
    assert wakes(cloud) == before
    assert state_of(hass, "sensor", "off_peak_plan") == "pending"
    await theirs.async_until(at(3, 40))
    assert wakes(cloud) == before + 1
    assert state_of(hass, "sensor", "off_peak_plan") == "in_car"
    assert ("0001000", "04:19", "05:00", True) in held(cloud)
