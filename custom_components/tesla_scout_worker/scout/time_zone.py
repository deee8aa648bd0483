"""The time zone of a position."""

from datetime import tzinfo
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..gateways.models import Position
from ..scouting.geofence import distance

# In metres. Within this distance of Home Assistant's own location its time zone is taken
# without the map, which costs 34 MB of memory.
SAME_CLOCK: Final = 25_000.0


async def async_zone_of(hass: HomeAssistant, position: Position) -> tzinfo:
    """Return the time zone of a position.

    Near Home Assistant's location this is Home Assistant's zone, unless that belongs to
    no place, such as UTC, in which many containers run. Elsewhere it is from a map.
    """
    here = Position.parse(hass.config.latitude, hass.config.longitude)
    near = here is None or distance(here, position) <= SAME_CLOCK
    if near and _is_of_a_place(hass.config.time_zone):
        return dt_util.get_default_time_zone()
    name = await hass.async_add_executor_job(_zone_name, position)
    return await dt_util.async_get_time_zone(name) or dt_util.get_default_time_zone()


def _is_of_a_place(name: str) -> bool:
    """Return whether an IANA zone belongs to a place, such as Europe/Warsaw."""
    return "/" in name and not name.startswith("Etc/")


def _zone_name(position: Position) -> str:
    """Return the IANA name of a position's zone. It loads a map: run in the executor."""
    from tzfpy import get_tz  # noqa: PLC0415

    return get_tz(position.longitude, position.latitude)
