"""Which clock hangs on the wall of a place."""

from datetime import tzinfo
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..gateways.models import Position
from ..scouting.geofence import distance

# In metres: as far as a home zone may lie from Home Assistant's own place for its time
# zone to be taken without looking it up, which costs 34 MB of memory.
SAME_CLOCK: Final = 25_000.0


async def async_zone_of(hass: HomeAssistant, position: Position) -> tzinfo:
    """Return the time zone of a place, where a car counts its schedules' minutes.

    A home that is Home Assistant's own has Home Assistant's zone; another one has that
    of the map, and so has any if Home Assistant's zone is that of no place, as UTC is,
    in which many containers run.
    """
    here = Position.parse(hass.config.latitude, hass.config.longitude)
    near = here is None or distance(here, position) <= SAME_CLOCK
    if near and _is_of_a_place(hass.config.time_zone):
        return dt_util.get_default_time_zone()
    name = await hass.async_add_executor_job(_zone_name, position)
    return await dt_util.async_get_time_zone(name) or dt_util.get_default_time_zone()


def _is_of_a_place(name: str) -> bool:
    """Return whether an IANA zone is that of a place, as Europe/Warsaw is."""
    return "/" in name and not name.startswith("Etc/")


def _zone_name(position: Position) -> str:
    """Return the IANA name of a place's zone; reads a map, so not in the event loop."""
    from tzfpy import get_tz  # noqa: PLC0415

    return get_tz(position.longitude, position.latitude)
