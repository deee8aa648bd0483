"""The user's home: where the zone says it is at the moment, and its time zone."""

from datetime import tzinfo
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_LATITUDE, ATTR_LONGITUDE, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..const import CONF_HOME_ZONE, DEFAULT_HOME_ZONE
from ..gateways.fields import finite
from ..gateways.models import Position
from ..scouting.geofence import MAX_RADIUS, MIN_RADIUS, Home
from .time_zone import async_zone_of


class HomeZone:
    """The home zone of an account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Bind the account, whose options name the zone."""
        self._hass = hass
        self._entry = entry
        self._zone_of: object = None
        self._time_zone: tzinfo | None = None

    @property
    def _entity_id(self) -> str:
        """The zone that the user chose."""
        zone: str = self._entry.options.get(CONF_HOME_ZONE, DEFAULT_HOME_ZONE)
        return zone

    @property
    def home(self) -> Home | None:
        """The home as the zone says it now; None if there is no such zone."""
        if (state := self._hass.states.get(self._entity_id)) is None:
            return None
        position = Position.parse(
            state.attributes.get(ATTR_LATITUDE), state.attributes.get(ATTR_LONGITUDE)
        )
        if position is None:
            return None
        radius = finite(state.attributes.get("radius")) or MIN_RADIUS
        return Home(position=position, radius=min(max(radius, MIN_RADIUS), MAX_RADIUS))

    @property
    def time_zone(self) -> tzinfo:
        """The time zone of home, in which cars run their schedules."""
        return self._time_zone or dt_util.get_default_time_zone()

    async def async_update_time_zone(self) -> None:
        """Look up the time zone of home, if home or Home Assistant has moved."""
        if (home := self.home) is None:
            return
        config = self._hass.config
        place = home.position, config.latitude, config.longitude, config.time_zone
        if place != self._zone_of:
            self._zone_of = place
            self._time_zone = await async_zone_of(self._hass, home.position)

    @callback
    def async_track(self) -> CALLBACK_TYPE:
        """Follow a home that moves; call what is returned to stop."""

        async def update(_event: Event[Any]) -> None:
            """Look up the time zone; the zone changes with each person in it, too."""
            await self.async_update_time_zone()

        stops = (
            async_track_state_change_event(self._hass, self._entity_id, update),
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, update),
        )

        @callback
        def stop() -> None:
            """Stop following."""
            for each in stops:
                each()

        return stop
