"""Topics of a Fleet Telemetry server are hints: the car is read after a change."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message

from custom_components.tesla_scout_worker.scout.telemetry_topic import is_topic
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, OTHER_VIN, VIN, count, pass_time, set_up, state_of, the_car
from ..config.test_options_flow import fields_of, open_topic, submit

MINUTE = timedelta(minutes=1)
STATE = "DetailedChargeState"


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return CarSettings(vin=VIN, home=HOME, sentry=True)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Return that timers go on: those of the client of MQTT, which is a mock."""
    return True


async def listening(hass: HomeAssistant, cloud: Cloud) -> ConfigEntry[Any]:
    """Set up, and name the topic as a person does."""
    entry = await set_up(hass, cloud)
    form = await open_topic(hass, entry, "expert")
    await submit(hass, form, telemetry_topic="tesla/telemetry/")
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def publish(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    value: str,
    *,
    field: str = STATE,
    vin: str = VIN,
    retain: bool = False,
) -> None:
    """Publish a value, and let two minutes pass."""
    topic = f"tesla/telemetry/{vin}/v/{field}"
    async_fire_mqtt_message(hass, topic, f'"{value}"', retain=retain)
    await hass.async_block_till_done(wait_background_tasks=True)
    await pass_time(hass, freezer, 2 * MINUTE, MINUTE)


async def test_a_change_is_read(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, mqtt_mock: Any
) -> None:
    """A wallbox or a poll need not tell that the car was plugged in."""
    await listening(hass, cloud)
    await pass_time(hass, noon, 10 * MINUTE, MINUTE)
    paid = count(cloud, "data")
    the_car(cloud).plug_in()
    await publish(hass, noon, "DetailedChargeStateCharging")
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert count(cloud, "data") == paid + 1


async def test_what_is_no_change_is_not_read(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, mqtt_mock: Any
) -> None:
    """The same value again, one that the broker kept, another field, another's car."""
    await listening(hass, cloud)
    await publish(hass, noon, "DetailedChargeStateStopped")
    await pass_time(hass, noon, 10 * MINUTE, MINUTE)
    paid = count(cloud, "data")
    await publish(hass, noon, "DetailedChargeStateStopped")
    await publish(hass, noon, "DetailedChargeStateCharging", retain=True)
    await publish(hass, noon, "80", field="Soc")
    await publish(hass, noon, "DetailedChargeStateCharging", vin=OTHER_VIN)
    assert count(cloud, "data") == paid


async def test_nothing_is_heard_after_unload(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, mqtt_mock: Any
) -> None:
    """The subscription ends with the entry."""
    entry = await listening(hass, cloud)
    assert await hass.config_entries.async_unload(entry.entry_id)
    asked = len(cloud.requests)
    await publish(hass, noon, "DetailedChargeStateCharging")
    assert len(cloud.requests) == asked


async def test_the_topic_is_offered_where_mqtt_is_set_up(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Without it nothing could be heard."""
    entry = await set_up(hass, cloud)
    form = await open_topic(hass, entry, "expert")
    assert "telemetry_topic" not in fields_of(form)


async def test_a_topic_with_wildcards_is_refused(
    hass: HomeAssistant, cloud: Cloud, mqtt_mock: Any
) -> None:
    """The form says so, and takes another."""
    entry = await set_up(hass, cloud)
    form = await open_topic(hass, entry, "expert")
    form = await submit(hass, form, telemetry_topic="telemetry/#")
    assert form["errors"] == {"telemetry_topic": "topic_invalid"}
    result = await submit(hass, form, telemetry_topic="telemetry")
    assert result["type"] == "create_entry"


@pytest.mark.parametrize("text", ["", " / ", "a/+/b", "#", "a\0b"])
def test_what_is_no_topic(text: str) -> None:
    """It would match everything, or nothing."""
    assert not is_topic(text)
