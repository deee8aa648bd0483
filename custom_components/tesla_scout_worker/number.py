"""Numbers: the target of off-peak charging, and the safety floor."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.number import (
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfRatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.daily.record import DailySettings
from .charging.planning.model import LEAST_LIMIT, MOST_FLOOR, MOST_LIMIT
from .data import ScoutConfigEntry
from .entity import OffPeakEntity, async_add_off_peak

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class OffPeakNumberDescription(NumberEntityDescription):
    """A number with a setting of a car's record.

    ``value_fn`` also gets the car's charge limit, None if it is unknown. Setting a target
    equal to that limit means that it follows the limit.
    """

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    value_fn: Callable[[DailySettings, int | None], int | None]
    field: str
    follows_limit: bool = False


CAR_NUMBERS: Final = (
    OffPeakNumberDescription(
        key="target_level",
        translation_key="target_level",
        native_min_value=LEAST_LIMIT,
        native_max_value=MOST_LIMIT,
        native_step=1,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        mode=NumberMode.SLIDER,
        value_fn=lambda settings, limit: settings.target or limit,
        field="target",
        follows_limit=True,
    ),
    OffPeakNumberDescription(
        key="safety_floor",
        translation_key="safety_floor",
        entity_registry_enabled_default=False,
        native_min_value=0,
        native_max_value=MOST_FLOOR,
        native_step=1,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        mode=NumberMode.SLIDER,
        value_fn=lambda settings, _limit: settings.floor,
        field="floor",
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of every car."""
    async_add_off_peak(entry, async_add_entities, OffPeakNumber, CAR_NUMBERS)


class OffPeakNumber(OffPeakEntity, NumberEntity):
    """A number of a car's off-peak charging."""

    entity_description: OffPeakNumberDescription

    @property
    @override
    def native_value(self) -> int | None:
        """Return the number."""
        return self.entity_description.value_fn(self.settings, self._limit)

    @property
    def _limit(self) -> int | None:
        """The car's own charge limit, if it is known."""
        return self._worker.owners_limit(self.vin)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep a new value."""
        description, wanted = self.entity_description, round(value)
        follows = description.follows_limit and wanted == self._limit
        await self.async_keep(**{description.field: None if follows else wanted})
