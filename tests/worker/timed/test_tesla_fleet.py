"""Home Assistant's own `tesla_fleet`, unmodified but for addresses, drives the car.

Nothing of it is imported by the integration: only its entities and actions are used.
"""

from datetime import datetime, timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ...common import HOME, VIN, act, pass_time, state_of, the_car, tick
from ...config.test_entity_steps import set_up_found
from ...scout_helpers import devices, reload
from ...tesla_fleet_entry import signed_in_entry, use_simulator
from ..off_peak.off_peak_helpers import (
    PRICES,
    choose,
    depart,
    publish,
    switch,
    two_days,
)
from ..special_charging.session_helpers import charges
from .any_car import WARSAW

EVENING = datetime(2026, 11, 24, 23, tzinfo=WARSAW)
MORNING = datetime(2026, 11, 25, 7, tzinfo=WARSAW)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that waits for a target above its limit."""
    return CarSettings(
        vin=VIN, home=HOME, plugged_in=True, battery_level=50, charge_limit=50
    )


@pytest.fixture
async def theirs(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> MockConfigEntry:
    """Return their entry, set up in the evening."""
    use_simulator(cloud, monkeypatch)
    freezer.move_to(EVENING)
    the_car(cloud).wake()
    freezer.tick(timedelta(seconds=60))
    entry = await signed_in_entry(hass, cloud, tmp_path)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def test_a_special_night_through_their_entities(
    hass: HomeAssistant,
    cloud: Cloud,
    theirs: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """From the list of what was found to the target, and back to the owner's limit."""
    entry = await set_up_found(hass)
    await tick(hass, freezer, timedelta(seconds=5))
    car = the_car(cloud)
    assert state_of(hass, "sensor", "battery_level") == "50"
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert entry.data["car"]["vin"] == VIN
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        ready_by=MORNING.isoformat(),
        target=70,
    )

    left = MORNING - timedelta(minutes=30) - datetime.now(WARSAW)
    await pass_time(hass, freezer, left)

    assert round(car.battery_level) >= 70
    left = MORNING + timedelta(minutes=30) - datetime.now(WARSAW)
    await pass_time(hass, freezer, left)
    assert car.charge_limit == 50
    assert not car.charge_schedules
    assert state_of(hass, "sensor", "special_charging") == "idle"


@pytest.mark.parametrize("trouble", ["none", "restart"])
async def test_an_off_peak_night_through_their_entities(
    hass: HomeAssistant,
    cloud: Cloud,
    theirs: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    trouble: str,
) -> None:
    """Also if both are loaded anew while it charges."""
    car = the_car(cloud)
    publish(hass, *two_days(2, 3, 4, 5, 6))
    entry = await set_up_found(hass)
    await tick(hass, freezer, timedelta(seconds=5))
    await choose(hass, entry, price_source="entities", price_entities=[PRICES])
    await switch(hass, "shadow_mode", False)
    await depart(hass, "07:00")
    car.set_charge_limit(80)
    await until_hour(hass, freezer, 1)
    # They show a charge up to ten minutes late.
    assert car.battery_level < 54

    await until_hour(hass, freezer, 5)
    if trouble == "restart":
        await hass.config_entries.async_reload(theirs.entry_id)
        await reload(hass, entry)
    await until_hour(hass, freezer, 7)

    assert round(car.battery_level) == 80
    assert charges(cloud)[-1].start >= MORNING.replace(hour=2)
    assert not [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == "tesla_scout_worker" and issue.active
    ]


async def until_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hour: int
) -> None:
    """Let time pass until an hour of the night."""
    left = MORNING.replace(hour=hour) - datetime.now(WARSAW)
    await pass_time(hass, freezer, left, timedelta(minutes=2))
