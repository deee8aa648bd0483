"""A Tesla cloud, a car, and a Home Assistant in Warsaw."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
import pytest

# The plugin finds a custom integration only once a test has imported it.
import custom_components.tesla_scout_worker  # noqa: F401
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud

from .common import HOME, VIN

# A Tuesday in November, 12:00 in Warsaw.
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load this integration."""


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock at noon."""
    freezer.move_to(NOON)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return the car of a test; override it for another one."""
    return CarSettings(vin=VIN, home=HOME)


@pytest.fixture
async def cloud(
    socket_enabled: None, noon: FrozenDateTimeFactory, car_settings: CarSettings
) -> AsyncIterator[Cloud]:
    """Run a Tesla cloud with one car, on the clock of the test."""
    clock = SystemClock()
    running = Cloud(clock=clock, cars=[Car(car_settings, clock)])
    await running.start()
    yield running
    await running.stop()


@pytest.fixture(autouse=True)
async def _warsaw(request: pytest.FixtureRequest) -> None:
    """Move the Home Assistant of a test to Warsaw, with its home zone."""
    if "hass" not in request.fixturenames:
        return
    hass: HomeAssistant = request.getfixturevalue("hass")
    await hass.config.async_update(
        latitude=HOME.latitude,
        longitude=HOME.longitude,
        time_zone="Europe/Warsaw",
        country="PL",
    )
    assert await async_setup_component(hass, "zone", {})
