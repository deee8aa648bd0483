"""Switches: whether a car's off-peak schedules are kept right, and in earnest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.ordinary import OffPeakRecord
from .coordinator import ScoutCoordinator
from .entity import CarEntity, async_add_for_cars
from .off_peak import OffPeakKeeper
from .runtime import ScoutConfigEntry

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class OffPeakSwitchDescription(SwitchEntityDescription):
    """A switch, how it is read from a car's record, and what of that it sets."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    value_fn: Callable[[OffPeakRecord], bool]
    field: str


CAR_SWITCHES: Final = (
    OffPeakSwitchDescription(
        key="off_peak_sync",
        translation_key="off_peak_sync",
        value_fn=lambda record: record.sync,
        field="sync",
    ),
    OffPeakSwitchDescription(
        key="shadow_mode",
        translation_key="shadow_mode",
        value_fn=lambda record: record.shadow,
        field="shadow",
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of every car."""
    keeper = entry.runtime_data.off_peak
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            OffPeakSwitch(coordinator, vin, description, keeper)
            for description in CAR_SWITCHES
        ),
    )


class OffPeakSwitch(CarEntity, SwitchEntity):
    """A switch of a car's ordinary charging."""

    entity_description: OffPeakSwitchDescription

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: OffPeakSwitchDescription,
        keeper: OffPeakKeeper,
    ) -> None:
        """Bind the switch to the keeper of the schedules."""
        super().__init__(coordinator, vin, description)
        self._keeper = keeper

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is on."""
        return self.entity_description.value_fn(self._keeper.desk.record(self.vin))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on."""
        await self._async_set(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off."""
        await self._async_set(False)

    async def _async_set(self, on: bool) -> None:
        """Keep the new state."""
        await self._keeper.async_set(self.vin, **{self.entity_description.field: on})
        self.async_write_ha_state()
