"""What reports a car of entities: their states, and their registry."""

from collections.abc import Callable

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event

from .parts import EntityCar
from .registry import async_entity_ids


class EntityPush:
    """Reports the car when a state of its entities changes."""

    def __init__(self, hass: HomeAssistant, car: EntityCar) -> None:
        """Bind the car."""
        self._hass = hass
        self._car = car

    def covers(self, vin: str) -> bool:
        """Return whether it is the car of the entities."""
        return vin == self._car.vin

    @callback
    def async_listen(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Call ``changed`` with the VIN when a state changes, until the result is called.

        An entity that is renamed, enabled, disabled or removed is heard of, too.
        """
        stop_states: list[Callable[[], None]] = []

        @callback
        def on_state(event: Event[EventStateChangedData]) -> None:
            """Report the car."""
            changed(self._car.vin)

        @callback
        def listen() -> None:
            """Listen to the entities as they are named now."""
            while stop_states:
                stop_states.pop()()
            ids = async_entity_ids(self._hass, self._car.parts).values()
            names = [entity_id for entity_id in ids if entity_id is not None]
            stop_states.append(
                async_track_state_change_event(self._hass, names, on_state)
            )

        @callback
        def on_registry(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
            """Listen anew after a change to one of the entities."""
            listen()
            changed(self._car.vin)

        @callback
        def concerns(data: er.EventEntityRegistryUpdatedData) -> bool:
            """Whether a change of the registry may be about an entity of the car."""
            known = async_entity_ids(self._hass, self._car.parts).values()
            old = data.get("old_entity_id")
            return None in known or data["entity_id"] in known or old in known

        stop_registry = self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, on_registry, event_filter=concerns
        )
        listen()

        @callback
        def stop() -> None:
            """Listen no longer."""
            stop_registry()
            while stop_states:
                stop_states.pop()()

        return stop
