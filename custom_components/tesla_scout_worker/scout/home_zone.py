"""Where the user's home is, as the zone says it at the moment."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_LATITUDE, ATTR_LONGITUDE
from homeassistant.core import HomeAssistant

from ..const import CONF_HOME_ZONE, DEFAULT_HOME_ZONE
from ..gateways.models import Position
from ..scouting.geofence import MAX_RADIUS, MIN_RADIUS, Home


def home_of(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Home | None:
    """Return the home of an account; None if there is no such zone any more."""
    zone = entry.options.get(CONF_HOME_ZONE, DEFAULT_HOME_ZONE)
    if (state := hass.states.get(zone)) is None:
        return None
    position = Position.parse(
        state.attributes.get(ATTR_LATITUDE), state.attributes.get(ATTR_LONGITUDE)
    )
    if position is None:
        return None
    radius = state.attributes.get("radius", MIN_RADIUS)
    return Home(position=position, radius=min(max(radius, MIN_RADIUS), MAX_RADIUS))
