"""Set-up, unloading, removal."""

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from .common import set_up, state_of


async def test_a_brought_token_shows_the_car(hass: HomeAssistant, cloud: Cloud) -> None:
    """The car is there, with what one poll and one read found."""
    await set_up(hass, cloud)
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert state_of(hass, "binary_sensor", "at_home") == "on"
