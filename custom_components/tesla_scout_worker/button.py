"""Buttons: read a car now, charge it now, skip the coming charge."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry, ScoutData
from .entity import CarEntity, async_add_for_cars

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class CarButtonDescription(ButtonEntityDescription):
    """What a button does to a car, named by its VIN."""

    press: Callable[[ScoutData, str], Awaitable[object]]


CAR_BUTTONS: Final = (
    CarButtonDescription(
        key="scout_now",
        translation_key="scout_now",
        entity_registry_enabled_default=False,
        press=lambda account, vin: account.coordinator.async_scout_now(vin),
    ),
    CarButtonDescription(
        key="charge_now",
        translation_key="charge_now",
        entity_registry_enabled_default=False,
        press=lambda account, vin: account.overrides.async_charge_now(vin),
    ),
    CarButtonDescription(
        key="skip_charging",
        translation_key="skip_charging",
        entity_registry_enabled_default=False,
        press=lambda account, vin: account.overrides.async_skip(vin),
    ),
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
            CarButton(coordinator, vin, description, entry.runtime_data)
            for description in CAR_BUTTONS
        ),
    )


class CarButton(CarEntity, ButtonEntity):
    """A button of a car."""

    entity_description: CarButtonDescription

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: CarButtonDescription,
        account: ScoutData,
    ) -> None:
        """Bind the button to its account."""
        super().__init__(coordinator, vin, description)
        self._account = account

    @override
    async def async_press(self) -> None:
        """Do what the button says."""
        await self.entity_description.press(self._account, self.vin)
