"""Tesla's Wall Connector beside any way: the best plug sensor, and an energy meter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import CONF_CHARGE_METER, CONF_PLUG_HINTS

# Home Assistant's integration names an entity ``{serial}-{key}``.
PLATFORM: Final = "tesla_wall_connector"
_PLUG: Final = "-vehicle_connected"
_METER: Final = "-energy_kWh"


@dataclass(frozen=True, kw_only=True, slots=True)
class WallConnectors:
    """The Wall Connectors in Home Assistant.

    Attributes:
        plugs: The entities that show whether a cable is in a car.
        meter: The energy meter; None: there is none, or several, of which nobody knows
            which one counts for a car.
    """

    plugs: tuple[str, ...]
    meter: str | None

    @property
    def names(self) -> str:
        """The entities that can be used, for a person to read."""
        meters = () if self.meter is None else (self.meter,)
        return ", ".join((*self.plugs, *meters))

    def added_to(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return options that use them; a meter that was chosen before stays."""
        hints = options.get(CONF_PLUG_HINTS, [])
        added = [name for name in self.plugs if name not in hints]
        used: dict[str, Any] = {**options, CONF_PLUG_HINTS: [*hints, *added]}
        if self.meter is not None and not options.get(CONF_CHARGE_METER):
            used[CONF_CHARGE_METER] = self.meter
        return used


@callback
def async_find_wall_connectors(hass: HomeAssistant) -> WallConnectors | None:
    """Return the Wall Connectors that are in the registry; None: there is none."""
    entries = [
        entry
        for entry in er.async_get(hass).entities.values()
        if entry.platform == PLATFORM and not entry.disabled
    ]
    plugs = tuple(
        entry.entity_id for entry in entries if entry.unique_id.endswith(_PLUG)
    )
    meters = [entry.entity_id for entry in entries if entry.unique_id.endswith(_METER)]
    if not plugs and not meters:
        return None
    return WallConnectors(plugs=plugs, meter=meters[0] if len(meters) == 1 else None)
