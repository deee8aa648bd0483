"""Events: what the Scout saw happen, each once."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ScoutConfigEntry
from .entity import CarEntity, async_add_for_cars
from .scouting.triggers import Trigger

PARALLEL_UPDATES = 0


CAR_EVENTS: Final = (
    EventEntityDescription(
        key="scout",
        translation_key="scout",
        event_types=[trigger.value for trigger in Trigger],
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the events of every car."""
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            CarEvent(coordinator, vin, description) for description in CAR_EVENTS
        ),
    )


class CarEvent(CarEntity, EventEntity):
    """What happens to a car."""

    @override
    async def async_added_to_hass(self) -> None:
        """Tell what was still pending, from before a restart too."""
        await super().async_added_to_hass()
        self._tell_soon()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Tell what happened in this round."""
        super()._handle_coordinator_update()
        self._tell_soon()

    @callback
    def _tell_soon(self) -> None:
        """Tell once all entities show this round.

        An automation that an event starts reads the sensors, and of what is written
        while an entity is being added, Home Assistant shows only the last.
        """
        self.coordinator.config_entry.async_create_task(
            self.hass,
            self._async_tell_pending(),
            f"What {self.entity_id} has to tell",
            eager_start=False,
        )

    async def _async_tell_pending(self) -> None:
        """Fire each pending trigger and take it off the list."""
        if not self.available:
            return
        for occurrence in self.car.pending:
            self._trigger_event(
                occurrence.trigger, {"seen_at": occurrence.at.isoformat()}
            )
            self.async_write_ha_state()
            self.coordinator.async_take(self.vin, occurrence)
