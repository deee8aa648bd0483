"""Buttons: read a car now."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import ScoutConfigEntry
from .entity import CarEntity, async_add_for_cars

PARALLEL_UPDATES = 1


CAR_BUTTONS: Final = (
    ButtonEntityDescription(key="scout_now", translation_key="scout_now"),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of every car."""
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            CarButton(coordinator, vin, description) for description in CAR_BUTTONS
        ),
    )


class CarButton(CarEntity, ButtonEntity):
    """A button of a car."""

    @override
    async def async_press(self) -> None:
        """Read the car now; it is not woken for it."""
        await self.coordinator.async_scout_now(self.vin)
