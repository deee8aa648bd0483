"""Numbers: how full a car is to be, and below which level it charges at any price."""

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

from .charging.ordinary import OffPeakRecord
from .charging.plan import LEAST_LIMIT, MOST_LIMIT
from .coordinator import ScoutCoordinator
from .entity import CarEntity, async_add_for_cars
from .off_peak import OffPeakKeeper
from .runtime import ScoutConfigEntry

PARALLEL_UPDATES = 1

# With more a car would charge at any price on most days.
MOST_FLOOR: Final = 50


@dataclass(frozen=True, kw_only=True)
class OffPeakNumberDescription(NumberEntityDescription):
    """A number, how it is read from a car's record and its limit, and what it sets.

    The car's own limit may not be known; to set it is to follow it.
    """

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    value_fn: Callable[[OffPeakRecord, int | None], int | None]
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
        value_fn=lambda record, limit: record.target or limit,
        field="target",
        follows_limit=True,
    ),
    OffPeakNumberDescription(
        key="safety_floor",
        translation_key="safety_floor",
        native_min_value=0,
        native_max_value=MOST_FLOOR,
        native_step=1,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        mode=NumberMode.SLIDER,
        value_fn=lambda record, _limit: record.floor,
        field="floor",
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of every car."""
    keeper = entry.runtime_data.off_peak
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            OffPeakNumber(coordinator, vin, description, keeper)
            for description in CAR_NUMBERS
        ),
    )


class OffPeakNumber(CarEntity, NumberEntity):
    """A number of a car's ordinary charging."""

    entity_description: OffPeakNumberDescription

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: OffPeakNumberDescription,
        keeper: OffPeakKeeper,
    ) -> None:
        """Bind the number to the keeper of the schedules."""
        super().__init__(coordinator, vin, description)
        self._keeper = keeper

    @property
    @override
    def native_value(self) -> int | None:
        """Return the number."""
        record = self._keeper.desk.record(self.vin)
        return self.entity_description.value_fn(
            record, self._keeper.owners_limit(self.vin)
        )

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep a new number."""
        description, wanted = self.entity_description, round(value)
        limit = self._keeper.owners_limit(self.vin)
        follows = description.follows_limit and wanted == limit
        await self._keeper.async_set(
            self.vin, **{description.field: None if follows else wanted}
        )
        self.async_write_ha_state()
