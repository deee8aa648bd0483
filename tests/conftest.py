"""A Tesla cloud, a car, and a Home Assistant in Warsaw."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
import logging
import os
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from hypothesis import Phase, settings
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

# The plugin finds a custom integration only once a test has imported it.
import custom_components.tesla_scout_worker

# Its form takes the default mode at import, so import it before a test changes that.
import custom_components.tesla_scout_worker.config_flow  # noqa: F401
from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.event import SpecialChargingEvent
from custom_components.tesla_scout_worker.scouting import policy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud
from simulator.settings import CloudSettings

from .common import HOME, OTHER_VIN, VIN
from .flows import Browser, add_application, point_to
from .token_gate import TokenGate

# A Tuesday in November, 12:00 in Warsaw.
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)

# No deadline: an example takes ten times as long on a machine with other work.
# The same examples in each run, so that what lands does not depend on chance; the nightly
# workflow searches on.
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=500, deadline=None)
# For scripts/mutation: whether a test fails is enough, and no smaller example is sought.
settings.register_profile(
    "mutation",
    settings.get_profile("ci"),
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

if "TSW_ASYNCIO_DEBUG" not in os.environ:

    @pytest.fixture(autouse=True)
    def enable_event_loop_debug() -> None:
        """Replace the plugin's fixture: debug mode doubles the time of a test."""


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Keep snapshots as Home Assistant does, whichever plugin's fixture comes first."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let the Home Assistant of a test load this integration."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def _all_entities(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enable all entities in the tests that are marked with it.

    The events of special charging are those by which most tests follow a session.
    """
    enabled = property(lambda _entity: True)
    if request.node.get_closest_marker("all_entities") is not None:
        monkeypatch.setattr(Entity, "entity_registry_enabled_default", enabled)
    elif request.node.get_closest_marker("as_installed") is None:
        monkeypatch.setattr(
            SpecialChargingEvent, "entity_registry_enabled_default", enabled
        )


@pytest.fixture(autouse=True)
def _rhythm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the fixed rhythm in the tests that are marked with it."""
    if request.node.get_closest_marker("fixed_rhythm") is not None:
        monkeypatch.setattr(policy, "DEFAULT_MODE", policy.ScoutingMode.FIXED)


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
def cloud_settings() -> CloudSettings:
    """Return the account and the rules of a test's cloud; override it for others."""
    return CloudSettings()


@pytest.fixture
async def cloud(
    socket_enabled: None,
    noon: FrozenDateTimeFactory,
    car_settings: CarSettings,
    cloud_settings: CloudSettings,
) -> AsyncIterator[Cloud]:
    """Run a Tesla cloud with one car, on the clock of the test."""
    clock = SystemClock()
    cars = [Car(car_settings, clock)]
    running = Cloud(clock=clock, cars=cars, settings=cloud_settings)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def gate(cloud: Cloud) -> AsyncIterator[TokenGate]:
    """Stand before the cloud's token endpoint."""
    async with TokenGate(cloud.token_url) as running:
        yield running


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


@pytest.fixture
async def other_cloud(
    socket_enabled: None, noon: FrozenDateTimeFactory
) -> AsyncIterator[Cloud]:
    """Run the cloud of another Tesla account, with another car."""
    clock = SystemClock()
    cars = [Car(CarSettings(vin=OTHER_VIN, home=HOME), clock)]
    settings = CloudSettings(account_id="another-account")
    running = Cloud(clock=clock, cars=cars, settings=settings)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def tesla(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Put the simulator where the integration expects Tesla."""
    point_to(cloud, monkeypatch)
    return cloud


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    tesla: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
    current_request_with_host: None,
) -> Browser:
    """Open a browser on a Home Assistant that knows the user's application."""
    assert await async_setup_component(hass, DOMAIN, {})
    settings = tesla.settings
    await add_application(hass, settings.client_id, settings.client_secret)
    client: Browser = await hass_client_no_auth()
    return client


@pytest.fixture
def key_folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a configuration folder of its own, for keys."""
    hass.config.config_dir = str(tmp_path)
    return tmp_path


@pytest.fixture
def discreet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check after a test that our own log holds no token, VIN or coordinate."""
    name = f"custom_components.{DOMAIN}"
    caplog.set_level(logging.DEBUG, logger=name)
    yield
    records = [
        each for each in caplog.get_records("call") if each.name.startswith(name)
    ]
    text = "\n".join(f"{each.getMessage()} {each.exc_text}" for each in records)
    for secret in ("EU_", "NA_", "eyJ", VIN, str(HOME.latitude), str(HOME.longitude)):
        assert secret not in text


@pytest.fixture
async def two_cars(
    socket_enabled: None, noon: FrozenDateTimeFactory, car_settings: CarSettings
) -> AsyncIterator[Cloud]:
    """Run a cloud with two cars in the account."""
    clock = SystemClock()
    other = CarSettings(vin=OTHER_VIN, name="Second", home=HOME, battery_level=40)
    running = Cloud(clock=clock, cars=[Car(car_settings, clock), Car(other, clock)])
    await running.start()
    yield running
    await running.stop()
