"""Times: when a car usually leaves."""

from datetime import time
from typing import Final, override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ScoutCoordinator
from .entity import CarEntity, async_add_for_cars
from .off_peak import OffPeakKeeper
from .runtime import ScoutConfigEntry

PARALLEL_UPDATES = 1

CAR_TIMES: Final = (
    TimeEntityDescription(
        key="departure",
        translation_key="departure",
        entity_category=EntityCategory.CONFIG,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the times of every car."""
    keeper = entry.runtime_data.off_peak
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            DepartureTime(coordinator, vin, description, keeper)
            for description in CAR_TIMES
        ),
    )


class DepartureTime(CarEntity, TimeEntity):
    """When a car usually leaves, on the wall clock of Home Assistant."""

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: TimeEntityDescription,
        keeper: OffPeakKeeper,
    ) -> None:
        """Bind the time to the keeper of the schedules."""
        super().__init__(coordinator, vin, description)
        self._keeper = keeper

    @property
    @override
    def native_value(self) -> time:
        """Return the time of day."""
        return self._keeper.desk.record(self.vin).departure

    @override
    async def async_set_value(self, value: time) -> None:
        """Keep another time, in whole minutes."""
        whole = value.replace(second=0, microsecond=0)
        await self._keeper.async_set(self.vin, departure=whole)
        self.async_write_ha_state()
