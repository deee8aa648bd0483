"""Set-up, unloading, removal."""

from custom_components.tesla_scout_worker.const import CONF_COMMAND_ROUTE
from custom_components.tesla_scout_worker.scouting.policy import ScoutingMode
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from .common import set_up, state_of


async def test_a_brought_token_shows_the_car(hass: HomeAssistant, cloud: Cloud) -> None:
    """The car is there, with what one poll and one read found."""
    await set_up(hass, cloud)
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert state_of(hass, "binary_sensor", "at_home") == "on"


async def test_options_of_another_version_count_as_the_defaults(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """After a downgrade the file may name a mode or a route that is not known."""
    entry = await set_up(hass, cloud)
    unknown = {"scouting_mode": "telepathy", CONF_COMMAND_ROUTE: ["carrier pigeon"]}
    hass.config_entries.async_update_entry(entry, options={**entry.options, **unknown})
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.coordinator.mode is ScoutingMode.ADAPTIVE
    assert state_of(hass, "sensor", "battery_level") == "70"
