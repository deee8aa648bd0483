"""Home Assistant's own `tessie` and `teslemetry`, unmodified but for addresses.

Nothing of them is imported by the integration: only their entities and actions are used.
"""

from datetime import datetime, timedelta

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.car_settings import CarState
from simulator.cloud import Cloud

from ...common import HOME, VIN, act, state_of, the_car
from ...config.test_entity_steps import set_up_found
from ...provider_entries import TESLEMETRY, TESSIE, Theirs, theirs
from ...scout_helpers import devices
from ..special_charging.session_helpers import charges
from .any_car import WARSAW

__all__ = ["theirs"]

EACH = pytest.mark.parametrize(
    "theirs",
    # Tessie's commands wait until the car is awake.
    [pytest.param(TESSIE, marks=pytest.mark.slow), TESLEMETRY],
    indirect=True,
)
MORNING = datetime(2026, 11, 25, 7, tzinfo=WARSAW)
MINUTE = timedelta(minutes=1)
SLOWLY = timedelta(minutes=5)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that waits for a cable, and for a target above its limit."""
    return CarSettings(vin=VIN, home=HOME, battery_level=50, charge_limit=50)


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


async def special_evening(hass: HomeAssistant, cloud: Cloud, theirs: Theirs) -> None:
    """Set up what was found, ask for a target in the morning, and plug in."""
    await set_up_found(hass)
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
    await theirs.async_pass(2 * MINUTE, MINUTE)
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"


def assert_kept(hass: HomeAssistant, cloud: Cloud) -> None:
    """Check that the target was reached, and that nothing raised is left raised."""
    car = the_car(cloud)
    assert round(car.battery_level) >= 70
    assert car.charge_limit == 50
    assert not car.charge_schedules
    assert state_of(hass, "sensor", "special_charging") == "idle"
    assert not repairs(hass)


@EACH
async def test_a_special_night(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """From the plug to the target, and back to the owner's limit; the car sleeps."""
    car = the_car(cloud)
    await special_evening(hass, cloud, theirs)
    assert car.charge_limit == 50
    await theirs.async_until(at(2, 20), SLOWLY)
    assert car.state is CarState.ASLEEP
    await theirs.async_until(at(4))
    assert car.charge_limit == 70
    # Only Teslemetry has actions for schedules: its car charges without Home Assistant.
    assert bool(car.charge_schedules) == (theirs.entry.domain == TESLEMETRY)
    await theirs.async_until(at(6, 25), SLOWLY)
    assert round(car.battery_level) >= 70
    assert at(4, 30) < charges(cloud)[-1].start < at(4, 50)
    await theirs.async_until(at(7, 45), SLOWLY)
    assert_kept(hass, cloud)
