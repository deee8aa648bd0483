"""Home Assistant's own `tesla_fleet` integration against the simulator.

It was written for the real Tesla by other people; only the addresses of the servers are
changed. So the simulator is not tested by our own client alone.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
import logging
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.tesla_fleet import binary_sensor, sensor
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import EntityDescription
from homeassistant.util import dt as dt_util
from simulator.car import Car, CarSettings, CarState
from simulator.clock import SystemClock
from simulator.cloud import Cloud
from simulator.settings import CloudSettings

from ..common import HOME, VIN, WORK, the_car, tick
from ..gateways.fleet_api.client_fixture import write_key
from ..tesla_fleet_entry import TESLA_FLEET as DOMAIN, signed_in_entry, use_simulator

# It polls the car every 600 s.
POLL = timedelta(seconds=601)

# Entities that it leaves disabled, unless somebody enabled them before.
OFTEN_DISABLED: dict[str, tuple[EntityDescription, ...]] = {
    "binary_sensor": binary_sensor.VEHICLE_DESCRIPTIONS,
    "sensor": sensor.VEHICLE_DESCRIPTIONS,
}


@pytest.fixture
async def cloud(
    socket_enabled: None,
    noon: FrozenDateTimeFactory,
    car_settings: CarSettings,
    cloud_settings: CloudSettings,
) -> AsyncIterator[Cloud]:
    """Run a cloud with one car on the frozen clock that Home Assistant has."""
    clock = SystemClock()
    running = Cloud(
        clock=clock, cars=[Car(car_settings, clock)], settings=cloud_settings
    )
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def fleet_servers(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the addresses of the simulator's servers."""
    use_simulator(cloud, monkeypatch)


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    cloud: Cloud,
    fleet_servers: None,
    tmp_path: Path,
) -> MockConfigEntry:
    """Return its entry after a sign-in, with all of its entities enabled."""
    entry = await signed_in_entry(hass, cloud, tmp_path)
    registry = er.async_get(hass)
    for platform, descriptions in OFTEN_DISABLED.items():
        for description in descriptions:
            unique_id = f"{VIN}-{description.key}"
            registry.async_get_or_create(
                platform, DOMAIN, unique_id, config_entry=entry
            )
    return entry


async def start(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Set it up, and check that this succeeds."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED


def shown(hass: HomeAssistant, platform: str, key: str) -> State:
    """Return the state of an entity of the car, by its key."""
    entity = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{VIN}-{key}")
    assert entity is not None, f"{platform} {key} is not registered"
    state = hass.states.get(entity)
    assert state is not None, f"{platform} {key} has no state"
    return state


def value(hass: HomeAssistant, key: str, platform: str = "sensor") -> str:
    """Return what an entity of the car shows."""
    return shown(hass, platform, key).state


def assert_no_complaints(caplog: pytest.LogCaptureFixture) -> None:
    """Check that nothing was found wrong with what the simulator sent.

    That a test's time jumps is what asyncio finds slow.
    """
    complaints = [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and record.name != "asyncio"
        and "custom integration" not in record.getMessage()
    ]
    assert complaints == []


async def test_tesla_fleet_shows_the_car(
    hass: HomeAssistant,
    cloud: Cloud,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Battery, limit, cable and place as they are in the car, and no complaint."""
    await start(hass, entry)
    car = the_car(cloud)
    assert value(hass, "charge_state_battery_level") == "70"
    assert value(hass, "charge_state_charging_state") == "disconnected"
    assert value(hass, "charge_state_charger_power") == "0"
    assert value(hass, "drive_state_shift_state") == "p"
    assert float(value(hass, "charge_state_charge_limit_soc", "number")) == 80
    assert value(hass, "charge_state_charge_limit_soc", "number") == str(
        car.charge_limit
    )
    assert value(hass, "state", "binary_sensor") == "on"
    tracker = shown(hass, "device_tracker", "location")
    assert tracker.state == "home"
    assert tracker.attributes["latitude"] == pytest.approx(HOME.latitude, abs=1e-4)
    assert tracker.attributes["longitude"] == pytest.approx(HOME.longitude, abs=1e-4)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    states = [
        state for entity in entities if (state := hass.states.get(entity.entity_id))
    ]
    assert len(states) == sum(not entity.disabled for entity in entities) > 80
    # Unknown without a cable or a route.
    silent = {state.name for state in states if state.state == "unavailable"}
    assert silent == {
        "Scout Charger has multiple phases",
        "Scout Route",
        "Scout Time to arrival",
        "Scout Time to full charge",
    }
    assert_no_complaints(caplog)


async def test_tesla_fleet_follows_a_drive_and_a_plug(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """To work and back to a plug, each seen at the next poll, after 600 s."""
    await start(hass, entry)
    car = the_car(cloud)
    car.drive(20, WORK, timedelta(minutes=30))
    await tick(hass, freezer, POLL)
    assert value(hass, "drive_state_shift_state") == "d"
    assert float(value(hass, "drive_state_speed")) > 0
    assert value(hass, "location", "device_tracker") == "not_home"
    for _ in range(3):
        await tick(hass, freezer, POLL)
    assert value(hass, "drive_state_shift_state") == "p"
    tracker = shown(hass, "device_tracker", "location")
    assert tracker.attributes["latitude"] == pytest.approx(WORK.latitude, abs=1e-4)
    level = int(value(hass, "charge_state_battery_level"))
    assert level == int(car.battery_level) < 70
    car.drive(20, HOME, timedelta(minutes=30))
    for _ in range(4):
        await tick(hass, freezer, POLL)
    assert value(hass, "location", "device_tracker") == "home"
    car.plug_in()
    await tick(hass, freezer, POLL)
    assert value(hass, "charge_state_charging_state") == "charging"
    assert float(value(hass, "charge_state_charger_power")) == 11
    until_full = dt_util.parse_datetime(
        value(hass, "charge_state_minutes_to_full_charge"), raise_on_error=True
    )
    assert until_full > dt_util.utcnow()
    assert value(hass, "charge_state_charger_phases", "binary_sensor") == "on"
    before = int(value(hass, "charge_state_battery_level"))
    for _ in range(3):
        await tick(hass, freezer, POLL)
    assert int(value(hass, "charge_state_battery_level")) > before
    car.unplug()
    await tick(hass, freezer, POLL)
    assert value(hass, "charge_state_charging_state") == "disconnected"
    assert_no_complaints(caplog)


class TestSleepingCar:
    """A car that sleeps at first."""

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """It does."""
        return CarSettings(vin=VIN, home=HOME, starts_asleep=True)

    async def test_it_lets_the_car_sleep(
        self,
        hass: HomeAssistant,
        cloud: Cloud,
        freezer: FrozenDateTimeFactory,
        entry: MockConfigEntry,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Asleep it knows nothing and reads nothing; awake it shows the car."""
        await start(hass, entry)
        await tick(hass, freezer, POLL)
        assert value(hass, "state", "binary_sensor") == "unknown"
        assert value(hass, "charge_state_battery_level") == "unknown"
        assert the_car(cloud).state is CarState.ASLEEP
        assert not any(request.billed for request in cloud.requests)
        the_car(cloud).plug_in()
        await tick(hass, freezer, POLL)
        assert value(hass, "state", "binary_sensor") == "on"
        assert value(hass, "charge_state_charging_state") == "charging"
        the_car(cloud).set_signal(False)
        await tick(hass, freezer, POLL)
        assert value(hass, "state", "binary_sensor") == "off"
        assert_no_complaints(caplog)


async def test_tesla_fleet_renews_its_token(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By Home Assistant's OAuth helper, once the eight hours are over; twice."""
    await start(hass, entry)
    for round_ in (1, 2):
        used = entry.data["token"]["refresh_token"]
        await tick(hass, freezer, timedelta(hours=8))
        assert cloud.auth.refreshes == round_
        assert entry.data["token"]["refresh_token"] != used
        assert cloud.requests[-1].status == 200
        the_car(cloud).plug_in()
        await tick(hass, freezer, POLL)
        assert value(hass, "charge_state_charging_state") in {"charging", "complete"}
    assert_no_complaints(caplog)


async def test_tesla_fleet_recovers_from_a_401(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
) -> None:
    """A token that expired early costs one poll."""
    await start(hass, entry)
    cloud.auth.expire_access_tokens()
    await tick(hass, freezer, POLL)
    assert value(hass, "charge_state_battery_level") == "unavailable"
    await tick(hass, freezer, POLL)
    assert value(hass, "charge_state_battery_level") == "70"
    assert cloud.auth.refreshes == 1


async def test_revoked_sign_in_starts_reauth(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
) -> None:
    """After a new password at Tesla a person must sign in again."""
    await start(hass, entry)
    cloud.auth.password_changed()
    for _ in range(2):
        await tick(hass, freezer, POLL)
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]


async def test_tesla_fleet_finds_its_region(
    hass: HomeAssistant,
    cloud: Cloud,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A token that names a region in which the account is not: 421, then the other."""
    cloud.auth.region = "na"
    await start(hass, entry)
    assert value(hass, "charge_state_battery_level") == "70"
    assert [(r.server, r.status) for r in cloud.requests[:3]] == [
        ("eu", 421),
        ("na", 200),
        ("na", 200),
    ]
    assert {request.server for request in cloud.requests[1:]} == {"na"}
    warnings = [r.getMessage() for r in caplog.records if r.name.endswith(DOMAIN)]
    assert "Region is invalid, trying to find the correct region" in warnings


async def set_limit(hass: HomeAssistant, percent: int) -> None:
    """Set the charge limit through its number entity."""
    entity_id = shown(hass, "number", "charge_state_charge_limit_soc").entity_id
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": entity_id, "value": percent},
        blocking=True,
    )


async def test_plain_command_reaches_the_car(
    hass: HomeAssistant,
    cloud: Cloud,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Through its number, to a car that takes plain commands."""
    await start(hass, entry)
    await set_limit(hass, 90)
    assert the_car(cloud).charge_limit == 90
    assert cloud.requests[-1].path.endswith("/command/set_charge_limit")
    await set_limit(hass, 90)
    assert_no_complaints(caplog)


class TestSignedCar:
    """A car that takes signed commands only."""

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """It does."""
        return CarSettings(vin=VIN, home=HOME, command_signing="required")

    async def test_signed_command_reaches_the_car(
        self,
        hass: HomeAssistant,
        cloud: Cloud,
        entry: MockConfigEntry,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """With its key file, which the car knows; also after the car's reboot."""
        public_key = write_key(Path(hass.config.path("tesla_fleet.key")))
        cloud.vehicle_sides[VIN].pair(public_key)
        await start(hass, entry)
        await set_limit(hass, 90)
        assert the_car(cloud).charge_limit == 90
        assert cloud.requests[-1].path.endswith("/signed_command")
        the_car(cloud).reboot()
        await set_limit(hass, 60)
        assert the_car(cloud).charge_limit == 60
        assert value(hass, "charge_state_charge_limit_soc", "number") == "60"
        assert_no_complaints(caplog)

    async def test_unknown_key_is_refused(
        self, hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
    ) -> None:
        """Until the owner lets it in."""
        public_key = write_key(Path(hass.config.path("tesla_fleet.key")))
        await start(hass, entry)
        with pytest.raises(HomeAssistantError):
            await set_limit(hass, 90)
        assert the_car(cloud).charge_limit == 80
        cloud.vehicle_sides[VIN].pair(public_key)
        await set_limit(hass, 90)
        assert the_car(cloud).charge_limit == 90
