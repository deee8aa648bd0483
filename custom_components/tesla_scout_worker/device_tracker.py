"""Device trackers: the position of a car at the last read."""

from typing import Final, override

from homeassistant.components.device_tracker import (
    TrackerEntity,
    TrackerEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import ScoutConfigEntry
from .entity import CarEntity, async_add_for_cars
from .gateways.models import Position

PARALLEL_UPDATES = 0


CAR_TRACKERS: Final = (
    TrackerEntityDescription(
        key="location",
        translation_key="location",
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the tracker of every car."""
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            CarTracker(coordinator, vin, description) for description in CAR_TRACKERS
        ),
    )


class CarTracker(CarEntity, TrackerEntity):
    """The position of a car."""

    @property
    def _position(self) -> Position | None:
        """The position in the last snapshot, if it has one."""
        return None if self.car.snapshot is None else self.car.snapshot.drive.position

    @property
    @override
    def force_update(self) -> bool:
        """Return False: an unchanged position is not written again.

        Home Assistant's default would write it at each change of any car of the account,
        and at each refresh of a token.
        """
        return False

    @property
    @override
    def latitude(self) -> float | None:
        """Return the latitude in degrees."""
        return None if self._position is None else self._position.latitude

    @property
    @override
    def longitude(self) -> float | None:
        """Return the longitude in degrees."""
        return None if self._position is None else self._position.longitude
