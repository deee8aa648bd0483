"""Switches: off-peak charging and shadow mode."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.daily.record import DailySettings
from .data import ScoutConfigEntry
from .entity import OffPeakEntity, async_add_off_peak

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class OffPeakSwitchDescription(SwitchEntityDescription):
    """A switch with a setting of a car's record."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    value_fn: Callable[[DailySettings], bool]
    field: str


CAR_SWITCHES: Final = (
    OffPeakSwitchDescription(
        key="off_peak_sync",
        translation_key="off_peak_sync",
        value_fn=lambda settings: settings.sync,
        field="sync",
    ),
    OffPeakSwitchDescription(
        key="shadow_mode",
        translation_key="shadow_mode",
        value_fn=lambda settings: settings.shadow,
        field="shadow",
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of every car."""
    async_add_off_peak(entry, async_add_entities, OffPeakSwitch, CAR_SWITCHES)


class OffPeakSwitch(OffPeakEntity, SwitchEntity):
    """A switch of a car's off-peak charging."""

    entity_description: OffPeakSwitchDescription

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is on."""
        return self.entity_description.value_fn(self.settings)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on."""
        await self.async_keep(**{self.entity_description.field: True})

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off."""
        await self.async_keep(**{self.entity_description.field: False})
