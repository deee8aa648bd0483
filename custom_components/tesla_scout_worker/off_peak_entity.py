"""What the switches, numbers and times of a car's ordinary charging share."""

from collections.abc import Iterable
from typing import Any

from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.ordinary import OffPeakRecord
from .coordinator import ScoutCoordinator
from .entity import CarEntity, async_add_for_cars
from .off_peak import OffPeakKeeper
from .runtime import ScoutConfigEntry


class OffPeakEntity(CarEntity):
    """Something that a person sets for a car's ordinary charging."""

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: EntityDescription,
        keeper: OffPeakKeeper,
    ) -> None:
        """Bind the entity to the keeper of the schedules."""
        super().__init__(coordinator, vin, description)
        self._keeper = keeper

    @property
    def record(self) -> OffPeakRecord:
        """What is kept of the car's ordinary charging."""
        return self._keeper.desk.record(self.vin)

    async def async_keep(self, **changes: Any) -> None:
        """Keep what was set, and show it."""
        await self._keeper.async_set(self.vin, **changes)
        self.async_write_ha_state()


def async_add_off_peak(
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: type[OffPeakEntity],
    descriptions: Iterable[EntityDescription],
) -> None:
    """Add an entity of a kind for each description and car."""
    keeper = entry.runtime_data.off_peak
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            kind(coordinator, vin, description, keeper) for description in descriptions
        ),
    )
