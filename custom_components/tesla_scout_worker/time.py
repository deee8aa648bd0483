"""Times: when a car usually leaves."""

from datetime import time
from typing import Final, override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import ScoutConfigEntry
from .entity import OffPeakEntity, async_add_off_peak

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
    async_add_off_peak(entry, async_add_entities, DepartureTime, CAR_TIMES)


class DepartureTime(OffPeakEntity, TimeEntity):
    """When a car usually leaves, in the time zone of Home Assistant."""

    @property
    @override
    def native_value(self) -> time:
        """Return the time of day."""
        return self.settings.departure

    @override
    async def async_set_value(self, value: time) -> None:
        """Keep another time, in whole minutes."""
        await self.async_keep(departure=value.replace(second=0, microsecond=0))
