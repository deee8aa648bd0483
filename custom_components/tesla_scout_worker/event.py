"""Events of a car and of its special charging, each fired once."""

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
from .worker.reason_texts import reason_text

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
        # The sensor of special charging says how it stands, also before any event.
        entity_registry_enabled_default=False,
        event_types=[kind.value for kind in SessionEventType],
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
    """The events of a car."""

    @override
    async def async_added_to_hass(self) -> None:
        """Fire what is still pending, from before a restart too."""
        await super().async_added_to_hass()
        self._fire_soon()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Fire what happened since the last update."""
        super()._handle_coordinator_update()
        self._fire_soon()

    @callback
    def _fire_soon(self) -> None:
        """Fire events once all entities are updated.

        An automation that is triggered by an event reads the sensors. And of the states
        written while an entity is being added, Home Assistant keeps only the last.
        """
        self.coordinator.config_entry.async_create_task(
            self.hass,
            self._async_fire_pending(),
            f"Fire events of {self.entity_id}",
            eager_start=False,
        )

    async def _async_fire_pending(self) -> None:
        """Fire each pending event, and acknowledge it."""
        if not self.available:
            return
        for vehicle_event in self.car.pending:
            self._trigger_event(
                vehicle_event.event_type, {"seen_at": vehicle_event.at.isoformat()}
            )
            self.async_write_ha_state()
            self.coordinator.async_acknowledge_event(self.vin, vehicle_event)


class SpecialChargingEvent(CarEntity, EventEntity):
    """The events of a car's special charging."""

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: EventEntityDescription,
        notifier: SessionNotifier,
    ) -> None:
        """Bind the event to the notifications of sessions."""
        super().__init__(coordinator, vin, description)
        self._notifier = notifier

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the notifications of sessions."""
        await super().async_added_to_hass()
        self.async_on_remove(self._notifier.async_listen(self.vin, self._fire))

    @callback
    def _fire(self, notification: SessionNotification) -> None:
        """Fire a notification, with the data that an automation would show."""
        session, reason = notification.session, notification.reason
        self._trigger_event(
            notification.kind,
            {
                "session_id": session.id,
                "target": session.target,
                "ready_by": session.ready_by.isoformat(),
                "start": _text(session.start),
                "end": _text(session.end),
                "expected_level": round(session.expected_level),
                "reason": reason,
                "reason_text": None
                if reason is None
                else reason_text(self.hass, reason),
            },
        )
        self.async_write_ha_state()


def _text(at: datetime | None) -> str | None:
    """Return a time as an attribute."""
    return None if at is None else at.isoformat()
