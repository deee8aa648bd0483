"""Events: what the Scout detected, and session events; each fires once."""

from datetime import datetime
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.sessions.session import SessionEventType
from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry
from .entity import CarEntity, async_add_for_cars
from .scouting.events import VehicleEventType
from .worker.notifier import SessionNotification, SessionNotifier

PARALLEL_UPDATES = 0


CAR_EVENTS: Final = (
    EventEntityDescription(
        key="scout",
        translation_key="scout",
        event_types=[event_type.value for event_type in VehicleEventType],
    ),
)


SPECIAL_EVENTS: Final = (
    EventEntityDescription(
        key="special_charging",
        translation_key="special_charging",
        event_types=[news.value for news in SessionEventType],
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the events of every car."""
    notifier = entry.runtime_data.worker.notifier
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            *(CarEvent(coordinator, vin, description) for description in CAR_EVENTS),
            *(
                SpecialChargingEvent(coordinator, vin, description, notifier)
                for description in SPECIAL_EVENTS
            ),
        ),
    )


class CarEvent(CarEntity, EventEntity):
    """Events of a car."""

    @override
    async def async_added_to_hass(self) -> None:
        """Fire events that are still pending, including those from before a restart."""
        await super().async_added_to_hass()
        self._tell_soon()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Fire the events of this update."""
        super()._handle_coordinator_update()
        self._tell_soon()

    @callback
    def _tell_soon(self) -> None:
        """Fire pending events once all entities show this update.

        An automation started by an event reads the sensors, and while an entity is
        being added Home Assistant shows only the last of several states.
        """
        self.coordinator.config_entry.async_create_task(
            self.hass,
            self._async_tell_pending(),
            f"What {self.entity_id} has to tell",
            eager_start=False,
        )

    async def _async_tell_pending(self) -> None:
        """Fire each pending event and remove it from the list."""
        if not self.available:
            return
        for vehicle_event in self.car.pending:
            self._trigger_event(
                vehicle_event.event_type, {"seen_at": vehicle_event.at.isoformat()}
            )
            self.async_write_ha_state()
            self.coordinator.async_acknowledge_event(self.vin, vehicle_event)


class SpecialChargingEvent(CarEntity, EventEntity):
    """Events of the sessions of a car."""

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: EventEntityDescription,
        notifier: SessionNotifier,
    ) -> None:
        """Bind the event to the session notifier."""
        super().__init__(coordinator, vin, description)
        self._notifier = notifier

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to session events."""
        await super().async_added_to_hass()
        self.async_on_remove(self._notifier.async_listen(self.vin, self._tell))

    @callback
    def _tell(self, news: SessionNotification) -> None:
        """Fire a session event, with the attributes that automations use."""
        session = news.session
        self._trigger_event(
            news.kind,
            {
                "session_id": session.id,
                "target": session.target,
                "ready_by": session.ready_by.isoformat(),
                "start": _text(session.start),
                "end": _text(session.end),
                "expected_level": round(session.expected_level),
                "reason": news.reason,
            },
        )
        self.async_write_ha_state()


def _text(at: datetime | None) -> str | None:
    """Return an instant as an attribute."""
    return None if at is None else at.isoformat()
